//! The house: which room may import which, what must never be in a pure room, and that every
//! dropped-in file stands in its registry.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a room may import from the rest of the crate. `cli` may import all.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("trace", &["model", "seed", "calendar", "input"]),
    ("simulation", &["model", "trace", "seed"]),
    ("event_log", &["model", "description", "input"]),
    ("projection", &["model", "table", "calendar", "description", "seed"]),
    (
        "experiment",
        &[
            "model",
            "trace",
            "scenario",
            "simulation",
            "projection",
            "table",
            "seed",
            "compared",
            "gate",
        ],
    ),
    ("capacity", &["bill", "table", "seed"]),
    (
        "report",
        &[
            "table",
            "description",
            "measured",
            "gate",
            "compared",
            "swept",
            "change",
            "bill",
            "recommended",
        ],
    ),
    ("scenario", &["model", "trace", "seed", "calendar", "table", "gate", "capacity", "bill"]),
    ("oidc", &["model"]),
    ("server", &["model", "oidc"]),
    ("client", &["model", "oidc"]),
    ("load", &["model", "trace", "simulation", "seed", "measured", "oidc", "client"]),
    ("verify", &["model", "trace", "simulation", "table", "oidc", "client"]),
    ("input", &[]),
    ("seed.rs", &[]),
    ("table.rs", &["bill"]),
    ("bill.rs", &[]),
    ("compared.rs", &["table"]),
    ("gate.rs", &["table"]),
    ("swept.rs", &["description"]),
    ("change.rs", &["table"]),
    ("calendar.rs", &[]),
    ("description.rs", &["bill"]),
    ("measured.rs", &[]),
    ("recommended.rs", &["table"]),
];

/// Rooms that speak HTTP, and so meet clocks and the network.
const CONNECTED: &[&str] = &["server", "client", "load", "verify"];

/// The outside world, which only `cli` and, for its files, `report` may touch.
const OUTSIDE: &[&str] = &["std::fs", "std::env", "rand::rng", "println!"];
/// Clocks and the network, which connected rooms may touch too.
const CLOCKS_AND_NETWORK: &[&str] = &["SystemTime", "Instant::now", "std::net"];

/// Folders where each file is one of a kind, named in the folder's `mod.rs`.
const REGISTRIES: &[(&str, &str)] = &[
    ("src/trace/formats", "rs"),
    ("src/trace/synthetic/patterns", "rs"),
    ("src/scenario/presets", "toml"),
    ("src/event_log/formats", "rs"),
    ("src/report/charts", "rs"),
    ("src/server/endpoints", "rs"),
    ("src/cli", "rs"),
    ("src/capacity/plans", "rs"),
    ("src/capacity/exports", "rs"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(path: &Path, ending: &str) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|own| own == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The code of a file without its tests and comments: what a room really holds.
fn code(path: &Path) -> String {
    let is_test = |part: std::path::Component| {
        ["tests", "tests.rs"].map(Some).contains(&part.as_os_str().to_str())
    };
    if path.components().any(is_test) {
        return String::new();
    }
    let text = fs::read_to_string(path).expect("source is UTF-8");
    let own = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = own.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn rooms_import_only_what_they_may() {
    for (room, allowed) in ROOMS {
        let own = room.trim_end_matches(".rs");
        for file in files_below(&root().join("src").join(room), "rs") {
            for path in code(&file).split("crate::").skip(1) {
                let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
                let other = &path[..end.unwrap_or(path.len())];
                assert!(
                    other == own || allowed.contains(&other),
                    "{} imports crate::{other}; the room `{own}` may import only {allowed:?}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn every_room_has_its_rule() {
    let known: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    for entry in fs::read_dir(root().join("src")).expect("src") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        assert!(
            known.contains(name.as_str()) || ["cli", "lib.rs", "main.rs"].contains(&name.as_str()),
            "src/{name} is a room without a rule: say in ROOMS what it may import"
        );
    }
}

#[test]
fn pure_rooms_know_no_outside_world() {
    for (room, _) in ROOMS {
        for file in files_below(&root().join("src").join(room), "rs") {
            let code = code(&file);
            let pure = if CONNECTED.contains(room) { &[] } else { CLOCKS_AND_NETWORK };
            for word in OUTSIDE.iter().chain(pure) {
                let writes_files = *room == "report" && *word == "std::fs";
                assert!(
                    writes_files || !code.contains(word),
                    "{} says {word}; only `cli` meets the outside world",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn every_dropped_in_file_stands_in_its_registry() {
    for (folder, ending) in REGISTRIES {
        let folder = root().join(folder);
        let registry = fs::read_to_string(folder.join("mod.rs"))
            .unwrap_or_else(|error| panic!("{}/mod.rs: {error}", folder.display()));
        for file in files_below(&folder, ending) {
            if file.parent() != Some(&folder) {
                continue;
            }
            let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
            let named = match *ending {
                "rs" => format!("mod {name};"),
                _ => format!("{name}.{ending}"),
            };
            assert!(
                name == "mod" || registry.contains(&named),
                "{} is not in its registry: add `{named}` and its row to mod.rs",
                file.display()
            );
        }
    }
}

#[test]
fn main_stays_small() {
    let lines = fs::read_to_string(root().join("src/main.rs")).expect("main.rs").lines().count();
    assert!(lines <= 40, "main.rs has {lines} lines; it parses, runs, and tells the error");
}
