//! What the figures say in plain language: the paragraph under a report's heading.

use super::Input;
use super::figure::value;
use super::numeral::{alike, brief, compared, often, percent, plain};
use crate::table::PolicyTables;

/// So many policies beside the first have a sentence of their own; of more, the mildest and the
/// harshest have one.
const SPOKEN_OF: usize = 3;
/// From so many re-logins per day of use on they are told as times a day; below, as days from one
/// to the next.
const TIMES_A_DAY: f64 = 0.67;

/// One paragraph: the first policy, the others compared with it, then the baselines.
pub(super) fn paragraph(input: &Input<'_>) -> String {
    let (baselines, policies): (Vec<_>, Vec<_>) =
        input.policies.iter().partition(|policy| policy.baseline);
    let Some((first, others)) = policies.split_first() else {
        return "No policy was compared; the figures below are those of the baselines.".to_owned();
    };
    if first.metric("uses") == 0.0 {
        return "No use counts, so there is nothing to compare: the trace is empty, or the \
                warm-up covers all of it."
            .to_owned();
    }
    let mut sentences = vec![opening(first)];
    let spoken_of = spoken_of(others);
    sentences.extend(spoken_of.iter().map(|policy| comparison(first, policy)));
    if spoken_of.len() < others.len() {
        sentences.push("The other policies lie between these two.".to_owned());
    }
    sentences.extend(bounds(&baselines));
    sentences.join(" ")
}

fn rate(policy: &PolicyTables) -> f64 {
    policy.metric("relogins_per_user_day")
}

fn spoken_of<'a>(others: &[&'a PolicyTables]) -> Vec<&'a PolicyTables> {
    let order = |a: &&&'a PolicyTables, b: &&&'a PolicyTables| rate(a).total_cmp(&rate(b));
    match (others.iter().min_by(order), others.iter().max_by(order)) {
        (Some(mildest), Some(harshest))
            if others.len() > SPOKEN_OF && rate(mildest) < rate(harshest) =>
        {
            vec![mildest, harshest]
        }
        _ => others.to_vec(),
    }
}

fn opening(first: &PolicyTables) -> String {
    let name = plain(&first.name);
    if first.metric("relogins") == 0.0 {
        return format!("Under {name}, nobody is made to log in again.");
    }
    let unlucky = match first.metric("relogins_per_user_day.p95") {
        0.0 => "19 users in 20 never do".to_owned(),
        most => format!("for 19 users in 20 it is at most {}", how_often(most)),
    };
    let interrupting = match first.metric("relogins.mid_task") / first.metric("relogins") {
        0.0 => "none of these re-logins interrupts a task".to_owned(),
        part if part < 0.01 => "hardly any of these re-logins interrupts a task".to_owned(),
        1.0 => "all of these re-logins interrupt a task".to_owned(),
        part => format!("{} of these re-logins interrupt a task", percent(part)),
    };
    format!(
        "Under {name}, people log in again {} of use on average; {unlucky}, and {interrupting}.",
        how_often(rate(first))
    )
}

fn comparison(first: &PolicyTables, policy: &PolicyTables) -> String {
    let (was, is) = (rate(first), rate(policy));
    let name = plain(&policy.name);
    let outcome = if is == 0.0 {
        let too = if was == 0.0 { " either" } else { "" };
        format!("Under {name}, nobody has to{too}")
    } else if was == 0.0 {
        format!("Under {name}, people log in again {} of use", how_often(is))
    } else if is == was {
        format!("Under {name} it is the same")
    } else if alike(was, is) {
        format!("Under {name} it is about the same")
    } else {
        let change = spelled(was, is, ["more often", "less often", "as often"]);
        format!("Under {name} it is {}, {change}", how_often(is))
    };
    let mut changes = trade(first, policy);
    match changes.pop() {
        None => format!("{outcome}."),
        Some(last) if changes.is_empty() => format!("{outcome}; {last}."),
        Some(last) => format!("{outcome}; {}, and {last}.", changes.join(", ")),
    }
}

/// What else changes: how long sessions lie open unattended, how long a revoked user keeps
/// access, and how much the identity provider has to answer at its peak.
pub(super) fn trade(first: &PolicyTables, policy: &PolicyTables) -> Vec<String> {
    let pair = |key| (value(first, key), value(policy, key));
    let change = |key, words| {
        let (was, is) = pair(key);
        let notable = was > 0.0 && was.is_finite() && is.is_finite() && !alike(was, is);
        notable.then(|| spelled(was, is, words))
    };
    let many = ["more", "fewer", "as many"];
    let hours = change("sessions.unattended_hours", many)
        .map(|change| format!("sessions lie unattended for {change} hours"));
    let residual = "access_token.mean_residual_s";
    let access = match pair(residual) {
        (was, is) if was.is_finite() && is.is_infinite() => {
            Some("a revoked user keeps access for good".to_owned())
        }
        (was, is) if was.is_infinite() && is.is_finite() => {
            Some("a revoked user does not keep access for good".to_owned())
        }
        _ => change(residual, ["more time", "less time", "as long"])
            .map(|change| format!("a revoked user keeps access for {change}")),
    };
    let peak = change("peak_requests_per_minute", many)
        .map(|change| format!("the identity provider’s fullest minute has {change} requests"));
    [hours, access, peak].into_iter().flatten().collect()
}

/// The baselines, without the hours that sessions lie unattended: those of a session that never
/// ends begin with the last use of all, and so say little beside a policy's.
fn bounds(baselines: &[&PolicyTables]) -> Vec<String> {
    let sentence = |policy: &&PolicyTables| {
        let nobody = policy.metric("relogins") == 0.0;
        let often = how_often(rate(policy));
        match (policy.name.as_str(), nobody) {
            ("never", true) => {
                "If nothing ever expired (never), nobody would log in again.".to_owned()
            }
            ("always", false) => {
                format!("If every use were a login (always), it would be {often}.")
            }
            (name, true) => format!("Under the baseline {}, nobody logs in again.", plain(name)),
            (name, false) => {
                format!("Under the baseline {}, people log in again {often} of use.", plain(name))
            }
        }
    };
    baselines.iter().map(sentence).collect()
}

/// `4.1 times a day`, `once in 5.5 days`: of use, for nobody logs in on the others.
fn how_often(mean: f64) -> String {
    if mean >= TIMES_A_DAY {
        return format!("{} a day", often(mean));
    }
    match brief(1.0 / mean).as_str() {
        "1" => "once a day".to_owned(),
        days => format!("once in {days} days"),
    }
}

fn spelled(was: f64, is: f64, words: [&str; 3]) -> String {
    let text = compared(was, is, words);
    match text.strip_prefix("2× ") {
        Some(rest) => format!("twice {rest}"),
        None => text.replace('×', " times"),
    }
}
