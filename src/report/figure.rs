//! The figures of SPEC 7 for people: what each is called, its unit, and one line that explains it.

use super::numeral::{decimals, fixed, relative, signed, unit_of_seconds};
use crate::table::{PolicyTables, Value};

/// A figure as a person reads it.
pub(super) struct Figure {
    /// Its flat key.
    pub(super) key: &'static str,
    /// What it is called.
    pub(super) label: &'static str,
    /// What it counts; empty where the label says it. Seconds are shown in a unit that fits.
    pub(super) unit: &'static str,
    /// One line for the glossary.
    pub(super) about: &'static str,
}

/// Figures that belong together.
pub(super) struct Group {
    /// A heading.
    pub(super) name: &'static str,
    /// In the order of a table.
    pub(super) figures: &'static [Figure],
}

const fn figure(
    key: &'static str,
    label: &'static str,
    unit: &'static str,
    about: &'static str,
) -> Figure {
    Figure { key, label, unit, about }
}

/// Every figure of SPEC 7, those first that people ask for first.
pub(super) const GROUPS: [Group; 7] = [
    Group {
        name: "Re-logins",
        figures: &[
            figure(
                "relogins_per_user_day",
                "re-logins per user-day, mean",
                "",
                "Interactive logins that the policy forced, over the days on which a user was active: the price that people pay.",
            ),
            figure(
                "relogins_per_user_day.p50",
                "half of the users at most",
                "per user-day",
                "The middle user: half of the active users have at most this many re-logins per own user-day.",
            ),
            figure(
                "relogins_per_user_day.p90",
                "90% of the users at most",
                "per user-day",
                "Nine users in ten have at most this many.",
            ),
            figure(
                "relogins_per_user_day.p95",
                "95% of the users at most",
                "per user-day",
                "Nineteen users in twenty have at most this many: the unlucky ones.",
            ),
            figure(
                "relogins_per_user_day.p99",
                "99% of the users at most",
                "per user-day",
                "All but one user in a hundred have at most this many.",
            ),
            figure(
                "relogins_per_user_day.max",
                "the unluckiest user",
                "per user-day",
                "The most that any user had per own user-day.",
            ),
            figure(
                "relogins",
                "re-logins in all",
                "logins",
                "Logins after an idle timeout, an absolute timeout or a closed browser. First logins, and those after a logout or a revocation, are none.",
            ),
            figure(
                "relogins.mid_task",
                "in the middle of a task",
                "logins",
                "Of these, those less than the task gap after the person's previous use: work was interrupted.",
            ),
        ],
    },
    Group {
        name: "Interactive logins",
        figures: &[
            figure(
                "outcome.login",
                "logins in all",
                "logins",
                "Uses at which a person had to log in, for whatever cause.",
            ),
            figure(
                "login.idle",
                "after an idle timeout",
                "logins",
                "The session ended because nothing renewed it for too long. A re-login.",
            ),
            figure(
                "login.absolute",
                "after an absolute timeout",
                "logins",
                "The session had reached its greatest age, however active the user was. A re-login.",
            ),
            figure(
                "login.closed",
                "after a closed browser",
                "logins",
                "The session did not outlive the browser. A re-login.",
            ),
            figure(
                "login.first",
                "first logins",
                "logins",
                "Nobody had logged in on this device before.",
            ),
            figure("login.logout", "after a logout", "logins", "The user had logged out."),
            figure(
                "login.revoked",
                "after a revocation",
                "logins",
                "An administrator had ended the session.",
            ),
        ],
    },
    Group {
        name: "Uses",
        figures: &[
            figure(
                "uses",
                "uses",
                "uses",
                "Moments at which a user did something in an app: records of the trace that count.",
            ),
            figure(
                "outcome.valid",
                "with a valid token",
                "uses",
                "The app held a good access token: nothing was asked of the identity provider.",
            ),
            figure(
                "outcome.refresh",
                "after a refresh",
                "uses",
                "The app used its refresh token; the user noticed nothing.",
            ),
            figure(
                "outcome.silent",
                "after a silent authentication",
                "uses",
                "The browser's session gave new tokens without asking the user.",
            ),
            figure(
                "active_users",
                "active users",
                "users",
                "Users with at least one use that counts.",
            ),
            figure(
                "active_user_days",
                "user-days",
                "user-days",
                "Users times the calendar days on which each of them was active.",
            ),
        ],
    },
    Group {
        name: "Requests to the identity provider",
        figures: &[
            figure(
                "requests.login",
                "by login",
                "requests",
                "Token requests that a login answered.",
            ),
            figure(
                "requests.silent",
                "by silent authentication",
                "requests",
                "Token requests answered through the browser's session, without the user.",
            ),
            figure(
                "requests.refresh",
                "by refresh token",
                "requests",
                "Token requests answered for a refresh token.",
            ),
            figure(
                "requests.failed",
                "refused",
                "requests",
                "Requests that the identity provider refused: spent tokens, and apps that nobody attends.",
            ),
            figure(
                "requests.introspection",
                "introspection",
                "requests",
                "Questions of an API about a token.",
            ),
            figure(
                "peak_requests_per_second",
                "fullest second",
                "requests/s",
                "The most requests of all kinds within one second.",
            ),
            figure(
                "peak_requests_per_minute",
                "fullest minute",
                "requests/min",
                "The most requests of all kinds within one minute.",
            ),
        ],
    },
    Group {
        name: "Of these, by apps on their own",
        figures: &[
            figure(
                "background.silent",
                "silent authentication",
                "requests",
                "Silent authentications by timers and background requests, with nobody there.",
            ),
            figure(
                "background.refresh",
                "refresh",
                "requests",
                "Refreshes by timers and background requests.",
            ),
            figure(
                "background.failed",
                "refused",
                "requests",
                "Refusals met by timers and background requests.",
            ),
            figure(
                "background.introspection",
                "introspection",
                "requests",
                "Introspections caused by background requests.",
            ),
        ],
    },
    Group {
        name: "Sessions",
        figures: &[
            figure(
                "sessions.started",
                "sessions begun",
                "sessions",
                "Sessions at the identity provider begun in the whole run, warm-up included.",
            ),
            figure(
                "sessions.peak",
                "most at once",
                "sessions",
                "The most sessions alive at the same time.",
            ),
            figure(
                "sessions.unattended_hours",
                "left unattended",
                "h",
                "Over all sessions, the time from the last use to the session's end: what a thief of the device would have. Pauses within a session do not count, so that `never`, with one session for each device, may show less than a policy with many.",
            ),
        ],
    },
    Group {
        name: "Access tokens",
        figures: &[
            figure(
                "access_token.mean_residual_s",
                "access after revocation",
                "s",
                "How long, on average, a revoked user keeps access, for nobody takes back an access token.",
            ),
            figure(
                "access_token.max_lifetime_s",
                "longest access after revocation",
                "s",
                "The longest lifetime of an access token that was issued.",
            ),
        ],
    },
];

