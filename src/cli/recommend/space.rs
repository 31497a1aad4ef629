//! Which settings may change, and the values to try first.

use crate::cli::Failure;
use crate::cli::sweep::axes::is_auto;
use crate::cli::sweep::axes::quantiles;
use crate::experiment::Gaps;
use crate::experiment::recommend::search::Axis;
use crate::experiment::recommend::search::Choice;
use crate::experiment::recommend::search::Point;
use crate::experiment::recommend::search::Space;
use crate::model::{Limit, Span};
use crate::scenario::{AxisSpec, Grid, PolicySpec, RecommendSpec, parse_duration};

/// A search, before it begins.
pub(super) struct Search {
    pub(super) space: Space,
    /// Today's policy; a setting that it does not have is left alone there.
    pub(super) today: Point,
    pub(super) makes_sense: MakesSense,
}

/// Axes of which the first must not be above the second: an idle timeout beyond the absolute one
/// can have no effect.
#[derive(Clone, Debug)]
pub(super) struct MakesSense(Vec<(usize, usize)>);

/// More would take hours, and a grid of fewer values is refined anyway.
const MOST: usize = 5_000;

const MINUTE: i64 = 1;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Lengths that people choose, about doubling.
const IDLE: [i64; 10] =
    [5 * MINUTE, 15, 30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY, 3 * DAY, 7 * DAY];
const ABSOLUTE: [i64; 6] = [8 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY];
const TOKEN: [i64; 6] = [5 * MINUTE, 15, 30, HOUR, 4 * HOUR, DAY];

const IDLE_KEY: &str = "session.idle_timeout";
const ABSOLUTE_KEY: &str = "session.absolute_timeout";

/// A setting that is left as it is.
fn unchanged() -> Choice {
    Choice::Toml(String::new())
}

/// Whether a choice leaves a setting as it is.
pub(super) fn is_unchanged(choice: &Choice) -> bool {
    *choice == unchanged()
}

/// The value that a text says, as TOML or as `--set` takes it.
pub(super) fn choice(text: &str) -> Choice {
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    match (bare, parse_duration(bare)) {
        ("none", _) => Choice::Limit(Limit::NONE),
        (_, Ok(span)) if span > Span::ZERO => Choice::Limit(Limit::of(span)),
        _ => Choice::Toml(text.to_owned()),
    }
}

/// The search for a policy in the place of `today`; `gaps` are those of the activity, for axes that ask for their quantiles.
pub(super) fn prepare(
    today: &PolicySpec,
    wanted: &RecommendSpec,
    gaps: impl FnOnce() -> Result<Gaps, Failure>,
) -> Result<Search, Failure> {
    let mut axes: Vec<(String, Vec<Choice>)> = match wanted.axes.is_empty() {
        true => usual(today, wanted),
        false => given(wanted, gaps)?,
    };
    let mut point = Vec::new();
    for (key, values) in &mut axes {
        let own = today.settings.iter().find(|(own, ..)| own == key);
        let own = own.map_or_else(unchanged, |(_, value, _)| choice(value));
        if !is_unchanged(&own) {
            values.push(own.clone());
        }
        point.push(own);
    }
    let axes: Vec<Axis> = axes.into_iter().map(|(key, values)| Axis::new(key, values)).collect();
    let makes_sense = MakesSense::of(&axes);
    let space = Space::new(axes);
    if space.size() > MOST {
        return Err(Failure::Usage(format!(
            "the axes of [recommend] have {} combinations, of which at most {MOST} are tried; give \
             fewer values, the search refines them by itself",
            space.size()
        )));
    }
    Ok(Search { space, today: point, makes_sense })
}

/// The scenario's own axes.
fn given(
    wanted: &RecommendSpec,
    gaps: impl FnOnce() -> Result<Gaps, Failure>,
) -> Result<Vec<(String, Vec<Choice>)>, Failure> {
    let gaps = match wanted.axes.iter().any(is_auto) {
        true => Some(gaps()?),
        false => None,
    };
    let axis = |axis: &AxisSpec| {
        let values = match (&axis.grid, &gaps) {
            (Grid::Values(values), _) => values.clone(),
            (Grid::Auto(points), Some(gaps)) => quantiles(gaps, *points),
            (Grid::Auto(_), None) => Vec::new(),
        };
        (axis.key.clone(), values.iter().map(|value| choice(value)).collect())
    };
    Ok(wanted.axes.iter().map(axis).collect())
}

/// The session's timeouts and the lifetime of the first API's access tokens, as the first app gets
/// them.
fn usual(today: &PolicySpec, wanted: &RecommendSpec) -> Vec<(String, Vec<Choice>)> {
    let lengths = |minutes: &[i64], more: Vec<Option<Span>>| {
        let lengths = minutes.iter().map(|minutes| Span::from_mins(*minutes));
        let all = lengths.chain(more.into_iter().flatten());
        all.map(|span| Choice::Limit(Limit::of(span))).collect::<Vec<_>>()
    };
    // What a profile allows is worth trying to the minute.
    let profiles = &wanted.profiles;
    let idle: Vec<Option<Span>> = profiles.iter().filter_map(|p| Some(p.idle?.most)).collect();
    let absolute = profiles.iter().filter_map(|p| Some(p.absolute?.most)).collect();
    let mut axes = vec![
        (IDLE_KEY.to_owned(), lengths(&IDLE, idle.clone())),
        (ABSOLUTE_KEY.to_owned(), lengths(&ABSOLUTE, absolute)),
    ];
    if let Some(app) = today.apps.values().next() {
        let setting = match app.browser_flow {
            true => "access_token_lifetime_browser",
            false => "access_token_lifetime",
        };
        // Keys stand in the settings as TOML writes them.
        let ending = format!(".{setting}");
        let index = today.apis.keys().position(|api| *api == app.apis[0]).unwrap_or(0);
        let mut keys = today.settings.iter().map(|(key, ..)| key);
        let key = keys
            .by_ref()
            .filter(|key| key.starts_with("api.") && key.ends_with(&ending))
            .nth(index);
        axes.extend(key.map(|key| (key.clone(), lengths(&TOKEN, idle))));
    }
    axes
}

impl MakesSense {
    fn of(axes: &[Axis]) -> Self {
        let pairs = axes.iter().enumerate().filter_map(|(idle, axis)| {
            let absolute = ["_timeout", "_lifetime"].iter().find_map(|kind| {
                let above = axis.key.strip_suffix(&format!("idle{kind}"))?;
                let other = format!("{above}absolute{kind}");
                axes.iter().position(|axis| axis.key == other)
            });
            Some((idle, absolute?))
        });
        Self(pairs.collect())
    }

    pub(super) fn holds(&self, point: &Point) -> bool {
        self.0.iter().all(|(idle, absolute)| {
            let pair = (point[*idle].limit(), point[*absolute].limit());
            pair.0.zip(pair.1).is_none_or(|(idle, absolute)| idle <= absolute)
        })
    }
}
