//! Authorization codes that wait to be exchanged, and those that were, so that a second use is seen
//! (RFC 6749 §4.1.2).

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant as RealInstant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::scopes::Scopes;
use super::super::seal::random;
use super::{Full, Handle, SHARDS, lock};
use crate::model::{ApiId, AppId, Instant};

/// How long a code can be exchanged, in real time, whatever the server's clock says: a minute is
/// what RFC 6749 §4.1.2 calls short-lived, and a client needs it however fast a policy's time runs.
const LIFETIME: Duration = Duration::from_secs(60);

/// Codes at once, in each part. They live for a minute, and a login takes longer than 5 ms.
const MOST: usize = 16_384;

/// What was decided when the code was given.
#[derive(Clone, Debug)]
pub(in crate::server) struct Code {
    pub(in crate::server) handle: Handle,
    pub(in crate::server) app: AppId,
    pub(in crate::server) api: ApiId,
    /// The access token's number among those of its app and API.
    pub(in crate::server) number: u32,
    /// The app's refresh-token family, 0 without one.
    pub(in crate::server) family: u32,
    /// How often the app had been signed out.
    pub(in crate::server) sign_outs: u32,
    /// The session.
    pub(in crate::server) session: u32,
    /// When the session was made, in the provider's ticks.
    pub(in crate::server) auth_time: Instant,
    /// When the authorization was given: lifetimes count from here.
    pub(in crate::server) at: Instant,
    /// The access token's end.
    pub(in crate::server) access_exp: Instant,
    /// The ID token's end.
    pub(in crate::server) id_exp: Instant,
    pub(in crate::server) scopes: Scopes,
    pub(in crate::server) redirect_uri: Box<str>,
    /// PKCE's challenge, where the client sent one.
    pub(in crate::server) challenge: Option<Box<str>>,
    pub(in crate::server) nonce: Option<Box<str>>,
}

/// How the exchange of a code goes.
#[derive(Debug)]
pub(in crate::server) enum Redemption {
    /// For the first time, as the check allowed.
    Now(Box<Code>),
    /// It was exchanged before, and this is what for.
    Again(Box<Code>),
    /// There is no such code, or no longer.
    Unknown,
}

/// All codes.
pub(in crate::server) struct Codes(Box<[Mutex<Shard>]>);

#[derive(Default)]
struct Shard {
    codes: HashMap<[u8; 16], (Box<Code>, bool)>,
    /// In the order in which they end.
    ends: VecDeque<(RealInstant, [u8; 16])>,
}

impl Shard {
    fn drop_ended(&mut self, now: RealInstant) {
        while self.ends.front().is_some_and(|(end, _)| *end <= now) {
            let ended = self.ends.pop_front().expect("there is one");
            self.codes.remove(&ended.1);
        }
    }
}

impl Codes {
    pub(in crate::server) fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }

    fn shard(&self, id: &[u8; 16]) -> &Mutex<Shard> {
        &self.0[id[0] as usize % SHARDS]
    }

    /// How many there are.
    pub(in crate::server) fn count(&self) -> usize {
        self.0.iter().map(|shard| lock(shard).codes.len()).sum()
    }

    /// Gives a code for what was decided.
    ///
    /// # Errors
    /// If too many are waiting.
    pub(in crate::server) fn give(&self, code: Code) -> Result<String, Full> {
        let id: [u8; 16] = random();
        let now = RealInstant::now();
        let mut shard = lock(self.shard(&id));
        shard.drop_ended(now);
        if shard.codes.len() >= MOST {
            return Err(Full);
        }
        shard.codes.insert(id, (Box::new(code), false));
        shard.ends.push_back((now + LIFETIME, id));
        Ok(URL_SAFE_NO_PAD.encode(id))
    }

    /// Exchanges a code, if `check` allows it; else nothing changes.
    ///
    /// # Errors
    /// As `check`.
    pub(in crate::server) fn redeem<E>(
        &self,
        text: &str,
        check: impl FnOnce(&Code) -> Result<(), E>,
    ) -> Result<Redemption, E> {
        let mut bytes = [0; 32];
        // A much longer text does not fit, and a shorter one is not whole.
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes);
        let (Ok(16), [id, _]) = (length, bytes.as_chunks::<16>().0) else {
            return Ok(Redemption::Unknown);
        };
        let mut shard = lock(self.shard(id));
        shard.drop_ended(RealInstant::now());
        let Some((code, used)) = shard.codes.get_mut(id) else { return Ok(Redemption::Unknown) };
        check(code)?;
        let code = code.clone();
        Ok(if std::mem::replace(used, true) {
            Redemption::Again(code)
        } else {
            Redemption::Now(code)
        })
    }
}
