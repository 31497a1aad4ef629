//! OpenID Connect Discovery 1.0: where a provider's endpoints are.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::{Request, Uri, header};
use url::Url;

use super::FlowError;
use crate::client::target::Targets;
use crate::client::transport::{Transport, TransportError};
use crate::oidc::Metadata;

const AT: &str = "discovery";

/// What the provider of `issuer` says of itself (§4).
///
/// # Errors
/// If it does not answer, is of another issuer (§4.3), or names an endpoint that may not be asked.
pub async fn discover(transport: &Transport, issuer: &str) -> Result<Metadata, FlowError> {
    let issuer_url = url(issuer)?;
    let failed = |source| FlowError::Transport { at: AT, source };
    transport.targets().check(&issuer_url).map_err(|error| failed(error.into()))?;
    // §4.1: a terminating slash is removed first.
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let request = Request::get(uri(&address)?)
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| FlowError::protocol(AT, "the issuer is no address"))?;
    let answer = transport.send(request).await.map_err(failed)?;
    if answer.status != 200 {
        return Err(FlowError::Status { at: AT, status: answer.status.as_u16() });
    }
    let metadata: Metadata = serde_json::from_slice(&answer.body).map_err(|error| {
        let what = format!("{address} is no provider's metadata: {error}");
        FlowError::Protocol { at: AT, what: Cow::Owned(what) }
    })?;
    // §4.3: otherwise anybody could speak for another.
    if metadata.issuer != issuer {
        let own: String = metadata.issuer.chars().filter(|c| !c.is_control()).take(200).collect();
        let what = format!("the provider calls itself {own:?}, not {issuer:?}: give its own name");
        return Err(FlowError::Protocol { at: AT, what: Cow::Owned(what) });
    }
    check(transport.targets(), &metadata)?;
    Ok(metadata)
}

/// Every endpoint may be asked.
pub(super) fn check(targets: &Targets, metadata: &Metadata) -> Result<(), FlowError> {
    let needed = [&metadata.authorization_endpoint, &metadata.token_endpoint];
    let others = [
        &metadata.userinfo_endpoint,
        &metadata.introspection_endpoint,
        &metadata.revocation_endpoint,
        &metadata.end_session_endpoint,
    ];
    for endpoint in needed.into_iter().chain(others.into_iter().flatten()) {
        let source = |error| TransportError::Target(error);
        targets
            .check(&url(endpoint)?)
            .map_err(|error| FlowError::Transport { at: AT, source: source(error) })?;
    }
    Ok(())
}

pub(super) fn url(address: &str) -> Result<Url, FlowError> {
    Url::parse(address).map_err(|_| {
        let shown: String = address.chars().filter(|c| !c.is_control()).take(200).collect();
        let what = format!("{shown:?} is no address: write http:// or https:// and a host");
        FlowError::Protocol { at: AT, what: Cow::Owned(what) }
    })
}

pub(super) fn uri(address: &str) -> Result<Uri, FlowError> {
    // Through a `Url`, which encodes what may not stand in an address as it is.
    let uri = url(address)?.as_str().parse();
    uri.map_err(|_| FlowError::protocol(AT, "an endpoint is no address"))
}
