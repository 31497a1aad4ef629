//! The search for the highest rate that a server holds: up in steps until a threshold breaks, then
//! halving the interval. Nothing is sent here.

/// A search under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The next rate to try, requests a second.
    next: f64,
    /// The highest that was held.
    held: Option<f64>,
    /// The lowest that was not.
    broke: Option<f64>,
    /// How much higher each step is while nothing breaks.
    factor: f64,
    /// How near to each other the two must be, as a share of the lower one.
    precision: f64,
    /// No rate above this is tried.
    ceiling: f64,
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The highest rate that was held, requests a second.
    pub held: Option<f64>,
    /// The lowest that was not; `None` if even the ceiling was held.
    pub broke: Option<f64>,
}

impl Ramp {
    /// A search from `from` upwards, `factor` times as much at each step, until `precision`.
    pub fn new(from: f64, factor: f64, precision: f64, ceiling: f64) -> Self {
        let next = from.min(ceiling);
        Self { next, held: None, broke: None, factor, precision, ceiling }
    }

    /// The rate to try next; `None` when it is known well enough.
    pub fn next(&self) -> Option<f64> {
        match (self.held, self.broke) {
            (Some(held), Some(broke)) => {
                (broke - held > self.precision * held).then_some(self.next)
            }
            (Some(held), None) => (held < self.ceiling).then_some(self.next),
            // Below one request a second nothing is to be learnt.
            (None, Some(broke)) => (broke > 1.0).then_some(self.next),
            (None, None) => Some(self.next),
        }
    }

    /// Takes in whether the rate that [`next`](Self::next) gave was held.
    pub fn tell(&mut self, was_held: bool) {
        if was_held {
            self.held = Some(self.next);
        } else {
            self.broke = Some(self.next);
        }
        self.next = match (self.held, self.broke) {
            (Some(held), Some(broke)) => (held + broke) / 2.0,
            (Some(held), None) => (held * self.factor).min(self.ceiling),
            (None, Some(broke)) => (broke / 2.0).max(1.0),
            (None, None) => self.next,
        };
    }

    /// What is known so far.
    pub fn limit(&self) -> Limit {
        Limit { held: self.held, broke: self.broke }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn search(mut ramp: Ramp, capacity: f64) -> (Limit, usize) {
        let mut steps = 0;
        while let Some(rate) = ramp.next() {
            ramp.tell(rate <= capacity);
            steps += 1;
            assert!(steps < 200, "{ramp:?} does not end");
        }
        (ramp.limit(), steps)
    }

    #[test]
    fn it_goes_up_then_halves() {
        let mut ramp = Ramp::new(10.0, 2.0, 0.05, 1e6);
        let mut tried = Vec::new();
        while let Some(rate) = ramp.next() {
            tried.push(rate);
            ramp.tell(rate <= 100.0);
        }
        assert_eq!(tried, [10.0, 20.0, 40.0, 80.0, 160.0, 120.0, 100.0, 110.0, 105.0]);
        assert_eq!(ramp.limit(), Limit { held: Some(100.0), broke: Some(105.0) });
    }

    #[test]
    fn a_server_that_holds_everything_ends_at_the_ceiling() {
        let (limit, _) = search(Ramp::new(10.0, 2.0, 0.05, 100.0), 1e9);
        assert_eq!(limit, Limit { held: Some(100.0), broke: None });
        let (limit, steps) = search(Ramp::new(10.0, 2.0, 0.05, 100.0), 0.0);
        assert_eq!((limit.held, limit.broke), (None, Some(1.0)));
        assert!(steps < 10);
    }

    proptest! {
        #[test]
        fn it_finds_the_capacity(capacity in 1.0..1e5_f64, from in 1.0..1e3_f64) {
            let (limit, _) = search(Ramp::new(from, 2.0, 0.05, 1e6), capacity);
            let (held, broke) = (limit.held.unwrap(), limit.broke.unwrap());
            prop_assert!(held <= capacity && capacity < broke);
            prop_assert!(broke - held <= 0.05 * held + 1e-9);
        }
    }
}
