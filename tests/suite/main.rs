//! The tests that run the library from outside, as one binary.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read cases, and set up directories and repositories of their own"
)]
#![expect(clippy::unwrap_used, reason = "the harness fails a test as the tests themselves do")]

mod bad_input;
mod browser;
mod capacity;
mod cli;
mod compile;
mod console;
mod determinism;
mod documentation;
mod dogfood;
mod errors;
mod example_review;
mod examples;
mod git;
mod graph;
mod history;
mod house_rules;
mod html;
mod laws;
mod markdown_size;
mod mutations;
mod nodes;
mod parity;
mod payloads;
mod report;
mod review;
mod review_schema;
mod sarif;
mod size;
mod support;
mod tidy;
mod write;
mod yaml;
