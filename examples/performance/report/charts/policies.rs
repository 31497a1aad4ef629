//! What many policies cost in one pass.

use super::palette;
use super::plot::{Axis, Line, Mark, Plot, Side};
use super::{Chart, Drawing};
use crate::figures::Figures;
use crate::machine::Machine;
use crate::report::numeral::{brief, times};
use crate::targets::targets;

pub(super) const CHART: Chart = Chart { name: "policies", draw };

/// The kinds of policy: as they are measured, and as they are called here.
const KINDS: [(&str, &str); 2] =
    [("limits", "with refresh tokens"), ("silent", "without refresh tokens")];

fn draw(figures: &Figures, machine: &Machine) -> Option<Drawing> {
    let of = |name: &str| -> Vec<(f64, f64)> {
        let passes = figures.values("policies", "passes");
        let passes = passes.filter(|(subject, _)| subject.name == name);
        passes.map(|(subject, passes)| (subject.policies as f64, passes)).collect()
    };
    let (most, passes) = *of(KINDS[0].0).last()?;
    let target = targets(figures).into_iter().find(|target| target.part == "policies")?;
    let wanted = [(target.at_least, "at most"), (target.aim, "aim")];
    let beside = |index: usize, (policies, passes): (f64, f64)| {
        // Lines lie near to each other: what is higher has its label above, the other below.
        let others = of(KINDS[1 - index].0);
        let other = others.into_iter().find(|(count, _)| *count == policies)?.1;
        let side = if (passes, index) > (other, 1 - index) { Side::Above } else { Side::Below };
        (1.0 < policies && policies < most).then(|| (side, times(passes)))
    };
    let line = |(index, (name, called)): (usize, &(&str, &str))| {
        let points = of(name);
        let last = points.last().map_or(0.0, |(_, passes)| *passes);
        let mark = |at| Mark { at, label: beside(index, at) };
        Line {
            name: format!("{} {called}", times(last)),
            colour: palette::policy(index, false),
            points: points.into_iter().map(mark).collect(),
        }
    };
    let marks = |numbers: &[u32], after: &str| {
        numbers.iter().map(|&number| (f64::from(number), format!("{number}{after}"))).collect()
    };
    let plot = Plot {
        title: format!(
            "{most} policies in one pass take as long as {} passes of one",
            brief(passes)
        ),
        subtitle: "The same uses replayed under more and more policies; one policy alone is 1×."
            .to_owned(),
        across: Axis {
            words: "policies in one pass",
            from: 1.0,
            to: most,
            marks: marks(&[1, 4, 16, 64, 256], ""),
        },
        up: Axis {
            words: "time of the pass",
            from: 0.6,
            to: most,
            marks: marks(&[1, 2, 5, 10, 20, 50, 100, 200], "×"),
        },
        lines: KINDS.iter().enumerate().map(line).collect(),
        wanted: wanted.map(|(passes, name)| (passes, format!("{name} {passes}×"))).to_vec(),
        diagonal: Some("as many passes as policies".to_owned()),
    };
    Some(plot.draw(machine))
}
