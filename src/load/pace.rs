//! Sleeping to an instant, more exactly than a runtime's timers do (they count milliseconds): a
//! timer of the kernel's, set a little early, and the last bit of the way without sleep.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// So early is the timer set at most: the rest of the way costs processor time.
const MOST_EARLY: Duration = Duration::from_micros(40);
/// A sleep so short is not worth a call into the kernel.
const SHORTEST: Duration = Duration::from_micros(5);

/// One sleeper, which serves every virtual user of its thread.
#[derive(Debug)]
pub(super) struct Pacer {
    timer: AsyncFd<OwnedFd>,
    /// How long after its time the timer wakes us, as seen so far.
    lag: Duration,
}

impl Pacer {
    /// A pacer on the current runtime.
    ///
    /// # Errors
    /// If the system has no timer left.
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        // Its successor is unsafe, which is forbidden here; an owned descriptor of the kernel's
        // keeps what that wants to be promised.
        #[expect(deprecated)]
        let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
        Ok(Self { timer, lag: Duration::from_micros(5) })
    }

    /// Comes back at `until`, or at once if that is over, and tells the time then.
    pub(super) async fn sleep_until(&mut self, until: Instant) -> io::Result<Instant> {
        loop {
            let now = Instant::now();
            if now >= until {
                return Ok(now);
            }
            let sleep = (until - now).saturating_sub(self.lag);
            if sleep < SHORTEST {
                // Answers are taken in meanwhile.
                tokio::task::yield_now().await;
                continue;
            }
            self.arm(sleep)?;
            // Setting it anew takes its expirations back: they need not be read.
            self.timer.readable().await?.clear_ready();
            self.learn(now + sleep);
        }
    }

    fn arm(&self, sleep: Duration) -> io::Result<()> {
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let (tv_sec, tv_nsec) = (sleep.as_secs() as i64, sleep.subsec_nanos().into());
        let once = Itimerspec { it_interval: zero, it_value: Timespec { tv_sec, tv_nsec } };
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }

    /// Follows what the kernel itself takes, about the tenth part of all lags: what comes on top is
    /// a busy machine's, and waiting for it without sleep would only make it busier.
    fn learn(&mut self, wanted: Instant) {
        let lag = wanted.elapsed().min(MOST_EARLY);
        self.lag = match lag < self.lag {
            true => self.lag - (self.lag - lag) / 8,
            false => self.lag + (lag - self.lag) / 128,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeps_end_neither_early_nor_a_millisecond_late() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let mut pacer = Pacer::new().unwrap();
            let mut late: Vec<Duration> = Vec::new();
            for _ in 0..40 {
                let until = Instant::now() + Duration::from_micros(1_300);
                let now = pacer.sleep_until(until).await.unwrap();
                late.push(now.checked_duration_since(until).expect("not early"));
            }
            late.sort();
            // A busy machine may be late now and then.
            assert!(late[late.len() / 2] < Duration::from_millis(1), "{late:?}");
            let over = Instant::now();
            assert!(pacer.sleep_until(over).await.unwrap() >= over);
        });
    }
}
