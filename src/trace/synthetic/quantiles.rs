//! A law's quantile function as a table: a draw is one random number, one look-up and a cubic.

use crate::seed::Stream;

/// The quantile function of a law without negative values, in pieces that are equally exact all
/// the way into both tails.
///
/// The 64 bits of a draw are a probability: the lowest one tells whether it is counted from below
/// or from above, the others how far it is from that end, at most a half. That tail is halved again
/// and again, into [`OCTAVES`], as a floating-point number is, and each octave is cut into
/// [`CELLS`] equal cells. So the smaller a tail, the finer its cells; as the last octave ends
/// where the bits do, no draw falls outside of the table, and none is left to a slower way.
///
/// Within a cell the quantile is the cubic (Hermite's) that meets its values and slopes at both
/// ends.
#[derive(Clone, Debug)]
pub(super) struct Quantiles {
    cells: Box<[Cubic; LEN]>,
}

/// `c0 + c1 x + c2 x^2 + c3 x^3`, where `x` runs from 0 to 1 through a cell.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Cubic([f64; 4]);

/// A probability from the nearer end: at most a half.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    /// What lies beyond it.
    pub(super) beyond: f64,
    /// Whether it is counted from above.
    pub(super) upper: bool,
}

const OCTAVES: usize = 64;
const CELLS: usize = 16;
const LEN: usize = 2 * OCTAVES * CELLS;

impl Quantiles {
    /// The table of a law: `at` gives its quantile, and the slope of that over `beyond`.
    pub(super) fn new(at: impl Fn(Tail) -> (f64, f64)) -> Self {
        let mut cells = Vec::with_capacity(LEN);
        for upper in [false, true] {
            // An octave begins at its smaller end.
            let mut begin = 0.25;
            for _ in 0..OCTAVES {
                let width = begin / CELLS as f64;
                let end = |cell: usize| at(Tail { beyond: begin + width * cell as f64, upper });
                let ends: Vec<_> = (0..=CELLS).map(end).collect();
                cells.extend(ends.windows(2).map(|ends| Cubic::new(ends[0], ends[1], width)));
                begin /= 2.0;
            }
        }
        let cells = cells.into_boxed_slice().try_into();
        Self { cells: cells.expect("two tails of all octaves") }
    }

    /// The quantile at those bits.
    #[inline]
    pub(super) fn at(&self, bits: u64) -> f64 {
        // The lowest bit stands in the middle between two neighbours, so the tail is never 0.
        let tail = bits | 1;
        let octave = tail.leading_zeros() as usize;
        // What follows the leading one.
        let rest = tail << octave << 1;
        let cell = (rest >> 60) as usize;
        let x = f64::from_bits(1.0_f64.to_bits() | rest << 4 >> 12) - 1.0;
        let upper = (bits & 1) as usize;
        self.cells[(upper * OCTAVES + octave) * CELLS + cell].at(x)
    }

    /// A length.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> f64 {
        self.at(stream.bits())
    }
}

impl Cubic {
    /// The cubic through two values with their slopes.
    fn new((from, slope): (f64, f64), (to, slope_to): (f64, f64), width: f64) -> Self {
        let (rise, first, last) = (to - from, slope * width, slope_to * width);
        Self([from, first, 3.0 * rise - 2.0 * first - last, first + last - 2.0 * rise])
    }

    #[inline]
    fn at(&self, x: f64) -> f64 {
        let [c0, c1, c2, c3] = self.0;
        c0 + x * (c1 + x * (c2 + x * c3))
    }
}
