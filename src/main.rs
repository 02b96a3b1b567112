//! Parses arguments, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut data = anstream::AutoStream::auto(std::io::stdout());
    let mut messages = anstream::AutoStream::auto(std::io::stderr());
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    let mut console = todo_gitops::cli::Console::new(&mut data, &mut messages, width);
    ExitCode::from(todo_gitops::cli::run(std::env::args_os(), &mut console).number())
}
