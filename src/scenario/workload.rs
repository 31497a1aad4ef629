//! `[workload]`: checked against the policies, and made a [`WorkloadSpec`].

use super::nearest::suggest;
use super::policy::check_names;
use super::problem::Problem;
use super::registry::{
    ABSENCE, ACTIONS_PER_VISIT, ACTIVE_DAYS, APIS, APP_TABLES, APPS, CLASS, CLASS_LIST, CLASS_NAME,
    CLOSE_SHARE, DEFAULT_APP, DEVICES, GAP, HOLIDAYS, HOURS, LOGOUT_SHARE, PATTERN, POLICY_NAME,
    POLL, POLL_API, POLL_APP, POLL_EVERY, POLL_STAYS, SHARE, SPAN, SPREAD, START, STAY_OPEN,
    STICKINESS, Setting, TASK_GAP, TIME_ZONES, TIMEZONE, TRACE, USERS, VISITS_PER_ACTIVE_DAY,
    WARMUP,
};
use super::spec::{Source, WorkloadSpec};
use super::tree::{Place, Table};
use crate::trace::synthetic::patterns;
use crate::trace::synthetic::{Class, Poll, Population};

/// The days of a week in the registry's words, Monday first.
const DAYS: usize = 7;

/// What is wrong with a workload that its values do not show one by one; `policies` are resolved.
pub(super) fn check(workload: &Table, policies: &[Table], problems: &mut Vec<Problem>) {
    let classes = workload.list(&CLASS_LIST);
    if let (Some(trace), Some(class)) = (workload.written(&TRACE), classes.first()) {
        let problem = Problem::new(trace, "activity is either recorded or made up")
            .also(&class.place, "made up here")
            .mend("leave out `trace`, or every `[[workload.class]]`");
        problems.push(problem);
    }
    if let Some(app) = workload.get::<String>(&DEFAULT_APP) {
        check_app(&app, workload.place_of(&DEFAULT_APP), policies, problems);
    }
    let named =
        classes.iter().filter_map(|class| Some((name(class)?, class.place_of(&CLASS_NAME))));
    check_names(named, &CLASS, problems);
    let shares: Vec<f64> = classes.iter().map(|class| class.get(&SHARE).unwrap_or(1.0)).collect();
    if !shares.is_empty() && shares.iter().all(|share| *share == 0.0) {
        let problem = Problem::new(classes[0].place_of(&SHARE), "every class has share 0");
        problems.push(problem.mend("give at least one of them a share above 0"));
    }
    for class in classes {
        check_class(workload, class, policies, problems);
    }
}

fn check_class(workload: &Table, class: &Table, policies: &[Table], problems: &mut Vec<Problem>) {
    if class.node(&CLASS_NAME).is_none() && class.node(&PATTERN).is_none() {
        let problem = Problem::new(&class.place, "a class without `name`");
        problems.push(problem.mend("add `name = \"office\"`, or a `pattern` that has one"));
    }
    let built = build_class(class);
    let active = |hour: &usize| built.active_days[hour / 24] && built.hours[*hour] > 0.0;
    if !(0..built.hours.len()).any(|hour| active(&hour)) {
        let place = class.written(&ACTIVE_DAYS).unwrap_or_else(|| class.place_of(&HOURS));
        let problem = Problem::new(place, "no active day has an hour with a weight");
        problems.push(problem.mend("`active_days` and `hours` must have an hour in common"));
    }
    if built.logout + built.close > 1.0 {
        let title = "more visits end in a `logout` or a `close` than there are";
        let problem = Problem::new(class.place_of(&LOGOUT_SHARE), title)
            .also(class.place_of(&CLOSE_SHARE), "together above 1");
        problems.push(problem.mend("let the two add up to at most 1"));
    }
    for (app, _) in &built.apps {
        check_app(app, class.place_of(&APPS), policies, problems);
    }
    let default_app = default_app(workload, policies);
    if built.apps.is_empty() && default_app.is_none() {
        let problem = Problem::new(&class.place, "a class that uses no app");
        problems.push(problem.mend("add `apps = { NAME = 1 }`, or `workload.default_app`"));
    }
    for poll in class.list(&POLL) {
        check_poll(poll, default_app.as_deref(), policies, problems);
    }
}

fn check_poll(
    poll: &Table,
    default_app: Option<&str>,
    policies: &[Table],
    problems: &mut Vec<Problem>,
) {
    if poll.node(&POLL_EVERY).is_none() {
        problems.push(super::read::lacking(&super::registry::POLLS, &POLL_EVERY, &poll.place));
    }
    let named = poll.get::<String>(&POLL_APP);
    if let Some(app) = &named {
        check_app(app, poll.place_of(&POLL_APP), policies, problems);
    }
    let Some(app) = named.as_deref().or(default_app) else {
        let problem = Problem::new(&poll.place, "a poll of no app");
        problems.push(problem.mend("add `app = \"NAME\"`, or `workload.default_app`"));
        return;
    };
    let Some(api) = poll.get::<String>(&POLL_API) else { return };
    for policy in policies {
        let apis = policy.named(&APP_TABLES).find(|(name, _)| *name == app);
        let apis = apis.and_then(|(_, app)| app.get::<Vec<String>>(&APIS));
        if let Some(apis) = apis.filter(|apis| !apis.contains(&api)) {
            let title = format!("app `{app}` of policy {} does not use API `{api}`", told(policy));
            let known = apis.iter().map(String::as_str);
            let problem = Problem::new(poll.place_of(&POLL_API), title);
            problems.push(problem.mend(suggest(&api, known)));
            return;
        }
    }
}

