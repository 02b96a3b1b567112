//! The project that a command works on: its sources, what they compile to, and what it was at its baseline.

use super::arguments::Selection;
use super::{Console, ExitCode};
use crate::change::{Baseline, Review};
use crate::diagnostic::excerpt::{self, Style};
use crate::diagnostic::suggest;
use crate::pipeline::{self, Compiled, Detail, Previous, Settings};
use crate::source::Sources;
use crate::spec::Lineage;
use crate::tree::{ManifestTree, Scope};
use crate::{disk, git};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
        let Baseline::Commit { id, .. } = &baseline else {
            return Ok(Some(Previous { baseline, tree: ManifestTree::default(), sources: None, skipped: Vec::new() }));
        };
        let before = repository.baseline_tree(id, tree, scope)?;
        // Lines of what is gone, and what was declared and excused, come from here: a spec that cannot be read costs no
        // more than those.
        let sources = repository.baseline_sources(id).ok().map(|it| it.sources);
        let skipped = before.skipped.iter().map(ToString::to_string).collect();
        Ok(Some(Previous { tree: before.whole(tree), baseline, sources, skipped }))
    }

    /// Returns where the project lies in its repository: `apps/todo/`, or nothing where it is the whole repository.
    pub(super) fn place_in_repository(&self, console: &mut Console<'_>) -> Result<String, ExitCode> {
        let opened = git::Repository::open(&self.root).map_err(|error| {
            console.error(&error.to_string(), &error.help());
            ExitCode::Failed
        })?;
        Ok(opened.map(|it| it.prefix().to_owned()).unwrap_or_default())
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
        pipeline::detailed_review(compiled, tree, &self.sources, previous, detail).map_err(|unreadable| {
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
        detail: Detail,
        console: &mut Console<'_>,
    ) -> Result<Review, ExitCode> {
        let compiled = self.compiled(&selection.environments, console)?;
        let tree = compiled.tree();
        let scope = Self::scope(selection, &compiled);
        let Some(previous) = self.previous(selection, &tree, &scope, console)? else {
            let help = "run `git init` and commit the project, so that there is something to compare with".to_owned();
            console.error(&format!("`{}` is in no git repository", self.root.display()), &[help]);
            return Err(ExitCode::Failed);
        };
        self.review(&compiled, &tree, &previous, detail, console)
    }
}

/// Returns the environments in which something is wrong and that are not selected: node ports, hosts and capacity that
/// they share with the selected ones are not checked.
fn wrong_environments(compiled: &Compiled, selected: &[String]) -> BTreeSet<String> {
    let wrong = compiled.diagnostics.iter().filter(|it| it.is_error()).flat_map(|it| &it.environments);
    wrong.filter(|it| !selected.contains(it)).cloned().collect()
}
