//! `report.html` of a load test, in the style of the simulator's.

use askama::Template;

use crate::measured::{KindMeasured, LoadTest, Quantiles};
use crate::report::charts::Drawing;
use crate::report::charts::load::LoadChart;
use crate::report::numeral::{fixed, measure, relative, whole};
use crate::report::page::{Figure, STYLE, STYLE_HASH, figure};
use crate::report::timeline::Timeline;

#[derive(Template)]
#[template(path = "load.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    style_hash: &'static str,
    test: &'a LoadTest,
    story: Vec<String>,
    kinds: Vec<KindRow<'a>>,
    endpoints: Vec<(&'a str, Vec<String>)>,
    charts: Vec<Figure<'a>>,
    facts: Vec<(&'static str, String)>,
}

/// A kind, as the tables show it.
struct KindRow<'a> {
    kind: &'a KindMeasured,
    predicted: String,
    measured: String,
    difference: String,
    started: String,
    errors: String,
    dropped: String,
    response: Vec<String>,
    service: Vec<String>,
}

/// The page, whole.
pub(super) fn html(test: &LoadTest, drawn: &[(&LoadChart, Drawing)]) -> Result<String, String> {
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        test,
        story: story(test),
        kinds: test.kinds.iter().map(kind).collect(),
        endpoints: test
            .endpoints
            .iter()
            .map(|row| (row.endpoint.as_str(), times(&row.service_ms)))
            .collect(),
        charts: drawn.iter().map(|(c, drawing)| figure(c.name, c.about, drawing)).collect(),
        facts: facts(test),
    };
    page.render().map_err(|error| error.to_string())
}

fn kind(kind: &KindMeasured) -> KindRow<'_> {
    let (predicted, measured) = (kind.predicted, kind.measured);
    KindRow {
        kind,
        predicted: whole(predicted),
        measured: whole(measured),
        difference: match predicted {
            0 => String::new(),
            _ => relative(predicted as f64, measured as f64).unwrap_or_default(),
        },
        started: whole(kind.started),
        errors: whole(kind.errors),
        dropped: whole(kind.dropped),
        response: times(&kind.response_ms),
        service: times(&kind.service_ms),
    }
}

/// Count, median, 90 %, 95 %, 99 %, 99.9 % and slowest.
fn times(times: &Quantiles) -> Vec<String> {
    let decimals = |time: f64| match time {
        short if short < 10.0 => 2,
        some if some < 100.0 => 1,
        _ => 0,
    };
    let one = |time: f64| match times.count {
        0 => "–".to_owned(),
        _ => fixed(time, decimals(time)),
    };
    let all = [times.p50, times.p90, times.p95, times.p99, times.p999, times.max];
    std::iter::once(whole(times.count)).chain(all.map(one)).collect()
}

fn story(test: &LoadTest) -> Vec<String> {
    let all = &test.whole;
    let mut story = vec![format!(
        "{} requests were due, {} a second; {} came to an answer, {} failed, {} were dropped, and \
         {} were still in flight at the end.",
        whole(all.intended),
        measure(all.intended_rate),
        whole(all.completed),
        whole(all.errors),
        whole(all.dropped),
        whole(all.in_flight_at_end)
    )];
    if let Some(kind) = test.all().filter(|kind| kind.response_ms.count > 0) {
        story.push(format!(
            "From the intended start half of them took up to {} ms and 99% up to {} ms; from the \
             send 99% took up to {} ms.",
            measure(kind.response_ms.p50),
            measure(kind.response_ms.p99),
            measure(kind.service_ms.p99)
        ));
    }
    story.push(format!(
        "Starts were late by {} µs in the median and by {} µs at 99%.",
        measure(test.start_error.p50_us),
        measure(test.start_error.p99_us)
    ));
    story
}

fn facts(test: &LoadTest) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Issuer", test.target.clone()),
        ("Policy", test.policy.clone()),
        ("What was put on it", test.mode.clone()),
        ("Began", format!("{} UTC", Timeline::new("UTC").full(test.began))),
        ("Planned", format!("{} s", measure(test.planned_s))),
        ("Took", format!("{} s, with the wait for the last answers", measure(test.took_s))),
        ("Virtual users", whole(test.users)),
        ("Threads", whole(test.jobs)),
    ];
    if let Some(setup) = &test.setup {
        let told = format!(
            "{} sessions and tokens in {} s, {} failed",
            whole(setup.prepared),
            measure(setup.took_s),
            whole(setup.failed)
        );
        facts.push(("Prepared before, measured apart", told));
    }
    let late = format!(
        "{} of {}, by more than {} µs",
        whole(test.start_error.late),
        whole(test.whole.started),
        measure(test.start_error.bound_us)
    );
    facts.push(("Started late", late));
    facts.push(("Seed", test.seed.to_string()));
    facts.push(("Version", format!("relogin {}", test.version)));
    facts
}
