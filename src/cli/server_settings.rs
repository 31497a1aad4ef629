//! What `relogin serve` takes from a scenario and from files: clients, keys, secrets, clocks, luck.

use std::fs;
use std::path::{Path, PathBuf};

use super::scenario::{Loaded, ScenarioArguments};
use super::{Failure, files, provider};
use crate::model::{ApiId, AppId, AppSession, Instant, Renew, Span, TokenStorage};
use crate::oidc::{Clock as ClockLine, parse_clock};
use crate::scenario::{ClientAuthSpec, PolicySpec};
use crate::seed::Key;
use crate::server::{ClientAuth, ClientSettings, Clock, Luck, RealClock, SigningKey, device_name};
use crate::trace::Vocabulary;

/// What `[provider.client.*]` says where a scenario says nothing.
const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1/callback";

/// The operator's part of a policy. When a client renews, what an app's own cookie says and where it
/// keeps its tokens a server neither sees nor decides.
pub(super) fn without_strategies(spec: &PolicySpec) -> PolicySpec {
    let mut spec = spec.clone();
    for app in spec.apps.values_mut() {
        app.session = AppSession::None;
        app.renew = Renew::OnUse;
        app.renew_ahead = Span::ZERO;
        app.keep_alive = None;
        app.token_storage = TokenStorage::Persistent;
    }
    spec
}

/// A client for each app, as `[provider.client.*]` registers it.
pub(super) fn clients(
    arguments: &ScenarioArguments,
    loaded: &Loaded,
    vocabulary: &Vocabulary,
) -> Result<Vec<ClientSettings>, Failure> {
    let client = |app: &String| {
        let Some(spec) = loaded.scenario.provider.clients.get(app) else {
            return Ok(ClientSettings { client_id: app.clone(), ..ClientSettings::default() });
        };
        let secret = spec.secret.as_ref().map(|place| provider::secret(arguments, place));
        let secret = secret.transpose()?.map(|secret| secret.expose().to_owned());
        // What the scenario's default is, nobody has listed: any place on this machine will do.
        let listed = spec.redirect_uris != [DEFAULT_REDIRECT_URI];
        Ok(ClientSettings {
            client_id: spec.client_id.clone(),
            auth: match spec.auth {
                ClientAuthSpec::None => ClientAuth::None,
                ClientAuthSpec::Basic => ClientAuth::Basic,
                ClientAuthSpec::Post => ClientAuth::Post,
            },
            secret,
            redirect_uris: if listed { spec.redirect_uris.clone() } else { Vec::new() },
            post_logout_redirect_uris: spec.post_logout_redirect_uris.clone(),
            scope: spec.scope.clone(),
        })
    };
    vocabulary.apps.iter().map(client).collect()
}

/// The secret in the first line of a file.
pub(super) fn secret_in_file(path: &Path) -> Result<String, Failure> {
    let text = files::read_text(path)?;
    let secret = text.lines().next().unwrap_or_default();
    if secret.is_empty() {
        let name = path.display();
        return Err(Failure::Usage(format!(
            "{name}: the first line, which is the secret, is empty"
        )));
    }
    Ok(secret.to_owned())
}

/// The signing key in a file.
pub(super) fn read_key(path: &Path) -> Result<SigningKey, Failure> {
    let usage = |why: &dyn std::fmt::Display| {
        Failure::Usage(format!("cannot use the key in {}: {why}", path.display()))
    };
    let bytes = fs::read(path).map_err(|error| usage(&error))?;
    let der = pkcs8_of(&bytes).map_err(|why| usage(&why))?;
    SigningKey::from_pkcs8(&der).map_err(|error| usage(&error))
}

/// PKCS #8, out of PEM if it is in that.
fn pkcs8_of(bytes: &[u8]) -> Result<Vec<u8>, String> {
    use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    if !bytes.starts_with(b"-----BEGIN") {
        return Ok(bytes.to_vec());
    }
    let key = PrivatePkcs8KeyDer::from_pem_slice(bytes);
    let key = key.map_err(|error| format!("no PRIVATE KEY in PEM ({error})"))?;
    Ok(key.secret_pkcs8_der().to_vec())
}

/// The clock of a test: whoever replaces the file sets the time.
pub(super) struct FileClock(PathBuf);

impl FileClock {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Clock for FileClock {
    fn now(&self) -> Result<Instant, String> {
        let name = self.0.display();
        let line = fs::read_to_string(&self.0).map_err(|error| {
            format!("{name}: {error}; it holds one line, such as 2026-03-02 08:00:00, in UTC")
        })?;
        match parse_clock(&line).map_err(|error| format!("{name}: {error}"))? {
            ClockLine::Frozen(at) => Ok(at),
            ClockLine::Ahead(span) => Ok(RealClock.now()? + span),
        }
    }
}

/// The draws of the simulator: the same user with the same tokens has the same luck.
pub(super) struct TokenLuck {
    seed: u64,
    apps: Vec<String>,
    apis: Vec<String>,
}

impl TokenLuck {
    pub(super) fn new(seed: u64, names: &Vocabulary) -> Self {
        Self { seed, apps: names.apps.clone(), apis: names.apis.clone() }
    }
}

impl Luck for TokenLuck {
    fn bits(&self, user: &str, device: u32, app: AppId, api: ApiId, number: u32) -> u64 {
        Key::new(self.seed, "access_token_lifetime")
            .with(user)
            .with(&device_name(device))
            .with(&self.apps[app.index()])
            .with(&self.apis[api.index()])
            .bits(u64::from(number))
    }
}
