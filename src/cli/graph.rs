//! `graph`: a picture of every selected environment.

use super::arguments::{Graph, Picture};
use super::{Console, ExitCode, Project};
use crate::{disk, draw, graph};
use std::path::Path;

/// Runs the command.
pub(super) fn run(arguments: &Graph, project: &Project, console: &mut Console<'_>) -> ExitCode {
    try_run(arguments, project, console).unwrap_or_else(|code| code)
}

fn try_run(arguments: &Graph, project: &Project, console: &mut Console<'_>) -> Result<ExitCode, ExitCode> {
    let output = arguments.output.as_deref();
    let form = form(arguments.format, output).map_err(|ending| {
        let help = "say it with `--format`, or let FILE end in `.mmd`, `.md`, `.dot` or `.svg`".to_owned();
        console.error(&format!("`{ending}` is no form of a picture"), &[help]);
        ExitCode::Wrong
    })?;
    let graphs = project.compiled(&arguments.environments, console)?.graphs();
    let text = drawn(form, &graphs, output).ok_or_else(|| {
        let help = "choose one with `--environment`, or let FILE end in `.md`".to_owned();
        console.error("a file of Mermaid holds one environment", &[help]);
        ExitCode::Wrong
    })?;
    let Some(path) = output else {
        console.data(&text);
        return Ok(ExitCode::Done);
    };
    disk::write_report(path, &text).map_err(|error| {
        console.error(&error.to_string(), &[error.help()]);
        ExitCode::Failed
    })?;
    Ok(ExitCode::Done)
}

/// Returns the form that is asked for; an error holds an ending that names none.
fn form(asked: Option<Picture>, output: Option<&Path>) -> Result<Picture, String> {
    if let Some(form) = asked {
        return Ok(form);
    }
    let Some(path) = output else { return Ok(Picture::Mermaid) };
    match ending(path).as_str() {
        "mmd" | "mermaid" | "md" => Ok(Picture::Mermaid),
        "dot" | "gv" => Ok(Picture::Dot),
        "svg" => Ok(Picture::Svg),
        "" => Err(path.display().to_string()),
        other => Err(format!(".{other}")),
    }
}

fn ending(path: &Path) -> String {
    path.extension().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Draws the graphs; none where one file cannot hold them all.
fn drawn(form: Picture, graphs: &[graph::Graph], output: Option<&Path>) -> Option<String> {
    let is_page = output.is_none_or(|it| ending(it) == "md");
    match (form, graphs) {
        (Picture::Dot, graphs) => Some(draw::dot(graphs)),
        (Picture::Svg, graphs) => Some(draw::svg(graphs)),
        (Picture::Mermaid, [one]) if output.is_none() || !is_page => Some(draw::mermaid(one)),
        (Picture::Mermaid, graphs) => is_page.then(|| draw::markdown(graphs)),
    }
}
