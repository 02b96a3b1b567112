//! What a project compiles to and what it was in, the review of the difference out.

use super::{Compiled, manifests, objects};
use crate::change::comparison::{Comparison, EnvironmentComparison};
use crate::change::{Baseline, ChangeSet, Review, SourceLine, WaivedRule};
use crate::object::id::ENVIRONMENT;
use crate::object::{Environment, Object, ObjectId, ObjectSet, Waived};
use crate::snapshot::Unreadable;
use crate::source::{Location, Sources};
use crate::tree::ManifestTree;
use crate::{assess, diff, parse, render, resolve, snapshot};
use std::collections::BTreeMap;

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

/// How far down a review goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// To the fields.
    Fields,
    /// To the lines of the rendered files, which takes as long as rendering them.
    Lines,
}

/// Compiles a spec without checking its objects: what the old state of a project is asked for its lines with.
fn lowered(sources: &Sources) -> Vec<ObjectSet> {
    let (parts, _) = parse::project(sources);
    resolve::project(&parts, sources).specs.iter().map(|it| objects(it).0).collect()
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
    detailed_review(compiled, tree, sources, previous, Detail::Fields)
}

/// Compares as [`review`](fn@review) does, and goes as far down as it is told.
pub fn detailed_review(
    compiled: &Compiled,
    tree: &ManifestTree,
    sources: &Sources,
    previous: &Previous,
    detail: Detail,
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
    let comparison = Comparison {
        app: &compiled.app,
        baseline: previous.baseline.clone(),
        head: "working tree",
        environments,
        waived,
        sources,
        baseline_sources: previous.sources.as_ref(),
    };
    let mut review = assess::review(&comparison);
    match detail {
        Detail::Fields => {}
        Detail::Lines => review.manifests = manifests::changes(&comparison, &previous.tree, tree),
    }
    review.not_checked.extend(rules_that_are_off(&compiled.sets));
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

/// Names the house rules that an environment does not have checked, with the environments.
fn rules_that_are_off(sets: &[ObjectSet]) -> Vec<String> {
    let mut rules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for environment in sets.iter().map(|it| &it.environment) {
        for rule in environment.policy.off() {
            rules.entry(rule).or_default().push(&environment.name);
        }
    }
    rules.into_iter().map(|(rule, names)| format!("house rule {rule} (off in {})", names.join(" and "))).collect()
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
            until: it.waiver.until.as_ref().map(|it| it.value),
            source: SourceLine { file, line, removed: false },
        };
        let same = |known: &&mut WaivedRule| {
            let of_both = [&known.object.kind, &rule.object.kind].iter().all(|it| *it == ENVIRONMENT);
            (&known.code, &known.source) == (&rule.code, &rule.source) && (of_both || known.object == rule.object)
        };
        match rules.iter_mut().find(same) {
            Some(known) => known.environments.extend(rule.environments),
            None => rules.push(rule),
        }
    }
    rules
}
