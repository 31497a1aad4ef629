//! The event log of something that happens while it is written: facts come from many threads, and
//! one thread puts them into time order and writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow};

use super::Failure;
use super::files::NewFile;
use crate::description::Description;
use crate::event_log::{Encoding, End, Entry, Writer};
use crate::model::{Fact, Instant};
use crate::server::{Happened, Witness, device_name};

/// Facts on their way; whoever makes more has to wait.
const MOST_WAITING: usize = 1 << 16;

/// The writer looks for facts so often. Those of several threads may overtake one another, but never
/// by so much.
const PATIENCE: Duration = Duration::from_millis(100);

/// A fact on its way to the log.
#[derive(Debug)]
struct Told {
    user: Arc<str>,
    device: u32,
    at: Instant,
    fact: Fact,
}

/// Takes facts in.
#[derive(Debug)]
pub(super) struct LiveWitness(SyncSender<Told>);

impl Witness for LiveWitness {
    fn happened(&self, happened: Happened<'_>) {
        let Happened { user, device, at, fact } = happened;
        // Once the log is lost nobody listens; whoever ends the log tells why.
        let _ = self.0.send(Told { user: Arc::clone(user), device, at, fact: *fact });
    }
}

/// The log, and the thread that writes it.
pub(super) struct LiveLog {
    file: NewFile,
    path: PathBuf,
    thread: JoinHandle<std::io::Result<(Writer, Option<Instant>)>>,
}

impl LiveLog {
    /// Opens a log, and gives who is to be told.
    pub(super) fn begin(
        path: &Path,
        description: &Description,
    ) -> Result<(Self, LiveWitness), Failure> {
        let encoding = Encoding::from_path_ending(&path.display().to_string());
        let encoding = encoding.ok_or_else(|| {
            Failure::Usage(format!(
                "{}: the ending of an event log chooses its format: .csv, .jsonl or .parquet",
                path.display()
            ))
        })?;
        let file = NewFile::begin(path)?;
        let writer = Writer::new(encoding, file.writer()?, description)
            .context("cannot write the event log")?;
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new().name("event log".to_owned());
        let thread =
            thread.spawn(move || write(writer, &receiver)).context("cannot start a thread")?;
        Ok((Self { file, path: path.to_owned(), thread }, LiveWitness(sender)))
    }

    /// Ends the log at `now`, once every witness is gone.
    pub(super) fn close(self, now: Instant) -> Result<(), Failure> {
        let lost = || format!("the event log {} is lost", self.path.display());
        let ended = self.thread.join().map_err(|_| anyhow!("its thread ended early"));
        let (writer, last) = ended.with_context(lost)?.with_context(lost)?;
        let horizon = last.map_or(now, |last| last.max(now));
        writer.close(End::Complete, horizon).with_context(lost)?;
        self.file.keep()
    }
}

/// Writes until nobody is left to tell anything; gives the latest instant too.
fn write(mut writer: Writer, facts: &Receiver<Told>) -> std::io::Result<(Writer, Option<Instant>)> {
    let (mut waiting, mut fresh): (Vec<Told>, Vec<Told>) = (Vec::new(), Vec::new());
    let (mut last, mut ended) = (None, false);
    while !ended {
        // Asleep, not waiting for the next fact: to be woken by each would cost its teller more than
        // the telling.
        std::thread::sleep(PATIENCE);
        while fresh.len() < MOST_WAITING {
            match facts.try_recv() {
                Ok(told) => fresh.push(told),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    ended = true;
                    break;
                }
            }
        }
        // What is earlier than everything of this round: nothing can come before it any more.
        let until = fresh.iter().map(|told| told.at).min();
        if ended {
            waiting.append(&mut fresh);
        }
        waiting.sort_by_key(|told| told.at);
        let all = ended || waiting.len() > MOST_WAITING;
        let ready = match until {
            Some(until) if !all => waiting.partition_point(|told| told.at <= until),
            _ => waiting.len(),
        };
        for told in waiting.drain(..ready) {
            let device = device_name(told.device);
            let (user, at, fact) = (&*told.user, told.at, &told.fact);
            writer.write(&Entry { policy: 0, user, device: &device, at, fact })?;
            last = last.max(Some(at));
        }
        waiting.append(&mut fresh);
    }
    Ok((writer, last))
}
