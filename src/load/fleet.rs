//! Threads that each have their own runtime, connections and virtual users, and do one phase of a
//! test after the other.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use super::drive::{Acting, Bounds, Pace, drive, prepare};
use super::{Action, Arrivals, Collector, Live, LoadError, Recorded, Recorder};

/// So often is a phase under way looked at.
const LOOK: Duration = Duration::from_millis(100);
/// So long after it was ordered a phase begins: every thread is there by then.
const SOON: Duration = Duration::from_millis(20);

/// The threads of a test.
#[derive(Debug)]
pub struct Fleet {
    threads: Vec<(Sender<Order>, JoinHandle<()>)>,
    done: Receiver<Result<(), LoadError>>,
    bounds: Bounds,
    late_after: Duration,
}

/// What a thread is to do next.
enum Order {
    Prepare { actions: Vec<Action>, recorder: Recorder, pace: Pace },
    Drive { arrivals: Arrivals, recorder: Recorder },
}

impl Fleet {
    /// Starts `jobs` threads; each makes its users with `users`, given its number. All stop early
    /// when `stop` is set.
    pub fn start<A: Acting + 'static>(
        jobs: usize,
        users: impl Fn(usize) -> A + Clone + Send + 'static,
        bounds: Bounds,
        late_after: Duration,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        let (tell, done) = channel();
        let threads = (0..jobs).map(|job| {
            let (send, orders) = channel();
            let (tell, users, stop) = (tell.clone(), users.clone(), Arc::clone(stop));
            let work = move || work(move || users(job), bounds, &orders, &tell, &stop);
            (send, std::thread::spawn(work))
        });
        Self { threads: threads.collect(), done, bounds, late_after }
    }

    /// Prepares users: `actions` of each thread, `pace` over all of them. `look` is called ten times a
    /// second.
    ///
    /// # Errors
    /// If a thread could not work.
    pub fn prepare(
        &self,
        actions: Vec<Vec<Action>>,
        pace: Pace,
        look: impl FnMut(&Live),
    ) -> Result<(Recorded, Duration), LoadError> {
        let threads = self.threads.len();
        let at_once = pace.at_once.div_ceil(threads).max(1);
        let pace = Pace { at_once, rate: pace.rate / threads as f64 };
        self.phase(actions, look, |actions, recorder| Order::Prepare { actions, recorder, pace })
    }

    /// Begins every action at its time: the arrivals of each thread. `look` is called ten times a
    /// second.
    ///
    /// # Errors
    /// If a thread could not work.
    pub fn drive(
        &self,
        arrivals: Vec<Arrivals>,
        look: impl FnMut(&Live),
    ) -> Result<(Recorded, Duration), LoadError> {
        self.phase(arrivals, look, |arrivals, recorder| Order::Drive { arrivals, recorder })
    }

    /// How many actions may be under way at once, over all threads.
    pub fn most_in_flight(&self) -> usize {
        self.bounds.in_flight * self.threads.len()
    }

    fn phase<T>(
        &self,
        parts: Vec<T>,
        mut look: impl FnMut(&Live),
        order: impl Fn(T, Recorder) -> Order,
    ) -> Result<(Recorded, Duration), LoadError> {
        let begin = Instant::now() + SOON;
        let wall = SystemTime::now() + SOON;
        let wall = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let collector = Collector::start(self.threads.len(), begin, wall, self.late_after);
        for (job, (part, (thread, _))) in parts.into_iter().zip(&self.threads).enumerate() {
            let recorder = collector.recorder(job).expect("each is taken once");
            // A thread that is gone has said why.
            let _ = thread.send(order(part, recorder));
        }
        let mut left = self.threads.len();
        let mut failed = Ok(());
        while left > 0 {
            match self.done.recv_timeout(LOOK) {
                Ok(done) => {
                    left -= 1;
                    failed = failed.and(done);
                }
                Err(RecvTimeoutError::Timeout) => look(&collector.live),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let took = begin.elapsed();
        failed?;
        Ok((collector.finish(), took))
    }
}

fn work<A: Acting + 'static>(
    users: impl FnOnce() -> A,
    bounds: Bounds,
    orders: &Receiver<Order>,
    tell: &Sender<Result<(), LoadError>>,
    stop: &AtomicBool,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = tell.send(Err(LoadError::System(error)));
            return;
        }
    };
    let _within = runtime.enter();
    let mut users = Some(users());
    while let Ok(order) = orders.recv() {
        let Some(own) = users.take() else { return };
        let done = runtime.block_on(async {
            match order {
                Order::Prepare { actions, recorder, pace } => {
                    Ok(prepare(own, actions, recorder, pace, stop).await)
                }
                Order::Drive { arrivals, recorder } => {
                    drive(own, arrivals, recorder, bounds, stop).await
                }
            }
        });
        let told = done.map(|own| users = Some(own));
        if tell.send(told).is_err() {
            return;
        }
    }
}
