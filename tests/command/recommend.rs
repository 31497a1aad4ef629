//! `relogin recommend`: what it finds, what it says where nothing can be found, and what it refuses.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::program::*;

const SCENARIO: &str = r#"# Which session would people here bear?
[scenario]
name = "team"
baselines = false

[workload]
trace = "team.csv"
task_gap = "30m"

[[policy]]
name = "today"
session = { idle_timeout = "2d", absolute_timeout = "7d" }
api.backend.access_token_lifetime = "1h"
app.web = {}

[recommend]
axes = { "session.idle_timeout" = ["30m", "2h", "8h"], "session.absolute_timeout" = ["12h", "3d"] }
constraints = ["relogins_per_user_day <= 1.2"]
minimise = "exposure"
"#;

/// Four users, eight days, a morning and an afternoon; each a little later than the one before.
fn trace() -> String {
    let mut trace = "ts,user\n".to_owned();
    for day in 0..8 {
        for user in 0..4 {
            for (start, uses) in [(8 * 60, 9), (13 * 60, 12)] {
                for number in 0..uses {
                    let minute = start + 7 * user + number * (11 + user);
                    let ts = 1_760_000_400 + day * 86_400 + minute * 60;
                    let _ = writeln!(trace, "{ts},user-{user}");
                }
            }
        }
    }
    trace
}

/// Runs the command on the scenario, changed, and gives its folder of results.
#[track_caller]
fn recommend(from: &str, to: &str, arguments: &[&str]) -> (Finished, tempfile::TempDir) {
    let folder = scratch();
    write(&folder, "team.csv", &trace());
    assert!(SCENARIO.contains(from), "{from}");
    let scenario = write(&folder, "team.toml", &SCENARIO.replacen(from, to, 1));
    let out = path(&folder, "out");
    let all = ["recommend", &scenario, "--out", &out].into_iter().chain(arguments.iter().copied());
    let finished = relogin(&all.collect::<Vec<_>>());
    (finished, folder)
}

/// Running text, whatever its lines.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(folder: &tempfile::TempDir) -> Value {
    let text = fs::read_to_string(folder.path().join("out/recommend.json")).expect("it is written");
    serde_json::from_str(&text).expect("JSON")
}

const FILES: [&str; 7] = [
    "charts/front.png",
    "charts/front.svg",
    "front.csv",
    "points.csv",
    "recommend.json",
    "recommended.toml",
    "report.html",
];

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let files = files(&folder.path().join("out"));
    files.keys().map(|name| name.display().to_string().replace('\\', "/")).collect()
}