/// Records may name only apps that every policy has (SPEC 6).
fn check_app(app: &str, place: &Place, policies: &[Table], problems: &mut Vec<Problem>) {
    for policy in policies {
        let known: Vec<&str> = policy.named(&APP_TABLES).map(|(name, _)| name.as_str()).collect();
        if !known.is_empty() && !known.contains(&app) {
            let title = format!("policy {} has no app `{app}`", told(policy));
            problems.push(Problem::new(place, title).mend(suggest(app, known)));
            return;
        }
    }
}

/// The app of records that name none: the one that the workload says, or the policies' only one.
fn default_app(workload: &Table, policies: &[Table]) -> Option<String> {
    let said = workload.get::<String>(&DEFAULT_APP);
    said.or_else(|| {
        let mut apps = policies.iter().flat_map(|policy| policy.named(&APP_TABLES));
        let (first, _) = apps.next()?;
        apps.all(|(app, _)| app == first).then(|| first.clone())
    })
}

fn told(policy: &Table) -> String {
    policy.get::<String>(&POLICY_NAME).map_or_else(String::new, |name| format!("`{name}`"))
}

/// A completed and checked workload as a spec.
pub(super) fn build(workload: &Table) -> WorkloadSpec {
    let classes = workload.list(&CLASS_LIST);
    let source = if !classes.is_empty() {
        Source::Synthetic(Population {
            users: workload.sure(&USERS),
            start: workload.sure(&START),
            span: workload.sure(&SPAN),
            classes: classes.iter().map(build_class).collect(),
        })
    } else if let Some(files) = workload.get(&TRACE) {
        Source::Trace(files)
    } else {
        Source::None
    };
    WorkloadSpec {
        source,
        stay_open: workload.sure(&STAY_OPEN),
        warmup: workload.sure(&WARMUP),
        task_gap: workload.sure(&TASK_GAP),
        timezone: workload.sure(&TIMEZONE),
        default_app: workload.get(&DEFAULT_APP),
    }
}

/// A class's name: its own, or else its pattern's.
pub(super) fn name(class: &Table) -> Option<String> {
    class.get(&CLASS_NAME).or_else(|| {
        let pattern: String = class.get(&PATTERN)?;
        patterns::find(&pattern).map(|pattern| (pattern.class)().name)
    })
}

/// A class: its pattern, or the plain one, with what the scenario says of it. Total, so that
/// checks can look at classes that have other faults.
pub(super) fn build_class(class: &Table) -> Class {
    let pattern = class.get::<String>(&PATTERN).and_then(|name| patterns::find(&name));
    let mut built = pattern.map_or_else(patterns::plain, |pattern| (pattern.class)());
    set(class, &CLASS_NAME, &mut built.name);
    set(class, &SHARE, &mut built.share);
    set(class, &VISITS_PER_ACTIVE_DAY, &mut built.visits_per_active_day);
    set(class, &HOURS, &mut built.hours);
    set(class, &TIME_ZONES, &mut built.time_zones);
    set(class, &DEVICES, &mut built.devices);
    set(class, &APPS, &mut built.apps);
    set(class, &STICKINESS, &mut built.stickiness);
    set(class, &ACTIONS_PER_VISIT, &mut built.actions_per_visit);
    set(class, &GAP, &mut built.gap);
    set(class, &ABSENCE, &mut built.absence);
    set(class, &SPREAD, &mut built.spread);
    set(class, &HOLIDAYS, &mut built.holidays);
    set(class, &LOGOUT_SHARE, &mut built.logout);
    set(class, &CLOSE_SHARE, &mut built.close);
    if let (Some(days), super::registry::Kind::Words(week)) =
        (class.get::<Vec<&str>>(&ACTIVE_DAYS), ACTIVE_DAYS.kind)
    {
        built.active_days = std::array::from_fn::<bool, DAYS, _>(|day| days.contains(&week[day]));
    }
    if class.node(&POLL).is_some() {
        built.polls = class.list(&POLL).iter().filter_map(build_poll).collect();
    }
    built
}

fn build_poll(poll: &Table) -> Option<Poll> {
    Some(Poll {
        app: poll.get(&POLL_APP).unwrap_or_default(),
        api: poll.get(&POLL_API).unwrap_or_default(),
        every: poll.get(&POLL_EVERY)?,
        stays: poll.get(&POLL_STAYS).unwrap_or_default(),
    })
}

fn set<T: super::value::Typed>(class: &Table, setting: &Setting, field: &mut T) {
    if let Some(value) = class.get(setting) {
        *field = value;
    }
}
