//! Filling forms.

use url::Url;
use url::form_urlencoded::Serializer;

use super::page::{Field, FieldKind, Form, Page};
use crate::client::secret::Secret;

/// What stands in which field, by the field's name: `{user}` and `{password}` are filled in. Fields
/// that it does not name are found by what they are.
pub type Fields = Vec<(String, String)>;

/// Who logs in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The name at the provider.
    pub user: String,
    /// The password; some providers of tests want none.
    pub password: Option<Secret>,
}

/// A form, filled.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// Where it goes.
    pub address: Url,
    /// What is sent as `application/x-www-form-urlencoded`; nothing where the query says it.
    pub body: Option<String>,
    /// What the person did.
    pub step: Step,
}

/// What it holds may be secret: where it goes is told, without its query.
impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} to {}", self.step, self.address.path())
    }
}

/// What a person does on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nobody does anything: hidden fields alone, which a script would submit.
    Forwarded,
    /// Pressed a button: consent, or a logout's confirmation.
    Confirmed,
    /// Told the name, on a page of its own.
    Identified,
    /// Gave the password, or what the field map says.
    LoggedIn,
}

/// Why a page can't be answered. Field names are told, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// There is no form.
    #[error(
        "the page has no form to answer: if scripts make the login page, try [provider.form] with \
         a simpler page of the provider, or grant = \"password\""
    )]
    NoForm,
    /// A field is not known.
    #[error(
        "the form asks for {0}: say in [provider.form] what belongs there, as `{0} = \"{{user}}\"`"
    )]
    UnknownField(String),
    /// Nobody gave a password.
    #[error("the form asks for a password: name it by password_env or password_file in [provider]")]
    NoPassword,
    /// The form came again.
    #[error("the provider shows the login form again: it does not accept this user or password")]
    Refused,
    /// It can't be sent.
    #[error("the form leads to an address that is none")]
    Address,
}

/// Words on buttons that refuse.
const REFUSING: &[&str] = &[
    "cancel", "deny", "denied", "reject", "decline", "refuse", "abort", "disagree", "no", "back",
    "disallow", "reset", "stay",
];

/// Words on buttons that lead to something else than what the form is for: a registration, a lost
/// password, another provider ("Sign in with …").
const LEADING_AWAY: &[&str] = &[
    "register",
    "registration",
    "signup",
    "up",
    "create",
    "forgot",
    "forgotten",
    "lost",
    "resend",
    "switch",
    "another",
    "with",
    "passkey",
    "webauthn",
    "skip",
    "help",
];

/// Names that providers give to the field of the user's name.
const USER_NAMES: &[&str] = &[
    "username",
    "user",
    "login",
    "email",
    "identifier",
    "user_name",
    "userid",
    "user_id",
    "uid",
    "account",
    "loginfmt",
    "mail",
    "name",
];

/// What a person answers to `page`, which came from `address`.
///
/// # Errors
/// If there is nothing to answer, or a field that nobody said what to write into.
pub fn answer(
    page: &Page,
    address: &Url,
    fields: &Fields,
    credentials: &Credentials,
) -> Result<Filled, FormError> {
    let form = page.forms.iter().filter_map(|form| Some((rank(form, fields)?, form)));
    // The first of the best: `max_by_key` would take the last.
    let best = form.rev().max_by_key(|(rank, _)| *rank);
    let (_, form) = best.ok_or(FormError::NoForm)?;
    let step = step(form, fields);
    let mut values: Vec<(&str, String)> = Vec::new();
    let user = user_field(form, fields);
    let pressed = pressed(form, fields);
    for (place, field) in form.fields.iter().enumerate() {
        let mapped = fields.iter().find(|(name, _)| *name == field.name);
        let value = match (&field.kind, mapped) {
            (FieldKind::Submit(..), _) if pressed != Some(place) => continue,
            (FieldKind::Submit(..), _) => field.value.clone(),
            (_, Some((_, template))) => expand(template, credentials)?,
            (FieldKind::Password, None) => password(credentials)?.to_owned(),
            (FieldKind::Text, None) if user == Some(place) => credentials.user.clone(),
            // Consent is given to everything that is asked for.
            (FieldKind::Tick(ticked), None) if !ticked && step != Step::Confirmed => continue,
            _ => field.value.clone(),
        };
        if !field.name.is_empty() {
            values.push((&field.name, value));
        }
    }
    if let (None, Step::LoggedIn | Step::Identified) = (user, step)
        && let Some(unknown) = unknown_field(form, fields)
    {
        return Err(FormError::UnknownField(unknown));
    }
    let goes = pressed.and_then(|place| match &form.fields[place].kind {
        FieldKind::Submit(_, goes) => goes.as_deref(),
        _ => None,
    });
    send(page, form, goes, address, &values, step)
}

/// Whether somebody has to type something, that is log in, before this page goes on.
pub(super) fn step(form: &Form, fields: &Fields) -> Step {
    let has = |kind: &FieldKind| form.fields.iter().any(|field| field.kind == *kind);
    let is_mapped =
        |field: &&Field| is_typed(field) && fields.iter().any(|(name, _)| *name == field.name);
    let maps_password = |field: &Field| {
        fields.iter().any(|(name, value)| *name == field.name && value.contains("{password}"))
    };
    if has(&FieldKind::Password) || form.fields.iter().any(maps_password) {
        Step::LoggedIn
    } else if has(&FieldKind::Text) || form.fields.iter().any(|field| is_mapped(&field)) {
        Step::Identified
    } else if form.fields.iter().any(|field| !matches!(field.kind, FieldKind::Hidden)) {
        Step::Confirmed
    } else {
        Step::Forwarded
    }
}

