//! `report.html`: one file that opens anywhere, asks for nothing and runs nothing.
//!
//! Its content security policy allows the style of `templates/report.css` by hash, and nothing
//! else: no script, no font, no image from anywhere. Whatever a file named is escaped by askama.

use askama::Template;

use super::charts::{Chart, Drawing};
use super::figure as figures;
use super::figure::Line;
use super::glossary::{GROUPS, Group};
use super::numeral::{counted, fixed, measure, span, whole};
use super::timeline::Timeline;
use super::{Input, capacity, story};
use crate::description::{Description, PolicyDescription, Setting};
use crate::gate::Gate;
use crate::table::{PolicyTables, Table, Value};

/// Stands between `<style>` and `</style>` to the byte.
pub(super) const STYLE: &str = include_str!("templates/report.css");
/// The SHA-256 of [`STYLE`] in base64; a test tells the right one when the style has changed.
pub(super) const STYLE_HASH: &str = "ZZQU3BQTW2CFjkwrS20+NMIaPbShdMYNl4gWpKRMZ1c=";

/// So many broken thresholds are told at the top of the page; all stand in its table.
const BROKEN_AT_TOP: usize = 5;

#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    style_hash: &'static str,
    about: &'a Description,
    partial: Option<&'a str>,
    gates: &'a [Gate],
    broken: Vec<&'a Gate>,
    paragraph: String,
    policies: &'a [PolicyTables],
    first: Vec<Section>,
    all: Vec<Section>,
    charts: Vec<Figure<'a>>,
    capacity: Option<CapacityPart<'a>>,
    relogins: Vec<ReloginRow<'a>>,
    has_classes: bool,
    has_intervals: bool,
    settings: Vec<SettingRow<'a>>,
    facts: Vec<(&'static str, String)>,
}

/// The bills of the policies.
struct CapacityPart<'a> {
    headline: String,
    sections: Vec<capacity::Section>,
    /// What else is written: the policies' folders, and the files in each.
    exports: Vec<(String, Vec<&'a str>)>,
}

/// Figures under a heading.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) rows: Vec<FigureRow>,
}

pub(super) struct FigureRow {
    pub(super) label: &'static str,
    pub(super) unit: &'static str,
    pub(super) about: &'static str,
    pub(super) cells: Vec<FigureCell>,
}

/// A value, and how far it is from the first policy's.
pub(super) struct FigureCell {
    pub(super) value: String,
    /// The ends of its interval; empty without one.
    pub(super) interval: String,
    pub(super) absolute: String,
    pub(super) relative: String,
    pub(super) first: bool,
}

/// A chart with the figures behind it.
pub(super) struct Figure<'a> {
    pub(super) name: &'a str,
    pub(super) about: &'a str,
    pub(super) title: &'a str,
    pub(super) svg: &'a str,
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<Cell>>,
}

pub(super) struct Head {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
}

pub(super) struct Cell {
    pub(super) text: String,
    pub(super) number: bool,
}

struct ReloginRow<'a> {
    class: &'a str,
    app: &'a str,
    cause: &'a str,
    counts: Vec<String>,
}

struct SettingRow<'a> {
    key: &'a str,
    /// By policy; `None` where it has no such setting.
    cells: Vec<Option<SettingCell<'a>>>,
}

struct SettingCell<'a> {
    setting: &'a Setting,
    differs: bool,
}

/// The page, whole.
pub(super) fn html(input: &Input<'_>, drawn: &[(&Chart, Drawing)]) -> Result<String, String> {
    let about = input.description;
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        about,
        partial: input.partial.as_deref(),
        gates: input.gates,
        broken: input.gates.iter().filter(|gate| !gate.held).collect(),
        paragraph: story::paragraph(input),
        policies: input.policies,
        first: first_sections(input.policies),
        all: all_sections(input.policies),
        charts: drawn.iter().map(|(c, drawing)| figure(c.name, c.about, drawing)).collect(),
        capacity: capacity_part(input),
        relogins: relogins(input.policies),
        has_intervals: input.policies.iter().any(|policy| !policy.intervals.is_empty()),
        has_classes: !about.activity.classes.is_empty(),
        settings: settings(&about.policies),
        facts: facts(about),
    };
    page.render().map_err(|error| error.to_string())
}

fn capacity_part<'a>(input: &Input<'a>) -> Option<CapacityPart<'a>> {
    let assumptions = input.description.capacity.as_ref()?;
    let exports = capacity::exports(input)
        .map(|(folder, bill)| (folder, bill.exports.iter().map(|export| export.file).collect()));
    Some(CapacityPart {
        headline: capacity::headline(assumptions),
        sections: capacity::sections(input),
        exports: exports.collect(),
    })
}

/// The figures that people ask for first.
pub(super) fn first_sections(policies: &[PolicyTables]) -> Vec<Section> {
    let groups = figures::first(policies).into_iter();
    groups.map(|(name, lines)| section(name, lines, policies)).collect()
}

/// Every figure of SPEC 7.
fn all_sections(policies: &[PolicyTables]) -> Vec<Section> {
    let section = |group: &Group| {
        let lines = group.figures.iter().map(|figure| figures::line(figure, policies));
        section(group.name, lines.collect(), policies)
    };
    GROUPS.iter().map(section).collect()
}

