//! How wide text is, and how it is made to fit.

use crate::report::numeral::{plain, shortened};

/// A size in units of the sheet, and a weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
}

/// The sentence at the head.
pub(super) const TITLE: Type = Type { size: 40.0, bold: true };
/// Units, and what must be known to read the chart.
pub(super) const SUBTITLE: Type = Type { size: 24.0, bold: false };
/// Names and figures beside what they stand for.
pub(super) const LABEL: Type = Type { size: 24.0, bold: false };
/// As [`LABEL`], for what is to be seen first.
pub(super) const STRONG: Type = Type { size: 24.0, bold: true };
/// Marks of an axis, and where there is little room. Still legible at 640 pixels.
pub(super) const SMALL: Type = Type { size: 20.0, bold: false };
/// As [`SMALL`], for names.
pub(super) const SMALL_STRONG: Type = Type { size: 20.0, bold: true };

/// Advance widths of U+0020 to U+007E in thousandths of the size: DejaVu Sans 2.37, its `hmtx`.
const REGULAR: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// The same of DejaVu Sans Bold.
const BOLD: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
    683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
    724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
    343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];

/// The width of a text, near enough to lay labels out: exact for ASCII, wide for the rest.
pub(super) fn width(text: &str, kind: Type) -> f64 {
    let table = if kind.bold { &BOLD } else { &REGULAR };
    let advance = |c: char| match (c as usize).checked_sub(0x20).and_then(|i| table.get(i)) {
        Some(advance) => f64::from(*advance),
        None if matches!(c, '·' | '’') => 380.0,
        None if matches!(c, '–' | '\u{a0}') => 500.0,
        None if ('\u{a1}'..'\u{1100}').contains(&c) => 850.0,
        None => 1_000.0,
    };
    text.chars().map(advance).sum::<f64>() * kind.size / 1_000.0
}

/// The text, its middle given up for an ellipsis where it would be wider than `room`.
pub(super) fn fitted(text: &str, kind: Type, room: f64) -> String {
    shortened(&plain(text), |text| width(text, kind) <= room)
}

/// The text in lines no wider than `room`; a word that is wider is cut off.
pub(super) fn wrapped(text: &str, kind: Type, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), kind) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fitted(word, kind, room)),
        }
    }
    lines
}

/// Moves heights apart until neighbours are `gap` from each other and all lie within `bounds`,
/// each as near to where it was as that allows. They keep their order, which is ascending.
pub(super) fn spread(heights: &[f64], gap: f64, bounds: (f64, f64)) -> Vec<f64> {
    // Neighbours that touch become a block, which stands at the mean of what its members want.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let place = |wanted: f64, count: usize| {
        let half = gap * (count - 1) as f64 / 2.0;
        wanted.min(bounds.1 - half).max(bounds.0 + half)
    };
    for height in heights {
        let mut block = (place(*height, 1), 1);
        while let Some(&(above, count)) = blocks.last() {
            let touch = gap * (count + block.1) as f64 / 2.0;
            if above + touch <= block.0 {
                break;
            }
            blocks.pop();
            let both = count + block.1;
            let mean = (above * count as f64 + block.0 * block.1 as f64) / both as f64;
            block = (place(mean, both), both);
        }
        blocks.push(block);
    }
    let members = |(centre, count): (f64, usize)| {
        let first = centre - gap * (count - 1) as f64 / 2.0;
        (0..count).map(move |index| first + gap * index as f64)
    };
    blocks.into_iter().flat_map(members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits_its_room() {
        assert!((width("AA", LABEL) - 2.0 * 0.684 * 24.0).abs() < 1e-9);
        let cut = fitted("a name that is far too long", LABEL, 120.0);
        assert!(cut.contains('…') && width(&cut, LABEL) <= 120.0, "{cut}");
        assert_eq!(fitted("short", LABEL, 120.0), "short");
        assert_eq!(fitted("x", LABEL, 1.0), "");
        assert_eq!(wrapped("one two three", LABEL, 110.0), ["one two", "three"]);
    }

    #[test]
    fn labels_are_spread() {
        assert_eq!(spread(&[10.0, 50.0], 20.0, (0.0, 100.0)), [10.0, 50.0]);
        assert_eq!(spread(&[48.0, 52.0], 20.0, (0.0, 100.0)), [40.0, 60.0]);
        assert_eq!(spread(&[0.0, 0.0, 0.0], 20.0, (0.0, 100.0)), [0.0, 20.0, 40.0]);
        assert_eq!(spread(&[99.0, 100.0], 20.0, (0.0, 100.0)), [80.0, 100.0]);
        assert_eq!(spread(&[], 20.0, (0.0, 100.0)), [0.0; 0]);
    }
}
