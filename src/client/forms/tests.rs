//! Pages as providers write them.

use url::Url;

use super::*;
use crate::client::secret::Secret;

fn filled(html: &str, fields: &[(&str, &str)]) -> Result<Filled, FormError> {
    let address = Url::parse("https://idp.example/realm/auth?x=1#top").expect("an address");
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let credentials = Credentials { user: "ann@x".to_owned(), password: Some(Secret::new("p&w")) };
    answer(&read(html.as_bytes()), &address, &fields.collect(), &credentials)
}

#[track_caller]
fn check(html: &str, fields: &[(&str, &str)], address: &str, body: Option<&str>, step: Step) {
    let filled = filled(html, fields).expect("a form");
    assert_eq!(filled.address.as_str(), address);
    assert_eq!(filled.body.as_deref(), body);
    assert_eq!(filled.step, step);
}

#[test]
fn name_and_password_with_hidden_fields_as_they_come() {
    check(
        r#"<form method="get" action="/search"><input type="search" name="q"></form>
           <FORM ACTION="login?session_code=a&amp;b=c" METHOD="POST">
             <input type=hidden name=csrf value="&lt;1&gt;">
             <input name="username" autocomplete=username><input type="password" name="password">
             <input type=checkbox name=rememberMe><input name=login type=submit value="Sign In">
           </FORM>"#,
        &[],
        "https://idp.example/realm/login?session_code=a&b=c",
        Some("csrf=%3C1%3E&username=ann%40x&password=p%26w&login=Sign+In"),
        Step::LoggedIn,
    );
}

#[test]
fn a_form_without_action_goes_to_the_page() {
    check(
        "<form method=post action='#'><input name=user><input type=password name=password></form>",
        &[],
        "https://idp.example/realm/auth?x=1",
        Some("user=ann%40x&password=p%26w"),
        Step::LoggedIn,
    );
}

#[test]
fn the_name_may_come_first() {
    check(
        "<form method=post action=/next><input type=email name=whoever><button>Next</button></form>",
        &[],
        "https://idp.example/next",
        Some("whoever=ann%40x"),
        Step::Identified,
    );
}

#[test]
fn the_map_says_what_fields_hold() {
    check(
        "<form method=post action=/go><input name=tenant><input name=a1><input name=a2 type=text></form>",
        &[("tenant", "acme"), ("a1", "{user}@corp"), ("a2", "{password}")],
        "https://idp.example/go",
        Some("tenant=acme&a1=ann%40x%40corp&a2=p%26w"),
        Step::LoggedIn,
    );
}

#[test]
fn a_button_that_leads_elsewhere_is_not_the_one() {
    check(
        "<form method=post action=/login>
           <input type=hidden name=csrf value=1><input name=loginName autocomplete='username webauthn'>
           <input name=hint><button name=register value=true formaction=/register>Register</button>
           <button name=provider value=other>Sign in with Other</button>
           <button name=method value=name>Next</button></form>",
        &[],
        "https://idp.example/login",
        Some("csrf=1&loginName=ann%40x&hint=&method=name"),
        Step::Identified,
    );
}

#[test]
fn a_page_of_two_forms_is_answered_by_the_willing_one() {
    check(
        "<form method=post><input type=hidden name=req value=1>
           <input type=hidden name=approval value=rejected><button>Cancel</button></form>
         <form method=post><input type=hidden name=req value=1>
           <input type=hidden name=approval value=approve><button>Grant Access</button></form>",
        &[],
        "https://idp.example/realm/auth?x=1",
        Some("req=1&approval=approve"),
        Step::Confirmed,
    );
    check(
        "<form method=post action=consent><input type=hidden name=code value=1>
           <input name=accept type=submit value=Ja><input name=cancel type=submit value=Nein></form>
         <form method=post action=other><input type=hidden name=tryAnotherWay value=on></form>",
        &[],
        "https://idp.example/realm/consent",
        Some("code=1&accept=Ja"),
        Step::Confirmed,
    );
}

#[test]
fn consent_is_given_by_the_button_that_does_not_refuse() {
    check(
        "<form method=post action=/no><button name=x value=deny>Deny</button></form>
         <form method=post action=/consent>
           <input type=checkbox name=scope value=openid><input type=checkbox name=scope value=email>
           <input type=submit name=submit value='Deny access'>
           <input type=submit name=submit value='Allow access'></form>",
        &[],
        "https://idp.example/consent",
        Some("scope=openid&scope=email&submit=Allow+access"),
        Step::Confirmed,
    );
}

#[test]
fn buttons_may_stand_outside_of_their_form() {
    check(
        "<form id=out method=post action=/confirm><input type=hidden name=xsrf value=1></form>
         <button type=submit form=out>No, stay signed in</button>
         <button type=submit form=out name=logout value=yes>Yes, sign me out</button>",
        &[],
        "https://idp.example/confirm",
        Some("xsrf=1&logout=yes"),
        Step::Confirmed,
    );
}

#[test]
fn hidden_fields_alone_are_forwarded() {
    check(
        "<base href='/other/'><form method=post action=cb><input type=hidden name=code value=1></form>",
        &[],
        "https://idp.example/other/cb",
        Some("code=1"),
        Step::Forwarded,
    );
}

#[test]
fn what_a_form_wants_is_said() {
    assert_eq!(filled("<p>no form</p>", &[]), Err(FormError::NoForm));
    let otp = filled("<form method=post><input name=a><input name=b></form>", &[]);
    assert_eq!(otp, Err(FormError::UnknownField("a".to_owned())));
    let script = "<script>'<form method=post><input name=user>'</script>";
    assert_eq!(filled(script, &[]), Err(FormError::NoForm));
}

#[test]
fn a_page_may_lead_on_by_itself() {
    let page = read(b"<meta http-equiv=Refresh content=\"0; url='/next?a=b'\">");
    assert_eq!(page.refresh.as_deref(), Some("/next?a=b"));
}
