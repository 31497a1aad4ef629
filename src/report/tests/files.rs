use std::fs;
use std::path::Path;

use super::fixture;
use crate::report::{Input, ReportError, summary_json, write};
use crate::table::PolicyTables;

const FILES: [&str; 15] = [
    "charts/login-hours.png",
    "charts/login-hours.svg",
    "charts/people.png",
    "charts/people.svg",
    "charts/relogins.png",
    "charts/relogins.svg",
    "charts/requests.png",
    "charts/requests.svg",
    "charts/sessions.png",
    "charts/sessions.svg",
    "load.csv",
    "relogins.csv",
    "report.html",
    "summary.csv",
    "summary.json",
];

/// What stands in a folder: names below it, and bytes.
fn content(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in [dir.to_owned(), dir.join("charts")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn with_office<T>(look: impl FnOnce(&[PolicyTables], &Input<'_>) -> T) -> T {
    let policies = fixture::office();
    let description = fixture::description(&policies);
    let input = Input { description: &description, policies: &policies, partial: None, gates: &[] };
    look(&policies, &input)
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    with_office(|_, input| {
        let root = tempfile::tempdir().unwrap();
        let (once, again) = (root.path().join("once"), root.path().join("deep/again"));
        let mut told = write(&once, input).unwrap();
        write(&again, input).unwrap();
        let found = content(&once);
        assert!(found == content(&again), "two reports of the same tables differ");
        // Over an earlier report, and what an interrupted run left.
        fs::write(once.join("report.html"), "an earlier one").unwrap();
        fs::write(once.join("charts/.relogin-a1B2c3.part"), "half").unwrap();
        write(&once, input).unwrap();
        assert!(found == content(&once), "an earlier report shows through");
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), FILES);
        told.sort();
        assert_eq!(told, FILES.map(|name| once.join(name)));
    });
}

#[test]
fn where_nothing_can_be_written_nothing_is_left() {
    with_office(|_, input| {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("taken");
        fs::write(&file, "mine").unwrap();
        for dir in [file.clone(), file.join("below")] {
            let error = write(&dir, input).unwrap_err();
            assert!(matches!(error, ReportError::Folder { .. }), "{error:?}");
            assert!(error.to_string().contains("taken"), "{error}");
            assert!(error.to_string().ends_with("name another one with --out"), "{error}");
        }
        let dir = root.path().join("report");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("charts"), "a file where a folder should be").unwrap();
        write(&dir, input).unwrap_err();
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    });
}

#[test]
fn csv_files_have_a_row_for_everything() {
    with_office(|policies, input| {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), input).unwrap();
        let read = |name| fs::read_to_string(root.path().join(name)).unwrap();
        let load = read("load.csv");
        let rows = policies.len() * fixture::MINUTES as usize;
        assert_eq!(load.lines().count(), 1 + rows, "a row a minute, empty ones too");
        let head: Vec<&str> = load.lines().skip(540).take(3).collect();
        insta::assert_snapshot!(
            format!("{}\n{}", load.lines().next().unwrap(), head.join("\n")), @r"
policy,bucket_start,login,silent,refresh,failed,introspection
today,2026-01-05T08:59:00Z,2,2,8,0,0
today,2026-01-05T09:00:00Z,0,2,19,0,0
today,2026-01-05T09:01:00Z,0,13,3,0,0
");
        let summed: u64 = load
            .lines()
            .filter_map(|line| line.strip_prefix("strict,")?.split(',').nth(2)?.parse::<u64>().ok())
            .sum();
        assert_eq!(summed as f64, policies[1].metric("requests.silent"));
        let summary = read("summary.csv");
        assert_eq!(summary.lines().count(), 1 + 5 * policies[0].metrics.len());
        let some: Vec<&str> = summary.lines().filter(|l| l.contains("relogins")).take(6).collect();
        insta::assert_snapshot!(format!("{}\n{}", summary.lines().next().unwrap(), some.join("\n")), @r"
policy,metric,value,unit,low,high
today,relogins,4645,logins,,
today,relogins.mid_task,929,logins,,
today,relogins_per_user_day,0.23225,1/user-day,,
today,relogins_per_user_day.p50,0.18580000000000002,1/user-day,,
today,relogins_per_user_day.p90,0.39482500000000004,1/user-day,,
today,relogins_per_user_day.p95,0.487725,1/user-day,,
");
        let relogins: Vec<String> =
            read("relogins.csv").lines().take(4).map(String::from).collect();
        insta::assert_snapshot!(relogins.join("\n"), @r"
policy,class,app,cause,count
today,office,intranet,idle,1437
today,office,intranet,absolute,410
today,office,intranet,closed,102
");
    });
}

#[test]
fn names_are_quoted_in_csv_files() {
    let mut policies = fixture::office();
    policies.truncate(1);
    policies[0].name = "a, \"b\"\nc".to_owned();
    policies[0].load.last = policies[0].load.first;
    let description = fixture::description(&policies);
    let input = Input { description: &description, policies: &policies, partial: None, gates: &[] };
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &input).unwrap();
    for name in ["load.csv", "summary.csv", "relogins.csv"] {
        let mut csv = csv::Reader::from_path(root.path().join(name)).unwrap();
        for row in csv.records() {
            assert_eq!(&row.unwrap()[0], "a, \"b\"\nc", "{name}");
        }
    }
}

#[test]
fn the_summary_is_json_with_flat_keys() {
    with_office(|policies, input| {
        let text = summary_json(input);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["schema"], "relogin.summary/1");
        let strict = &json["policies"][1];
        let flat = strict["metrics"].as_object().unwrap();
        let names: Vec<&str> = flat.keys().map(String::as_str).collect();
        assert_eq!(names, policies[1].metrics.iter().map(|m| m.name).collect::<Vec<_>>());
        assert!(flat["uses"].is_u64() && flat["sessions.unattended_hours"].is_f64());
        assert_eq!(
            flat["relogins_per_user_day"].as_f64(),
            Some(policies[1].metric("relogins_per_user_day"))
        );
        insta::assert_snapshot!(text.split_once("\"metrics\"").unwrap().0, @r#"
{
  "schema": "relogin.summary/1",
  "version": "0.1.0",
  "scenario": "office",
  "question": "What would a stricter session cost the people in the office?",
  "seed": 7,
  "partial": null,
  "overrides": [
    "policy.strict.session.idle_timeout=30m"
  ],
  "activity": {
    "source": "1,234 synthetic users of the classes office and field",
    "classes": [
      "field",
      "office"
    ],
    "records": 431201,
    "broken": 3,
    "users": 1234,
    "agents": 1702,
    "start": "2026-01-05T00:00:00Z",
    "horizon": "2026-02-01T23:59:59.999Z"
  },
  "workload": {
    "stay_open_ms": 900000,
    "warmup_ms": 0,
    "task_gap_ms": 1800000,
    "bucket_ms": 60000,
    "timezone": "UTC"
  },
  "warnings": [
    "policy strict: an idle timeout above the absolute one has no effect"
  ],
  "policies": [
    {
      "name": "today",
      "baseline": false,
"#);
        let partial = Input { partial: Some("stopped".to_owned()), ..input.clone() };
        assert!(summary_json(&partial).contains("\"partial\": \"stopped\""));
    });
}
