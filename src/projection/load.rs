//! Requests over time, put together: from series by second to minutes, buckets and peaks.

/// The second since the epoch that an instant (in milliseconds) lies in.
#[inline]
pub(super) fn second(at: i64) -> i64 {
    at.div_euclid(1_000)
}

const MINUTE: i64 = 60_000;

/// The number since the epoch of the bucket of some width that an instant (in milliseconds) lies
/// in.
#[inline]
pub(super) fn bucket_of(width: i64, at: i64) -> i64 {
    // Dividing by what the compiler knows is ten times faster, and most buckets are minutes.
    match width {
        MINUTE => at.div_euclid(MINUTE),
        width => at.div_euclid(width),
    }
}

/// Ascending entries by what `wider` makes of their keys, which keeps their order.
pub(super) fn gathered(
    entries: impl Iterator<Item = (i64, i64)>,
    wider: impl Fn(i64) -> i64,
) -> Vec<(i64, i64)> {
    let mut gathered: Vec<(i64, i64)> = Vec::new();
    for (key, count) in entries {
        let key = wider(key);
        match gathered.last_mut() {
            Some((last, sum)) if *last == key => *sum += count,
            _ => gathered.push((key, count)),
        }
    }
    gathered
}

/// Two ascending lists in one; `add` adds what both have of a key.
pub(super) fn united<T>(
    left: Vec<(i64, T)>,
    right: Vec<(i64, T)>,
    add: impl Fn(&mut T, T),
) -> Vec<(i64, T)> {
    if left.is_empty() || right.is_empty() {
        return if left.is_empty() { right } else { left };
    }
    let mut united: Vec<(i64, T)> = Vec::with_capacity(left.len().max(right.len()));
    let mut right = right.into_iter().peekable();
    for (key, mut value) in left {
        while let Some(other) = right.next_if(|(other, _)| *other < key) {
            united.push(other);
        }
        if let Some((_, more)) = right.next_if(|(other, _)| *other == key) {
            add(&mut value, more);
        }
        united.push((key, value));
    }
    united.extend(right);
    united
}

/// The fullest stretch of time, and of several the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Peak {
    /// The number of the stretch since the epoch.
    key: i64,
    requests: i64,
}

impl Peak {
    /// The fullest of some stretches.
    pub(super) fn of(entries: impl Iterator<Item = (i64, i64)>) -> Self {
        let mut peak = Self::default();
        entries.for_each(|(key, requests)| peak.consider(key, requests));
        peak
    }

    /// The fullest of stretches of which `self` is the fullest as they are, after what `more` tells,
    /// ascending, was added to them; `before` tells how much they had.
    pub(super) fn with(
        mut self,
        more: impl Iterator<Item = (i64, i64)>,
        mut before: impl FnMut(i64) -> i64,
    ) -> Self {
        more.for_each(|(key, requests)| self.consider(key, requests + before(key)));
        self
    }

    /// Takes a stretch into account.
    pub(super) fn consider(&mut self, key: i64, requests: i64) {
        if requests > self.requests || (requests == self.requests && key < self.key) {
            *self = Self { key, requests };
        }
    }

    /// How many requests it has.
    pub(super) fn requests(&self) -> i64 {
        self.requests
    }

    /// Its start and its requests, if a stretch is `width` long.
    pub(super) fn found(&self, width: i64) -> Option<(i64, u64)> {
        (self.requests > 0).then_some((self.key * width, self.requests as u64))
    }
}
