//! `[thresholds]`: what a run must hold, each key a figure of a policy or of a difference.

use std::ops::Range;

use super::condition::{Bound, Flaw, figure, percent_of_nothing, requirement};
use super::nearest::suggest;
use super::problem::{Problem, SourceText};
use super::registry::BOUND;
use super::tree::{Node, Place, Table};
use crate::gate::Statistic;
use crate::gate::Threshold;
use crate::gate::Whose;
use crate::table::Measure;

/// The thresholds of a table, in the order of the text; `policies` are the names that they may
/// use, the first policy first, and behind the first `own` of them relogin's own.
pub(super) fn read(
    table: &Table,
    (policies, own): (&[String], usize),
    source: &SourceText,
    problems: &mut Vec<Problem>,
) -> Vec<Threshold> {
    let mut found = Vec::new();
    for (key, node) in &table.entries {
        let Node::Table(entry) = node else { continue };
        // What is no text has been told.
        let Some(text) = entry.get::<String>(&BOUND) else { continue };
        let tell = |place: &Place, text: &str, flaw: Flaw| {
            let place = source.within(place, text, flaw.at);
            Problem::new(&place, flaw.title).mend(flaw.mend)
        };
        let subject = subject(key, policies).and_then(|subject| {
            sampled(&subject, &policies[own..]).map_err(|title| {
                let mend = "leave the end of the interval out, or name two of the scenario's own";
                Flaw::new(0..key.len(), title, mend)
            })?;
            Ok(subject)
        });
        let subject = match subject {
            Ok(subject) => subject,
            Err(flaw) => {
                problems.push(tell(&entry.place, key, flaw));
                continue;
            }
        };
        let line = match entry.place_of(&BOUND) {
            Place::File(span) => Some(source.line(span.start)),
            _ => None,
        };
        match threshold(key, subject, &text, line) {
            Ok(threshold) => found.push((entry.place.order(), threshold)),
            Err(flaw) => problems.push(tell(entry.place_of(&BOUND), &text, flaw)),
        }
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, threshold)| threshold).collect()
}

