//! The predicted requests in real time, compressed, or a window of them.

use super::{Action, Predicted};
use crate::model::Span;

/// Which part of a prediction is put on the server, and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// How much of the beginning is left out.
    pub from: Span,
    /// How much simulated time it covers; `None` up to the end.
    pub length: Option<Span>,
    /// How many simulated seconds pass in one.
    pub speed: f64,
    /// Whether logins happen in fresh browsers, because the provider's clock does not go along and
    /// its sessions are there longer than predicted.
    pub fresh: bool,
}

impl Window {
    /// Everything, in real time.
    pub const WHOLE: Self = Self { from: Span::ZERO, length: None, speed: 1.0, fresh: false };

    /// The actions of the window in their order, their offsets in real microseconds from its begin.
    pub fn actions(&self, predicted: &Predicted) -> Vec<Action> {
        let micros = |span: Span| span.as_millis().max(0) as u64 * 1_000;
        let begin = micros(self.from);
        let end = self.length.map_or(u64::MAX, |length| begin.saturating_add(micros(length)));
        let all = &predicted.actions;
        let first = all.partition_point(|action| action.offset() < begin);
        let behind = all.partition_point(|action| action.offset() < end).max(first);
        let action = |action: &Action| {
            let offset = (action.offset() - begin) as f64 / self.speed;
            let moved = action.at(offset.round() as u64);
            if self.fresh { moved.in_fresh_browser() } else { moved }
        };
        all[first..behind].iter().map(action).collect()
    }

    /// How long it takes in real time.
    pub fn duration(&self, predicted: &Predicted) -> std::time::Duration {
        let left = (predicted.horizon - predicted.start).as_millis() - self.from.as_millis();
        let length = self.length.map_or(left, |length| length.as_millis().min(left)).max(0);
        std::time::Duration::from_secs_f64(length as f64 / 1_000.0 / self.speed)
    }
}
