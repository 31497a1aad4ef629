//! keycloak-benchmark (<https://www.keycloak.org/keycloak-benchmark/>): flags of `kcb.sh`.
//!
//! Its virtual users log in, refresh so many times, and perhaps log out; so the rate of refreshes
//! comes from the rate of logins and a whole number of refreshes for each.

use super::{Demand, Form, rate};

pub(super) const FORM: Form = Form { file: "kcb.sh", render };

/// Seconds that are measured.
const MEASURED: u64 = 300;

fn render(demand: &Demand<'_>) -> String {
    let what = format!("{}, for keycloak-benchmark.", demand.stretch());
    let mut text = format!("#!/bin/sh\n{}", demand.head("#", &what));
    let [login, silent, refresh, _, _] = demand.rates;
    let renewals = silent + refresh;
    text.push_str(&format!(
        "#\n# Predicted a second: {} logins, {} refreshes, {} silent authentications. Its users \
         renew by\n# refresh grants alone, so that silent authentications are counted as these.\n",
        rate(login),
        rate(refresh),
        rate(silent)
    ));
    if login <= 0.0 {
        text.push_str(
            "# Its users begin with a login, and nobody logs in then: use k6.js instead.\nexit 1\n",
        );
        return text;
    }
    let count = (renewals / login).round() as u64;
    text.push_str(&format!(
        "# {count} refreshes for each login make {} a second.\nset -eu\n\n\
         exec \"${{KCB:-bin/kcb.sh}}\" \\\n  \
         --scenario=keycloak.scenario.authentication.AuthorizationCode \\\n  \
         --server-url=\"${{SERVER_URL:-http://127.0.0.1:8080}}\" \\\n  \
         --realm-name=\"${{REALM:-realm-0}}\" \\\n  --users-per-sec={} \\\n  \
         --refresh-token-count={count} \\\n  --refresh-token-period=1 \\\n  \
         --logout-percentage={} \\\n  --ramp-up={} \\\n  --measurement={MEASURED}\n",
        rate(count as f64 * login),
        rate(login),
        rate((100.0 * demand.logouts / login).min(100.0)),
        // Until then the first users are still at their refreshes.
        count.clamp(5, 600)
    ));
    text
}
