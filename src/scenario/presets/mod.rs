//! Providers' defaults: one data file each, every value with its source.
//!
//! A file has the sections `[session]`, `[api]` and `[app]`, the latter two for every API and every
//! app, whose values are `{ value = …, source = "…" }`, or `{ same_as = "KEY", source = "…" }` for
//! what follows a setting of the session. `[app_if_given]` says what an app's refresh token or
//! session is like if the scenario gives the app one (`refresh_token = {}`). No rule of any
//! provider is here, only values of settings that every policy has.

use toml::de::{DeTable, DeValue};

use super::read::builtin;
use super::registry::{APP, Group, SESSION, Setting};
use super::tree::{Node, Place, Table};
use super::value::Value;

/// A provider whose defaults a policy can start from.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// As `preset = "…"` says it.
    pub name: &'static str,
    /// What it stands for.
    pub about: &'static str,
    pub(super) text: &'static str,
}

/// Every preset, by name.
pub static PRESETS: &[Preset] = &[AUTH0, KEYCLOAK];

const AUTH0: Preset = Preset {
    name: "auth0",
    about: "A new Auth0 tenant; clients renew as auth0-spa-js does.",
    text: include_str!("auth0.toml"),
};

const KEYCLOAK: Preset = Preset {
    name: "keycloak",
    about: "A new Keycloak realm (26 or later), without remember-me; clients renew as keycloak-js does.",
    text: include_str!("keycloak.toml"),
};

/// The preset of that name.
pub(super) fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

impl Preset {
    /// One section of the file as a layer of `group`; `session` is the policy's, for values that
    /// follow it.
    ///
    /// # Panics
    /// If the file is no preset; a test loads every one.
    pub(super) fn section(&self, name: &str, group: &'static Group, session: &Table) -> Table {
        let toml = DeTable::parse(self.text).expect("a preset is TOML");
        match toml.get_ref().get(name).map(|section| section.get_ref()) {
            Some(DeValue::Table(section)) => self.layer(section, group, session),
            _ => Table::new(Place::Default),
        }
    }

    /// Fills in the tables of `app` that the scenario opened and the preset describes.
    pub(super) fn fill_given(&self, app: &mut Table, session: &Table) {
        let given = self.section("app_if_given", &APP, session);
        for (key, node) in given.entries {
            if let (Some(Node::Table(above)), Node::Table(below)) =
                (app.entries.get_mut(&key), node)
            {
                above.lay_over(&below);
            }
        }
    }

    fn layer(&self, section: &DeTable<'_>, group: &'static Group, session: &Table) -> Table {
        let place = Place::Preset { name: self.name, source: String::new() };
        let mut layer = Table::new(place);
        for (key, entry) in section {
            let setting = group.find(key.get_ref()).unwrap_or_else(|| {
                panic!("preset {}: {} has no `{}`", self.name, group.header, key.get_ref())
            });
            let entry = entry.get_ref().as_table().expect("a preset's value is a table");
            match entry.get("source").and_then(|source| source.get_ref().as_str()) {
                Some(source) => {
                    let value = self.value(setting, entry, session);
                    let place = Place::Preset { name: self.name, source: source.to_owned() };
                    layer.put(setting, value, place);
                }
                None => {
                    let inner = setting.kind.group().expect("a preset's value has a source");
                    let table = self.layer(entry, inner, session);
                    layer.entries.insert(setting.key.to_owned(), Node::Table(table));
                }
            }
        }
        layer
    }

    fn value(&self, setting: &Setting, entry: &DeTable<'_>, session: &Table) -> Value {
        if let Some(followed) = entry.get("same_as").and_then(|key| key.get_ref().as_str()) {
            let key = followed.strip_prefix("session.").and_then(|key| SESSION.find(key));
            let key = key.unwrap_or_else(|| panic!("preset {}: `{followed}`", self.name));
            // What the scenario got wrong there is told there; any limit does meanwhile.
            let limit = session.get(key).unwrap_or(crate::model::Limit::NONE);
            return Value::Limit(limit);
        }
        let value = entry.get("value").expect("a preset's entry has a value");
        builtin(setting, value)
    }
}
