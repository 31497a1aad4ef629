//! Tokens that others read: JWT access tokens (RFC 9068) and ID tokens (OpenID Connect Core §2).
//! They are written by hand, piece by piece: a refresh grant should cost little more than its
//! signatures.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::answer::push_json;
use super::keys::SigningKey;
use super::store::Handle;
use crate::model::Instant;

/// `exp` of what never ends: the last second of the year 9999. RFC 9068 §2.2 asks for one.
const NEVER: i64 = 253_402_300_799;

/// What an access token is about beside its claims, in its `jti`: enough to ask the model about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenId {
    pub(super) handle: Handle,
    /// Which of the agent's slots: its app and API.
    pub(super) slot: u16,
    /// Its number in that slot.
    pub(super) number: u32,
    /// The IdP session that was there.
    pub(super) session: u32,
    /// Whether a refresh grant gave it, not a code.
    pub(super) by_refresh: bool,
    /// When it was issued, exactly.
    pub(super) issued: Instant,
    /// When it ends, exactly: `exp` is this in whole seconds, rounded down.
    pub(super) exp: Instant,
}

const ID_BYTES: usize = 8 + 8 + 2 + 4 + 4 + 1 + 8 + 8;

/// The server's name in `jti`: identifiers must be unique beyond its restarts (RFC 7519 §4.1.7).
pub(super) type Instance = [u8; 8];

impl TokenId {
    fn to_bytes(self, instance: Instance) -> [u8; ID_BYTES] {
        let mut bytes = [0; ID_BYTES];
        bytes[..8].copy_from_slice(&instance);
        bytes[8..16].copy_from_slice(&self.handle.to_bytes());
        bytes[16..18].copy_from_slice(&self.slot.to_be_bytes());
        bytes[18..22].copy_from_slice(&self.number.to_be_bytes());
        bytes[22..26].copy_from_slice(&self.session.to_be_bytes());
        bytes[26] = u8::from(self.by_refresh);
        bytes[27..35].copy_from_slice(&self.issued.as_millis().to_be_bytes());
        bytes[35..].copy_from_slice(&self.exp.as_millis().to_be_bytes());
        bytes
    }

    fn from_text(text: &str, instance: Instance) -> Option<Self> {
        let mut bytes = [0; 64];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        if length != ID_BYTES || bytes[..8] != instance {
            return None;
        }
        let eight = |at: usize| <[u8; 8]>::try_from(&bytes[at..at + 8]).expect("eight bytes");
        let four = |at: usize| <[u8; 4]>::try_from(&bytes[at..at + 4]).expect("four bytes");
        Some(Self {
            handle: Handle::from_bytes(eight(8)),
            slot: u16::from_be_bytes([bytes[16], bytes[17]]),
            number: u32::from_be_bytes(four(18)),
            session: u32::from_be_bytes(four(22)),
            by_refresh: bytes[26] == 1,
            issued: Instant::from_millis(i64::from_be_bytes(eight(27))),
            exp: Instant::from_millis(i64::from_be_bytes(eight(35))),
        })
    }
}

/// What an ID token says of its user.
pub(super) struct IdClaims<'a> {
    pub(super) client: &'a str,
    pub(super) subject: &'a str,
    /// The user's name, where the scope `profile` was granted.
    pub(super) name: Option<&'a str>,
    pub(super) nonce: Option<&'a str>,
    pub(super) auth_time: Instant,
    pub(super) issued: Instant,
    pub(super) exp: Instant,
    pub(super) handle: Handle,
    pub(super) session: u32,
}

/// What of every token is the same, worked out once.
#[derive(Debug)]
pub(super) struct Writer {
    instance: Instance,
    access_header: String,
    id_header: String,
    /// The issuer, as the inside of a JSON string.
    issuer: String,
}

/// An access token that this server signed.
#[derive(Debug, Deserialize)]
pub(super) struct AccessClaims<'a> {
    #[serde(borrow)]
    pub(super) sub: std::borrow::Cow<'a, str>,
    pub(super) client_id: std::borrow::Cow<'a, str>,
    pub(super) aud: std::borrow::Cow<'a, str>,
    pub(super) scope: &'a str,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: &'a str,
}

