//! What the figures say in plain language: the paragraph under a report's heading.

use super::Input;
use super::figure::value;
use super::numeral::{brief, percent, plain, relative, times, whole};
use crate::table::PolicyTables;

/// So many policies beside the first have a sentence of their own; of more, the mildest and the
/// harshest have one.
const SPOKEN_OF: usize = 3;

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
    sentences.extend(spoken_of(others).into_iter().map(|policy| comparison(first, policy)));
    if others.len() > SPOKEN_OF {
        sentences.push("The other policies lie between these two.".to_owned());
    }
    sentences.extend(bounds(&baselines));
    sentences.join(" ")
}

fn spoken_of<'a>(others: &[&'a PolicyTables]) -> Vec<&'a PolicyTables> {
    if others.len() <= SPOKEN_OF {
        return others.to_vec();
    }
    let rate = |policy: &PolicyTables| policy.metric("relogins_per_user_day");
    let order = |a: &&&'a PolicyTables, b: &&&'a PolicyTables| rate(a).total_cmp(&rate(b));
    [others.iter().min_by(order), others.iter().max_by(order)]
        .into_iter()
        .flatten()
        .copied()
        .collect()
}

fn opening(first: &PolicyTables) -> String {
    let name = plain(&first.name);
    let mean = first.metric("relogins_per_user_day");
    if first.metric("relogins") == 0.0 {
        return format!("Under {name}, nobody is made to log in again.");
    }
    let mid_task = first.metric("relogins.mid_task") / first.metric("relogins");
    format!(
        "Under {name}, people log in again {} per day of use; for 19 users in 20 it is at most \
         {}, and {} of these re-logins interrupt a task.",
        number_of_times(mean),
        number_of_times(first.metric("relogins_per_user_day.p95")),
        percent(mid_task),
    )
}

fn comparison(first: &PolicyTables, policy: &PolicyTables) -> String {
    let key = "relogins_per_user_day";
    let (was, is) = (first.metric(key), policy.metric(key));
    let (name, reference) = (plain(&policy.name), plain(&first.name));
    let outcome = if is == was {
        format!("{name} forces as many re-logins as {reference}")
    } else if is == 0.0 {
        format!("{name} makes nobody log in again")
    } else if was == 0.0 {
        format!("{name} makes it {}", number_of_times(is))
    } else {
        let ratio = is / was;
        let change = if ratio >= 2.0 {
            format!("{} as many", times(ratio))
        } else {
            relative(was, is).unwrap_or_default()
        };
        format!("{name} makes it {} ({change})", number_of_times(is))
    };
    format!("{outcome}{}.", trade(first, policy))
}

/// What else changes: how long a session lies open unattended, how long a revoked user keeps
/// access, and how much the identity provider has to answer at its peak.
fn trade(first: &PolicyTables, policy: &PolicyTables) -> String {
    let parts = [
        ("sessions.unattended_hours", "unattended session hours"),
        ("access_token.mean_residual_s", "access after a revocation"),
        ("peak_requests_per_minute", "the fullest minute at the identity provider"),
    ];
    let changes = parts.into_iter().filter_map(|(key, what)| {
        let (was, is) = (value(first, key), value(policy, key));
        let change = (is - was) / was;
        // Less than a hundredth is no difference to speak of.
        let notable = was > 0.0 && change.is_finite() && change.abs() >= 0.01;
        notable.then(|| format!("{what} {}", relative(was, is).unwrap_or_default()))
    });
    let changes: Vec<String> = changes.collect();
    if changes.is_empty() { String::new() } else { format!("; {}", changes.join(", ")) }
}

fn bounds(baselines: &[&PolicyTables]) -> Vec<String> {
    let sentence = |policy: &&PolicyTables| {
        let often = number_of_times(policy.metric("relogins_per_user_day"));
        let hours = whole(policy.metric("sessions.unattended_hours").round() as u64);
        let nobody = policy.metric("relogins") == 0.0;
        match policy.name.as_str() {
            "never" if nobody => format!(
                "If nothing ever expired (never), nobody would log in again, and sessions would \
                 lie open unattended for {hours} hours."
            ),
            "always" => format!("If every use were a login (always), it would be {often}."),
            name => format!(
                "Under the baseline {}, people log in again {often}, and sessions lie open \
                 unattended for {hours} hours.",
                plain(name)
            ),
        }
    };
    baselines.iter().map(sentence).collect()
}

fn number_of_times(mean: f64) -> String {
    match mean {
        0.0 => "not once".to_owned(),
        1.0 => "once".to_owned(),
        2.0 => "twice".to_owned(),
        mean => format!("{} times", brief(mean)),
    }
}
