//! One thread's virtual users, begun when they are meant to.
//!
//! An open model: the server's answers never decide when the next action begins, only whether its
//! own user is still busy; then it waits, and its response time tells so.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::LocalSet;

use super::pace::Pacer;
use super::{Action, Endpoint, LoadError, Outcome, Recorder};

/// What virtual users do when an action begins. One object is all users of a thread.
pub trait Acting {
    /// Does one action for its user, who does nothing else meanwhile, and tells `probe` what it
    /// asked.
    fn act(&self, action: Action, probe: &Probe<'_>) -> impl Future<Output = Outcome>;
}

/// How a thread goes on.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// So many actions may be under way at once, those that wait for their users included.
    pub in_flight: usize,
    /// So long are answers waited for after the last start.
    pub drain: Duration,
    /// So long after an interrupt.
    pub drain_interrupted: Duration,
}

/// Takes down what an action asks of the server.
#[derive(Debug)]
pub struct Probe<'a> {
    recorder: &'a RefCell<Recorder>,
    action: Action,
    sent_at: Cell<Option<Instant>>,
}

impl Probe<'_> {
    /// One HTTP request took so long, from its send to the end of its answer.
    pub fn exchange(&self, endpoint: Endpoint, service: Duration) {
        self.recorder.borrow_mut().exchange(endpoint, service);
    }

    /// A refresh token was refused, as it was meant to be.
    pub fn refused(&self) {
        self.recorder.borrow_mut().refusal();
    }

    /// A request was sent; it may never be answered.
    pub fn sent(&self, at: Instant) {
        if self.sent_at.get().is_none() {
            self.sent_at.set(Some(at));
        }
    }

    /// Something went wrong after which the action went on.
    pub fn error(&self, word: String) {
        self.recorder.borrow_mut().error(self.action.kind(), word);
    }
}

/// The users of a thread, and what they still have to do.
struct Thread<A> {
    users: A,
    recorder: RefCell<Recorder>,
    /// By user: whether they are busy.
    busy: RefCell<Vec<bool>>,
    /// What waits for users that are busy.
    waiting: RefCell<HashMap<usize, VecDeque<Action>>>,
    /// How many users are busy.
    active: Cell<usize>,
    idle: Notify,
}

/// Begins every action of `arrivals` at its time, and waits for the answers. Returns early when
/// `stop` is set. The recorder is finished in any case.
///
/// # Errors
/// If the system gives no timer.
pub async fn drive<A: Acting + 'static>(
    users: A,
    arrivals: impl Iterator<Item = Action>,
    recorder: Recorder,
    bounds: Bounds,
    stop: &AtomicBool,
) -> Result<A, LoadError> {
    let thread = Rc::new(Thread::new(users, recorder));
    let local = LocalSet::new();
    let driven = local.run_until(begin_all(&thread, arrivals, bounds, stop)).await;
    local.run_until(thread.drain(bounds, stop)).await;
    // Whoever still waits for an answer is let go, and counted as in flight.
    drop(local);
    let thread = Rc::into_inner(thread).expect("every task is gone with its set");
    thread.recorder.into_inner().finish();
    driven.map_err(LoadError::System).map(|()| thread.users)
}

/// How a set-up goes on.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// So many users are prepared at once.
    pub at_once: usize,
    /// At most so many actions begin a second.
    pub rate: f64,
}

