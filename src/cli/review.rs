//! `review`: what merging will do, in any form.

use super::arguments::{Format, Review};
use super::project::Drifted;
use super::reviewer::Reviewer;
use super::{Console, ExitCode};
use crate::diagnostic::excerpt::Style;
use crate::{disk, report};

/// Runs the command.
pub(super) fn run(arguments: &Review, from: &Reviewer, console: &mut Console<'_>) -> ExitCode {
    let review = match from.reviewed(&arguments.selection, Drifted::OnBothSides, console) {
        Ok(review) => review,
        Err(code) => return code,
    };
    let style = if arguments.output.is_some() { Style::Plain } else { Style::Colour };
    let text = match arguments.format {
        Format::Terminal => report::terminal(&review, console.width, style),
        Format::Markdown => report::markdown(&review),
        Format::Json => report::json(&review),
    };
    match &arguments.output {
        None => console.data(&text),
        Some(path) => {
            if let Err(error) = disk::write_report(path, &text) {
                console.error(&error.to_string(), &[error.help()]);
                return ExitCode::Failed;
            }
        }
    }
    let worst = review.findings.iter().map(|it| it.severity).max();
    if arguments.fail_on.is_some_and(|limit| worst >= Some(limit)) { ExitCode::Found } else { ExitCode::Done }
}
