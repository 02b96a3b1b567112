//! The project that a command works on: its sources, what they compile to, and what it was at its baseline.

use super::arguments::Selection;
use super::{Console, ExitCode};
use crate::change::{Baseline, Review};
use crate::diagnostic::excerpt::{self, Style};
use crate::diagnostic::suggest;
use crate::pipeline::{self, Compiled, Detail, Previous, Settings};
use crate::source::Sources;
use crate::spec::Lineage;
use crate::tree::{Existing, ManifestTree, Scope};
use crate::{disk, git};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where it is asked whether a tree is what its sources compile to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drifted {
    /// In the baseline: a tree that is not compiled yet is what the command is there to show.
    OnlyBefore,
    /// Also on disk, for what is going to be merged.
    OnBothSides,
}

/// A project, read from disk.
pub(super) struct Project {
    /// Its directory.
    pub(super) root: PathBuf,
    /// Its spec.
    pub(super) sources: Sources,
    settings: Settings,
}

impl Project {
    /// Finds the project around a directory and reads its spec.
    pub(super) fn open(directory: &Path, settings: Settings, console: &mut Console<'_>) -> Result<Self, ExitCode> {
        let root = disk::find_project(directory).map_err(|error| {
            console.error(&error.to_string(), &[error.help()]);
            ExitCode::Wrong
        })?;
        match disk::read_sources(&root) {
            Ok(sources) => Ok(Self { root, sources, settings }),
            Err(problems) => {
                for problem in problems {
                    console.error(&problem.to_string(), &[problem.help()]);
                }
                Err(ExitCode::Wrong)
            }
        }
    }

    /// Compiles the selected environments and says what there is to be said; fails where something is wrong.
    pub(super) fn compiled(&self, environments: &[String], console: &mut Console<'_>) -> Result<Compiled, ExitCode> {
        let compiled = self.judged(environments, console)?;
        if compiled.is_valid() {
            return Ok(compiled);
        }
        console.message(&format!("{}; nothing was written\n", excerpt::count(&compiled.diagnostics)));
        Err(ExitCode::Wrong)
    }

    /// Compiles the selected environments and says what there is to be said, right or wrong.
    pub(super) fn judged(&self, environments: &[String], console: &mut Console<'_>) -> Result<Compiled, ExitCode> {
        let mut compiled = pipeline::compile(&self.sources, &self.settings);
        self.check_selection(environments, &compiled.lineage, console)?;
        if !environments.is_empty() {
            let left_out = wrong_environments(&compiled, environments);
            compiled = compiled.only(environments);
            if !left_out.is_empty() {
                let names = left_out.into_iter().collect::<Vec<_>>().join(", ");
                let text = format!("note: {names} cannot be compiled, so nothing was checked against it\n");
                console.message(&text);
            }
        }
        console.message(&excerpt::print(&compiled.diagnostics, &self.sources, Style::Colour));
        Ok(compiled)
    }

    /// Reports a selected environment that there is not, and a layer, which renders nothing.
    fn check_selection(
        &self,
        environments: &[String],
        lineage: &Lineage,
        console: &mut Console<'_>,
    ) -> Result<(), ExitCode> {
        let names = self.sources.iter().filter_map(|(_, it)| it.environment());
        let declared: BTreeSet<&str> = names.filter(|it| !lineage.is_layer(it)).collect();
        let mut known = true;
        for name in environments.iter().filter(|it| !declared.contains(it.as_str())) {
            let (problem, help) = if lineage.is_layer(name) {
                let heirs = lineage.heirs(name).join(", ");
                let help = format!("choose the environments that extend it: {heirs}");
                (format!("`{name}` is a layer, which renders nothing"), help)
            } else {
                let help = match suggest::nearest(name, declared.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("environments are {}", declared.iter().copied().collect::<Vec<_>>().join(", ")),
                };
                (format!("no environment is called `{name}`"), help)
            };
            console.error(&problem, &[help]);
            known = false;
        }
        if known { Ok(()) } else { Err(ExitCode::Wrong) }
    }

    /// Returns the part of the tree that a selection answers for.
    pub(super) fn scope(selection: &Selection, compiled: &Compiled) -> Scope {
        if selection.environments.is_empty() {
            return Scope::Everything;
        }
        Scope::Folders(compiled.sets.iter().map(|it| it.environment.namespace.clone()).collect())
    }

    /// Reads what the project was at its baseline; none where it lies in no repository.
    pub(super) fn previous(
        &self,
        selection: &Selection,
        tree: &ManifestTree,
        scope: &Scope,
        console: &mut Console<'_>,
    ) -> Result<Option<Previous>, ExitCode> {
        self.read_previous(selection, tree, scope).map_err(|error| {
            console.error(&error.to_string(), &error.help());
            ExitCode::Failed
        })
    }

    fn read_previous(
        &self,
        selection: &Selection,
        tree: &ManifestTree,
        scope: &Scope,
    ) -> Result<Option<Previous>, git::Error> {
        let Some(repository) = git::Repository::open(&self.root)? else { return Ok(None) };
        let baseline = repository.baseline(selection.base.as_deref())?;
        let previous = Self::at(&repository, baseline, tree, scope)?;
        let (Some(revision), Baseline::Commit { id, .. }) = (&selection.base, &previous.baseline) else {
            return Ok(Some(previous));
        };
        // On a branch that has been merged there is nothing to compare but what was merged last.
        let is_head = match repository.head()? {
            git::Head::Branch { name: _, commit } | git::Head::Detached { commit } => commit == *id,
            git::Head::Unborn { .. } => false,
        };
        let is_clean = previous.tree == *tree && previous.sources.as_ref() == Some(&self.sources);
        if !is_head || !is_clean || revision == "HEAD" {
            return Ok(Some(previous));
        }
        let baseline = repository.first_parent_of_merged(id, "HEAD", revision)?;
        Self::at(&repository, baseline, tree, scope).map(Some)
    }

