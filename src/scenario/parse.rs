//! The whole way from a file's text to a [`Scenario`].

use toml::de::DeTable;

use super::problem::{Problem, ScenarioErrors, SourceText};
use super::read::{Reader, Whence};
use super::registry::{
    BASELINES, CAPACITY_TABLE, GATE_TABLE, LOAD_TABLE, NAME, POLICY, POLICY_LIST, POLICY_NAME,
    PROVIDER_TABLE, QUESTION, RECOMMEND_TABLE, ROOT, SCENARIO_TABLE, SEED, SWEEP_TABLE,
    WORKLOAD_TABLE,
};
use super::spec::Scenario;
use super::tree::{Node, Place, Table};
use super::{
    baselines, capacity, load, overrides, policy, provider, recommend, sweep, thresholds, warnings,
    workload,
};
use crate::gate::Threshold;

/// Reads a scenario.
///
/// `file_name` names the file in messages and, without its ending, the scenario that gives itself
/// no name; `overrides` are `KEY=VALUE` of the command line, in order.
///
/// # Errors
/// Everything that is wrong with the file and the overrides, not only the first of it.
pub fn parse(
    file_name: &str,
    text: &str,
    overrides: &[String],
) -> Result<Scenario, ScenarioErrors> {
    let source = SourceText {
        file: file_name.to_owned(),
        text: text.to_owned(),
        overrides: overrides.to_owned(),
    };
    let draft = read(text, overrides).map(|(root, problems)| Draft::of(root, problems));
    match draft.and_then(|draft| draft.check(&source)) {
        Ok(draft) => Ok(draft.build(&source)),
        Err(problems) => Err(ScenarioErrors::new(source, problems)),
    }
}

/// A scenario between reading and building.
#[derive(Debug)]
pub(super) struct Draft {
    /// What the file and the command line say, with the defaults of everything but the policies.
    pub(super) root: Table,
    /// The policies with all their layers.
    pub(super) policies: Vec<Table>,
    /// What a run must hold.
    thresholds: Vec<Threshold>,
    problems: Vec<Problem>,
}

/// Reads text and overrides, with what is wrong so far; TOML that is none is all that can be told
/// then.
pub(super) fn read(
    text: &str,
    overrides: &[String],
) -> Result<(Table, Vec<Problem>), Vec<Problem>> {
    let (toml, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(syntax_problems(text, &errors));
    }
    let mut reader = Reader::new(Whence::File);
    let mut root = reader.table(&ROOT, toml.get_ref(), Place::File(0..0));
    let mut problems = reader.problems;
    problems.extend(overrides::apply(&mut root, 0, overrides));
    Ok((root, problems))
}

/// What the TOML parser says, once for each line: what follows on it is mostly its echo.
fn syntax_problems(text: &str, errors: &[toml::de::Error]) -> Vec<Problem> {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = text.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        if lines.contains(&line) {
            continue;
        }
        lines.push(line);
        let title = format!("not TOML: {}", error.message());
        let mend = syntax_mend(error.message());
        problems.push(Problem::new(&Place::File(span), title).mend(mend));
    }
    problems
}

/// How to mend the slips of TOML that scenarios invite.
fn syntax_mend(message: &str) -> &'static str {
    const MENDS: [(&str, &str); 4] = [
        ("duplicate key", "leave one of them out"),
        ("must be quoted", "put the value in quotes: `\"30m\"`"),
        ("invalid basic string", "close the string on its line"),
        ("unclosed", "close what was opened: `[[policy]]`, `{ min = \"60m\", max = \"90m\" }`"),
    ];
    let known = MENDS.iter().find(|(slip, _)| message.contains(slip));
    known.map_or("https://toml.io shows how values, keys and tables are written", |(_, mend)| mend)
}

impl Draft {
    /// Lays the layers of each policy over one another, and gives everything its default.
    pub(super) fn of(mut root: Table, mut problems: Vec<Problem>) -> Self {
        let written = root.list(&POLICY_LIST);
        let policies =
            written.iter().map(|written| policy::resolve(written, &mut problems)).collect();
        let tables =
            [&SCENARIO_TABLE, &WORKLOAD_TABLE, &PROVIDER_TABLE, &LOAD_TABLE, &RECOMMEND_TABLE];
        for setting in tables {
            if let Some(group) = setting.kind.group() {
                root.open(setting.key, &Place::Default).complete(group);
            }
        }
        // Whether there is a bill depends on whether it is there at all.
        if let (Some(group), Some(Node::Table(table))) =
            (CAPACITY_TABLE.kind.group(), root.entries.get_mut(CAPACITY_TABLE.key))
        {
            table.complete(group);
        }
        Self { root, policies, thresholds: Vec::new(), problems }
    }

