//! Charts of a sweep: curves along each axis, a heat map for each pair of axes, and one heat map
//! after the other along a third. How many there are depends on the axes, so there is no registry
//! of rows here but one function.
//!
//! Reading order: `scale`, `curves`, `heat`.

mod curves;
mod heat;
mod scale;

use super::Drawing;
use crate::report::numeral::short;
use crate::swept::Sweep;

/// A chart of a sweep, drawn.
pub(in crate::report) struct Drawn {
    /// The name of its files.
    pub(in crate::report) name: String,
    /// One line for people: what it shows.
    pub(in crate::report) about: String,
    pub(in crate::report) drawing: Drawing,
}

/// Pairs of axes that have a heat map; of more axes, the first ones.
const PAIRS: usize = 6;

/// Every chart, in the order of a report.
pub(in crate::report) fn charts(sweep: &Sweep) -> Vec<Drawn> {
    let varied: Vec<usize> =
        (0..sweep.axes.len()).filter(|axis| sweep.axes[*axis].values.len() > 1).collect();
    let mut drawn = Vec::new();
    for axis in &varied {
        drawn.push(Drawn {
            name: format!("curves-{}", file_name(&sweep.axes[*axis].key)),
            about: format!("What {} changes", short(&sweep.axes[*axis].key, 60)),
            drawing: curves::draw(sweep, *axis),
        });
    }
    let pairs = varied
        .iter()
        .enumerate()
        .flat_map(|(place, down)| varied[place + 1..].iter().map(move |across| (*down, *across)));
    for (down, across) in pairs.take(PAIRS) {
        let [one, other] = [down, across].map(|axis| sweep.axes[axis].key.as_str());
        drawn.push(Drawn {
            name: format!("heat-{}-{}", file_name(one), file_name(other)),
            about: format!("{} and {} together", short(one, 40), short(other, 40)),
            drawing: heat::pair(sweep, (down, across)),
        });
    }
    if let [down, across, third, ..] = varied[..] {
        drawn.push(Drawn {
            name: format!("heat-by-{}", file_name(&sweep.axes[third].key)),
            about: format!("The same for each {}", short(&sweep.axes[third].key, 40)),
            drawing: heat::multiples(sweep, (down, across), third),
        });
    }
    drawn
}

/// A key as a part of a file's name.
fn file_name(key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    key.chars().map(plain).take(60).collect()
}
