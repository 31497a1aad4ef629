use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::calendar::{DAY, HOUR};
use crate::input::Input;
use crate::trace::{Activity, Intake, ReadOptions, Vocabulary, read};

fn stats_of(csv: &str, timezone: &str) -> Stats {
    let mut intake = Intake::new(Vocabulary::open());
    let input = Input::Stream(Box::new(std::io::Cursor::new(csv.to_owned())));
    read(&mut intake, "trace.csv", input, &ReadOptions::default()).unwrap();
    Stats::of(&intake.finish().unwrap(), timezone).unwrap()
}

/// Two office workers in Berlin over the end of summer time, one of them with a phone.
fn week() -> String {
    let mut csv = "ts,user,device,app,action\n".to_owned();
    // Monday, 2025-10-20T07:00:00Z.
    let monday = 1_760_943_600;
    for day in 0..5 {
        for step in 0..40 + 10 * day {
            let at = monday + day * 86_400 + step * 600;
            csv += &format!("{at},ann,laptop,mail,\n{at}.25,bob,,crm,\n");
        }
        let evening = monday + day * 86_400 + 43_200;
        csv += &format!("{evening},ann,phone,chat,use\n{evening},bob,,crm,logout\n");
    }
    csv + "nonsense,bob,,,\n1760943600,,,,\n"
}

