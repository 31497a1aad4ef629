//! `seconds.csv`: a row for each second and kind.

use std::io::{self, Write};

use crate::measured::{LoadTest, SecondMeasured};

const HEAD: [&str; 11] = [
    "second",
    "kind",
    "intended",
    "started",
    "completed",
    "errors",
    "in_flight",
    "response_p50_ms",
    "response_p90_ms",
    "response_p99_ms",
    "response_max_ms",
];

/// Kinds without anything in a second are left out; `in_flight` stands in the rows over all kinds.
pub(super) fn seconds(test: &LoadTest, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEAD)?;
    for second in &test.seconds {
        let own = [&second.intended, &second.started, &second.completed, &second.errors];
        for (kind, word) in SecondMeasured::KINDS.into_iter().enumerate() {
            let counts = own.map(|counts| counts[kind]);
            if counts.iter().any(|count| *count > 0) {
                row(&mut csv, second.second, word, counts, None, second.response_ms[kind])?;
            }
        }
        let sums = own.map(|counts| counts.iter().sum());
        let all = second.response_ms[SecondMeasured::KINDS.len()];
        row(&mut csv, second.second, "all", sums, Some(second.in_flight), all)?;
    }
    csv.flush()
}

fn row<W: Write>(
    csv: &mut csv::Writer<W>,
    second: u64,
    kind: &str,
    counts: [u64; 4],
    in_flight: Option<u64>,
    times: [f64; 4],
) -> io::Result<()> {
    csv.write_field(second.to_string())?;
    csv.write_field(kind)?;
    for count in counts {
        csv.write_field(count.to_string())?;
    }
    csv.write_field(in_flight.map_or_else(String::new, |count| count.to_string()))?;
    for time in times {
        // Where nothing was over there is no time.
        csv.write_field(if time > 0.0 { format!("{time:.3}") } else { String::new() })?;
    }
    csv.write_record(None::<&[u8]>)?;
    Ok(())
}
