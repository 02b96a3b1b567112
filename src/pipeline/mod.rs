//! The order of the stages, and nothing else: [`compile`] here, [`review`](fn@review) in the file of that name.

mod review;

pub use review::{Previous, review};

use crate::diagnostic::house_rule::UNUSED_WAIVER;
use crate::diagnostic::{self, Diagnostic};
use crate::object::{ObjectSet, Waived};
use crate::source::Sources;
use crate::spec::{Part, Spec};
use crate::tree::ManifestTree;
use crate::{lower, parse, patch, render, resolve, validate};
use std::collections::BTreeSet;

/// What the sources of a project compile to.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The app's name; empty where no environment is right.
    pub app: String,
    /// The objects of each environment, by its name; without those in which something is wrong.
    pub sets: Vec<ObjectSet>,
    /// What is wrong and what is worth a look, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// House rules that are broken and excused.
    pub waived: Vec<Waived>,
}

impl Compiled {
    /// True where nothing is wrong.
    pub fn is_valid(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Renders the objects of every environment.
    pub fn tree(&self) -> ManifestTree {
        let mut tree = ManifestTree::default();
        for set in &self.sets {
            tree.files.extend(render::tree(set).files);
        }
        tree
    }

    /// Keeps only the named environments, and what is said about them or about the project as a whole.
    #[must_use]
    pub fn only(mut self, environments: &[String]) -> Self {
        self.sets.retain(|it| environments.contains(&it.environment.name));
        self.diagnostics
            .retain(|it| it.environments.is_empty() || it.environments.iter().any(|name| environments.contains(name)));
        self.waived.retain(|it| environments.contains(&it.environment));
        self
    }
}

/// Compiles a project: everything but writing it down.
pub fn compile(sources: &Sources) -> Compiled {
    let (parts, mut diagnostics) = parse::project(sources);
    let Some(parts) = resolvable(parts, &mut diagnostics, sources) else {
        return Compiled { diagnostics: diagnostic::sorted(diagnostics), ..Compiled::default() };
    };
    let project = resolve::project(&parts, sources);
    let app = project.specs.first().map(|it| it.app.name.value.clone()).unwrap_or_default();
    let mut waived = project.waived;
    diagnostics.extend(project.diagnostics);
    let mut sets = Vec::new();
    for spec in &project.specs {
        let (set, found) = objects(spec);
        diagnostics.extend(found);
        sets.push(set);
    }
    for set in &sets {
        let outcome = validate::environment(set);
        diagnostics.extend(outcome.diagnostics);
        diagnostics.extend(render::collisions(set));
        waived.extend(outcome.waived);
    }
    diagnostics.extend(validate::cluster(&sets.iter().collect::<Vec<_>>()));
    let all: Vec<&str> = project.environments.iter().map(String::as_str).collect();
    let mut diagnostics = diagnostic::generalised(diagnostic::sorted(diagnostics), &all);
    // A waiver of the base is needed where one environment needs it.
    diagnostics.retain(|it| it.code != UNUSED_WAIVER || it.environments.is_empty() || !is_in_base(it, sources));
    Compiled { app, sets, diagnostics, waived }
}

/// Makes the objects of one environment.
fn objects(spec: &Spec) -> (ObjectSet, Vec<Diagnostic>) {
    patch::objects(lower::objects(spec), &spec.patches)
}

fn is_in_base(diagnostic: &Diagnostic, sources: &Sources) -> bool {
    diagnostic.labels.first().is_some_and(|it| sources.file(it.span.file).name.starts_with("base/"))
}

/// Returns the parts that can be resolved; none where a file of the base is wrong, or every environment.
///
/// With a file missing, resolving would report what that file says as absent. So an environment with a wrong file is left
/// out as a whole, and does not hold up the others.
fn resolvable(parts: Vec<Part>, diagnostics: &mut [Diagnostic], sources: &Sources) -> Option<Vec<Part>> {
    let place = |it: &Diagnostic| it.labels.first().and_then(|label| sources.file(label.span.file).environment());
    let wrong: Option<BTreeSet<&str>> = diagnostics.iter().filter(|it| it.is_error()).map(place).collect();
    let wrong = wrong?;
    if wrong.is_empty() {
        return Some(parts);
    }
    let environment = |it: &Part| sources.file(it.file).environment();
    let left: Vec<Part> =
        parts.into_iter().filter(|it| environment(it).is_none_or(|name| !wrong.contains(name))).collect();
    if !left.iter().any(|it| environment(it).is_some()) {
        return None;
    }
    for diagnostic in diagnostics {
        diagnostic.environments.extend(place(diagnostic).map(str::to_owned));
    }
    Some(left)
}
