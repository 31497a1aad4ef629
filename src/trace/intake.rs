//! Where activity comes in: names become ids, broken lines are counted, and records come out as
//! a trace in time order.

mod pending;

use std::borrow::Cow;
use std::fmt;
use std::io;

use super::flaw::{Flaw, KnownNames, Refusal};
use super::lookup::Lookup;
use super::order::{OpenSpool, Records, Sorter, Spool};
use super::strings::Strings;
use super::word::Word;
use super::{Action, BrokenLine, Counts, Names, Record, TraceError, Vocabulary};
use crate::model::{AgentId, ApiId, AppId, Instant};
use pending::QuickNames;

/// One line of a trace as a reader or a generator gives it: text that nobody has checked yet.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// When.
    pub at: Instant,
    /// By whom; must not be empty.
    pub user: &'a str,
    /// On which device; may be empty.
    pub device: &'a str,
    /// In which app; empty for the default one.
    pub app: &'a str,
    /// For which API; empty for the app's first.
    pub api: &'a str,
    /// What.
    pub action: Action,
}

/// A whole trace, in time order; records of the same instant in the order they came.
#[derive(Debug)]
pub struct Trace {
    /// Its users and agents.
    pub names: Names,
    /// What its records' apps and APIs are called.
    pub vocabulary: Vocabulary,
    /// What came in.
    pub counts: Counts,
    records: Records,
}

/// Takes activity in.
#[derive(Debug)]
pub struct Intake {
    vocabulary: Vocabulary,
    known: KnownNames,
    /// The same, to be found more quickly.
    quick: QuickNames,
    names: Names,
    counts: Counts,
    last: Instant,
    sorter: Sorter,
    /// Where lines are read from just now.
    file: String,
}

/// What can be done, with its names checked once for all who do it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    action: Action,
    app: Option<AppId>,
    api: Option<ApiId>,
}

#[cfg(feature = "parquet")]
impl Deed {
    /// As a record, until it is known when it was done and by whom.
    pub(super) fn record(self) -> Record {
        Record::new(Instant::LONG_AGO, AgentId::new(0), self.action, self.app, self.api)
    }
}

/// How much an intake may hold in memory.
pub struct IntakeOptions {
    /// Records of sixteen bytes. Beyond, they are sorted in a spool file, if there is one.
    pub records_in_memory: usize,
    /// Opens the spool file.
    pub open_spool: Option<OpenSpool>,
}

impl IntakeOptions {
    /// The default budget, and beyond it files that `open` opens, such as `tempfile::tempfile`.
    pub fn spooling<S: Spool + 'static>(open: impl Fn() -> io::Result<S> + Send + 'static) -> Self {
        let open = move || open().map(|spool| Box::new(spool) as Box<dyn Spool>);
        Self { open_spool: Some(Box::new(open)), ..Self::default() }
    }
}

impl Default for IntakeOptions {
    /// 16 million records, which take 256 MB, and no spool file.
    fn default() -> Self {
        Self { records_in_memory: 1 << 24, open_spool: None }
    }
}

impl fmt::Debug for IntakeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntakeOptions")
            .field("records_in_memory", &self.records_in_memory)
            .field("spools", &self.open_spool.is_some())
            .finish()
    }
}

impl Trace {
    /// The first record's instant, or `None` if there is no record.
    pub fn first(&self) -> Option<Instant> {
        self.records.first_last().map(|(first, _)| first)
    }

    /// The last record's instant: the horizon.
    pub fn last(&self) -> Option<Instant> {
        self.records.first_last().map(|(_, last)| last)
    }

    /// The records in the order in which they came, if all are in memory: whoever takes them user
    /// by user need not put them into time order first.
    pub fn arrived(&self) -> Option<&[Record]> {
        self.records.arrived()
    }

    /// The records in time order, 65,536 at a time: borrowed where they are in memory, read and
    /// merged where they are in a spool file. A trace can be gone through many times.
    pub fn chunks(&self) -> impl Iterator<Item = io::Result<Cow<'_, [Record]>>> + '_ {
        self.records.chunks()
    }
}

impl Intake {
    /// Takes in activity that names what `vocabulary` knows, and holds it all in memory.
    pub fn new(vocabulary: Vocabulary) -> Self {
        let options = IntakeOptions { records_in_memory: usize::MAX, open_spool: None };
        Self::with_options(vocabulary, options)
    }

    /// Takes in activity that names what `vocabulary` knows, within a budget of memory.
    pub fn with_options(vocabulary: Vocabulary, options: IntakeOptions) -> Self {
        let numbered = |names: &[String]| {
            let mut strings = Strings::default();
            for name in names {
                // More than ids can count are refused once a record names one.
                strings.intern(name);
            }
            strings
        };
        let known =
            KnownNames { apps: numbered(&vocabulary.apps), apis: numbered(&vocabulary.apis) };
        let quick = QuickNames::new(&known);
        Self {
            vocabulary,
            known,
            quick,
            names: Names::default(),
            counts: Counts::default(),
            last: Instant::LONG_AGO,
            sorter: Sorter::new(options.records_in_memory, options.open_spool),
            file: String::new(),
        }
    }

    /// Takes one activity that was not read from a line.
    ///
    /// # Errors
    /// If its names are not those of the run, or if there is no room for it.
    pub fn take(&mut self, activity: &Activity<'_>) -> Result<(), TraceError> {
        self.admit(activity).map_err(|refusal| self.explain(refusal))
    }

    fn explain(&self, refusal: Refusal<'_>) -> TraceError {
        match refusal {
            Refusal::Error(error) => error,
            Refusal::Flaw(flaw) => TraceError::Refused(flaw.explain(&self.known, &self.vocabulary)),
        }
    }

