//! What every idle timeout would come to, from one count of gaps.

use crate::experiment::{Gaps, NotExact};
use crate::model::{Limit, Span};
use crate::swept::{CurveStep, IdleCurve, Sweep};

/// Steps of a smooth curve.
const STEPS: usize = 200;

/// The curve over the idle timeouts of a sweep and somewhat beyond; nothing where all are `none`.
pub(super) fn of(gaps: &Gaps, exact: Result<Span, NotExact>, sweep: &Sweep) -> Option<IdleCurve> {
    let axis = sweep.axes.iter().find(|axis| axis.key == super::IDLE_TIMEOUT)?;
    let amounts = axis.values.iter().filter_map(|value| value.amount);
    let swept: Vec<f64> = amounts.filter(|amount| amount.is_finite()).collect();
    let least = swept.iter().copied().fold(f64::INFINITY, f64::min) / 2.0;
    let most = swept.iter().copied().fold(0.0, f64::max) * 2.0;
    if !least.is_finite() || least < 1.0 {
        return None;
    }
    let between = |step: usize| least * libm::pow(most / least, step as f64 / (STEPS - 1) as f64);
    let mut timeouts: Vec<i64> =
        (0..STEPS).map(between).chain(swept).map(|millis| millis.round() as i64).collect();
    timeouts.sort_unstable();
    timeouts.dedup();
    let days = sweep.figure("active_user_days");
    let days = days.zip(sweep.points.first()).map_or(0.0, |(days, point)| point.values[days]);
    let step = |timeout: i64| {
        let limit = Limit::of(Span::from_millis(timeout));
        let relogins = gaps.relogins(limit);
        CurveStep {
            timeout,
            relogins,
            relogins_per_user_day: if days > 0.0 { relogins as f64 / days } else { 0.0 },
            mid_task: gaps.mid_task(limit),
            unattended_hours: gaps.unattended(limit) as f64 / 3_600_000.0,
        }
    };
    Some(IdleCurve {
        steps: timeouts.into_iter().map(step).collect(),
        exact_from: exact.map(Span::as_millis).map_err(|why| why.to_string()),
    })
}
