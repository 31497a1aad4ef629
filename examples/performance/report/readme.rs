//! The report for people.

use std::env;
use std::fmt::Write as _;

use crate::figures::Figures;
use crate::machine::Machine;
use crate::options::Options;
use crate::parts::PARTS;
use crate::report::numeral::{measure, whole};
use crate::targets::{Better, Target, targets};

/// `README.md`; `charts` are those that were drawn: their names and sentences.
pub(super) fn text(
    options: &Options,
    machine: &Machine,
    figures: &Figures,
    charts: &[(&str, String)],
) -> String {
    let mut text = format!(
        "# How fast relogin is\n\nMeasured on {} by relogin {}. Every figure stands in \
         [performance.csv](performance.csv).\n",
        jiff::Timestamp::now().strftime("%-d %B %Y"),
        env!("CARGO_PKG_VERSION")
    );
    if !options.is_whole() {
        text.push_str("\n**A trial: not everything was measured, or not in its real size.**\n");
    }
    let targets = targets(figures);
    how_good(&mut text, figures, &targets);
    for (name, title) in charts {
        write!(text, "\n![{title}]({name}.svg)\n").expect(MEMORY);
    }
    limits(&mut text, &targets);
    on_what(&mut text, options, machine, figures);
    parts(&mut text, options, figures);
    text
}

const MEMORY: &str = "memory takes all";

fn how_good(text: &mut String, figures: &Figures, targets: &[Target]) {
    text.push_str(
        "\n## How good\n\n| | measured | at least | aim | met? |\n|---|--:|--:|--:|---|\n",
    );
    for target in targets {
        let Target { what, at_least, aim, unit, .. } = target;
        let least = match target.better {
            Better::More => format!("{at_least}"),
            Better::Less => format!("at most {at_least}"),
        };
        let (measured, met) = match target.measured {
            Some(value) => (format!("**{}** {unit}", measure(value)), met(target, value)),
            None => ("not measured".to_owned(), why_not(figures, target)),
        };
        let aim = if aim == at_least { "–".to_owned() } else { aim.to_string() };
        writeln!(text, "| {what} | {measured} | {least} | {aim} | {met} |").expect(MEMORY);
    }
    text.push_str("\n“CPU” is processor time of all threads, in the program and in the kernel.\n");
}

fn met(target: &Target, value: f64) -> String {
    let met = match (target.is_met(value, target.aim), target.is_met(value, target.at_least)) {
        (true, _) if target.aim != target.at_least => "the aim",
        (_, true) => "yes",
        _ => "**no**",
    };
    met.to_owned()
}

fn why_not(figures: &Figures, target: &Target) -> String {
    let why = figures.missing(target.part);
    // Of Parquet's figures some need DuckDB.
    let why = why.or(figures.missing("duckdb").filter(|_| target.part == "parquet"));
    why.unwrap_or("left out by `--only` or `--quick`").to_owned()
}

fn limits(text: &mut String, targets: &[Target]) {
    let short = |target: &&Target| {
        target.measured.is_some_and(|measured| !target.is_met(measured, target.aim))
    };
    let short: Vec<&Target> = targets.iter().filter(short).collect();
    if short.is_empty() {
        return;
    }
    text.push_str("\n## What keeps the others from their aims\n\n");
    // Neighbours are often kept by the same.
    for alike in short.chunk_by(|one, other| one.limit == other.limit) {
        let whats: Vec<String> = alike.iter().map(|target| capital(target.what)).collect();
        writeln!(text, "- **{}**: {}", whats.join("; "), alike[0].limit).expect(MEMORY);
    }
}

fn on_what(text: &mut String, options: &Options, machine: &Machine, figures: &Figures) {
    let Machine { processor, cores, memory, vectors, system, rustc, profile } = machine;
    text.push_str("\n## On what, and how\n\n| | |\n|---|---|\n");
    let rows = [
        ("processor", processor.clone()),
        ("cores", cores.to_string()),
        ("memory", memory.clone()),
        ("vector extensions", format!("{vectors} (chosen at run time; no flags at build time)")),
        ("system", system.clone()),
        ("compiler", rustc.clone()),
        ("profile", profile.clone()),
        ("DuckDB", figures.duckdb.clone().unwrap_or_else(|| "not asked".to_owned())),
    ];
    for (name, value) in rows {
        writeln!(text, "| {name} | {value} |").expect(MEMORY);
    }
    write!(
        text,
        "\nThis folder is what one command wrote:\n\n```sh\n{}\n```\n\n`PYTHON` is a Python \
         interpreter with `duckdb` (`pip install duckdb`). Times are the median of several runs, \
         ratios those of medians that were measured in turn; the least times stand in the CSV. \
         Other work on the machine moves all of them.\n",
        command(options)
    )
    .expect(MEMORY);
}