#[test]
fn a_week_for_a_person() {
    insta::assert_snapshot!(stats_of(&week(), "Europe/Berlin").render(), @r#"
    lines                                  612
      broken                                 2    0.33 %
    records                                610
      out of order                           1
      use                                  605
      background                             0
      logout                                 5
      close                                  0
      revoke                                 0
    users                                    2
    agents                                   3
    first                 2025-10-20T07:00:00Z
    last               2025-10-24T20:10:00.25Z
    span                                 4d13h

    The first broken lines
      trace.csv:612: ts "nonsense" is neither RFC 3339 with an offset, as in
        2026-01-31T09:00:00Z, nor a plain number
      trace.csv:613: names no user

    From a use to the same agent's next
    gaps                                   602
      p50                                  10m
      p90                                  10m
      p99                               15h50m
      over 15m                              12    1.99 %
      over 30m                              12    1.99 %
      over 1h                               12    1.99 %
      over 8h                               12    1.99 %
      over 1d                                0    0.00 %

    Uses of a user on a day with any (Europe/Berlin)
    user-days                               10
      mean                                60.5
      p50                                   60
      p90                                   80
      max                                   81

    Uses by hour of the week (Europe/Berlin); a full block is 13
         0     3     6     9     12    15    18    21          total
    Mon                    ████████████▅▅          ▁▁               81
    Tue                    ████████████████▃▃      ▁▁              101
    Wed                    ████████████████████    ▁▁              121
    Thu                    ██████████████████████▅▅▁▁              141
    Fri                    ██████████████████████████▃▃            161
    Sat                                                              0
    Sun                                                              0
    "#);
}

#[test]
fn a_week_for_a_program() {
    let stats = stats_of("ts,user,action\n0,ann,\n60,ann,use\n60,bob,sing\n", "Asia/Kolkata");
    assert_eq!(stats.uses_by_hour_of_week[3 * 24 + 5], 2, "Thursday, 05:30");
    let longer = stats.gaps.longer[..1].to_vec();
    let gaps = Gaps { longer, ..stats.gaps };
    let stats = Stats { uses_by_hour_of_week: vec![], gaps, ..stats };
    insta::assert_snapshot!(serde_json::to_string_pretty(&stats).unwrap(), @r#"
    {
      "schema": "relogin.trace-stats/1",
      "lines": 3,
      "broken": 1,
      "broken_examples": [
        {
          "file": "trace.csv",
          "line": 4,
          "why": "has the unknown action \"sing\"; the actions are use, background, logout, close, revoke"
        }
      ],
      "records": 2,
      "out_of_order": 0,
      "actions": {
        "use": 2,
        "background": 0,
        "logout": 0,
        "close": 0,
        "revoke": 0
      },
      "users": 1,
      "agents": 1,
      "first_ms": 0,
      "last_ms": 60000,
      "span_ms": 60000,
      "gaps": {
        "count": 1,
        "p50_ms": 60000,
        "p90_ms": 60000,
        "p99_ms": 60000,
        "longer": [
          {
            "than_ms": 900000,
            "gaps": 0,
            "share": 0.0
          }
        ]
      },
      "timezone": "Asia/Kolkata",
      "uses_per_user_day": {
        "user_days": 1,
        "mean": 2.0,
        "p50": 2,
        "p90": 2,
        "max": 2
      },
      "uses_by_hour_of_week": []
    }
    "#);
}

#[test]
fn a_trace_without_records_has_figures() {
    let stats = stats_of("ts,user\n", "UTC");
    assert_eq!((stats.records, stats.first_ms, stats.gaps.count), (0, None, 0));
    assert_eq!(stats.uses_per_user_day, UsesPerUserDay::default());
    assert!(stats.render().lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn lines_stay_within_80_columns() {
    let user = "x".repeat(300);
    let stats =
        stats_of(&format!("ts,user\n{user} {user},ann\n"), "America/Argentina/Buenos_Aires");
    assert_eq!(stats.broken, 1);
    for line in stats.render().lines() {
        assert!(line.chars().count() <= 80, "{line:?}");
    }
}

#[test]
fn an_unknown_time_zone_is_an_error() {
    let trace = Intake::new(Vocabulary::open()).finish().unwrap();
    let error = Stats::of(&trace, "Europe/Berlim").unwrap_err().to_string();
    assert!(error.contains("Europe/Berlin"), "{error}");
}

#[test]
fn a_day_that_goes_on_after_midnight_is_one_day() {
    // In St. John's clocks went back from 00:01 to 23:01 on 2010-11-07, at 02:31 UTC.
    let change = 1_289_097_060;
    let csv: String = [-3_600, -30, 60, 3_600, 7_200]
        .iter()
        .map(|seconds| format!("{},ann\n", change + seconds))
        .collect();
    let stats = stats_of(&format!("ts,user\n{csv}"), "America/St_Johns");
    // 23:01 and 23:02 are Saturday's, 00:00:30, 00:01 and 01:01 are Sunday's.
    let days = stats.uses_per_user_day;
    assert_eq!((days.user_days, days.max), (2, 3));
}

proptest! {
    /// The plain twin: all uses by (user, day), all gaps in a list.
    #[test]
    fn figures_are_the_plain_ones(
        uses in proptest::collection::vec((0..40 * DAY, 0_usize..4, 0_usize..2), 0..150),
    ) {
        let start = 1_761_000_000_000;
        let mut intake = Intake::new(Vocabulary::open());
        for (at, user, device) in &uses {
            let at = Instant::from_millis(start + at);
            let (user, device) = (["a", "b", "c", "d"][*user], ["", "x"][*device]);
            let activity =
                Activity { at, user, device, app: "", api: "", action: Action::Use };
            intake.take(&activity).unwrap();
        }
        let stats = Stats::of(&intake.finish().unwrap(), "Europe/Berlin").unwrap();

        let mut in_order = uses.clone();
        in_order.sort_by_key(|(at, ..)| *at);
        let calendar = Calendar::new("Europe/Berlin", start, start + 40 * DAY).unwrap();
        let (mut days, mut last, mut gaps) = (HashMap::new(), HashMap::new(), Vec::new());
        for (at, user, device) in in_order {
            *days.entry((user, calendar.day(start + at))).or_insert(0_u64) += 1;
            if let Some(before) = last.insert((user, device), at) {
                gaps.push(at - before);
            }
        }
        gaps.sort_unstable();
        let mut counts: Vec<u64> = days.into_values().collect();
        counts.sort_unstable();

        let found = &stats.uses_per_user_day;
        prop_assert_eq!(found.user_days, counts.len() as u64);
        let rank = |percent: usize| {
            (counts.len() * percent).div_ceil(100).checked_sub(1).map_or(0, |at| counts[at])
        };
        prop_assert_eq!((found.p50, found.p90, found.max), (rank(50), rank(90), rank(100)));
        prop_assert_eq!(stats.gaps.count, gaps.len() as u64);
        let over_an_hour = gaps.iter().filter(|gap| **gap > HOUR).count() as u64;
        prop_assert_eq!(stats.gaps.longer[2].gaps, over_an_hour);
        if let Some(p90) = (gaps.len() * 90).div_ceil(100).checked_sub(1).map(|at| gaps[at]) {
            prop_assert!((stats.gaps.p90_ms - p90).abs() <= p90 / 500 + 1, "{} {p90}", stats.gaps.p90_ms);
        }
        prop_assert_eq!(stats.uses_by_hour_of_week.iter().sum::<u64>(), uses.len() as u64);
    }
}
