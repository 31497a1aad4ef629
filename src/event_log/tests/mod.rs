//! Logs of made-up runs: written, read back, cut and damaged.

mod damage;
mod driver;
mod refusals;
mod round_trip;

use std::io::{self, Cursor, Write};
use std::sync::{Arc, Mutex};

use self::driver::{Run, Told};
use super::{Encoding, End, Ending, Entry, LogError, Mode, Reader, Writer};
use crate::input::Input;
use crate::model::Instant;

/// An output whose bytes can be had afterwards.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn encoding(path: &str) -> Encoding {
    Encoding::from_path_ending(path).unwrap()
}

/// Every encoding that this build can write.
fn encodings() -> impl Iterator<Item = Encoding> {
    Encoding::all().filter(|by| cfg!(feature = "parquet") || by.format.name != "Parquet")
}

/// The log of a run in small blocks, closed at `horizon`.
fn write(encoding: Encoding, run: &Run, horizon: Instant) -> Vec<u8> {
    let sink = Sink::default();
    let out = Box::new(sink.clone());
    let mut writer = Writer::with_blocks(encoding, out, &run.description, 20).unwrap();
    for told in &run.told {
        writer.write(&told.entry()).unwrap();
    }
    writer.close(End::Complete, horizon).unwrap();
    let bytes = sink.0.lock().unwrap();
    bytes.clone()
}

fn file(bytes: &[u8]) -> Input {
    Input::File(Box::new(Cursor::new(bytes.to_vec())))
}

/// Every fact before the end or the first error, and whichever of them it was.
fn read(input: Input, mode: Mode) -> (Vec<Told>, Result<Ending, LogError>) {
    let mut told = Vec::new();
    let mut reader = match Reader::new(input, mode) {
        Ok(reader) => reader,
        Err(error) => return (told, Err(error)),
    };
    while let Some(entry) = reader.next_entry() {
        match entry {
            Ok(entry) => told.push(Told::of(&entry)),
            Err(error) => {
                assert!(reader.next_entry().is_none() && reader.ending().is_none());
                return (told, Err(error));
            }
        }
    }
    let ending = reader.ending().expect("after the last fact");
    let Ending { end, horizon, unverified, .. } = *ending;
    let broke = ending.broke.as_ref().map(|error| {
        // Errors cannot be cloned; the text is what tests look at.
        LogError { seq: error.seq, problem: super::Problem::Description { why: error.to_string() } }
    });
    (told, Ok(Ending { end, horizon, broke, unverified }))
}

impl Told {
    fn of(entry: &Entry<'_>) -> Self {
        let (user, device) = (entry.user.to_owned(), entry.device.to_owned());
        Self { policy: entry.policy, user, device, at: entry.at, fact: *entry.fact }
    }

    fn entry(&self) -> Entry<'_> {
        let Self { policy, user, device, at, fact } = self;
        Entry { policy: *policy, user, device, at: *at, fact }
    }
}
