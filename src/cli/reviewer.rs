//! What `diff` and `review` look at: the project as it is on disk, or two commits of it.

use super::arguments::Selection;
use super::project::Drifted;
use super::{Console, ExitCode, Project};
use crate::change::{Baseline, Review, Side};
use crate::diagnostic::suggest;
use crate::pipeline::{self, Committed, Detail, Previous, Settings};
use crate::source::Sources;
use crate::tree::{ManifestTree, Scope};
use crate::{disk, git};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the new state comes from.
pub(super) enum Reviewer {
    /// The sources on disk.
    Project(Project),
    /// A commit. Nothing on disk has a say, so that a work tree that is broken, or of another branch, is none the less
    /// the place to ask from.
    Commit { root: PathBuf, revision: String },
}

impl Reviewer {
    /// Opens what a command is about: the commit of `head`, or else the project on disk.
    pub(super) fn open(
        directory: &Path,
        settings: Settings,
        head: Option<&str>,
        console: &mut Console<'_>,
    ) -> Result<Self, ExitCode> {
        let Some(revision) = head else { return Project::open(directory, settings, console).map(Self::Project) };
        let root = match disk::find_project(directory) {
            Ok(root) => root,
            // Without a `base/` on disk, the project is where the command was started.
            Err(disk::Error::NoProject { .. }) => directory.to_owned(),
            Err(error) => {
                console.error(&error.to_string(), &[error.help()]);
                return Err(ExitCode::Wrong);
            }
        };
        Ok(Self::Commit { root, revision: revision.to_owned() })
    }

    /// Compares a selection with the baseline.
    pub(super) fn reviewed(
        &self,
        selection: &Selection,
        drifted: Drifted,
        detail: Detail,
        console: &mut Console<'_>,
    ) -> Result<Review, ExitCode> {
        match self {
            Self::Project(project) => project.reviewed(selection, drifted, detail, console),
            Self::Commit { root, revision } => of_commit(root, revision, selection, detail, console),
        }
    }

    /// Returns the spec of the new state; an empty one where it cannot be read.
    pub(super) fn sources(&self, console: &mut Console<'_>) -> Result<Sources, ExitCode> {
        match self {
            Self::Project(project) => Ok(project.sources.clone()),
            Self::Commit { root, revision } => {
                let repository = repository(root, console)?;
                let id = repository.named_commit(revision).map_err(|it| failed(&it, console))?;
                Ok(repository.baseline_sources(&id).map(|it| it.sources).unwrap_or_default())
            }
        }
    }

    /// Returns where the project lies in its repository: `apps/todo/`, or nothing where it is the whole repository.
    pub(super) fn place_in_repository(&self, console: &mut Console<'_>) -> Result<String, ExitCode> {
        let root = match self {
            Self::Project(project) => &project.root,
            Self::Commit { root, revision: _ } => root,
        };
        Ok(repository(root, console)?.prefix().to_owned())
    }
}

fn failed(error: &git::Error, console: &mut Console<'_>) -> ExitCode {
    console.error(&error.to_string(), &error.help());
    ExitCode::Failed
}

fn repository(root: &Path, console: &mut Console<'_>) -> Result<git::Repository, ExitCode> {
    let opened = git::Repository::open(root).map_err(|it| failed(&it, console))?;
    opened.ok_or_else(|| {
        let help = "name a directory of a repository with `-C DIR`".to_owned();
        console.error(&format!("`{}` is in no git repository", root.display()), &[help]);
        ExitCode::Failed
    })
}

