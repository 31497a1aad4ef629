//! The JSON Schema of a scenario file, for editors and for tools that write scenarios.

use serde_json::{Map, Value, json};
use toml::de::DeValue;

use super::presets::PRESETS;
use super::profiles::PROFILES;
use super::recommend::objectives;
use super::registry::{Fallback, Group, Kind, MOST_WEIGHT, ROOT, Setting};
use crate::trace::synthetic::patterns::PATTERNS;

/// SPEC 3's durations; zero is one here, where a pattern cannot tell.
const DURATION: &str = concat!(
    r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$",
    r"|^P(?=\d|T)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
);

/// The JSON Schema (draft 2020-12) of a scenario file.
///
/// It knows every key and every kind of value; what belongs together (an app's API, a `renew_ahead`
/// below the lifetime) only [`parse`](super::parse) checks.
pub fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relogin scenario",
        "$defs": { "duration": { "type": "string", "pattern": DURATION } },
    });
    if let (Value::Object(whole), Value::Object(root)) = (&mut schema, object(&ROOT)) {
        whole.extend(root);
    }
    schema
}

/// A table of one group's settings.
fn object(group: &Group) -> Value {
    let property = |setting: &Setting| (setting.key.to_owned(), property(setting));
    let properties: Map<String, Value> = group.settings.iter().map(property).collect();
    let required = group.settings.iter().filter(|setting| setting.fallback == Fallback::Required);
    let required: Vec<&str> = required.map(|setting| setting.key).collect();
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// One setting: its kind, what it says, and what holds without it.
fn property(setting: &Setting) -> Value {
    let mut property = kind(setting.kind);
    property["description"] = json!(description(setting));
    if let Fallback::Value(text) = setting.fallback {
        property["default"] = default(text);
    }
    property
}

/// What a setting says, with the unit of bare numbers and a default that no value tells.
fn description(setting: &Setting) -> String {
    let mut description = setting.about.to_owned();
    if !setting.unit.is_empty() {
        description.push_str(&format!(" Unit: {}.", setting.unit));
    }
    if let Fallback::Derived(what) = setting.fallback {
        description.push_str(&format!(" Default: {what}."));
    }
    description
}

/// A default of the registry as JSON.
fn default(text: &str) -> Value {
    let toml = DeValue::parse(text).expect("the registry holds TOML");
    json_of(toml.get_ref())
}

fn json_of(toml: &DeValue<'_>) -> Value {
    match toml {
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Integer(number) => json!(number.as_str().parse::<i64>().ok()),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().ok()),
        DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
        DeValue::Table(table) => Value::Object(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), json_of(value.get_ref())))
                .collect(),
        ),
        DeValue::String(text) => json!(text),
        DeValue::Datetime(datetime) => json!(datetime.to_string()),
    }
}

fn kind(kind: Kind) -> Value {
    let duration = json!({ "$ref": "#/$defs/duration" });
    let limit = json!({ "anyOf": [{ "const": "none" }, duration] });
    match kind {
        Kind::Text | Kind::TimeZone => json!({ "type": "string" }),
        Kind::FolderName => json!({ "type": "string", "pattern": r"^(?!\.*$)[^/\\]+$" }),
        Kind::Name => json!({ "type": "string", "minLength": 1 }),
        Kind::Names => names(),
        Kind::Files => json!({ "anyOf": [{ "type": "string" }, names()] }),
        Kind::Preset => one_of(&PRESETS.iter().map(|preset| preset.name).collect::<Vec<_>>()),
        Kind::Pattern => one_of(&PATTERNS.iter().map(|pattern| pattern.name).collect::<Vec<_>>()),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::Number(least, most) => {
            json!({ "type": "number", "minimum": least, "maximum": most })
        }
        Kind::Rate(most) => {
            let rate = json!({ "type": "number", "exclusiveMinimum": 0, "maximum": most });
            json!({ "anyOf": [{ "const": "none" }, rate] })
        }
        Kind::Span | Kind::PositiveSpan => duration,
        Kind::Limit => limit,
        Kind::Lifetime(range) => {
            json!({ "anyOf": [{ "const": "none" }, duration, object(range)] })
        }
        Kind::Counted(_) => json!({ "type": "integer", "minimum": 1 }),
        Kind::Word(words) => one_of(words),
        Kind::Words(words) => json!({ "type": "array", "items": one_of(words) }),
        Kind::Conditions => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Profiles => {
            let profile = one_of(&PROFILES.iter().map(|profile| profile.name).collect::<Vec<_>>());
            let several = json!({ "type": "array", "items": profile, "minItems": 1 });
            json!({ "anyOf": [profile, several] })
        }
        Kind::Objective => one_of(&objectives().collect::<Vec<_>>()),
        Kind::Pairs => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        // A key with dots that is not quoted makes tables.
        Kind::Bounds => {
            json!({
                "type": "object",
                "additionalProperties": { "anyOf": [{ "type": "string" }, { "type": "object" }] },
            })
        }
        Kind::Weights | Kind::ZoneWeights => {
            json!({ "type": "object", "additionalProperties": weight() })
        }
        Kind::Hours(group) => {
            json!({ "anyOf": [numbers(24), numbers(168), object(group)] })
        }
        Kind::Day => numbers(24),
        Kind::Distribution(group) => one_or_more(object(group)),
        Kind::Dates => json!({ "type": "array", "items": { "type": "string", "format": "date" } }),
        Kind::Instant => json!({ "type": "string" }),
        Kind::Axes => json!({ "type": "object", "additionalProperties": axis() }),
        Kind::Constraints => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Table(group) => object(group),
        Kind::Choice(words, group) => json!({ "anyOf": [one_of(words), object(group)] }),
        Kind::Each(group) => {
            json!({
                "type": "object",
                "propertyNames": { "minLength": 1 },
                "additionalProperties": object(group),
            })
        }
        Kind::List(group) => json!({ "type": "array", "items": object(group) }),
        Kind::OneOrMore(group) => one_or_more(object(group)),
    }
}

fn one_of(words: &[&str]) -> Value {
    json!({ "enum": words })
}

fn names() -> Value {
    let name = json!({ "type": "string", "minLength": 1 });
    json!({ "type": "array", "items": name, "minItems": 1, "uniqueItems": true })
}

fn numbers(count: usize) -> Value {
    json!({ "type": "array", "items": weight(), "minItems": count, "maxItems": count })
}

fn one_or_more(object: Value) -> Value {
    json!({ "anyOf": [object, { "type": "array", "items": object, "minItems": 1 }] })
}

/// Values, a range, an automatic grid, or the axes below a part of a dotted key.
fn axis() -> Value {
    json!({ "anyOf": [
        { "const": "auto" },
        { "type": "array", "minItems": 1 },
        { "type": "object" },
    ] })
}

fn weight() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": MOST_WEIGHT })
}
