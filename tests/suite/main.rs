//! One binary for all tests that need more than one file of the program.
#![expect(clippy::disallowed_methods, reason = "tests read cases and write golden files")]

mod example_review;
mod golden;
mod payloads;
mod report;
mod review_schema;
