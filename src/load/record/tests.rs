//! Measurements: what two threads measured is what one would have, and time that was waited
//! before the send is no secret.

use std::time::{Duration, Instant};

use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use proptest::prelude::*;

use super::*;
use crate::load::{Action, KINDS, Kind};
use crate::model::{ApiId, AppId};

/// An action's offset, response and service time in microseconds, kind, and whether it fails.
type Done = (u64, u64, u64, usize, bool);

const MOST: u64 = 5_000_000;

fn record(jobs: usize, done: &[Done]) -> Recorded {
    let begin = Instant::now();
    let collector = Collector::start(jobs, begin, Duration::ZERO, Duration::from_millis(1));
    for job in 0..jobs {
        let mut recorder = collector.recorder(job).unwrap();
        assert!(collector.recorder(job).is_none());
        for (number, (offset, response, service, kind, fails)) in done.iter().enumerate() {
            if number % jobs != job {
                continue;
            }
            let kind = Kind::ALL[*kind];
            let action = Action::new(*offset, number, kind, AppId::new(0), ApiId::new(0));
            let over = recorder.intended_start(action) + Duration::from_micros(*response);
            let sent = over - Duration::from_micros(*service);
            recorder.intended(action);
            recorder.took_up(action, recorder.intended_start(action));
            let outcome = match fails {
                true => Outcome::Error("http 503".to_owned()),
                false => Outcome::Came(kind),
            };
            recorder.over(action, Some(sent), over, outcome);
        }
        recorder.finish();
    }
    collector.finish()
}

fn done() -> impl Strategy<Value = Vec<Done>> {
    let one = (0..MOST, 0..MOST, 0..MOST, 0..KINDS, prop::bool::weighted(0.1));
    let ordered = |(offset, one, other, kind, fails): Done| {
        (offset, one.max(other), one.min(other), kind, fails)
    };
    prop::collection::vec(one.prop_map(ordered), 0..60).prop_map(|mut done| {
        // A thread's seconds go forward.
        done.sort_by_key(|(offset, response, ..)| offset + response);
        done
    })
}

proptest! {
    // Histograms are large, and slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn threads_add_up_exactly(done in done()) {
        let (one, three) = (record(1, &done), record(3, &done));
        prop_assert_eq!(one.totals.counts, three.totals.counts);
        prop_assert_eq!(&one.totals.all.response, &three.totals.all.response);
        prop_assert_eq!(&one.totals.all.service, &three.totals.all.service);
        prop_assert_eq!(&one.totals.errors, &three.totals.errors);
        prop_assert_eq!(&one.totals.outcomes, &three.totals.outcomes);
        prop_assert_eq!(&one.totals.starts, &three.totals.starts);
        for kind in 0..KINDS {
            let (one, three) = (&one.totals.times[kind], &three.totals.times[kind]);
            prop_assert_eq!(&one.response, &three.response);
        }
    }

    #[test]
    fn nothing_is_lost_between_the_seconds(done in done()) {
        let recorded = record(2, &done);
        let sum = |of: fn(&Second) -> u64| recorded.seconds.iter().map(of).sum::<u64>();
        prop_assert_eq!(sum(|s| s.intended.iter().sum()), done.len() as u64);
        prop_assert_eq!(sum(|s| s.counts.iter().map(|c| c.started).sum()), done.len() as u64);
        let failed = done.iter().filter(|done| done.4).count() as u64;
        prop_assert_eq!(sum(|s| s.counts.iter().map(|c| c.errors).sum()), failed);
        prop_assert_eq!(recorded.totals.all.response.len(), done.len() as u64 - failed);
        for (number, second) in recorded.seconds.iter().enumerate() {
            prop_assert_eq!(second.second, number as u64);
        }
    }

    #[test]
    fn the_interval_log_holds_the_same_histograms(done in done()) {
        let recorded = record(2, &done);
        let mut sum = super::times::histogram();
        let mut deserializer = Deserializer::new();
        for entry in IntervalLogIterator::new(&recorded.logs[0]) {
            let entry = entry.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
            let LogEntry::Interval(interval) = entry else { continue };
            if interval.tag().is_some() {
                continue;
            }
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(interval.encoded_histogram())
                .expect("base64");
            let own: hdrhistogram::Histogram<u32> =
                deserializer.deserialize(&mut &bytes[..]).expect("a histogram");
            sum.add(own).expect("the same bounds");
        }
        prop_assert_eq!(sum, recorded.totals.all.response);
    }
}

#[test]
fn a_quick_refusal_makes_no_server_look_quick_and_a_timeout_counts_as_long_as_it_took() {
    let begin = Instant::now();
    let collector = Collector::start(1, begin, Duration::ZERO, Duration::from_millis(1));
    let mut recorder = collector.recorder(0).unwrap();
    let action = Action::new(0, 0, Kind::Refresh, AppId::new(0), ApiId::new(0));
    for (word, after) in [("http 503", 1), ("timeout", 3_000)] {
        recorder.took_up(action, begin);
        let over = begin + Duration::from_millis(after);
        recorder.over(action, Some(begin), over, Outcome::Error(word.to_owned()));
    }
    recorder.finish();
    let totals = collector.finish().totals;
    assert_eq!(totals.counts[Kind::Refresh.index()].errors, 2);
    assert_eq!(totals.all.response.len(), 1);
    assert!(totals.all.response.max() >= 2_990_000);
}

#[test]
fn errors_are_told_apart_within_bounds() {
    let begin = Instant::now();
    let collector = Collector::start(1, begin, Duration::ZERO, Duration::from_millis(1));
    let mut recorder = collector.recorder(0).unwrap();
    for number in 0..1_000 {
        recorder.error(Kind::Login, format!("{number}\n{}", "x".repeat(500)));
    }
    recorder.finish();
    let errors = collector.finish().totals.errors;
    assert!(errors.len() <= 201 && errors.values().sum::<u64>() == 1_000);
    assert!(errors.keys().all(|(_, word)| word.len() <= 60 && !word.contains('\n')));
}

#[test]
fn percentiles_have_the_columns_of_hdrhistograms_tools() {
    let mut times = super::times::histogram();
    (1..=1_000).for_each(|micros| times.saturating_record(micros * 1_000));
    let text = hgrm(&times);
    let mut lines = text.lines();
    let head = "       Value     Percentile TotalCount 1/(1-Percentile)";
    assert_eq!(lines.next(), Some(head));
    assert_eq!(lines.nth(1), Some("       1.000 0.000000000000          1           1.00"));
    assert!(text.contains("#[Max     =     1000.447, Total count    =         1000]"), "{text}");
    let curve = curve(&times);
    assert!(curve.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1));
    assert!(super::curve(&super::times::histogram()).is_empty());
}
