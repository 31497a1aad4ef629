use super::{
    DAY, HOUR, MONDAY, SECOND, check_counts, check_sample, check_share, log_normal, log_normal_cdf,
    plain, poisson, population,
};
use crate::calendar::Calendar;
use crate::model::{Instant, Span};
use crate::trace::Action;
use crate::trace::synthetic::patterns::{PATTERNS, find};
use crate::trace::synthetic::{Class, Generator, Poll, Population, Step};

fn pattern(name: &str) -> Class {
    (find(name).unwrap().class)()
}

/// Each user's steps.
fn steps<'g>(generator: &'g Generator<'_>) -> impl Iterator<Item = Vec<Step<'g>>> + 'g {
    (0..generator.users()).map(|user| generator.user(user).collect())
}

fn millis(step: &Step<'_>) -> f64 {
    (step.at.as_millis() - MONDAY) as f64
}

/// Times between a user's actions.
fn gaps(population: &Population) -> Vec<f64> {
    let generator = Generator::new(population, 21).unwrap();
    let gaps = steps(&generator).flat_map(|steps| {
        let between = |pair: &[Step<'_>]| millis(&pair[1]) - millis(&pair[0]);
        steps.windows(2).map(between).collect::<Vec<_>>()
    });
    gaps.collect()
}

#[test]
fn steps_stand_in_order_within_the_run() {
    for pattern in PATTERNS {
        let population = population((pattern.class)(), 20, 15);
        let generator = Generator::new(&population, 1).unwrap();
        let mut count = 0;
        for steps in steps(&generator) {
            count += steps.len();
            assert!(steps.is_sorted_by_key(|step| step.at), "{}", pattern.name);
            let inside = |step: &Step<'_>| (0.0..15.0 * DAY).contains(&millis(step));
            assert!(steps.iter().all(inside), "{}", pattern.name);
        }
        assert!(count > 500, "{}: only {count} steps", pattern.name);
    }
}

#[test]
fn gaps_and_absences_follow_their_distributions() {
    let parts = [(0.7, 20.0 * SECOND, 0.6), (0.3, 120.0 * SECOND, 1.0)];
    let class = Class {
        actions_per_visit: 6.0,
        gap: log_normal(parts),
        absence: log_normal([(1.0, 2.0 * DAY, 0.0)]),
        ..plain()
    };
    // All absences are of the same two days.
    let (within, between): (Vec<f64>, Vec<f64>) =
        gaps(&population(class, 200, 60)).into_iter().partition(|gap| *gap < DAY);
    check_sample("gaps", within, |x| log_normal_cdf(&parts, x));
    assert!(between.iter().all(|absence| (absence - 2.0 * DAY).abs() <= 1.0));

    let parts = [(0.5, HOUR, 0.8), (0.5, 12.0 * HOUR, 0.5)];
    let class = Class { actions_per_visit: 1.0, absence: log_normal(parts), ..plain() };
    let absences = gaps(&population(class, 10, 1_000));
    check_sample("absences", absences, |x| log_normal_cdf(&parts, x));
}

#[test]
fn the_poisson_pattern_is_a_poisson_process_of_two_an_hour() {
    let population = population(pattern("poisson"), 50, 28);
    let gaps = gaps(&population);
    let expected = 50.0 * 28.0 * 48.0;
    let count = (gaps.len() + 50) as f64;
    assert!((count - expected).abs() < 4.0 * f64::sqrt(expected), "{count} of {expected}");
    check_sample("poisson", gaps, |x| -libm::expm1(-x / (0.5 * HOUR)));
}

#[test]
fn visits_begin_in_the_hours_of_the_week_as_asked() {
    for (name, zone) in [
        ("consumer-evening", "UTC"),
        ("office-hours", "America/New_York"),
        ("api-cli", "Asia/Kathmandu"),
    ] {
        let shape = pattern(name);
        let class = Class {
            hours: shape.hours.clone(),
            active_days: shape.active_days,
            time_zones: vec![(zone.to_owned(), 1.0)],
            ..poisson(4.0 * HOUR)
        };
        let population = population(class, 300, 28);
        let generator = Generator::new(&population, 2).unwrap();
        let calendar = Calendar::new(zone, MONDAY, MONDAY + 28 * 86_400_000).unwrap();
        let mut counts = [0.0; 168];
        for steps in steps(&generator) {
            for step in steps {
                counts[calendar.hour_of_week(step.at.as_millis())] += 1.0;
            }
        }
        let weight = |hour: usize| {
            if shape.active_days[hour / 24] { shape.hours[hour] } else { 0.0 }
        };
        let weights: Vec<f64> = (0..168).map(weight).collect();
        let total: f64 = counts.iter().sum();
        let sum: f64 = weights.iter().sum();
        let expected: Vec<f64> = weights.iter().map(|weight| weight / sum * total).collect();
        check_counts(name, &counts, &expected);
        // And as many as the absence says, on a clock that keeps pace with the week.
        let mean = 300.0 * 28.0 * 6.0;
        assert!((total - mean).abs() < 4.0 * f64::sqrt(mean), "{name}: {total}, not {mean}");
    }
}

#[test]
fn nothing_begins_on_holidays_and_days_off() {
    // Some local days off in Auckland, thirteen hours ahead, in any order; and Wednesdays.
    let monday = (MONDAY / 86_400_000) as i32;
    let class = Class {
        holidays: [18, 10, 4, 1, 10].map(|day| monday + day).to_vec(),
        active_days: [true, true, false, true, true, true, true],
        time_zones: vec![("Pacific/Auckland".to_owned(), 1.0)],
        ..poisson(HOUR)
    };
    let population = population(class, 20, 21);
    let generator = Generator::new(&population, 2).unwrap();
    let calendar = Calendar::new("Pacific/Auckland", MONDAY, MONDAY).unwrap();
    let mut counts = [0.0; 20];
    for step in steps(&generator).flatten() {
        let day = calendar.day(step.at.as_millis()) - i64::from(monday);
        if let Some(count) = counts.get_mut(day as usize) {
            *count += 1.0;
        }
    }
    let usual = 20.0 * 24.0 * 7.0 / 6.0;
    let mut expected = [usual; 20];
    // The first day is nearly over there; Wednesdays are 2, 9 and 16.
    expected[0] *= 11.0 / 24.0;
    for off in [1, 4, 10, 18, 2, 9, 16] {
        expected[off] = 0.0;
    }
    check_counts("days", &counts, &expected);
}

#[test]
fn an_average_person_begins_as_many_visits_a_day_as_asked() {
    let asked = PATTERNS.iter().map(|pattern| (pattern.class)());
    let asked: Vec<Class> = asked.filter(|class| class.visits_per_active_day.is_some()).collect();
    assert!(asked.len() >= 4);
    // One whose visits fill a third of the hours in which they begin.
    let lengthy = Class {
        name: "lengthy".to_owned(),
        visits_per_active_day: Some(8.0),
        actions_per_visit: 21.0,
        gap: log_normal([(1.0, 20.0 * SECOND, 1.0)]),
        absence: log_normal([(1.0, HOUR, 0.5)]),
        ..pattern("office-hours")
    };
    for class in asked.into_iter().chain([lengthy]) {
        let name = class.name.clone();
        let visits = class.visits_per_active_day.unwrap();
        let active = (0..7).filter(|day| class.active_days[*day]).count() as f64;
        // Each visit ends once.
        let class = Class { spread: 0.0, logout: 1.0, close: 0.0, polls: Vec::new(), ..class };
        let population = population(class, 300, 28);
        let generator = Generator::new(&population, 3).unwrap();
        let begun = steps(&generator).flatten().filter(|step| step.action == Action::Logout);
        let rate = begun.count() as f64 / (300.0 * 4.0 * active);
        assert!((rate / visits - 1.0).abs() < 0.03, "{name}: {rate:.3}, not {visits}");
    }
}

#[test]
fn people_differ_as_much_as_asked() {
    // Visits that take a seventh of the time, so that shortening absences alone would not do.
    let class = Class {
        visits_per_active_day: Some(10.0),
        actions_per_visit: 11.0,
        gap: log_normal([(1.0, 100.0 * SECOND, 0.6)]),
        absence: log_normal([(1.0, HOUR, 0.4)]),
        spread: 0.4,
        logout: 1.0,
        ..plain()
    };
    const USERS: u64 = 1_500;
    let population = population(class, USERS, 30);
    let generator = Generator::new(&population, 4).unwrap();
    let count = |steps: Vec<Step<'_>>| {
        steps.iter().filter(|step| step.action == Action::Logout).count() as f64
    };
    let counts: Vec<f64> = steps(&generator).map(count).collect();
    let mean = counts.iter().sum::<f64>() / USERS as f64;
    let square = |count: &f64| (count - mean) * (count - mean);
    let variance = counts.iter().map(square).sum::<f64>() / (USERS - 1) as f64;
    assert!((mean / 300.0 - 1.0).abs() < 0.04, "{mean} visits, not 300");
    // A person's own count varies by less than a Poisson one: a thousandth of all variance.
    let spread = variance.sqrt() / mean;
    assert!((spread / 0.4 - 1.0).abs() < 0.08, "{spread}, not 0.4");
}

