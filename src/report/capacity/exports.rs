//! Where the files for other load test tools go: a folder for each policy of the scenario.

use crate::bill::Bill;
use crate::report::Input;

/// The folder, below the report's, of each policy that has such files, with its bill. Baselines
/// have none: nobody means to run them.
pub(in crate::report) fn exports<'a>(
    input: &Input<'a>,
) -> impl Iterator<Item = (String, &'a Bill)> + use<'a> {
    let mut taken: Vec<String> = Vec::new();
    let own = input.policies.iter().filter(|policy| !policy.baseline);
    let bills = own.filter_map(|policy| Some((&policy.name, policy.bill.as_deref()?)));
    let some = bills.filter(|(_, bill)| !bill.exports.is_empty());
    some.map(move |(name, bill)| {
        let mut folder = folder(name);
        while taken.contains(&folder) {
            folder.push('-');
        }
        taken.push(folder.clone());
        (format!("exports/{folder}"), bill)
    })
}

/// A name that is a folder's whatever the system, and leads nowhere else.
fn folder(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).collect::<String>().to_lowercase();
    let name = name.trim_matches('.');
    if name.is_empty() { "policy".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn a_name_leads_nowhere_else() {
        let names = ["today", "Idle 15m", "../up", "..", "a/b\\c", "né"].map(folder);
        assert_eq!(names, ["today", "idle-15m", "-up", "policy", "a-b-c", "né"]);
    }
}
