//! The bills that a report holds where a scenario asks for capacity.

use std::fs;

use unicode_width::UnicodeWidthStr;

use super::fixture;
use crate::report::{Input, console_table, summary_json, summary_schema, write};
use crate::scenario::tests::schema::mismatch;
use crate::table::PolicyTables;

fn with_bills<T>(
    scale: f64,
    mut policies: Vec<PolicyTables>,
    look: impl FnOnce(&Input<'_>) -> T,
) -> T {
    let mut description = fixture::description(&policies);
    fixture::bill(&mut policies, &mut description, scale);
    look(&Input { description: &description, policies: &policies, partial: None, gates: &[] })
}

/// What stands below the policies' figures.
fn console(scale: f64, policies: Vec<PolicyTables>, width: usize) -> String {
    let whole = with_bills(scale, policies, |input| console_table(input, width, false));
    whole[whole.find("\nCapacity\n").unwrap()..].to_owned()
}

#[test]
fn the_bill_stands_below_the_table() {
    insta::assert_snapshot!(console(40.0, fixture::office(), 110), @r#"
Capacity
Each user stands for 40, who do the same within 15 minutes: counts and rates are multiplied by it. Sized for
the minute that asks for most. Of a limit, refused is what comes on top, if nobody tries again.

                                              today        strict    relaxed      never      always
People
  active users                               49,360        49,360     49,360     49,360      49,360
  re-logins per user-day                       0.23          2.18       0.05       0.00       21.92
  sessions at once, at most                  32,480        16,120     37,600     46,000         480
Requests to the identity provider
  requests per user-day                         7.3          11.2        4.1        0.0        22.0
  in the fullest second                          39            53         24          4          80
  in the fullest minute                       1,187         1,843        704         19       3,312
Keycloak, run by yourself: the minute that asks for most
  logins, 1/s                                  0.89          5.60       0.18       0.00       55.20
  silent authentications, 1/s                   4.5          21.4        2.4        0.3         0.0
  refreshes, 1/s                               11.6           2.4        9.2        0.0         0.0
  refusals, 1/s                                0.00          0.13       0.00       0.00        0.00
  vCPU requested                               0.29          0.67       0.21       0.10        3.78
  of which logins                              0.06          0.37       0.01       0.00        3.68
  of which client credentials                  0.10          0.10       0.10       0.10        0.10
  vCPU with 150% headroom                      0.73          1.68       0.52       0.26        9.45
  vCPU on average                              0.12          0.17       0.11       0.10        0.58
  a pod of 3: vCPU requested                   0.10          0.22       0.07       0.03        1.26
  a pod: vCPU limit                            0.24          0.56       0.17       0.09        3.15
  a pod: memory requested, MB                 1,250         1,250      1,250      1,250       1,250
  a pod: memory limit, MB                     1,357         1,357      1,357      1,357       1,357
  database: writes, IOPS                        238           412        164          4         773
  database: vCPU                          0.06–0.12     0.10–0.21  0.04–0.08  0.00–0.00   0.19–0.39
auth0-enterprise: Auth0, Enterprise (public cloud)
  Authentication API, 100/s: used               51%          105%        35%         4%        400%
    seconds above it                              0             3          0          0     377,195
    share of the time                            0%  under 0.001%         0%         0%       15.6%
    units refused                                 0            10          0          0  23,433,790
  until all are back, sessions lost, min       27.1          13.4       31.3       38.3         0.4
gateway
  all requests, 200/s (burst 900): used          6%           13%         4%   under 1%        160%
    seconds above it                              0             0          0          0       4,662
    share of the time                            0%            0%         0%         0%       0.19%
    units refused                                 0             0          0          0     132,224
  all requests, 5,000/min: used                 33%           84%        18%         1%        273%
    minutes above it                              0             0          0          0       6,509
    share of the time                            0%            0%         0%         0%       16.1%
    units refused                                 0             0          0          0  16,783,504
  until all are back, sessions lost, min       26.0          12.9       30.1       36.8         0.4

Keycloak, run by yourself: the minute that asks for most: One vCPU answers 15 logins, 120 silent
authentications, 120 refreshes, 120 refusals or 120 introspections a second
(https://www.keycloak.org/high-availability/concepts-memory-and-cpu-sizing; it has figures for logins and
refreshes, and what else is asked is counted like a refresh unless the scenario says otherwise). Logouts are
not counted: the simulation does not ask for any.
auth0-enterprise: Auth0, Enterprise (public cloud): Figures:
https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy. Mind: that a
refresh takes one request is derived; bursts bought besides are left out.
"#);
}

#[test]
fn policies_that_do_not_fit_come_below() {
    for width in [72, 100] {
        let shown = console(1.0, fixture::many(6), width);
        // An address is not broken.
        let lines = shown.lines().filter(|line| !line.contains("https://"));
        let widest = lines.map(|line| line.width()).max().unwrap();
        assert!(widest <= width, "{widest} columns\n{shown}");
        assert_eq!(shown.matches("idle 24h").count(), 1, "{shown}");
        assert!(shown.matches("vCPU requested").count() >= 2);
    }
}

#[test]
fn without_capacity_there_is_none() {
    let policies = fixture::office();
    let description = fixture::description(&policies);
    let input = Input { description: &description, policies: &policies, partial: None, gates: &[] };
    assert!(!console_table(&input, 100, false).contains("Capacity"));
    assert!(!summary_json(&input).contains("capacity"));
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &input).unwrap();
    for name in ["capacity.csv", "exports", "charts/capacity.svg", "charts/limits.svg"] {
        assert!(!root.path().join(name).exists(), "{name}");
    }
}

#[test]
fn tools_get_every_figure() {
    with_bills(1.0, fixture::office(), |input| {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), input).unwrap();
        let mut csv = csv::Reader::from_path(root.path().join("capacity.csv")).unwrap();
        let head: Vec<String> = csv.headers().unwrap().iter().map(String::from).collect();
        assert_eq!(head, ["policy", "plan", "limit", "window", "figure", "value", "unit"]);
        let rows: Vec<csv::StringRecord> = csv.records().map(|row| row.unwrap()).collect();
        let json: serde_json::Value = serde_json::from_str(&summary_json(input)).unwrap();
        let schema = summary_schema();
        assert_eq!(mismatch(&schema, &schema, &json, ""), None);
        assert_eq!(json["capacity"]["scale"], 1.0);
        assert_eq!(json["capacity"]["plans"][0]["name"], "auth0-enterprise");
        for (place, policy) in input.policies.iter().enumerate() {
            let bill = &json["policies"][place]["capacity"];
            let own = rows.iter().filter(|row| row[0] == policy.name);
            let mut limits = 0;
            for row in own {
                let object = match &row[1] {
                    "" => bill,
                    plan => {
                        let all = bill["limits"].as_array().unwrap();
                        let found = all.iter().find(|limit| {
                            limit["plan"] == plan
                                && limit["limit"] == row[2]
                                && limit["window"] == row[3]
                        });
                        limits += 1;
                        found.unwrap()
                    }
                };
                let value = &object[&row[4]];
                assert!(object.get(&row[4]).is_some(), "{row:?}");
                let same = match value {
                    serde_json::Value::Number(number) => {
                        // Not every reader of JSON rounds to the nearest number.
                        let (read, told) = (number.as_f64().unwrap(), row[5].parse::<f64>());
                        (read - told.unwrap()).abs() <= 1e-12 * read.abs()
                    }
                    serde_json::Value::String(text) => text == &row[5],
                    value => value.is_null() && row[5].is_empty(),
                };
                assert!(same, "{row:?}: {value}");
            }
            assert_eq!(limits, 3 * 10, "figures of the limits");
        }
    });
}

#[test]
fn a_policy_has_a_folder_for_other_tools_and_a_baseline_none() {
    with_bills(1.0, fixture::office(), |input| {
        let root = tempfile::tempdir().unwrap();
        let told = write(root.path(), input).unwrap();
        let folders = fs::read_dir(root.path().join("exports")).unwrap();
        let mut folders: Vec<String> =
            folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        folders.sort();
        assert_eq!(folders, ["relaxed", "strict", "today"]);
        for folder in folders {
            for file in ["k6.js", "kcb.sh", "oha.sh", "vegeta.sh"] {
                assert!(told.contains(&root.path().join("exports").join(&folder).join(file)));
            }
        }
    });
}

#[test]
fn names_that_make_the_same_folder_do_not_meet() {
    let mut policies = fixture::office();
    policies[0].name = "a/b".to_owned();
    policies[1].name = "a:b".to_owned();
    with_bills(1.0, policies, |input| {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), input).unwrap();
        for (folder, name) in [("a-b", "a/b"), ("a-b-", "a:b")] {
            let file = root.path().join("exports").join(folder).join("kcb.sh");
            assert!(fs::read_to_string(file).unwrap().contains(name), "{folder}");
        }
    });
}
