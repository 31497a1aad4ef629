//! The JSON Schema holds every key, and the corpus' good scenarios hold to it.

use serde_json::Value;

use super::super::registry::{Group, ROOT};
use super::super::{parse, schema};
use super::corpus;

/// The parts of JSON Schema that the schema uses, in a few lines: what is wrong, if anything.
pub(crate) fn mismatch(root: &Value, schema: &Value, value: &Value, path: &str) -> Option<String> {
    let fail = |what: &str| Some(format!("{path}: {what}: {value}"));
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).expect("a $ref leads there");
        return mismatch(root, target, value, path);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let misses = choices.iter().map(|choice| mismatch(root, choice, value, path));
        let misses: Option<Vec<String>> = misses.collect();
        return misses.map(|misses| misses.join(" or "));
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        return fail("not the word");
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return fail("none of the words");
    }
    let is_type = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("null") => value.is_null(),
        Some(other) => panic!("the schema has the type {other}"),
        None => true,
    };
    if !is_type {
        return fail("of another type");
    }
    if value.as_f64() < schema["minimum"].as_f64() && value.is_number() {
        return fail("too small");
    }
    let items = value.as_array().into_iter().flatten();
    let length = items.clone().count() as u64;
    let (least, most) = (schema["minItems"].as_u64(), schema["maxItems"].as_u64());
    if value.is_array() && (least.is_some_and(|n| length < n) || most.is_some_and(|n| length > n)) {
        return fail("of another length");
    }
    let miss = items.filter_map(|item| mismatch(root, &schema["items"], item, path)).next();
    miss.or_else(|| object_mismatch(root, schema, value, path))
}

fn object_mismatch(root: &Value, schema: &Value, value: &Value, path: &str) -> Option<String> {
    let entries = value.as_object()?;
    for key in schema["required"].as_array().into_iter().flatten() {
        if !entries.contains_key(key.as_str().unwrap()) {
            return Some(format!("{path} lacks {key}"));
        }
    }
    entries.iter().find_map(|(key, inner)| {
        let path = format!("{path}.{key}");
        let own = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
        if *own == Value::Bool(false) {
            return Some(format!("{path} is unknown"));
        }
        mismatch(root, own, inner, &path)
    })
}

#[test]
fn good_scenarios_conform_and_misspelt_ones_do_not() {
    let schema = schema();
    let (mut good, mut caught) = (0, 0);
    for path in corpus() {
        let text = std::fs::read_to_string(&path).unwrap();
        let Ok(value) = toml::from_str::<Value>(&text) else { continue };
        let miss = mismatch(&schema, &schema, &value, "");
        let name = path.display();
        if parse("x.toml", &text, &[]).is_ok() {
            assert_eq!(miss, None, "{name}");
            good += 1;
        } else if text.contains("# unknown key") || text.contains("# wrong type") {
            assert!(miss.is_some(), "the schema lets {name} pass");
            caught += 1;
        }
    }
    assert!(good >= 6 && caught >= 3, "{good} conform, {caught} do not");
}

/// Every key of a group, and of the groups within it, is a property, and nothing else is.
fn check_group(group: &Group, schema: &Value) {
    let object = find_object(schema).unwrap_or_else(|| panic!("{}: {schema}", group.header));
    assert_eq!(object["additionalProperties"], Value::Bool(false), "{}", group.header);
    let keys: Vec<&str> =
        object["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, group.keys().collect::<Vec<_>>(), "{}", group.header);
    for setting in group.settings {
        let property = &object["properties"][setting.key];
        let description = property["description"].as_str().unwrap_or_default();
        assert!(description.contains(setting.about), "{}.{}", group.header, setting.key);
        if let Some(inner) = setting.kind.group() {
            check_group(inner, property);
        }
    }
}

/// The first table with named properties in a schema: itself, a choice, an item or a named table.
fn find_object(schema: &Value) -> Option<&Value> {
    if schema.get("properties").is_some() {
        return Some(schema);
    }
    let choices = schema["anyOf"].as_array().into_iter().flatten();
    let inner = [&schema["items"], &schema["additionalProperties"]];
    choices.chain(inner.into_iter().filter(|inner| inner.is_object())).find_map(find_object)
}

#[test]
fn every_key_is_in_the_schema() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    check_group(&ROOT, &schema);
}
