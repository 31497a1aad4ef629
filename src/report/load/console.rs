//! The result of a load test for a person at a terminal.

use std::fmt::Write as _;

use crate::measured::{KindMeasured, LoadTest};
use crate::report::numeral::{fixed, measure, plain, whole};

/// The figures by kind, what went wrong, and whether thresholds held. `color` allows bold and dim.
/// Ends with a newline.
pub fn load_table(test: &LoadTest, color: bool) -> String {
    let with = |code: &str, text: &str| match color {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let mut out = with("1", &plain(&test.scenario));
    let _ = writeln!(out, ": {}", plain(&test.mode));
    let facts = format!(
        "{}; policy {}; {} virtual users; {} s of {} s; seed {}",
        plain(&test.target),
        plain(&test.policy),
        whole(test.users),
        measure(test.took_s),
        measure(test.planned_s),
        test.seed
    );
    let _ = writeln!(out, "{}", with("2", &facts));
    if let Some(why) = &test.partial {
        let _ = writeln!(out, "{} {}", with("1", "Partial result:"), plain(why));
    }
    let head = format!(
        "{:<14}{:>10}{:>10}{:>8} │{:>9}{:>10}{:>10} │{:>12}",
        "", "predicted", "measured", "failed", "p50 ms", "p99 ms", "max ms", "service p99"
    );
    let _ = writeln!(out, "\n{}", with("1", &head));
    for kind in &test.kinds {
        let _ = writeln!(out, "{}", row(kind));
    }
    let _ = writeln!(out);
    whole_test(test, &mut out);
    rest(test, &with, &mut out);
    out
}

fn row(kind: &KindMeasured) -> String {
    let time = |time: f64| match kind.response_ms.count {
        0 => "–".to_owned(),
        _ => fixed(time, if time < 100.0 { 2 } else { 0 }),
    };
    let (response, service) = (kind.response_ms, kind.service_ms);
    format!(
        "{:<14}{:>10}{:>10}{:>8} │{:>9}{:>10}{:>10} │{:>12}",
        kind.kind,
        whole(kind.predicted),
        whole(kind.measured),
        whole(kind.errors),
        time(response.p50),
        time(response.p99),
        time(response.max),
        time(service.p99)
    )
}

fn whole_test(test: &LoadTest, out: &mut String) {
    let (all, starts) = (&test.whole, test.start_error);
    let _ = writeln!(
        out,
        "{} due ({}/s), {} answered ({}/s), {} failed, {} dropped, {} in flight at the end",
        whole(all.intended),
        measure(all.intended_rate),
        whole(all.completed),
        measure(all.achieved_rate),
        whole(all.errors),
        whole(all.dropped),
        whole(all.in_flight_at_end)
    );
    let _ = writeln!(
        out,
        "starts late by {} µs (median), {} µs (99%); {} by more than {} µs",
        measure(starts.p50_us),
        measure(starts.p99_us),
        whole(starts.late),
        measure(starts.bound_us)
    );
}

fn rest(test: &LoadTest, with: &dyn Fn(&str, &str) -> String, out: &mut String) {
    for other in test.outcomes.iter().filter(|outcome| outcome.predicted != outcome.came) {
        let count = whole(other.count);
        let _ = writeln!(out, "{count} predicted as {} came as {}", other.predicted, other.came);
    }
    for error in &test.errors {
        let (kind, word) = (&error.kind, plain(&error.error));
        let _ = writeln!(out, "{} × {word} ({kind})", whole(error.count));
    }
    if let Some(limit) = test.limit {
        let told = |rate: Option<f64>| rate.map_or("–".to_owned(), measure);
        let (held, broke) = (told(limit.held), told(limit.broke));
        let _ = writeln!(out, "{}", with("1", &format!("held {held}/s, broke at {broke}/s")));
    }
    for note in &test.notes {
        let _ = writeln!(out, "{}", with("2", &plain(note)));
    }
    for threshold in &test.thresholds {
        let held = if threshold.held { "held" } else { "BROKEN" };
        let measured = match threshold.measured.as_str() {
            "" => "nothing measured",
            measured => measured,
        };
        let _ =
            writeln!(out, "threshold {} = {}: {measured}, {held}", threshold.name, threshold.limit);
    }
}
