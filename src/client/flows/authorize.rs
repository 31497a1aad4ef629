//! Authorization code with PKCE (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1), through the
//! login form or silently.

use url::Url;

use super::browse::{Arrival, Going};
use super::error::shown;
use super::registration::{Client, Parameters};
use super::tokens::Tokens;
use super::{Browser, FlowError, Provider, Trip, random, unguessable};
use crate::client::forms::{Credentials, FormError, Page, Step, answer};
use crate::client::secret::Secret;
use crate::oidc::{challenge, verifier};

const AT: &str = "authorization endpoint";

/// What a login came to.
#[derive(Debug)]
pub struct Login {
    /// What the client got.
    pub tokens: Tokens,
    /// Whether the person had to tell name or password; if not, there was a session.
    pub by_form: bool,
}

/// What a silent authentication came to.
#[derive(Debug)]
pub enum Silent {
    /// Tokens: there is a session.
    Tokens(Tokens),
    /// A person would be needed, in the provider's words; without words it showed a page.
    Refused(Option<Box<str>>),
}

const OTHER_STATE: &str = "its answer has another state than the request";

/// Pages of one login before a circle is assumed.
const MOST_PAGES: usize = 12;

/// The words of a silent refusal (OpenID Connect Core §3.1.2.6).
const REFUSALS: &[&str] =
    &["login_required", "interaction_required", "consent_required", "account_selection_required"];

/// What an authorization request must be answered with.
#[derive(Clone)]
pub(super) struct Asked {
    client_id: Box<str>,
    verifier: Box<str>,
    state: Box<str>,
    nonce: Box<str>,
}

/// What a provider answers.
enum Answer {
    /// The code, and the request that it is for.
    Code(Secret, Asked),
    /// An earlier request of this browser, of another client: it left the browser logged in there.
    Elsewhere,
}

/// Requests of one browser that a page answered: a provider may come back to them after a login.
const MOST_PENDING: usize = 4;

impl Provider {
    /// Logs in as `credentials`, by the provider's pages if it shows any.
    ///
    /// # Errors
    /// If it does not come to tokens.
    pub async fn login(
        &self,
        browser: &mut Browser,
        client: &Client,
        api: &Parameters,
        credentials: &Credentials,
        trip: &mut Trip,
    ) -> Result<Login, FlowError> {
        let (mut asked, address) = self.asked(client, api, None)?;
        let home = &client.registration.redirect_uri;
        let mut going = Going::to(address);
        let mut by_form = false;
        let mut last: Option<Vec<String>> = None;
        for _ in 0..MOST_PAGES {
            let arrival = self.go(AT, browser, going, Some(home), trip).await?;
            let (page, address) = match arrival {
                Arrival::Back(told) => match self.code(&asked, &told, client, browser)? {
                    Answer::Code(code, asked) => {
                        browser.pending.clear();
                        let tokens =
                            self.exchange(client, api, &asked.proof(), &code, trip).await?;
                        return Ok(Login { tokens, by_form });
                    }
                    // What a person does who ends up in another app: go to this one again.
                    Answer::Elsewhere => {
                        let again = self.asked(client, api, None)?;
                        (asked, going) = (again.0, Going::to(again.1));
                        continue;
                    }
                },
                Arrival::Page(page, address) => (page, address),
            };
            if let Some(next) = forwarded(&page, &address) {
                going = Going::to(next);
                continue;
            }
            let filled = answer(&page, &address, &self.fields, credentials)?;
            let typed = matches!(filled.step, Step::LoggedIn | Step::Identified);
            by_form |= typed;
            // The same questions again: the answers were not accepted.
            let questions = typed.then(|| questions(&page));
            if questions.is_some() && questions == last {
                return Err(FormError::Refused.into());
            }
            last = questions;
            going = Going::submitting(filled, address);
        }
        Err(FlowError::protocol(AT, "the login does not end: a dozen pages were answered"))
    }

