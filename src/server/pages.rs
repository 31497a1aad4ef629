//! What people see: plain forms without scripts, under a content security policy that allows
//! nothing else.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::Answer;
use super::error::OAuthError;

const STYLE: &str = include_str!("pages.css");

/// OAuth 2.0 Form Post Response Mode §2: the browser posts the form by itself.
const SUBMIT: &str = "document.forms[0].submit()";

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| hash(STYLE));
static SUBMIT_HASH: LazyLock<String> = LazyLock::new(|| hash(SUBMIT));

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

/// `text` inside an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A whole page. Forms may lead to `form_action` in the end.
fn page(
    (status, outcome): (StatusCode, &'static str),
    title: &str,
    main: &str,
    (form_action, script): (&str, &str),
) -> Answer {
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – relogin</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         {main}</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; style-src {}; {script}form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'",
        *STYLE_HASH
    );
    let policy = HeaderValue::from_str(&policy);
    Answer::page(status, outcome, body)
        .with(
            CONTENT_SECURITY_POLICY,
            policy.unwrap_or(HeaderValue::from_static("default-src 'none'")),
        )
        .with(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
        .with(REFERRER_POLICY, HeaderValue::from_static("no-referrer"))
        .with(
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        )
}

/// What the login page shows.
pub(super) struct Login<'a> {
    pub(super) app: &'a str,
    /// Where the form goes: a path and a query of ours.
    pub(super) action: &'a str,
    pub(super) csrf: &'a str,
    /// The name that stands there already.
    pub(super) username: &'a str,
    /// What was wrong the last time.
    pub(super) problem: Option<&'a str>,
    pub(super) any_password: bool,
    /// Where the browser goes in the end.
    pub(super) origin: &'a str,
}

/// The login page.
pub(super) fn login(login: &Login<'_>, outcome: &'static str) -> Answer {
    let mut main = format!("<h1>Log in</h1>\n<p>to go on to <b>{}</b></p>\n", escaped(login.app));
    if let Some(problem) = login.problem {
        let _ = writeln!(
            main,
            "<p class=\"problem\" role=\"alert\" id=\"problem\">{}</p>",
            escaped(problem)
        );
    }
    let described = if login.problem.is_some() { " aria-describedby=\"problem\"" } else { "" };
    let (name_focus, password_focus) =
        if login.username.is_empty() { (" autofocus", "") } else { ("", " autofocus") };
    let _ = write!(
        main,
        "<form method=\"post\" action=\"{action}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
         <label for=\"username\">User name</label>\n\
         <input id=\"username\" name=\"username\" value=\"{username}\" required maxlength=\"128\" \
         autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\"{described}\
         {name_focus}>\n\
         <label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" required maxlength=\"1024\" \
         autocomplete=\"current-password\"{password_focus}>\n\
         <button>Log in</button>\n</form>\n",
        action = escaped(login.action),
        csrf = escaped(login.csrf),
        username = escaped(login.username),
    );
    if login.any_password {
        main.push_str(
            "<p class=\"note\">This is relogin’s reference server, for tests: any user name will \
             do, with any password.</p>\n",
        );
    }
    let form_action = format!("'self' {}", login.origin);
    page((StatusCode::OK, outcome), "Log in", &main, (&form_action, ""))
}

/// An error that cannot be told to the client (RFC 6749 §4.1.2.1).
pub(super) fn error(status: StatusCode, error: &OAuthError) -> Answer {
    let main = format!(
        "<h1>This request cannot be answered</h1>\n<p>{}.</p>\n\
         <p class=\"note\">Nobody was sent back, because the application that asked cannot be \
         trusted to be the one it says it is. Its developers need this: <code>{}</code>.</p>\n",
        escaped(error.description),
        error.code
    );
    page((status, error.code), "Error", &main, ("'none'", ""))
}

/// Asks whether somebody wants to log out (RP-Initiated Logout §2).
pub(super) fn confirm_logout(action: &str, csrf: &str, origin: &str) -> Answer {
    let main = format!(
        "<h1>Log out?</h1>\n<form method=\"post\" action=\"{}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{}\">\n<button>Log out</button>\n</form>\n",
        escaped(action),
        escaped(csrf)
    );
    let form_action = format!("'self' {origin}");
    page((StatusCode::OK, "ok"), "Log out", &main, (&form_action, ""))
}

/// A logout that leads nowhere else.
pub(super) fn logged_out() -> Answer {
    let main = "<h1>You are logged out</h1>\n<p>You may close this page.</p>\n";
    page((StatusCode::OK, "ok"), "Logged out", main, ("'none'", ""))
}

/// An authorization response by `response_mode=form_post`.
pub(super) fn form_post<'a>(
    redirect_uri: &str,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    outcome: &'static str,
) -> Answer {
    let mut main = format!("<form method=\"post\" action=\"{}\">\n", escaped(redirect_uri));
    for (name, value) in pairs {
        let (name, value) = (escaped(name), escaped(value));
        let _ = writeln!(main, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    }
    let _ = write!(main, "<button>Go on</button>\n</form>\n<script>{SUBMIT}</script>\n");
    let script = format!("script-src {}; ", *SUBMIT_HASH);
    page((StatusCode::OK, outcome), "Go on", &main, ("*", &script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_request_says_becomes_markup() {
        let nasty = "\"><script>alert('x')</script>&";
        let shown = Login {
            app: nasty,
            action: nasty,
            csrf: nasty,
            username: nasty,
            problem: Some(nasty),
            any_password: false,
            origin: "http://127.0.0.1:1",
        };
        let answer = login(&shown, "login_page");
        let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
        assert!(!body.contains("<script>") && !body.contains("\"><"), "{body}");
    }
}
