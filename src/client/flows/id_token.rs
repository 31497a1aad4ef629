//! What must hold of an ID token (OpenID Connect Core §3.1.3.7).
//!
//! It comes from the token endpoint itself, so TLS says whose it is and its signature need not be
//! looked at (step 6). Its `exp` is not held against any clock: the provider's may be anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::FlowError;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// # Errors
/// If the token is not for this client, of another issuer, or the answer to another request.
pub(super) fn check(
    token: &str,
    issuer: &str,
    client_id: &str,
    nonce: &str,
) -> Result<(), FlowError> {
    let wrong = |what| Err(FlowError::protocol("ID token", what));
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|claims| serde_json::from_slice::<Claims>(&claims).ok());
    let Some(claims) = claims else { return wrong("it is no signed JWT with iss and aud") };
    if claims.iss != issuer {
        return wrong("it is of another issuer");
    }
    let is_own = match &claims.aud {
        Audience::One(audience) => audience == client_id,
        Audience::Many(all) => all.iter().any(|audience| audience == client_id),
    };
    if !is_own || claims.azp.is_some_and(|party| party != client_id) {
        return wrong("it is for another client");
    }
    if claims.nonce.as_deref() != Some(nonce) {
        return wrong("it has another nonce than the request");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn core_section_3_1_3_7() {
        let check = |claims: &str| check(&token(claims), "i", "c", "n").is_ok();
        assert!(check(r#"{"iss":"i","aud":"c","nonce":"n"}"#));
        assert!(check(r#"{"iss":"i","aud":["x","c"],"azp":"c","nonce":"n"}"#));
        assert!(!check(r#"{"iss":"i","aud":["x","c"],"azp":"x","nonce":"n"}"#));
        assert!(!check(r#"{"iss":"j","aud":"c","nonce":"n"}"#));
        assert!(!check(r#"{"iss":"i","aud":"x","nonce":"n"}"#));
        assert!(!check(r#"{"iss":"i","aud":"c"}"#));
        assert!(!check(r#"{"iss":"i","aud":"c","nonce":"m"}"#));
        assert!(!check("no claims"));
    }
}
