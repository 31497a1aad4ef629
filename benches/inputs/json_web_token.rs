//! A session as a signed token: HS256 (RFC 7518 §3.2) by the crate `jsonwebtoken`.
//!
//! The provider below is that crate's own one for RustCrypto, cut down to HS256: its feature
//! `rust_crypto` would have us build RSA and three elliptic curves to validate one MAC.

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use signature::{Error, Signer, Verifier};

const SECRET: &[u8] = b"a secret of thirty-two characters";

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, key| Ok(Box::new(HmacSha256::new(key.as_bytes()))),
    verifier_factory: |_, key| Ok(Box::new(HmacSha256::new(key.try_get_as_bytes()?))),
    key_utils: KeyUtils::new_unimplemented(),
};

struct HmacSha256(Hmac<Sha256>);

impl HmacSha256 {
    fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }
}

impl Signer<Vec<u8>> for HmacSha256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for HmacSha256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Error> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).map_err(Error::from_source)
    }
}

impl JwtSigner for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
}

/// A token that is good for some hours, and what it takes to validate it.
pub(crate) struct Token {
    text: String,
    key: DecodingKey,
    validation: Validation,
}

impl Token {
    pub(crate) fn signed() -> Self {
        // Another bench of this process may have installed it.
        let _ = PROVIDER.install_default();
        let iat = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let claims = Claims { sub: "ann".to_owned(), iat, exp: iat + 8 * 3_600 };
        let key = EncodingKey::from_secret(SECRET);
        Self {
            text: encode(&Header::new(Algorithm::HS256), &claims, &key).expect("claims"),
            key: DecodingKey::from_secret(SECRET),
            validation: Validation::new(Algorithm::HS256),
        }
    }

    /// Whom the token names, if it is good: by signature and `exp`.
    pub(crate) fn validated(&self) -> u64 {
        let token = decode::<Claims>(&self.text, &self.key, &self.validation).expect("it is good");
        token.claims.sub.len() as u64
    }
}
