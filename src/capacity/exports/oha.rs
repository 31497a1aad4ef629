//! oha (<https://github.com/hatoo/oha>): the kinds that take one request each, at the rate of the
//! stretch that asks for most.

use super::{Demand, Form, rate};

pub(super) const FORM: Form = Form { file: "oha.sh", render };

fn render(demand: &Demand<'_>) -> String {
    let what = format!("{}, as rates for oha.", demand.stretch());
    let mut text = format!("#!/bin/sh\n{}", demand.head("#", &what));
    text.push_str(
        "# One request each: logins, which take several, are in k6.js. With rotation each refresh \
         token\n# is good once, so that all but the first are refused.\nset -eu\n\
         : \"${ISSUER:=http://127.0.0.1:8080}\" \"${CLIENT_ID:=web}\" \
         \"${REFRESH_TOKEN:=put-one-here}\"\n\
         : \"${ACCESS_TOKEN:=put-one-here}\" \"${SESSION_COOKIE:=name=value}\" \
         \"${REDIRECT_URI:=http://127.0.0.1:9000/callback}\"\n",
    );
    let [_, silent, refresh, failed, introspection] = demand.rates;
    let posted = |kind: &str, rate: f64, path: &str, body: &str| {
        format!(
            "\n{}oha {} -m POST \\\n  -T application/x-www-form-urlencoded -d \"{body}\" \
             \"$ISSUER/{path}\"\n",
            told(kind, rate),
            pace(rate)
        )
    };
    if refresh > 0.0 {
        let body = "grant_type=refresh_token&client_id=$CLIENT_ID&refresh_token=$REFRESH_TOKEN";
        text.push_str(&posted("Refresh grants", refresh, "token", body));
    }
    if silent > 0.0 {
        text.push_str(&format!(
            "\n{}oha {} -H \"Cookie: $SESSION_COOKIE\" \\\n  \"$ISSUER/authorize?response_type=code\
             &prompt=none&scope=openid&client_id=$CLIENT_ID&redirect_uri=$REDIRECT_URI\"\n",
            told("Silent authentications, without the exchange of their codes", silent),
            pace(silent)
        ));
    }
    if failed > 0.0 {
        let body = "grant_type=refresh_token&client_id=$CLIENT_ID&refresh_token=no-longer-good";
        text.push_str(&posted("Refusals", failed, "token", body));
    }
    if introspection > 0.0 {
        let body = "client_id=$CLIENT_ID&token=$ACCESS_TOKEN";
        text.push_str(&posted("Introspection", introspection, "introspect", body));
    }
    text
}

/// oha paces by whole requests a second, so the exact rate stands beside.
fn told(kind: &str, exact: f64) -> String {
    format!("# {kind}: {} a second predicted.\n", rate(exact))
}

fn pace(exact: f64) -> String {
    let whole = (exact.round() as u64).max(1);
    // Enough to keep the pace while answers take a quarter of a second.
    let connections = (whole / 4).clamp(10, 1_000);
    format!("--no-tui --latency-correction -z 60s -q {whole} -c {connections}")
}
