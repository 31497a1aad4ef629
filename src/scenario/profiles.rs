//! What standards say of session limits: one row each, with the revision in its name, for they
//! differ from one to the next.
//!
//! Only what a policy says by itself is here. What a standard asks of the provider's software (a
//! warning before the end, sessions ended with an account) no policy shows.

use crate::model::Span;

/// How much a standard means a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It should be so: a deviation has to be reasoned and written down.
    Warn,
    /// It has to be so.
    Error,
}

/// A limit of a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The longest timeout; `None` if any will do that exists.
    pub most: Option<Span>,
    /// How much a longer one matters.
    pub severity: Severity,
    /// How much it matters that there is none at all.
    pub missing: Severity,
}

/// A compliance profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// As a scenario names it.
    pub name: &'static str,
    /// The document and its section.
    pub source: &'static str,
    /// Of the time without a use after which nothing may be granted any more.
    pub idle: Option<Rule>,
    /// Of the time after a login from which on everybody has to log in again.
    pub absolute: Option<Rule>,
    /// Whether a refresh token must have an absolute lifetime, even if it slides.
    pub refresh_token_ends: bool,
    /// Whether a refresh token that was used before must be refused: rotation, or tokens that are
    /// bound to their sender, which no policy here says.
    pub refresh_token_rotates: bool,
}

const fn at_most(minutes: i64, severity: Severity) -> Option<Rule> {
    Some(Rule { most: Some(Span::from_mins(minutes)), severity, missing: severity })
}

const fn exists() -> Option<Rule> {
    Some(Rule { most: None, severity: Severity::Error, missing: Severity::Error })
}

const fn profile(
    name: &'static str,
    source: &'static str,
    idle: Option<Rule>,
    absolute: Option<Rule>,
) -> Profile {
    Profile {
        name,
        source,
        idle,
        absolute,
        refresh_token_ends: false,
        refresh_token_rotates: false,
    }
}

const HOUR: i64 = 60;

/// Every profile; where a standard has several readings, the strictest.
pub const PROFILES: &[Profile] = &[
    profile(
        "nist-63b-3-aal2",
        "NIST SP 800-63B (revision 3), section 4.2.3",
        at_most(30, Severity::Error),
        at_most(12 * HOUR, Severity::Error),
    ),
    profile(
        "nist-63b-3-aal3",
        "NIST SP 800-63B (revision 3), section 4.3.3",
        at_most(15, Severity::Error),
        at_most(12 * HOUR, Severity::Error),
    ),
    profile(
        "nist-63b-4-aal2",
        "NIST SP 800-63B-4 (July 2025), section 2.2.3",
        at_most(HOUR, Severity::Warn),
        // There SHALL be a limit, and it SHOULD be a day at most.
        Some(Rule {
            most: Some(Span::from_hours(24)),
            severity: Severity::Warn,
            missing: Severity::Error,
        }),
    ),
    profile(
        "nist-63b-4-aal3",
        "NIST SP 800-63B-4 (July 2025), section 2.3.3",
        at_most(15, Severity::Warn),
        at_most(12 * HOUR, Severity::Error),
    ),
    profile("pci-dss-4", "PCI DSS v4, requirement 8.2.8", at_most(15, Severity::Error), None),
    profile(
        "psd2-rts",
        "Delegated Regulation (EU) 2018/389, article 4(3)(d)",
        at_most(5, Severity::Error),
        None,
    ),
    profile(
        "owasp-high",
        "OWASP Session Management Cheat Sheet, session expiration, high-value applications",
        at_most(5, Severity::Warn),
        at_most(8 * HOUR, Severity::Warn),
    ),
    profile(
        "owasp-low",
        "OWASP Session Management Cheat Sheet, session expiration, low-risk applications",
        at_most(30, Severity::Warn),
        at_most(8 * HOUR, Severity::Warn),
    ),
    Profile {
        refresh_token_ends: true,
        refresh_token_rotates: true,
        ..profile(
            "asvs-5-l2",
            "OWASP ASVS 5.0, requirements 7.3.1, 7.3.2, 10.4.5 and 10.4.8",
            exists(),
            exists(),
        )
    },
    profile(
        "asvs-4-l2",
        "OWASP ASVS 4.0.3, requirement 3.3.2, level 2",
        at_most(30, Severity::Error),
        at_most(12 * HOUR, Severity::Error),
    ),
    profile(
        "asvs-4-l3",
        "OWASP ASVS 4.0.3, requirement 3.3.2, level 3",
        at_most(15, Severity::Error),
        at_most(12 * HOUR, Severity::Error),
    ),
];

/// The profile of that name.
pub(super) fn find(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_have_names_of_their_own_and_ask_for_something() {
        for (index, profile) in PROFILES.iter().enumerate() {
            assert_eq!(PROFILES.iter().position(|p| p.name == profile.name), Some(index));
            assert!(profile.idle.is_some() && !profile.source.is_empty(), "{}", profile.name);
        }
        let rev = |name| find(name).unwrap().absolute.unwrap().most.unwrap();
        // Revision 4 doubled what revision 3 allows.
        assert_eq!(rev("nist-63b-4-aal2"), Span::from_hours(24));
        assert_eq!(rev("nist-63b-3-aal2"), Span::from_hours(12));
    }
}
