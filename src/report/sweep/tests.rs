//! The report of a sweep: words, nothing, hostile names, and every kind of axis.

use super::*;
use crate::report::tests::fixture;
use crate::swept::{Axis, AxisValue, Counts, CurveStep, Figure, IdleCurve, Point, Sweep};

const FIGURES: [(&str, &str, bool); 11] = [
    ("uses", "uses", true),
    ("relogins", "logins", true),
    ("relogins.mid_task", "logins", true),
    ("active_users", "users", true),
    ("active_user_days", "user-days", true),
    ("relogins_per_user_day", "logins/user-day", false),
    ("relogins_per_user_day.p50", "logins/user-day", false),
    ("relogins_per_user_day.p95", "logins/user-day", false),
    ("peak_requests_per_minute", "requests/min", true),
    ("sessions.unattended_hours", "h", false),
    ("access_token.mean_residual_s", "s", false),
];

fn axis(key: &str, values: &[(&str, Option<f64>)], current: usize, counts: Counts) -> Axis {
    let value =
        |(text, amount): &(&str, Option<f64>)| AxisValue { text: (*text).into(), amount: *amount };
    Axis { key: key.into(), values: values.iter().map(value).collect(), current, counts }
}

fn times(values: &[(&'static str, f64)]) -> Vec<(&'static str, Option<f64>)> {
    values.iter().map(|(text, minutes)| (*text, Some(minutes * 60_000.0))).collect()
}

/// Every combination of the axes' values, with figures that fall as places rise.
fn sweep(axes: Vec<Axis>) -> Sweep {
    let mut places: Vec<Vec<usize>> = vec![Vec::new()];
    for axis in &axes {
        let longer = |place: &Vec<usize>| {
            let place = place.clone();
            (0..axis.values.len()).map(move |own| [place.clone(), vec![own]].concat())
        };
        places = places.iter().flat_map(longer).collect();
    }
    places.sort_by_key(|place| place.iter().zip(&axes).any(|(own, axis)| *own != axis.current));
    let point = |place: Vec<usize>| {
        let step = place.iter().enumerate().map(|(axis, own)| own << (2 * axis)).sum::<usize>();
        let rate = 4.0 / (1.0 + step as f64);
        let relogins = (rate * 500.0).round();
        let values = vec![
            9_000.0,
            relogins,
            (relogins / 4.0).round(),
            60.0,
            500.0,
            rate,
            if step == 0 { 3.0 } else { 0.0 },
            2.0 * rate,
            40.0 + relogins,
            10.0 * (1.0 + step as f64),
            f64::INFINITY,
        ];
        Point { place, values }
    };
    Sweep {
        about: fixture::description(&fixture::office()[..1]),
        metrics: FIGURES.map(|(name, unit, is_count)| Figure { name, unit, is_count }).to_vec(),
        points: places.into_iter().map(point).collect(),
        axes,
        constraints: vec!["session.idle_timeout <= session.absolute_timeout".into()],
        left_out: 3,
        unfinished: 0,
        curve: None,
        partial: None,
    }
}

fn idle() -> Axis {
    let values = times(&[("15m", 15.0), ("1h", 60.0), ("8h", 480.0), ("3d", 4_320.0)]);
    axis("session.idle_timeout", &values, 3, Counts::Time)
}

fn absolute() -> Axis {
    let values = times(&[("8h", 480.0), ("7d", 10_080.0), ("none", f64::INFINITY)]);
    axis("session.absolute_timeout", &values, 1, Counts::Time)
}

fn written(sweep: &Sweep) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let files = write_sweep(folder.path(), sweep).unwrap();
    assert!(files.iter().all(|file| file.is_file()));
    for file in files.iter().filter(|file| file.extension().is_some_and(|own| own == "svg")) {
        let svg = std::fs::read_to_string(file).unwrap();
        resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).unwrap();
        assert!(!svg.contains("NaN"), "{}", file.display());
    }
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    (folder, page)
}

#[test]
fn a_sweep_for_a_terminal() {
    insta::assert_snapshot!(sweep_table(&sweep(vec![idle(), absolute()]), 100, false));
}

