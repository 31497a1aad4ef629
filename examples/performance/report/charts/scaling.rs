//! Speed against the size of the trace.

use super::palette;
use super::plot::{Axis, Line, Mark, Plot, Side};
use super::{Chart, Drawing};
use crate::figures::Figures;
use crate::machine::Machine;
use crate::report::numeral::brief;
use crate::targets::targets;

pub(super) const CHART: Chart = Chart { name: "scaling", draw };

fn draw(figures: &Figures, machine: &Machine) -> Option<Drawing> {
    let speeds = figures.values("scaling", "speed");
    let points: Vec<(f64, f64)> =
        speeds.map(|(subject, speed)| (subject.size as f64, speed)).collect();
    let (first, last) = (points.first()?, points.last()?);
    let target = targets(figures).into_iter().find(|target| target.part == "scaling")?;
    let wanted = [(target.at_least, "at least"), (target.aim, "aim")];
    let wanted = wanted.map(|(speed, name)| (speed * 1e6, format!("{name} {speed} million")));
    let all = points.iter().map(|(_, speed)| *speed).chain(wanted.iter().map(|(speed, _)| *speed));
    let (low, high) = all.fold((f64::MAX, 0.0), |(low, high), one| (one.min(low), one.max(high)));
    let mark = |&(size, speed): &(f64, f64)| Mark {
        at: (size, speed),
        label: Some((Side::Above, format!("{} million", brief(speed / 1e6)))),
    };
    let plot = Plot {
        title: format!("One core replays {} million uses a second", brief(last.1 / 1e6)),
        subtitle: format!(
            "Of a trace of {} in memory: one policy with limits of every kind, 8 apps, every \
             metric.",
            size(last.0).replace('M', " million")
        ),
        across: Axis {
            words: "uses of the trace",
            from: first.0 / 1.6,
            to: last.0 * 1.6,
            marks: (3..=9)
                .map(|power| 10_f64.powi(power))
                .filter(|mark| (first.0 / 1.6..last.0 * 1.6).contains(mark))
                .map(|mark| (mark, size(mark)))
                .collect(),
        },
        up: Axis {
            words: "uses per second",
            from: low / 1.5,
            to: high * 1.5,
            marks: marks(low / 1.5, high * 1.5),
        },
        lines: vec![Line {
            name: String::new(),
            colour: palette::policy(0, false),
            points: points.iter().map(mark).collect(),
        }],
        wanted: wanted.to_vec(),
        diagonal: None,
    };
    Some(plot.draw(machine))
}

/// 1, 2 and 5 times the powers of ten between two speeds.
fn marks(from: f64, to: f64) -> Vec<(f64, String)> {
    let powers = (0..12).map(|power| 10_f64.powi(power));
    let marks = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * power));
    let within = marks.filter(|mark| (from..to).contains(mark));
    within.map(|mark| (mark, size(mark))).collect()
}

/// `100k`, `10M`.
fn size(number: f64) -> String {
    match number {
        _ if number >= 0.95e6 => format!("{}M", brief(number / 1e6)),
        _ if number >= 950.0 => format!("{}k", brief(number / 1e3)),
        _ => brief(number),
    }
}
