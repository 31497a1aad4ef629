use super::{plain, population};
use crate::model::{Instant, Span};
use crate::trace::synthetic::{Class, Distribution, Generator, Poll, Population};

fn good() -> Population {
    population(Class { name: "office".to_owned(), ..plain() }, 10, 28)
}

/// Breaks a good population and reads what is said about it.
#[track_caller]
fn check(break_it: impl FnOnce(&mut Population), said: &str) {
    let mut population = good();
    break_it(&mut population);
    assert_eq!(population.check().unwrap_err().to_string(), said);
    assert_eq!(Generator::new(&population, 1).unwrap_err().to_string(), said);
}

#[track_caller]
fn check_class(break_it: impl FnOnce(&mut Class), said: &str) {
    check(|population| break_it(&mut population.classes[0]), &format!("class \"office\": {said}"));
}

#[test]
fn a_population_says_what_is_wrong() {
    assert_eq!(good().check(), Ok(()));
    check(|p| p.users = 0, "`users` is 0; ask for at least one user");
    check(|p| p.users = 1 << 40, "`users` is 1099511627776; at most 4294967295 can be told apart");
    check(|p| p.span = Span::ZERO, "`span` is 0s; activity needs some time, as in \"4w\"");
    check(
        |p| p.span = Span::from_millis(i64::MAX),
        "`span` is 106751991167d7h12m55s807ms; make it a century at most",
    );
    check(
        |p| p.start = Instant::from_millis(i64::MIN),
        "`start` lies outside of the years 1 to 9999; choose one within them",
    );
    check(|p| p.classes.clear(), "`classes` is empty; describe at least one class of users");
    check(|p| p.classes[0].share = 0.0, "`share` has no weight above 0; give at least one");
    check(|p| p.classes[0].share = -1.0, "`share` has the weight -1; weights are 0 or more");
    check(|p| p.classes[0].share = f64::NAN, "`share` has the weight NaN; weights are 0 or more");
    check(
        |p| p.classes.push(p.classes[0].clone()),
        "class \"office\": `name` stands twice; give each class a name of its own",
    );
}

#[test]
fn a_class_says_what_is_wrong() {
    check(|p| p.classes[0].name.clear(), "class \"\": `name` is empty; users are called by it");
    check_class(|c| c.active_days = [false; 7], "`active_days` has no day; name at least one");
    check_class(|c| c.hours[3] = -2.0, "`hours` has the weight -2; weights are 0 or more");
    check_class(|c| c.hours.fill(0.0), "`hours` has no weight above 0; give at least one");
    check_class(
        |c| c.hours.fill(f64::MAX),
        "`hours` has weights beyond every bound; only their ratios matter",
    );
    check_class(
        |c| {
            c.hours[..144].fill(0.0);
            c.active_days = [true, true, true, true, true, false, false];
        },
        "`hours` is 0 on every active day; give one of their hours a weight",
    );
    check_class(
        |c| c.time_zones.clear(),
        "`time_zones` is empty; name one, as in \"Europe/Berlin\"",
    );
    check_class(
        |c| c.time_zones[0].0 = "Europe/Berlim".to_owned(),
        "`time_zones` names \"Europe/Berlim\"; did you mean \"Europe/Berlin\"?",
    );
    check_class(
        |c| c.devices.push(("phone".to_owned(), 0.0)),
        "`devices` has no weight above 0; give at least one",
    );
    check_class(|c| c.stickiness = 1.5, "`stickiness` is 1.5; a share lies between 0 and 1");
    check_class(|c| c.logout = f64::NAN, "`logout` is NaN; a share lies between 0 and 1");
    check_class(
        |c| (c.logout, c.close) = (0.5, 0.75),
        "`logout` and `close` are 1.25 together; a visit ends once",
    );
    check_class(
        |c| c.actions_per_visit = 0.5,
        "`actions_per_visit` is 0.5; a visit has at least 1",
    );
    check_class(|c| c.spread = -0.1, "`spread` is -0.1; choose 0 to 10");
    check_class(
        |c| c.visits_per_active_day = Some(0.0),
        "`visits_per_active_day` is 0; give a number above 0",
    );
    check_class(
        |c| c.visits_per_active_day = Some(200.0),
        "`visits_per_active_day` is 200, which leaves no time between visits; with these gaps and \
         actions less than 100.1 fit in the active hours",
    );
}

