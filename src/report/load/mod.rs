//! The report of a load test: `load.json`, the series by second, HdrHistogram's files, charts and a
//! page in the style of the simulator's.

mod console;
mod page;
mod rows;
mod write;

#[cfg(test)]
mod tests;

pub use console::load_table;
pub use write::{load_json, write_load};
