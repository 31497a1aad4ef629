//! A policy's account: its requests second by second, and the bill at the end.

use super::crowd::Crowd;
use super::exports::{self, Demand};
use super::meter::Meter;
use super::sizing::{size, weights};
use crate::bill::{Assumptions, Basis, Bill, Fullest, Size};
use crate::table::PolicyTables;

/// Takes the requests of a policy over time.
#[derive(Debug)]
pub struct Account<'a> {
    assumptions: &'a Assumptions,
    /// The counted time, milliseconds.
    time: (i64, i64),
    /// As they were told.
    total: [u64; 5],
    /// Where each user stands for others: these.
    crowd: Option<Crowd>,
    /// The stretch that is open, by its number since the epoch: as few have asked in it.
    stretch: Option<(i64, [u64; 5])>,
    seconds: Seconds,
    minutes: Minutes,
}

/// What is found out by second.
#[derive(Debug)]
struct Seconds {
    weights: [f64; 5],
    meters: Vec<Meter>,
    fullest: Greatest,
    heaviest: Greatest,
}

/// What is found out by minute.
#[derive(Debug)]
struct Minutes {
    weights: [f64; 5],
    fullest: Greatest,
    heaviest: Greatest,
    /// The hour of the heaviest minute, and the one that is open.
    fullest_hour: Hour,
    hour: Hour,
}

/// Of several stretches of time the greatest, and of equals the first.
#[derive(Clone, Copy, Debug, Default)]
struct Greatest {
    weight: f64,
    found: Option<(i64, [f64; 5])>,
}

/// An hour, minute by minute.
#[derive(Clone, Debug)]
struct Hour {
    number: i64,
    minutes: [[f64; 5]; 60],
}

impl<'a> Account<'a> {
    /// An account of the counted time, whose first and last milliseconds are given; `seed` is the
    /// run's.
    pub fn new(assumptions: &'a Assumptions, seed: u64, time: (i64, i64)) -> Self {
        let plans = assumptions.plans.iter().enumerate();
        let limits = plans.flat_map(|(plan, row)| {
            let limits = row.limits.iter().enumerate();
            limits.map(move |(place, limit)| (limit, (plan, place)))
        });
        let meters = limits.map(|(limit, places)| Meter::new(limit, places, time)).collect();
        let weights = assumptions.sizing.as_ref().map_or([1.0; 5], weights);
        let (fullest, heaviest) = (Greatest::default(), Greatest::default());
        let hour = Hour { number: 0, minutes: [[0.0; 5]; 60] };
        let is_crowd = assumptions.scale != 1.0;
        let crowd = Crowd::new(seed, assumptions.scale, assumptions.spread / 1_000);
        Self {
            assumptions,
            time,
            total: [0; 5],
            crowd: is_crowd.then_some(crowd),
            stretch: None,
            seconds: Seconds { weights, meters, fullest, heaviest },
            minutes: Minutes { weights, fullest, heaviest, fullest_hour: hour.clone(), hour },
        }
    }

    /// Takes the requests, by kind, of a second since the epoch. Seconds come in their order, each
    /// once at most.
    pub fn take(&mut self, second: i64, requests: [u64; 5]) {
        add(&mut self.total, &requests);
        if self.crowd.is_none() {
            self.seconds.take(second, requests);
        }
        let stretch = second.div_euclid(self.stretch_seconds());
        match &mut self.stretch {
            Some((open, sums)) if *open == stretch => add(sums, &requests),
            _ => {
                self.close_stretch();
                self.stretch = Some((stretch, requests));
            }
        }
    }

    /// A minute where users stand for themselves.
    fn stretch_seconds(&self) -> i64 {
        if self.crowd.is_some() { self.assumptions.spread / 1_000 } else { 60 }
    }

    fn close_stretch(&mut self) {
        let Some((stretch, requests)) = self.stretch.take() else { return };
        if let Some(crowd) = &mut self.crowd {
            let seconds = &mut self.seconds;
            crowd.each_second(stretch, &requests, |second, requests| {
                seconds.take(second, requests);
            });
        }
        let minutes = self.stretch_seconds() / 60;
        let each = self.assumptions.scale / minutes as f64;
        let requests = requests.map(|requests| each * requests as f64);
        let first = stretch * minutes;
        (first..first + minutes).for_each(|minute| self.minutes.take(minute, requests));
    }

