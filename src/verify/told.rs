//! The verdict, for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::lockstep::{Row, Tally};
use super::{Difference, Ended};
use crate::model::{Fact, Initiator, Instant, Outcome};
use crate::trace;

/// How everything is called.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// Users and devices.
    pub people: &'a trace::Names,
    /// The apps, by id.
    pub apps: &'a [String],
    /// The APIs, by id.
    pub apis: &'a [String],
}

/// What lockstep came to.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// The policy.
    pub policy: &'a str,
    /// The provider's issuer.
    pub issuer: &'a str,
    /// What was counted.
    pub tally: &'a Tally,
    /// What differed, in time order.
    pub differences: &'a [Difference],
    /// Why it ended.
    pub ended: Ended,
    /// Names.
    pub names: Names<'a>,
}

impl Row {
    fn name(self) -> String {
        match self {
            Self::Uses => "uses".to_owned(),
            Self::Outcome(outcome, false) => format!("outcome.{}", outcome.word()),
            Self::Outcome(outcome, true) => format!("background.{}", outcome.word()),
            Self::Failed => "requests.failed".to_owned(),
            Self::Other => "logouts, closes, revocations".to_owned(),
        }
    }
}

impl Verdict<'_> {
    /// The rows of the table; those of uses stand there also if they are empty.
    fn rows(&self) -> Vec<(String, [u64; 3])> {
        let mut rows = self.tally.rows.clone();
        for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Denied) {
            rows.entry(Row::Outcome(*outcome, false)).or_default();
        }
        rows.entry(Row::Uses).or_default();
        rows.entry(Row::Failed).or_default();
        rows.into_iter().map(|(row, counts)| (row.name(), counts)).collect()
    }

    /// A table, and each difference.
    pub fn text(&self) -> String {
        let mut text = format!("policy {} at {}\n\n", self.policy, self.issuer);
        let _ = writeln!(
            text,
            "{:<28} {:>10} {:>10} {:>12}",
            "", "predicted", "observed", "differences"
        );
        for (name, [predicted, observed, differences]) in self.rows() {
            let _ = writeln!(text, "{name:<28} {predicted:>10} {observed:>10} {differences:>12}");
        }
        let Tally { events, requests, left_out, .. } = self.tally;
        let _ = writeln!(text, "\n{events} events compared by {requests} HTTP requests");
        text.push_str(match self.ended {
            Ended::Finished => "",
            Ended::Different => "ended there: --max-differences goes on\n",
            Ended::Interrupted => "interrupted there: partial\n",
        });
        if *left_out > 0 {
            let _ = writeln!(
                text,
                "{left_out} events are not compared: they came after their device's first difference"
            );
        }
        for difference in self.differences {
            text.push('\n');
            self.difference(difference, &mut text);
        }
        text
    }

    fn difference(&self, difference: &Difference, text: &mut String) {
        let predicted = &difference.predicted;
        let at = shown(predicted.at);
        let _ = writeln!(text, "difference at {at}: {}", difference.clue);
        let _ = writeln!(text, "  record    {}", self.record(difference));
        let _ = writeln!(text, "  predicted {}", predicted_words(&predicted.fact));
        let refused = if difference.refresh_refused { ", a refresh token refused" } else { "" };
        let _ = writeln!(text, "  observed  {}{refused}", difference.observed);
        if let Some(error) = &difference.error {
            let _ = writeln!(text, "            {error}");
        }
        for line in believed(difference) {
            let _ = writeln!(text, "  believed  {line}");
        }
    }

    fn record(&self, difference: &Difference) -> String {
        let predicted = &difference.predicted;
        let mut words = format!("user {:?}", self.names.people.user(predicted.user));
        let device = self.names.people.device(predicted.agent);
        if !device.is_empty() {
            let _ = write!(words, ", device {device:?}");
        }
        match &predicted.fact {
            Fact::Access(access) => {
                let _ = write!(
                    words,
                    ", app {:?}, api {:?}: {}",
                    self.names.apps[access.app.index()],
                    self.names.apis[access.api.index()],
                    initiator(access.initiator)
                );
            }
            Fact::LoggedOut { app, .. } => {
                let _ = write!(words, ", app {:?}: logout", self.names.apps[app.index()]);
            }
            Fact::BrowserClosed { .. } => words.push_str(": close"),
            Fact::Revoked { .. } => words.push_str(": revoke"),
        }
        words
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        let rows = self.rows().into_iter().map(|(name, [predicted, observed, differences])| {
            let row = json!({
                "predicted": predicted, "observed": observed, "differences": differences,
            });
            (name, row)
        });
        let differences: Vec<Value> =
            self.differences.iter().map(|difference| self.difference_json(difference)).collect();
        json!({
            "schema": "relogin.verify/1",
            "policy": self.policy,
            "issuer": self.issuer,
            "complete": self.ended == Ended::Finished,
            "events": self.tally.events,
            "left_out": self.tally.left_out,
            "http_requests": self.tally.requests,
            "rows": rows.collect::<serde_json::Map<_, _>>(),
            "differences": differences,
        })
    }

    fn difference_json(&self, difference: &Difference) -> Value {
        let predicted = &difference.predicted;
        let mut told = json!({
            "ts": predicted.at.as_millis(),
            "user": self.names.people.user(predicted.user),
            "device": self.names.people.device(predicted.agent),
            "predicted": predicted_words(&predicted.fact),
            "observed": difference.observed,
            "refresh_refused": difference.refresh_refused,
            "error": difference.error,
            "clue": difference.clue,
            "believed": believed(difference),
        });
        if let Fact::Access(access) = &predicted.fact {
            told["app"] = json!(self.names.apps[access.app.index()]);
            told["api"] = json!(self.names.apis[access.api.index()]);
            told["initiator"] = json!(initiator(access.initiator));
        }
        told
    }
}