#[test]
fn every_pair_of_axes_has_a_map_and_a_third_its_own() {
    let words = axis("app.web.logout", &[("sso", None), ("app", None)], 0, Counts::Words);
    let numbers: Vec<_> = [1.0, 2.0, 300.0].map(|users| ("n", Some(users))).to_vec();
    let users = axis("workload.users", &numbers, 0, Counts::Number);
    let sweep = sweep(vec![idle(), absolute(), words, users]);
    let (folder, page) = written(&sweep);
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 4 + 6 + 1);
    assert!(page.contains("Changing app.web.logout") || page.contains("The other settings"));
    let rows = std::fs::read_to_string(folder.path().join("sweep.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 4 * 3 * 2 * 3 * FIGURES.len());
    let head = "point,current,session.idle_timeout,session.idle_timeout_s,session.absolute_timeout,\
                session.absolute_timeout_s,app.web.logout,workload.users,metric,value,unit";
    assert_eq!(rows.lines().next(), Some(head));
    assert!(rows.contains("1,true,3d,259200,7d,604800,sso,n,relogins_per_user_day,"), "{rows}");
    assert!(rows.contains(",none,,"), "`none` is no number of seconds");
    let json: serde_json::Value = serde_json::from_str(&sweep_json(&sweep)).unwrap();
    assert_eq!(json["schema"], "relogin.sweep/1");
    assert_eq!(json["points"][0]["settings"]["session.idle_timeout"], "3d");
    assert_eq!(
        json["points"][0]["metrics"]["access_token.mean_residual_s"],
        serde_json::Value::Null
    );
    assert_eq!(json["points"].as_array().unwrap().len(), 72);
}

#[test]
fn the_curve_of_gaps_stands_beside_the_points() {
    let mut own = sweep(vec![idle()]);
    let step = |minutes: i64| CurveStep {
        timeout: minutes * 60_000,
        relogins: 2_000 / minutes as u64,
        relogins_per_user_day: 4.0 / minutes as f64,
        mid_task: 3,
        unattended_hours: minutes as f64,
    };
    own.curve = Some(IdleCurve {
        steps: (7..9_000).step_by(50).map(step).collect(),
        exact_from: Ok(3_600_000),
    });
    let (folder, page) = written(&own);
    assert!(page.contains("exactly so from 3,600 s on"), "{page}");
    let rows = std::fs::read_to_string(folder.path().join("idle-curve.csv")).unwrap();
    assert_eq!(rows.lines().filter(|row| row.ends_with(",false")).count(), 2);
    own.curve.as_mut().unwrap().exact_from = Err("uses do not renew the session".into());
    let (_folder, page) = written(&own);
    assert!(page.contains("does not behave so: uses do not renew the session."));
}

#[test]
fn words_from_outside_are_text() {
    let hostile = "<script>alert(1)</script>\u{202e}";
    let mut own =
        sweep(vec![idle(), axis(hostile, &[("<b>", None), ("\"&", None)], 1, Counts::Words)]);
    own.about.scenario = hostile.into();
    own.about.question = hostile.into();
    own.constraints = vec![hostile.into()];
    own.partial = Some(hostile.into());
    let (_folder, page) = written(&own);
    assert!(!page.contains("<script>") && !page.contains("<b>"));
    assert!(!sweep_table(&own, 100, false).contains('\u{202e}'));
}

#[test]
fn one_point_is_a_sweep_too() {
    let one = sweep(vec![axis("workload.users", &[("5", Some(5.0))], 0, Counts::Number)]);
    let (_folder, page) = written(&one);
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 0);
    let mut nothing = sweep(vec![idle()]);
    nothing.points.iter_mut().for_each(|point| point.values.fill(0.0));
    let (_folder, page) = written(&nothing);
    assert!(page.contains("No use counts"));
}

#[test]
fn of_many_points_those_are_shown_that_no_other_beats() {
    let values: Vec<(&str, Option<f64>)> =
        (1..=40).map(|minutes| ("m", Some(f64::from(minutes) * 60_000.0))).collect();
    let mut own = sweep(vec![axis("session.idle_timeout", &values, 0, Counts::Time)]);
    let (shown, is_all) = shown::points(&own, 10);
    assert!(!is_all && (10..=11).contains(&shown.len()) && shown.contains(&0), "{shown:?}");
    // One that has more of both than another is none of them.
    own.points[7].values[5] = 100.0;
    own.points[7].values[9] = 1e9;
    assert!(!shown::front(&own).contains(&7));
    assert_eq!(
        shown::points(&own, 40),
        (
            {
                let mut all: Vec<usize> = (0..40).collect();
                all.sort_by_key(|number| own.points[*number].place[0]);
                all
            },
            true
        )
    );
}
