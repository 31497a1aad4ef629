//! SARIF 2.1.0 (OASIS): broken thresholds and warnings at their lines of the scenario file, so that
//! code scanning shows them there.

use serde_json::{Value, json};

use crate::report::Input;

/// The run as a SARIF log. `uri` is the scenario file's, relative where it can be; warnings begin
/// with `file`, as the command line named it.
pub fn sarif(input: &Input<'_>, uri: &str, file: &str) -> String {
    let broken = input.gates.iter().filter(|gate| !gate.held);
    let broken = broken.map(|gate| {
        result("threshold", "error", &gate.sentence(), location(uri, gate.threshold.line))
    });
    let warnings = input.description.warnings.iter().map(|warning| {
        let (line, text) = line_of(warning, file);
        result("scenario-warning", "warning", text, location(uri, line))
    });
    let results: Vec<Value> = broken.chain(warnings).collect();
    let rule = |id: &str, about: &str, level: &str| {
        json!({
            "id": id,
            "shortDescription": { "text": about },
            "defaultConfiguration": { "level": level },
        })
    };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "relogin",
                "version": input.description.version,
                "rules": [
                    rule("threshold", "A threshold of the scenario does not hold", "error"),
                    rule("scenario-warning", "A setting that can have no effect", "warning"),
                ],
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).expect("only strings, numbers and lists") + "\n"
}

fn result(rule: &str, level: &str, text: &str, location: Value) -> Value {
    json!({
        "ruleId": rule,
        "ruleIndex": usize::from(rule != "threshold"),
        "level": level,
        "message": { "text": text },
        "locations": [location],
    })
}

/// A line of the scenario; the whole file where the command line said it.
fn location(uri: &str, line: Option<usize>) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri } });
    if let Some(line) = line {
        place["region"] = json!({ "startLine": line });
    }
    json!({ "physicalLocation": place })
}

/// The line that a warning `FILE:LINE: TEXT` begins with, and its text.
fn line_of<'a>(warning: &'a str, file: &str) -> (Option<usize>, &'a str) {
    let rest = warning.strip_prefix(file).and_then(|rest| rest.strip_prefix(':'));
    let parts = rest.and_then(|rest| rest.split_once(": "));
    match parts.and_then(|(line, text)| Some((line.parse().ok()?, text))) {
        Some((line, text)) => (Some(line), text),
        None => (None, warning),
    }
}