#[test]
fn the_policy_found_gives_the_figures_told() {
    let (finished, folder) = recommend("", "", &[]);
    let finished = finished.expect(0);
    let words = words(&finished.stdout);
    assert!(
        words.contains("hold the constraint; of these, the one that leaves least open"),
        "{words}"
    );
    assert!(finished.stderr.contains("report.html"), "{}", finished.stderr);
    assert_eq!(names(&folder), FILES);
    let found = json(&folder);
    assert_eq!(
        (&found["schema"], &found["satisfied"]),
        (&"relogin.recommend/1".into(), &true.into())
    );

    // The policy stands at the end of the scenario, and is run like any other.
    let toml = fs::read_to_string(folder.path().join("out/recommended.toml")).unwrap();
    assert!(toml.contains("# today \"2d\""), "{toml}");
    write(&folder, "both.toml", &format!("{SCENARIO}\n{toml}"));
    let (both, out) = (path(&folder, "both.toml"), path(&folder, "run"));
    relogin(&["run", &both, "--out", &out]).expect(0);
    let summary = fs::read_to_string(folder.path().join("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    for (place, role) in ["today", "recommended"].into_iter().enumerate() {
        let policy = &summary["policies"][place];
        assert_eq!((&policy["name"], &policy["metrics"]), (&role.into(), &found["metrics"][role]));
    }
    let metrics = &found["metrics"]["recommended"];
    assert!(metrics["relogins_per_user_day"].as_f64().unwrap() <= 1.2);
    let exposure = |place: usize| found["policies"][place]["at"]["exposure"].as_f64().unwrap();
    assert!(exposure(1) < exposure(0));

    // Alone it is a scenario too.
    let alone = path(&folder, "out/recommended.toml");
    let shown = relogin(&["policy", "show", &alone]).expect(0);
    assert!(shown.stdout.contains("policy \"recommended\""), "{}", shown.stdout);
}

#[test]
fn the_bound_is_never_above_what_a_policy_forces() {
    let (finished, folder) = recommend("", "", &["--minimise", "people"]);
    finished.expect(0);
    for policy in json(&folder)["policies"].as_array().unwrap() {
        let regret = &policy["regret"];
        assert!(regret["fewest"].as_u64() <= regret["relogins"].as_u64(), "{regret}");
    }
}

#[test]
fn where_nothing_holds_it_says_what_to_relax_and_writes_everything() {
    let arguments =
        ["--constraint", "relogins <= 3", "--constraint", "sessions.unattended_hours <= 30"];
    let (finished, folder) = recommend("", "", &arguments);
    let finished = finished.expect(3).says(&["none of", "holds every constraint"]);
    assert!(words(&finished.stdout).contains("It would be enough to relax"), "{}", finished.stdout);
    assert_eq!(names(&folder), FILES);
    let found = json(&folder);
    assert_eq!(found["satisfied"], false);
    let relax = &found["relax"][0];
    assert!(relax["to"].as_f64().unwrap() > 3.0 && relax["excess"].as_f64().unwrap() > 0.0);
    let toml = fs::read_to_string(folder.path().join("out/recommended.toml")).unwrap();
    assert!(toml.starts_with("# Of ") && !toml.contains("[[policy]]"), "{toml}");
}

#[test]
fn a_profile_is_kept_with_what_tokens_add() {
    // Without an axis for the tokens of an hour, no session is idle for 15 minutes in effect.
    let (finished, _folder) =
        recommend("", "", &["--profile", "pci-dss-4", "--constraint", "uses > 0"]);
    let finished = finished.expect(3);
    assert!(words(&finished.stdout).contains("access goes on for"), "{}", finished.stdout);
    let axes = "axes = { \"session.idle_timeout\" = [\"15m\", \"2h\"], \
                \"api.backend.access_token_lifetime\" = [\"5m\", \"15m\"] }\n";
    let line = SCENARIO.lines().find(|line| line.starts_with("axes")).unwrap();
    let (finished, folder) =
        recommend(line, axes, &["--profile", "pci-dss-4", "--constraint", "uses > 0"]);
    finished.expect(0);
    let found = json(&folder);
    let point = found["recommended"].as_u64().unwrap();
    let told = found["policies"].as_array().unwrap();
    let own = told.iter().find(|policy| policy["role"] == "recommended").unwrap();
    assert_eq!(own["point"], point);
    assert_eq!(found["axes"][0]["key"], "session.idle_timeout");
    assert_eq!(own["at"]["values"][0], "\"15m\"");
}

#[test]
fn prices_give_the_idle_timeout_that_costs_least() {
    let cost = "[recommend]\ncost = { relogin = 0.5, unattended_hour = 0.02 }";
    let (finished, folder) = recommend("[recommend]", cost, &["--minimise", "cost"]);
    let finished = finished.expect(0);
    assert!(words(&finished.stdout).contains("would cost least"), "{}", finished.stdout);
    let found = json(&folder);
    let timeout = &found["idle_timeout"];
    let cost = |own: &str| timeout[own]["cost"].as_f64().unwrap();
    assert!(cost("best") <= cost("blind") && cost("blind") <= 2.0 * cost("best"), "{timeout}");
    assert_eq!(timeout["blind"]["timeout_ms"].as_i64().unwrap(), 25 * 3_600_000);
}

#[test]
fn the_same_bytes_whatever_the_jobs() {
    let (one, one_folder) = recommend("", "", &["--jobs", "1", "--format", "json"]);
    let (other, other_folder) = recommend("", "", &["--jobs", "3", "--format", "json"]);
    assert_eq!(one.expect(0).stdout, other.expect(0).stdout);
    same_files(&one_folder.path().join("out"), &other_folder.path().join("out"));
}

#[track_caller]
fn refuses(from: &str, to: &str, arguments: &[&str], says: &[&str]) {
    let (finished, folder) = recommend(from, to, arguments);
    finished.expect(2).says(says);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_its_mend() {
    let line = "relogins_per_user_day <= 1.2";
    refuses(
        line,
        "relogins_per_userday <= 1",
        &[],
        &[
            "team.toml:18",
            "no figure `relogins_per_userday`",
            "did you mean `relogins_per_user_day`?",
        ],
    );
    refuses(line, "relogins <= few", &[], &["team.toml:18", "`few` is no number"]);
    refuses(
        "constraints",
        "profile = \"nist-63b-2\"\nconstraints",
        &[],
        &["team.toml:18", "unknown profile `nist-63b-2`", "did you mean"],
    );
    let objective = "minimise = \"exposure\"";
    refuses(objective, "minimise = \"peple\"", &[], &["unknown objective `peple`", "`people`"]);
    refuses(objective, "minimise = \"cost\"", &[], &["no prices", "cost = {"]);
    refuses("constraints", "policy = \"toda\"\nconstraints", &[], &["no policy `toda`", "`today`"]);
    refuses("session.idle_timeout\" =", "session.idle\" =", &[], &["unknown key `idle`"]);
    refuses("[\"30m\", \"2h\"", "[\"soon\", \"2h\"", &[], &["`soon` is not a duration"]);
    refuses("", "", &["--constraint", "uses"], &["--constraint 'uses'", "compares nothing"]);
    refuses("", "", &["--profile", "pci"], &["--profile pci", "`pci-dss-4`"]);
    refuses("", "", &["--minimise", "cost"], &["--minimise cost", "recommend.cost.relogin"]);
}
