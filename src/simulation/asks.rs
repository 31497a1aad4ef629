//! What of an agent's records the IdP has to do with: found once for all policies under which it
//! is the same.

use std::ops::Range;

use super::Asked;
use super::plan::{AccessTokens, NO_TOKEN};
use super::share::OfAgent;
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

    /// Those among all records of an agent: uses, logouts and closed browsers.
    pub(super) fn of(
        &mut self,
        agent: OfAgent<'_>,
        tokens: &AccessTokens,
        asked: &mut impl Asked<Note = N>,
    ) -> &[Step<N>] {
        self.steps.clear();
        self.until.fill(NO_TOKEN);
        self.holds.fill(false);
        let records = agent.records;
        let mut start = 0;
        for place in agent.others() {
            self.ask(records, start..place, tokens, asked);
            start = place + 1;
            let record = &records[place];
            let app = record.app().filter(|_| record.action() == Action::Logout);
            if let Some(app) = app {
                let apps = tokens.emptied(app);
                self.holds[apps.clone()].fill(false);
                tokens.empty(apps, &mut self.until);
            }
            self.steps.push(Step::Ending(Ending { at: record.at(), place: place as u32, app }));
        }
        self.ask(records, start..records.len(), tokens, asked);
        &self.steps
    }

    /// Takes the records in `uses`, all of them uses.
    fn ask(
        &mut self,
        records: &[Record],
        uses: Range<usize>,
        tokens: &AccessTokens,
        asked: &mut impl Asked<Note = N>,
    ) {
        let first = uses.start;
        let places = tokens.find(&records[uses], &mut self.places, &mut self.until);
        self.steps.extend(places.iter().map(|&place| {
            let place = first + place as usize;
            let record = &records[place];
            let previous = latest_use(&records[..place]);
            let at = record.at();
            let note = asked.ask(at, previous.unwrap_or(Instant::LONG_AGO), tokens.slot(record));
            let app = record.app().unwrap_or(AppId::new(0));
            let is_fresh = !std::mem::replace(&mut self.holds[app.index()], true);
            Step::Ask(Ask { at, place: place as u32, app, is_fresh, note })
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
