//! Any bytes as a request to `/userinfo`.
#![no_main]
#![allow(dead_code, reason = "the suite uses the rest of the harness")]

#[path = "../../tests/server/entries.rs"]
mod entries;
#[path = "../../tests/server/world.rs"]
mod world;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::endpoint("userinfo", data));
