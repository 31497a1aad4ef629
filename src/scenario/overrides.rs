//! `--set KEY=VALUE`: one value each, laid over the file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::{nearest, suggest};
use super::problem::Problem;
use super::read::{Reader, Toml, Whence};
use super::registry::{Group, Kind, ROOT, Setting};
use super::tree::{Node, Place, Table};
use super::value::key as toml_key;
use super::workload;

/// Lays every override over the file's tree, in order; the first is that of number `first` of the
/// whole command.
pub(super) fn apply(root: &mut Table, first: usize, overrides: &[String]) -> Vec<Problem> {
    let problems = (first..).zip(overrides).filter_map(|(index, text)| {
        let (path, value) = match split(index, text) {
            Ok(parts) => parts,
            Err(problem) => return Some(vec![*problem]),
        };
        let mut setter = Setter { index, value: Some(&text[value.clone()]), offset: value.start };
        setter.set(&ROOT, root, &[], &path).err()
    });
    problems.flatten().collect()
}

/// What is wrong with a dotted key: nothing has it, or no value can stand there.
pub(super) fn missing(root: &Table, key: &str) -> Option<Problem> {
    let Some(path) = path_of(key) else {
        let whole = Place::Override { index: 0, span: 0..key.len() };
        let problem = Problem::new(&whole, format!("`{key}` is not a dotted key"));
        return Some(
            problem.mend("quote names with other signs than letters, digits, `_` and `-`"),
        );
    };
    let mut setter = Setter { index: 0, value: None, offset: 0 };
    let found = setter.set(&ROOT, &mut root.clone(), &[], &path);
    found.err().and_then(|problems| problems.into_iter().next())
}

/// The names of a dotted key, as TOML reads it.
pub(super) fn names_of(key: &str) -> Option<Vec<String>> {
    Some(path_of(key)?.into_iter().map(|segment| segment.name).collect())
}

/// One part of a dotted key, with its bytes of the override.
#[derive(Clone, Debug)]
struct Segment {
    name: String,
    span: Range<usize>,
}

/// One override, on its way to the table that it means.
#[derive(Debug)]
struct Setter<'a> {
    index: usize,
    /// Nothing if only the key is looked up.
    value: Option<&'a str>,
    offset: usize,
}

/// The key's parts, and the value's bytes.
fn split(index: usize, text: &str) -> Result<(Vec<Segment>, Range<usize>), Box<Problem>> {
    let whole = Place::Override { index, span: 0..text.len() };
    let mut quote = None;
    let equals = text.char_indices().find(|(_, c)| match quote {
        Some(open) => {
            if *c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        None => *c == '=',
    });
    let Some((equals, _)) = equals else {
        let problem = Problem::new(&whole, format!("`{text}` has no `=`"));
        return Err(Box::new(problem.mend("write KEY=VALUE: `workload.stay_open=1h`")));
    };
    let path = path_of(&text[..equals]).ok_or_else(|| {
        let place = Place::Override { index, span: 0..equals };
        let problem = Problem::new(&place, format!("`{}` is not a dotted key", &text[..equals]));
        Box::new(problem.mend("quote names with other signs than letters, digits, `_` and `-`"))
    })?;
    let rest = &text[equals + 1..];
    let start = equals + 1 + (rest.len() - rest.trim_start().len());
    Ok((path, start..start + rest.trim().len()))
}

/// The parts of a dotted key, as TOML reads it.
fn path_of(key: &str) -> Option<Vec<Segment>> {
    let line = format!("{key}=0");
    let toml = DeTable::parse(&line).ok()?;
    let mut path = Vec::new();
    let mut table = toml.get_ref();
    loop {
        let mut entries = table.iter();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else { return None };
        path.push(Segment { name: key.get_ref().to_string(), span: key.span() });
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            DeValue::Integer(_) => return Some(path),
            _ => return None,
        }
    }
}

type Outcome = Result<(), Vec<Problem>>;