/// What was predicted, with its causes.
fn predicted_words(fact: &Fact) -> String {
    let Fact::Access(access) = fact else { return "done".to_owned() };
    let mut words = access.outcome.word().to_owned();
    let cause = access.cause.map(|cause| cause.word());
    let refresh_cause = access.refresh_cause.map(|cause| cause.word());
    let causes: Vec<String> = [("session", cause), ("refresh token", refresh_cause)]
        .into_iter()
        .filter_map(|(what, cause)| Some(format!("{what}: {}", cause?)))
        .collect();
    if !causes.is_empty() {
        let _ = write!(words, " ({})", causes.join(", "));
    }
    if access.refresh_refused {
        words.push_str(", a refresh token refused");
    }
    words
}

fn believed(difference: &Difference) -> Vec<String> {
    let believed = &difference.believed;
    let session = &believed.session;
    let mut lines = vec![match session.ended {
        Some(cause) => format!("no session ({})", cause.word()),
        None => format!(
            "session created {}, renewed {}, ends {} (idle) or {} (absolute)",
            shown(session.created),
            shown(session.slid),
            shown(believed.session_ends.0),
            shown(believed.session_ends.1)
        ),
    }];
    if let Some((app, token, ends)) = &believed.app {
        if token.issued != Instant::LONG_AGO {
            lines.push(format!(
                "access token issued {}, exp {}",
                shown(token.issued),
                shown(token.exp)
            ));
        }
        if app.refresh_family != Instant::LONG_AGO {
            let held = if app.holds_refresh { "" } else { ", not held any more" };
            lines.push(format!(
                "refresh token given {}, last used {}, ends {} (idle) or {} (absolute){held}",
                shown(app.refresh_family),
                shown(app.refresh_last),
                shown(ends.0),
                shown(ends.1)
            ));
        }
    }
    lines
}

const fn initiator(initiator: Initiator) -> &'static str {
    match initiator {
        Initiator::Use => "use",
        Initiator::Background => "background",
        Initiator::Renewal => "renewal by timer",
        Initiator::KeepAlive => "keep-alive by timer",
    }
}

/// An instant as people read it, to the millisecond.
fn shown(at: Instant) -> String {
    let at = at.finite().and_then(|at| jiff::Timestamp::from_millisecond(at.as_millis()).ok());
    at.map_or_else(|| "never".to_owned(), |at| at.strftime("%FT%T%.3fZ").to_string())
}
