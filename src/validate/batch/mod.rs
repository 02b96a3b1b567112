//! Jobs and `CronJobs`.
//!
//! Source: `pkg/apis/batch/validation`, and `generateSelector` in `pkg/registry/batch/job`.

pub mod cron_job;

mod failure_policy;
mod job;
mod schedule;
mod time_zone;

use super::field::{Field, Found};
use crate::object::Object;

/// Checks one object, if it is one of these.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    let spec = Field::root(object).get("spec");
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("batch", "Job") => job::check(&spec, &mut found),
        ("batch", "CronJob") => cron_job::check(&spec, &mut found),
        _ => {}
    }
    found
}
