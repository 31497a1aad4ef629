use super::{HOUR, plain, poisson, population};
use crate::model::Instant;
use crate::trace::Action;
use crate::trace::synthetic::patterns::{PATTERNS, Pattern};
use crate::trace::synthetic::{Class, Generator, Population, write_csv};

/// Users of every pattern.
fn mixed(users: u64, days: i64) -> Population {
    let classes = PATTERNS.iter().map(|pattern: &Pattern| (pattern.class)()).collect();
    Population { classes, ..population(plain(), users, days) }
}

type Line = (Instant, String, String, Action);

#[test]
fn merging_sorts_and_neither_loses_nor_reorders() {
    let population = mixed(50, 21);
    let generator = Generator::new(&population, 3).unwrap();
    let mut expected: Vec<Line> = Vec::new();
    let pushed = generator.generate(&mut |activity| {
        let line = (activity.at, activity.user.to_owned(), activity.device.to_owned());
        expected.push((line.0, line.1, line.2, activity.action));
        Ok::<(), ()>(())
    });
    assert_eq!(pushed, Ok(()));
    assert!(expected.len() > 10_000);
    // Stable: of the same instant, users stand in their order and each one's steps in theirs.
    expected.sort_by_key(|line| line.0);
    let merged = generator.merged().map(|(user, step)| {
        (step.at, generator.user_name(user), step.device.to_owned(), step.action)
    });
    assert!(merged.eq(expected));
}

#[test]
fn a_sink_that_fails_stops_it() {
    let population = mixed(5, 7);
    let generator = Generator::new(&population, 3).unwrap();
    let mut taken = 0;
    let stopped = generator.generate(&mut |_| {
        taken += 1;
        if taken == 3 { Err("full") } else { Ok(()) }
    });
    assert_eq!((stopped, taken), (Err("full"), 3));
}

#[test]
fn a_trace_is_written_as_spec_6_reads_it() {
    let class = Class {
        name: "a, \"b\"".to_owned(),
        apps: vec![("web".to_owned(), 1.0)],
        devices: vec![("phone".to_owned(), 1.0)],
        close: 1.0,
        ..poisson(6.0 * HOUR)
    };
    let population = population(class, 2, 1);
    let generator = Generator::new(&population, 1).unwrap();
    let mut csv = Vec::new();
    let records = write_csv(&mut csv, &generator).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count() as u64, records + 1);
    insta::assert_snapshot!(csv, @r#"
    ts,user,device,app,api,action
    1767574443681,"a, ""b""-1",phone,web,,use
    1767574450104,"a, ""b""-1",phone,,,close
    1767598452503,"a, ""b""-2",phone,web,,use
    1767598454411,"a, ""b""-2",phone,,,close
    1767610199236,"a, ""b""-1",phone,web,,use
    1767610200351,"a, ""b""-1",phone,,,close
    1767614142296,"a, ""b""-1",phone,web,,use
    1767614147988,"a, ""b""-1",phone,,,close
    1767626110716,"a, ""b""-2",phone,web,,use
    1767626119081,"a, ""b""-2",phone,,,close
    1767638574989,"a, ""b""-2",phone,web,,use
    1767638583996,"a, ""b""-2",phone,,,close
    "#);
}

#[test]
fn a_full_disk_is_an_error() {
    let population = mixed(20, 7);
    let generator = Generator::new(&population, 1).unwrap();
    let mut small = [0_u8; 10_000];
    let failed = write_csv(&mut small.as_mut_slice(), &generator);
    assert_eq!(failed.unwrap_err().kind(), std::io::ErrorKind::WriteZero);
}
