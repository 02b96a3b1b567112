//! One binary for all tests that need more than one file of the program.
#![expect(clippy::disallowed_methods, reason = "tests read cases and write golden files")]
#![expect(clippy::unwrap_used, reason = "what a test needs and does not find is a failure of the test")]

mod tidy;
