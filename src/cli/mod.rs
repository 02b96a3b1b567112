//! One file for each subcommand. Here: the way in, and what they share.

pub mod arguments;
mod browser;
mod capacity;
mod colour;
mod compile;
mod console;
mod diff;
mod exit_code;
mod explain;
mod graph;
mod pager;
mod parity;
mod project;
mod review;
mod reviewer;
mod surroundings;
mod today;

pub use browser::Browser;
pub use colour::Colour;
pub use console::Console;
pub use exit_code::ExitCode;
pub use pager::Pager;
pub use surroundings::Surroundings;

use crate::pipeline::Settings;
use arguments::{Arguments, Command};
use clap::Parser as _;
use project::Project;
use reviewer::Reviewer;
use std::ffi::OsString;
use std::path::Path;

/// Runs a command line; the first word is the program's own name.
pub fn run(words: impl IntoIterator<Item = OsString>, console: &mut Console<'_>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            console.message(&error.render().ansi().to_string());
            return ExitCode::Wrong;
        }
        Err(help) => {
            console.data(&help.render().ansi().to_string());
            return ExitCode::Done;
        }
    };
    if arguments.no_pager {
        console.without_pager();
    }
    let directory = arguments.directory.as_deref().unwrap_or(Path::new("."));
    let settings = Settings { today: arguments.today.or_else(today::today) };
    let code = command(&arguments, directory, settings, console).unwrap_or_else(|code| code);
    match console.failure().map(|it| format!("error: cannot write the output: {it}\n")) {
        Some(message) => {
            console.message(&message);
            ExitCode::Failed
        }
        None => code,
    }
}

fn command(
    arguments: &Arguments,
    directory: &Path,
    settings: Settings,
    console: &mut Console<'_>,
) -> Result<ExitCode, ExitCode> {
    let project = |console: &mut Console<'_>| Project::open(directory, settings, console);
    Ok(match &arguments.command {
        Command::Compile(it) => compile::run(it, &project(console)?, console),
        Command::Diff(it) => diff::run(it, &Reviewer::open(directory, settings, it.head.as_deref(), console)?, console),
        Command::Review(it) => review::run(
            it,
            arguments.color,
            &Reviewer::open(directory, settings, it.head.as_deref(), console)?,
            console,
        ),
        Command::Explain(it) => explain::run(it, &project(console)?, console),
        Command::Graph(it) => graph::run(it, &project(console)?, console),
        Command::Capacity(it) => capacity::run(it, &project(console)?, console),
        Command::Parity(it) => parity::run(it, &project(console)?, console),
    })
}
