//! What a server asks at each request, beside what it might ask instead.

use anyhow::Result;

use super::Part;
use crate::figures::{Figures, Subject};
use crate::inputs::checks::{Measure, peers, relogin};
use crate::options::Options;
use crate::stopwatch::Stopwatch;

pub(super) const PART: Part = Part {
    name: "session-check",
    about: "whether a session is good: by relogin, and by a concurrent map, a cache, a signed token",
    counts: "checks",
    runs_relogin: false,
    measure,
};

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    let sessions = if options.quick { 1_000 } else { 100_000 };
    let mut stopwatch = ByStopwatch(Stopwatch::new(31, options.quick), figures);
    relogin(&mut stopwatch, sessions);
    peers(&mut stopwatch, sessions);
    Ok(())
}

struct ByStopwatch<'a>(Stopwatch, &'a mut Figures);

impl Measure for ByStopwatch<'_> {
    fn measure(&mut self, name: &str, count: usize, mut measured: impl FnMut() -> u64) {
        let sum = measured();
        let subject = Subject::new("session-check", name, count as u64);
        let times = self.0.time(measured);
        let each = times.median / count as f64 * 1e9;
        self.1.add(&subject, "time each", each, "ns");
        self.1.add(&subject, "least time each", times.least / count as f64 * 1e9, "ns");
        eprintln!("   {name}: {each:.2} ns, checksum {sum:016x}");
    }
}