#[test]
fn visits_have_as_many_actions_as_asked() {
    let class = Class { actions_per_visit: 3.0, logout: 1.0, ..pattern("mobile-bursts") };
    let population = population(class, 50, 28);
    let generator = Generator::new(&population, 5).unwrap();
    let mut counts = [0.0; 12];
    for steps in steps(&generator) {
        let visits = steps.split_inclusive(|step| step.action == Action::Logout);
        // The run may cut the last one.
        for visit in visits.filter(|visit| visit[visit.len() - 1].action == Action::Logout) {
            counts[(visit.len() - 2).min(11)] += 1.0;
        }
    }
    let visits: f64 = counts.iter().sum();
    let mut expected: [f64; 12] =
        std::array::from_fn(|n| visits / 3.0 * f64::powi(2.0 / 3.0, n as i32));
    expected[11] *= 3.0;
    check_counts("actions", &counts, &expected);
}

#[test]
fn devices_and_apps_come_by_weight_and_apps_stick() {
    let choices = |names: [&str; 3]| {
        names
            .iter()
            .zip([5.0, 3.0, 2.0])
            .map(|(name, weight)| ((*name).to_owned(), weight))
            .collect::<Vec<_>>()
    };
    let class = Class {
        devices: choices(["laptop", "phone", "tablet"]),
        apps: choices(["web", "mail", "wiki"]),
        stickiness: 0.75,
        actions_per_visit: 5.0,
        logout: 1.0,
        ..pattern("mobile-bursts")
    };
    let apps = class.apps.clone();
    let population = population(class, 50, 28);
    let generator = Generator::new(&population, 6).unwrap();
    let (mut by_device, mut by_first_app) = ([0.0; 3], [0.0; 3]);
    let (mut pairs, mut same) = (0.0, 0.0);
    for steps in steps(&generator) {
        for visit in steps.split_inclusive(|step| step.action == Action::Logout) {
            let first = &visit[0];
            assert!(visit.iter().all(|step| step.device == first.device));
            let device = ["laptop", "phone", "tablet"].iter().position(|d| *d == first.device);
            by_device[device.unwrap()] += 1.0;
            by_first_app[apps.iter().position(|(app, _)| app == first.app).unwrap()] += 1.0;
            let uses = visit.iter().filter(|step| step.action == Action::Use);
            let uses: Vec<&Step<'_>> = uses.collect();
            for pair in uses.windows(2) {
                pairs += 1.0;
                same += f64::from(u8::from(pair[0].app == pair[1].app));
            }
        }
    }
    let expected = |counts: [f64; 3]| [0.5, 0.3, 0.2].map(|w| w * counts.iter().sum::<f64>());
    check_counts("devices", &by_device, &expected(by_device));
    check_counts("first apps", &by_first_app, &expected(by_first_app));
    // Chosen anew, an app may be the same by chance.
    check_share("same app", same, pairs, 0.75 + 0.25 * (0.25 + 0.09 + 0.04));
}

