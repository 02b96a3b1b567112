//! `parity`: what differs between environments, and why it may.

use super::arguments::{Parity, ParityFormat};
use super::{Console, ExitCode, Project};
use crate::parity::Rows;
use crate::{pipeline, report};

/// Runs the command.
pub(super) fn run(arguments: &Parity, project: &Project, console: &mut Console<'_>) -> ExitCode {
    let compiled = match project.compiled(&arguments.environments, console) {
        Ok(compiled) => compiled,
        Err(code) => return code,
    };
    let rows = if arguments.all { Rows::All } else { Rows::Differing };
    let parity = pipeline::parity(&compiled, &project.sources, rows);
    match arguments.format {
        ParityFormat::Text => console.page(&report::parity_text(&parity, console.width, console.style)),
        ParityFormat::Json => console.data(&report::parity_json(&parity)),
    }
    ExitCode::Done
}
