//! What a project compiles to and what it was in, the review of the difference out.

use super::verdicts::{self, Renamed, State};
use super::{Compiled, hidden, manifests, objects, picture};
use crate::change::comparison::{Comparison, EnvironmentComparison};
use crate::change::{Baseline, ChangeSet, Drift, Hidden, Review, Side, SourceLine, WaivedRule};
use crate::object::id::ENVIRONMENT;
use crate::object::{Environment, Object, ObjectId, ObjectSet, Waived};
use crate::snapshot::Unreadable;
use crate::source::{Location, Sources};
use crate::tree::ManifestTree;
use crate::{assess, diff, parse, render, resolve, snapshot};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
    /// Where the tree was not what the spec compiled to, and the new one where it is not.
    pub drifts: Vec<Drift>,
}

/// What else is known of the new state.
pub(super) struct Label<'a> {
    /// What it is called.
    pub(super) head: &'a str,
    /// Where its tree is not what its spec compiles to.
    pub(super) drifts: Vec<Drift>,
    /// How far down the review goes.
    pub(super) detail: Detail,
}

/// How far a review goes; each has what stands above it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// To the fields.
    Fields,
    /// To a picture, for which the objects of both states are related.
    Picture,
    /// To the lines of the rendered files, which takes as long as rendering them.
    Lines,
}

/// Compiles a spec without checking its objects: what the old state of a project is asked for its lines with.
fn lowered(sources: &Sources) -> Vec<ObjectSet> {
    let (parts, _) = parse::project(sources);
    resolve::project(&parts, sources).specs.iter().map(|it| objects(it).0).collect()
}

/// Compares what a project compiles to with what it was, as far down as it is told.
///
/// `tree` is what `compiled` renders to.
pub fn review(
    compiled: &Compiled,
    tree: &ManifestTree,
    sources: &Sources,
    previous: &Previous,
    detail: Detail,
) -> Result<Review, Vec<Unreadable>> {
    compared(compiled, tree, sources, previous, Label { head: "working tree", drifts: Vec::new(), detail })
}

/// The same for a new state of any name.
pub(super) fn compared(
    compiled: &Compiled,
    tree: &ManifestTree,
    sources: &Sources,
    previous: &Previous,
    label: Label<'_>,
) -> Result<Review, Vec<Unreadable>> {
    let is_same = previous.tree == *tree && previous.sources.as_ref().is_none_or(|it| it == sources);
    let before_specs = match &previous.sources {
        Some(sources) if !is_same => lowered(sources),
        Some(_) | None => Vec::new(),
    };
    let after: BTreeMap<&str, &ObjectSet> =
        compiled.sets.iter().map(|it| (it.environment.namespace.as_str(), it)).collect();
    let before_sets = sets_of(&previous.tree, &before_specs, compiled, tree)?;
    let before = moved(&before_sets, &after);
    let gone: BTreeMap<&str, &Environment> = before_sets
        .iter()
        .map(|it| (it.environment.namespace.as_str(), &it.environment))
        .filter(|(folder, _)| before.contains_key(*folder) && !after.contains_key(folder))
        .collect();
    let kept = after.iter().map(|(folder, set)| (*folder, &set.environment, Some(set.objects.as_slice())));
    let gone = gone.iter().map(|(folder, environment)| (*folder, *environment, None));
    let mut environments: Vec<EnvironmentComparison<'_>> = kept
        .chain(gone)
        .map(|(folder, environment, after)| {
            let before = before.get(folder).map(AsRef::as_ref);
            let changes: ChangeSet = diff::objects(before.unwrap_or_default(), after.unwrap_or_default());
            let same = |it: &&ObjectSet| it.environment.name == environment.name;
            let environment_before = before_sets.iter().find(same).map(|it| &it.environment);
            EnvironmentComparison { environment, environment_before, before, after, changes }
        })
        .collect();
    environments.sort_by(|a, b| a.name().cmp(b.name()));
    let old = State { sets: before_sets.iter().collect(), sources: previous.sources.as_ref() };
    let new = State { sets: compiled.sets.iter().collect(), sources: Some(sources) };
    let verdicts = (!is_same).then(|| verdicts::between(&old, &new, &Renamed::of(&environments)));
    let excused = verdicts.as_ref().map(|it| &it.excused);
    let is_first = previous.baseline == Baseline::FirstCompile;
    let excused = excused.filter(|_| !is_first);
    let waived = waived_rules(&compiled.waived, sources, &|it| {
        excused.is_some_and(|excused| !excused.contains(&verdicts::excuse(it)))
    });
    let hidden = if is_same {
        Hidden::default()
    } else {
        hidden::of(&[
            hidden::State {
                side: Side::Before,
                objects: before_sets.iter().flat_map(|it| &it.objects).collect(),
                sources: previous.sources.as_ref(),
            },
            hidden::State {
                side: Side::After,
                objects: compiled.sets.iter().flat_map(|it| &it.objects).collect(),
                sources: Some(sources),
            },
        ])
    };
    let comparison = Comparison {
        app: &compiled.app,
        baseline: previous.baseline.clone(),
        head: label.head,
        environments,
        waived,
        verdicts: verdicts.map(|it| it.changed).unwrap_or_default(),
        drifts: previous.drifts.iter().cloned().chain(label.drifts).collect(),
        hidden,
        sources,
        baseline_sources: previous.sources.as_ref(),
    };
    let mut review = assess::review(&comparison);
    if label.detail >= Detail::Picture {
        review.picture = picture::of(&comparison.environments);
    }
    if label.detail >= Detail::Lines {
        review.manifests = manifests::changes(&comparison, &previous.tree, tree);
    }
    review.not_checked.extend(rules_that_are_off(&compiled.sets));
    review.not_checked.extend(previous.skipped.iter().cloned());
    Ok(review)
}

