//! Uses that ask the IdP, agent by agent: found once for all policies under which they are the
//! same.

use super::plan::{AccessTokens, NO_TOKEN};
use super::{Asked, Division};
use crate::model::{AppId, Instant};
use crate::trace::{Action, Record};

/// What the IdP has to do with: a use without a good access token, or what ends sessions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<N> {
    /// A use that asks.
    Ask(Ask<N>),
    /// A logout or a closed browser.
    Ending(Ending),
}

/// A use without a good access token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<N> {
    /// When.
    pub(super) at: Instant,
    /// Its place among the agent's uses.
    pub(super) place: u32,
    /// In which app.
    pub(super) app: AppId,
    /// The app holds nothing from the IdP, not even what is spent.
    pub(super) is_fresh: bool,
    /// What every policy wants to know of it.
    pub(super) note: N,
}

/// What can end a session before its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// When.
    pub(super) at: Instant,
    /// The place of the agent's next use.
    pub(super) place: u32,
    /// The app that is logged out of; none if the browser is closed.
    pub(super) app: Option<AppId>,
    ordinal: u32,
}

/// What an agent did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doings<'a> {
    /// Its uses, in time order.
    pub(super) uses: &'a [Record],
    /// Its logouts and closed browsers, in time order.
    pub(super) endings: &'a [Ending],
}

/// Finds steps; its memory is used again.
#[derive(Debug)]
pub(super) struct Steps<N> {
    steps: Vec<Step<N>>,
    places: Vec<u32>,
    until: Vec<i64>,
    /// By app: whether it holds something from the IdP.
    holds: Vec<bool>,
}

impl<N: Copy> Steps<N> {
    /// For as many apps and access tokens.
    pub(super) fn new(apps: usize, slots: usize) -> Self {
        Self {
            steps: Vec::new(),
            places: Vec::new(),
            until: vec![NO_TOKEN; slots],
            holds: vec![false; apps],
        }
    }

    /// Those among all that an agent did.
    pub(super) fn of(
        &mut self,
        doings: Doings<'_>,
        tokens: &AccessTokens,
        asked: &mut impl Asked<Note = N>,
    ) -> &[Step<N>] {
        self.steps.clear();
        self.until.fill(NO_TOKEN);
        self.holds.fill(false);
        let mut start = 0;
        for ending in doings.endings {
            self.ask(doings.uses, start..ending.place as usize, tokens, asked);
            start = ending.place as usize;
            if let Some(app) = ending.app {
                let apps = tokens.emptied(app);
                self.holds[apps.clone()].fill(false);
                tokens.empty(apps, &mut self.until);
            }
            self.steps.push(Step::Ending(*ending));
        }
        self.ask(doings.uses, start..doings.uses.len(), tokens, asked);
        &self.steps
    }

    fn ask(
        &mut self,
        uses: &[Record],
        range: std::ops::Range<usize>,
        tokens: &AccessTokens,
        asked: &mut impl Asked<Note = N>,
    ) {
        self.places.clear();
        tokens.find(&uses[range.clone()], range.start, &mut self.places, &mut self.until);
        self.steps.extend(self.places.iter().map(|&place| {
            let use_ = &uses[place as usize];
            let before = place.checked_sub(1).map(|before| uses[before as usize].at());
            let at = use_.at();
            let note = asked.ask(at, before.unwrap_or(Instant::LONG_AGO), tokens.slot(use_));
            let app = use_.app().unwrap_or(AppId::new(0));
            let is_fresh = !std::mem::replace(&mut self.holds[app.index()], true);
            Step::Ask(Ask { at, place, app, is_fresh, note })
        }));
    }
}

/// A user's records, agent by agent; its memory is used again.
#[derive(Debug, Default)]
pub(super) struct ByAgent {
    uses: Vec<Record>,
    /// By ordinal: where the agent's uses end.
    ends: Vec<usize>,
    endings: Vec<Ending>,
}

impl ByAgent {
    /// What each agent did that has uses, from all records of a user: uses, logouts and closed
    /// browsers. `only_uses` tells that they are nothing else.
    pub(super) fn of<'a>(
        &'a mut self,
        records: &'a [Record],
        only_uses: bool,
        division: &Division,
    ) -> impl Iterator<Item = Doings<'a>> + Clone {
        self.ends.clear();
        self.endings.clear();
        let agent = records.first().map(Record::agent);
        let all = if only_uses && records.iter().all(|record| Some(record.agent()) == agent) {
            self.ends.push(records.len());
            records
        } else {
            self.divide(records, division);
            &self.uses
        };
        let (mut start, mut endings) = (0, &self.endings[..]);
        let ends = self.ends.iter().enumerate();
        let doings = ends.map(move |(ordinal, &end)| {
            let others = endings.partition_point(|ending| ending.ordinal as usize <= ordinal);
            let (own, later) = endings.split_at(others);
            endings = later;
            Doings { uses: &all[std::mem::replace(&mut start, end)..end], endings: own }
        });
        doings.filter(|doings| !doings.uses.is_empty())
    }

    fn divide(&mut self, records: &[Record], division: &Division) {
        for record in records {
            let ordinal = division.ordinal(record.agent());
            if ordinal >= self.ends.len() {
                self.ends.resize(ordinal + 1, 0);
            }
            self.ends[ordinal] += usize::from(record.action() == Action::Use);
        }
        let mut all = 0;
        for end in &mut self.ends {
            // From now on it is where the agent's next use goes.
            all += std::mem::replace(end, all);
        }
        let Some(&first) = records.first() else { return };
        self.uses.clear();
        self.uses.resize(all, first);
        for record in records {
            let ordinal = division.ordinal(record.agent());
            let next = &mut self.ends[ordinal];
            if record.action() == Action::Use {
                self.uses[*next] = *record;
                *next += 1;
            } else {
                let (at, app) = (record.at(), record.app());
                let app = app.filter(|_| record.action() == Action::Logout);
                let (place, ordinal) = (*next as u32, ordinal as u32);
                self.endings.push(Ending { at, place, app, ordinal });
            }
        }
        self.endings.sort_by_key(|ending| ending.ordinal);
        // Places so far are among all uses of the user.
        for ending in &mut self.endings {
            let before = ending.ordinal.checked_sub(1);
            ending.place -= before.map_or(0, |before| self.ends[before as usize]) as u32;
        }
    }
}
