//! How long something takes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Seconds of one run, over many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) median: f64,
    /// What other work on the machine disturbed least.
    pub(crate) least: f64,
}

/// How often something is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    samples: usize,
    /// What takes less is run several times for each sample.
    sample: Duration,
}

/// What takes longer is measured less often than it was to be…
const ENOUGH: Duration = Duration::from_secs(10);
/// …but not less often than so.
const FEWEST: usize = 5;

impl Stopwatch {
    /// That many samples; few and short ones if it is to be quick.
    pub(crate) fn new(samples: usize, quick: bool) -> Self {
        match quick {
            true => Self { samples: 2, sample: Duration::from_micros(100) },
            false => Self { samples, sample: Duration::from_millis(20) },
        }
    }

    /// Runs `work` once in vain, so that memory and caches are as they will be, and then measures.
    pub(crate) fn time<T>(&self, mut work: impl FnMut() -> T) -> Times {
        black_box(work());
        let begun = Instant::now();
        black_box(work());
        let once = begun.elapsed().max(Duration::from_nanos(1));
        let rounds = self.sample.as_nanos().div_ceil(once.as_nanos()).max(1) as u32;
        let mut sample = || {
            let begun = Instant::now();
            for _ in 0..rounds {
                black_box(work());
            }
            begun.elapsed().as_secs_f64() / f64::from(rounds)
        };
        let (begun, mut samples) = (Instant::now(), Vec::new());
        while self.wants_more(samples.len(), begun) {
            samples.push(sample());
        }
        Times::of(samples)
    }

    /// Measures several works in turn, so that what disturbs one disturbs all, and their ratios
    /// say something on a busy machine too.
    pub(crate) fn race(&self, works: &mut [Box<dyn FnMut() + '_>]) -> Vec<Times> {
        for work in &mut *works {
            work();
        }
        let (begun, mut samples) = (Instant::now(), vec![Vec::new(); works.len()]);
        while self.wants_more(samples[0].len(), begun) {
            for (work, samples) in works.iter_mut().zip(&mut samples) {
                let begun = Instant::now();
                work();
                samples.push(begun.elapsed().as_secs_f64());
            }
        }
        samples.into_iter().map(Times::of).collect()
    }

    fn wants_more(&self, samples: usize, begun: Instant) -> bool {
        samples < self.samples && (samples < FEWEST || begun.elapsed() < ENOUGH)
    }
}

impl Times {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { median: samples[samples.len() / 2], least: samples[0] }
    }
}

/// Does `work` on so many threads and no more, whatever the machine has.
pub(crate) fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    Ok(pool.context("cannot start threads")?.install(work))
}
