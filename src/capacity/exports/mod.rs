//! The predicted load in the forms that other load test tools read: one file each, one row here.
//!
//! They aim at this machine and nothing else until somebody says otherwise, and say why.

mod k6;
mod keycloak_benchmark;
mod oha;
mod vegeta;

use crate::bill::{Basis, Export};

/// What a policy asks of its provider when most is asked.
#[derive(Clone, Debug)]
pub(super) struct Demand<'a> {
    pub(super) policy: &'a str,
    pub(super) scenario: &'a str,
    pub(super) scale: f64,
    pub(super) basis: Basis,
    /// When the stretch began that is sized for.
    pub(super) at: Option<i64>,
    /// Its requests per second, by kind.
    pub(super) rates: [f64; 5],
    /// When the hour around the fullest minute begins, milliseconds.
    pub(super) hour: i64,
    /// The requests of each of its minutes, by kind.
    pub(super) minutes: [[f64; 5]; 60],
    /// Logouts per second.
    pub(super) logouts: f64,
}

/// A form of it.
struct Form {
    file: &'static str,
    render: fn(&Demand<'_>) -> String,
}

const FORMS: [&Form; 4] = [&k6::FORM, &keycloak_benchmark::FORM, &vegeta::FORM, &oha::FORM];

/// Every form of a demand, if anything is asked at all.
pub(super) fn all(demand: &Demand<'_>) -> Vec<Export> {
    if demand.at.is_none() {
        return Vec::new();
    }
    let export = |form: &&Form| Export { file: form.file, text: (form.render)(demand) };
    FORMS.iter().map(export).collect()
}

impl Demand<'_> {
    /// What every file says at its head, each line a comment that begins with `sign`.
    fn head(&self, sign: &str, what: &str) -> String {
        let (policy, scenario) = (plain(self.policy), plain(self.scenario));
        let scale = match self.scale {
            1.0 => String::new(),
            scale => format!(", each user standing for {scale}"),
        };
        let lines = [
            format!("Scenario {scenario}, policy {policy}{scale}: {what}"),
            "The target is this machine until you name another. Providers that are rented forbid"
                .to_owned(),
            "load tests or want to be asked first (Auth0, Okta, Microsoft Entra, Amazon Cognito,"
                .to_owned(),
            "Ory): read their policies before you do.".to_owned(),
        ];
        lines.map(|line| format!("{sign} {line}\n")).concat()
    }

    /// `the fullest minute, from 2026-03-02T08:11:00Z`.
    fn stretch(&self) -> String {
        let at = self.at.map(instant).unwrap_or_default();
        format!("the {} that asks for most, from {at}", self.basis.word())
    }
}

/// An instant, RFC 3339.
fn instant(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}

/// A name that can stand in a comment of one line.
fn plain(name: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    name.chars().map(|c| if breaks(c) { ' ' } else { c }).collect()
}

/// A rate with at most three decimals, and none that says nothing.
fn rate(rate: f64) -> String {
    let text = format!("{rate:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A rate as whole requests in a minute, at least one.
fn per_minute(rate: f64) -> u64 {
    ((60.0 * rate).round() as u64).max(1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An hour whose 30th minute asks for most.
    pub(crate) fn demand() -> Demand<'static> {
        let mut minutes = [[0.0; 5]; 60];
        for (minute, requests) in minutes.iter_mut().enumerate() {
            let busy = 30.0 - (minute as f64 - 30.0).abs();
            *requests = [busy, 2.0 * busy, 20.0 * busy, 0.0, 0.0];
        }
        let rates = minutes[30].map(|requests| requests / 60.0);
        Demand {
            policy: "today",
            scenario: "office",
            scale: 40.0,
            basis: Basis::Minute,
            at: Some(1_767_603_600_000 + 30 * 60_000),
            rates,
            hour: 1_767_603_600_000,
            minutes,
            logouts: 0.0,
        }
    }

    #[test]
    fn nothing_is_tested_where_nothing_is_asked() {
        assert_eq!(all(&Demand { at: None, ..demand() }), []);
    }

    #[test]
    fn a_name_does_not_get_out_of_its_comment() {
        let demand = Demand { policy: "a\nrm -rf /", scenario: "b\u{2028}c", ..demand() };
        for export in all(&demand) {
            let lines = export.text.split(['\n', '\r', '\u{2028}', '\u{2029}']);
            let told: Vec<&str> = lines.filter(|line| line.contains("rm -rf")).collect();
            assert_eq!(told.len(), 1, "{}", export.file);
            assert!(told[0].starts_with("# ") || told[0].starts_with("// "), "{}", export.file);
        }
    }

    #[test]
    fn every_file_is_as_it_was() {
        for export in all(&demand()) {
            insta::assert_snapshot!(export.file, export.text);
        }
    }

    #[test]
    fn rates_are_short() {
        assert_eq!([0.0, 0.5, 12.0, 1.0 / 3.0].map(rate), ["0", "0.5", "12", "0.333"]);
    }
}
