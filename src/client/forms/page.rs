//! What a page asks for: its forms, as a browser without scripts sees them.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, EndTag, StartTag, Token, Tokenizer};

/// A page of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its forms, in order.
    pub forms: Vec<Form>,
    /// Where `<meta http-equiv=refresh>` leads.
    pub refresh: Option<String>,
    /// `<base href>`.
    pub base: Option<String>,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Its `id`, by which fields elsewhere on the page belong to it.
    pub id: Option<String>,
    /// Where it goes, as it stands there; without, to the page itself.
    pub action: Option<String>,
    /// Whether it is sent as a body, not as a query.
    pub is_post: bool,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

/// A field or button of a form.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is called; buttons may have no name.
    pub name: String,
    /// What it holds before anybody fills it.
    pub value: String,
    /// What it is.
    pub kind: FieldKind,
    /// What `autocomplete` says that it is for.
    pub purpose: String,
}

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Nobody sees it.
    Hidden,
    /// A line of text, an e-mail address or a telephone number.
    Text,
    /// A password.
    Password,
    /// A box or a radio button, and whether it is ticked.
    Tick(bool),
    /// A button that submits the form, what stands on it, and where it leads if not to the action.
    Submit(String, Option<String>),
    /// Anything else that has a value.
    Other,
}

/// Values may be secrets (anti-forgery tokens): names alone are told.
impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:?}", self.name, self.kind)
    }
}

/// The forms of a page.
pub fn read(html: &[u8]) -> Page {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reading = Reading::default();
    let text = String::from_utf8_lossy(html);
    for Ok(token) in Tokenizer::new_with_emitter(&*text, emitter) {
        match token {
            Token::StartTag(tag) => reading.open(&tag),
            Token::EndTag(tag) => reading.close(&tag),
            Token::String(text) => reading.text(&text),
            _ => {}
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    page: Page,
    /// The form that is open.
    form: Option<usize>,
    /// Fields that name their form, and the name.
    elsewhere: Vec<(String, Field)>,
    /// The button, and its form, whose text is being read.
    button: Option<(Field, Option<String>)>,
    /// The name of an open `<select>`, its form, and its value so far.
    select: Option<(Field, Option<String>)>,
}

impl Reading {
    fn open(&mut self, tag: &StartTag<()>) {
        let get = |name: &str| attribute(tag, name);
        match &tag.name[..] {
            // Forms cannot stand in forms: an inner one is ignored, as browsers do.
            b"form" if self.form.is_none() => {
                let method = get("method").unwrap_or_default();
                self.page.forms.push(Form {
                    id: get("id").map(Cow::into_owned),
                    action: get("action").map(Cow::into_owned),
                    is_post: method.eq_ignore_ascii_case("post"),
                    fields: Vec::new(),
                });
                self.form = Some(self.page.forms.len() - 1);
            }
            b"input" => self.input(tag),
            b"button" => {
                let kind = get("type").unwrap_or_default().to_ascii_lowercase();
                if !matches!(&*kind, "button" | "reset") {
                    let goes = get("formaction").map(Cow::into_owned);
                    let field = field(tag, FieldKind::Submit(String::new(), goes));
                    self.button = Some((field, get("form").map(Cow::into_owned)));
                }
            }
            b"textarea" => {
                self.keep(field(tag, FieldKind::Other), get("form").map(Cow::into_owned))
            }
            b"select" => {
                self.select =
                    Some((field(tag, FieldKind::Other), get("form").map(Cow::into_owned)));
            }
            b"option" => {
                if let Some((select, _)) = &mut self.select
                    && (select.value.is_empty() || get("selected").is_some())
                {
                    select.value = get("value").unwrap_or_default().into_owned();
                }
            }
            b"base" if self.page.base.is_none() => {
                self.page.base = get("href").map(Cow::into_owned)
            }
            b"meta" => {
                let equivalent = get("http-equiv").unwrap_or_default();
                if equivalent.eq_ignore_ascii_case("refresh") {
                    self.page.refresh = get("content").and_then(|content| refresh(&content));
                }
            }
            _ => {}
        }
    }

    fn input(&mut self, tag: &StartTag<()>) {
        let get = |name: &str| attribute(tag, name);
        let kind = get("type").unwrap_or_default().trim().to_ascii_lowercase();
        let goes = get("formaction").map(Cow::into_owned);
        let kind = match &*kind {
            "hidden" => FieldKind::Hidden,
            "password" => FieldKind::Password,
            "checkbox" | "radio" => FieldKind::Tick(get("checked").is_some()),
            "submit" | "image" => {
                let label = get("value").unwrap_or_default().into_owned();
                FieldKind::Submit(label, goes)
            }
            "button" | "reset" | "file" => return,
            "search" | "number" | "date" | "color" | "range" => FieldKind::Other,
            _ => FieldKind::Text,
        };
        if get("disabled").is_some() {
            return;
        }
        let mut field = field(tag, kind);
        if matches!(field.kind, FieldKind::Tick(_)) && get("value").is_none() {
            "on".clone_into(&mut field.value);
        }
        self.keep(field, get("form").map(Cow::into_owned));
    }

    fn text(&mut self, text: &[u8]) {
        if let Some((Field { kind: FieldKind::Submit(label, _), .. }, _)) = &mut self.button {
            label.push_str(&String::from_utf8_lossy(text));
        }
    }

    fn close(&mut self, tag: &EndTag<()>) {
        match &tag.name[..] {
            b"form" => self.form = None,
            b"button" => {
                if let Some((button, form)) = self.button.take() {
                    self.keep(button, form);
                }
            }
            b"select" => {
                if let Some((select, form)) = self.select.take() {
                    self.keep(select, form);
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, field: Field, form: Option<String>) {
        match (form, self.form) {
            (Some(id), _) => self.elsewhere.push((id, field)),
            (None, Some(form)) => self.page.forms[form].fields.push(field),
            (None, None) => {}
        }
    }

    fn finish(mut self) -> Page {
        for (id, field) in self.elsewhere {
            let own = self.page.forms.iter_mut().find(|form| form.id.as_ref() == Some(&id));
            if let Some(form) = own {
                form.fields.push(field);
            }
        }
        self.page
    }
}

fn field(tag: &StartTag<()>, kind: FieldKind) -> Field {
    let get = |name: &str| attribute(tag, name).unwrap_or_default().into_owned();
    Field { name: get("name"), value: get("value"), kind, purpose: get("autocomplete") }
}

fn attribute<'a>(tag: &'a StartTag<()>, name: &str) -> Option<Cow<'a, str>> {
    tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value))
}

/// `0; url=/next`.
fn refresh(content: &str) -> Option<String> {
    let (_, rest) = content.split_once([';', ','])?;
    let rest = rest.trim_start();
    let (word, address) = rest.split_once('=')?;
    let address = address.trim().trim_matches(['\'', '"']);
    (word.trim().eq_ignore_ascii_case("url") && !address.is_empty()).then(|| address.to_owned())
}
