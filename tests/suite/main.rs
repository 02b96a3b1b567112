//! The tests that run the library from outside, as one binary.

#![expect(clippy::disallowed_methods, reason = "tests set up directories and repositories of their own")]
#![expect(clippy::unwrap_used, reason = "the harness fails a test as the tests themselves do")]

mod git;
mod support;
mod write;
