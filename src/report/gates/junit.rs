//! JUnit XML, as Jenkins and GitLab read it.
//!
//! There is no standard; this keeps to what the schema of Jenkins' xUnit plugin and GitLab's
//! documentation of unit test reports have in common: `testsuites`, `testsuite` with counts,
//! `testcase` with `classname` and `name`, `failure` with a message, `system-out`.

use std::fmt::Write;

/// A test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What had to hold.
    pub name: String,
    /// What it belongs to, parts apart by dots.
    pub class: String,
    /// Why it failed; `None` if it held.
    pub failure: Option<String>,
    /// What else is to be told.
    pub output: Option<String>,
}

/// The cases as one suite. Times are zero: a gate takes none, and a clock would make two equal
/// runs differ.
pub fn junit(suite: &str, cases: &[Case]) -> String {
    let failed = cases.iter().filter(|case| case.failure.is_some()).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" time=\"0\"",
        cases.len()
    );
    let suite = escaped(suite);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // `skipped` is no attribute of `testsuites` in Jenkins' schema.
    let _ = writeln!(xml, "<testsuites name=\"relogin\" {}>", counts.replace(" skipped=\"0\"", ""));
    let _ = writeln!(xml, "  <testsuite name=\"{suite}\" {counts}>");
    for case in cases {
        let (name, class) = (escaped(&case.name), escaped(&case.class));
        let _ = writeln!(xml, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\">");
        if let Some(why) = &case.failure {
            let why = escaped(why);
            let _ = writeln!(
                xml,
                "      <failure message=\"{why}\" type=\"threshold\">{why}</failure>"
            );
        }
        if let Some(output) = &case.output {
            let _ = writeln!(xml, "      <system-out>{}</system-out>", escaped(output));
        }
        xml.push_str("    </testcase>\n");
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Text for content and for attributes. What XML 1.0 cannot hold becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // Attributes would have them as spaces.
            '\t' | '\n' | '\r' => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe
}
