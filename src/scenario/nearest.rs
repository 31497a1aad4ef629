//! What a misspelt name may have meant.

use super::registry::{Group, ROOT};

/// The known name that looks most like `name`; the first of equals.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().min_by_key(|known| strsim::damerau_levenshtein(name, known))
}

/// `did you mean …?` where one of the known names is close, or else all of them.
pub(super) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        None => "there are none".to_owned(),
        Some(near) if is_close(name, near) => format!("did you mean `{near}`?"),
        Some(_) => {
            let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("known here: {}", known.join(", "))
        }
    }
}

/// The mend for a key that `group` does not have: the group that has it, or the nearest key.
pub(super) fn suggest_key(key: &str, group: &Group) -> String {
    let mut homes = Vec::new();
    find_homes(key, &ROOT, &mut homes);
    if homes.is_empty() {
        suggest(key, group.keys())
    } else {
        format!("`{key}` belongs in {}", homes.join(" or "))
    }
}

/// Two names of which one can be a slip for the other: one begins with the other, or at most two
/// letters in five differ.
fn is_close(name: &str, known: &str) -> bool {
    let longest = name.chars().count().max(known.chars().count());
    let begins = !name.is_empty() && (known.starts_with(name) || name.starts_with(known));
    begins || strsim::damerau_levenshtein(name, known) * 5 <= longest * 2
}

fn find_homes(key: &str, group: &'static Group, homes: &mut Vec<&'static str>) {
    if group.find(key).is_some() && !homes.contains(&group.header) {
        homes.push(group.header);
    }
    for inner in group.settings.iter().filter_map(|setting| setting.kind.group()) {
        find_homes(key, inner, homes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, known: &[&str], expected: &str) {
        assert_eq!(suggest(name, known.iter().copied()), expected, "{name:?} among {known:?}");
    }

    #[test]
    fn a_slip_is_named_and_anything_else_gets_the_list() {
        check("idle_timeot", &["idle_timeout", "persistent"], "did you mean `idle_timeout`?");
        check("idle", &["absolute_timeout", "idle_timeout"], "did you mean `idle_timeout`?");
        check("load", &["scenario", "workload"], "known here: `scenario`, `workload`");
        check("x", &[], "there are none");
    }

    #[test]
    fn a_key_in_the_wrong_table_is_sent_home() {
        let mend = suggest_key("idle_timeout", &ROOT);
        assert_eq!(mend, "`idle_timeout` belongs in [policy.session] or [policy.app.NAME.session]");
    }
}