/// What a key says.
type Subject = (Whose, &'static Measure, Statistic);

/// Whether the interval that is asked for will be known; what is wrong else.
fn sampled((whose, _, statistic): &Subject, baselines: &[String]) -> Result<(), String> {
    let names: &[&String] = match whose {
        Whose::Every => &[],
        Whose::Policy(policy) => &[policy],
        Whose::Difference { policy, other } => &[policy, other],
    };
    let baseline = names.iter().find(|name| baselines.contains(name));
    match baseline.filter(|_| *statistic != Statistic::Value) {
        Some(name) => Err(format!("no interval is known of the baseline `{name}`")),
        None => Ok(()),
    }
}

fn threshold(
    key: &str,
    (whose, measure, statistic): Subject,
    text: &str,
    line: Option<usize>,
) -> Result<Threshold, Flaw> {
    let (comparison, bound) = requirement(text, measure)?;
    let (bound, percent) = match bound {
        Bound::Absolute(bound) => (bound, false),
        Bound::Percent(bound) if matches!(whose, Whose::Difference { .. }) => (bound, true),
        Bound::Percent(_) => return Err(percent_of_nothing(text, measure)),
    };
    let name = key.to_owned();
    Ok(Threshold { name, whose, measure, statistic, comparison, bound, percent, line })
}

/// Whose figure a key means, and which: `FIGURE`, `POLICY.FIGURE` or `POLICY - POLICY: FIGURE`.
fn subject(key: &str, policies: &[String]) -> Result<Subject, Flaw> {
    if let Ok((measure, statistic)) = figure(key) {
        return Ok((Whose::Every, measure, statistic));
    }
    let (policy, end) = name(key, 0, &['.', ':', '-'], policies)?;
    let (separator, rest) = separated(key, end);
    if separator != Some('-') {
        let (measure, statistic) = figure(&key[rest..]).map_err(|flaw| flaw.after(rest))?;
        return Ok((Whose::Policy(policy), measure, statistic));
    }
    let (other, end) = name(key, rest, &[':'], policies)?;
    let (_, rest) = separated(key, end);
    let (measure, statistic) = figure(&key[rest..]).map_err(|flaw| flaw.after(rest))?;
    let first = policies.first().map_or("", String::as_str);
    if policy == other {
        return Err(Flaw::new(0..end, "a difference from itself", "name two policies"));
    }
    if statistic != Statistic::Value && policy != first && other != first {
        let title = "no interval is known for this difference";
        let mend = format!(
            "differences are paired with the first policy: write `{policy} - {first}: …`, put \
             `{other}` first, or leave `{}` out",
            statistic.ending()
        );
        return Err(Flaw::new(0..end, title, mend));
    }
    Ok((Whose::Difference { policy, other }, measure, statistic))
}

/// The policy's name that begins at byte `start` and ends before one of the separators, and where
/// it ends. Names in quotes may hold anything; of others, the longest that is known.
fn name(
    key: &str,
    start: usize,
    separators: &[char],
    policies: &[String],
) -> Result<(String, usize), Flaw> {
    let start = start + (key[start..].len() - key[start..].trim_start().len());
    let text = &key[start..];
    let ends = |rest: &str| rest.trim_start().starts_with(separators);
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let Some(length) = text[1..].find(quote) else {
            return Err(Flaw::new(start..key.len(), "a quote that is not closed", "close it"));
        };
        let (inner, end) = (&text[1..=length], start + length + 2);
        return match policies.iter().any(|known| known == inner) {
            true if ends(&key[end..]) => Ok((inner.to_owned(), end)),
            true => Err(incomplete(end..key.len(), separators)),
            false => Err(unknown(start + 1..end - 1, inner, policies)),
        };
    }
    let fits = |known: &&String| text.strip_prefix(known.as_str()).is_some_and(ends);
    if let Some(known) = policies.iter().filter(fits).max_by_key(|known| known.len()) {
        return Ok((known.clone(), start + known.len()));
    }
    Err(match guess(text, separators) {
        Some(length) => unknown(start..start + length, &text[..length], policies),
        None => neither(start..key.len(), text, policies),
    })
}

/// How long the name is that was meant.
fn guess(text: &str, separators: &[char]) -> Option<usize> {
    let is_figure = |(at, _): &(usize, char)| figure(&text[at + 1..]).is_ok();
    if let Some(minus) =
        text.find(" - ").filter(|_| separators.contains(&'-') && text.contains(':'))
    {
        return Some(text[..minus].trim_end().len());
    }
    let at =
        text.char_indices().filter(|(_, c)| separators.contains(c) && *c != '-').find(is_figure);
    let colon = || text.find(':').filter(|_| separators == [':']);
    at.map(|(at, _)| at).or_else(colon).map(|at| text[..at].trim_end().len())
}

fn unknown(at: Range<usize>, name: &str, policies: &[String]) -> Flaw {
    Flaw::new(at, format!("no policy `{name}`"), suggest(name, policies.iter().map(String::as_str)))
}

fn incomplete(at: Range<usize>, separators: &[char]) -> Flaw {
    let mend = match separators {
        [':'] => "write `POLICY - POLICY: FIGURE`",
        _ => "write `POLICY.FIGURE` or `POLICY - POLICY: FIGURE`",
    };
    Flaw::new(at, "a policy without a figure", mend)
}

/// The whole is no figure, and no policy begins it.
fn neither(at: Range<usize>, text: &str, policies: &[String]) -> Flaw {
    if let Err(flaw) = figure(text)
        && flaw.mend.starts_with("did you mean")
    {
        return flaw.after(at.start);
    }
    let names: Vec<String> = policies.iter().map(|name| format!("`{name}`")).collect();
    let mend = format!(
        "write `FIGURE`, `POLICY.FIGURE` or `POLICY - POLICY: FIGURE`; policies: {}; figures: \
         SPEC 7's, such as `relogins_per_user_day.p95`",
        names.join(", ")
    );
    Flaw::new(at, format!("`{text}` names no figure of a policy"), mend)
}

