//! The only code that reads or writes files: the sources in, the rendered tree in and out, and reports out.
//!
//! No symbolic link is followed below the project: neither where the spec lies nor where the tree is written. What is
//! not there is never taken for what is empty.

mod apply;
mod error;
mod project;
mod report;
mod sources;
mod staging;
mod tree;

pub use apply::apply;
pub use error::{Action, Error};
pub use project::find_project;
pub use report::{whole_path, write_page, write_report};
pub use sources::{MAX_FILE_BYTES, MAX_TOTAL_BYTES, Problem, Reason, read_sources};
pub use tree::read_tree;