/// What people ask for first, in groups, by key.
const FIRST: [(&str, &[&str]); 5] = [
    (
        "Re-logins",
        &[
            "relogins_per_user_day",
            "relogins_per_user_day.p95",
            "relogins",
            "login.idle",
            "login.absolute",
            "login.closed",
            "relogins.mid_task",
        ],
    ),
    ("Interactive logins", &["outcome.login"]),
    (
        "Requests to the identity provider",
        &[
            "requests.login",
            "requests.silent",
            "requests.refresh",
            "requests.failed",
            "requests.introspection",
            "peak_requests_per_second",
            "peak_requests_per_minute",
        ],
    ),
    ("Sessions", &["sessions.peak", "sessions.unattended_hours"]),
    ("Access tokens", &["access_token.mean_residual_s"]),
];

/// The groups of [`FIRST`] with the figures that say something: what no policy has any of is left
/// to the table of every figure, but for re-logins themselves.
pub(super) fn first(policies: &[PolicyTables]) -> Vec<(&'static str, Vec<Line>)> {
    let lines = |keys: &[&str]| {
        let lines = keys.iter().map(|key| line(of(key), policies));
        let said = |line: &Line| !line.is_nothing() || line.figure.key.starts_with("relogins");
        lines.filter(said).collect()
    };
    let groups = FIRST.iter().map(|(name, keys)| (*name, lines(keys)));
    groups.filter(|(_, lines): &(_, Vec<Line>)| !lines.is_empty()).collect()
}

/// The figure of a flat key.
///
/// # Panics
/// If there is none: keys are written in code only.
pub(super) fn of(key: &str) -> &'static Figure {
    let mut all = GROUPS.iter().flat_map(|group| group.figures);
    all.find(|figure| figure.key == key).unwrap_or_else(|| panic!("no figure {key:?}"))
}

