//! Flows against a provider that a closure plays, also one that cheats.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::*;
use crate::client::forms::Credentials;
use crate::client::scripted::{serve, whole};
use crate::client::transport::Settings;

const HIDDEN: &str = "s3cret-s3cret";

fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

fn metadata(own: &str) -> Option<String> {
    let text = format!(
        r#"{{"issuer": "{own}", "authorization_endpoint": "{own}/auth", "token_endpoint": "{own}/token",
            "jwks_uri": "{own}/jwks", "userinfo_endpoint": "{own}/me",
            "introspection_endpoint": "{own}/introspect", "revocation_endpoint": "{own}/revoke",
            "end_session_endpoint": "{own}/end"}}"#
    );
    whole("200 OK", "", &text)
}

fn query(request: &str, name: &str) -> String {
    let target = request.split(' ').nth(1).expect("a target");
    let url = Url::parse("http://x").and_then(|base| base.join(target)).expect("an address");
    url.query_pairs()
        .find(|(own, _)| own == name)
        .map_or_else(String::new, |(_, value)| value.into())
}

fn redirect(to: &str) -> Option<String> {
    whole("303 See Other", &format!("Location: {to}\r\n"), "")
}

fn client() -> Client {
    Client::new(Registration {
        client_id: "web".to_owned(),
        auth: ClientAuth::Post,
        secret: Some(Secret::new(HIDDEN)),
        redirect_uri: Url::parse("http://127.0.0.1:1/cb").expect("an address"),
        post_logout_redirect_uri: None,
        scope: "openid".to_owned(),
        parameters: vec![("prompt".to_owned(), "consent".to_owned())],
    })
}

async fn provider(issuer: &str) -> Result<Provider, FlowError> {
    let transport = Rc::new(Transport::new(Settings::default()));
    let metadata = discover(&transport, issuer).await?;
    Provider::new(transport, metadata, Vec::new())
}

/// A login at a provider that answers the authorization request with `auth` and the code with `token`.
fn login(
    auth: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
    token: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
) -> Result<Login, FlowError> {
    let server = serve(move |own, request| match request.split(['?', ' ']).nth(1) {
        Some("/.well-known/openid-configuration") => metadata(own),
        Some("/token") => token(own),
        _ => auth(own, request),
    });
    run(async {
        let provider = provider(&server.origin).await.expect("metadata");
        let credentials =
            Credentials { user: "ann".to_owned(), password: Some(Secret::new(HIDDEN)) };
        let (mut browser, mut trip) = (Browser::default(), Trip::default());
        provider
            .login(&mut browser, &client(), &Parameters::default(), &credentials, &mut trip)
            .await
    })
}

fn tokens(own: &str, nonce: &str) -> Option<String> {
    let claims = format!(r#"{{"iss":"{own}","aud":"web","nonce":"{nonce}"}}"#);
    let id_token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
    let text = format!(r#"{{"access_token":"at","token_type":"Bearer","id_token":"{id_token}"}}"#);
    whole("200 OK", "", &text)
}

#[track_caller]
fn fails(result: Result<Login, FlowError>, kind: &str, words: &str) {
    let error = result.expect_err("nobody should be logged in");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(!format!("{error}{error:?}").contains(HIDDEN), "{error:?}");
}

fn back(request: &str, more: &str) -> Option<String> {
    redirect(&format!("http://127.0.0.1:1/cb?state={}&{more}", query(request, "state")))
}

#[test]
fn core_section_3_1_2_a_login_by_form() {
    let nonce = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let told = std::sync::Arc::clone(&nonce);
    let login = login(
        move |_, request| match request.starts_with("GET /auth?") {
            true => {
                assert_eq!(query(request, "code_challenge_method"), "S256");
                assert_eq!(query(request, "prompt"), "consent");
                *nonce.lock().expect("no panic") = query(request, "nonce");
                let page = format!(
                    "<form method=post action='/go?state={}'><input name=user><input type=password name=p></form>",
                    query(request, "state")
                );
                whole("200 OK", "Set-Cookie: s=1\r\n", &page)
            }
            false => {
                assert!(request.contains("cookie: s=1"), "{request}");
                assert!(request.ends_with("user=ann&p=s3cret-s3cret"), "{request}");
                back(request, "code=c0de")
            }
        },
        move |own| tokens(own, &told.lock().expect("no panic")),
    );
    let login = login.expect("a login");
    assert!(login.by_form);
    assert_eq!(login.tokens.access_token, Secret::new("at"));
}

#[test]
fn rfc_6749_section_10_12_another_state_is_refused() {
    let auth = |_: &str, _: &str| redirect("http://127.0.0.1:1/cb?state=other&code=c");
    fails(login(auth, |_| None), "protocol", "state");
}

#[test]
fn rfc_9207_section_2_4_another_issuer_is_refused() {
    let auth = |_: &str, request: &str| back(request, "code=c&iss=https://other.example");
    fails(login(auth, |_| None), "protocol", "issuer");
}

#[test]
fn core_section_3_1_3_7_another_nonce_is_refused() {
    fails(
        login(|_, request| back(request, "code=c0de"), |own| tokens(own, "x")),
        "protocol",
        "nonce",
    );
}

#[test]
fn rfc_6749_section_5_2_errors_are_told_without_secrets() {
    let auth = |_: &str, request: &str| back(request, "code=c0de");
    let refused = |description: &str| {
        let text = format!(r#"{{"error":"invalid_grant","error_description":"{description}"}}"#);
        login(auth, move |_| whole("400 Bad Request", "", &text))
    };
    fails(refused("code is spent"), "invalid_grant", "(code is spent)");
    fails(refused("secret s3cret-s3cret is wrong"), "invalid_grant", "invalid_grant");
    fails(login(auth, |_| whole("503 Busy", "", "")), "http_503", "token endpoint");
}

#[test]
fn a_redirect_leads_to_no_host_that_may_not_be_asked() {
    fails(login(|_, _| redirect("http://192.0.2.1/"), |_| None), "target", "--allow-target");
}

#[test]
fn the_same_form_again_is_a_refusal() {
    let page = "<form method=post action=/go><input name=user><input type=password name=p></form>";
    fails(login(move |_, _| whole("200 OK", "", page), |_| None), "form", "does not accept");
}

#[test]
fn discovery_section_4_3_the_issuer_must_be_the_one_asked() {
    let server = serve(|_, _| metadata("http://127.0.0.1:9"));
    let error = run(provider(&server.origin)).expect_err("another issuer");
    assert!(error.to_string().contains("calls itself"), "{error}");
    let server =
        serve(|own, _| metadata(own).map(|text| text.replace("/token", "@192.0.2.1/token")));
    assert!(run(provider(&server.origin)).is_err());
}
