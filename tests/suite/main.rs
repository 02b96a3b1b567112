//! The one test binary: every file beside this one holds the tests of one promise.

#![expect(clippy::disallowed_methods, reason = "tests read the repository's own files")]

mod determinism;
mod documentation;
mod support;
