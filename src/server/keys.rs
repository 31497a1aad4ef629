//! The key that signs tokens, and how the world may check its signatures (RFC 7517).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// Ed25519 (RFC 8037), `EdDSA`: small and fast.
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-256, `RS256`: what every OpenID client knows.
    Rs256,
}

/// A signing key.
pub struct SigningKey {
    pair: Pair,
    id: String,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// Why a key can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it holds neither an Ed25519 nor an RSA key (2048 bits or more) in PKCS #8: make one with \
     `openssl genpkey -algorithm ed25519 -outform DER` or `-algorithm RSA` ({0})"
)]
pub struct KeyError(String);

impl SigningKey {
    /// A new key.
    ///
    /// # Panics
    /// If the operating system gives no random bytes.
    pub fn generate(signing: Signing) -> Self {
        let random = "the operating system gives random bytes";
        Self::of(match signing {
            Signing::Ed25519 => Pair::Ed25519(Ed25519KeyPair::generate().expect(random)),
            Signing::Rs256 => Pair::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).expect(random)),
        })
    }

    /// The key of a PKCS #8 document (RFC 5958), in DER.
    ///
    /// # Errors
    /// If it holds no key of a kind that signs here.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        // Version 1 documents hold no public key to compare with; both versions are taken.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self::of(Pair::Ed25519(pair)));
        }
        match RsaKeyPair::from_pkcs8(der) {
            Ok(pair) if pair.public_modulus_len() >= 256 => Ok(Self::of(Pair::Rs256(pair))),
            Ok(_) => Err(KeyError("the RSA key is too short".to_owned())),
            Err(rejected) => Err(KeyError(rejected.to_string())),
        }
    }

    /// The key as a PKCS #8 document, to be given again.
    ///
    /// # Panics
    /// Never: a key that signs can be written down.
    pub fn to_pkcs8(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Ed25519(pair) => pair.to_pkcs8v1().expect("an Ed25519 key").as_ref().to_vec(),
            Pair::Rs256(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().expect("an RSA key");
                der.as_ref().to_vec()
            }
        }
    }

    fn of(pair: Pair) -> Self {
        let mut key = Self { pair, id: String::new() };
        // RFC 7638: the same key has the same name wherever it is used.
        key.id = URL_SAFE_NO_PAD.encode(digest(&SHA256, key.thumbprint_input().as_bytes()));
        key
    }

    /// How it signs.
    pub fn signing(&self) -> Signing {
        match self.pair {
            Pair::Ed25519(_) => Signing::Ed25519,
            Pair::Rs256(_) => Signing::Rs256,
        }
    }

    /// The `alg` of its signatures (RFC 7518 §3.1, RFC 8037 §3.1).
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Ed25519(_) => "EdDSA",
            Pair::Rs256(_) => "RS256",
        }
    }

    /// Its `kid`: the thumbprint (RFC 7638).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The members that name it, in the order of RFC 7638 §3.2.
    fn thumbprint_input(&self) -> String {
        match &self.pair {
            Pair::Ed25519(pair) => {
                let x = URL_SAFE_NO_PAD.encode(pair.public_key());
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
            }
            Pair::Rs256(pair) => {
                let [n, e] = rsa_numbers(pair.public_key().as_ref());
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
        }
    }

    /// The set of keys that check its signatures (RFC 7517 §5).
    pub fn jwks(&self) -> String {
        let own = self.thumbprint_input();
        let members = own.trim_end_matches('}');
        let (algorithm, id) = (self.algorithm(), &self.id);
        format!(r#"{{"keys":[{members},"alg":"{algorithm}","kid":"{id}","use":"sig"}}]}}"#)
    }

    /// Appends the signature of `text` to it as a JWS does: a dot, and base64url.
    ///
    /// # Panics
    /// If memory runs out in the middle of an RSA signature.
    pub(super) fn sign_onto(&self, text: &mut String) {
        match &self.pair {
            Pair::Ed25519(pair) => {
                let signature = pair.sign(text.as_bytes());
                text.push('.');
                URL_SAFE_NO_PAD.encode_string(signature.as_ref(), text);
            }
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let random = SystemRandom::new();
                let signed = pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature);
                signed.expect("an RSA key signs");
                text.push('.');
                URL_SAFE_NO_PAD.encode_string(&signature, text);
            }
        }
    }

    /// Whether it signed `text` so.
    pub(super) fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        match &self.pair {
            Pair::Ed25519(pair) => {
                UnparsedPublicKey::new(&ED25519, pair.public_key()).verify(text, signature).is_ok()
            }
            Pair::Rs256(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())
                    .verify(text, signature)
                    .is_ok()
            }
        }
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 §A.1.1) as a JWK has them: `[n, e]`.
fn rsa_numbers(der: &[u8]) -> [String; 2] {
    /// The content of the element that `der` begins with, and what follows it.
    fn element(der: &[u8]) -> (&[u8], &[u8]) {
        let (length, header) = match der[1] {
            short @ 0..=0x7f => (usize::from(short), 2),
            long => {
                let count = usize::from(long & 0x7f);
                let bytes = der[2..2 + count].iter();
                (bytes.fold(0, |length, byte| length << 8 | usize::from(*byte)), 2 + count)
            }
        };
        der[header..].split_at(length)
    }
    let (sequence, _) = element(der);
    let (modulus, rest) = element(sequence);
    let (exponent, _) = element(rest);
    [modulus, exponent].map(|number| {
        let leading = number.iter().take_while(|byte| **byte == 0).count();
        URL_SAFE_NO_PAD.encode(&number[leading..])
    })
}

/// A key is never shown.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("alg", &self.algorithm()).field("kid", &self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_sign_are_checked_and_come_back_from_pkcs8() {
        for signing in [Signing::Ed25519, Signing::Rs256] {
            let key = SigningKey::generate(signing);
            let again = SigningKey::from_pkcs8(&key.to_pkcs8()).unwrap();
            assert_eq!((again.signing(), again.id()), (signing, key.id()));
            let mut text = "header.payload".to_owned();
            key.sign_onto(&mut text);
            let signature = URL_SAFE_NO_PAD.decode(text.rsplit_once('.').unwrap().1).unwrap();
            assert!(again.signed(b"header.payload", &signature));
            assert!(!again.signed(b"header.payloae", &signature));
            assert_eq!(again.jwks(), key.jwks());
            assert!(!format!("{key:?}").contains(&text), "no signature in a debug line");
        }
    }

    #[test]
    fn rfc_8037_appendix_a_3_thumbprint() {
        let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        let seed = URL_SAFE_NO_PAD.decode(seed).unwrap();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let key = SigningKey::of(Pair::Ed25519(pair));
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn an_rsa_exponent_is_written_as_every_library_reads_it() {
        let jwks = SigningKey::generate(Signing::Rs256).jwks();
        assert!(jwks.contains(r#""e":"AQAB""#), "{jwks}");
    }

    #[test]
    fn anything_else_is_no_key() {
        for other in [&b""[..], b"-----BEGIN", &[0x30, 0x82, 0xff, 0xff]] {
            let error = SigningKey::from_pkcs8(other).unwrap_err().to_string();
            assert!(error.contains("openssl genpkey"), "{error}");
        }
    }
}