/// Lays the old objects of an environment that got another namespace beside its new ones: it is one environment, whose
/// objects all go and come.
fn moved<'a>(
    before: &'a [ObjectSet],
    after: &BTreeMap<&'a str, &'a ObjectSet>,
) -> BTreeMap<&'a str, Cow<'a, [Object]>> {
    let mut laid: BTreeMap<&str, Cow<'a, [Object]>> = BTreeMap::new();
    for set in before {
        let folder = set.environment.namespace.as_str();
        let heir = after.values().find(|it| it.environment.name == set.environment.name);
        let place = heir.filter(|_| !after.contains_key(folder)).map_or(folder, |it| &it.environment.namespace);
        match laid.entry(place) {
            Entry::Vacant(entry) => drop(entry.insert(Cow::Borrowed(&set.objects))),
            Entry::Occupied(mut entry) => {
                let objects = entry.get_mut().to_mut();
                objects.extend_from_slice(&set.objects);
                objects.sort_by(|a, b| a.id.cmp(&b.id));
            }
        }
    }
    laid
}

/// Reads the objects of each folder of a tree, with what was declared about them.
///
/// What is the same file in the new tree, that of `compiled`, is not read again. Where the tree's own spec compiles,
/// objects know their lines and what they were excused from; where it does not, they are what the new ones are. The
/// levels of rules are always those of the new spec.
pub(super) fn sets_of(
    of: &ManifestTree,
    specs: &[ObjectSet],
    compiled: &Compiled,
    tree: &ManifestTree,
) -> Result<Vec<ObjectSet>, Vec<Unreadable>> {
    let known: BTreeMap<String, &Object> = by_path(&compiled.sets);
    let spec: BTreeMap<String, &Object> = by_path(specs);
    let mut unreadable = Vec::new();
    let mut folders: BTreeMap<&str, Vec<Object>> = BTreeMap::new();
    for (path, text) in &of.files {
        let new = known.get(path);
        let read = match new.filter(|_| tree.files.get(path) == Some(text)) {
            Some(object) => Ok(Some((*object).clone())),
            None => snapshot::object(path, text),
        };
        match read {
            Ok(Some(object)) => {
                let made = spec.get(path);
                let origins = made.map(|it| it.origins.clone()).unwrap_or_default();
                let maker = made.or(new);
                let component = maker.and_then(|it| it.component.clone());
                let waivers = maker.map(|it| it.waivers.clone()).unwrap_or_default();
                folders.entry(folder(path)).or_default().push(Object { origins, component, waivers, ..object });
            }
            Ok(None) => {}
            Err(error) => unreadable.push(error),
        }
    }
    if !unreadable.is_empty() {
        return Err(unreadable);
    }
    let set = |(folder, mut objects): (&str, Vec<Object>)| {
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        ObjectSet { environment: previous_environment(folder, specs, &compiled.sets), objects }
    };
    Ok(folders.into_iter().map(set).collect())
}

/// What is known of the environment of a folder: what the old spec declared, or else what the new one does, or its name.
fn previous_environment(folder: &str, before: &[ObjectSet], after: &[ObjectSet]) -> Environment {
    let declared =
        |sets: &[ObjectSet]| sets.iter().map(|it| &it.environment).find(|it| it.namespace == folder).cloned();
    let mut environment =
        declared(before).or_else(|| declared(after)).unwrap_or_else(|| Environment::undeclared(folder));
    if let Some(heir) = after.iter().find(|it| it.environment.name == environment.name) {
        environment.policy = heir.environment.policy.clone();
    }
    environment
}

fn by_path(sets: &[ObjectSet]) -> BTreeMap<String, &Object> {
    let paths = sets
        .iter()
        .flat_map(|set| set.objects.iter().map(move |it| (render::path(&it.id, &set.environment.namespace), it)));
    paths.collect()
}

fn folder(path: &str) -> &str {
    path.split_once('/').map_or(path, |(folder, _)| folder)
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
fn waived_rules(waived: &[Waived], sources: &Sources, is_new: &dyn Fn(&Waived) -> bool) -> Vec<WaivedRule> {
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
            new: is_new(it),
        };
        let same = |known: &&mut WaivedRule| {
            let of_both = [&known.object.kind, &rule.object.kind].iter().all(|it| *it == ENVIRONMENT);
            (&known.code, &known.source, known.new) == (&rule.code, &rule.source, rule.new)
                && (of_both || known.object == rule.object)
        };
        match rules.iter_mut().find(same) {
            Some(known) => known.environments.extend(rule.environments),
            None => rules.push(rule),
        }
    }
    rules
}
