use crate::description::{Activity, Description, PolicyDescription, Setting, Workload};
use crate::table::{Load, LoginCount, Metric, PolicyTables, SessionsAlive, Value};

pub(super) mod fixture;

mod console;
mod files;
mod page;
mod schema;
