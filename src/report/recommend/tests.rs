//! The report of a search: what is said where a policy is recommended, where today's is best, and
//! where nothing holds; hostile words; and the same bytes again.

use super::*;
use crate::recommended::{
    AxisTried, Change, ConstraintTold, Evaluated, Gain, IdleTimeout, PointTold, PolicyTold,
    PricedTimeout, Prices, Recommendation, Regret, Relaxed,
};
use crate::report::tests::fixture;

fn point(idle: &str, people: f64, load: f64, exposure: f64, holds: bool) -> PointTold {
    PointTold {
        values: vec![format!("\"{idle}\""), "\"12h\"".to_owned()],
        people,
        load,
        exposure,
        least: Some(people),
        checked: vec![people / 2.0, 0.0],
        holds,
        on_front: holds && people != 0.9,
    }
}

fn found() -> Recommendation {
    let points = vec![
        point("3d", 0.2, 4.0, 31.0, false),
        point("1h", 0.8, 6.0, 1.9, true),
        point("30m", 1.1, 6.5, 1.1, true),
        point("45m", 0.9, 6.5, 2.0, true),
        point("4h", 0.5, 5.0, f64::INFINITY, false),
    ];
    let constraint = |text: &str, source: &str| ConstraintTold {
        text: text.to_owned(),
        source: source.to_owned(),
        today: 0.1,
        today_holds: source.is_empty(),
        chosen: 0.4,
        chosen_holds: true,
        ..ConstraintTold::default()
    };
    let mut condition = constraint("relogins_per_user_day.p95 <= 0.4", "");
    condition.gain = Some(Gain {
        to: 0.5,
        from_least: 0.8,
        to_least: 0.6,
        settings: vec!["session.idle_timeout = \"2h\"".to_owned()],
        ..Gain::default()
    });
    let tables = fixture::office();
    let told = |role: &'static str, point: usize, own: usize| PolicyTold {
        role,
        point,
        at: points[point].clone(),
        regret: Regret { relogins: 3_456, fewest: 1_200, open_hours: 9_000.0 },
        tables: tables[own].clone(),
    };
    let timeout = |minutes: i64, cost: f64| PricedTimeout {
        timeout_ms: Some(minutes * 60_000),
        cost,
        relogins: 10,
        unattended_hours: 5.0,
    };
    Recommendation {
        policy: "today <script>".to_owned(),
        minimise: "people".to_owned(),
        minimise_unit: "logins/user-day".to_owned(),
        mid_task_weight: 3.0,
        cost: Some(Prices { relogin: 0.5, unattended_hour: 0.02 }),
        axes: vec![
            AxisTried { key: "session.idle_timeout".to_owned(), values: vec!["\"1h\"".to_owned()] },
            AxisTried { key: "app.\"<b>\".x".to_owned(), values: vec!["\"12h\"".to_owned()] },
        ],
        evaluated: Evaluated { grid: 4, refined: 1, satisfying: 3 },
        satisfied: true,
        constraints: vec![condition, constraint("profile nist-63b-4-aal2", "NIST SP 800-63B-4")],
        today: 0,
        recommended: Some(1),
        knee: Some(2),
        changes: vec![Change {
            key: "session.idle_timeout".to_owned(),
            from: "\"3d\"".to_owned(),
            to: "\"1h\"".to_owned(),
        }],
        front: vec![1, 2],
        policies: vec![told("today", 0, 0), told("recommended", 1, 1), told("knee", 2, 1)],
        idle_timeout: Some(IdleTimeout {
            gaps: 100,
            best: timeout(15, 10.0),
            blind: timeout(1_500, 14.0),
            today: timeout(4_320, 25.0),
            hazard_until: Some(960_000),
        }),
        notes: vec!["a note".to_owned()],
        toml: Some("[[policy]]\nname = \"recommended\"\n".to_owned()),
        points,
        ..Recommendation::default()
    }
}

fn nothing() -> Recommendation {
    let mut found = found();
    found.satisfied = false;
    (found.recommended, found.knee, found.nearest, found.toml) = (None, None, Some(1), None);
    found.front.clear();
    found.policies.truncate(2);
    found.policies[1].role = "nearest";
    found.constraints[0].gain = None;
    found.constraints[1].chosen_holds = false;
    found.constraints[1].chosen_findings =
        vec!["must not be: without a use access goes on for 1d, 15m is the most".to_owned()];
    found.relax = vec![Relaxed {
        constraint: "relogins_per_user_day.p95 <= 0.4".to_owned(),
        to: 0.6,
        excess: 0.5,
        settings: vec!["session.idle_timeout = \"15m\"".to_owned()],
        findings: Vec::new(),
    }];
    found.points.iter_mut().for_each(|point| (point.holds, point.on_front) = (false, false));
    found
}

fn told(found: &Recommendation) -> String {
    let description = fixture::description(&fixture::office());
    recommend_text(&RecommendInput { description: &description, found }, false)
}

