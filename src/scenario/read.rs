//! TOML's tables to the registry's: every key known, every value of its kind.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::{suggest, suggest_key};
use super::problem::Problem;
use super::registry::{BOUND, Fallback, Group, Kind, Setting};
use super::sweep;
use super::tree::{Leaf, Node, Place, Table};
use super::value::Value;

mod activity;
mod recommend;
mod scalar;

/// Reads TOML from one place, and collects what is wrong with it.
#[derive(Debug)]
pub(super) struct Reader {
    whence: Whence,
    /// What was wrong so far.
    pub(super) problems: Vec<Problem>,
}

/// Where the TOML comes from.
#[derive(Clone, Debug)]
pub(super) enum Whence {
    /// The scenario file.
    File,
    /// A `--set`; the TOML begins at a byte of its text.
    Override {
        /// Which of them.
        index: usize,
        /// The byte.
        offset: usize,
    },
    /// The program itself, whose places are put in elsewhere.
    Builtin,
}

/// A spanned value of TOML.
pub(super) type Toml<'i> = Spanned<DeValue<'i>>;

/// A value that the program itself holds as TOML.
///
/// # Panics
/// If it is not of the setting's kind; tests read every row of the registry and every preset.
pub(super) fn builtin(setting: &Setting, toml: &Toml<'_>) -> Value {
    let mut reader = Reader::new(Whence::Builtin);
    let value = reader.value(setting.kind, toml);
    value.unwrap_or_else(|| panic!("`{}`: {:?}", setting.key, reader.problems))
}

impl Reader {
    /// A reader of TOML from one place.
    pub(super) fn new(whence: Whence) -> Self {
        Self { whence, problems: Vec::new() }
    }

