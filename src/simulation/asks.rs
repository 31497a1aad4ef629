//! What of an agent's records the IdP has to do with: found once for all policies under which it
//! is the same.

use super::Asked;
use super::plan::{AccessTokens, NO_TOKEN};
use crate::model::{AppId, Instant};
use crate::trace::{Action, Record};

/// A record that the IdP has to do with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<N> {
    /// A use without a good access token.
    Ask(Ask<N>),
    /// A logout or a closed browser, which may end a session.
    Ending(Ending),
}

/// A use without a good access token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<N> {
    /// When.
    pub(super) at: Instant,
    /// Its place among the agent's records.
    pub(super) place: u32,
    /// In which app.
    pub(super) app: AppId,
    /// The app holds nothing from the IdP, not even what is spent.
    pub(super) is_fresh: bool,
    /// What every policy wants to know of it.
    pub(super) note: N,
}

/// What may end a session before its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// When.
    pub(super) at: Instant,
    /// Its place among the agent's records.
    pub(super) place: u32,
    /// The app that is logged out of; none if the browser is closed.
    pub(super) app: Option<AppId>,
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

    /// Those among all records of an agent: uses, logouts and closed browsers. `only_uses` tells
    /// that they are nothing else.
    pub(super) fn of(
        &mut self,
        records: &[Record],
        only_uses: bool,
        tokens: &AccessTokens,
        asked: &mut impl Asked<Note = N>,
    ) -> &[Step<N>] {
        self.steps.clear();
        self.until.fill(NO_TOKEN);
        self.holds.fill(false);
        let mut start = 0;
        while start < records.len() {
            let rest = &records[start..];
            let next =
                if only_uses { None } else { rest.iter().position(|record| !is_use(record)) };
            let end = next.map_or(records.len(), |uses| start + uses);
            self.ask(records, start..end, tokens, asked);
            if let Some(record) = records.get(end) {
                let app = record.app().filter(|_| record.action() == Action::Logout);
                if let Some(app) = app {
                    let apps = tokens.emptied(app);
                    self.holds[apps.clone()].fill(false);
                    tokens.empty(apps, &mut self.until);
                }
                let ending = Ending { at: record.at(), place: end as u32, app };
                self.steps.push(Step::Ending(ending));
            }
            start = end + 1;
        }
        &self.steps
    }

    /// Takes the records in `uses`, all of them uses.
    fn ask(
        &mut self,
        records: &[Record],
        uses: std::ops::Range<usize>,
        tokens: &AccessTokens,
        asked: &mut impl Asked<Note = N>,
    ) {
        self.places.clear();
        tokens.find(&records[uses.clone()], uses.start, &mut self.places, &mut self.until);
        self.steps.extend(self.places.iter().map(|&place| {
            let record = &records[place as usize];
            let previous = latest_use(&records[..place as usize]);
            let at = record.at();
            let note = asked.ask(at, previous.unwrap_or(Instant::LONG_AGO), tokens.slot(record));
            let app = record.app().unwrap_or(AppId::new(0));
            let is_fresh = !std::mem::replace(&mut self.holds[app.index()], true);
            Step::Ask(Ask { at, place, app, is_fresh, note })
        }));
    }
}

/// When the latest use was.
#[inline]
pub(super) fn latest_use(records: &[Record]) -> Option<Instant> {
    records.iter().rev().find(|record| is_use(record)).map(Record::at)
}

#[inline]
fn is_use(record: &Record) -> bool {
    record.action() == Action::Use
}