    /// Checks what somebody is about to do, so that [`Intake::act`] need not, however often it
    /// is done.
    pub(super) fn deed(
        &mut self,
        app: &str,
        api: &str,
        action: Action,
    ) -> Result<Deed, TraceError> {
        self.check(app, api, action).map_err(|refusal| self.explain(refusal))
    }

    /// Who is about to do it; `user` must not be empty.
    pub(super) fn agent(&mut self, user: &str, device: &str) -> Result<AgentId, TraceError> {
        self.names.agent(user, device)
    }

    /// Says which file the next lines are from.
    pub(super) fn begin_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
    }

    /// Takes what was read from a line, or counts it as broken.
    #[inline]
    pub(super) fn take_line(
        &mut self,
        line: u64,
        activity: Result<Activity<'_>, Flaw<'_>>,
    ) -> Result<(), TraceError> {
        let admitted = match activity {
            Ok(ref activity) => self.admit(activity),
            Err(flaw) => Err(Refusal::Flaw(flaw)),
        };
        match admitted {
            Ok(()) => Ok(()),
            Err(Refusal::Flaw(flaw)) => {
                self.count_broken(line, flaw);
                Ok(())
            }
            Err(Refusal::Error(error)) => Err(error),
        }
    }

    #[cold]
    fn count_broken(&mut self, line: u64, flaw: Flaw<'_>) {
        self.counts.lines += 1;
        self.counts.broken += 1;
        if self.counts.examples.len() < Counts::EXAMPLES {
            let why = flaw.explain(&self.known, &self.vocabulary);
            self.counts.examples.push(BrokenLine { file: self.file.clone(), line, why });
        }
    }

    /// SPEC 6's checks of names, and then the record.
    #[inline]
    fn admit<'a>(&mut self, activity: &Activity<'a>) -> Result<(), Refusal<'a>> {
        if activity.user.is_empty() {
            return Err(Flaw::NoUser.into());
        }
        let deed = self.check(activity.app, activity.api, activity.action)?;
        let agent = self.names.agent(activity.user, activity.device)?;
        Ok(self.act(activity.at, agent, deed)?)
    }

    #[inline]
    fn check<'a>(
        &mut self,
        app: &'a str,
        api: &'a str,
        action: Action,
    ) -> Result<Deed, Refusal<'a>> {
        let needs_app = action.needs_app();
        let app = match app {
            "" if needs_app => Some(self.vocabulary.default_app.ok_or(Flaw::NoApp)?),
            "" => None,
            name => Some(self.app(name)?.ok_or(Flaw::UnknownApp(name))?),
        };
        let api = match (app, api) {
            (None, _) | (_, "") => None,
            (Some(app), name) => Some(self.api(app, name)?.ok_or(Flaw::UnusedApi(app, name))?),
        };
        // What needs no app is checked all the same, but it is not done in one.
        let (app, api) = if needs_app { (app, api) } else { (None, None) };
        Ok(Deed { action, app, api })
    }

    /// Takes in what an agent did.
    #[inline]
    pub(super) fn act(&mut self, at: Instant, by: AgentId, deed: Deed) -> Result<(), TraceError> {
        self.push(Record::new(at, by, deed.action, deed.app, deed.api))
    }

    #[inline]
    fn push(&mut self, record: Record) -> Result<(), TraceError> {
        self.sorter.push(record).map_err(TraceError::Spool)?;
        self.counts.records += 1;
        self.counts.lines += 1;
        self.counts.out_of_order += u64::from(record.at() < self.last);
        self.last = record.at();
        Ok(())
    }

    #[inline]
    fn is_used(&self, app: AppId, api: ApiId) -> bool {
        self.vocabulary.open || self.vocabulary.uses[app.index()].contains(&api)
    }

    #[inline]
    fn app(&mut self, name: &str) -> Result<Option<AppId>, TraceError> {
        let (names, quick) = (&mut self.known.apps, &mut self.quick.apps);
        let id = numbered(names, quick, name, self.vocabulary.open);
        match id {
            Some(id) if id as usize >= Record::MAX_APPS => {
                Err(TraceError::TooMany { what: "apps", most: Record::MAX_APPS })
            }
            id => Ok(id.map(|id| AppId::new(id as usize))),
        }
    }

    #[inline]
    fn api(&mut self, app: AppId, name: &str) -> Result<Option<ApiId>, TraceError> {
        let (names, quick) = (&mut self.known.apis, &mut self.quick.apis);
        let id = numbered(names, quick, name, self.vocabulary.open);
        let id = match id {
            Some(id) if id as usize >= Record::MAX_APIS => {
                return Err(TraceError::TooMany { what: "APIs", most: Record::MAX_APIS });
            }
            id => id.map(|id| ApiId::new(id as usize)),
        };
        Ok(id.filter(|api| self.is_used(app, *api)))
    }

    /// The whole trace.
    ///
    /// # Errors
    /// If the spool file can't be written.
    pub fn finish(mut self) -> Result<Trace, TraceError> {
        if self.vocabulary.open {
            let learned = |names: &Strings| names.iter().map(str::to_owned).collect();
            self.vocabulary.apps = learned(&self.known.apps);
            self.vocabulary.apis = learned(&self.known.apis);
        }
        Ok(Trace {
            names: self.names,
            vocabulary: self.vocabulary,
            counts: self.counts,
            records: self.sorter.finish()?,
        })
    }
}

/// The number of a name; one that is not known is learned if it may be.
#[inline]
fn numbered(names: &mut Strings, quick: &mut Lookup, name: &str, learns: bool) -> Option<u32> {
    match names.get(name) {
        None if learns => {
            let (id, _) = names.intern(name)?;
            quick.insert(Word::new(name.as_bytes()), id);
            Some(id)
        }
        id => id,
    }
}
