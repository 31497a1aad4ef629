//! The activity of a run: recorded files or synthetic users, taken in.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::scenario::{Loaded, ScenarioArguments};
use super::terminal::Terminal;
use super::{Failure, files};
use crate::input::Input;
use crate::model::Instant;
use crate::scenario::Source;
use crate::trace::synthetic::{Generator, Population};
use crate::trace::{
    self, Intake, IntakeOptions, MaxBad, Names, ReadOptions, Spool, Stream, Trace, TsUnit,
    Vocabulary,
};

/// How recorded activity is read.
#[derive(Args, Debug, Default)]
pub(super) struct ReadArguments {
    /// How many lines may be broken: a share (1%) or a number
    #[arg(long, value_name = "LIMIT", default_value_t)]
    max_bad: MaxBad,
    /// Unit of numeric timestamps, if it must not be guessed: s, ms, us or ns
    #[arg(long, value_name = "UNIT")]
    ts_unit: Option<TsUnit>,
}

/// Activity, taken in.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) records: Records,
    /// For a person: where it came from.
    pub(super) source: String,
    /// The files it came from.
    pub(super) files: Vec<PathBuf>,
    /// The classes of synthetic users.
    pub(super) classes: Vec<String>,
}

/// Where the records of a run are.
#[derive(Debug)]
pub(super) enum Records {
    /// In memory, or in a temporary file.
    Held(Trace),
    /// In the trace itself, to be read when they are replayed.
    Streamed(Stream),
}

impl Records {
    /// Users and agents.
    pub(super) fn names(&self) -> &Names {
        match self {
            Self::Held(trace) => &trace.names,
            Self::Streamed(stream) => &stream.names,
        }
    }

    /// How many records there are, and how many lines were left out.
    pub(super) fn counts(&self) -> (u64, u64) {
        match self {
            Self::Held(trace) => (trace.counts.records, trace.counts.broken),
            Self::Streamed(stream) => (stream.records, 0),
        }
    }

    /// The instants of the first and the last record.
    pub(super) fn ends(&self) -> Option<(Instant, Instant)> {
        match self {
            Self::Held(trace) => trace.first().zip(trace.last()),
            Self::Streamed(stream) => Some((stream.first, stream.last)),
        }
    }
}

impl ReadArguments {
    /// Reads files in the given order, `-` being standard input.
    pub(super) fn read(
        &self,
        paths: &[PathBuf],
        vocabulary: Vocabulary,
        terminal: &Terminal,
    ) -> Result<Trace, Failure> {
        standard_input_once(paths.iter().map(PathBuf::as_path))?;
        let mut intake = intake(vocabulary);
        let options = ReadOptions { ts_unit: self.ts_unit };
        for path in paths {
            let bar = terminal.progress_of_bytes("reading", files::size(path));
            let name = path.display().to_string();
            let input = match files::open(path)? {
                Input::Stream(stream) => Input::Stream(Box::new(bar.wrap_read(stream))),
                Input::File(file) => Input::File(Box::new(bar.wrap_read(file))),
            };
            let read = trace::read(&mut intake, &name, input, &options);
            bar.finish_and_clear();
            read.map_err(|error| Failure::Data(error.to_string()))?;
        }
        let trace = intake.finish().context("cannot sort the trace")?;
        let counts = &trace.counts;
        counts.check(self.max_bad).map_err(|error| Failure::Data(error.to_string()))?;
        if counts.broken > 0 {
            let mut note = format!(
                "warning: {} of {} lines are broken and left out; the first:",
                counts.broken, counts.lines
            );
            for line in &counts.examples {
                note.push_str(&format!("\n  {line}"));
            }
            terminal.note(&note);
        }
        if trace.first().is_none() {
            let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
            return Err(Failure::Data(format!("{}: no record to replay", names.join(", "))));
        }
        Ok(trace)
    }
}

