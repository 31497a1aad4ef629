use super::super::clock::{Clock, Week};
use super::{DAY, HOUR, MONDAY};
use crate::calendar::Calendar;
use crate::model::Instant;
use crate::trace::synthetic::{Class, patterns};

/// A clock, and the slow twin of its face: the pace of each quarter of an hour, summed up.
/// Offsets and their changes fall on quarters in every zone of our days.
struct Twins {
    clock: Clock,
    paces: Vec<f64>,
}

const QUARTER: i64 = 900_000;

fn twins(class: &Class, zone: &str, start: i64, days: i64) -> Twins {
    let end = start + days * 86_400_000;
    let calendar = Calendar::new(zone, start, end).unwrap();
    let week = Week::new(class).unwrap();
    let bounds = (Instant::from_millis(start), Instant::from_millis(end));
    let clock = Clock::new(week, &calendar, &class.holidays, bounds);
    let weight = |hour: usize| if class.active_days[hour / 24] { class.hours[hour] } else { 0.0 };
    let mean = (0..168).map(weight).sum::<f64>() / 168.0;
    let quarters = (start..end).step_by(QUARTER as usize).map(|at| {
        let holiday = class.holidays.contains(&(calendar.day(at) as i32));
        if holiday { 0.0 } else { weight(calendar.hour_of_week(at)) / mean }
    });
    Twins { clock, paces: quarters.collect() }
}

impl Twins {
    fn check(&self, what: &str) {
        let mut shown = 0.0;
        for (quarter, pace) in self.paces.iter().enumerate() {
            let from = (quarter as i64 * QUARTER) as f64;
            let found = self.clock.shown(from);
            assert!((found - shown).abs() < 0.01, "{what}: {found} at {from}, not {shown}");
            if *pace > 0.0 {
                // Backwards: a moment within the quarter comes back as itself.
                let moment = from + 1_000.5;
                let back = self.clock.when(self.clock.shown(moment)).unwrap();
                assert!((back - moment).abs() < 0.01, "{what}: {moment} came back as {back}");
            }
            shown += pace * QUARTER as f64;
        }
        assert_eq!(self.clock.when(shown + 0.01), None, "{what}: after the end");
        assert_eq!(self.clock.when(f64::NAN), None);
        // Whatever it shows, it is within an hour in which it runs.
        for step in 0..10_000 {
            let at = self.clock.when(shown * f64::from(step) / 10_000.0).unwrap();
            let pace = self.paces[(at.floor() as i64 / QUARTER) as usize];
            assert!(pace > 0.0, "{what}: stands still at {at}");
        }
    }
}

fn office() -> Class {
    (patterns::find("office-hours").unwrap().class)()
}

#[test]
fn the_clock_agrees_with_its_slow_twin() {
    let year_end = 20_088;
    let holidays = vec![year_end - 5, year_end - 4, 20_541, 20_542];
    let classes = [
        ("plain", patterns::plain()),
        ("office", office()),
        ("holidays", Class { holidays, ..office() }),
        ("evening", (patterns::find("consumer-evening").unwrap().class)()),
    ];
    let starts = [
        // Changes of daylight-saving time in Berlin, New York, Lord Howe (half an hour), Apia
        // (a day left out in December 2011), and none in Kathmandu (a quarter of an hour off).
        ("Europe/Berlin", MONDAY),
        ("America/New_York", MONDAY + 12_345 * QUARTER),
        ("Australia/Lord_Howe", MONDAY),
        ("Asia/Kathmandu", MONDAY),
        ("Pacific/Apia", 1_324_000_800_000),
        ("UTC", -1_000_000 * QUARTER),
    ];
    for (name, class) in &classes {
        for (zone, start) in starts {
            twins(class, zone, start, 120).check(&format!("{name} in {zone}"));
        }
    }
}

