//! The test suite: one module for each subject.

#![expect(clippy::disallowed_methods, reason = "tests run kubectl and git, and write to temporary directories")]

mod yaml;