/// An ID token that this server signed, perhaps long ago.
#[derive(Debug, Deserialize)]
pub(super) struct HintClaims<'a> {
    #[serde(borrow)]
    pub(super) sub: std::borrow::Cow<'a, str>,
    pub(super) aud: std::borrow::Cow<'a, str>,
    pub(super) sid: &'a str,
}

/// Seconds since the epoch, rounded down: a token in whole seconds never outlives its policy.
pub(super) fn seconds(at: Instant) -> i64 {
    at.finite().map_or(NEVER, |at| at.as_millis().div_euclid(1_000))
}

/// The `sid` of a session (OpenID Connect Front-Channel Logout 1.0 §3).
fn session_id(handle: Handle, session: u32) -> String {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&handle.to_bytes());
    bytes[8..].copy_from_slice(&session.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The session that a `sid` names.
pub(super) fn session_of(sid: &str) -> Option<(Handle, u32)> {
    let bytes: [u8; 12] = URL_SAFE_NO_PAD.decode(sid).ok()?.try_into().ok()?;
    let (handle, session) = bytes.split_at(8);
    Some((
        Handle::from_bytes(handle.try_into().ok()?),
        u32::from_be_bytes(session.try_into().ok()?),
    ))
}

impl Writer {
    pub(super) fn new(key: &SigningKey, issuer: &str, instance: Instance) -> Self {
        let header = |kind: &str| {
            let (algorithm, id) = (key.algorithm(), key.id());
            let header = format!(r#"{{"alg":"{algorithm}","typ":"{kind}","kid":"{id}"}}"#);
            URL_SAFE_NO_PAD.encode(header)
        };
        let mut escaped = String::new();
        push_json(&mut escaped, issuer);
        Self {
            instance,
            access_header: header("at+jwt"),
            id_header: header("JWT"),
            issuer: escaped,
        }
    }

    /// An access token (RFC 9068 §2.2). `client` and `audience` stand as the inside of JSON strings.
    pub(super) fn access_token(
        &self,
        key: &SigningKey,
        id: TokenId,
        (client, audience, subject): (&str, &str, &str),
        scope: &str,
    ) -> String {
        let mut claims = String::with_capacity(384);
        claims.push_str(r#"{"iss":""#);
        claims.push_str(&self.issuer);
        claims.push_str(r#"","sub":""#);
        push_json(&mut claims, subject);
        claims.push_str(r#"","aud":""#);
        claims.push_str(audience);
        claims.push_str(r#"","client_id":""#);
        claims.push_str(client);
        claims.push_str(r#"","scope":""#);
        claims.push_str(scope);
        claims.push_str(r#"","jti":""#);
        URL_SAFE_NO_PAD.encode_string(id.to_bytes(self.instance), &mut claims);
        let (iat, exp) = (seconds(id.issued), seconds(id.exp));
        let _ = write!(claims, r#"","iat":{iat},"exp":{exp}"#);
        if let Some(exact) = id.exp.finite() {
            let _ = write!(claims, r#","exp_ms":{}"#, exact.as_millis());
        }
        claims.push('}');
        sign(key, &self.access_header, &claims)
    }

    /// An ID token.
    pub(super) fn id_token(&self, key: &SigningKey, about: &IdClaims<'_>) -> String {
        let mut claims = String::with_capacity(384);
        claims.push_str(r#"{"iss":""#);
        claims.push_str(&self.issuer);
        claims.push_str(r#"","sub":""#);
        push_json(&mut claims, about.subject);
        claims.push_str(r#"","aud":""#);
        claims.push_str(about.client);
        claims.push_str(r#"","sid":""#);
        claims.push_str(&session_id(about.handle, about.session));
        claims.push('"');
        for (name, value) in
            [("nonce", about.nonce), ("name", about.name), ("preferred_username", about.name)]
        {
            if let Some(value) = value {
                let _ = write!(claims, r#","{name}":""#);
                push_json(&mut claims, value);
                claims.push('"');
            }
        }
        let (iat, exp) = (seconds(about.issued), seconds(about.exp));
        let auth_time = seconds(about.auth_time);
        let _ = write!(claims, r#","auth_time":{auth_time},"iat":{iat},"exp":{exp}}}"#);
        sign(key, &self.id_header, &claims)
    }

    /// What an access token says, if this server signed it. Whether it is still good the model says.
    pub(super) fn read_access<R>(
        &self,
        key: &SigningKey,
        token: &str,
        look: impl FnOnce(&AccessClaims<'_>, TokenId) -> R,
    ) -> Option<R> {
        let claims = signed_claims(key, &self.access_header, token)?;
        let claims: AccessClaims<'_> = serde_json::from_slice(&claims).ok()?;
        let id = TokenId::from_text(claims.jti, self.instance)?;
        Some(look(&claims, id))
    }

    /// What an ID token says, if this server signed it, whether or not it is over (OpenID Connect
    /// Core §3.1.2.1, RP-Initiated Logout §2).
    pub(super) fn read_hint<R>(
        &self,
        key: &SigningKey,
        token: &str,
        look: impl FnOnce(&HintClaims<'_>) -> R,
    ) -> Option<R> {
        let claims = signed_claims(key, &self.id_header, token)?;
        let claims: HintClaims<'_> = serde_json::from_slice(&claims).ok()?;
        Some(look(&claims))
    }
}

fn sign(key: &SigningKey, header: &str, claims: &str) -> String {
    let mut token = String::with_capacity(header.len() + claims.len() * 4 / 3 + 400);
    token.push_str(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    key.sign_onto(&mut token);
    token
}

/// The claims of a token with exactly this header: no other algorithm, kind or key is considered
/// (RFC 8725 §3.1 and §3.11).
fn signed_claims(key: &SigningKey, header: &str, token: &str) -> Option<Vec<u8>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let claims = signed.strip_prefix(header)?.strip_prefix('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !key.signed(signed.as_bytes(), &signature) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(claims).ok()
}

#[cfg(test)]
mod tests {
    use super::super::keys::Signing;
    use super::*;

    fn id() -> TokenId {
        TokenId {
            handle: Handle::from_bytes([0, 0, 0, 1, 0, 0, 0, 2]),
            slot: 3,
            number: 4,
            session: 5,
            by_refresh: true,
            issued: Instant::from_millis(1_700_000_000_123),
            exp: Instant::from_millis(1_700_000_600_999),
        }
    }

    #[test]
    fn an_access_token_says_what_it_is_about() {
        let key = SigningKey::generate(Signing::Ed25519);
        let writer = Writer::new(&key, "http://127.0.0.1:1/\"", [7; 8]);
        let token = writer.access_token(&key, id(), ("web", "orders", "Zoë \"Z\""), "openid");
        let read = writer.read_access(&key, &token, |claims, own| {
            assert_eq!(own, id());
            assert_eq!((claims.iat, claims.exp), (1_700_000_000, 1_700_000_600));
            (claims.sub.to_string(), claims.aud.to_string(), claims.scope.to_owned())
        });
        let said = ("Zoë \"Z\"", "orders", "openid");
        let read = read.expect("its own token");
        assert_eq!((&*read.0, &*read.1, &*read.2), said);
        let restarted = Writer::new(&key, "http://127.0.0.1:1/\"", [8; 8]);
        assert!(restarted.read_access(&key, &token, |_, _| ()).is_none());
    }

    #[test]
    fn rfc8725_3_11_an_id_token_is_no_access_token() {
        let key = SigningKey::generate(Signing::Ed25519);
        let writer = Writer::new(&key, "http://127.0.0.1:1", [7; 8]);
        let about = IdClaims {
            client: "web",
            subject: "ann",
            name: Some("ann"),
            nonce: Some("n\"1"),
            auth_time: Instant::from_millis(1_000),
            issued: Instant::from_millis(2_000),
            exp: Instant::NEVER,
            handle: id().handle,
            session: 9,
        };
        let token = writer.id_token(&key, &about);
        assert!(writer.read_access(&key, &token, |_, _| ()).is_none());
        let session = writer.read_hint(&key, &token, |hint| session_of(hint.sid)).flatten();
        assert_eq!(session, Some((id().handle, 9)));
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(claims["nonce"], "n\"1");
        assert_eq!(claims["exp"], NEVER);
    }
}
