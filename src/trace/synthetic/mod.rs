//! Made-up activity: classes of users who visit, work, pause and come back.

mod class;

pub use class::{Class, Component, Distribution, Poll, Population};
