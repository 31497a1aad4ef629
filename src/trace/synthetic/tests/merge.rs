use super::{HOUR, plain, poisson, population};
use crate::model::Instant;
use crate::trace::synthetic::patterns::{PATTERNS, Pattern};
use crate::trace::synthetic::{Class, Generator, Population, write_csv};
use crate::trace::{Action, Intake, Record, Trace, Vocabulary};

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
fn taken_in_it_is_the_trace_that_its_lines_make() {
    let mut population = mixed(60, 10);
    let named = |names: [&str; 2]| names.map(|name| (name.to_owned(), 1.0)).to_vec();
    for class in &mut population.classes {
        class.apps = named(["web", "mail"]);
        class.devices = named(["phone", "desk"]);
        class.close = 0.3;
        class.polls.iter_mut().for_each(|poll| poll.app = "mail".to_owned());
    }
    // Whose words nobody needs to know, as nobody says them.
    population.classes[1].apps.push(("unknown".to_owned(), 0.0));
    population.classes[2].share = 0.0;
    let generator = Generator::new(&population, 3).unwrap();
    for vocabulary in [Vocabulary::open(), closed()] {
        let (mut straight, mut by_line) =
            (Intake::new(vocabulary.clone()), Intake::new(vocabulary.clone()));
        let mut users = 0;
        generator.take_in(&mut straight, &mut || users += 1).unwrap();
        generator.generate(&mut |activity| by_line.take(activity)).unwrap();
        let [straight, by_line] = [straight, by_line].map(|intake| intake.finish().unwrap());
        assert_eq!(users, 60);
        assert!(straight.counts.records > 10_000);
        assert_eq!(format!("{straight:?}"), format!("{by_line:?}"));
        let records = |trace: &Trace| -> Vec<Record> {
            trace.chunks().flat_map(|chunk| chunk.unwrap().into_owned()).collect()
        };
        assert_eq!(records(&straight), records(&by_line));
    }
    // An app that the run lacks stops it, as a line would.
    let lacking = Vocabulary { apps: vec!["web".to_owned()], ..closed() };
    let [mut straight, mut by_line] = [0, 1].map(|_| Intake::new(lacking.clone()));
    let refused = generator.take_in(&mut straight, &mut || ()).unwrap_err();
    let line = generator.generate(&mut |activity| by_line.take(activity)).unwrap_err();
    assert_eq!(refused.to_string(), line.to_string());
}

/// Of the apps `mail` and `web`, without APIs.
fn closed() -> Vocabulary {
    Vocabulary {
        apps: vec!["mail".to_owned(), "web".to_owned()],
        apis: Vec::new(),
        uses: vec![Vec::new(); 2],
        default_app: None,
        open: false,
    }
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
    1767576612039,"a, ""b""-1",phone,web,,use
    1767576613154,"a, ""b""-1",phone,,,close
    1767588250854,"a, ""b""-1",phone,web,,use
    1767588256546,"a, ""b""-1",phone,,,close
    1767598452503,"a, ""b""-2",phone,web,,use
    1767598454411,"a, ""b""-2",phone,,,close
    1767641082693,"a, ""b""-2",phone,web,,use
    1767641091059,"a, ""b""-2",phone,,,close
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