/// The separator at byte `end`, and where what follows begins.
fn separated(key: &str, end: usize) -> (Option<char>, usize) {
    let rest = key[end..].trim_start();
    let separator = rest.chars().next();
    (separator, key.len() - rest.len() + separator.map_or(0, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICIES: [&str; 5] = ["today", "strict", "v1.2", "a - b: c", "very-strict"];

    fn policies() -> Vec<String> {
        POLICIES.map(str::to_owned).to_vec()
    }

    #[track_caller]
    fn check(key: &str, whose: &Whose, figure: &str) {
        let (found, measure, statistic) = subject(key, &policies()).unwrap();
        assert_eq!(found, *whose, "{key}");
        assert_eq!(format!("{}{}", measure.name, statistic.ending()), figure, "{key}");
    }

    fn of(policy: &str) -> Whose {
        Whose::Policy(policy.to_owned())
    }

    fn less(policy: &str, other: &str) -> Whose {
        Whose::Difference { policy: policy.to_owned(), other: other.to_owned() }
    }

    #[test]
    fn a_key_says_whose_figure() {
        check("peak_requests_per_second", &Whose::Every, "peak_requests_per_second");
        check("strict.relogins_per_user_day.mean", &of("strict"), "relogins_per_user_day");
        check("strict.relogins_per_user_day.high", &of("strict"), "relogins_per_user_day.high");
        check("very-strict.relogins", &of("very-strict"), "relogins");
        check("strict: relogins", &of("strict"), "relogins");
        check("v1.2.relogins.mid_task", &of("v1.2"), "relogins.mid_task");
        check("\"v1.2\".relogins", &of("v1.2"), "relogins");
        check("'a - b: c'.relogins", &of("a - b: c"), "relogins");
        check("a - b: c.relogins", &of("a - b: c"), "relogins");
        check(
            "strict - today: relogins_per_user_day",
            &less("strict", "today"),
            "relogins_per_user_day",
        );
        check("very-strict-today:relogins.low", &less("very-strict", "today"), "relogins.low");
        check("today - strict: relogins.high", &less("today", "strict"), "relogins.high");
        check("strict - 'v1.2': relogins", &less("strict", "v1.2"), "relogins");
    }

    #[track_caller]
    fn refuse(key: &str, at: &str, title: &str, mend: &str) {
        let flaw = subject(key, &policies()).unwrap_err();
        assert_eq!(&key[flaw.at.clone()], at, "{flaw}");
        assert!(flaw.title.contains(title) && flaw.mend.contains(mend), "{key}: {flaw}");
    }

    #[test]
    fn what_no_key_says_is_told_with_its_place() {
        refuse("stict.relogins", "stict", "no policy", "`strict`");
        refuse("stict - today: relogins", "stict", "no policy", "`strict`");
        refuse("strict - tody: relogins", "tody", "no policy", "`today`");
        refuse("\"v1.3\".relogins", "v1.3", "no policy", "`v1.2`");
        refuse("'v1.2.relogins", "'v1.2.relogins", "not closed", "close");
        refuse("'v1.2'", "", "without a figure", "POLICY.FIGURE");
        refuse("strict.relogin", "relogin", "no figure", "`relogins`");
        refuse("strict - today: relogin", "relogin", "no figure", "`relogins`");
        refuse("relogin", "relogin", "no figure", "`relogins`");
        refuse("many", "many", "names no figure", "`very-strict`");
        refuse("strict - strict: relogins", "strict - strict", "from itself", "two");
        refuse("strict - v1.2: relogins.high", "strict - v1.2", "no interval", "- today: …`");
    }
}
