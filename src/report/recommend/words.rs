//! What a search found, in sentences.

use crate::recommended::ConstraintTold;
use crate::recommended::{
    Change, IdleTimeout, PointTold, PolicyTold, PricedTimeout, Recommendation,
};
use crate::report::numeral::{
    brief, decimals, fixed, measure, percent, plain, relative, signed, span, whole,
};

/// The whole answer: one paragraph.
pub(super) fn paragraph(found: &Recommendation) -> Vec<String> {
    let mut sentences = match found.satisfied {
        true => recommended(found),
        false => nothing_holds(found),
    };
    sentences.extend(regret(found));
    sentences.extend(found.idle_timeout.as_ref().map(|own| idle_timeout(found, own)));
    sentences
}

/// The sentence of a chart's head.
pub(in crate::report) fn headline(found: &Recommendation) -> String {
    let figures = |point: &PointTold| {
        format!("{} re-logins and {} hours left open", brief(point.people), hours(point.exposure))
    };
    let today = found.points.get(found.today).map(figures).unwrap_or_default();
    match found.recommended.map(|index| (index, &found.points[index])) {
        Some((index, _)) if index == found.today => {
            format!("Today’s policy is the best of those tried: {today} per user-day")
        }
        Some((_, point)) => format!("Recommended: {} per user-day; today {today}", figures(point)),
        None => format!("No policy holds every constraint; today {today} per user-day"),
    }
}

fn hours(exposure: f64) -> String {
    if exposure.is_finite() { brief(exposure) } else { "endless".to_owned() }
}

/// A policy's settings in a few words: `idle timeout 1h, absolute timeout 8h`.
pub(in crate::report) fn settings(found: &Recommendation, values: &[String]) -> String {
    let axes = found.axes.iter().zip(values).filter(|(_, value)| !value.is_empty());
    let told = axes.map(|(axis, value)| format!("{} {}", setting(&axis.key), bare(value)));
    told.collect::<Vec<_>>().join(", ")
}

/// A setting as a person calls it.
pub(super) fn setting(key: &str) -> String {
    match key {
        "session.idle_timeout" => return "idle timeout".to_owned(),
        "session.absolute_timeout" => return "absolute timeout".to_owned(),
        _ => {}
    }
    let api = key.strip_prefix("api.").and_then(|rest| rest.split_once(".access_token_lifetime"));
    match api {
        Some((api, "")) => format!("access-token lifetime ({})", plain(api)),
        Some((api, _)) => format!("access-token lifetime ({}, browser)", plain(api)),
        None => plain(key),
    }
}

/// A value without its quotes.
pub(super) fn bare(value: &str) -> String {
    plain(value.trim_matches('"'))
}

fn change(change: &Change) -> String {
    format!("{} {} (today {})", setting(&change.key), bare(&change.to), bare(&change.from))
}

/// `a, b and c`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What is to be least, for a sentence.
pub(super) fn objective(found: &Recommendation) -> String {
    match found.minimise.as_str() {
        "people" => "asks least of people".to_owned(),
        "load" => "asks least of the identity provider".to_owned(),
        "exposure" => "leaves least open".to_owned(),
        "cost" => "costs least".to_owned(),
        "knee" => "balances people, load and exposure best (the knee of the front)".to_owned(),
        metric => format!("has the least {metric}"),
    }
}

fn tried(found: &Recommendation) -> String {
    let name = plain(&found.policy);
    format!("{} policies tried in the place of {name}", whole(found.points.len() as u64))
}

fn recommended(found: &Recommendation) -> Vec<String> {
    let satisfying = whole(found.evaluated.satisfying as u64);
    let of = match found.constraints.len() {
        0 => format!("Of {}", tried(found)),
        1 => format!("Of {}, {satisfying} hold the constraint; of these", tried(found)),
        _ => format!("Of {}, {satisfying} hold every constraint; of these", tried(found)),
    };
    let least = objective(found);
    let mut sentences = Vec::new();
    let changes: Vec<String> = found.changes.iter().map(change).collect();
    if changes.is_empty() {
        sentences.push(format!("{of}, today’s policy itself {least}: nothing needs to change."));
    } else {
        sentences.push(format!("{of}, the one that {least} has {}.", list(&changes)));
        let best = found.recommended.map(|index| &found.points[index]);
        sentences.extend(best.map(|best| beside(found, best)));
        sentences.extend(certainty(found));
    }
    sentences.extend(found.constraints.iter().filter_map(|own| gain(found, own)));
    if !found.constraints.is_empty() && found.constraints.iter().all(|own| own.gain.is_none()) {
        sentences.push("No constraint alone keeps a better one of those tried away.".to_owned());
    }
    sentences
}

/// What a constraint that binds keeps away.
fn gain(found: &Recommendation, constraint: &ConstraintTold) -> Option<String> {
    let gain = constraint.gain.as_ref()?;
    let would = match found.minimise.as_str() {
        "knee" => "a better balance could be had".to_owned(),
        name => {
            let (to, from) = (measure(gain.to_least), measure(gain.from_least));
            format!("{name} would come to {to} instead of {from}")
        }
    };
    let (text, with) = (&constraint.text, said(&gain.settings));
    Some(match constraint.source.is_empty() {
        true => format!("{text} binds: at {}, {would}, with {with}.", exactly(gain.to)),
        false => format!("The {text} binds: without it, {would}, with {with}."),
    })
}