#[test]
fn people_live_in_time_zones_by_weight() {
    let mut hours = Box::new([0.0; 168]);
    for day in 0..7 {
        hours[day * 24 + 12] = 1.0;
    }
    let zones = [("UTC", 3.0), ("Asia/Tokyo", 1.0)];
    let time_zones = zones.map(|(zone, weight)| (zone.to_owned(), weight)).to_vec();
    let population = population(Class { hours, time_zones, ..poisson(HOUR) }, 2_000, 2);
    let generator = Generator::new(&population, 7).unwrap();
    let mut tokyo = 0.0;
    for steps in steps(&generator) {
        let hour = |step: &Step<'_>| (millis(step) / HOUR) as u64 % 24;
        let lives_at = hour(&steps[0]);
        assert!(steps.iter().all(|step| hour(step) == lives_at), "one person, one time zone");
        match lives_at {
            3 => tokyo += 1.0,
            other => assert_eq!(other, 12),
        }
    }
    check_share("Tokyo", tokyo, 2_000.0, 0.25);
}

#[test]
fn visits_end_as_asked_within_seconds_and_once() {
    let apps = ["web", "mail"].map(|app| (app.to_owned(), 1.0)).to_vec();
    let devices = ["laptop", "phone"].map(|device| (device.to_owned(), 1.0)).to_vec();
    // Absences so short that some visits begin before the last one is closed.
    let class = Class { logout: 0.3, close: 0.1, apps, devices, ..poisson(60.0 * SECOND) };
    let population = population(class, 20, 1);
    let generator = Generator::new(&population, 8).unwrap();
    let (mut visits, mut logouts, mut closes, mut hurried) = (0.0, 0.0, 0.0, 0.0);
    for steps in steps(&generator) {
        for (place, step) in steps.iter().enumerate() {
            if step.action == Action::Use {
                visits += 1.0;
                continue;
            }
            let before = &steps[place - 1];
            assert_eq!((before.action, before.device), (Action::Use, step.device));
            match step.action {
                Action::Logout => {
                    logouts += 1.0;
                    assert_eq!(step.app, before.app);
                }
                other => {
                    closes += 1.0;
                    assert_eq!((other, step.app), (Action::Close, ""));
                }
            }
            let reach = millis(step) - millis(before);
            assert!(reach <= 10.0 * SECOND);
            // The next visit waits for nobody.
            if steps.get(place + 1).is_some_and(|next| next.at == step.at) {
                hurried += 1.0;
            } else {
                assert!(reach >= SECOND);
            }
        }
    }
    check_share("logouts", logouts, visits, 0.3);
    check_share("closes", closes, visits, 0.1);
    // A reach of 1 to 10 s is overtaken by an exponential absence of 60 s.
    let overtaken = 1.0 - (libm::exp(-1.0 / 60.0) - libm::exp(-10.0 / 60.0)) * 60.0 / 9.0;
    check_share("hurried", hurried, logouts + closes, overtaken);
}

