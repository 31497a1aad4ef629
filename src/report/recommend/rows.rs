//! The policies that were tried, as CSV.

use std::io::{self, Write};

use crate::recommended::Recommendation;

/// Every policy, or those of the front and those that the report speaks of: a row each. An empty
/// cell is a setting that is left as it is, and what has no end is `inf`.
pub(super) fn points(
    found: &Recommendation,
    only_front: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut head: Vec<&str> = vec!["point", "role"];
    head.extend(found.axes.iter().map(|axis| axis.key.as_str()));
    head.extend([
        "people_logins_per_user_day",
        "load_requests_per_user_day",
        "exposure_hours_per_user_day",
        "minimised",
        "holds",
        "on_front",
    ]);
    head.extend(found.constraints.iter().map(|constraint| constraint.text.as_str()));
    csv.write_record(&head)?;
    for (index, point) in found.points.iter().enumerate() {
        let roles: Vec<&str> = found
            .policies
            .iter()
            .filter(|policy| policy.point == index)
            .map(|policy| policy.role)
            .chain((found.knee == found.recommended && found.knee == Some(index)).then_some("knee"))
            .collect();
        if only_front && !point.on_front && roles.is_empty() {
            continue;
        }
        csv.write_field(index.to_string())?;
        csv.write_field(roles.join(" "))?;
        for value in &point.values {
            csv.write_field(value.trim_matches('"'))?;
        }
        for value in [point.people, point.load, point.exposure] {
            csv.write_field(value.to_string())?;
        }
        csv.write_field(point.least.map_or_else(String::new, |least| least.to_string()))?;
        csv.write_field(point.holds.to_string())?;
        csv.write_field(point.on_front.to_string())?;
        for value in &point.checked {
            csv.write_field(value.to_string())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}
