//! Opaque artefacts that need no entry in a table: what they say stands in them, under a keyed MAC
//! (HMAC-SHA-256, cut to 128 bits) that nobody else can make. Cookies, refresh tokens and the
//! secret field of forms are made so; each kind has a purpose of its own, so that none can stand in
//! for another.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::fill;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of the MAC that stand in an artefact: 2^-128 to guess one.
const TAG: usize = 16;

/// What an artefact is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Cookie = 1,
    RefreshToken = 2,
    Form = 3,
}

/// The server's own key, made at start: a restart ends every cookie and refresh token, as it ends
/// the sessions that they name.
#[derive(Debug)]
pub(super) struct Seal(hmac::Key);

impl Seal {
    pub(super) fn new() -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &random::<32>()))
    }

    fn tag(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&[purpose as u8]);
        for part in parts {
            context.update(part);
        }
        let tag = context.sign();
        tag.as_ref()[..TAG].try_into().expect("HMAC-SHA-256 has 32 bytes")
    }

    /// The text of an artefact that says `payload`. The same payload gives the same text.
    pub(super) fn close<const N: usize>(&self, purpose: Purpose, payload: &[u8; N]) -> String {
        let mut bytes = [0; 128];
        bytes[..N].copy_from_slice(payload);
        bytes[N..N + TAG].copy_from_slice(&self.tag(purpose, &[payload]));
        URL_SAFE_NO_PAD.encode(&bytes[..N + TAG])
    }

    /// What an artefact says, if it is one of ours.
    pub(super) fn open<const N: usize>(&self, purpose: Purpose, text: &str) -> Option<[u8; N]> {
        let mut bytes = [0; 128];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        if length != N + TAG {
            return None;
        }
        let payload: [u8; N] = bytes[..N].try_into().expect("so many bytes");
        let tag = self.tag(purpose, &[&payload]);
        verify_slices_are_equal(&tag, &bytes[N..length]).ok().map(|()| payload)
    }

    /// The secret field of a form about `subject` in the browser with the cookie `nonce`.
    pub(super) fn form(&self, nonce: &str, subject: &str) -> String {
        // Neither can hold a line feed: one is base64url, the other a query.
        URL_SAFE_NO_PAD
            .encode(self.tag(Purpose::Form, &[nonce.as_bytes(), b"\n", subject.as_bytes()]))
    }
}

/// Whether two secrets are the same, without telling by the time it takes where they differ.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    verify_slices_are_equal(a, b).is_ok()
}

/// Random bytes from the operating system's generator.
///
/// # Panics
/// If it has none: nothing that a server promises would hold then.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artefact_says_what_it_was_closed_over_and_only_for_its_purpose() {
        let seal = Seal::new();
        let text = seal.close(Purpose::Cookie, b"twelve bytes");
        assert_eq!(seal.open(Purpose::Cookie, &text), Some(*b"twelve bytes"));
        assert_eq!(seal.open::<12>(Purpose::RefreshToken, &text), None);
        assert_eq!(seal.open::<11>(Purpose::Cookie, &text), None);
        assert_eq!(Seal::new().open::<12>(Purpose::Cookie, &text), None);
    }

    #[test]
    fn no_changed_character_goes_unnoticed() {
        let seal = Seal::new();
        let text = seal.close(Purpose::RefreshToken, b"some payload of a token!");
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(seal.open::<24>(Purpose::RefreshToken, &changed), None, "{place}");
        }
        for other in ["", "A", &text[1..], &format!("{text}A"), "é", "====", &"A".repeat(999)] {
            assert_eq!(seal.open::<24>(Purpose::RefreshToken, other), None);
        }
    }
}