/// Does the actions of a set-up, each user's in their order: nothing is due at any time here, but
/// neither may it be more than a ceiling. Returns early when `stop` is set.
pub async fn prepare<A: Acting + 'static>(
    users: A,
    actions: Vec<Action>,
    recorder: Recorder,
    pace: Pace,
    stop: &AtomicBool,
) -> A {
    let thread = Rc::new(Thread::new(users, recorder));
    let groups: Vec<&[Action]> = actions.chunk_by(|one, next| one.user() == next.user()).collect();
    let (next, begun) = (Cell::new(0), Cell::new(0_u32));
    let start = tokio::time::Instant::now();
    let work = || async {
        while let Some(group) = groups.get(next.replace(next.get() + 1)) {
            for action in *group {
                let count = begun.replace(begun.get() + 1);
                let slot = Duration::from_secs_f64(f64::from(count) / pace.rate);
                tokio::time::sleep_until(start + slot).await;
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let now = Instant::now();
                let since = now.saturating_duration_since(thread.recorder.borrow().begin());
                let action = action.at(since.as_micros() as u64);
                thread.recorder.borrow_mut().intended(action);
                thread.recorder.borrow_mut().took_up(action, now);
                thread.act(action).await;
            }
        }
    };
    let mut workers: Vec<_> = (0..pace.at_once).map(|_| Box::pin(work())).collect();
    poll_fn(|context| {
        workers.retain_mut(|worker| worker.as_mut().poll(context).is_pending());
        if workers.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    drop(workers);
    let thread = Rc::into_inner(thread).expect("nobody else has it");
    thread.recorder.into_inner().finish();
    thread.users
}

async fn begin_all<A: Acting + 'static>(
    thread: &Rc<Thread<A>>,
    arrivals: impl Iterator<Item = Action>,
    bounds: Bounds,
    stop: &AtomicBool,
) -> std::io::Result<()> {
    let mut pacer = Pacer::new()?;
    for action in arrivals {
        let due = thread.recorder.borrow().intended_start(action);
        if !wait(thread, &mut pacer, due, stop).await? {
            return Ok(());
        }
        let room = (thread.recorder.borrow().in_flight() as usize) < bounds.in_flight;
        thread.recorder.borrow_mut().intended(action);
        if room {
            begin(thread, action).await;
        } else {
            thread.recorder.borrow_mut().dropped(action);
            // Answers are what makes room.
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

/// Waits until `due`, and tells whether to go on. What happened meanwhile is told at least once a
/// second.
async fn wait<A>(
    thread: &Thread<A>,
    pacer: &mut Pacer,
    due: Instant,
    stop: &AtomicBool,
) -> std::io::Result<bool> {
    const STEP: Duration = Duration::from_millis(50);
    loop {
        let now = Instant::now();
        if stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
        if now >= due {
            return Ok(true);
        }
        if now + STEP < due {
            pacer.sleep_until(now + STEP).await?;
            thread.recorder.borrow_mut().turn_to(now);
        } else {
            pacer.sleep_until(due).await?;
        }
    }
}

/// Begins an action, or lets it wait for its user.
async fn begin<A: Acting + 'static>(thread: &Rc<Thread<A>>, action: Action) {
    if !thread.occupy(action.user()) {
        thread.recorder.borrow_mut().took_up(action, Instant::now());
        thread.waiting.borrow_mut().entry(action.user()).or_default().push_back(action);
        return;
    }
    let mut task = Box::pin(Rc::clone(thread).run(action));
    // Begun here and now: a task would only begin after this one waits for something.
    let done = poll_fn(|context| Poll::Ready(task.as_mut().poll(context).is_ready())).await;
    if !done {
        tokio::task::spawn_local(task);
    }
}

impl<A: Acting> Thread<A> {
    /// Does an action, and whatever waits for its user by then.
    async fn run(self: Rc<Self>, first: Action) {
        self.recorder.borrow_mut().took_up(first, Instant::now());
        let mut next = Some(first);
        while let Some(action) = next {
            self.act(action).await;
            next = self.next_of(first.user());
        }
    }

    async fn act(&self, action: Action) {
        let probe = Probe { recorder: &self.recorder, action, sent_at: Cell::new(None) };
        let outcome = self.users.act(action, &probe).await;
        let sent_at = probe.sent_at.get();
        self.recorder.borrow_mut().over(action, sent_at, Instant::now(), outcome);
    }
}

impl<A> Thread<A> {
    fn new(users: A, recorder: Recorder) -> Self {
        Self {
            users,
            recorder: RefCell::new(recorder),
            busy: RefCell::default(),
            waiting: RefCell::default(),
            active: Cell::new(0),
            idle: Notify::new(),
        }
    }

    /// Makes a user busy, unless it is.
    fn occupy(&self, user: usize) -> bool {
        let mut busy = self.busy.borrow_mut();
        if busy.len() <= user {
            busy.resize(user + 1, false);
        }
        let was_idle = !std::mem::replace(&mut busy[user], true);
        self.active.set(self.active.get() + usize::from(was_idle));
        was_idle
    }

    /// What waits for a user that has finished something; if nothing does, it is busy no more.
    fn next_of(&self, user: usize) -> Option<Action> {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.is_empty()
            && let Some(own) = waiting.get_mut(&user)
        {
            if let Some(next) = own.pop_front() {
                return Some(next);
            }
            waiting.remove(&user);
        }
        self.busy.borrow_mut()[user] = false;
        self.active.set(self.active.get() - 1);
        if self.active.get() == 0 {
            self.idle.notify_one();
        }
        None
    }

    /// Waits for the answers that are still to come, for a while.
    async fn drain(&self, bounds: Bounds, stop: &AtomicBool) {
        const STEP: Duration = Duration::from_millis(20);
        let begun = Instant::now();
        while self.active.get() > 0 {
            let most = match stop.load(Ordering::Relaxed) {
                true => bounds.drain_interrupted,
                false => bounds.drain,
            };
            if begun.elapsed() >= most {
                break;
            }
            let _ = tokio::time::timeout(STEP, self.idle.notified()).await;
            self.recorder.borrow_mut().turn_to(Instant::now());
        }
    }
}