    /// The place of a span of this reader's TOML.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        match self.whence {
            Whence::File => Place::File(span),
            Whence::Override { index, offset } => {
                Place::Override { index, span: span.start + offset..span.end + offset }
            }
            Whence::Builtin => Place::Default,
        }
    }

    /// A table of `group`'s settings.
    pub(super) fn table(&mut self, group: &'static Group, toml: &DeTable<'_>, at: Place) -> Table {
        let mut table = Table::new(at);
        for (key, value) in toml {
            let name = key.get_ref();
            let Some(setting) = group.find(name) else {
                let place = self.place(key.span());
                let title = format!("unknown key `{name}` in {}", group.header);
                self.problems.push(Problem::new(&place, title).mend(suggest_key(name, group)));
                continue;
            };
            let node = self.node(setting, key.span(), value);
            table.entries.insert(setting.key.to_owned(), node);
        }
        table
    }

    /// What stands under a key of `group`.
    pub(super) fn node(
        &mut self,
        setting: &'static Setting,
        key: Range<usize>,
        toml: &Toml<'_>,
    ) -> Node {
        let place = self.place(key);
        match (setting.kind, toml.get_ref()) {
            (
                Kind::Table(group) | Kind::Choice(_, group) | Kind::OneOrMore(group),
                DeValue::Table(table),
            ) => Node::Table(self.table(group, table, place)),
            (Kind::Each(group), DeValue::Table(table)) => {
                Node::Table(self.named(group, table, place))
            }
            (Kind::Bounds, DeValue::Table(table)) => {
                let mut bounds = Table::new(place);
                self.bounds("", table, &mut bounds);
                Node::Table(bounds)
            }
            (Kind::List(group) | Kind::OneOrMore(group), DeValue::Array(items)) => {
                let tables = items.iter().filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => {
                        let place = self.place(item.span());
                        Some(self.table(group, table, place))
                    }
                    _ => {
                        self.mismatch::<()>(setting.kind, item);
                        None
                    }
                });
                Node::List(tables.collect())
            }
            (Kind::List(group), DeValue::Table(_)) => {
                let title = format!("`{}` is an array of tables", setting.key);
                let mend = format!("write `{}`, with two brackets", group.header);
                self.problems.push(Problem::new(&place, title).mend(mend));
                Node::Leaf(Leaf { value: None, place })
            }
            (kind, _) => {
                // Which of a table's values it is says more than which key.
                let place = self.place(toml.span());
                Node::Leaf(Leaf { value: self.value(kind, toml), place })
            }
        }
    }

    /// Tables by names that the scenario gives.
    fn named(&mut self, group: &'static Group, toml: &DeTable<'_>, place: Place) -> Table {
        let mut tables = Table::new(place);
        for (key, value) in toml {
            let name = key.get_ref();
            let place = self.place(key.span());
            if name.is_empty() {
                let problem = Problem::new(&place, "an empty name");
                self.problems.push(problem.mend("records without a name mean the default"));
            }
            let DeValue::Table(table) = value.get_ref() else {
                let title = format!("`{name}` is a name here, and wants a table");
                let mend = match group.find(name) {
                    Some(_) => format!("write it in a table with a name: {}", group.header),
                    None => format!("write {}", group.header),
                };
                self.problems.push(Problem::new(&place, title).mend(mend));
                let broken = Node::Leaf(Leaf { value: None, place });
                tables.entries.insert(name.to_string(), broken);
                continue;
            };
            let table = self.table(group, table, place);
            tables.entries.insert(name.to_string(), Node::Table(table));
        }
        tables
    }

    /// Bounds by key, below keys that end with a dot: TOML makes tables of what is not quoted.
    fn bounds(&mut self, above: &str, toml: &DeTable<'_>, bounds: &mut Table) {
        for (key, value) in toml {
            let name = format!("{above}{}", key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => self.bounds(&format!("{name}."), inner, bounds),
                _ => {
                    if let Some(before) = bounds.entries.get(&name) {
                        let title = format!("two bounds of `{name}`");
                        let problem = Problem::new(&self.place(key.span()), title);
                        let problem = problem.also(before.place(), "the other is here");
                        self.problems.push(problem.mend("leave one of them out"));
                    }
                    let entry = self.bound(key.span(), value);
                    bounds.entries.insert(name, entry);
                }
            }
        }
    }

    /// A bound under its key.
    pub(super) fn bound(&mut self, key: Range<usize>, toml: &Toml<'_>) -> Node {
        let text = match toml.get_ref() {
            DeValue::String(text) => Some(Value::Text(text.to_string())),
            DeValue::Integer(_) | DeValue::Float(_) => {
                let title = "a number that is compared with nothing";
                self.refuse(toml, title, "put the comparison before it, in quotes: `\"<= 0.2\"`")
            }
            _ => {
                let title = format!("expected a bound, found a {}", toml.get_ref().type_str());
                self.refuse(toml, title, "write `\"<= 0.2\"`")
            }
        };
        let mut entry = Table::new(self.place(key));
        let place = self.place(toml.span());
        entry.entries.insert(BOUND.key.to_owned(), Node::Leaf(Leaf { value: text, place }));
        Node::Table(entry)
    }

    /// A value of `kind`, or none and a problem told.
    pub(super) fn value(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Value> {
        match kind {
            Kind::Text
            | Kind::Name
            | Kind::FolderName
            | Kind::TimeZone
            | Kind::Preset
            | Kind::Pattern
            | Kind::Objective => self.text(kind, toml).map(Value::Text),
            Kind::Names => self.names(kind, toml).map(Value::Texts),
            Kind::Files => match toml.get_ref() {
                DeValue::String(file) => Some(Value::Texts(vec![file.to_string()])),
                _ => self.names(kind, toml).map(Value::Texts),
            },
            Kind::Flag => match toml.get_ref() {
                DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
                _ => self.mismatch(kind, toml),
            },
            Kind::Whole(least, most) => self.whole(kind, least, most, toml).map(Value::Whole),
            Kind::Number(least, most) => self.number(kind, least, most, toml).map(Value::Number),
            Kind::Rate(most) => self.rate(kind, most, toml).map(Value::Rate),
            Kind::Span => self.span(kind, toml, false).map(Value::Span),
            Kind::PositiveSpan => self.span(kind, toml, true).map(Value::Span),
            Kind::Limit => self.limit(kind, toml).map(Value::Limit),
            Kind::Lifetime(group) => self.lifetime(kind, group, toml).map(Value::Lifetime),
            Kind::Counted(unit) => self.counted(kind, unit, toml).map(Value::Limit),
            Kind::Word(words) | Kind::Choice(words, _) => {
                self.word(kind, words, toml).map(Value::Word)
            }
            Kind::Words(words) => self.words(kind, words, toml).map(Value::Words),
            Kind::Conditions => self.conditions(kind, toml).map(Value::Conditions),
            Kind::Profiles => self.profiles(kind, toml).map(Value::Texts),
            Kind::Pairs => self.pairs(kind, toml).map(Value::Pairs),
            Kind::Weights | Kind::ZoneWeights => self.weights(kind, toml).map(Value::Weights),
            Kind::Hours(group) => self.hours(kind, group, toml).map(Value::Hours),
            Kind::Day => self.day(kind, toml).map(Value::Day),
            Kind::Distribution(group) => {
                self.distribution(kind, group, toml).map(Value::Distribution)
            }
            Kind::Dates => self.dates(kind, toml).map(Value::Dates),
            Kind::Instant => self.instant(kind, toml).map(Value::Instant),
            Kind::Axes => match toml.get_ref() {
                DeValue::Table(table) => Some(Value::Axes(sweep::read_axes(self, table))),
                _ => self.mismatch(kind, toml),
            },
            Kind::Constraints => match sweep::read_constraints(self, toml) {
                Some(constraints) => Some(Value::Constraints(constraints)),
                None => self.mismatch(kind, toml),
            },
            Kind::Bounds | Kind::Table(_) | Kind::Each(_) | Kind::List(_) | Kind::OneOrMore(_) => {
                self.mismatch(kind, toml)
            }
        }
    }

    /// Tells that a table lacks a setting that it must have.
    pub(super) fn require(&mut self, group: &'static Group, table: &Table) {
        for setting in group.settings {
            if setting.fallback == Fallback::Required && table.node(setting).is_none() {
                self.problems.push(lacking(group, setting, &table.place));
            }
        }
    }

    /// Tells that a value is not of its kind.
    fn mismatch<T>(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<T> {
        let (what, example) = kind.expected();
        let found = match toml.get_ref() {
            DeValue::Integer(_) | DeValue::Array(_) => format!("an {}", toml.get_ref().type_str()),
            value => format!("a {}", value.type_str()),
        };
        self.refuse(toml, format!("expected {what}, found {found}"), format!("write `{example}`"))
    }

    /// Tells what is wrong with a value.
    fn refuse<T>(
        &mut self,
        toml: &Toml<'_>,
        title: impl Into<String>,
        mend: impl Into<String>,
    ) -> Option<T> {
        let place = self.place(toml.span());
        self.problems.push(Problem::new(&place, title).mend(mend));
        None
    }

    /// Tells that a word is not one of those known.
    fn unknown<'a, T>(
        &mut self,
        toml: &Toml<'_>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<T> {
        self.refuse(toml, format!("unknown {what} `{name}`"), suggest(name, known))
    }
}

/// A table of `group` lacks a setting.
pub(super) fn lacking(group: &Group, setting: &Setting, place: &Place) -> Problem {
    let title = format!("{} lacks `{}`", group.header, setting.key);
    let (_, example) = setting.kind.expected();
    Problem::new(place, title).mend(format!("add `{} = {example}`", setting.key))
}
