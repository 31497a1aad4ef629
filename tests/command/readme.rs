//! What the README shows is what the program does.

use crate::program::*;

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("README.md")
}

/// The first fenced block of `language` after `heading`.
fn block(heading: &str, language: &str) -> String {
    let readme = readme();
    let after = readme.split_once(heading).unwrap_or_else(|| panic!("no {heading:?}")).1;
    let fence = format!("```{language}\n");
    let block = after.split_once(&fence).unwrap_or_else(|| panic!("no {language} block")).1;
    block.split_once("```").expect("the block ends").0.to_owned()
}

#[test]
fn the_first_screen_shows_the_real_output() {
    assert!(block("# relogin", "sh").contains("-- run scenarios/quickstart.toml"));
    let folder = scratch();
    let out = path(&folder, "out");
    let run = relogin(&["run", "scenarios/quickstart.toml", "--out", &out]).expect(0);
    assert_eq!(block("# relogin", "text"), run.stdout);
}

#[test]
fn the_example_scenario_runs_and_its_mistake_is_told_as_shown() {
    let folder = scratch();
    let text = block("## Write a policy", "toml");
    let scenario = write(&folder, "ours.toml", &text);
    relogin(&["run", &scenario, "--out", &path(&folder, "out")]).expect(0);
    write(&folder, "ours.toml", &text.replace("idle_timeout", "idle_timout"));
    let mut policy = command();
    policy.current_dir(folder.path()).args(["policy", "show", "ours.toml"]);
    let shown = finish(&mut policy).expect(2);
    assert_eq!(block("A mistake is told", "text"), shown.stderr);
}
