//! All users' activity in one time order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Generator, Step, UserActivity};
use crate::model::Instant;

/// The activity of all users in time order, of the same instant in the users' order.
///
/// It holds one generator and one step for each user: memory follows the users, not the records.
#[derive(Debug)]
pub struct Merged<'g> {
    users: Vec<UserActivity<'g>>,
    /// Each user's next step, stored where the user is; a user who is through has none.
    steps: Vec<Option<Step<'g>>>,
    /// When each user's next step is, earliest on top.
    heap: BinaryHeap<Reverse<(Instant, u32)>>,
}

impl<'p> Generator<'p> {
    /// All activity in one time order, with the index of the user whose it is.
    pub fn merged(&self) -> Merged<'_> {
        let mut users: Vec<_> = (0..self.users()).map(|index| self.user(index)).collect();
        let steps: Vec<_> = users.iter_mut().map(Iterator::next).collect();
        let heap = (0_u32..)
            .zip(&steps)
            .filter_map(|(user, step)| step.map(|step| Reverse((step.at, user))))
            .collect();
        Merged { users, steps, heap }
    }
}

impl<'g> Iterator for Merged<'g> {
    /// A user's index, and what they did.
    type Item = (u64, Step<'g>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut top = self.heap.peek_mut()?;
        let Reverse((_, user)) = *top;
        let place = user as usize;
        let step = std::mem::replace(&mut self.steps[place], self.users[place].next())?;
        // Moved down in place: a pop and a push would walk the heap twice.
        match self.steps[place] {
            Some(next) => *top = Reverse((next.at, user)),
            None => drop(std::collections::binary_heap::PeekMut::pop(top)),
        }
        Some((u64::from(user), step))
    }
}
