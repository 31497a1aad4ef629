//! Amazon Cognito: requests per second of an account in a Region, by category of operations.
//!
//! Logins and refresh grants draw on one quota, and exchanges of a code on another of the same size
//! (<https://repost.aws/questions/QUFRuNyMQ_RVu3KimZTSc4Zw/cognito-token-endpoint-quotas>).

use super::{PlanRow, window};
use crate::bill::Basis::Second;

pub(super) const DEFAULT: PlanRow = PlanRow {
    name: "cognito",
    about: "Amazon Cognito, default quotas",
    source: "https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html",
    caveat: "the quotas are adjustable, and were read in excerpts; which flow draws on which is \
        from an answer on AWS re:Post; answers to a login's challenges, which have three times the \
        quota, are left out",
    counts_login_flows: false,
    limits: || {
        vec![
            window("UserAuthentication", 120, Second, [1, 0, 1, 1, 0]),
            window("code exchange", 120, Second, [1, 1, 0, 0, 0]),
        ]
    },
};
