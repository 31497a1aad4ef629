//! Every setting that a scenario knows: one row each, and the only place where keys are spelled.
//!
//! Reading, unknown-key checks, `--set`, presets, the JSON Schema, `policy show` and the reference
//! page follow from these rows. A new setting is one constant and its name in its group.

mod auth0;
mod capacity;
mod class;
mod load;
mod policy;
mod provider;
mod recommend;
mod sweep;
mod thresholds;
mod workload;

pub(super) use auth0::*;
pub(super) use capacity::*;
pub(super) use class::*;
pub(super) use load::*;
pub(super) use policy::*;
pub(super) use provider::*;
pub(super) use recommend::*;
pub(super) use sweep::*;
pub(super) use thresholds::*;
pub(super) use workload::*;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// As it stands in TOML.
    pub(super) key: &'static str,
    /// What its value may be.
    pub(super) kind: Kind,
    /// What holds where nothing gives it.
    pub(super) fallback: Fallback,
    /// What it says, in one sentence.
    pub(super) about: &'static str,
    /// The unit of a bare number; empty where values carry theirs or have none.
    pub(super) unit: &'static str,
    /// A value of it, as TOML, where its kind's example would mislead; else empty.
    pub(super) example: &'static str,
    /// Few providers need it: it is shown among the effective values only where somebody said it.
    pub(super) seldom: bool,
}

