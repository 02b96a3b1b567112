//! `review`: what merging will do, in any form.

use super::arguments::{Forge, Format, Review};
use super::{Console, ExitCode, Project};
use crate::diagnostic::excerpt::Style;
use crate::{disk, report};

/// Runs the command.
pub(super) fn run(arguments: &Review, project: &Project, console: &mut Console<'_>) -> ExitCode {
    if arguments.forge.is_some() && arguments.format != Format::Markdown {
        console.error("`--forge` says how Markdown is written", &["say `--format markdown` too".to_owned()]);
        return ExitCode::Wrong;
    }
    let review = match project.reviewed(&arguments.selection, console) {
        Ok(review) => review,
        Err(code) => return code,
    };
    let style = if arguments.output.is_some() { Style::Plain } else { Style::Colour };
    let text = match arguments.format {
        Format::Terminal => report::terminal(&review, console.width, style),
        Format::Markdown => report::markdown(&review, forge(arguments.forge)),
        Format::JobSummary => report::markdown(&review, report::Forge::JobSummary),
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

/// Returns whose comment is written.
fn forge(asked: Option<Forge>) -> report::Forge {
    match asked {
        None | Some(Forge::GitHub) => report::Forge::GitHub,
        Some(Forge::GitLab) => report::Forge::GitLab,
        Some(Forge::Gitea) => report::Forge::Gitea,
        Some(Forge::Plain) => report::Forge::Plain,
    }
}