/// The command by which this was called, without the places of this machine.
fn command(options: &Options) -> String {
    let mut words = vec!["cargo run --release --locked --example performance --".to_owned()];
    let mut arguments = env::args().skip(1).filter(|word| !word.starts_with("--nocapture"));
    while let Some(word) = arguments.next() {
        let name = word.split('=').next().unwrap_or_default().to_owned();
        let place = match name.as_str() {
            "--duckdb" => "PYTHON",
            "--relogin" => "PATH",
            "--out" if options.out.is_absolute() => "DIR",
            _ => {
                words.push(word);
                continue;
            }
        };
        if !word.contains('=') {
            arguments.next();
        }
        words.push(format!("{name} {place}"));
    }
    words.join(" ")
}

fn parts(text: &mut String, options: &Options, figures: &Figures) {
    for part in PARTS.iter().filter(|part| options.wants(part)) {
        let name = part.name.replace("csv", "CSV").replace('-', " ");
        write!(text, "\n## {}\n\n{}.\n", capital(&name), capital(part.about)).expect(MEMORY);
        if let Some(why) = figures.missing(part.name) {
            write!(text, "\nNot measured: {why}.\n").expect(MEMORY);
        }
        table(text, figures, (part.name, part.counts));
        if part.name == "parquet" {
            duckdb(text, figures);
        }
    }
}

fn duckdb(text: &mut String, figures: &Figures) {
    text.push_str("\nDuckDB over the same files, the query alone:\n");
    match figures.missing("duckdb") {
        Some(why) => writeln!(text, "not measured. {why}.").expect(MEMORY),
        None => table(text, figures, ("duckdb", "records")),
    }
    text.push_str(
        "\n```sql\nSELECT count(*) FROM (\n    SELECT ts - lag(ts) OVER (PARTITION BY \"user\" \
         ORDER BY ts) AS gap FROM 'x.parquet'\n) WHERE gap IS NULL OR gap >= INTERVAL 30 \
         MINUTE\n```\n",
    );
}

/// A row for each subject, a column for each measure.
fn table(text: &mut String, figures: &Figures, (part, counts): (&str, &str)) {
    let mut measures: Vec<&str> = Vec::new();
    for figure in figures.of(part) {
        if !measures.contains(&figure.measure) && !figure.measure.starts_with("least") {
            measures.push(figure.measure);
        }
    }
    let subjects = figures.subjects(part);
    if subjects.is_empty() {
        return;
    }
    // Columns of nothing but ones say nothing.
    let has_policies = subjects.iter().any(|subject| subject.policies > 1);
    let has_threads = subjects.iter().any(|subject| subject.threads > 1);
    let mut head = vec![counts.to_owned()];
    head.extend(has_policies.then(|| "policies".to_owned()));
    head.extend(has_threads.then(|| "threads".to_owned()));
    head.extend(measures.iter().map(|measure| measure.replace("cpu", "CPU")));
    let rule = "--:|".repeat(head.len());
    write!(text, "\n| | {} |\n|---|{rule}\n", head.join(" | ")).expect(MEMORY);
    for subject in subjects {
        let cell = |measure: &&str| {
            let mut of_it = figures.of(part).filter(|figure| figure.subject == *subject);
            let found = of_it.find(|figure| figure.measure == *measure);
            found.map_or(String::new(), |figure| shown(figure.value, figure.unit))
        };
        let mut cells = vec![subject.name.clone(), whole(subject.size)];
        cells.extend(has_policies.then(|| subject.policies.to_string()));
        cells.extend(has_threads.then(|| subject.threads.to_string()));
        cells.extend(measures.iter().map(cell));
        writeln!(text, "| {} |", cells.join(" | ")).expect(MEMORY);
    }
}

/// In units that leave few digits.
fn shown(value: f64, unit: &str) -> String {
    match unit {
        "bytes" => format!("{} MB", measure(value / 1e6)),
        "s" if value < 0.1 => format!("{} ms", measure(value * 1e3)),
        "s" | "ns" | "×" => format!("{} {unit}", measure(value)),
        _ if unit.contains("/s") => format!("{} million/s", measure(value / 1e6)),
        _ => measure(value),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
