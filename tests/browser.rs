//! Opens a report in a real browser: it must draw its charts under its own content security
//! policy without a word of complaint.

use std::path::Path;
use std::process::Command;

use relogin::bill::{Assumptions, Basis, Plan, PlanLimit};
use relogin::capacity::{Account, keycloak, plan};
use relogin::description::{Activity, Description, PolicyDescription, Setting, Workload};
use relogin::report::{Input, write};
use relogin::table::{Load, LoginCount, Metric, PolicyTables, SessionsAlive, Value};

#[path = "../src/report/tests/fixture.rs"]
#[allow(dead_code, reason = "the unit tests use the rest of it")]
mod fixture;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The page as a browser built it, and what the browser complained of; `None` without a browser.
fn open(page: &Path) -> Option<(String, Vec<String>)> {
    let profile = tempfile::tempdir().unwrap();
    for browser in BROWSERS {
        let opened = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
            .args(["--disable-component-update", "--enable-logging=stderr", "--v=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("--dump-dom")
            .arg(format!("file://{}", page.display()))
            .output();
        let Ok(opened) = opened else { continue };
        assert!(opened.status.success(), "{browser}: {}", opened.status);
        let complaints = String::from_utf8_lossy(&opened.stderr);
        let of_the_page = |line: &&str| line.contains("CONSOLE") || line.contains("Refused");
        let complaints = complaints.lines().filter(of_the_page).map(str::to_owned).collect();
        return Some((String::from_utf8(opened.stdout).unwrap(), complaints));
    }
    let skipped = format!("no {} on PATH, so no browser opened the report", BROWSERS.join(" or "));
    assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
    eprintln!("SKIPPED: {skipped}");
    None
}

#[test]
fn a_report_opens_in_a_browser_without_complaint() {
    let mut policies = fixture::office();
    policies[0].name = "today <script>document.title = 'owned'</script>".to_owned();
    let mut description = fixture::description(&policies);
    fixture::bill(&mut policies, &mut description, 1.0);
    let input = Input { description: &description, policies: &policies, partial: None, gates: &[] };
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &input).unwrap();
    let page = dir.path().join("report.html");
    let Some((dom, complaints)) = open(&page) else { return };
    assert_eq!(complaints, [""; 0]);
    assert_eq!(dom.matches("<svg class=\"chart\"").count(), 7, "every chart is in the page");
    assert!(dom.contains("<title>office – relogin</title>"), "no script of a file has run");

    // The same page with another style must be refused: else this test could not fail.
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replacen("<style>", "<style>p { color: red }", 1)).unwrap();
    let (_, complaints) = open(&page).unwrap();
    assert!(
        complaints.iter().any(|line| line.contains("Content Security Policy")),
        "a style that the policy does not allow went unnoticed: {complaints:?}"
    );
}
