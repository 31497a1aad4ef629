//! Vegeta (<https://github.com/tsenart/vegeta>): the kinds that take one request each, at the rate
//! of the stretch that asks for most.

use super::{Demand, Form, per_minute};

pub(super) const FORM: Form = Form { file: "vegeta.sh", render };

const FORM_TYPE: &str = "Content-Type: application/x-www-form-urlencoded";

fn render(demand: &Demand<'_>) -> String {
    let what = format!("{}, as rates for Vegeta.", demand.stretch());
    let mut text = format!("#!/bin/sh\n{}", demand.head("#", &what));
    text.push_str(
        "# One request each: logins, which take several, are in k6.js. With rotation each refresh \
         token\n# is good once, so that all but the first are refused.\nset -eu\n\
         : \"${ISSUER:=http://127.0.0.1:8080}\" \"${CLIENT_ID:=web}\" \
         \"${REFRESH_TOKEN:=put-one-here}\"\n\
         : \"${ACCESS_TOKEN:=put-one-here}\" \"${SESSION_COOKIE:=name=value}\" \
         \"${REDIRECT_URI:=http://127.0.0.1:9000/callback}\"\nbody=$(mktemp)\n",
    );
    let [_, silent, refresh, failed, introspection] = demand.rates;
    let posted = |kind: &str, rate: f64, path: &str, body: &str| {
        format!(
            "\n# {kind}\nprintf '%s' \"{body}\" >\"$body\"\n\
             printf 'POST %s/{path}\\n{FORM_TYPE}\\n@%s\\n' \"$ISSUER\" \"$body\" |\n  \
             vegeta attack -rate={}/1m -duration=60s | vegeta report\n",
            per_minute(rate)
        )
    };
    if refresh > 0.0 {
        let body = "grant_type=refresh_token&client_id=$CLIENT_ID&refresh_token=$REFRESH_TOKEN";
        text.push_str(&posted("Refresh grants.", refresh, "token", body));
    }
    if silent > 0.0 {
        text.push_str(&format!(
            "\n# Silent authentications, without the exchange of their codes.\n\
             printf 'GET %s/authorize?response_type=code&prompt=none&scope=openid&client_id=%s\
             &redirect_uri=%s\\nCookie: %s\\n' \\\n  \
             \"$ISSUER\" \"$CLIENT_ID\" \"$REDIRECT_URI\" \"$SESSION_COOKIE\" |\n  \
             vegeta attack -rate={}/1m -duration=60s -redirects=-1 | vegeta report\n",
            per_minute(silent)
        ));
    }
    if failed > 0.0 {
        let body = "grant_type=refresh_token&client_id=$CLIENT_ID&refresh_token=no-longer-good";
        text.push_str(&posted("Refusals.", failed, "token", body));
    }
    if introspection > 0.0 {
        let body = "client_id=$CLIENT_ID&token=$ACCESS_TOKEN";
        text.push_str(&posted("Introspection.", introspection, "introspect", body));
    }
    text.push_str("\nrm -f \"$body\"\n");
    text
}