    /// The bill of the policy whose tables these are, in the scenario of that name.
    pub fn bill(mut self, tables: &PolicyTables, scenario: &str) -> Bill {
        self.close_stretch();
        let scale = self.assumptions.scale;
        let sessions = scale * tables.metric("sessions.peak");
        let meters = std::mem::take(&mut self.seconds.meters).into_iter();
        let rows = self.assumptions.plans.iter().flat_map(|plan| &plan.limits);
        let limits = meters.zip(rows).map(|(meter, row)| meter.finish(sessions, row.units[0]));
        Bill {
            users: scale * tables.metric("active_users"),
            user_days: scale * tables.metric("active_user_days"),
            relogins_per_user_day: tables.metric("relogins_per_user_day"),
            sessions,
            requests: self.total.map(|requests| scale * requests as f64),
            peak_second: self.seconds.fullest.found(1_000),
            peak_minute: self.minutes.fullest.found(60_000),
            size: self.size(sessions),
            limits: limits.collect(),
            exports: exports::all(&self.demand(&tables.name, scenario)),
        }
    }

    fn size(&self, sessions: f64) -> Option<Size> {
        let sizing = self.assumptions.sizing.as_ref()?;
        let heaviest = self.heaviest();
        let rates = heaviest.map_or([0.0; 5], |(_, rates)| rates);
        let mut size = size(sizing, rates, sessions);
        size.at = heaviest.map(|(at, _)| at);
        let seconds = ((self.time.1 - self.time.0) as f64 / 1_000.0).max(1.0);
        size.vcpu_mean +=
            self.assumptions.scale * weigh(&weights(sizing), &self.total.map(as_float)) / seconds;
        Some(size)
    }

    /// The stretch that is sized for: when it began, and its requests per second.
    fn heaviest(&self) -> Option<(i64, [f64; 5])> {
        let (heaviest, seconds) = match self.assumptions.basis {
            Basis::Second => (&self.seconds.heaviest, 1),
            Basis::Minute => (&self.minutes.heaviest, 60),
        };
        let Fullest { at, requests } = heaviest.found(1_000 * seconds)?;
        Some((at, requests.map(|requests| requests / seconds as f64)))
    }

    fn demand<'b>(&self, policy: &'b str, scenario: &'b str) -> Demand<'b> {
        let besides = self.assumptions.sizing.as_ref().map(|sizing| sizing.besides);
        let heaviest = self.heaviest();
        Demand {
            policy,
            scenario,
            scale: self.assumptions.scale,
            basis: self.assumptions.basis,
            at: heaviest.map(|(at, _)| at),
            rates: heaviest.map_or([0.0; 5], |(_, rates)| rates),
            hour: self.minutes.fullest_hour.number * 3_600_000,
            minutes: self.minutes.fullest_hour.minutes,
            logouts: besides.map_or(0.0, |besides| besides.logouts),
        }
    }
}

impl Seconds {
    fn take(&mut self, second: i64, requests: [u64; 5]) {
        self.meters.iter_mut().for_each(|meter| meter.take(second, &requests));
        let requests = requests.map(as_float);
        self.fullest.consider(second, requests, &[1.0; 5]);
        self.heaviest.consider(second, requests, &self.weights);
    }
}

impl Minutes {
    fn take(&mut self, minute: i64, requests: [f64; 5]) {
        let number = minute.div_euclid(60);
        if number != self.hour.number {
            self.hour = Hour { number, minutes: [[0.0; 5]; 60] };
        }
        self.hour.minutes[minute.rem_euclid(60) as usize] = requests;
        self.fullest.consider(minute, requests, &[1.0; 5]);
        self.heaviest.consider(minute, requests, &self.weights);
        // The hour is kept as far as it has come, and again as long as it goes on.
        let fullest = self.heaviest.found.map(|(minute, _)| minute.div_euclid(60));
        if fullest == Some(number) {
            self.fullest_hour.clone_from(&self.hour);
        }
    }
}

impl Greatest {
    fn consider(&mut self, number: i64, requests: [f64; 5], weights: &[f64; 5]) {
        let weight = weigh(weights, &requests);
        if weight > self.weight {
            *self = Self { weight, found: Some((number, requests)) };
        }
    }

    fn found(&self, width: i64) -> Option<Fullest> {
        self.found.map(|(number, requests)| Fullest { at: number * width, requests })
    }
}

fn weigh(weights: &[f64; 5], requests: &[f64; 5]) -> f64 {
    weights.iter().zip(requests).map(|(weight, requests)| weight * requests).sum()
}

fn as_float(requests: u64) -> f64 {
    requests as f64
}

fn add(sums: &mut [u64; 5], more: &[u64; 5]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}
