//! A browser going from page to page: cookies, redirects, forms.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, StatusCode};
use url::Url;

use super::{Browser, FlowError, Provider, Trip};
use crate::client::forms::{Filled, Page, read};
use crate::client::transport::Answer;

/// What a browser asks for.
#[derive(Clone)]
pub(super) struct Going {
    pub(super) address: Url,
    /// The fields of a form; without, a plain page.
    pub(super) body: Option<String>,
    /// The page that it comes from.
    pub(super) from: Option<Url>,
    /// Where redirects lead need not be there: what was asked for is done before.
    pub(super) may_land_nowhere: bool,
}

/// Where it arrived.
pub(super) enum Arrival {
    /// At the client: the parameters of its redirect URI.
    Back(Vec<(String, String)>),
    /// At a page of the provider.
    Page(Box<Page>, Url),
}

/// Redirects in a row before a circle is assumed.
const MOST_REDIRECTS: usize = 20;

impl Going {
    pub(super) fn to(address: Url) -> Self {
        Self { address, body: None, from: None, may_land_nowhere: false }
    }

    /// Submits a form of the page `from`.
    pub(super) fn submitting(filled: Filled, from: Url) -> Self {
        let Filled { address, body, .. } = filled;
        Self { address, body, from: Some(from), may_land_nowhere: false }
    }
}

impl Provider {
    /// Follows redirects until a page, or until the browser would leave for `home`, the client's
    /// redirect URI.
    pub(super) async fn go(
        &self,
        at: &'static str,
        browser: &mut Browser,
        mut going: Going,
        home: Option<&Url>,
        trip: &mut Trip,
    ) -> Result<Arrival, FlowError> {
        for redirects in 0..MOST_REDIRECTS {
            if let Some(back) = arrived(&going, home) {
                return Ok(Arrival::Back(back));
            }
            let answer = self.send(at, request(at, browser, &going)?, trip).await?;
            take_cookies(browser, &going.address, &answer);
            let next = match answer.headers.get(header::LOCATION) {
                Some(next) if answer.status.is_redirection() => next,
                _ if redirects > 0 && going.may_land_nowhere && answer.status == 404 => {
                    return Ok(Arrival::Page(Box::default(), going.address));
                }
                _ => return page(at, &answer, going.address),
            };
            let next = next.to_str().ok().and_then(|next| going.address.join(next).ok());
            let next = next.ok_or(FlowError::protocol(at, "it redirects to no address"))?;
            // RFC 9110 §15.4: 307 and 308 keep method and body, after 303 it is a GET, and browsers
            // make it one after 301 and 302 too.
            let keeps = matches!(
                answer.status,
                StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
            );
            going =
                Going { address: next, body: going.body.filter(|_| keeps), from: None, ..going };
        }
        Err(FlowError::protocol(at, "it redirects in a circle"))
    }
}

/// What the client gets if `going` leads to it, by redirect or by `response_mode=form_post`.
fn arrived(going: &Going, home: Option<&Url>) -> Option<Vec<(String, String)>> {
    let (home, address) = (home?, &going.address);
    let same = |part: fn(&Url) -> Option<&str>| part(home) == part(address);
    let is_home = home.scheme() == address.scheme()
        && same(Url::host_str)
        && home.port_or_known_default() == address.port_or_known_default()
        && home.path() == address.path();
    if !is_home {
        return None;
    }
    let told = [going.body.as_deref(), address.query(), address.fragment()];
    let pairs =
        |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
    Some(told.into_iter().flatten().flat_map(pairs).collect())
}

fn request(
    at: &'static str,
    browser: &Browser,
    going: &Going,
) -> Result<Request<Bytes>, FlowError> {
    let unsendable = || FlowError::protocol(at, "it leads to an address that is none");
    let address = going.address.as_str();
    let address = address.split_once('#').map_or(address, |(address, _)| address);
    let method = if going.body.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(address)
        .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::USER_AGENT, concat!("Mozilla/5.0 relogin/", env!("CARGO_PKG_VERSION")));
    if let Some(cookies) = browser.jar.header(&going.address) {
        let mut cookies = HeaderValue::try_from(cookies).map_err(|_| unsendable())?;
        cookies.set_sensitive(true);
        request = request.header(header::COOKIE, cookies);
    }
    if going.body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    // Some providers hold both against forged forms.
    if let Some(from) = &going.from {
        let origin = from.origin().ascii_serialization();
        request = request.header(header::REFERER, format!("{origin}/"));
        if going.body.is_some() {
            request = request.header(header::ORIGIN, origin);
        }
    }
    let body = going.body.clone().map_or_else(Bytes::new, Bytes::from);
    request.body(body).map_err(|_| unsendable())
}

fn take_cookies(browser: &mut Browser, address: &Url, answer: &Answer) {
    let mut headers = answer.headers.get_all(header::SET_COOKIE).iter().peekable();
    if headers.peek().is_none() {
        return;
    }
    let now = browser.now.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| since.as_secs().cast_signed())
    });
    for header in headers.filter_map(|header| header.to_str().ok()) {
        browser.jar.receive(address, header, now);
    }
}

fn page(at: &'static str, answer: &Answer, address: Url) -> Result<Arrival, FlowError> {
    let page = read(&answer.body);
    // Some providers show their login form with 401.
    let is_page = answer.status.is_success()
        || (matches!(answer.status.as_u16(), 400 | 401 | 403) && !page.forms.is_empty());
    match is_page {
        true => Ok(Arrival::Page(Box::new(page), address)),
        false => Err(FlowError::Status { at, status: answer.status.as_u16() }),
    }
}
