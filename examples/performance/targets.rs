//! What the figures ought to be.

use crate::figures::{Figures, Subject};

/// A figure, and what it ought to be at least and is to aim at.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) what: &'static str,
    /// The part that measures it.
    pub(crate) part: &'static str,
    pub(crate) measured: Option<f64>,
    pub(crate) at_least: f64,
    pub(crate) aim: f64,
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    /// What keeps it from its aim.
    pub(crate) limit: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    More,
    Less,
}

impl Target {
    pub(crate) fn is_met(&self, measured: f64, wanted: f64) -> bool {
        match self.better {
            Better::More => measured >= wanted,
            Better::Less => measured <= wanted,
        }
    }
}

/// In the order in which people ask.
pub(crate) fn targets(figures: &Figures) -> Vec<Target> {
    let mut all = in_memory(figures);
    all.extend(from_parquet(figures));
    all.push(from_csv(figures));
    all.extend(session_check(figures));
    all.extend(generation(figures));
    all
}

fn in_memory(figures: &Figures) -> Vec<Target> {
    let engine = figures.values("classes", "speed");
    let engine = engine.filter(|(subject, _)| ["timers", "app-session"].contains(&&*subject.name));
    let grid = |subject: &Subject| subject.name == "limits" && subject.policies == 256;
    vec![
        Target {
            what: "one policy in memory, every metric, at the greatest size",
            part: "scaling",
            measured: figures.values("scaling", "speed").last().map(|(_, speed)| speed / 1e6),
            at_least: 150.0,
            aim: 400.0,
            unit: "million uses/s and core",
            better: Better::More,
            limit: "a third of the time finds the uses that ask, each of which has to wait for \
                    what the one before wrote; the rest goes to the fifth that do, and to \
                    memory that no near cache holds.",
        },
        Target {
            what: "general engine: timers or app sessions, whichever is slower",
            part: "classes",
            measured: engine.map(|(_, speed)| speed / 1e6).reduce(f64::min),
            at_least: 30.0,
            aim: 60.0,
            unit: "million uses/s and core",
            better: Better::More,
            limit: "each use goes through the model, and each renewal by a timer is an event \
                    besides, which is counted as no use.",
        },
        Target {
            what: "256 policies in one pass, over a pass of one",
            part: "policies",
            measured: first(figures, "policies", "passes", grid),
            at_least: 10.0,
            aim: 5.0,
            unit: "passes",
            better: Better::Less,
            limit: "the uses that ask are found once and answered in vectors, but each login \
                    goes into metrics of each policy by itself: its cause, its session’s \
                    beginning and end, its bucket.",
        },
        Target {
            what: "two threads over one",
            part: "threads",
            measured: first(figures, "threads", "ratio", |subject| subject.name == "limits"),
            at_least: 1.7,
            aim: 1.9,
            unit: "×",
            better: Better::More,
            limit: "both share the way to memory, and one of them alone makes the tables.",
        },
    ]
}

fn from_parquet(figures: &Figures) -> Vec<Target> {
    let ratio = |what, order: &str| Target {
        what,
        part: "parquet",
        measured: first(figures, "parquet", "duckdb ratio", |subject| subject.name == order),
        at_least: 8.0,
        aim: 11.0,
        unit: "×",
        better: Better::More,
        limit: "most of the time goes to unpacking two passes over the columns, and to each \
                use’s way through rules and metrics; sorted by time, records are also put \
                together by user in a file. DuckDB finds the logins of one idle timeout and no \
                more.",
    };
    let memory = |what, order: &str| Target {
        what,
        part: "parquet",
        measured: first(figures, "parquet", "memory", |subject| {
            subject.name == order && subject.threads > 1
        })
        .or(first(figures, "parquet", "memory", |subject| subject.name == order))
        .map(|bytes| bytes / 1e6),
        at_least: 100.0,
        aim: 40.0,
        unit: "MB",
        better: Better::Less,
        limit: "what a run holds beside its records: tables of every policy, and names of users.",
    };
    vec![
        ratio("Parquet end to end: CPU of DuckDB over ours, sorted by user", "by user"),
        ratio("Parquet end to end: CPU of DuckDB over ours, sorted by time", "by time"),
        memory("Parquet end to end: most memory, sorted by user", "by user"),
        memory("Parquet end to end: most memory, sorted by time", "by time"),
    ]
}

fn from_csv(figures: &Figures) -> Target {
    Target {
        what: "CSV end to end",
        part: "csv",
        measured: first(figures, "csv", "speed", |subject| subject.threads == 1)
            .map(|speed| speed / 1e6),
        at_least: 15.0,
        aim: 30.0,
        unit: "million records/s and core",
        better: Better::More,
        limit: "half of the time goes to cutting lines, parsing instants and looking users up, \
                most of which waits for memory; the rest to gathering records by user, one \
                policy, and files and charts.",
    }
}

fn session_check(figures: &Figures) -> Vec<Target> {
    let time = |name: &str| first(figures, "session-check", "time each", |of| of.name == name);
    let over = |what, peer: &str, at_least| Target {
        what,
        part: "session-check",
        measured: time(peer).zip(time("random")).map(|(peer, ours)| peer / ours),
        at_least,
        aim: at_least,
        unit: "×",
        better: Better::More,
        limit: "both figures of this ratio are the machine’s.",
    };
    vec![
        Target {
            what: "session check, random over 100,000",
            part: "session-check",
            measured: time("random"),
            at_least: 8.0,
            aim: 4.5,
            unit: "ns",
            better: Better::Less,
            limit: "100,000 sessions do not fit the nearest cache.",
        },
        over("session check: dashmap’s time over ours", "dashmap", 3.0),
        over("session check: moka’s time over ours", "moka", 100.0),
        over("session check: time of HS256 over ours", "jsonwebtoken", 300.0),
    ]
}

/// Of the slowest pattern.
fn generation(figures: &Figures) -> Vec<Target> {
    let target = |what, how: &str| Target {
        what,
        part: "generation",
        measured: figures.values("generation", how).map(|(_, time)| time).reduce(f64::max),
        at_least: 20.0,
        aim: 5.0,
        unit: "ns",
        better: Better::Less,
        limit: "a step draws a gap, an app and, at a visit’s start, a time, a device and a \
                length, each from a stream of its own.",
    };
    vec![
        target("generation: a use made up, slowest pattern", "make up"),
        target("generation: a use made up and taken in, slowest pattern", "take in"),
    ]
}

fn first(
    figures: &Figures,
    part: &str,
    measure: &str,
    wanted: impl Fn(&Subject) -> bool,
) -> Option<f64> {
    figures.values(part, measure).find(|(subject, _)| wanted(subject)).map(|(_, value)| value)
}