#[test]
fn distributions_and_polls_say_what_is_wrong() {
    check_class(
        |c| c.gap = Distribution::LogNormal(Vec::new()),
        "`gap` has no component; give at least a median and a sigma",
    );
    let log_normal = |weight, median, sigma| super::log_normal([(weight, median, sigma)]);
    check_class(
        |c| c.gap = log_normal(0.0, 1e3, 1.0),
        "`gap` has no weight above 0; give at least one",
    );
    check_class(
        |c| c.absence = log_normal(1.0, 0.0, 1.0),
        "`absence` has a median that is not above 0; give a span",
    );
    check_class(
        |c| c.absence = log_normal(1.0, 1e3, 60.0),
        "`absence` has the sigma 60; choose about 0 to 3",
    );
    check_class(
        |c| c.absence = log_normal(1.0, 0.25, 0.0),
        "`absence` is 0.25 ms on average; times are told in milliseconds",
    );
    check_class(
        |c| c.gap = Distribution::Exponential { mean: f64::INFINITY },
        "`gap` is inf ms on average; times are told in milliseconds",
    );
    let poll = |app: &str, every, stays| Poll {
        app: app.to_owned(),
        api: String::new(),
        every: Span::from_secs(every),
        stays: Span::from_secs(stays),
    };
    check_class(|c| c.polls.push(poll("", 0, 0)), "`polls` ask every 0s; wait between polls");
    check_class(|c| c.polls.push(poll("", 1, -1)), "`polls` stay for -1s; give a span, or \"0s\"");
    check_class(
        |c| {
            c.apps = vec![("web".to_owned(), 1.0), ("mail".to_owned(), 1.0)];
            c.polls.push(poll("chat", 1, 0));
        },
        "`polls` name the app \"chat\", which nobody uses here; the apps are: web, mail",
    );
    check_class(
        |c| c.polls.push(poll("chat", 1, 0)),
        "`polls` name the app \"chat\", but the class names no apps; name it in `apps`, too",
    );
}

#[test]
fn users_split_by_largest_remainder() {
    let sizes = |users, shares: &[f64]| {
        let classes = shares.iter().zip('a'..);
        let classes =
            classes.map(|(share, name)| Class { name: name.to_string(), share: *share, ..plain() });
        let population = Population { users, classes: classes.collect(), ..good() };
        let sizes = population.class_sizes();
        // Names and generators stand in the same order.
        let generator = Generator::new(&population, 1).unwrap();
        let names: Vec<String> = (0..users).map(|user| generator.user_name(user)).collect();
        let expected = sizes.iter().zip(&population.classes);
        let expected = expected
            .flat_map(|(size, class)| (1..=*size).map(|number| format!("{}-{number}", class.name)));
        assert!(expected.eq(names.iter().cloned()), "{names:?}");
        assert!((0..users).all(|user| generator.user(user).name() == names[user as usize]));
        assert!(
            (0..users)
                .all(|user| population.user_name(user).as_ref() == Some(&names[user as usize]))
        );
        assert_eq!(population.user_name(users), None);
        sizes
    };
    assert_eq!(sizes(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
    assert_eq!(sizes(10, &[0.46, 0.46, 0.08]), [5, 4, 1]);
    assert_eq!(sizes(7, &[0.0, 3.0, 0.0, 1.0]), [0, 5, 0, 2]);
    assert_eq!(sizes(1, &[1.0, 2.0]), [0, 1]);
    assert_eq!(sizes(3, &[1e-300, 1e300]), [0, 3]);
}