/// A value just beyond a limit, with digits enough not to look like it.
fn exactly(value: f64) -> String {
    let text = fixed(value, 4);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Settings of the form `key = value` in words.
fn said(settings: &[String]) -> String {
    let one = |text: &String| match text.split_once(" = ") {
        Some((key, value)) => format!("{} {}", setting(key), bare(value)),
        None => plain(text),
    };
    list(&settings.iter().map(one).collect::<Vec<_>>())
}

/// A policy's three objectives beside today's.
fn beside(found: &Recommendation, point: &PointTold) -> String {
    let today = &found.points[found.today];
    let part = |was: f64, is: f64, unit: &str| {
        let number =
            |value: f64| if value.is_finite() { measure(value) } else { "endless".to_owned() };
        let change = match relative(was, is).filter(|_| was.is_finite() && is.is_finite()) {
            Some(change) => format!(" ({change})"),
            None => String::new(),
        };
        format!("{}{unit} instead of {}{change}", number(is), number(was))
    };
    let weight = match found.mid_task_weight {
        1.0 => String::new(),
        weight => format!(", those in the middle of a task counted {} times", measure(weight)),
    };
    format!(
        "Per user-day{weight}, people log in again {}, the identity provider answers {}, and somebody \
         else could go on for {}.",
        part(today.people, point.people, " times"),
        part(today.load, point.load, " requests"),
        part(today.exposure, point.exposure, " hours"),
    )
}

/// How sure the difference in re-logins is.
fn certainty(found: &Recommendation) -> Option<String> {
    let own = found.policies.iter().find(|policy| policy.role == "recommended")?;
    let mut differences = own.tables.differences.iter();
    let own = differences.find(|own| own.metric == "relogins_per_user_day")?;
    let places = decimals(own.value.abs());
    Some(format!(
        "That is {} re-logins per user-day, person by person, with a 95 % interval from {} to {}.",
        signed(own.value, places),
        signed(own.low, places),
        signed(own.high, places)
    ))
}

fn nothing_holds(found: &Recommendation) -> Vec<String> {
    let mut sentences = vec![format!("Of {}, none holds every constraint.", tried(found))];
    for (index, relaxed) in found.relax.iter().take(2).enumerate() {
        let (name, with) = (&relaxed.constraint, said(&relaxed.settings));
        let begin = if index == 0 { "It would be enough" } else { "So it would" };
        sentences.push(match relaxed.findings.is_empty() {
            true => {
                format!("{begin} to relax {name} to {}, with {with}.", exactly(relaxed.to))
            }
            false => format!(
                "{begin} to give up the {name}, with {with}, of which it says: {}.",
                list(&relaxed.findings)
            ),
        });
    }
    let Some(nearest) = found.nearest.map(|index| &found.points[index]) else { return sentences };
    let broken = found.constraints.iter().filter(|own| !own.chosen_holds);
    let broken: Vec<String> = broken
        .map(|own| match own.source.is_empty() {
            true => format!("{} by coming to {}", own.text, measure(own.chosen)),
            false => format!("the {} ({})", own.text, list(&own.chosen_findings)),
        })
        .collect();
    if found.relax.is_empty() {
        sentences.push("No constraint can give way alone.".to_owned());
    }
    sentences.push(format!(
        "The nearest policy has {} and breaks {}.",
        settings(found, &nearest.values),
        list(&broken)
    ));
    sentences
}

/// The policies beside whoever knows how long everybody stays away.
fn regret(found: &Recommendation) -> Option<String> {
    let told = |policy: &PolicyTold| {
        let own = &policy.regret;
        let name = match policy.role {
            "today" => "today’s policy".to_owned(),
            role => format!("the {role} one"),
        };
        let forced = whole(own.relogins);
        format!("{} where {name} forces {forced}", whole(own.fewest))
    };
    let policies = found.policies.iter().filter(|policy| policy.role != "knee");
    let all: Vec<String> = policies.map(told).collect();
    (!all.is_empty()).then(|| {
        format!(
            "Somebody who knew when everybody comes back would need {} re-logins, and leave access \
             open for no longer.",
            list(&all)
        )
    })
}

fn idle_timeout(found: &Recommendation, own: &IdleTimeout) -> String {
    let length = |timeout: &PricedTimeout| match timeout.timeout_ms {
        Some(0) => "none at all".to_owned(),
        // A millisecond above a gap: to the minute is as near as anybody sets it.
        Some(millis) if millis > 600_000 => span((millis + 59_999) / 60_000 * 60_000),
        Some(millis) => span(millis),
        None => "no end".to_owned(),
    };
    let more = |timeout: &PricedTimeout| match timeout.cost / own.best.cost - 1.0 {
        more if !more.is_finite() || more < 0.005 => "about as much".to_owned(),
        more if more < 1.0 => format!("{} more", percent(more)),
        more => format!("{} times as much", brief(more + 1.0)),
    };
    let prices = found.cost.unwrap_or_default();
    format!(
        "At a price of {} for a re-login and {} for an unattended hour, and if every use renewed the \
         session, an idle timeout of {} would cost least; that of {}, the price of a re-login over \
         that of an hour, needs no knowledge of the gaps and costs {}, today’s {} {}.",
        measure(prices.relogin),
        measure(prices.unattended_hour),
        length(&own.best),
        length(&own.blind),
        more(&own.blind),
        length(&own.today),
        more(&own.today)
    )
}
