//! A review in, text out: one file for each format; and in `parity`, fields beside each other in, text out. A report
//! decides nothing; what it says is in the [`Review`], and it only chooses how to write that down and what to leave out where there is no room.
//!
//! To add a format: write `report/<format>.rs` with one function from a review to a string; take sentences from
//! `wording` and the two sides of a field from `difference`; escape every text for the new sink in that file, and add
//! the function to the payload test in `tests/suite/report.rs`.
//!
//! The capacity that a project asks for is no review; its two forms take a [`CapacityPlan`] instead.
//!
//! [`CapacityPlan`]: crate::object::capacity::CapacityPlan
//! [`Review`]: crate::change::Review

mod capacity;
mod capacity_json;
mod difference;
mod html;
mod json;
mod markdown;
mod notes;
mod page;
mod parity;
mod repeated;
mod sarif;
mod table;
mod terminal;
mod wording;

pub use capacity::capacity;
pub use capacity_json::capacity_json;
pub use html::html;
pub use json::json;
pub use markdown::{Forge, markdown};
pub use parity::{json as parity_json, text as parity_text};
pub use sarif::sarif;
pub use terminal::terminal;
