//! `relogin run --explain-plan`: which way the policies of a run go over its records.

use std::collections::HashSet;

use crate::model::Policy;
use crate::scenario::PolicySpec;
use crate::simulation::{AccessTokens, Plan};
use crate::trace::{Action, Record, Trace};

/// The plan of a run of `policies`, called as `specs`, in words.
pub(super) fn explain(
    policies: &[Policy],
    specs: &[PolicySpec],
    trace: &Trace,
    keeps_log: bool,
) -> String {
    let mut text = format!("{} records of {} users, ", trace.counts.records, trace.names.users());
    let Some(records) = trace.arrived().filter(|_| !keeps_log) else {
        let why = if keeps_log { "for the event log" } else { "too many to hold at once" };
        text.push_str(&format!("in time order ({why}):\n  each use goes through the model\n"));
        return text;
    };
    text.push_str("user by user:\n");
    let mut asking: Vec<(AccessTokens, Vec<&str>)> = Vec::new();
    let mut each_use = Vec::new();
    for (policy, spec) in policies.iter().zip(specs) {
        match Plan::of(policy) {
            Plan::EachUse(why) => each_use.push((spec.name.as_str(), why)),
            Plan::Asking(tokens) => match asking.iter_mut().find(|(own, _)| *own == tokens) {
                Some((_, names)) => names.push(&spec.name),
                None => asking.push((tokens, vec![&spec.name])),
            },
        }
    }
    for (_, names) in &asking {
        let once = if names.len() > 1 { ", found once for all of them" } else { "" };
        text.push_str(&format!(
            "  {}: uses that find a good access token are passed over{once}\n",
            names.join(", ")
        ));
    }
    for (name, why) in &each_use {
        text.push_str(&format!("  {name}: each use goes through the model: {why}\n"));
    }
    let users = users_with_rare_actions(trace, records);
    if !asking.is_empty() && users > 0 {
        text.push_str(&format!(
            "  under every policy, each use of {users} users with polls or revocations goes \
             through the model\n"
        ));
    }
    text
}

fn users_with_rare_actions(trace: &Trace, records: &[Record]) -> usize {
    let is_rare = |record: &&Record| matches!(record.action(), Action::Background | Action::Revoke);
    let users = records.iter().filter(is_rare).map(|record| trace.names.user_of(record.agent()));
    users.collect::<HashSet<_>>().len()
}
