//! The order of the stages, and nothing else.

use crate::change::comparison::{Comparison, EnvironmentComparison};
use crate::change::{Baseline, ChangeSet, Review, SourceLine, WaivedRule};
use crate::diagnostic::house_rule::UNUSED_WAIVER;
use crate::diagnostic::{self, Diagnostic};
use crate::object::{Environment, Object, ObjectId, ObjectSet, Waived};
use crate::snapshot::Unreadable;
use crate::source::{Location, Sources};
use crate::spec::Part;
use crate::tree::ManifestTree;
use crate::{assess, diff, lower, parse, render, resolve, snapshot, validate};
use std::collections::{BTreeMap, BTreeSet};

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

/// What a project was at its baseline.
#[derive(Clone, Debug)]
pub struct Previous {
    /// How the baseline was chosen.
    pub baseline: Baseline,
    /// The tree that was committed.
    pub tree: ManifestTree,
    /// The spec that was committed, where it can be read.
    pub sources: Option<Sources>,
    /// What the tree held and is not compared, one phrase each.
    pub skipped: Vec<String>,
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
    let sets: Vec<ObjectSet> = project.specs.iter().map(lower::objects).collect();
    let mut waived = project.waived;
    diagnostics.extend(project.diagnostics);
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

/// Compiles a spec without checking its objects: what the old state of a project is asked for its lines with.
fn lowered(sources: &Sources) -> Vec<ObjectSet> {
    let (parts, _) = parse::project(sources);
    resolve::project(&parts, sources).specs.iter().map(lower::objects).collect()
}

/// Compares what a project compiles to with what it was.
///
/// `tree` is what `compiled` renders to.
pub fn review(
    compiled: &Compiled,
    tree: &ManifestTree,
    sources: &Sources,
    previous: &Previous,
) -> Result<Review, Vec<Unreadable>> {
    let before_sets = match &previous.sources {
        Some(sources) if previous.tree != *tree => lowered(sources),
        Some(_) | None => Vec::new(),
    };
    let after: BTreeMap<&str, &ObjectSet> =
        compiled.sets.iter().map(|it| (it.environment.namespace.as_str(), it)).collect();
    let before = moved(previous_objects(compiled, tree, previous, &before_sets)?, &after, &before_sets);
    let gone: BTreeMap<&str, Environment> = before
        .keys()
        .filter(|folder| !after.contains_key(folder.as_str()))
        .map(|folder| (folder.as_str(), removed_environment(folder, &before_sets)))
        .collect();
    let kept = after.iter().map(|(folder, set)| (*folder, &set.environment, Some(set.objects.as_slice())));
    let gone = gone.iter().map(|(folder, environment)| (*folder, environment, None));
    let mut environments: Vec<EnvironmentComparison<'_>> = kept
        .chain(gone)
        .map(|(folder, environment, after)| {
            let before = before.get(folder).map(Vec::as_slice);
            let changes: ChangeSet = diff::objects(before.unwrap_or_default(), after.unwrap_or_default());
            EnvironmentComparison { environment, before, after, changes }
        })
        .collect();
    environments.sort_by(|a, b| a.name().cmp(b.name()));
    let waived = waived_rules(&compiled.waived, sources);
    let mut review = assess::review(&Comparison {
        app: &compiled.app,
        baseline: previous.baseline.clone(),
        head: "working tree",
        environments,
        waived,
        sources,
        baseline_sources: previous.sources.as_ref(),
    });
    review.not_checked.extend(previous.skipped.iter().cloned());
    Ok(review)
}

/// Lays the old objects of an environment that got another namespace beside its new ones: it is one environment, whose
/// objects all go and come.
fn moved(
    before: BTreeMap<String, Vec<Object>>,
    after: &BTreeMap<&str, &ObjectSet>,
    before_sets: &[ObjectSet],
) -> BTreeMap<String, Vec<Object>> {
    let mut laid: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    for (folder, objects) in before {
        let old = before_sets.iter().map(|it| &it.environment).find(|it| it.namespace == folder);
        let heir = old.and_then(|old| after.values().find(|it| it.environment.name == old.name));
        let place =
            heir.filter(|_| !after.contains_key(folder.as_str())).map_or(folder, |it| it.environment.namespace.clone());
        let objects_there = laid.entry(place).or_default();
        objects_there.extend(objects);
        objects_there.sort_by(|a, b| a.id.cmp(&b.id));
    }
    laid
}

/// Reads the old objects of each folder. What is the same file in both trees is not read again, and where the old spec
/// compiles, old objects know their lines.
fn previous_objects(
    compiled: &Compiled,
    tree: &ManifestTree,
    previous: &Previous,
    before_sets: &[ObjectSet],
) -> Result<BTreeMap<String, Vec<Object>>, Vec<Unreadable>> {
    let known: BTreeMap<String, &Object> = by_path(&compiled.sets);
    let spec: BTreeMap<String, &Object> = by_path(before_sets);
    let origins = |path: &str| spec.get(path).map(|it| it.origins.clone()).unwrap_or_default();
    let mut unreadable = Vec::new();
    let mut folders: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    for (path, text) in &previous.tree.files {
        let same = known.get(path).filter(|_| tree.files.get(path) == Some(text));
        let read = match same {
            Some(object) => Ok(Some((*object).clone())),
            None => snapshot::object(path, text),
        };
        match read {
            Ok(Some(object)) => {
                folders.entry(folder(path)).or_default().push(Object { origins: origins(path), ..object });
            }
            Ok(None) => {}
            Err(error) => unreadable.push(error),
        }
    }
    for objects in folders.values_mut() {
        objects.sort_by(|a, b| a.id.cmp(&b.id));
    }
    if unreadable.is_empty() { Ok(folders) } else { Err(unreadable) }
}

fn by_path(sets: &[ObjectSet]) -> BTreeMap<String, &Object> {
    let paths = sets
        .iter()
        .flat_map(|set| set.objects.iter().map(move |it| (render::path(&it.id, &set.environment.namespace), it)));
    paths.collect()
}

fn folder(path: &str) -> String {
    path.split_once('/').map_or(path, |(folder, _)| folder).to_owned()
}

/// What is known of an environment that is gone: what the old spec declared, or else the name of its folder.
fn removed_environment(folder: &str, before_sets: &[ObjectSet]) -> Environment {
    let declared = before_sets.iter().map(|it| &it.environment).find(|it| it.namespace == folder);
    declared.cloned().unwrap_or_else(|| Environment::undeclared(folder))
}

/// Turns broken and excused rules into lines of the review, one for all environments in which they are the same.
fn waived_rules(waived: &[Waived], sources: &Sources) -> Vec<WaivedRule> {
    let mut rules: Vec<WaivedRule> = Vec::new();
    for it in waived {
        let Location { file, line, .. } = sources.location(it.waiver.span);
        let rule = WaivedRule {
            code: it.code.name.to_owned(),
            environments: vec![it.environment.clone()],
            // One object of each environment stands for all of them.
            object: ObjectId { namespace: None, ..it.object.clone() },
            reason: it.waiver.reason.clone(),
            source: SourceLine { file, line, removed: false },
        };
        let same = |known: &&mut WaivedRule| {
            (&known.code, &known.object, &known.source) == (&rule.code, &rule.object, &rule.source)
        };
        match rules.iter_mut().find(same) {
            Some(known) => known.environments.extend(rule.environments),
            None => rules.push(rule),
        }
    }
    rules
}
