//! Whether synthetic users can be made up as asked, and how to mend it if not.

use super::clock::Week;
use super::{Class, Distribution, Population};
use crate::calendar::Calendar;
use crate::model::Span;

/// Why synthetic users cannot be made up as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PopulationError {
    /// A field of the population itself.
    #[error("`{field}` {problem}")]
    Population {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it and how to mend it, a sentence that begins with the verb.
        problem: String,
    },
    /// A field of one class.
    #[error("class {class:?}: `{field}` {problem}")]
    Class {
        /// Where the class stands in [`Population::classes`].
        index: usize,
        /// Its name.
        class: String,
        /// The field's name.
        field: &'static str,
        /// What is wrong with it and how to mend it, a sentence that begins with the verb.
        problem: String,
    },
}

/// Longer runs would lose milliseconds to rounding.
const LONGEST: Span = Span::from_days(36_525);
/// Instants from the year 1 to 9999: those that RFC 3339 can write.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
/// A wider spread than this makes nearly everybody absent for ever.
const WIDEST_SPREAD: f64 = 10.0;

/// A field and its problem.
type Fault = (&'static str, String);

impl Population {
    /// Whether all of it can be made up.
    ///
    /// # Errors
    /// The first field that stands in the way, and how to mend it.
    pub fn check(&self) -> Result<(), PopulationError> {
        self.check_itself()
            .map_err(|(field, problem)| PopulationError::Population { field, problem })?;
        for (index, class) in self.classes.iter().enumerate() {
            let named_before = self.classes[..index].iter().any(|other| other.name == class.name);
            let unique = if named_before {
                Err(("name", "stands twice; give each class a name of its own".to_owned()))
            } else {
                Ok(())
            };
            unique.and_then(|()| class.check()).map_err(|(field, problem)| {
                PopulationError::Class { index, class: class.name.clone(), field, problem }
            })?;
        }
        Ok(())
    }

    fn check_itself(&self) -> Result<(), Fault> {
        let devices = self.classes.iter().map(|class| class.devices.len()).max().unwrap_or(0);
        let most = u64::from(u32::MAX) / devices.max(1) as u64;
        if self.users == 0 {
            return fault("users", "is 0; ask for at least one user");
        }
        if self.users > most {
            return fault("users", format!("is {}; at most {most} can be told apart", self.users));
        }
        if self.span <= Span::ZERO {
            return fault(
                "span",
                format!("is {}; activity needs some time, as in \"4w\"", self.span),
            );
        }
        if self.span > LONGEST {
            return fault("span", format!("is {}; make it a century at most", self.span));
        }
        let end = self.start + self.span;
        if !INSTANTS.contains(&self.start.as_millis()) || !INSTANTS.contains(&end.as_millis()) {
            return fault("start", "lies outside of the years 1 to 9999; choose one within them");
        }
        if self.classes.is_empty() {
            return fault("classes", "is empty; describe at least one class of users");
        }
        weights("share", self.classes.iter().map(|class| class.share))
    }
}

impl Class {
    fn check(&self) -> Result<(), Fault> {
        if self.name.is_empty() {
            return fault("name", "is empty; users are called by it");
        }
        self.check_hours()?;
        if self.time_zones.is_empty() {
            return fault("time_zones", "is empty; name one, as in \"Europe/Berlin\"");
        }
        for (zone, _) in &self.time_zones {
            Calendar::new(zone, 0, 0).map_err(|unknown| {
                ("time_zones", format!("names {zone:?}; did you mean {:?}?", unknown.nearest))
            })?;
        }
        for (field, choices) in
            [("time_zones", &self.time_zones), ("devices", &self.devices), ("apps", &self.apps)]
        {
            if !choices.is_empty() {
                weights(field, choices.iter().map(|(_, weight)| *weight))?;
            }
        }
        for (field, chance) in
            [("stickiness", self.stickiness), ("logout", self.logout), ("close", self.close)]
        {
            if !(0.0..=1.0).contains(&chance) {
                return fault(field, format!("is {chance}; a share lies between 0 and 1"));
            }
        }
        // Shares as people write them (0.9 and 0.1) may add up to a hair more than 1.
        if self.logout + self.close > 1.0 + 1e-9 {
            let sum = self.logout + self.close;
            return fault("logout", format!("and `close` are {sum} together; a visit ends once"));
        }
        if !(self.actions_per_visit >= 1.0 && self.actions_per_visit.is_finite()) {
            let actions = self.actions_per_visit;
            return fault("actions_per_visit", format!("is {actions}; a visit has at least 1"));
        }
        if !(0.0..=WIDEST_SPREAD).contains(&self.spread) {
            let problem = format!("is {}; choose 0 to {WIDEST_SPREAD}", self.spread);
            return fault("spread", problem);
        }
        check_distribution("gap", &self.gap)?;
        check_distribution("absence", &self.absence)?;
        self.check_polls()?;
        self.absence_factor().map(|_| ())
    }

    fn check_hours(&self) -> Result<(), Fault> {
        if self.active_days == [false; 7] {
            return fault("active_days", "has no day; name at least one");
        }
        weights("hours", self.hours.iter().copied())?;
        match Week::new(self) {
            Some(_) => Ok(()),
            None => fault("hours", "is 0 on every active day; give one of their hours a weight"),
        }
    }

    fn check_polls(&self) -> Result<(), Fault> {
        for poll in &self.polls {
            if poll.every <= Span::ZERO {
                return fault("polls", format!("ask every {}; wait between polls", poll.every));
            }
            if poll.stays < Span::ZERO {
                let problem = format!("stay for {}; give a span, or \"0s\"", poll.stays);
                return fault("polls", problem);
            }
            if self.app_of(poll).is_none() {
                return fault("polls", self.unknown_app(&poll.app));
            }
        }
        Ok(())
    }

    fn unknown_app(&self, app: &str) -> String {
        if self.apps.is_empty() {
            return format!(
                "name the app {app:?}, but the class names no apps; name it in `apps`, too"
            );
        }
        let apps: Vec<&str> = self.apps.iter().map(|(name, _)| name.as_str()).collect();
        format!("name the app {app:?}, which nobody uses here; the apps are: {}", apps.join(", "))
    }

    /// What absences have to be multiplied by so that an average person begins
    /// `visits_per_active_day` visits on an active day.
    ///
    /// # Errors
    /// If the visits leave no time between them.
    pub(super) fn absence_factor(&self) -> Result<f64, Fault> {
        let Some(visits) = self.visits_per_active_day else { return Ok(1.0) };
        let field = "visits_per_active_day";
        if !(visits > 0.0 && visits.is_finite()) {
            return fault(field, format!("is {visits}; give a number above 0"));
        }
        let week = Week::new(self).ok_or(("hours", "is 0 in every active hour".to_owned()))?;
        let visit = self.mean_visit(&week);
        let per_visit = super::clock::WEEK_MS / (visits * week.active_days() as f64);
        if per_visit <= visit {
            let most = per_visit * visits / visit;
            return fault(
                field,
                format!(
                    "is {visits}, which leaves no time between visits; with these gaps and \
                     actions less than {most:.1} fit in the active hours"
                ),
            );
        }
        Ok((per_visit - visit) / self.absence.mean())
    }

    /// How far the clock runs during a visit, on average: milliseconds.
    pub(super) fn mean_visit(&self, week: &Week) -> f64 {
        (self.actions_per_visit - 1.0) * self.gap.mean() * week.pace_of_visits()
    }
}

fn fault<T>(field: &'static str, problem: impl Into<String>) -> Result<T, Fault> {
    Err((field, problem.into()))
}

fn weights(field: &'static str, weights: impl Iterator<Item = f64>) -> Result<(), Fault> {
    let mut sum = 0.0;
    for weight in weights {
        if !(weight >= 0.0 && weight.is_finite()) {
            return fault(field, format!("has the weight {weight}; weights are 0 or more"));
        }
        sum += weight;
    }
    if !f64::is_finite(sum) {
        return fault(field, "has weights beyond every bound; only their ratios matter");
    }
    if sum <= 0.0 {
        return fault(field, "has no weight above 0; give at least one");
    }
    Ok(())
}

fn check_distribution(field: &'static str, distribution: &Distribution) -> Result<(), Fault> {
    if let Distribution::LogNormal(components) = distribution {
        if components.is_empty() {
            return fault(field, "has no component; give at least a median and a sigma");
        }
        weights(field, components.iter().map(|component| component.weight))?;
        for component in components {
            if !(component.median > 0.0 && component.median.is_finite()) {
                return fault(field, "has a median that is not above 0; give a span");
            }
            if !(component.sigma >= 0.0 && component.mean().is_finite()) {
                let sigma = component.sigma;
                return fault(field, format!("has the sigma {sigma}; choose about 0 to 3"));
            }
        }
    }
    let mean = distribution.mean();
    if !(mean >= 1.0 && mean.is_finite()) {
        return fault(field, format!("is {mean} ms on average; times are told in milliseconds"));
    }
    Ok(())
}
