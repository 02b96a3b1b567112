//! `review`: what merging will do, in any form.

use super::arguments::{Format, Review};
use super::{Console, ExitCode, Project};
use crate::diagnostic::excerpt::Style;
use crate::pipeline::Detail;
use crate::{disk, report};

/// Runs the command.
pub(super) fn run(arguments: &Review, project: &Project, console: &mut Console<'_>) -> ExitCode {
    let detail = match arguments.format {
        Format::Html => Detail::Lines,
        Format::Terminal | Format::Markdown | Format::Json => Detail::Fields,
    };
    let review = match project.reviewed(&arguments.selection, detail, console) {
        Ok(review) => review,
        Err(code) => return code,
    };
    let style = if arguments.output.is_some() { Style::Plain } else { Style::Colour };
    let text = match arguments.format {
        Format::Terminal => report::terminal(&review, console.width, style),
        Format::Markdown => report::markdown(&review),
        Format::Json => report::json(&review),
        Format::Html => report::html(&review),
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