/// Settings that stand together in a table.
#[derive(Debug)]
pub(super) struct Group {
    /// How its table is written, for messages: `[policy.session]`.
    pub(super) header: &'static str,
    /// In the order of the documentation.
    pub(super) settings: &'static [Setting],
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Any words.
    Text,
    /// Words, at least one letter.
    Name,
    /// A name that can be a folder's.
    FolderName,
    /// Distinct names, at least one.
    Names,
    /// A file name, or several.
    Files,
    /// An IANA time zone.
    TimeZone,
    /// A provider's preset.
    Preset,
    /// A named class of synthetic users.
    Pattern,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second, both included.
    Whole(u64, u64),
    /// A number from the first to the second, both included.
    Number(f64, f64),
    /// A number above zero and at most this, or `"none"`.
    Rate(f64),
    /// A duration; zero is one.
    Span,
    /// A duration above zero.
    PositiveSpan,
    /// A duration above zero, or `"none"`.
    Limit,
    /// An access token's lifetime: a [`Kind::Limit`], or a range of positive durations.
    Lifetime(&'static Group),
    /// A whole number above zero that counts units of so many milliseconds: a [`Kind::Limit`] in
    /// a provider's own unit.
    Counted(i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words, each at most once.
    Words(&'static [&'static str]),
    /// Comparisons of metrics with numbers.
    Conditions,
    /// A compliance profile, or several.
    Profiles,
    /// What is to be least: a word or a metric.
    Objective,
    /// Words by names that the scenario gives.
    Pairs,
    /// Bounds on figures, by keys that name a figure of a policy.
    Bounds,
    /// Weights by name.
    Weights,
    /// Weights by IANA time zone.
    ZoneWeights,
    /// Weights of the hours of a week.
    Hours(&'static Group),
    /// Weights of the hours of a day.
    Day,
    /// A length of time that varies.
    Distribution(&'static Group),
    /// Calendar dates.
    Dates,
    /// A date, which begins at 00:00 UTC, or an instant.
    Instant,
    /// Values by setting.
    Axes,
    /// Comparisons of settings.
    Constraints,
    /// A table.
    Table(&'static Group),
    /// One of these words, or a table.
    Choice(&'static [&'static str], &'static Group),
    /// A table of tables, by names that the scenario gives.
    Each(&'static Group),
    /// An array of tables, each with a `name` of its own.
    List(&'static Group),
    /// A table, or an array of them.
    OneOrMore(&'static Group),
}

/// The greatest weight: far from where sums of weights overflow.
pub(super) const MOST_WEIGHT: f64 = 1e12;

/// What holds where nothing gives a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fallback {
    /// The scenario must give it.
    Required,
    /// Some layer must give it: the scenario, `[policy.auth0]` or a preset.
    Layered,
    /// This value, as TOML.
    Value(&'static str),
    /// Something that depends on other settings, told for people.
    Derived(&'static str),
    /// Nothing at all.
    Nothing,
}

/// The whole file.
pub(super) static ROOT: Group = Group {
    header: "a scenario",
    settings: &[
        SCENARIO_TABLE,
        WORKLOAD_TABLE,
        POLICY_LIST,
        PROVIDER_TABLE,
        LOAD_TABLE,
        SWEEP_TABLE,
        GATE_TABLE,
        CAPACITY_TABLE,
        RECOMMEND_TABLE,
    ],
};

/// `[scenario]`.
pub(super) const SCENARIO_TABLE: Setting = Setting::new(
    "scenario",
    Kind::Table(&SCENARIO),
    Fallback::Nothing,
    "What the run is called and asks.",
);

/// What `[scenario]` holds.
pub(super) static SCENARIO: Group =
    Group { header: "[scenario]", settings: &[NAME, QUESTION, SEED, BASELINES] };

/// `scenario.name`.
pub(super) const NAME: Setting = Setting::new(
    "name",
    Kind::FolderName,
    Fallback::Derived("the file's name"),
    "The run's name; reports go to `reports/NAME/`.",
);
/// `scenario.question`.
pub(super) const QUESTION: Setting = Setting::new(
    "question",
    Kind::Text,
    Fallback::Derived("the file's first comment line"),
    "The question that the run answers, for its readers.",
);
/// `scenario.seed`.
pub(super) const SEED: Setting = Setting::new(
    "seed",
    Kind::Whole(0, i64::MAX as u64),
    Fallback::Value("1"),
    "The seed of every random draw: the same seed gives the same run.",
);
/// `scenario.baselines`.
pub(super) const BASELINES: Setting = Setting::new(
    "baselines",
    Kind::Flag,
    Fallback::Value("true"),
    "Whether `never` (no expiry) and `always` (every use a login) stand beside the policies.",
);

impl Setting {
    /// A setting whose values carry their own unit.
    pub(super) const fn new(
        key: &'static str,
        kind: Kind,
        fallback: Fallback,
        about: &'static str,
    ) -> Self {
        Self { key, kind, fallback, about, unit: "", example: "", seldom: false }
    }

    /// The same, with a value for its readers.
    pub(super) const fn such_as(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// The same, shown only where it was said.
    pub(super) const fn seldom(self) -> Self {
        Self { seldom: true, ..self }
    }

    /// The same, its bare numbers counting `unit`.
    pub(super) const fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }
}

impl Group {
    /// The setting of that key.
    pub(super) fn find(&self, key: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    /// Every key, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.settings.iter().map(|setting| setting.key)
    }
}

impl Kind {
    /// The group of the tables that a value of this kind holds as settings of their own.
    pub(super) const fn group(self) -> Option<&'static Group> {
        match self {
            Self::Table(group)
            | Self::Choice(_, group)
            | Self::Each(group)
            | Self::List(group)
            | Self::OneOrMore(group) => Some(group),
            _ => None,
        }
    }

    /// What a value must be, and an example of it.
    pub(super) fn expected(self) -> (String, String) {
        let (what, example) = match self {
            Self::Text => ("a string", "\"any words\""),
            Self::Name => ("a name", "\"web\""),
            Self::FolderName => ("a name that can be a folder's", "\"web\""),
            Self::Names => ("an array of names", "[\"orders\"]"),
            Self::Files => ("a file name or an array of them", "\"trace.csv\""),
            Self::TimeZone => ("a time zone", "\"Europe/Berlin\""),
            Self::Preset => ("a preset's name", "\"auth0\""),
            Self::Pattern => ("a pattern's name", "\"office-hours\""),
            Self::Flag => ("`true` or `false`", "true"),
            Self::Whole(..) => ("a whole number", "7"),
            Self::Number(..) => ("a number", "0.5"),
            Self::Rate(_) => ("a number above 0 or \"none\"", "2.5"),
            Self::Span | Self::PositiveSpan => ("a duration", "\"30m\""),
            Self::Limit => ("a duration or \"none\"", "\"30m\""),
            Self::Lifetime(_) => (
                "a duration, \"none\" or a range of durations",
                "\"24h\"` or `{ min = \"60m\", max = \"90m\" }",
            ),
            Self::Counted(_) => ("a whole number", "4320"),
            Self::Conditions => {
                ("an array of conditions", "[\"relogins_per_user_day.p95 <= 0.2\"]")
            }
            Self::Profiles => ("a profile's name or an array of them", "\"nist-63b-4-aal2\""),
            Self::Objective => ("what is to be least", "\"people\""),
            Self::Pairs => ("a table of strings", "{ login = \"{user}\" }"),
            Self::Bounds => {
                ("a table of bounds", "{ \"strict.relogins_per_user_day.p95\" = \"<= 0.2\" }")
            }
            Self::Weights => ("a table of weights", "{ laptop = 0.8, phone = 0.2 }"),
            Self::ZoneWeights => ("a table of weights", "{ \"Europe/Berlin\" = 0.6 }"),
            Self::Hours(_) => (
                "24 or 168 numbers, or a table of 24 each",
                "{ weekday = [24 numbers], weekend = [24 numbers] }",
            ),
            Self::Day => ("24 numbers", "[0, 0, …, 1]"),
            Self::Distribution(_) => (
                "a table or an array of tables",
                "{ median = \"8h\", sigma = 1.2 }` or `{ mean = \"1d\" }",
            ),
            Self::Dates => ("an array of dates", "[\"2026-12-25\"]"),
            Self::Instant => ("a date or an RFC 3339 time", "\"2026-01-05\""),
            Self::Axes => ("values by setting", "{ \"session.idle_timeout\" = [\"15m\", \"1h\"] }"),
            Self::Constraints => (
                "an array of comparisons",
                "[\"session.idle_timeout <= session.absolute_timeout\"]",
            ),
            Self::Word(words) => {
                return (format!("one of {}", quoted(words)), format!("\"{}\"", words[0]));
            }
            Self::Words(words) => {
                return (format!("an array of {}", quoted(words)), format!("[\"{}\"]", words[0]));
            }
            Self::Choice(words, group) => {
                let what = format!("{} or a table", quoted(words));
                return (what, format!("\"{}\"` or `{}", words[0], group.example()));
            }
            Self::Table(group) => return ("a table".to_owned(), group.header.to_owned()),
            Self::Each(group) => {
                return ("a table for each name".to_owned(), group.header.to_owned());
            }
            Self::List(group) => return ("an array of tables".to_owned(), group.header.to_owned()),
            Self::OneOrMore(group) => {
                return ("a table or an array of tables".to_owned(), group.example());
            }
        };
        (what.to_owned(), example.to_owned())
    }
}

impl Group {
    /// A small inline table of this group.
    fn example(&self) -> String {
        let first = &self.settings[0];
        format!("{{ {} = {} }}", first.key, first.kind.expected().1)
    }
}

/// `"a", "b"`.
pub(super) fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(", ")
}
