//! The figures of SPEC 7 in words: what each is called, its unit, and one line that explains it.

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
pub(super) const FIRST: [(&str, &[&str]); 5] = [
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