#[test]
fn the_answer_in_words() {
    insta::assert_snapshot!(told(&found()), @r#"
    office: What would a stricter session cost the people in the office?

    Of 5 policies tried in the place of today <script>, 3 hold every constraint; of these, the one
    that asks least of people has idle timeout 1h (today 3d). Per user-day, those in the middle of a
    task counted 3 times, people log in again 0.8 times instead of 0.2 (+300%), the identity
    provider answers 6 requests instead of 4 (+50%), and somebody else could go on for 1.9 hours
    instead of 31 (−94%). relogins_per_user_day.p95 <= 0.4 binds: at 0.5, people would come to 0.6
    instead of 0.8, with idle timeout 2h. Somebody who knew when everybody comes back would need
    1,200 where today’s policy forces 3,456 and 1,200 where the recommended one forces 3,456
    re-logins, and leave access open for no longer. At a price of 0.5 for a re-login and 0.02 for an
    unattended hour, and if every use renewed the session, an idle timeout of 15 minutes would cost
    least; that of 25 hours, the price of a re-login over that of an hour, needs no knowledge of the
    gaps and costs 40% more, today’s 3 days 2.5 times as much.

                                                    today  recommended   knee
    idle timeout                                       3d           1h    30m
    app."<b>".x                                       12h          12h    12h
    people: re-logins per user-day, mid-task × 3      0.2          0.8    1.1
    load: requests per user-day                         4            6    6.5
    exposure: hours per user-day                       31          1.9    1.1
    re-logins                                       3,456        3,456  3,456
    the fewest that would do, gaps known            1,200        1,200  1,200
    relogins_per_user_day.p95 <= 0.4                  0.1          0.4   0.55
    profile nist-63b-4-aal2                          kept         kept   kept
    a note
    "#);
}

#[test]
fn the_answer_where_nothing_holds() {
    insta::assert_snapshot!(told(&nothing()), @r#"
    office: What would a stricter session cost the people in the office?

    Of 5 policies tried in the place of today <script>, none holds every constraint. It would be
    enough to relax relogins_per_user_day.p95 <= 0.4 to 0.6, with idle timeout 15m. The nearest
    policy has idle timeout 1h, app."<b>".x 12h and breaks the profile nist-63b-4-aal2 (must not be:
    without a use access goes on for 1d, 15m is the most). Somebody who knew when everybody comes
    back would need 1,200 where today’s policy forces 3,456 and 1,200 where the nearest one forces
    3,456 re-logins, and leave access open for no longer. At a price of 0.5 for a re-login and 0.02
    for an unattended hour, and if every use renewed the session, an idle timeout of 15 minutes
    would cost least; that of 25 hours, the price of a re-login over that of an hour, needs no
    knowledge of the gaps and costs 40% more, today’s 3 days 2.5 times as much.

                                                    today  nearest
    idle timeout                                       3d       1h
    app."<b>".x                                       12h      12h
    people: re-logins per user-day, mid-task × 3      0.2      0.8
    load: requests per user-day                         4        6
    exposure: hours per user-day                       31      1.9
    re-logins                                       3,456    3,456
    the fewest that would do, gaps known            1,200    1,200
    relogins_per_user_day.p95 <= 0.4                  0.1      0.4
    profile nist-63b-4-aal2                          kept     kept
    profile nist-63b-4-aal2: must not be: without a use access goes on for 1d, 15m is the most
    a note
    "#);
}

#[test]
fn today_can_be_best() {
    let mut found = found();
    found.recommended = Some(0);
    found.changes.clear();
    let text = told(&found);
    assert!(text.contains("nothing needs to change"), "{text}");
    found.constraints.clear();
    found.minimise = "knee".to_owned();
    assert!(told(&found).contains("itself balances people"), "{}", told(&found));
}

#[test]
fn every_file_is_written_twice_the_same_and_hostile_words_are_tamed() {
    let description = fixture::description(&fixture::office());
    for found in [found(), nothing(), Recommendation::default()] {
        let input = RecommendInput { description: &description, found: &found };
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let files = write_recommendation(one.path(), &input).unwrap();
        write_recommendation(other.path(), &input).unwrap();
        assert_eq!(files.len(), 7);
        for file in files {
            let name = file.strip_prefix(one.path()).unwrap().to_owned();
            let bytes = std::fs::read(&file).unwrap();
            assert_eq!(bytes, std::fs::read(other.path().join(&name)).unwrap(), "{name:?}");
        }
        let page = std::fs::read_to_string(one.path().join("report.html")).unwrap();
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        let json = std::fs::read_to_string(one.path().join("recommend.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["schema"], "relogin.recommend/1");
    }
}

#[test]
fn the_front_alone_and_every_policy() {
    let found = found();
    let csv = |only_front| {
        let mut out = Vec::new();
        rows::points(&found, only_front, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(csv(false).lines().count(), 6);
    let front: Vec<String> = csv(true).lines().map(str::to_owned).collect();
    assert_eq!(front.len(), 4);
    assert!(front[1].starts_with("0,today,3d,12h,0.2,4,31,0.2,false,false,0.1,0"), "{front:?}");
    assert!(csv(false).contains("inf"));
}