fn of_commit(
    root: &Path,
    revision: &str,
    selection: &Selection,
    detail: Detail,
    console: &mut Console<'_>,
) -> Result<Review, ExitCode> {
    let repository = repository(root, console)?;
    let read = read(&repository, revision, selection.base.as_deref());
    let (mut head, mut previous) = read.map_err(|it| failed(&it, console))?;
    if head.is_empty() && previous.is_empty() {
        let message = format!("no project in `{}` at {}, nor at what it is compared with", root.display(), head.label);
        let help = "name the directory that holds `base/` and `rendered/` with `-C DIR`".to_owned();
        console.error(&message, &[help]);
        return Err(ExitCode::Wrong);
    }
    let scope = match selection.environments.as_slice() {
        [] => Scope::Everything,
        names => scope(names, &head, &previous, console)?,
    };
    head.tree.files.retain(|path, _| scope.contains(path));
    previous.tree.files.retain(|path, _| scope.contains(path));
    let drifts = pipeline::drift_of_baseline(&previous, &scope);
    let not_checked = drifts.map(|it| previous.drifts = it).err();
    let review = pipeline::review_committed(&head, &previous, &scope, detail).map_err(|(side, unreadable)| {
        let what = match side {
            Side::Before => "the baseline",
            Side::After => head.label.as_str(),
        };
        for file in unreadable {
            let help = "compare commits in which the file is right, with `--base REV` and `--head REV`".to_owned();
            console.error(&format!("{what} cannot be compared: {file}"), &[help]);
        }
        ExitCode::Failed
    });
    let mut review = review?;
    review.not_checked.extend(not_checked);
    Ok(review)
}

/// Reads the two commits.
fn read(repository: &git::Repository, revision: &str, base: Option<&str>) -> Result<(Committed, Previous), git::Error> {
    let id = repository.named_commit(revision)?;
    // Of an id the first characters are enough.
    let shown = if id.starts_with(revision) { format!("{id:.8}") } else { revision.to_owned() };
    let baseline = repository.baseline_of(&id, &shown, base)?;
    let after = repository.baseline_tree(&id, &ManifestTree::default(), &Scope::Everything)?;
    let short = format!("{id:.8}");
    let label = if shown == short { short } else { format!("{short} ({revision})") };
    let head = Committed {
        label,
        tree: after.whole(&ManifestTree::default()),
        sources: repository.baseline_sources(&id).ok().map(|it| it.sources),
        skipped: after.skipped.iter().map(ToString::to_string).collect(),
    };
    let Baseline::Commit { id, .. } = &baseline else {
        let tree = ManifestTree::default();
        return Ok((head, Previous { baseline, tree, sources: None, skipped: Vec::new(), drifts: Vec::new() }));
    };
    let before = repository.baseline_tree(id, &head.tree, &Scope::Everything)?;
    let sources = repository.baseline_sources(id).ok().map(|it| it.sources);
    // What both commits hold is said of the new one.
    let skipped = before.skipped.iter().filter(|it| !after.skipped.contains(it)).map(ToString::to_string).collect();
    let tree = before.whole(&head.tree);
    Ok((head, Previous { baseline, tree, sources, skipped, drifts: Vec::new() }))
}

/// Returns the folders of the selected environments; one that neither commit has is an error.
fn scope(
    names: &[String],
    head: &Committed,
    previous: &Previous,
    console: &mut Console<'_>,
) -> Result<Scope, ExitCode> {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sources in [&head.sources, &previous.sources].into_iter().flatten() {
        for (name, folder) in pipeline::folders(sources) {
            known.entry(name).or_default().push(folder);
        }
    }
    // Of an environment whose spec says nothing, the folder is all that is known.
    for path in head.tree.files.keys().chain(previous.tree.files.keys()) {
        if let Some((folder, _)) = path.split_once('/').filter(|(it, _)| !known.values().flatten().any(|at| at == it)) {
            known.entry(folder.to_owned()).or_default().push(folder.to_owned());
        }
    }
    let mut folders = Vec::new();
    let mut unknown = false;
    for name in names {
        if let Some(of_environment) = known.get(name) {
            folders.extend(of_environment.iter().cloned());
            continue;
        }
        let help = match suggest::nearest(name, known.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("environments are {}", known.keys().cloned().collect::<Vec<_>>().join(", ")),
        };
        console.error(&format!("no environment is called `{name}`"), &[help]);
        unknown = true;
    }
    if unknown { Err(ExitCode::Wrong) } else { Ok(Scope::Folders(folders.into_iter().collect())) }
}
