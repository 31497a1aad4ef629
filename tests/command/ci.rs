//! The workflows of `docs/ci`: they are YAML, and their commands do here what they promise.

use std::fs;
use std::process::Command;

use saphyr::{LoadableYamlNode, Yaml};

use crate::program::*;

/// A workflow of `docs/ci`, read.
fn workflow(name: &str, look: impl FnOnce(&Yaml<'_>)) {
    let text = fs::read_to_string(root().join("docs/ci").join(name)).expect(name);
    let documents = Yaml::load_from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(documents.len(), 1, "{name}");
    look(&documents[0]);
}

/// Variables of a workflow that are words.
fn variables(yaml: &Yaml<'_>) -> Vec<(String, String)> {
    let pairs = yaml.as_mapping().expect("variables").iter();
    pairs
        .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.as_str()?.to_owned())))
        .collect()
}

/// Runs commands of relogin in a checkout whose policy broke a threshold and got worse; gives their
/// exit statuses.
fn run(
    folder: &tempfile::TempDir,
    commands: &[String],
    variables: &[(String, String)],
) -> Vec<i32> {
    let policies = folder.path().join("policies");
    fs::create_dir_all(policies.join("accepted")).expect("folders");
    let thresholds = "[thresholds]\n\"hour.relogins\" = \"<= 1\"\n[workload]";
    let scenario = SMALL.replacen("[workload]", thresholds, 1);
    fs::write(policies.join("scenario.toml"), scenario).expect("a scenario");
    fs::write(policies.join("small.csv"), SMALL_TRACE).expect("a trace");
    let scenario = policies.join("scenario.toml").display().to_string();
    let before = policies.join("before").display().to_string();
    let set = ["--set", "policy.hour.session.idle_timeout=1d", "--set", "thresholds={}"];
    relogin(&[&["run", &scenario, "--out", &before], &set[..]].concat()).expect(0);
    fs::copy(policies.join("before/summary.json"), policies.join("accepted/summary.json"))
        .expect("an accepted result");

    let program = std::path::Path::new(env!("CARGO_BIN_EXE_relogin"));
    let beside = program.parent().expect("a folder").display();
    let search = format!("{beside}:{}", std::env::var("PATH").unwrap_or_default());
    let github = folder.path().join("step-summary.md");
    let statuses = commands.iter().map(|command| {
        let mut shell = Command::new("bash");
        shell.args(["-eo", "pipefail", "-c", command]).current_dir(folder.path());
        shell.env("PATH", &search).env("GITHUB_STEP_SUMMARY", &github);
        shell.envs(variables.iter().map(|(key, value)| (key, value)));
        finish(&mut shell).status.expect("an exit status")
    });
    statuses.collect()
}

#[test]
fn the_github_workflow_judges_a_policy() {
    workflow("github-actions.yml", |yaml| {
        let job = &yaml["jobs"]["policy"];
        let steps = job["steps"].as_sequence().expect("steps");
        let commands = steps.iter().filter(|step| step.contains_mapping_key("run"));
        let commands = commands.filter_map(|step| step["run"].as_str());
        let commands: Vec<String> =
            commands.filter(|run| run.starts_with("relogin ")).map(str::to_owned).collect();
        assert_eq!(commands.len(), 2, "{commands:?}");
        let folder = scratch();
        let statuses = run(&folder, &commands, &variables(&job["env"]));
        assert_eq!(statuses, [3, 3]);
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
        let summary = text("step-summary.md");
        assert!(summary.contains("1 of 1 thresholds broken"), "{summary}");
        assert!(summary.contains("| hour | `relogins` | 1 | 2 | +1 |"), "{summary}");
        assert!(text("relogin.sarif").contains("\"uri\": \"policies/scenario.toml\""));
        assert!(text("report/report.html").contains("id=\"thresholds\""));
        // What is uploaded is what was written.
        let uploads = steps.iter().filter(|step| step.contains_mapping_key("with"));
        let named: Vec<&str> = uploads
            .flat_map(|step| {
                let with = &step["with"];
                let keys = ["sarif_file", "path"].into_iter();
                keys.filter(|key| with.contains_mapping_key(key))
                    .filter_map(|key| with[key].as_str())
            })
            .flat_map(str::lines)
            .collect();
        assert_eq!(named, ["relogin.sarif", "report", "junit.xml"]);
        assert!(named.iter().all(|name| folder.path().join(name).exists()));
    });
}

#[test]
fn the_gitlab_job_judges_a_policy() {
    workflow("gitlab-ci.yml", |yaml| {
        let job = &yaml["relogin"];
        let commands = job["script"].as_sequence().expect("a script").iter();
        let commands: Vec<String> =
            commands.filter_map(|line| line.as_str()).map(str::to_owned).collect();
        assert_eq!(commands.len(), 3, "{commands:?}");
        let folder = scratch();
        // The lines of a script run in one shell.
        let script = [commands.join("\n")];
        assert_eq!(run(&folder, &script, &variables(&job["variables"])), [3]);
        for report in job["artifacts"]["reports"]["junit"].as_sequence().expect("JUnit") {
            let name = report.as_str().expect("a name");
            let text = fs::read_to_string(folder.path().join(name)).expect(name);
            let document = roxmltree::Document::parse(&text).expect("XML");
            assert!(document.descendants().any(|node| node.has_tag_name("failure")), "{name}");
        }
    });
}
