//! `diff`: what changed against the baseline, and nothing written.

use super::arguments::Diff;
use super::{Console, ExitCode, Project};
use crate::diagnostic::excerpt::Style;
use crate::pipeline::Detail;
use crate::report;

/// Runs the command.
pub(super) fn run(arguments: &Diff, project: &Project, console: &mut Console<'_>) -> ExitCode {
    let review = match project.reviewed(&arguments.selection, Detail::Fields, console) {
        Ok(review) => review,
        Err(code) => return code,
    };
    console.data(&report::terminal(&review, console.width, Style::Colour));
    if arguments.exit_code && !review.changes.is_empty() { ExitCode::Found } else { ExitCode::Done }
}
