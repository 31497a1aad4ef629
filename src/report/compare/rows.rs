//! A comparison for tools: JSON and CSV.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::compared::{Class, Compared, Pairing, Side};
use crate::report::timeline::rfc3339;
use crate::table::Difference;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sides: [Json; 2],
    paired: bool,
    settings: Map<String, Json>,
    differences: Map<String, Json>,
    people: Option<Json>,
    classes: Vec<Json>,
    #[serde(skip)]
    _of: &'a Compared,
}

/// The content of `compare.json`, schema `relogin.compare/1`. A difference is the second side's
/// figure less the first's, and the ends of its 95 % interval. Ends with a newline.
pub fn compared_json(compared: &Compared) -> String {
    let differences = compared.differences.iter();
    let settings = compared.settings.iter();
    let document = Document {
        schema: "relogin.compare/1",
        sides: compared.sides.each_ref().map(side),
        paired: compared.pairing == Pairing::Paired,
        settings: settings.map(|(key, values)| (key.clone(), json!(values))).collect(),
        differences: differences.map(|own| (own.metric.to_owned(), difference(own))).collect(),
        people: compared.people.map(|people| {
            json!({
                "worse": people.worse,
                "same": people.same,
                "better": people.better,
                "median_change": people.median,
                "most_hit": {
                    "people": people.most_hit.people,
                    "change": people.most_hit.change,
                    "share_of_more": people.most_hit.share,
                },
            })
        }),
        classes: compared.classes.iter().map(class).collect(),
        _of: compared,
    };
    let text = serde_json::to_string_pretty(&document).expect("only strings, numbers and lists");
    text + "\n"
}

fn side(side: &Side) -> Json {
    let metrics = side.tables.metrics.iter();
    let metrics: Map<String, Json> =
        metrics.map(|own| (own.name.to_owned(), json!(side.tables.metric(own.name)))).collect();
    json!({
        "policy": side.tables.name,
        "scenario": side.scenario,
        "activity": side.activity,
        "users": side.users,
        "records": side.records,
        "start": rfc3339(side.ends.0),
        "horizon": rfc3339(side.ends.1),
        "seed": side.seed,
        "metrics": metrics,
    })
}

fn difference(own: &Difference) -> Json {
    json!([own.value, own.low, own.high])
}

fn class(class: &Class) -> Json {
    json!({
        "name": class.name,
        "people": class.people,
        "relogins_per_user_day": class.rates,
        "difference": class.difference.as_ref().map(difference),
    })
}

/// `compare.csv`: one row a figure. Columns are only ever appended.
pub(super) fn csv(compared: &Compared, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["metric", "unit", "first", "second", "difference", "low", "high"])?;
    let [first, second] = &compared.sides;
    for metric in &first.tables.metrics {
        let values = [first, second].map(|side| side.tables.metric(metric.name));
        let own = compared.differences.iter().find(|own| own.metric == metric.name);
        let end =
            |of: fn(&Difference) -> f64| own.map_or_else(String::new, |own| of(own).to_string());
        csv.write_record([
            metric.name,
            metric.unit,
            &values[0].to_string(),
            &values[1].to_string(),
            &(values[1] - values[0]).to_string(),
            &end(|own| own.low),
            &end(|own| own.high),
        ])?;
    }
    csv.flush()
}
