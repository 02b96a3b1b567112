//! The only place that asks what day it is.

#![expect(clippy::disallowed_types, reason = "whether a waiver has ended is said, and never rendered")]

use crate::object::Date;
use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;

/// Returns the day it is in UTC; none on a machine whose clock is set to no day of ours.
pub(super) fn today() -> Option<Date> {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Date::from_days(passed.as_secs() / SECONDS_OF_A_DAY)
}
