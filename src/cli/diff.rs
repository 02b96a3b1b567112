//! `diff`: what changed against the baseline, and nothing written.

use super::arguments::Diff;
use super::{Console, ExitCode, Project};
use crate::pipeline::Detail;
use crate::report;

/// Runs the command.
pub(super) fn run(arguments: &Diff, project: &Project, console: &mut Console<'_>) -> ExitCode {
    let review = match project.reviewed(&arguments.selection, Detail::Fields, console) {
        Ok(review) => review,
        Err(code) => return code,
    };
    console.page(&report::terminal(&review, console.width, console.style));
    if arguments.exit_code && !review.changes.is_empty() { ExitCode::Found } else { ExitCode::Done }
}
