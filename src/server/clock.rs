//! What time it is. The model is told; here is who tells it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::Instant;

/// The time that policies count in. A clock in a file is whoever's who may open files.
pub trait Clock: Send + Sync {
    /// Now.
    ///
    /// # Errors
    /// If nobody can tell, with the reason: the server then answers 503 and does nothing.
    fn now(&self) -> Result<Instant, String>;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug)]
pub struct RealClock;

/// A clock that goes faster (or slower) than the machine's, from the same instant on.
#[derive(Clone, Copy, Debug)]
pub struct ScaledClock {
    start: std::time::Instant,
    began: Instant,
    factor: f64,
}

impl Clock for RealClock {
    fn now(&self) -> Result<Instant, String> {
        Ok(wall())
    }
}

impl ScaledClock {
    /// Starts now; `factor` seconds pass in each real one.
    pub fn new(factor: f64) -> Self {
        Self { start: std::time::Instant::now(), began: wall(), factor }
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Result<Instant, String> {
        let passed = self.start.elapsed().as_secs_f64() * self.factor * 1_000.0;
        Ok(Instant::from_millis(self.began.as_millis().saturating_add(passed as i64)))
    }
}

fn wall() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_clock_begins_with_the_real_one_and_leaves_it_behind() {
        let scaled = ScaledClock::new(3_600_000.0);
        std::thread::sleep(Duration::from_millis(5));
        let ahead = scaled.now().unwrap() - RealClock.now().unwrap();
        assert!(ahead.as_millis() > 3_600_000, "{ahead}");
    }
}
