//! The colours of every chart. One thing has one colour wherever it stands.
//!
//! The hues are those of Okabe and Ito (<https://jfly.uni-koeln.de/color/>), which people tell
//! apart whatever their colour vision. The neutral ones and the steps of the heat map are fixed
//! values that `report.css` turns round for dark screens, so a colour must not stand here for
//! two ends.

use plotters::style::RGBColor;

pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(super) const INK: RGBColor = RGBColor(0x1b, 0x1f, 0x24);
pub(super) const MUTED: RGBColor = RGBColor(0x57, 0x60, 0x6a);
pub(super) const GRID: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
/// Words on a dark and on a light hue, which no dark screen turns round.
pub(super) const ON_DARK: RGBColor = RGBColor(0xfe, 0xfe, 0xfe);
pub(super) const ON_LIGHT: RGBColor = RGBColor(0x0b, 0x0d, 0x10);
/// Baselines step back behind the policies.
pub(super) const BASELINE: RGBColor = RGBColor(0x8c, 0x95, 0x9f);
/// What must not be overlooked, as words.
pub(super) const ALERT: RGBColor = RGBColor(0xb3, 0x40, 0x00);

/// Quantiles of times, from the median to the slowest.
#[cfg(feature = "http")]
pub(super) const QUANTILES: [RGBColor; 4] =
    [RGBColor(0x56, 0xb4, 0xe9), RGBColor(0x00, 0x72, 0xb2), RGBColor(0xd5, 0x5e, 0x00), BASELINE];
/// What was due, what came to an answer, and what failed.
#[cfg(feature = "http")]
pub(super) const RATES: [RGBColor; 3] = [BASELINE, BLUE, VERMILION];
/// What held, and what did not.
#[cfg(feature = "http")]
pub(super) const HELD: [RGBColor; 2] = [GREEN, VERMILION];

/// What people have to do on average, and at most 19 in 20 of them.
pub(super) const QUANTILES_OF_PEOPLE: [RGBColor; 2] = [BLUE, VERMILION];

const ORANGE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
const SKY: RGBColor = RGBColor(0x56, 0xb4, 0xe9);
const GREEN: RGBColor = RGBColor(0x00, 0x9e, 0x73);
const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
const VERMILION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
const PURPLE: RGBColor = RGBColor(0xcc, 0x79, 0xa7);

/// From none to most: light to dark, as on paper.
pub(super) const HEAT: [RGBColor; 7] = [
    RGBColor(0xf3, 0xf5, 0xf7),
    RGBColor(0xd4, 0xe6, 0xf4),
    RGBColor(0xa9, 0xcf, 0xe8),
    RGBColor(0x72, 0xb2, 0xd8),
    RGBColor(0x3d, 0x8f, 0xc2),
    RGBColor(0x16, 0x69, 0xa3),
    RGBColor(0x08, 0x42, 0x70),
];

/// The causes of re-logins: their key, what they are called, and their colour.
pub(super) const CAUSES: [(&str, &str, RGBColor); 3] = [
    ("login.idle", "idle timeout", BLUE),
    ("login.absolute", "absolute timeout", ORANGE),
    ("login.closed", "browser closed", PURPLE),
];

/// The kinds of requests, in the order of [`crate::table::REQUEST_KINDS`].
pub(super) const KINDS: [(&str, RGBColor); 5] = [
    ("login", VERMILION),
    ("silent authentication", SKY),
    ("refresh", GREEN),
    ("refused", MUTED),
    ("introspection", PURPLE),
];

/// What machines ask, whoever is there.
pub(super) const MACHINES: RGBColor = ORANGE;

/// The colour of the policy that stands at `index`. Seven policies and more share hues, so a chart
/// that shows as many names each at its place.
pub(super) fn policy(index: usize, baseline: bool) -> RGBColor {
    const HUES: [RGBColor; 6] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY];
    if baseline { BASELINE } else { HUES[index % 6] }
}