/// What polls should be there, told from everything else: visits lie hours apart.
fn expected_polls(steps: &[Step<'_>], polls: &[Poll], end: f64) -> Vec<(f64, String)> {
    let people: Vec<&Step<'_>> =
        steps.iter().filter(|step| step.action != Action::Background).collect();
    let visits: Vec<_> = people.chunk_by(|a, b| millis(b) - millis(a) < 3.0 * HOUR).collect();
    let mut expected = Vec::new();
    for (place, visit) in visits.iter().enumerate() {
        let next = visits.get(place + 1).map_or(end, |next| millis(next[0]));
        let ended = visit.iter().find(|step| step.action != Action::Use);
        let next = ended.map_or(next, |step| millis(step));
        let last = visit.iter().rfind(|step| step.action == Action::Use).unwrap();
        for poll in polls {
            let Some(first) = visit.iter().find(|s| s.action == Action::Use && s.app == poll.app)
            else {
                continue;
            };
            let until = next.min(millis(last) + poll.stays.as_millis() as f64);
            let mut due = millis(first) + poll.every.as_millis() as f64;
            while due < until {
                expected.push((due, format!("{} {} {}", first.device, poll.app, poll.api)));
                due += poll.every.as_millis() as f64;
            }
        }
    }
    expected.sort_by(|a, b| a.0.total_cmp(&b.0));
    expected
}

#[test]
fn apps_on_a_screen_poll_until_they_leave_it() {
    let poll = |app: &str, api: &str, every, stays| Poll {
        app: app.to_owned(),
        api: api.to_owned(),
        every: Span::from_secs(every),
        stays: Span::from_secs(stays),
    };
    let polls = vec![
        poll("web", "feed", 97, 0),
        poll("web", "chat", 31, 1_800),
        poll("mail", "", 613, 90_000),
    ];
    let class = Class {
        apps: ["web", "mail", "wiki"].map(|app| (app.to_owned(), 1.0)).to_vec(),
        devices: ["laptop", "phone"].map(|device| (device.to_owned(), 1.0)).to_vec(),
        actions_per_visit: 4.0,
        absence: log_normal([(1.0, 9.0 * HOUR, 0.2), (1.0, 40.0 * HOUR, 0.1)]),
        logout: 0.2,
        close: 0.2,
        polls: polls.clone(),
        ..plain()
    };
    let population = population(class, 30, 14);
    let generator = Generator::new(&population, 9).unwrap();
    let mut count = 0;
    for steps in steps(&generator) {
        let mut found: Vec<(f64, String)> = steps
            .iter()
            .filter(|step| step.action == Action::Background)
            .map(|step| (millis(step), format!("{} {} {}", step.device, step.app, step.api)))
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        count += found.len();
        assert_eq!(found, expected_polls(&steps, &polls, 14.0 * DAY));
    }
    assert!(count > 10_000, "only {count} polls");
}

#[test]
fn a_user_is_the_same_whatever_the_others_do() {
    let office = Class { name: "office".to_owned(), ..pattern("office-hours") };
    let alone = population(office.clone(), 2, 28);
    let other = Class { share: 3.0, ..pattern("mobile-bursts") };
    let crowd = Population { classes: vec![other, office.clone()], users: 400, ..alone.clone() };
    let [few, many] = [&alone, &crowd].map(|population| Generator::new(population, 42).unwrap());
    assert_eq!(many.user(301).name(), "office-2");
    let second: Vec<Step<'_>> = few.user(1).collect();
    assert!(second.len() > 100);
    assert!(second.iter().copied().eq(many.user(301)));
    // A longer run goes on where a shorter one was cut.
    let longer = Population { span: Span::from_days(90), ..alone.clone() };
    let longer = Generator::new(&longer, 42).unwrap();
    assert!(longer.user(1).zip(&second).all(|(a, b)| a == *b));
    // Another number, class or seed is somebody else.
    assert!(!second.iter().copied().eq(few.user(0)));
    let renamed = population(Class { name: "desk".to_owned(), ..office }, 2, 28);
    assert!(!second.iter().copied().eq(Generator::new(&renamed, 42).unwrap().user(1)));
    assert!(!second.iter().copied().eq(Generator::new(&alone, 43).unwrap().user(1)));
}

#[test]
fn what_has_nothing_to_do_with_times_leaves_them_alone() {
    let uses = |class: Class| -> Vec<Instant> {
        let population = population(class, 1, 28);
        let generator = Generator::new(&population, 1).unwrap();
        let uses = generator.user(0).filter(|step| step.action == Action::Use);
        uses.map(|step| step.at).collect()
    };
    let office = pattern("office-hours");
    let before = uses(office.clone());
    let apps = ["web", "mail"].map(|app| (app.to_owned(), 1.0)).to_vec();
    let polls = pattern("dashboard").polls;
    for changed in [
        Class { logout: 0.5, close: 0.5, ..office.clone() },
        Class { apps: apps.clone(), ..office.clone() },
        Class { apps, stickiness: 0.1, ..office.clone() },
        Class { devices: Vec::new(), ..office.clone() },
        Class { time_zones: vec![office.time_zones[0].clone(); 3], ..office.clone() },
        Class { polls, ..office },
    ] {
        assert_eq!(uses(changed), before);
    }
}

#[test]
fn extremes_come_to_an_end() {
    // A visit each millisecond, by people of whom some hardly ever come and some all the time.
    let busy = Class { spread: 10.0, ..poisson(1.0) };
    let population = Population { span: Span::from_secs(2), ..population(busy, 500, 1) };
    let generator = Generator::new(&population, 1).unwrap();
    let counts: Vec<usize> = steps(&generator).map(|steps| steps.len()).collect();
    assert!(counts.contains(&0) && counts.iter().any(|count| *count > 2_000), "{counts:?}");
    // Visits that fill half of the time: who would come twice as often comes as often as possible.
    let keen = Class {
        visits_per_active_day: Some(12.0),
        actions_per_visit: 61.0,
        gap: log_normal([(1.0, 60.0 * SECOND, 0.0)]),
        spread: 1.0,
        logout: 1.0,
        ..plain()
    };
    let population = super::population(keen, 200, 2);
    let generator = Generator::new(&population, 1).unwrap();
    let days = steps(&generator).map(|steps| {
        assert!(steps.is_sorted_by_key(|step| step.at));
        steps.iter().filter(|step| step.action == Action::Logout).count() / 2
    });
    assert!((15..60).contains(&days.max().unwrap()));
    // So many actions that a visit outlasts the run.
    let endless = Class { actions_per_visit: 1e15, ..plain() };
    let population = super::population(endless, 3, 1);
    let generator = Generator::new(&population, 1).unwrap();
    assert!(steps(&generator).all(|steps| steps.len() < 5_000));
}
