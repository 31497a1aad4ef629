//! Which points and figures people are shown, where there is room for few.

use crate::report::numeral::{decimals, fixed};
use crate::swept::{Point, Sweep};

/// The figures of a table of points: key, what it is called, and its unit there.
pub(super) const SHOWN: [(&str, &str, &str); 6] = [
    ("relogins_per_user_day", "re-logins", "/user-day"),
    ("relogins_per_user_day.p95", "95% at most", "/user-day"),
    ("relogins.mid_task", "mid-task", "logins"),
    ("peak_requests_per_minute", "peak minute", "requests"),
    ("sessions.unattended_hours", "unattended", "h"),
    ("access_token.mean_residual_s", "residual", "s"),
];

/// The points of a table: all if they find room, else those where no other has both fewer re-logins
/// and fewer unattended hours, evenly thinned; the current setting in any case. Their numbers, and
/// whether they are all.
pub(super) fn points(sweep: &Sweep, most: usize) -> (Vec<usize>, bool) {
    if sweep.points.len() <= most {
        let mut all: Vec<usize> = (0..sweep.points.len()).collect();
        all.sort_by(|one, other| sweep.points[*one].place.cmp(&sweep.points[*other].place));
        return (all, true);
    }
    let front = front(sweep);
    let last = front.len().saturating_sub(1);
    let kept = front.len().min(most.max(2));
    let mut shown: Vec<usize> =
        (0..kept).map(|index| front[(index * last + (kept - 1) / 2) / (kept - 1).max(1)]).collect();
    if !shown.contains(&0) {
        shown.push(0);
    }
    let rate = sweep.figure("relogins_per_user_day").unwrap_or(0);
    let value = |number: &usize| sweep.points[*number].values[rate];
    shown.sort_by(|one, other| value(one).total_cmp(&value(other)).then(one.cmp(other)));
    shown.dedup();
    (shown, false)
}

/// The points that no other beats in re-logins and unattended hours at once, by re-logins.
pub(super) fn front(sweep: &Sweep) -> Vec<usize> {
    let place = |name| sweep.figure(name).unwrap_or(0);
    let (rate, hours) = (place("relogins_per_user_day"), place("sessions.unattended_hours"));
    let both = |number: usize| {
        let values = &sweep.points[number].values;
        (values[rate], values[hours])
    };
    let mut order: Vec<usize> = (0..sweep.points.len()).collect();
    order.sort_by(|one, other| {
        let (one, other) = (both(*one), both(*other));
        one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1))
    });
    let mut fewest = f64::INFINITY;
    order.retain(|number| {
        let is_better = both(*number).1 < fewest;
        fewest = fewest.min(both(*number).1);
        is_better
    });
    order
}

/// The figures of points, each column with as many decimals as its greatest needs.
pub(super) fn cells(sweep: &Sweep, points: &[usize]) -> Vec<Vec<String>> {
    let column = |(key, ..): &(&str, &str, &str)| {
        let Some(figure) = sweep.figure(key) else { return vec![String::new(); points.len()] };
        let value = |point: &Point| point.values[figure];
        let values: Vec<f64> = points.iter().map(|own| value(&sweep.points[*own])).collect();
        let finite = values.iter().copied().filter(|value| value.is_finite());
        let decimals = match sweep.metrics[figure].is_count {
            true => 0,
            false => decimals(finite.fold(0.0, f64::max)),
        };
        let text = |value: &f64| match value.is_finite() {
            true => fixed(*value, decimals),
            false => "no end".to_owned(),
        };
        values.iter().map(text).collect()
    };
    let columns: Vec<Vec<String>> = SHOWN.iter().map(column).collect();
    let row = |index: usize| columns.iter().map(|column| column[index].clone()).collect();
    (0..points.len()).map(row).collect()
}

/// What the chosen rows of a table are.
pub(super) fn which(sweep: &Sweep, shown: usize, is_all: bool) -> String {
    let all = sweep.points.len();
    match is_all {
        true => format!("All {all} points."),
        false => format!(
            "{shown} of {all} points: the current setting, and some of those where no other has \
             both fewer re-logins and fewer unattended hours."
        ),
    }
}
