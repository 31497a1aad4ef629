//! `relogin run --explain-plan`: which way the policies of a run go over its records.

use std::collections::HashSet;

use super::activity::Records;
use crate::model::{Policy, UserId};
use crate::scenario::PolicySpec;
use crate::simulation::{PLAIN, Plans};
use crate::trace::{Names, Record};

/// The plan of a run of `policies`, called as `specs`, in words; nothing if a stream turns out to be
/// none.
pub(super) fn explain(
    policies: &[Policy],
    specs: &[PolicySpec],
    records: &mut Records,
    keeps_log: bool,
) -> Option<String> {
    let (count, users) = (records.counts().0, records.names().users());
    let mut text = format!("{count} records of {users} users, ");
    let users = match records {
        Records::Held(trace) => {
            let Some(records) = trace.arrived().filter(|_| !keeps_log) else {
                let why = if keeps_log { "for the event log" } else { "too many to hold at once" };
                let way = format!("in time order ({why}):\n  each use goes through the model\n");
                text.push_str(&way);
                return Some(text);
            };
            text.push_str("user by user:\n");
            users_with_rare_actions(&trace.names, records).len()
        }
        Records::Streamed(stream) => {
            let way = match stream.users.are_put_together() {
                true => "put together by user in a first pass over the file",
                false => "as the file has them",
            };
            text.push_str(&format!("user by user in a stream, {way}:\n"));
            let (mut users, mut records) = (0, Vec::new());
            while stream.users.next_users(&stream.names, &mut records).ok()? {
                users += users_with_rare_actions(&stream.names, &records).len();
            }
            users
        }
    };
    let Plans { asking, each_use } = Plans::of(policies);
    let name = |policy: usize| specs[policy].name.as_str();
    for (_, members) in &asking {
        let names: Vec<&str> = members.iter().map(|policy| name(*policy)).collect();
        let once = match names.len() {
            1 => "",
            2 => ", found once for both",
            _ => ", found once for all of them, and the others answered for many policies at once",
        };
        text.push_str(&format!(
            "  {}: uses that find a good access token are passed over{once}\n",
            names.join(", ")
        ));
    }
    for (policy, why) in &each_use {
        let name = name(*policy);
        text.push_str(&format!("  {name}: each use goes through the model: {why}\n"));
    }
    if !asking.is_empty() && users > 0 {
        text.push_str(&format!(
            "  under every policy, each use of {users} users with polls or revocations goes \
             through the model\n"
        ));
    }
    Some(text)
}

fn users_with_rare_actions(names: &Names, records: &[Record]) -> HashSet<UserId> {
    let is_rare = |record: &&Record| !PLAIN.contains(&record.action());
    // Mostly there are none, which is soon seen.
    if !records.iter().any(|record| is_rare(&record)) {
        return HashSet::new();
    }
    records.iter().filter(is_rare).map(|record| names.user_of(record.agent())).collect()
}