/// How likely it is that a person would answer this form of the page; nothing if never.
fn rank(form: &Form, fields: &Fields) -> Option<u32> {
    let mapped = form.fields.iter().any(|field| fields.iter().any(|(name, _)| *name == field.name));
    let passwords = form.fields.iter().filter(|field| field.kind == FieldKind::Password).count();
    let refuses = pressed(form, fields).is_none()
        && form.fields.iter().any(|field| matches!(field.kind, FieldKind::Submit(..)));
    let base = match step(form, fields) {
        // Two are a new password, and its repetition.
        Step::LoggedIn if passwords < 2 => 40,
        Step::LoggedIn => 20,
        Step::Identified if user_field(form, fields).is_some() => 30,
        Step::Identified => 10,
        _ if refuses => return None,
        Step::Confirmed => 12,
        Step::Forwarded => 11,
    };
    Some(base + if mapped { 100 } else { 0 } + u32::from(form.is_post))
}

/// The field of the user's name.
fn user_field(form: &Form, fields: &Fields) -> Option<usize> {
    let is_free = |field: &Field| {
        field.kind == FieldKind::Text && !fields.iter().any(|(name, _)| *name == field.name)
    };
    let free = || form.fields.iter().enumerate().filter(|(_, field)| is_free(field));
    // What the map says is the name needs no other.
    let maps_user = |field: &Field| {
        fields.iter().any(|(name, value)| *name == field.name && value.contains("{user}"))
    };
    if form.fields.iter().any(maps_user) {
        return None;
    }
    // `username webauthn` is one, too.
    let is_name = |purpose: &str| {
        purpose.split_whitespace().any(|word| ["username", "email"].contains(&word))
    };
    let by_purpose = || free().find(|(_, field)| is_name(&field.purpose));
    let by_name = || {
        USER_NAMES
            .iter()
            .find_map(|name| free().find(|(_, field)| field.name.eq_ignore_ascii_case(name)))
    };
    let only = || free().next().filter(|_| free().count() == 1);
    by_purpose().or_else(by_name).or_else(only).map(|(place, _)| place)
}

/// A field that somebody would have to fill, and nobody said with what.
fn unknown_field(form: &Form, fields: &Fields) -> Option<String> {
    let is_known = |field: &&Field| fields.iter().any(|(name, _)| *name == field.name);
    let open = |field: &&Field| field.kind == FieldKind::Text && field.value.is_empty();
    let any_known = form.fields.iter().any(|field| is_known(&field));
    let unknown = form.fields.iter().filter(open).find(|field| !is_known(field));
    unknown.filter(|_| !any_known).map(|field| field.name.clone())
}

/// The button that a person presses: one that the map names, else the first that does not refuse.
fn pressed(form: &Form, fields: &Fields) -> Option<usize> {
    let buttons = || {
        form.fields.iter().enumerate().filter_map(|(place, field)| match &field.kind {
            FieldKind::Submit(label, _) => Some((place, field, label)),
            _ => None,
        })
    };
    let is_meant = |field: &Field| {
        fields.iter().any(|(name, value)| *name == field.name && *value == field.value)
    };
    let named = buttons().find(|(_, field, _)| !field.name.is_empty() && is_meant(field));
    let without = |words: &[&[&str]]| {
        buttons().find(|(_, field, label)| {
            let says = |text: &str| words.iter().any(|words| has_word(text, words));
            ![&field.name, &field.value, *label].into_iter().any(|text| says(text))
        })
    };
    let willing =
        named.or_else(|| without(&[REFUSING, LEADING_AWAY])).or_else(|| without(&[REFUSING]));
    willing.map(|(place, ..)| place)
}

fn has_word(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|own| words.contains(&&*own.to_lowercase()))
}

fn is_typed(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Text | FieldKind::Password | FieldKind::Other)
}

fn expand(template: &str, credentials: &Credentials) -> Result<String, FormError> {
    let mut text = template.replace("{user}", &credentials.user);
    if text.contains("{password}") {
        text = text.replace("{password}", password(credentials)?);
    }
    Ok(text)
}

fn password(credentials: &Credentials) -> Result<&str, FormError> {
    credentials.password.as_ref().map(Secret::expose).ok_or(FormError::NoPassword)
}

fn send(
    page: &Page,
    form: &Form,
    goes: Option<&str>,
    address: &Url,
    values: &[(&str, String)],
    step: Step,
) -> Result<Filled, FormError> {
    let base = page.base.as_deref().map_or_else(|| Ok(address.clone()), |base| address.join(base));
    let base = base.map_err(|_| FormError::Address)?;
    // An empty action is the page itself, whatever its base.
    let mut target =
        match goes.or(form.action.as_deref()).map(str::trim).filter(|to| !to.is_empty()) {
            Some(to) => base.join(to).map_err(|_| FormError::Address)?,
            None => address.clone(),
        };
    target.set_fragment(None);
    let pairs = || Serializer::new(String::new()).extend_pairs(values).finish();
    if form.is_post {
        return Ok(Filled { address: target, body: Some(pairs()), step });
    }
    target.set_query(Some(&pairs()));
    Ok(Filled { address: target, body: None, step })
}