impl Setter<'_> {
    /// Sets what `path` names below `table`, which stands at `above`.
    fn set(
        &mut self,
        group: &'static Group,
        table: &mut Table,
        above: &[Segment],
        path: &[Segment],
    ) -> Outcome {
        let (segment, rest) = path.split_first().expect("a key has a part");
        let Some(setting) = group.find(&segment.name) else {
            let title = format!("unknown key `{}` in {}", segment.name, group.header);
            let near = nearest(&segment.name, group.keys()).unwrap_or_default();
            let mend = format!("the nearest is `{}`", dotted(above, near));
            return self.fail(segment, title, mend);
        };
        let above = &[above, std::slice::from_ref(segment)].concat();
        let place = self.place(segment);
        match (setting.kind, rest) {
            (Kind::Table(inner) | Kind::Choice(_, inner), [_, ..]) => {
                self.set(inner, table.open(setting.key, &place), above, rest)
            }
            (Kind::Each(inner), [name, rest @ ..]) => {
                let named = table.open(setting.key, &place);
                let Some(Node::Table(found)) = named.entries.get_mut(&name.name) else {
                    let known = named.entries.keys().map(String::as_str);
                    let mend = suggest(&name.name, known);
                    return self.fail(name, format!("no {} `{}`", setting.key, name.name), mend);
                };
                self.below(inner, found, above, name, rest)
            }
            (Kind::Bounds, [_, ..]) => {
                self.bound(table.open(setting.key, &place), rest);
                Ok(())
            }
            (Kind::List(inner), [name, rest @ ..]) => {
                let Some(Node::List(tables)) = table.entries.get_mut(setting.key) else {
                    return self.fail(name, format!("there is no {}", inner.header), "add one");
                };
                // Policies and classes both have a `name`; only a class may take its pattern's.
                let names: Vec<String> =
                    tables.iter().map(|table| workload::name(table).unwrap_or_default()).collect();
                let Some(found) = names.iter().position(|known| *known == name.name) else {
                    let mend = suggest(&name.name, names.iter().map(String::as_str));
                    return self.fail(name, format!("no {} `{}`", setting.key, name.name), mend);
                };
                self.below(inner, &mut tables[found], above, name, rest)
            }
            (Kind::Each(inner) | Kind::List(inner), []) => {
                let title = format!("`{}` wants a name and a key below it", setting.key);
                let example = format!("NAME.{}", inner.settings[0].key);
                self.fail(segment, title, format!("write `{}=…`", dotted(above, &example)))
            }
            (_, [next, ..]) => {
                let title = format!("`{}` has no keys below it", setting.key);
                self.fail(
                    next,
                    title,
                    format!("write `{}=…`", dotted(above, "").trim_end_matches('.')),
                )
            }
            (_, []) => self.put(setting, table),
        }
    }

    /// Sets what `rest` names below the table called `name`.
    fn below(
        &mut self,
        group: &'static Group,
        table: &mut Table,
        above: &[Segment],
        name: &Segment,
        rest: &[Segment],
    ) -> Outcome {
        let above = &[above, std::slice::from_ref(name)].concat();
        if rest.is_empty() {
            let example = dotted(above, group.settings[0].key);
            let title = format!("`{}` wants a key below it", name.name);
            return self.fail(name, title, format!("write `{example}=…`"));
        }
        self.set(group, table, above, rest)
    }

    /// Puts the value under the key of a bound, which may have dots.
    fn bound(&self, table: &mut Table, path: &[Segment]) {
        let Some(value) = self.value else { return };
        let key: Vec<&str> = path.iter().map(|segment| segment.name.as_str()).collect();
        let span = path.first().map_or(0, |first| first.span.start)
            ..path.last().map_or(0, |last| last.span.end);
        let toml = match DeValue::parse(value) {
            Ok(toml) if toml.get_ref().as_str().is_some() => toml,
            _ => Spanned::new(0..value.len(), DeValue::String(value.into())),
        };
        let mut reader = Reader::new(Whence::Override { index: self.index, offset: self.offset });
        let Node::Table(mut entry) = reader.bound(span.clone(), &toml) else { return };
        entry.place = Place::Override { index: self.index, span };
        table.entries.insert(key.join("."), Node::Table(entry));
    }

    /// Puts the value under `setting`: as TOML if it is such and of the right kind, else as a
    /// string.
    fn put(&self, setting: &'static Setting, table: &mut Table) -> Outcome {
        let Some(value) = self.value else { return Ok(()) };
        let as_toml = DeValue::parse(value).ok().map(|toml| self.read(setting, &toml));
        let node = match as_toml {
            Some(Ok(node)) => node,
            refused => {
                let string = DeValue::String(value.into());
                let toml = Spanned::new(0..value.len(), string);
                match (self.read(setting, &toml), refused) {
                    (Ok(node), _) => node,
                    (Err(_), Some(Err(problems))) => return Err(problems),
                    (Err(problems), _) => return Err(problems),
                }
            }
        };
        match (table.entries.get_mut(setting.key), node) {
            (Some(Node::Table(old)), Node::Table(mut new))
                if matches!(setting.kind, Kind::Table(_)) =>
            {
                new.lay_over(old);
                *old = new;
            }
            (_, node) => {
                table.entries.insert(setting.key.to_owned(), node);
            }
        }
        Ok(())
    }

    fn read(&self, setting: &'static Setting, toml: &Toml<'_>) -> Result<Node, Vec<Problem>> {
        let mut reader = Reader::new(Whence::Override { index: self.index, offset: self.offset });
        let node = reader.node(setting, 0..self.value.map_or(0, str::len), toml);
        if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems) }
    }

    fn place(&self, segment: &Segment) -> Place {
        Place::Override { index: self.index, span: segment.span.clone() }
    }

    fn fail(&self, at: &Segment, title: String, mend: impl Into<String>) -> Outcome {
        Err(vec![Problem::new(&self.place(at), title).mend(mend)])
    }
}

/// The whole dotted key of `key` below `above`.
fn dotted(above: &[Segment], key: &str) -> String {
    let mut whole: String =
        above.iter().map(|segment| format!("{}.", toml_key(&segment.name))).collect();
    whole.push_str(key);
    whole
}
