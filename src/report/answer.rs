//! What a change of policy comes to, in words: the sentences that stand above everything else.

use super::numeral::{brief, percent, plain, span};
use super::story;
use crate::compared::{Compared, MostHit, People};
use crate::table::{Difference, PolicyTables};

/// More settings than this are not told one by one.
const TOLD: usize = 4;

/// A setting that differs: its key, and its value on either side.
pub(super) type Setting<'a> = (&'a str, [Option<&'a str>; 2]);

/// One paragraph on a comparison.
pub(super) fn of_comparison(compared: &Compared) -> String {
    let settings: Vec<Setting<'_>> = compared
        .settings
        .iter()
        .map(|(key, values)| (key.as_str(), values.each_ref().map(Option::as_deref)))
        .collect();
    let [first, second] = compared.sides.each_ref().map(|side| &side.tables);
    let change = change(&settings, &first.name, &second.name);
    let rate = compared.differences.iter().find(|own| own.metric == "relogins_per_user_day");
    let median = compared.people.map(|people| people.median);
    let mut sentences = vec![price(&change, [first, second], rate, median)];
    sentences.extend(compared.people.map(|people| who(&people)));
    sentences.extend(aside(first, second));
    sentences.join(" ")
}

/// What else changes, as a sentence.
fn aside(first: &PolicyTables, second: &PolicyTables) -> Option<String> {
    let mut parts = story::trade(first, second);
    let last = parts.pop()?;
    let text = match parts.is_empty() {
        true => last,
        false => format!("{}, and {last}", parts.join(", ")),
    };
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// What a change costs people, or saves them: the middle user's part, and the mean with its interval.
pub(super) fn price(
    change: &str,
    [first, second]: [&PolicyTables; 2],
    rate: Option<&Difference>,
    median: Option<f64>,
) -> String {
    let mean = second.metric("relogins_per_user_day") - first.metric("relogins_per_user_day");
    let interval = rate.map_or_else(String::new, |own| {
        format!(" (95 % interval {} to {})", brief(own.low), brief(own.high))
    });
    let is_unsure = rate.is_some_and(|own| own.low <= 0.0 && own.high >= 0.0);
    if mean == 0.0 {
        return format!("{change} forces as many re-logins as before.");
    }
    if is_unsure {
        return format!(
            "{change} makes no difference to re-logins that these people could show: {} per day \
             of use on average{interval}.",
            brief(mean)
        );
    }
    let (verb, more) = if mean > 0.0 { ("costs", " more") } else { ("saves", "") };
    let size = brief(mean.abs());
    let interval = match (rate, mean < 0.0) {
        (Some(own), true) => {
            format!(" (95 % interval {} to {})", brief(-own.high), brief(-own.low))
        }
        _ => interval,
    };
    match median.filter(|median| *median != 0.0 && (*median > 0.0) == (mean > 0.0)) {
        Some(median) => format!(
            "{change} {verb} the median user {}{more} logins per day of use, and {size} on \
             average{interval}.",
            brief(median.abs())
        ),
        None if median.is_some() => format!(
            "{change} {verb} half of the users nothing, and {size}{more} logins per day of use on \
             average{interval}."
        ),
        None => format!(
            "{change} {verb} people {size}{more} logins per day of use on average{interval}."
        ),
    }
}

fn who(people: &People) -> String {
    let People { worse, same, better, most_hit, .. } = people;
    let all = (worse + same + better) as f64;
    let part = |count: u64| percent(count as f64 / all);
    let one_way = |count: u64, often: &str| match count as f64 == all {
        true => format!("Everybody logs in {often} often."),
        false => format!("{} of the people log in {often} often.", part(count)),
    };
    let sides = match (worse, better) {
        (0, 0) => "Nobody notices.".to_owned(),
        (_, 0) => one_way(*worse, "more"),
        (0, _) => one_way(*better, "less"),
        _ => format!(
            "{} of the people log in more often, {} less often.",
            part(*worse),
            part(*better)
        ),
    };
    let MostHit { people, change, share } = most_hit;
    if *change <= 0.0 {
        return sides;
    }
    let whom = match people {
        1 => "The one who is hit most bears".to_owned(),
        people => format!("The {people} who are hit most (1 %) bear"),
    };
    format!(
        "{sides} {whom} {} of the additional re-logins: {} more per day of use.",
        percent(*share),
        brief(*change)
    )
}

/// The change as the beginning of a sentence: `Shortening the idle timeout from 3 days to 30
/// minutes`; where too much differs, by the policies' names.
pub(super) fn change(settings: &[Setting<'_>], first: &str, second: &str) -> String {
    let named = || format!("{} instead of {}", plain(second), plain(first));
    let told: Vec<&Setting<'_>> = settings.iter().filter(|own| !follows(own, settings)).collect();
    if told.is_empty() || told.len() > TOLD {
        return named();
    }
    let Some(changes) = told.iter().map(|own| limit(own, settings)).collect::<Option<Vec<_>>>()
    else {
        return named();
    };
    let mut verbs: Vec<(&str, Vec<String>)> = Vec::new();
    for (verb, what) in changes {
        match verbs.iter_mut().find(|(known, _)| *known == verb) {
            Some((_, own)) => own.push(what),
            None => verbs.push((verb, vec![what])),
        }
    }
    let phrases = verbs.into_iter().map(|(verb, what)| format!("{verb} {}", listed(&what)));
    let text = phrases.collect::<Vec<_>>().join(" and ");
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(named, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// `a`, `a and b`, `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
        [] => String::new(),
    }
}

/// Whether a setting only goes along with another: the browser lifetime is by default the other
/// lifetime.
fn follows((key, values): &Setting<'_>, all: &[Setting<'_>]) -> bool {
    let plain = key.strip_suffix("_browser");
    plain.is_some_and(|plain| all.iter().any(|(own, same)| *own == plain && same == values))
}

/// A timeout or a lifetime that changes: the verb, and what of it.
fn limit((key, values): &Setting<'_>, all: &[Setting<'_>]) -> Option<(&'static str, String)> {
    let [from, to] = values.map(|value| millis(value?));
    let (from, to) = (from?, to?);
    let of_one = |end: &str| all.iter().filter(|(own, _)| own.ends_with(end)).count() == 1;
    let what = match *key {
        "session.idle_timeout" => "the idle timeout".to_owned(),
        "session.absolute_timeout" => "the absolute timeout".to_owned(),
        key if key.ends_with(".access_token_lifetime") => match of_one(".access_token_lifetime") {
            true => "the access token’s lifetime".to_owned(),
            false => format!("{}’s access-token lifetime", key.split('.').nth(1)?),
        },
        _ => return None,
    };
    let told = |limit: i64| if limit == i64::MAX { "no end".to_owned() } else { span(limit) };
    let verb = if to < from { "shortening" } else { "lengthening" };
    Some((verb, format!("{what} from {} to {}", told(from), told(to))))
}

/// The milliseconds of a limit as a scenario writes it: `"1h30m"`; `"none"` is the longest.
fn millis(value: &str) -> Option<i64> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    if text == "none" {
        return Some(i64::MAX);
    }
    let (mut sum, mut rest) = (0_i64, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let unit = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = after;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(settings: &[(&str, &str, &str)], expected: &str) {
        let settings: Vec<Setting<'_>> =
            settings.iter().map(|(key, from, to)| (*key, [Some(*from), Some(*to)])).collect();
        assert_eq!(change(&settings, "today", "strict"), expected);
    }

    #[test]
    fn changes_are_told_by_what_they_do() {
        check(
            &[("session.idle_timeout", "\"3d\"", "\"30m\"")],
            "Shortening the idle timeout from 3 days to 30 minutes",
        );
        check(
            &[
                ("session.idle_timeout", "\"3d\"", "\"1h30m\""),
                ("session.absolute_timeout", "\"none\"", "\"8h\""),
                ("api.orders.access_token_lifetime", "\"15m\"", "\"1h\""),
                ("api.orders.access_token_lifetime_browser", "\"15m\"", "\"1h\""),
            ],
            "Shortening the idle timeout from 3 days to 90 minutes and the absolute timeout from \
             no end to 8 hours and lengthening the access token’s lifetime from 15 minutes to 1 hour",
        );
        check(
            &[
                ("api.a.access_token_lifetime", "\"1h\"", "\"5m\""),
                ("api.b.access_token_lifetime", "\"1h\"", "\"10m\""),
            ],
            "Shortening a’s access-token lifetime from 1 hour to 5 minutes and b’s access-token \
             lifetime from 1 hour to 10 minutes",
        );
    }

    #[test]
    fn what_cannot_be_told_in_a_line_goes_by_name() {
        check(&[("session.persistent", "true", "false")], "strict instead of today");
        check(&[], "strict instead of today");
    }
}