fn section(name: &'static str, lines: Vec<Line>, policies: &[PolicyTables]) -> Section {
    let row = |line: Line| FigureRow {
        label: line.figure.label,
        unit: line.unit_to_tell(),
        about: line.figure.about,
        cells: (0..line.values.len()).map(|place| cell(&line, place, &policies[place])).collect(),
    };
    Section { name, rows: lines.into_iter().map(row).collect() }
}

fn cell(line: &Line, place: usize, policy: &PolicyTables) -> FigureCell {
    let (absolute, relative) = line.difference(place);
    let own = policy.intervals.iter().find(|own| own.metric == line.figure.key);
    // What has no spread needs no interval.
    let own = own.filter(|own| own.low < own.high);
    let end = |end: f64| fixed(end, line.decimals());
    FigureCell {
        value: line.text(place),
        interval: own
            .map_or_else(String::new, |own| format!("[{}–{}]", end(own.low), end(own.high))),
        absolute,
        relative: relative.unwrap_or_default(),
        first: place == 0,
    }
}

/// A chart as a page shows it.
pub(super) fn figure<'a>(name: &'a str, about: &'a str, drawing: &'a Drawing) -> Figure<'a> {
    let heads = drawing.behind.columns.iter();
    Figure {
        name,
        about,
        title: &drawing.title,
        svg: &drawing.svg,
        heads: heads.map(|column| Head { name: column.name, unit: column.unit }).collect(),
        rows: cells(&drawing.behind),
    }
}

fn cells(table: &Table) -> Vec<Vec<Cell>> {
    // Instants of a table are in UTC, as those of the CSV files are.
    let utc = Timeline::new("UTC");
    let cell = |value: &Value| match value {
        Value::Missing => Cell { text: "–".to_owned(), number: true },
        Value::Text(text) => Cell { text: text.clone(), number: false },
        Value::Count(count) => Cell { text: whole(*count), number: true },
        Value::Number(number) => Cell { text: measure(*number), number: true },
        Value::Instant(at) => Cell { text: utc.full(*at), number: true },
    };
    table.rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// Re-logins by class, app and cause, a column for each policy.
fn relogins(policies: &[PolicyTables]) -> Vec<ReloginRow<'_>> {
    let all = policies.iter().flat_map(|policy| &policy.relogins);
    let mut keys: Vec<_> = all.map(|row| (&*row.class, &*row.app, row.cause)).collect();
    keys.sort_unstable();
    keys.dedup();
    let counts = |key: (&str, &str, &str)| {
        let count = |policy: &PolicyTables| {
            let own =
                policy.relogins.iter().filter(|row| (&*row.class, &*row.app, row.cause) == key);
            whole(own.map(|row| row.count).sum())
        };
        policies.iter().map(count).collect()
    };
    let row =
        |key: (_, _, _)| ReloginRow { class: key.0, app: key.1, cause: key.2, counts: counts(key) };
    keys.into_iter().map(row).collect()
}

/// Every setting that some policy has, in the order of the first that has it.
fn settings(policies: &[PolicyDescription]) -> Vec<SettingRow<'_>> {
    let mut keys: Vec<&str> = Vec::new();
    for setting in policies.iter().flat_map(|policy| &policy.settings) {
        if !keys.contains(&setting.key.as_str()) {
            keys.push(&setting.key);
        }
    }
    let of = |policy: &'_ PolicyDescription, key: &str| {
        policy.settings.iter().position(|setting| setting.key == key)
    };
    let row = |key| {
        let first = policies.first().and_then(|p| Some(p.settings[of(p, key)?].value.as_str()));
        let cells = policies.iter().map(|policy| {
            let setting = &policy.settings[of(policy, key)?];
            Some(SettingCell { setting, differs: Some(setting.value.as_str()) != first })
        });
        SettingRow { key, cells: cells.collect() }
    };
    keys.into_iter().map(row).collect()
}

pub(super) fn facts(about: &Description) -> Vec<(&'static str, String)> {
    let (activity, workload) = (&about.activity, &about.workload);
    let timeline = Timeline::new(&workload.timezone);
    let length = activity.horizon.saturating_sub(activity.start);
    let mut facts = vec![
        ("Activity", activity.source.clone()),
        ("Records", whole(activity.records)),
        ("Broken lines, left out", whole(activity.broken)),
        ("Users", whole(activity.users)),
        ("Agents (a user on a device)", whole(activity.agents)),
    ];
    if activity.records > 0 {
        facts.push(("First record", timeline.full(activity.start)));
        facts.push(("Last record", timeline.full(activity.horizon)));
        facts.push(("Span", days(length)));
    }
    facts.extend([
        ("Warm-up, not counted", span(workload.warmup)),
        ("An app stays open for", span(workload.stay_open)),
        ("A task is interrupted within", span(workload.task_gap)),
        ("Time zone", workload.timezone.clone()),
        ("Row of load.csv", span(workload.bucket)),
        ("Apps", counted(about.apps.len() as u64, "app")),
        ("APIs", counted(about.apis.len() as u64, "API")),
        ("Seed", about.seed.to_string()),
        ("Version", format!("relogin {}", about.version)),
    ]);
    facts
}

fn days(length: i64) -> String {
    let days = length as f64 / 86_400_000.0;
    if days < 2.0 { span(length) } else { format!("{} days", fixed(days, 1)) }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn the_style_is_the_one_that_the_policy_allows() {
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE));
        assert_eq!(STYLE_HASH, hash, "report.css has changed: put its hash into STYLE_HASH");
    }
}
