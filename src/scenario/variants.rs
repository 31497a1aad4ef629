//! One policy of a scenario, many times over with other values: the file is read once.

use super::overrides;
use super::parse::{self, Draft};
use super::problem::{Problem, ScenarioErrors, SourceText};
use super::registry::{
    GATE_TABLE, LOAD_TABLE, POLICY_LIST, POLICY_NAME, PROVIDER_TABLE, RECOMMEND_TABLE, SWEEP_TABLE,
    Setting,
};
use super::spec::Scenario;
use super::sweep::whole_key;
use super::tree::{Leaf, Node, Place, Table};
use super::value::Value;
use super::workload;

/// A scenario's file with one of its policies, to be read again with other values.
#[derive(Clone, Debug)]
pub struct Variants {
    source: SourceText,
    root: Table,
    policy: String,
}

/// The scenario with some values set above it, not checked yet.
#[derive(Debug)]
pub struct Variant {
    source: SourceText,
    draft: Draft,
}

/// What has nothing to do with what a policy comes to.
const ELSEWHERE: [&Setting; 5] =
    [&PROVIDER_TABLE, &LOAD_TABLE, &SWEEP_TABLE, &GATE_TABLE, &RECOMMEND_TABLE];

impl Variants {
    /// The file as [`parse`](super::parse()) reads it, for variants of `policy`, or of its first.
    ///
    /// # Errors
    /// What is wrong with the file and the overrides, and a policy that it does not have.
    pub fn read(
        file_name: &str,
        text: &str,
        overrides: &[String],
        policy: Option<&str>,
    ) -> Result<Self, ScenarioErrors> {
        super::parse(file_name, text, overrides)?;
        let source = SourceText {
            file: file_name.to_owned(),
            text: text.to_owned(),
            overrides: overrides.to_owned(),
        };
        let (mut root, problems) = match parse::read(text, overrides) {
            Ok(read) => read,
            Err(problems) => return Err(ScenarioErrors::new(source, problems)),
        };
        debug_assert!(problems.is_empty(), "it was parsed above");
        for setting in ELSEWHERE {
            root.entries.remove(setting.key);
        }
        let named = |table: &Table| table.get::<String>(&POLICY_NAME).unwrap_or_default();
        let tables = root.list(&POLICY_LIST);
        let found = tables.iter().find(|table| policy.is_none_or(|name| named(table) == name));
        let Some(found) = found.cloned() else {
            let title = format!("no policy `{}`", policy.unwrap_or_default());
            let names: Vec<String> = tables.iter().map(named).collect();
            let mend = super::nearest::suggest(
                policy.unwrap_or_default(),
                names.iter().map(String::as_str),
            );
            let problem = Problem::new(&Place::Default, title).mend(mend);
            return Err(ScenarioErrors::new(source, vec![problem]));
        };
        let policy = named(&found);
        root.entries.insert(POLICY_LIST.key.to_owned(), Node::List(vec![found]));
        Ok(Self { source, root, policy })
    }

    /// The policy's name.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The override that gives `key` (below the policy, or beginning with `workload.` or
    /// `scenario.`) a value.
    pub fn setting(&self, key: &str, value: &str) -> String {
        format!("{}={value}", whole_key(&self.policy, key))
    }

    /// The scenario with these values above it, as [`setting`](Self::setting) makes them. It holds
    /// the one policy alone, and neither `[provider]` nor what commands of their own read.
    ///
    /// # Errors
    /// Keys that there are none of, and values of another kind.
    pub fn with(&self, overrides: &[String]) -> Result<Variant, ScenarioErrors> {
        let mut root = self.root.clone();
        let first = self.source.overrides.len();
        let problems = overrides::apply(&mut root, first, overrides);
        let mut source = self.source.clone();
        source.overrides.extend_from_slice(overrides);
        if !problems.is_empty() {
            return Err(ScenarioErrors::new(source, problems));
        }
        Ok(Variant { source, draft: Draft::of(root, problems) })
    }
}

impl Variant {
    /// The effective value of a setting, named as an axis names it, as `--set` takes it; nothing
    /// if it has none.
    pub fn value(&self, key: &str) -> Option<String> {
        let names = overrides::names_of(key)?;
        let (first, rest) = names.split_first()?;
        let table = match first.as_str() {
            "workload" | "scenario" => &self.draft.root,
            _ => self.draft.policies.first()?,
        };
        find(table.entries.get(first)?, rest)
    }

    /// The scenario, checked.
    ///
    /// # Errors
    /// What does not go together.
    pub fn scenario(self) -> Result<Scenario, ScenarioErrors> {
        match self.draft.check(&self.source) {
            Ok(draft) => Ok(draft.build(&self.source)),
            Err(problems) => Err(ScenarioErrors::new(self.source, problems)),
        }
    }
}

/// The value that `names` lead to from `node`.
fn find(node: &Node, names: &[String]) -> Option<String> {
    let Some((name, rest)) = names.split_first() else { return text(node) };
    match node {
        Node::Table(table) => find(table.entries.get(name)?, rest),
        Node::List(tables) => {
            let own = |table: &&Table| workload::name(table).as_ref() == Some(name);
            let (key, rest) = rest.split_first()?;
            find(tables.iter().find(own)?.entries.get(key)?, rest)
        }
        Node::Leaf(_) => None,
    }
}

fn text(node: &Node) -> Option<String> {
    match node {
        Node::Leaf(Leaf { value: Some(Value::Text(text)), .. }) => Some(text.clone()),
        Node::Leaf(Leaf { value: Some(value), .. }) => {
            let toml = value.to_string();
            let bare = toml.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            Some(bare.map_or_else(|| toml.clone(), str::to_owned))
        }
        _ => None,
    }
}
