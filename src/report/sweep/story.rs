//! What a sweep says in plain language: the paragraph under its heading.

use crate::report::numeral::{alike, compared, counted, fixed, measure, percent, plain, whole};
use crate::swept::{Axis, Counts, Point, Sweep};

/// So many axes have a sentence of their own.
const SPOKEN_OF: usize = 3;

/// One paragraph: the current setting, then what its extremes along each axis would change.
pub(super) fn paragraph(sweep: &Sweep) -> String {
    let Some(current) = sweep.current() else {
        return "The current setting was not replayed; the figures below are those of the others."
            .to_owned();
    };
    let value = |name| figure(sweep, current, name);
    if value("uses") == 0.0 {
        return "No use counts, so there is nothing to compare: the trace is empty, or the \
                warm-up covers all of it."
            .to_owned();
    }
    let settings: Vec<String> = sweep.axes.iter().map(now).collect();
    let mut sentences = vec![format!(
        "Now ({}), people log in again {} times per day of use on average, sessions lie \
         unattended for {} hours in all, and the identity provider’s fullest minute has {}.",
        settings.join(", "),
        measure(value("relogins_per_user_day")),
        measure(value("sessions.unattended_hours")),
        counted(value("peak_requests_per_minute") as u64, "request")
    )];
    for axis in 0..sweep.axes.len().min(SPOKEN_OF) {
        sentences
            .extend(ends(sweep, axis).into_iter().map(|end| change(sweep, axis, current, end)));
    }
    if sweep.axes.len() > SPOKEN_OF {
        sentences.push("The other settings are in the charts.".to_owned());
    }
    sentences.join(" ")
}

fn now(axis: &Axis) -> String {
    format!("{} {}", plain(&axis.key), plain(&axis.values[axis.current].text))
}

fn figure(sweep: &Sweep, point: &Point, name: &str) -> f64 {
    sweep.figure(name).map_or(f64::NAN, |place| point.values[place])
}

/// The points at the two ends of an axis, all else being as it is now; of one without an order,
/// those with the fewest and the most re-logins.
fn ends(sweep: &Sweep, axis: usize) -> Vec<&Point> {
    let mut along = sweep.along(&[axis]);
    match sweep.axes[axis].counts {
        Counts::Time | Counts::Number => along.sort_by_key(|point| point.place[axis]),
        Counts::Words => along.sort_by(|one, other| {
            let rate = |point| figure(sweep, point, "relogins_per_user_day");
            rate(one).total_cmp(&rate(other))
        }),
    }
    let ends = [along.first(), along.last()].into_iter().flatten().copied();
    let mut ends: Vec<&Point> = ends.filter(|point| !sweep.is_current(point)).collect();
    ends.dedup();
    ends
}

/// `Shortening session.idle_timeout from 3d to 30m costs 1.4 more re-logins per user-day…`
fn change(sweep: &Sweep, axis: usize, current: &Point, to: &Point) -> String {
    let own = &sweep.axes[axis];
    let (from, value) = (&own.values[own.current], &own.values[to.place[axis]]);
    let goes_down = value.amount < from.amount;
    let verb = match (own.counts, goes_down) {
        (Counts::Time, true) => "Shortening",
        (Counts::Time, false) => "Lengthening",
        (Counts::Number, true) => "Lowering",
        (Counts::Number, false) => "Raising",
        (Counts::Words, _) => "Changing",
    };
    let pair = |name| (figure(sweep, current, name), figure(sweep, to, name));
    let (was, is) = pair("relogins_per_user_day");
    let people = if was == is || alike(was, is) && is > 0.0 {
        "leaves re-logins about as they are".to_owned()
    } else {
        let (word, size) = if is > was { ("costs", is - was) } else { ("saves", was - is) };
        format!(
            "{word} the average user {} re-logins per day of use ({} instead of {})",
            measure(size),
            measure(is),
            measure(was)
        )
    };
    let (was, is) = pair("relogins_per_user_day.p50");
    let median = (was != is).then(|| {
        let (word, size) = if is > was { ("more", is - was) } else { ("fewer", was - is) };
        format!("the median user has {} {word}", measure(size))
    });
    let (relogins, mid_task) =
        (figure(sweep, to, "relogins"), figure(sweep, to, "relogins.mid_task"));
    let interrupting = (relogins > 0.0 && mid_task > 0.0).then(|| {
        format!("{} of the re-logins then interrupt a task", percent(mid_task / relogins))
    });
    let versus = |name, what: &str| {
        let (was, is) = pair(name);
        (was > 0.0 && is.is_finite() && was.is_finite() && !alike(was, is))
            .then(|| format!("{what} {}", compared(was, is, ["more", "fewer", "as many"])))
    };
    let hours = versus("sessions.unattended_hours", "unattended hours are");
    let peak = versus("peak_requests_per_minute", "requests in the fullest minute are");
    let rest: Vec<String> = [median, interrupting, hours, peak].into_iter().flatten().collect();
    let rest = if rest.is_empty() { String::new() } else { format!("; {}", rest.join(", ")) };
    format!(
        "{verb} {} from {} to {} {people}{rest}.",
        plain(&own.key),
        plain(&from.text),
        plain(&value.text)
    )
}

/// What the curve of idle timeouts is, and where the policy follows it.
pub(super) fn curve(sweep: &Sweep) -> Option<String> {
    let curve = sweep.curve.as_ref()?;
    let what = "The grey line in the chart of session.idle_timeout is what the count of gaps \
                between an agent’s successive uses gives: re-logins if every use renewed the \
                idle window and nothing else ended sessions.";
    Some(match &curve.exact_from {
        Ok(0) => format!("{what} The policy behaves exactly so."),
        Ok(from) => format!(
            "{what} The policy behaves exactly so from {} s on; below that, access tokens outlive \
             the session.",
            fixed(*from as f64 / 1_000.0, 0)
        ),
        Err(why) => format!("{what} The policy does not behave so: {}.", plain(why)),
    })
}

/// How many points there are and how many there are not.
pub(super) fn count(sweep: &Sweep) -> String {
    let mut text = format!("{} were replayed", counted(sweep.points.len() as u64, "point"));
    if sweep.left_out > 0 {
        let constraints: Vec<String> = sweep.constraints.iter().map(|own| plain(own)).collect();
        let (left_out, constraints) = (whole(sweep.left_out), constraints.join(" and "));
        text.push_str(&format!(", {left_out} left out where not {constraints}"));
    }
    text + "."
}
