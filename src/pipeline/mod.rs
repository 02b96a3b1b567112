//! The order of the stages, and nothing else: [`compile`] here, [`parity`] too, [`review`](fn@review) in the file of that name.

mod committed;
mod drift;
mod hidden;
mod manifests;
mod picture;
mod review;
mod verdicts;

pub use committed::{Committed, folders, review_committed};
pub use drift::{drift_of_baseline, drift_of_disk};
pub use review::{Detail, Previous, review};

use crate::diagnostic::house_rule::UNUSED_WAIVER;
use crate::diagnostic::{self, Diagnostic};
use crate::graph::Graph;
use crate::object::{Date, ObjectSet, Waived};
use crate::parity::{Parity, Rows};
use crate::source::Sources;
use crate::spec::{Lineage, Part, Spec};
use crate::tree::ManifestTree;
use crate::{align, lower, parse, patch, relate, render, resolve, validate};
use std::collections::BTreeSet;

/// What a compile is told besides the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The day on which waivers are asked whether they have ended; none where they are not asked.
    ///
    /// It decides what is said and never what is rendered.
    pub today: Option<Date>,
}

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
    /// Who inherits from whom.
    pub lineage: Lineage,
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

    /// Relates the objects of every environment to each other.
    pub fn graphs(&self) -> Vec<Graph> {
        self.sets.iter().map(relate::graph).collect()
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
pub fn compile(sources: &Sources, settings: &Settings) -> Compiled {
    let (parts, mut diagnostics) = parse::project(sources);
    let lineage = Lineage::of(&parts);
    let Some(parts) = resolvable(parts, &lineage, &mut diagnostics, sources) else {
        return Compiled { diagnostics: diagnostic::sorted(diagnostics), lineage, ..Compiled::default() };
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
    let outcome = validate::project(&sets.iter().collect::<Vec<_>>());
    diagnostics.extend(outcome.diagnostics);
    waived.extend(outcome.waived);
    diagnostics.extend(sets.iter().flat_map(|it| validate::unused(it, &waived)));
    diagnostics.extend(settings.today.into_iter().flat_map(|it| validate::ends(&waived, it)));
    let all: Vec<&str> = project.environments.iter().map(String::as_str).collect();
    let mut diagnostics = diagnostic::generalised(diagnostic::sorted(diagnostics), &all);
    // A waiver that several environments have is needed where one of them needs it.
    diagnostics.retain(|it| it.code != UNUSED_WAIVER || is_said_of_all(it, &lineage, sources));
    Compiled { app, sets, diagnostics, waived, lineage }
}

/// Makes the objects of one environment.
fn objects(spec: &Spec) -> (ObjectSet, Vec<Diagnostic>) {
    patch::objects(lower::objects(spec), &spec.patches)
}

/// True for a message that was found in every environment to which its line applies.
fn is_said_of_all(diagnostic: &Diagnostic, lineage: &Lineage, sources: &Sources) -> bool {
    let Some(label) = diagnostic.labels.first().filter(|_| !diagnostic.environments.is_empty()) else { return true };
    let owner = sources.file(label.span.file).environment();
    owner.is_some_and(|it| lineage.heirs(it).iter().all(|heir| diagnostic.environments.contains(heir)))
}

/// Lays what a project compiles to beside each other, environment by environment.
pub fn parity(compiled: &Compiled, sources: &Sources, rows: Rows) -> Parity {
    align::environments(&compiled.app, &compiled.sets, sources, rows)
}

/// Returns the parts that can be resolved; none where a file of the base is wrong, or every environment.
///
/// With a file missing, resolving would report what that file says as absent. So an environment with a wrong file is left
/// out as a whole, with all that extend it, and does not hold up the others.
fn resolvable(
    parts: Vec<Part>,
    lineage: &Lineage,
    diagnostics: &mut [Diagnostic],
    sources: &Sources,
) -> Option<Vec<Part>> {
    let place = |it: &Diagnostic| it.labels.first().and_then(|label| sources.file(label.span.file).environment());
    let wrong: Option<BTreeSet<&str>> = diagnostics.iter().filter(|it| it.is_error()).map(place).collect();
    let wrong = wrong?;
    if wrong.is_empty() {
        return Some(parts);
    }
    let affected: BTreeSet<String> = wrong.iter().flat_map(|it| lineage.heirs(it)).collect();
    let is_left = |it: &Part| {
        let name = sources.file(it.file).environment();
        name.is_none_or(|name| !wrong.contains(name) && !affected.contains(name))
    };
    let left: Vec<Part> = parts.into_iter().filter(|it| is_left(it)).collect();
    let has_environments = left.iter().flat_map(|it| &it.nodes).any(|it| it.rule.name == "environment");
    if !has_environments {
        return None;
    }
    for diagnostic in diagnostics {
        if let Some(name) = place(diagnostic) {
            // What cannot be read may be a layer or an environment; its name is all that is known.
            let mut environments = lineage.heirs(name);
            environments.push(name.to_owned());
            environments.sort();
            environments.dedup();
            diagnostic.environments = environments;
        }
    }
    Some(left)
}
