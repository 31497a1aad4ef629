//! Gates in the formats that continuous integration reads: JUnit XML, a summary in Markdown, SARIF.

mod junit;
mod markdown;
mod sarif;

#[cfg(test)]
mod tests;

pub use junit::{Case, junit};
pub(super) use markdown::cell;
pub use markdown::{SUMMARY_BYTES, github_summary};
pub use sarif::sarif;

use super::Input;

/// A test case for each gate of a run.
pub fn cases(input: &Input<'_>) -> Vec<Case> {
    let case = |gate: &crate::gate::Gate| Case {
        name: format!("{}: {} {}", gate.whose(), gate.figure(), gate.threshold.wanted()),
        class: format!("relogin.{}", input.description.scenario),
        failure: (!gate.held).then(|| gate.sentence()),
        output: gate.held.then(|| gate.sentence()),
    };
    input.gates.iter().map(case).collect()
}
