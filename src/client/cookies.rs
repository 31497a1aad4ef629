//! The cookies of one browser (RFC 6265), small enough for tens of thousands of them.
//!
//! Time is the provider's business here, as everywhere in this room: a cookie is dropped when the
//! provider says so (a `Max-Age` of zero, an `Expires` that is over) or when there are too many, and
//! then those first whose time is over.

use cookie::Cookie;
use url::{Host, Url};

use super::target::is_loopback;

/// A browser's cookies.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Jar {
    kept: Vec<Kept>,
}

/// One cookie.
#[derive(Clone, PartialEq, Eq)]
struct Kept {
    /// `name=value`.
    pair: Box<str>,
    /// The domain, and the path after it.
    scope: Box<str>,
    name_length: u16,
    domain_length: u16,
    is_host_only: bool,
    is_secure: bool,
    /// Until when it lives, in seconds since the Unix epoch; without, as long as the browser.
    expires: Option<i64>,
}

/// The longest cookie that is kept, as browsers have it (RFC 6265 §6.1).
const MOST_BYTES: usize = 4_096;
/// The most cookies of one browser: what a browser keeps of one host at least (§6.1). Providers
/// leave some behind at each login.
const MOST_COOKIES: usize = 50;

impl Jar {
    /// Takes in one `Set-Cookie` header that came from `address` (§5.3). `now` is the provider's, in
    /// seconds since the Unix epoch; an `Expires` not after it deletes the cookie.
    pub fn receive(&mut self, address: &Url, header: &str, now: i64) {
        let Ok(cookie) = Cookie::parse(header) else { return };
        let Some(host) = address.host_str() else { return };
        let Some((domain, is_host_only)) = domain(&cookie, host) else { return };
        let is_secure = cookie.secure().unwrap_or(false);
        // A cookie that only https may carry cannot come by http (browsers spare this machine).
        if is_secure && !is_trustworthy(address) {
            return;
        }
        let path = match cookie.path() {
            Some(path) if path.starts_with('/') => path,
            _ => default_path(address.path()),
        };
        let (name, value) = cookie.name_value();
        if name.is_empty() || name.len() + value.len() + path.len() > MOST_BYTES {
            return;
        }
        let scope: Box<str> = format!("{domain}{path}").into();
        self.kept.retain(|kept| kept.name() != name || kept.scope != scope);
        // `Max-Age` goes first (§5.3, step 3).
        let expires = match cookie.max_age() {
            Some(age) => Some(now.saturating_add(age.whole_seconds())),
            None => cookie.expires_datetime().map(|at| at.unix_timestamp()),
        };
        if expires.is_some_and(|at| at <= now) {
            return;
        }
        if self.kept.len() >= MOST_COOKIES {
            self.kept.retain(|kept| kept.expires.is_none_or(|at| at > now));
        }
        if self.kept.len() >= MOST_COOKIES {
            self.kept.remove(0);
        }
        self.kept.push(Kept {
            pair: format!("{name}={value}").into(),
            name_length: name.len() as u16,
            domain_length: domain.len() as u16,
            scope,
            is_host_only,
            is_secure,
            expires,
        });
    }

    /// The `Cookie` header for `address`, if any cookie goes there (§5.4).
    pub fn header(&self, address: &Url) -> Option<String> {
        let host = address.host_str()?;
        let sendable = |kept: &&Kept| {
            kept.is_for(host, address.path()) && (!kept.is_secure || is_trustworthy(address))
        };
        let mut sent: Vec<&Kept> = self.kept.iter().filter(sendable).collect();
        // Longer paths first; those of the same length as they came.
        sent.sort_by_key(|kept| std::cmp::Reverse(kept.path().len()));
        let pairs: Vec<&str> = sent.iter().map(|kept| &*kept.pair).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The browser is closed: cookies without a lifetime of their own are gone.
    pub fn close_browser(&mut self) {
        self.kept.retain(|kept| kept.expires.is_some());
        self.kept.shrink_to_fit();
    }

    /// Every cookie is gone.
    pub fn clear(&mut self) {
        self.kept = Vec::new();
    }

    /// How many cookies there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

impl Kept {
    fn name(&self) -> &str {
        &self.pair[..usize::from(self.name_length)]
    }

    fn path(&self) -> &str {
        &self.scope[usize::from(self.domain_length)..]
    }

    fn is_for(&self, host: &str, path: &str) -> bool {
        let domain = &self.scope[..usize::from(self.domain_length)];
        let own_host = host.eq_ignore_ascii_case(domain);
        (own_host || (!self.is_host_only && is_within(host, domain)))
            && path_matches(path, self.path())
    }
}

/// Values are secrets: only how many there are is told.
impl std::fmt::Debug for Jar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jar").field("cookies", &self.kept.len()).finish()
    }
}

/// The domain of a cookie and whether it is for this host alone, or nothing if the host may not set
/// it (§5.3, steps 4 to 6).
fn domain(cookie: &Cookie<'_>, host: &str) -> Option<(String, bool)> {
    let host = host.to_ascii_lowercase();
    match cookie.domain().map(str::to_ascii_lowercase).filter(|domain| !domain.is_empty()) {
        None => Some((host, true)),
        Some(domain) if domain == host => {
            Some((host.clone(), Host::parse(&host).is_ok_and(is_address)))
        }
        // A single label is a public suffix: `Domain=com` is not for anybody to set.
        Some(domain) if domain.contains('.') && is_within(&host, &domain) => Some((domain, false)),
        Some(_) => None,
    }
}

