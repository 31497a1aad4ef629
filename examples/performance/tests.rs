//! Everything is measured, in a tiny size, and written down.

use std::collections::BTreeSet;
use std::fs;

use crate::figures::Figures;
use crate::measure_and_write;
use crate::options::{Options, beside_this_program};
use crate::parts::PARTS;
use crate::targets::targets;

#[test]
fn a_quick_report_has_every_part_and_every_target() {
    let relogin = beside_this_program().expect("cargo's folder");
    if !relogin.is_file() {
        let skipped = "cargo has not built relogin yet: nothing was measured";
        assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
        eprintln!("SKIPPED: {skipped}");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options::quick(folder.path().join("report"), relogin);
    measure_and_write(&options).expect("a report");

    let read = |name: &str| fs::read(options.out.join(name)).expect(name);
    for name in ["scaling", "policies"] {
        assert!(read(&format!("{name}.png")).starts_with(b"\x89PNG"), "{name}");
        assert!(read(&format!("{name}.svg")).starts_with(b"<svg"), "{name}");
    }
    let csv = String::from_utf8(read("performance.csv")).expect("UTF-8");
    let (head, rows) = csv.split_once('\n').expect("a head");
    assert_eq!(head, "part,name,measure,size,policies,threads,value,unit");
    let mut measured = BTreeSet::new();
    for row in rows.lines() {
        let cells: Vec<&str> = row.split(',').collect();
        let value: f64 = cells[6].parse().expect(row);
        assert!(cells.len() == 8 && value.is_finite() && value >= 0.0, "{row}");
        measured.insert(cells[0]);
    }
    let readme = String::from_utf8(read("README.md")).expect("UTF-8");
    for part in PARTS {
        let is_told = readme.contains("Not measured: ");
        assert!(measured.contains(part.name) || is_told, "{} has no figure", part.name);
    }
    for target in targets(&Figures::default()) {
        assert!(readme.contains(target.what), "{} is not told", target.what);
    }
    assert!(readme.contains("not measured"), "nobody asked DuckDB");
}