    /// Reads what the project was at a baseline.
    fn at(
        repository: &git::Repository,
        baseline: Baseline,
        tree: &ManifestTree,
        scope: &Scope,
    ) -> Result<Previous, git::Error> {
        let Baseline::Commit { id, .. } = &baseline else {
            return Ok(Previous {
                baseline,
                tree: ManifestTree::default(),
                sources: None,
                skipped: Vec::new(),
                drifts: Vec::new(),
            });
        };
        let before = repository.baseline_tree(id, tree, scope)?;
        // Lines of what is gone, and what was declared and excused, come from here: a spec that cannot be read costs no
        // more than those.
        let sources = repository.baseline_sources(id).ok().map(|it| it.sources);
        let skipped = before.skipped.iter().map(ToString::to_string).collect();
        let mut previous = Previous { tree: before.whole(tree), baseline, sources, skipped, drifts: Vec::new() };
        match pipeline::drift_of_baseline(&previous, scope) {
            Ok(drifts) => previous.drifts = drifts,
            Err(phrase) => previous.skipped.push(phrase),
        }
        Ok(previous)
    }

    /// Reads the tree as it lies on disk, as far as it is ours.
    fn on_disk(&self, scope: &Scope, console: &mut Console<'_>) -> Result<ManifestTree, ExitCode> {
        let on_disk = disk::read_tree(&self.root).map_err(|error| {
            console.error(&error.to_string(), &[error.help()]);
            ExitCode::Failed
        })?;
        let text = |(path, existing): (String, Existing)| match existing {
            Existing::Ours(bytes) => String::from_utf8(bytes).ok().map(|text| (path, text)),
            Existing::Foreign(_) => None,
        };
        let files = on_disk.entries.into_iter().filter(|(path, _)| scope.contains(path)).filter_map(text).collect();
        Ok(ManifestTree { files })
    }

    /// Takes for compiled what is on disk as `HEAD` has it, where the sources are edited: it only waits for its compile.
    fn judged_on_disk(
        &self,
        on_disk: ManifestTree,
        tree: &ManifestTree,
        scope: &Scope,
    ) -> Result<ManifestTree, git::Error> {
        let Some(repository) = git::Repository::open(&self.root)? else { return Ok(on_disk) };
        let head = match repository.head()? {
            git::Head::Branch { name: _, commit } | git::Head::Detached { commit } => commit,
            git::Head::Unborn { .. } => return Ok(tree.clone()),
        };
        if repository.baseline_sources(&head).is_ok_and(|it| it.sources == self.sources) {
            return Ok(on_disk);
        }
        let committed = repository.baseline_tree(&head, &on_disk, scope)?.whole(&on_disk);
        let mut judged = on_disk.clone();
        for path in tree.files.keys().chain(on_disk.files.keys()) {
            if on_disk.files.get(path) != committed.files.get(path) {
                continue;
            }
            match tree.files.get(path) {
                Some(text) => drop(judged.files.insert(path.clone(), text.clone())),
                None => drop(judged.files.remove(path)),
            }
        }
        Ok(judged)
    }

    /// Compares what was compiled with the baseline.
    pub(super) fn review(
        &self,
        compiled: &Compiled,
        tree: &ManifestTree,
        previous: &Previous,
        detail: Detail,
        console: &mut Console<'_>,
    ) -> Result<Review, ExitCode> {
        pipeline::review(compiled, tree, &self.sources, previous, detail).map_err(|unreadable| {
            for file in unreadable {
                let help = "compare with a commit in which the file is right, with `--base REV`".to_owned();
                console.error(&format!("the baseline cannot be compared: {file}"), &[help]);
            }
            ExitCode::Failed
        })
    }

    /// Compiles a selection and compares it with the baseline, for the commands that write nothing.
    pub(super) fn reviewed(
        &self,
        selection: &Selection,
        drifted: Drifted,
        detail: Detail,
        console: &mut Console<'_>,
    ) -> Result<Review, ExitCode> {
        let compiled = self.compiled(&selection.environments, console)?;
        let tree = compiled.tree();
        let scope = Self::scope(selection, &compiled);
        let Some(mut previous) = self.previous(selection, &tree, &scope, console)? else {
            let help = "run `git init` and commit the project, so that there is something to compare with".to_owned();
            console.error(&format!("`{}` is in no git repository", self.root.display()), &[help]);
            return Err(ExitCode::Failed);
        };
        if drifted == Drifted::OnBothSides {
            let on_disk = self.on_disk(&scope, console)?;
            let judged = self.judged_on_disk(on_disk, &tree, &scope).map_err(|error| {
                console.error(&error.to_string(), &error.help());
                ExitCode::Failed
            })?;
            previous.drifts.extend(pipeline::drift_of_disk(&judged, &compiled, &scope));
        }
        self.review(&compiled, &tree, &previous, detail, console)
    }
}

/// Returns the environments in which something is wrong and that are not selected: node ports, hosts and capacity that
/// they share with the selected ones are not checked.
fn wrong_environments(compiled: &Compiled, selected: &[String]) -> BTreeSet<String> {
    let wrong = compiled.diagnostics.iter().filter(|it| it.is_error()).flat_map(|it| &it.environments);
    wrong.filter(|it| !selected.contains(it)).cloned().collect()
}
