//! Parses arguments, runs, and turns the outcome into an exit code.

#![expect(clippy::disallowed_methods, reason = "the only place that reads the process environment")]

use std::io::IsTerminal as _;
use std::process::ExitCode;
use todo_gitops::cli::{self, Browser, Colour, Console, Pager, Surroundings};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let colour = Colour::asked(&words).choice();
    let mut data = anstream::AutoStream::new(std::io::stdout(), colour);
    let mut messages = anstream::AutoStream::new(std::io::stderr(), colour);
    let size = terminal_size::terminal_size();
    let variable = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
    let rows = size.filter(|_| std::io::stdout().is_terminal()).map(|(_, rows)| usize::from(rows.0));
    let surroundings = Surroundings { rows, variable: &variable };
    let style = surroundings.style(data.current_choice());
    let width = size.map_or(100, |(width, _)| usize::from(width.0));
    let mut console = Console::new(&mut data, &mut messages, width, style)
        .paged_by(Pager::chosen(&surroundings))
        .opened_by(Browser::chosen(&surroundings));
    ExitCode::from(cli::run(words, &mut console).number())
}
