//! A scenario between text and meaning: tables of checked values, each with its place.
//!
//! Layers (defaults, a preset, Auth0's words, the file, the command line) are trees of this kind,
//! laid over one another value by value.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeValue;

use super::read::builtin;
use super::registry::{Fallback, Group, Kind, Setting};
use super::value::{Typed, Value};

/// Where a value or a table was given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    /// By SPEC 3.
    Default,
    /// By a provider's preset, which names its source.
    Preset {
        /// The preset.
        name: &'static str,
        /// The page or file that says so.
        source: String,
    },
    /// In the scenario file, at these bytes.
    File(Range<usize>),
    /// In a `--set`: which one, and at which of its bytes.
    Override {
        /// Which of the overrides.
        index: usize,
        /// Bytes of its text.
        span: Range<usize>,
    },
}

/// A value with its place; none if what stood there was no good, which has been told then.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) value: Option<Value>,
    pub(super) place: Place,
}

/// What stands under a key.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Leaf(Leaf),
    Table(Table),
    List(Vec<Table>),
}

/// Settings of one group, or tables by name.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) entries: BTreeMap<String, Node>,
    pub(super) place: Place,
}

impl Place {
    /// What comes first in a list of messages: the file, then the command line, each from its
    /// beginning.
    pub(super) fn order(&self) -> (usize, usize) {
        match self {
            Self::Default | Self::Preset { .. } => (0, 0),
            Self::File(span) => (0, span.start),
            Self::Override { index, span } => (1 + index, span.start),
        }
    }

    /// Whether the scenario's author wrote it, in the file or on the command line.
    pub(super) fn is_written(&self) -> bool {
        matches!(self, Self::File(_) | Self::Override { .. })
    }
}

impl Node {
    /// Where it was given; of a list, where its first table was.
    pub(super) fn place(&self) -> &Place {
        match self {
            Self::Leaf(leaf) => &leaf.place,
            Self::Table(table) => &table.place,
            Self::List(tables) => tables.first().map_or(&Place::Default, |table| &table.place),
        }
    }
}

impl Table {
    /// An empty one.
    pub(super) fn new(place: Place) -> Self {
        Self { entries: BTreeMap::new(), place }
    }

    /// What stands under a setting's key.
    pub(super) fn node(&self, setting: &Setting) -> Option<&Node> {
        self.entries.get(setting.key)
    }

    /// The value of a setting, if it has one that is good.
    pub(super) fn get<T: Typed>(&self, setting: &Setting) -> Option<T> {
        match self.node(setting) {
            Some(Node::Leaf(Leaf { value: Some(value), .. })) => T::of(value),
            _ => None,
        }
    }

    /// The value of a setting that cannot be missing any more.
    ///
    /// # Panics
    /// If the registry gives the setting no default and no check asked for it: a mistake in this
    /// room, which every scenario of the corpus would show.
    pub(super) fn sure<T: Typed>(&self, setting: &Setting) -> T {
        self.get(setting).unwrap_or_else(|| panic!("`{}` was checked", setting.key))
    }

    /// Where a setting was given, or else where its table was.
    pub(super) fn place_of(&self, setting: &Setting) -> &Place {
        self.node(setting).map_or(&self.place, Node::place)
    }

    /// Where the scenario's author gave a setting, if they did.
    pub(super) fn written(&self, setting: &Setting) -> Option<&Place> {
        self.node(setting).map(Node::place).filter(|place| place.is_written())
    }

    /// The table under a setting's key.
    pub(super) fn table(&self, setting: &Setting) -> Option<&Self> {
        match self.node(setting) {
            Some(Node::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// The tables by name under a setting's key, in byte order.
    pub(super) fn named(&self, setting: &Setting) -> impl Iterator<Item = (&String, &Self)> {
        let tables = self.table(setting).into_iter().flat_map(|table| &table.entries);
        tables.filter_map(|(name, node)| match node {
            Node::Table(table) => Some((name, table)),
            Node::Leaf(_) | Node::List(_) => None,
        })
    }

    /// The array of tables under a setting's key.
    pub(super) fn list(&self, setting: &Setting) -> &[Self] {
        match self.node(setting) {
            Some(Node::List(tables)) => tables,
            Some(Node::Table(table)) => std::slice::from_ref(table),
            Some(Node::Leaf(_)) | None => &[],
        }
    }

    /// Puts a value under a setting's key.
    pub(super) fn put(&mut self, setting: &Setting, value: Value, place: Place) {
        let leaf = Leaf { value: Some(value), place };
        self.entries.insert(setting.key.to_owned(), Node::Leaf(leaf));
    }

    /// Puts a value where there is none.
    pub(super) fn put_below(&mut self, setting: &Setting, value: Value, place: Place) {
        if self.node(setting).is_none() {
            self.put(setting, value, place);
        }
    }

    /// The table under a setting's key, made if it is not there.
    pub(super) fn open(&mut self, key: &str, place: &Place) -> &mut Self {
        let node = self.entries.entry(key.to_owned());
        let node = node.or_insert_with(|| Node::Table(Self::new(place.clone())));
        if !matches!(node, Node::Table(_)) {
            *node = Node::Table(Self::new(place.clone()));
        }
        match node {
            Node::Table(table) => table,
            Node::Leaf(_) | Node::List(_) => unreachable!("it was just made a table"),
        }
    }

    /// Takes from `lower` what does not stand here; a word here hides a table there, and the
    /// other way round.
    pub(super) fn lay_over(&mut self, lower: &Self) {
        for (key, below) in &lower.entries {
            match (self.entries.get_mut(key), below) {
                (None, _) => {
                    self.entries.insert(key.clone(), below.clone());
                }
                (Some(Node::Table(above)), Node::Table(below)) => above.lay_over(below),
                (Some(_), _) => {}
            }
        }
    }

    /// Gives every setting of `group` that has a default its default.
    pub(super) fn complete(&mut self, group: &'static Group) {
        for setting in group.settings {
            match (setting.kind, self.entries.get_mut(setting.key)) {
                (Kind::Table(inner), None) => {
                    let mut table = Self::new(Place::Default);
                    table.complete(inner);
                    self.entries.insert(setting.key.to_owned(), Node::Table(table));
                }
                (Kind::Each(inner), Some(Node::Table(table))) => {
                    for node in table.entries.values_mut() {
                        if let Node::Table(named) = node {
                            named.complete(inner);
                        }
                    }
                }
                (kind, Some(Node::Table(table))) => {
                    if let Some(inner) = kind.group() {
                        table.complete(inner);
                    }
                }
                (kind, Some(Node::List(tables))) => {
                    if let Some(inner) = kind.group() {
                        tables.iter_mut().for_each(|table| table.complete(inner));
                    }
                }
                (_, Some(Node::Leaf(_))) => {}
                (_, None) => {
                    if let Fallback::Value(text) = setting.fallback {
                        let toml = DeValue::parse(text).expect("the registry holds TOML");
                        self.put(setting, builtin(setting, &toml), Place::Default);
                    }
                }
            }
        }
    }
}
