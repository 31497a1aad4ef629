use crate::bill::{Assumptions, Basis, Plan, PlanLimit};
use crate::capacity::{Account, keycloak, plan};
use crate::description::{Activity, Description, PolicyDescription, Setting, Workload};
use crate::table::{Load, LoginCount, Metric, PolicyTables, SessionsAlive, Value};

pub(super) mod fixture;

mod capacity;
mod console;
mod files;
mod page;
mod schema;