/// A policy's figure as it was meant: infinite where access tokens never end, which SPEC 7 leaves
/// out of its mean and maximum.
pub(super) fn value(policy: &PolicyTables, key: &str) -> f64 {
    if key.starts_with("access_token.") && policy.endless_access_tokens > 0 {
        return f64::INFINITY;
    }
    policy.metric(key)
}

/// A figure of every policy, in one unit and with as many decimals, so that they compare.
pub(super) struct Line {
    /// What it is.
    pub(super) figure: &'static Figure,
    /// The unit that suits the policies' values.
    pub(super) unit: &'static str,
    /// By policy: the value in that unit.
    pub(super) values: Vec<f64>,
    decimals: usize,
}

/// The figure for every policy, in the order of the tables.
pub(super) fn line(figure: &'static Figure, policies: &[PolicyTables]) -> Line {
    let raw: Vec<f64> = policies.iter().map(|policy| value(policy, figure.key)).collect();
    let greatest_of = |baselines: bool| {
        let pairs = raw.iter().zip(policies).filter(|(_, p)| baselines || !p.baseline);
        pairs.map(|(value, _)| *value).filter(|value| value.is_finite()).fold(0.0, f64::max)
    };
    // Baselines are far off, and should not take digits from the rest.
    let greatest = if greatest_of(false) > 0.0 { greatest_of(false) } else { greatest_of(true) };
    let seconds = figure.unit == "s";
    let (unit, factor) = if seconds { unit_of_seconds(greatest) } else { (figure.unit, 1.0) };
    let whole = |policy: &PolicyTables| {
        let metric = policy.metrics.iter().find(|metric| metric.name == figure.key);
        matches!(metric.map(|metric| &metric.value), Some(Value::Count(_)))
    };
    let decimals = if policies.iter().all(whole) { 0 } else { decimals(greatest / factor) };
    Line { figure, unit, values: raw.iter().map(|value| value / factor).collect(), decimals }
}

impl Line {
    /// Whether no policy has any of it.
    pub(super) fn is_nothing(&self) -> bool {
        self.values.iter().all(|value| *value == 0.0)
    }

    /// A policy's value.
    pub(super) fn text(&self, policy: usize) -> String {
        if self.values[policy].is_infinite() {
            return "no end".to_owned();
        }
        fixed(self.values[policy], self.decimals)
    }

    /// The unit, where it is more than the thing that the label counts.
    pub(super) fn unit_to_tell(&self) -> &'static str {
        let things = ["logins", "uses", "users", "user-days", "sessions", "requests"];
        if things.contains(&self.unit) { "" } else { self.unit }
    }

    /// How far a policy is from the first: absolute, and relative where that has a meaning; empty
    /// where it is the same.
    pub(super) fn difference(&self, policy: usize) -> (String, Option<String>) {
        let (from, to) = (self.values[0], self.values[policy]);
        if from.is_infinite() || to.is_infinite() || from == to {
            return (String::new(), None);
        }
        (signed(to - from, self.decimals), relative(from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::fixture;

    #[test]
    fn every_figure_of_a_summary_is_explained_once() {
        let policies = fixture::office();
        let known: Vec<&str> = policies[0].metrics.iter().map(|metric| metric.name).collect();
        let mut shown: Vec<&str> =
            GROUPS.iter().flat_map(|group| group.figures).map(|figure| figure.key).collect();
        assert_eq!(shown.len(), known.len(), "a figure is missing, or stands twice");
        shown.retain(|key| !known.contains(key));
        assert!(shown.is_empty(), "no summary has {shown:?}");
    }

    #[test]
    fn seconds_take_a_unit_that_suits_and_baselines_take_no_digits() {
        let mut policies = fixture::office();
        let seconds = line(of("access_token.mean_residual_s"), &policies);
        assert_eq!((seconds.unit, seconds.text(0)), ("h", "12.0".to_owned()));
        let rate = line(of("relogins_per_user_day"), &policies);
        let texts: Vec<String> = (0..policies.len()).map(|index| rate.text(index)).collect();
        assert!(texts.iter().all(|text| text.split_once('.').unwrap().1.len() == 2), "{texts:?}");
        policies[1].endless_access_tokens = 1;
        let seconds = line(of("access_token.mean_residual_s"), &policies);
        assert_eq!((seconds.unit, seconds.text(1)), ("h", "no end".to_owned()));
        assert_eq!(seconds.difference(1), (String::new(), None));
        policies.truncate(1);
        assert_eq!(line(of("uses"), &policies).difference(0), (String::new(), None));
    }
}
