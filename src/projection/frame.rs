//! What the folds of a run have to know.

use super::load::bucket_of;
use crate::calendar::{Calendar, HOUR};
use crate::description::Description;
use crate::model::Instant;
use crate::seed::Key;

const SECOND: i64 = 1_000;

/// What the folds of a run have to know.
#[derive(Debug)]
pub struct Frame {
    /// From when on uses, logins, requests and tokens count.
    pub counted_from: Instant,
    /// The last record that is expected.
    pub horizon: Instant,
    /// Shorter gaps between an agent's uses mean that a person was in the middle of something.
    pub task_gap: i64,
    /// Local days and hours.
    pub calendar: Calendar,
    /// Milliseconds of a row of `load.csv`.
    pub bucket: i64,
    /// Milliseconds by which requests of each kind are counted: a bucket, or a second where capacity
    /// is asked for. Buckets are whole numbers of it.
    pub(super) grain: i64,
    /// Whether each bucket lies within one local hour.
    pub hours_hold_buckets: bool,
    /// Names of the apps, by id.
    pub apps: Vec<String>,
    /// The classes of synthetic users.
    pub classes: Vec<String>,
    /// By user: the class's number, counted from 1; 0 in a recorded trace.
    pub class_of: Vec<u16>,
    /// By user: the key of whatever is drawn of a person as such, however people are numbered.
    pub keys: Vec<Key>,
    people: Key,
}

impl Frame {
    /// The frame of a described run, for the users called `users`, by number.
    ///
    /// # Errors
    /// If there is no such time zone.
    pub fn new<'a>(
        description: &Description,
        users: impl Iterator<Item = &'a str>,
    ) -> Result<Self, crate::calendar::UnknownTimeZone> {
        let (activity, workload) = (&description.activity, &description.workload);
        let calendar = Calendar::new(&workload.timezone, activity.start, activity.horizon)?;
        let mut frame = Self {
            counted_from: Instant::from_millis(description.counted_from()),
            horizon: Instant::from_millis(activity.horizon),
            task_gap: workload.task_gap,
            hours_hold_buckets: hours_hold(&calendar, workload.bucket),
            calendar,
            bucket: workload.bucket,
            grain: if description.capacity.is_some() { SECOND } else { workload.bucket },
            apps: description.apps.clone(),
            classes: activity.classes.clone(),
            class_of: Vec::new(),
            keys: Vec::new(),
            people: Key::new(description.seed, "people"),
        };
        for user in users {
            frame.meet(description, user);
        }
        Ok(frame)
    }

    /// The number since the epoch of the bucket that an instant (in milliseconds) lies in.
    #[inline]
    pub(super) fn bucket_of(&self, at: i64) -> i64 {
        bucket_of(self.bucket, at)
    }

    /// The number since the epoch of the grain that an instant (in milliseconds) lies in.
    #[inline]
    pub(super) fn grain_of(&self, at: i64) -> i64 {
        bucket_of(self.grain, at)
    }

    /// How many grains a bucket has.
    pub(super) fn grains(&self) -> i64 {
        self.bucket / self.grain
    }

    /// Takes in the next user.
    pub fn meet(&mut self, description: &Description, user: &str) {
        let class = description.class_of(user);
        let place = self.classes.iter().position(|known| known == class);
        self.keys.push(self.people.with(user));
        self.class_of.push(place.map_or(0, |place| place as u16 + 1));
    }
}

/// Whether each bucket of that width lies within one local hour.
fn hours_hold(calendar: &Calendar, bucket: i64) -> bool {
    let is_whole = |length: i64| length % bucket == 0;
    let mut offsets = calendar.offsets();
    let starts = |from: i64| from == i64::MIN || is_whole(from);
    HOUR % bucket == 0 && offsets.all(|(from, offset)| starts(from) && is_whole(offset))
}