impl ReadArguments {
    /// Begins to read the only file of a trace as a stream, if it can be read so.
    fn stream(&self, path: &Path, vocabulary: &Vocabulary, terminal: &Terminal) -> Option<Stream> {
        // What is looked into cannot be read again if it is a pipe.
        if path.as_os_str() == "-" || files::size(path).is_none() {
            return None;
        }
        // What is wrong with a file is told where it is read as a whole.
        let input = files::open(path).ok()?;
        let options = ReadOptions { ts_unit: self.ts_unit };
        let name = path.display().to_string();
        let open = || tempfile::tempfile().map(|file| Box::new(file) as Box<dyn Spool>);
        let bar = terminal.progress_of_rows("reading");
        let mut progress = |rows| bar.inc(rows);
        let stream =
            Stream::open((&name, input), &options, vocabulary, Box::new(open), &mut progress);
        bar.finish_and_clear();
        stream.ok()
    }
}

/// The activity of a scenario, or that of `traces` if there are any; a stream only if `may_stream`.
pub(super) fn take(
    arguments: &ScenarioArguments,
    reading: &ReadArguments,
    loaded: &Loaded,
    traces: &[PathBuf],
    vocabulary: Vocabulary,
    may_stream: bool,
    terminal: &Terminal,
) -> Result<Taken, Failure> {
    let paths: Vec<PathBuf> = match &loaded.scenario.workload.source {
        _ if !traces.is_empty() => traces.to_vec(),
        Source::Trace(paths) => paths.iter().map(|path| arguments.beside(path)).collect(),
        Source::Synthetic(population) => {
            let seed = loaded.scenario.seed;
            let trace = synthesize(population, seed, vocabulary, terminal)?;
            return Ok(Taken {
                records: Records::Held(trace),
                files: Vec::new(),
                source: format!("{} synthetic users", population.users),
                classes: population.classes.iter().map(|class| class.name.clone()).collect(),
            });
        }
        Source::None => {
            return Err(Failure::Usage(
                "the scenario names no activity: give --trace FILE, or [workload] trace = \"FILE\" \
                 or [[workload.class]] in the scenario"
                    .to_owned(),
            ));
        }
    };
    standard_input_once(paths.iter().map(PathBuf::as_path).chain([arguments.path.as_path()]))?;
    // The name of a file, not the way to it: reports are the same wherever it lies.
    let names = paths.iter().map(|path| match path.file_name() {
        Some(name) if path.as_os_str() != "-" => name.to_string_lossy().into_owned(),
        _ => "standard input".to_owned(),
    });
    let source = names.collect::<Vec<_>>().join(", ");
    let stream = match &paths[..] {
        [path] if may_stream => reading.stream(path, &vocabulary, terminal),
        _ => None,
    };
    let records = match stream {
        Some(stream) => Records::Streamed(stream),
        None => Records::Held(reading.read(&paths, vocabulary, terminal)?),
    };
    Ok(Taken { records, source, files: paths, classes: Vec::new() })
}

/// What was read from standard input is gone.
fn standard_input_once<'a>(paths: impl Iterator<Item = &'a Path>) -> Result<(), Failure> {
    if paths.filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::Usage(
            "standard input (-) can be read only once; name a file for the other".to_owned(),
        ));
    }
    Ok(())
}

fn synthesize(
    population: &Population,
    seed: u64,
    vocabulary: Vocabulary,
    terminal: &Terminal,
) -> Result<Trace, Failure> {
    let generator =
        Generator::new(population, seed).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut intake = intake(vocabulary);
    let bar = terminal.progress("making up", generator.users(), "users");
    generator
        .take_in(&mut intake, &mut || bar.inc(1))
        .map_err(|error| Failure::Usage(format!("[[workload.class]]: {error}")))?;
    bar.finish_and_clear();
    let trace = intake.finish().context("cannot sort the synthetic activity")?;
    if trace.first().is_none() {
        return Err(Failure::Usage(
            "the synthetic users did nothing: give them a longer span or more visits".to_owned(),
        ));
    }
    Ok(trace)
}

fn intake(vocabulary: Vocabulary) -> Intake {
    Intake::with_options(vocabulary, IntakeOptions::spooling(tempfile::tempfile))
}
