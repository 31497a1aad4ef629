//! The report of a search for a policy: `recommend.json`, every policy that was tried, the
//! recommended one as TOML, a chart and a page in the style of the simulator's.

mod console;
mod page;
mod rows;
pub(super) mod words;
mod write;

#[cfg(test)]
mod tests;

pub use console::recommend_text;
pub use write::{recommend_json, write_recommendation};

use super::numeral::{counted, short};
use super::timeline::Timeline;
use crate::description::Description;
use crate::recommended::Recommendation;

/// What the report of a search is made from.
#[derive(Clone, Copy, Debug)]
pub struct RecommendInput<'a> {
    /// The run in which policies were tried.
    pub description: &'a Description,
    /// What was found.
    pub found: &'a Recommendation,
}

impl RecommendInput<'_> {
    /// Where the figures come from, for the foot of a chart.
    pub(super) fn foot(&self) -> String {
        let about = self.description;
        let timeline = Timeline::new(&about.workload.timezone);
        let activity = &about.activity;
        let mut text =
            format!("{} · {}", short(&about.scenario, 40), counted(activity.users, "user"));
        if activity.records > 0 {
            let days = (timeline.date(activity.start), timeline.date(activity.horizon));
            text.push_str(&format!(" · {} – {}", days.0, days.1));
        }
        let tried =
            counted(self.found.points.len() as u64, "policy").replace("policys", "policies");
        text.push_str(&format!(
            " · {tried} tried · relogin {} · seed {}",
            about.version, about.seed
        ));
        text
    }
}
