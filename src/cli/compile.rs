//! `compile`: check everything, write the tree, summarise what changed.

use super::arguments::Compile;
use super::{Console, ExitCode, Project};
use crate::diagnostic::visible;
use crate::pipeline::Detail;
use crate::tree::{State, WritePlan};
use crate::write;
use crate::{disk, report};

/// Runs the command.
pub(super) fn run(arguments: &Compile, project: &Project, console: &mut Console<'_>) -> ExitCode {
    try_run(arguments, project, console).unwrap_or_else(|code| code)
}

fn try_run(arguments: &Compile, project: &Project, console: &mut Console<'_>) -> Result<ExitCode, ExitCode> {
    let selection = &arguments.selection;
    let compiled = project.compiled(&selection.environments, console)?;
    let tree = compiled.tree();
    let scope = Project::scope(selection, &compiled);
    let failed = |error: &disk::Error, console: &mut Console<'_>| {
        console.error(&error.to_string(), &[error.help()]);
        let in_the_way = matches!(error, disk::Error::NotADirectory { .. } | disk::Error::Symlink { .. });
        if in_the_way { ExitCode::Refused } else { ExitCode::Failed }
    };
    let on_disk = disk::read_tree(&project.root).map_err(|error| failed(&error, console))?;
    let plan = write::plan(&on_disk, &tree, &scope);
    if plan.is_refused() && !arguments.check {
        refuse(&plan, console);
        return Err(ExitCode::Refused);
    }
    let objects: usize = compiled.sets.iter().map(|it| it.objects.len()).sum();
    let compiled_what = format!("compiled {} in {}", many(objects, "object"), many(compiled.sets.len(), "environment"));
    if arguments.check {
        return Ok(check(&plan, &compiled_what, console));
    }
    // Before anything is written: an unknown baseline leaves the tree as it is.
    let previous = project.previous(selection, &tree, &scope, console)?;
    let review = previous.map(|it| project.review(&compiled, &tree, &it, Detail::Fields, console)).transpose()?;
    disk::apply(&project.root, &plan).map_err(|error| failed(&error, console))?;
    console.message(&format!("{compiled_what}; {}\n", written(&plan)));
    match review {
        Some(review) => {
            console.page(&report::terminal(&review, console.width, console.style));
            if !review.changes.is_empty() {
                console.message(NEXT);
            }
        }
        None => console.message("not compared: the project is in no git repository\n"),
    }
    Ok(ExitCode::Done)
}

/// What comes after a change has been compiled.
const NEXT: &str = "next: `todo-gitops review --format markdown` writes this for a pull request\n";

/// What to do about a file that is not ours.
const MOVE_IT: &str = "move it elsewhere, or delete it";

/// Lists what is in the way.
fn refuse(plan: &WritePlan, console: &mut Console<'_>) {
    for wanted in plan.foreign_in_the_way.chunk_by(|a, b| a.path == b.path) {
        let [it, more @ ..] = wanted else { continue };
        let purpose = match more {
            [] if it.wanted == it.path => "compiling would overwrite it".to_owned(),
            [] => format!("`rendered/{}` must be written", it.wanted),
            more => format!("`rendered/{}` and {} must be written", it.wanted, many(more.len(), "more file")),
        };
        console.error(&format!("`rendered/{}` is {}, and {purpose}", it.path, it.what), &[MOVE_IT.to_owned()]);
    }
    console.message("nothing was written\n");
}

/// Says how the tree on disk differs from what was compiled.
fn check(plan: &WritePlan, compiled: &str, console: &mut Console<'_>) -> ExitCode {
    let differences = plan.differences();
    if differences.is_empty() {
        console.message(&format!("{compiled}; rendered/ is up to date\n"));
        return ExitCode::Done;
    }
    for difference in &differences {
        console.data(&format!("{:<10} rendered/{}\n", difference.state.to_string(), difference.path));
    }
    for difference in differences.iter().filter(|it| it.state == State::Differs) {
        let lines: Vec<String> = difference.unified().lines().map(visible::escape).collect();
        console.data(&format!("\n{}\n", lines.join("\n")));
    }
    let count = many(differences.len(), "file");
    let help = if plan.is_refused() { MOVE_IT } else { "run `todo-gitops compile` and commit the result" };
    console.error(&format!("rendered/ is not what the sources compile to: {count}"), &[help.to_owned()]);
    ExitCode::Found
}

/// Says what was written: `wrote 2 files, deleted 1`.
fn written(plan: &WritePlan) -> String {
    let counts = plan.counts();
    let wrote = counts.create + counts.update;
    match (wrote, counts.delete) {
        (0, 0) => "rendered/ was up to date".to_owned(),
        (wrote, 0) => format!("wrote {}", many(wrote, "file")),
        (0, deleted) => format!("deleted {}", many(deleted, "file")),
        (wrote, deleted) => format!("wrote {}, deleted {deleted}", many(wrote, "file")),
    }
}

fn many(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
