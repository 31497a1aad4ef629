use std::fmt::Write;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use super::population;
use crate::trace::synthetic::patterns::{PATTERNS, find, plain};
use crate::trace::synthetic::{Class, Component, Distribution, Generator};

#[test]
fn files_and_registry_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/trace/synthetic/patterns");
    let files = folder.read_dir().expect("the folder of patterns").map(|entry| {
        let path = entry.expect("an entry of the folder").path();
        path.file_stem().expect("a file").to_str().expect("ASCII").replace('_', "-")
    });
    let mut files: Vec<String> = files.filter(|name| name != "mod").collect();
    files.sort();
    for file in &files {
        assert!(
            find(file).is_some(),
            "src/trace/synthetic/patterns/{}.rs has no row in PATTERNS of patterns/mod.rs: give \
             it `mod` and a row, and name its pattern {file:?}",
            file.replace('-', "_")
        );
    }
    let names: Vec<&str> = PATTERNS.iter().map(|pattern| pattern.name).collect();
    for name in &names {
        assert!(
            files.iter().any(|file| file == name),
            "PATTERNS has {name:?}, but no file of patterns/ is called so: one pattern, one file"
        );
    }
    assert!(names.is_sorted(), "rows of PATTERNS stand by name: {names:?}");
}

#[test]
fn each_is_a_class_that_can_be_made_up() {
    assert!(find("office").is_none());
    for pattern in PATTERNS {
        let class = (pattern.class)();
        assert_eq!(class.name, pattern.name);
        assert!(!pattern.about.is_empty() && !pattern.about.ends_with('.'), "{}", pattern.name);
        let mut population = population(class, 1, 7);
        assert_eq!(population.check(), Ok(()), "{}", pattern.name);
        // Naming an app must not silence a poll of the only one.
        population.classes[0].apps = vec![("web".to_owned(), 1.0)];
        assert_eq!(population.check(), Ok(()), "{}", pattern.name);
    }
}

/// Where the hills of gaps and absences cross on a logarithmic scale, in minutes: where
/// Halfaker et al. 2015 tell a pause from an absence.
fn crossing(class: &Class) -> f64 {
    let height = |distribution: &Distribution, share: f64, time: f64| {
        let Distribution::LogNormal(parts) = distribution else { panic!("no hills") };
        let total: f64 = parts.iter().map(|part| part.weight).sum();
        let hill = |part: &Component| {
            let z = libm::log(time / part.median) / part.sigma;
            part.weight / total * libm::exp(-z * z / 2.0) / part.sigma
        };
        share * parts.iter().map(hill).sum::<f64>()
    };
    let within = 1.0 - 1.0 / class.actions_per_visit;
    let higher =
        |time: f64| height(&class.gap, within, time) > height(&class.absence, 1.0 - within, time);
    let (mut low, mut high) = (120_000.0, 86_400_000.0);
    while high - low > 1.0 {
        let middle = (low + high) / 2.0;
        if higher(middle) { low = middle } else { high = middle }
    }
    low / 60_000.0
}

#[test]
fn hills_cross_where_recorded_ones_do() {
    let rule_of_thumb = crossing(&plain());
    assert!((50.0..70.0).contains(&rule_of_thumb), "plain: {rule_of_thumb:.1} min");
    // Halfaker et al. 2015: from 29 minutes to 115 for what people do on the web.
    let consumers = crossing(&(find("consumer-evening").unwrap().class)());
    assert!((29.0..=115.0).contains(&consumers), "consumers: {consumers:.1} min");
}

/// The first lines of the first user and a fingerprint of three users' four weeks.
fn fingerprint(class: Class) -> String {
    let population = population(class, 3, 28);
    let generator = Generator::new(&population, 42).unwrap();
    let (mut hash, mut lines, mut first) = (Xxh3::new(), 0_u64, String::new());
    let pushed = generator.generate(&mut |activity| {
        let mut line = String::new();
        let [at, action] = [activity.at.as_millis().to_string(), activity.action.word().to_owned()];
        let words = [&at, activity.user, activity.device, activity.app, activity.api, &action];
        writeln!(line, "{}", words.join(","))?;
        if lines < 4 {
            first.push_str(&line);
        }
        hash.update(line.as_bytes());
        lines += 1;
        Ok::<(), std::fmt::Error>(())
    });
    pushed.expect("strings take everything");
    format!("{first}{lines} lines, {:016x}", hash.digest())
}

#[test]
fn activity_is_pinned() {
    let of = |name: &str| fingerprint((find(name).unwrap().class)());
    insta::assert_snapshot!(fingerprint(plain()), @r"
    1767883925503,plain-1,,,,use
    1767884197388,plain-1,,,,use
    1767938831740,plain-1,,,,use
    1767938875835,plain-1,,,,use
    343 lines, db20de5d1f5450a5
    ");
    insta::assert_snapshot!(of("api-cli"), @r"
    1767600588088,api-cli-1,terminal,,,use
    1767600588952,api-cli-1,terminal,,,use
    1767600589553,api-cli-1,terminal,,,use
    1767600661357,api-cli-1,terminal,,,use
    4691 lines, 0194a5537978cdc9
    ");
    insta::assert_snapshot!(of("consumer-evening"), @r"
    1767590614304,consumer-evening-2,laptop,,,use
    1767590696718,consumer-evening-2,laptop,,,use
    1767590876255,consumer-evening-2,laptop,,,use
    1767590883074,consumer-evening-2,laptop,,,use
    305 lines, dd3bda99686ea934
    ");
    insta::assert_snapshot!(of("dashboard"), @r"
    1767605183634,dashboard-1,wall-screen,,,use
    1767605212730,dashboard-1,wall-screen,,,use
    1767605225787,dashboard-1,wall-screen,,,use
    1767605238869,dashboard-1,wall-screen,,,use
    23771 lines, 9ad2d65aabf0ffff
    ");
    insta::assert_snapshot!(of("mobile-bursts"), @r"
    1767572330329,mobile-bursts-1,phone,,,use
    1767573175002,mobile-bursts-1,phone,,,use
    1767573184423,mobile-bursts-1,phone,,,use
    1767573192533,mobile-bursts-1,phone,,,use
    2786 lines, e8678dc9eae574ca
    ");
    insta::assert_snapshot!(of("office-hours"), @r"
    1767602216977,office-hours-1,laptop,,,use
    1767602225465,office-hours-1,laptop,,,use
    1767602232381,office-hours-1,laptop,,,use
    1767602374530,office-hours-1,laptop,,,use
    3352 lines, fe162e755d41e542
    ");
    insta::assert_snapshot!(of("poisson"), @r"
    1767574045839,poisson-1,,,,use
    1767579409270,poisson-1,,,,use
    1767579541683,poisson-1,,,,use
    1767579981178,poisson-1,,,,use
    4108 lines, 5295f68605b38ca4
    ");
    insta::assert_snapshot!(of("shifts"), @r"
    1767606798209,shifts-1,station-a,,,use
    1767606826477,shifts-1,station-a,,,use
    1767606837454,shifts-1,station-a,,,use
    1767606887992,shifts-1,station-a,,,use
    2771 lines, 7b68890517d15c17
    ");
    assert_eq!(PATTERNS.len(), 7, "a new pattern needs a line above");
}