#[test]
fn a_change_of_daylight_saving_time_loses_and_doubles_no_hour_but_the_clock_s_own() {
    // In Berlin, 02:00 on Sunday 2026-03-29 never comes, and on 2026-10-25 it comes twice.
    let week = 7.0 * DAY;
    let shown = |class: &Class, monday: i64| {
        let clock = twins(class, "Europe/Berlin", monday, 14).clock;
        // Until the same wall-clock time on the Monday after, and until nine in the morning.
        let next = Calendar::new("Europe/Berlin", monday, monday + 14 * 86_400_000).unwrap();
        let to = week + (next.local(monday) - monday) as f64
            - (next.local(monday + 8 * 86_400_000) - monday - 8 * 86_400_000) as f64;
        (clock.shown(to), clock.shown(to + 9.0 * HOUR) - clock.shown(to))
    };
    let (usual, spring, autumn) = (MONDAY - 3_600_000, 1_774_220_400_000, 1_792_360_800_000);
    let mut hours = Box::new([0.0; 168]);
    hours[6 * 24 + 2] = 1.0;
    let night = Class { hours, ..patterns::plain() };
    for (monday, expected) in [(usual, week), (spring, 0.0), (autumn, 2.0 * week)] {
        let (found, _) = shown(&night, monday);
        assert!((found - expected).abs() < 0.01, "{monday}: {found}, not {expected}");
    }
    // Office hours neither get lost nor move.
    let (_, nine) = shown(&office(), usual);
    for monday in [usual, spring, autumn] {
        let (found, until_nine) = shown(&office(), monday);
        assert!((found - week).abs() < 0.01, "{monday}: {found}");
        assert!((until_nine - nine).abs() < 0.01, "{monday}: {until_nine}, not {nine}");
    }
}

#[test]
fn rounding_carries_nothing_over_into_hours_and_days_off() {
    // Busy hours between free ones, and holidays that begin and end in the midst of them.
    let hours = Box::new(std::array::from_fn(|hour| [3.0, 0.0, 0.1, 2.0][hour % 4]));
    let monday = (MONDAY / 86_400_000) as i32;
    let holidays: Vec<i32> = (0..1_000).map(|third| monday + 3 * third + 2).collect();
    let class = Class { hours, holidays, ..patterns::plain() };
    let clock = twins(&class, "UTC", MONDAY, 3_000).clock;
    for hour in 0..3_000 * 24_i32 {
        let end = (f64::from(hour) + 1.0) * HOUR;
        let off = |hour: i32| hour % 4 == 1 || hour / 24 % 3 == 2;
        if !off(hour) && off(hour + 1) {
            let at = clock.when(clock.shown(end).next_down()).unwrap();
            // The moment before, or the next in which the clock runs.
            assert!(!off((at.floor() / HOUR) as i32), "{at}, just before {end}, is off");
        }
    }
    // Nor where a week ends to the last bit: the next begins on Monday at six.
    let clock = twins(&office(), "UTC", MONDAY, 7 * 1_000).clock;
    for monday in (1..1_000).map(|week| 7.0 * DAY * f64::from(week)) {
        assert_eq!(clock.when(monday), Some(monday + 6.0 * HOUR));
        let before = clock.when(monday.next_down()).unwrap();
        assert!(before == monday + 6.0 * HOUR || before < monday - 2.0 * DAY, "{before}");
    }
    // Nor before the start, in the midst of whatever hour that is.
    for start in (0..500).map(|step| MONDAY + step * 7_654_321) {
        let clock = twins(&office(), "UTC", start, 8).clock;
        assert!(clock.when(0.0).unwrap() >= 0.0, "from {start} on");
    }
}

#[test]
fn visits_begin_at_the_pace_of_the_busy_hours() {
    // One hour of the week: all visits begin in it, at 168 times the average pace.
    let mut hours = Box::new([0.0; 168]);
    hours[30] = 3.0;
    let week = Week::new(&Class { hours: hours.clone(), ..patterns::plain() }).unwrap();
    assert_eq!((week.pace_of_visits(), week.active_days()), (168.0, 1));
    // Half of all hours: at twice.
    let even = std::array::from_fn(|hour| f64::from(u8::from(hour % 2 == 0)));
    let week = Week::new(&Class { hours: Box::new(even), ..patterns::plain() }).unwrap();
    assert_eq!((week.pace_of_visits(), week.active_days()), (2.0, 7));
    hours[30] = 0.0;
    assert!(Week::new(&Class { hours, ..patterns::plain() }).is_none());
}
