//! Which hosts may be asked at all: loopback, unless somebody typed the host out.
//!
//! The check stands where connections are made, so that no discovery document, redirect or form can
//! lead anywhere else.

use std::net::IpAddr;

use url::{Host, Url};

/// Hosts that may be asked. By default loopback alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    allowed: Vec<String>,
    has_permission: bool,
}

/// Why a host may not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Neither http nor https, or without a host, or with a password in it.
    #[error(
        "{0:?} is no address of a provider: write http:// or https:// and a host, no user or password"
    )]
    Address(String),
    /// Outside of this machine, and nobody typed it out.
    #[error(
        "{0} is not this machine: --allow-target {0} allows it, if you may send it these requests"
    )]
    Outside(String),
    /// A vendor's own host.
    #[error(
        "{host} belongs to {vendor}, whose terms want load and automated tests to be agreed on \
         beforehand and lock accounts out otherwise: ask them, then give --i-have-permission \
         beside --allow-target {host}"
    )]
    Vendor {
        /// The host.
        host: String,
        /// Whose it is.
        vendor: &'static str,
    },
}

/// Vendors' domains: shared machines, whose terms or load-test policies forbid unannounced tests.
const VENDORS: &[(&str, &str)] = &[
    ("auth0.com", "Auth0"),
    ("okta.com", "Okta"),
    ("oktapreview.com", "Okta"),
    ("okta-emea.com", "Okta"),
    ("login.microsoftonline.com", "Microsoft Entra"),
    ("login.microsoftonline.us", "Microsoft Entra"),
    ("login.live.com", "Microsoft"),
    ("login.windows.net", "Microsoft Entra"),
    ("sts.windows.net", "Microsoft Entra"),
    ("b2clogin.com", "Microsoft Entra"),
    ("ciamlogin.com", "Microsoft Entra"),
    ("amazoncognito.com", "Amazon Cognito"),
    ("amazonaws.com", "Amazon"),
    ("accounts.google.com", "Google"),
    ("googleapis.com", "Google"),
    ("onelogin.com", "OneLogin"),
    ("pingone.com", "Ping Identity"),
    ("pingone.eu", "Ping Identity"),
    ("pingone.ca", "Ping Identity"),
    ("pingone.asia", "Ping Identity"),
    ("pingone.com.au", "Ping Identity"),
    ("pingone.sg", "Ping Identity"),
    ("pingidentity.com", "Ping Identity"),
    ("appleid.apple.com", "Apple"),
    ("facebook.com", "Meta"),
    ("github.com", "GitHub"),
    ("gitlab.com", "GitLab"),
    ("zitadel.cloud", "Zitadel"),
    ("logto.app", "Logto"),
    ("clerk.accounts.dev", "Clerk"),
    ("clerk.dev", "Clerk"),
    ("workos.com", "WorkOS"),
    ("stytch.com", "Stytch"),
    ("frontegg.com", "Frontegg"),
    ("fusionauth.io", "FusionAuth"),
    ("kinde.com", "Kinde"),
    ("descope.com", "Descope"),
    ("oryapis.com", "Ory"),
    ("jumpcloud.com", "JumpCloud"),
    ("salesforce.com", "Salesforce"),
    ("force.com", "Salesforce"),
];

impl Targets {
    /// Loopback, and these hosts; vendors' hosts among them only with their permission.
    pub fn new(allowed: impl IntoIterator<Item = String>, has_permission: bool) -> Self {
        let allowed = allowed.into_iter().map(|host| plain(&host)).collect();
        Self { allowed, has_permission }
    }

    /// Whether `address` may be asked.
    ///
    /// # Errors
    /// Why not, with what would allow it.
    pub fn check(&self, address: &Url) -> Result<(), TargetError> {
        let strange = || TargetError::Address(bare(address));
        if !matches!(address.scheme(), "http" | "https") {
            return Err(strange());
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(strange());
        }
        let host = address.host().ok_or_else(strange)?;
        if is_loopback(&host) {
            return Ok(());
        }
        let name = plain(&host.to_string());
        if let Some(vendor) = vendor(&name).filter(|_| !self.has_permission) {
            return Err(TargetError::Vendor { host: name, vendor });
        }
        match self.allowed.contains(&name) {
            true => Ok(()),
            false => Err(TargetError::Outside(name)),
        }
    }
}

/// Whether a host is this machine, by its address or as `localhost` (RFC 6761 §6.3).
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).to_canonical().is_loopback(),
        Host::Domain(name) => {
            let name = plain(name.as_ref());
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// Whose domain a host is in.
fn vendor(host: &str) -> Option<&'static str> {
    let within = |domain: &str| {
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    VENDORS.iter().find(|(domain, _)| within(domain)).map(|(_, vendor)| *vendor)
}

/// A host as it is compared: lower case, without the root's dot.
fn plain(host: &str) -> String {
    host.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// An address without what may be secret in it.
fn bare(address: &Url) -> String {
    let mut address = address.clone();
    address.set_query(None);
    address.set_fragment(None);
    // Addresses that cannot have them do not.
    let _ = address.set_password(None);
    let _ = address.set_username("");
    address.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(targets: &Targets, address: &str) -> Result<(), TargetError> {
        targets.check(&Url::parse(address).expect(address))
    }

    #[test]
    fn this_machine_may_always_be_asked() {
        for address in [
            "http://127.0.0.1:3000/x",
            "http://127.9.9.9",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
            "https://localhost/",
            "http://LOCALHOST./",
            "http://idp.localhost:8080/",
        ] {
            assert_eq!(check(&Targets::default(), address), Ok(()), "{address}");
        }
    }

    #[test]
    fn other_hosts_are_typed_out() {
        let targets = Targets::new(["Idp.Test.Example".to_owned()], false);
        assert_eq!(check(&targets, "https://idp.test.example/realms/x"), Ok(()));
        for address in [
            "https://example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://localhost.example",
            "https://x.idp.test.example",
            "https://127.0.0.1.nip.io",
        ] {
            let error = check(&targets, address).expect_err(address);
            assert!(matches!(error, TargetError::Outside(_)), "{address}");
            assert!(error.to_string().contains("--allow-target"), "{error}");
        }
    }

    #[test]
    fn vendors_hosts_want_their_permission_as_well() {
        let hosts = [
            "acme.auth0.com",
            "acme.eu.auth0.com",
            "acme.okta.com",
            "acme.oktapreview.com",
            "login.microsoftonline.com",
            "acme.b2clogin.com",
            "acme.auth.us-east-1.amazoncognito.com",
            "accounts.google.com",
            "acme.onelogin.com",
            "auth.pingone.eu",
        ];
        for host in hosts {
            let address = format!("https://{host}/");
            let error = check(&Targets::new([host.to_owned()], false), &address).expect_err(host);
            assert!(matches!(error, TargetError::Vendor { .. }), "{host}");
            assert_eq!(check(&Targets::new([host.to_owned()], true), &address), Ok(()));
            let unnamed = check(&Targets::new([], true), &address);
            assert!(matches!(unnamed, Err(TargetError::Outside(_))), "{host}");
        }
        let near = Targets::new(["notauth0.com".to_owned()], false);
        assert_eq!(check(&near, "https://notauth0.com"), Ok(()));
    }

    #[test]
    fn strange_addresses_are_no_targets_and_tell_no_secret() {
        for address in ["ftp://localhost/", "data:text/html,x", "http://u:hidden@localhost/?hidden"]
        {
            let error = check(&Targets::default(), address).expect_err(address);
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