    /// Looks at what values do not show one by one.
    pub(super) fn check(mut self, source: &SourceText) -> Result<Self, Vec<Problem>> {
        let written = self.root.node(&POLICY_LIST);
        if written.is_none() {
            let problem = Problem::new(&Place::File(0..0), "a scenario without [[policy]]");
            self.problems.push(problem.mend("add `[[policy]]` with a `name`, an API and an app"));
        }
        for policy in &self.policies {
            policy::check(policy, &mut self.problems);
        }
        let named = self.policies.iter().filter_map(|policy| {
            Some((policy.get::<String>(&POLICY_NAME)?, policy.place_of(&POLICY_NAME)))
        });
        policy::check_names(named, &POLICY, &mut self.problems);
        if let Some(table) = self.root.table(&WORKLOAD_TABLE) {
            workload::check(table, &self.policies, &mut self.problems);
        }
        if let Some(table) = self.root.table(&PROVIDER_TABLE) {
            provider::check(table, &self.policies, &mut self.problems);
        }
        if let Some(table) = self.root.table(&LOAD_TABLE) {
            load::check(table, &self.policies, &mut self.problems);
        }
        if let Some(table) = self.root.table(&SWEEP_TABLE) {
            sweep::check(table, &self.root, &mut self.problems);
        }
        if let Some(table) = self.root.table(&CAPACITY_TABLE) {
            capacity::check(table, &mut self.problems);
        }
        if let Some(table) = self.root.table(&GATE_TABLE) {
            let (names, own) = (self.policy_names(), self.policies.len());
            let own = own.min(names.len());
            self.thresholds = thresholds::read(table, (&names, own), source, &mut self.problems);
        }
        if let Some(table) = self.root.table(&RECOMMEND_TABLE) {
            recommend::check(table, &self.root, &self.policies, &mut self.problems);
        }
        if self.problems.is_empty() { Ok(self) } else { Err(self.problems) }
    }

    /// The policies of a run, relogin's own behind the scenario's.
    fn policy_names(&self) -> Vec<String> {
        let own = self.policies.iter().filter_map(|policy| policy.get(&POLICY_NAME));
        let mut names: Vec<String> = own.collect();
        let scenario = self.root.table(&SCENARIO_TABLE);
        if scenario.and_then(|table| table.get(&BASELINES)).unwrap_or(true) {
            let missing = baselines::names().filter(|name| !names.iter().any(|own| own == name));
            let missing: Vec<String> = missing.map(str::to_owned).collect();
            names.extend(missing);
        }
        names
    }

    /// Builds what was checked.
    pub(super) fn build(self, source: &SourceText) -> Scenario {
        let scenario = self.root.table(&SCENARIO_TABLE).expect("opened when read");
        let workload = self.root.table(&WORKLOAD_TABLE).expect("opened when read");
        let provider = self.root.table(&PROVIDER_TABLE).expect("opened when read");
        let load = self.root.table(&LOAD_TABLE).expect("opened when read");
        let recommend = self.root.table(&RECOMMEND_TABLE).expect("opened when read");
        let baselines = scenario.sure(&BASELINES);
        let written = self.root.list(&POLICY_LIST);
        let policies = self.policies.iter().map(|policy| policy::build(policy, false, source));
        let question: Option<String> = scenario.get(&QUESTION);
        Scenario {
            name: scenario.get(&NAME).unwrap_or_else(|| stem(&source.file).to_owned()),
            question: question.unwrap_or_else(|| first_comment(&source.text).to_owned()),
            seed: scenario.sure(&SEED),
            baselines,
            workload: workload::build(workload),
            policies: policies.collect(),
            thresholds: self.thresholds,
            provider: provider::build(provider, &self.policies),
            load: load::build(load),
            sweep: self.root.table(&SWEEP_TABLE).map(sweep::build).unwrap_or_default(),
            capacity: self.root.table(&CAPACITY_TABLE).map(capacity::build),
            recommend: recommend::build(recommend),
            warnings: warnings::find(source, workload, written, &self.policies, baselines),
        }
    }
}

/// A file's name without folders and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// The first comment that has words, without its sign; what editors read (`#:schema`) has none.
fn first_comment(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix('#'));
    let comments = comments.filter(|comment| !comment.starts_with([':', '!']));
    comments.map(str::trim).find(|comment| !comment.is_empty()).unwrap_or_default()
}
