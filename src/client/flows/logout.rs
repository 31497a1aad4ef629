//! OpenID Connect RP-Initiated Logout 1.0.

use super::browse::{Arrival, Going};
use super::registration::Client;
use super::{Browser, FlowError, Provider, Trip, unguessable};
use crate::client::forms::{Credentials, FormError, Step, answer};
use crate::client::secret::Secret;

const AT: &str = "logout endpoint";

/// Pages of one logout before a circle is assumed.
const MOST_PAGES: usize = 5;

impl Provider {
    /// Logs the browser's user out, and confirms it where the provider asks (§2).
    ///
    /// # Errors
    /// If the provider has no such endpoint, or refuses.
    pub async fn logout(
        &self,
        browser: &mut Browser,
        client: &Client,
        id_token: Option<&Secret>,
        trip: &mut Trip,
    ) -> Result<(), FlowError> {
        let none = FlowError::protocol(AT, "the provider's metadata names none");
        let mut address = self.end_session.clone().ok_or(none)?;
        let registration = &client.registration;
        let home = registration.post_logout_redirect_uri.as_ref();
        let mut pairs = address.query_pairs_mut();
        pairs.append_pair("client_id", &registration.client_id);
        pairs.extend_pairs(id_token.map(|token| ("id_token_hint", token.expose())));
        if let Some(home) = home {
            pairs.append_pair("post_logout_redirect_uri", home.as_str());
            pairs.append_pair("state", &unguessable()?);
        }
        drop(pairs);
        // Providers send people to their home after a logout, whether there is one or not.
        let mut going = Going { may_land_nowhere: true, ..Going::to(address) };
        for _ in 0..MOST_PAGES {
            let arrival = self.go(AT, browser, going, home, trip).await?;
            let Arrival::Page(page, address) = arrival else { return Ok(()) };
            if let Some(next) = page.refresh.as_ref().and_then(|next| address.join(next).ok()) {
                going = Going::to(next);
                continue;
            }
            let nobody = Credentials { user: String::new(), password: None };
            match answer(&page, &address, &self.fields, &nobody) {
                Ok(filled) if matches!(filled.step, Step::Confirmed | Step::Forwarded) => {
                    going = Going { may_land_nowhere: true, ..Going::submitting(filled, address) };
                }
                // A farewell, or the login form for the next one: nothing is left to confirm.
                Ok(_)
                | Err(FormError::NoForm | FormError::NoPassword | FormError::UnknownField(_)) => {
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(FlowError::protocol(AT, "the logout does not end"))
    }
}