fn is_address(host: Host) -> bool {
    !matches!(host, Host::Domain(_))
}

/// §5.1.3: addresses have no subdomains.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
        && !Host::parse(host).is_ok_and(is_address)
}

/// §5.1.4.
fn path_matches(path: &str, own: &str) -> bool {
    path.strip_prefix(own)
        .is_some_and(|rest| rest.is_empty() || own.ends_with('/') || rest.starts_with('/'))
}

/// The folder of the path that set it (§5.1.4).
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(end) if end > 0 && path.starts_with('/') => &path[..end],
        _ => "/",
    }
}

fn is_trustworthy(address: &Url) -> bool {
    address.scheme() == "https" || address.host().is_some_and(|host| is_loopback(&host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn url(address: &str) -> Url {
        Url::parse(address).expect(address)
    }

    fn jar(address: &str, headers: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for header in headers {
            jar.receive(&url(address), header, NOW);
        }
        jar
    }

    #[test]
    fn rfc_6265_section_5_3_a_later_one_replaces_the_former() {
        let jar = jar("https://idp.example/auth/x", &["a=1; Path=/", "a=2; Path=/", "a=3"]);
        assert_eq!(jar.header(&url("https://idp.example/auth")).as_deref(), Some("a=3; a=2"));
        assert_eq!(jar.header(&url("https://idp.example/other")).as_deref(), Some("a=2"));
    }

    #[test]
    fn rfc_6265_section_5_1_3_hosts_and_domains() {
        let headers = ["own=1", "shared=1; Domain=.example.test", "foreign=1; Domain=other.test"];
        let jar = jar("https://idp.example.test/", &headers);
        assert_eq!(jar.len(), 2);
        let sent = |address| jar.header(&url(address));
        assert_eq!(sent("https://idp.example.test/").as_deref(), Some("own=1; shared=1"));
        assert_eq!(sent("https://app.example.test/").as_deref(), Some("shared=1"));
        assert_eq!(sent("https://badexample.test/"), None);
        let address =
            super::tests::jar("http://127.0.0.1/", &["a=1; Domain=127.0.0.1", "b=1; Domain=0.0.1"]);
        assert_eq!(address.header(&url("http://127.0.0.1:99/")).as_deref(), Some("a=1"));
    }

    #[test]
    fn rfc_6265_section_5_1_4_paths() {
        let jar = jar("https://idp.example/", &["a=1; Path=/interaction/x"]);
        assert!(jar.header(&url("https://idp.example/interaction/x/confirm")).is_some());
        assert!(jar.header(&url("https://idp.example/interaction/xyz")).is_none());
        assert!(jar.header(&url("https://idp.example/")).is_none());
    }

    #[test]
    fn only_https_and_this_machine_see_secure_ones() {
        let secure = jar("https://idp.example/", &["a=1; Secure"]);
        assert!(secure.header(&url("http://idp.example/")).is_none());
        assert!(jar("http://idp.example/", &["a=1; Secure"]).is_empty());
        assert!(
            jar("http://localhost/", &["a=1; Secure"]).header(&url("http://localhost/")).is_some()
        );
    }

    #[test]
    fn what_is_over_is_deleted() {
        for end in [
            "Max-Age=0",
            "Max-Age=-1",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "Expires=Tue, 14 Nov 2023 22:13:20 GMT",
        ] {
            let headers = ["a=1".to_owned(), format!("a=; {end}")];
            let jar = jar("https://idp.example/", &headers.each_ref().map(String::as_str));
            assert!(jar.is_empty(), "{end}");
        }
        let later = jar("https://idp.example/", &["a=1; Expires=Tue, 14 Nov 2023 22:13:21 GMT"]);
        assert_eq!(later.len(), 1);
    }

    #[test]
    fn of_too_many_those_go_that_are_over_and_then_the_oldest() {
        let idp = url("https://idp.example/");
        let mut jar = jar("https://idp.example/", &["first=1", "short=1; Max-Age=5"]);
        for number in 2..MOST_COOKIES {
            jar.receive(&idp, &format!("c{number}=1"), NOW);
        }
        jar.receive(&idp, "late=1", NOW + 5);
        assert_eq!(jar.len(), MOST_COOKIES);
        assert!(jar.header(&idp).is_some_and(|sent| sent.starts_with("first=1; c2")));
        jar.receive(&idp, "later=1", NOW + 5);
        assert!(
            jar.header(&idp)
                .is_some_and(|sent| sent.starts_with("c2=1") && sent.ends_with("later=1"))
        );
    }

    #[test]
    fn a_closed_browser_keeps_what_has_a_lifetime() {
        let mut jar = jar("https://idp.example/", &["a=1", "b=2; Max-Age=60"]);
        jar.close_browser();
        assert_eq!(jar.header(&url("https://idp.example/")).as_deref(), Some("b=2"));
    }

    #[test]
    fn nothing_printed_tells_a_value() {
        let jar = jar("https://idp.example/", &["session=hidden"]);
        assert_eq!(format!("{jar:?}"), "Jar { cookies: 1 }");
    }
}