    /// Authenticates with `prompt=none` (OpenID Connect Core §3.1.2.1).
    ///
    /// # Errors
    /// If the answer is neither tokens nor one of the refusals that mean a person.
    pub async fn silent(
        &self,
        browser: &mut Browser,
        client: &Client,
        api: &Parameters,
        trip: &mut Trip,
    ) -> Result<Silent, FlowError> {
        let (asked, address) = self.asked(client, api, Some("none"))?;
        let home = &client.registration.redirect_uri;
        let mut going = Going::to(address);
        for _ in 0..MOST_PAGES {
            let arrival = self.go(AT, browser, going, Some(home), trip).await?;
            let (page, address) = match arrival {
                Arrival::Back(told) => {
                    let (code, asked) = match self.code(&asked, &told, client, browser) {
                        Err(FlowError::OAuth { code, .. }) if REFUSALS.contains(&&*code) => {
                            return Ok(Silent::Refused(Some(code)));
                        }
                        Ok(Answer::Code(code, asked)) => (code, asked),
                        Ok(Answer::Elsewhere) => return Err(FlowError::protocol(AT, OTHER_STATE)),
                        Err(error) => return Err(error),
                    };
                    let tokens = self.exchange(client, api, &asked.proof(), &code, trip).await?;
                    return Ok(Silent::Tokens(tokens));
                }
                Arrival::Page(page, address) => (page, address),
            };
            if let Some(next) = forwarded(&page, &address) {
                going = Going::to(next);
                continue;
            }
            // A page where none may be: somebody would have to look at it. Only what a script
            // submits by itself goes on.
            let nobody = Credentials { user: String::new(), password: None };
            match answer(&page, &address, &Vec::new(), &nobody) {
                Ok(filled) if filled.step == Step::Forwarded => {
                    going = Going::submitting(filled, address);
                }
                Ok(_) | Err(FormError::NoPassword | FormError::UnknownField(_)) => {
                    if browser.pending.len() == MOST_PENDING {
                        browser.pending.remove(0);
                    }
                    browser.pending.push(asked);
                    return Ok(Silent::Refused(None));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(FlowError::protocol(AT, "silent authentication does not end"))
    }

    fn asked(
        &self,
        client: &Client,
        api: &Parameters,
        prompt: Option<&str>,
    ) -> Result<(Asked, Url), FlowError> {
        let registration = &client.registration;
        let (verifier, state, nonce) = (verifier(&random()?), unguessable()?, unguessable()?);
        let mut address = self.authorization.clone();
        let mut pairs = address.query_pairs_mut();
        pairs
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", registration.redirect_uri.as_str())
            .append_pair("scope", &registration.scope)
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256");
        let own = registration.parameters.iter();
        pairs.extend_pairs(own.filter(|(name, _)| prompt.is_none() || name != "prompt"));
        pairs.extend_pairs(prompt.map(|prompt| ("prompt", prompt)));
        pairs.extend_pairs(url::form_urlencoded::parse(api.0.as_bytes()));
        drop(pairs);
        let client_id = registration.client_id.as_str().into();
        let (verifier, state, nonce) = (verifier.into(), state.into(), nonce.into());
        Ok((Asked { client_id, verifier, state, nonce }, address))
    }

    /// The code of an authorization response, once it is known to be the answer to this request, or
    /// to one that this browser sent before and a page came back for.
    fn code(
        &self,
        asked: &Asked,
        told: &[(String, String)],
        client: &Client,
        browser: &mut Browser,
    ) -> Result<Answer, FlowError> {
        let get = |name: &str| told.iter().find(|(own, _)| own == name).map(|(_, value)| &**value);
        // RFC 6749 §10.12.
        let state = get("state");
        let mut asked = asked.clone();
        if state != Some(&*asked.state) {
            let pending = browser.pending.iter().position(|own| state == Some(&*own.state));
            let pending = pending.ok_or(FlowError::protocol(AT, OTHER_STATE))?;
            asked = browser.pending.remove(pending);
            if *asked.client_id != client.registration.client_id {
                return Ok(Answer::Elsewhere);
            }
        }
        // RFC 9207 §2.4: an answer of another provider is not for this one's token endpoint.
        let issuer = get("iss");
        let must = self.metadata.authorization_response_iss_parameter_supported;
        if issuer.is_some_and(|issuer| issuer != self.metadata.issuer) || (must && issuer.is_none())
        {
            return Err(FlowError::protocol(AT, "its answer comes from another issuer"));
        }
        if let Some(error) = get("error") {
            let secrets = [client.secret(), &asked.verifier];
            let code = shown(error, &secrets).unwrap_or_else(|| "an error".into());
            let description = get("error_description").and_then(|words| shown(words, &secrets));
            return Err(FlowError::OAuth { at: AT, code, description });
        }
        let code = get("code").map(Secret::new);
        let code = code.ok_or(FlowError::protocol(AT, "its answer has no code"))?;
        Ok(Answer::Code(code, asked))
    }
}

/// The verifier is a secret.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asked for {}", self.client_id)
    }
}

impl Asked {
    fn proof(&self) -> super::tokens::Proof<'_> {
        super::tokens::Proof { verifier: &self.verifier, nonce: &self.nonce }
    }
}

/// Where a page without questions leads by itself.
fn forwarded(page: &Page, address: &Url) -> Option<Url> {
    let to = page.refresh.as_ref().filter(|_| page.forms.is_empty())?;
    address.join(to).ok()
}

/// The names of a page's fields: the same again is the same page.
fn questions(page: &Page) -> Vec<String> {
    page.forms.iter().flat_map(|form| &form.fields).map(|field| field.name.clone()).collect()
}
