//! `review`: what merging will do, in any form.

use super::arguments::{Forge, Format, Review};
use super::browser::NotOpened;
use super::project::Drifted;
use super::reviewer::Reviewer;
use super::{Colour, Console, ExitCode};
use crate::change::{self, Finding, Severity};
use crate::diagnostic::excerpt::Style;
use crate::diagnostic::visible;
use crate::pipeline::Detail;
use crate::{disk, report};
use std::path::Path;

/// What stands for standard output where a file is named.
const STANDARD_OUTPUT: &str = "-";
/// How many findings are named where `--fail-on` fails.
const MOST_NAMED: usize = 10;

/// Runs the command.
pub(super) fn run(arguments: &Review, colour: Colour, from: &Reviewer, console: &mut Console<'_>) -> ExitCode {
    try_run(arguments, colour, from, console).unwrap_or_else(|code| code)
}

fn try_run(
    arguments: &Review,
    colour: Colour,
    from: &Reviewer,
    console: &mut Console<'_>,
) -> Result<ExitCode, ExitCode> {
    if arguments.open && arguments.format != Format::Html {
        let help = "leave `--format` out; for another form, run `review` again without `--open`".to_owned();
        console.error("`--open` shows the page, so no other form goes with it", &[help]);
        return Err(ExitCode::Wrong);
    }
    if arguments.forge.is_some() && arguments.format != Format::Markdown {
        console.error(
            "`--forge` says how Markdown is written",
            &["leave it out, or say `--format markdown` too".to_owned()],
        );
        return Err(ExitCode::Wrong);
    }
    let detail = match arguments.format {
        Format::Html => Detail::Lines,
        Format::Markdown | Format::JobSummary => Detail::Picture,
        Format::Terminal | Format::Plain | Format::Json | Format::Sarif => Detail::Fields,
    };
    let review = from.reviewed(&arguments.selection, Drifted::OnBothSides, detail, console)?;
    let output = arguments.output.as_deref().filter(|it| *it != Path::new(STANDARD_OUTPUT));
    let style = match (output, colour) {
        (None, _) => console.style,
        // A file has no colour unless it is asked for, as git has it.
        (Some(_), Colour::Always) => Style::Colour,
        (Some(_), Colour::Auto | Colour::Never) => Style::Plain,
    };
    let text = match arguments.format {
        Format::Terminal => report::terminal(&review, console.width, style),
        Format::Plain => report::terminal(&review, console.width, Style::Ascii),
        Format::Markdown => report::markdown(&review, forge(arguments.forge)),
        Format::JobSummary => report::markdown(&review, report::Forge::JobSummary),
        Format::Json => report::json(&review),
        Format::Sarif => {
            let (sources, place) = (from.sources(console)?, from.place_in_repository(console)?);
            report::sarif(&review, &sources, &place)
        }
        Format::Html => report::html(&review),
    };
    match (output, arguments.format) {
        (output, _) if arguments.open => show(&text, output, console)?,
        (None, Format::Terminal | Format::Plain) => console.page(&text),
        (None, Format::Markdown | Format::JobSummary | Format::Json | Format::Sarif | Format::Html) => {
            console.data(&text);
        }
        (Some(path), _) => disk::write_report(path, &text).map_err(|error| {
            console.error(&error.to_string(), &[error.help()]);
            ExitCode::Failed
        })?,
    }
    Ok(arguments.fail_on.map_or(ExitCode::Done, |limit| gate(limit, &review, console)))
}

/// Writes a page, says where, and opens it.
fn show(page: &str, output: Option<&Path>, console: &mut Console<'_>) -> Result<(), ExitCode> {
    let written = match output {
        Some(path) => disk::write_report(path, page).and_then(|()| disk::whole_path(path)),
        None => disk::write_page(page),
    };
    let path = written.map_err(|error| {
        console.error(&error.to_string(), &[error.help()]);
        ExitCode::Failed
    })?;
    console.data(&format!("{}\n", path.display()));
    console.open(&path).map_err(|NotOpened(tried)| {
        let tried: Vec<String> = tried.iter().map(|it| format!("`{it}`")).collect();
        let message = format!("the page is written but could not be opened with {}", tried.join(", "));
        let help = "open the file yourself, or name your browser in the variable `BROWSER`".to_owned();
        console.error(&message, &[help]);
        ExitCode::Failed
    })
}

/// Fails where a finding is as severe as the limit, and says on standard error which are: the form that was asked for
/// may have gone to a file.
fn gate(limit: Severity, review: &change::Review, console: &mut Console<'_>) -> ExitCode {
    let found: Vec<&Finding> = review.findings.iter().filter(|it| it.severity >= limit).collect();
    let limit = match limit {
        Severity::Block => "`block`".to_owned(),
        Severity::Note | Severity::Warn | Severity::Outage | Severity::Loss => format!("`{}` or worse", limit.name()),
    };
    if found.is_empty() {
        console.message(&format!("no finding is {limit}, which `--fail-on` asked about\n"));
        return ExitCode::Done;
    }
    let count = if found.len() == 1 { "1 finding is".to_owned() } else { format!("{} findings are", found.len()) };
    console.error(&format!("{count} {limit}, which `--fail-on` asked about"), &[]);
    for finding in found.iter().take(MOST_NAMED) {
        let place = if finding.is_of_environment() {
            format!("environment {}", finding.object.name)
        } else {
            format!("{} in {}", finding.object.short(), finding.environments.join(", "))
        };
        let line = visible::escape(&format!("{:<6}  {}: {place}", finding.severity.name(), finding.code.name));
        console.message(&format!("  {line}\n"));
    }
    if found.len() > MOST_NAMED {
        console.message(&format!("  and {} more\n", found.len() - MOST_NAMED));
    }
    ExitCode::Found
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
