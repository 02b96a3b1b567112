//! A committed tree and the sources beside it in, what the one holds and the others do not compile to out.

use super::{Compiled, Previous, Settings, compile, hidden};
use crate::change::{Drift, Side};
use crate::object::{Environment, Object};
use crate::source::Sources;
use crate::tree::{ManifestTree, Scope};
use crate::{diff, snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Compares the tree of the baseline with what the sources of the baseline compile to.
///
/// What is said where they do not compile is for those who read what was not checked.
pub fn drift_of_baseline(previous: &Previous, scope: &Scope) -> Result<Vec<Drift>, String> {
    let Some(sources) = &previous.sources else { return Ok(Vec::new()) };
    Ok(drift(Side::Before, &previous.tree, &compiled_at(sources, "the baseline")?, scope))
}

/// Compares the tree on disk with what the sources beside it compile to.
pub fn drift_of_disk(on_disk: &ManifestTree, compiled: &Compiled, scope: &Scope) -> Vec<Drift> {
    drift(Side::After, on_disk, compiled, scope)
}

/// Compares a tree with what the sources beside it compile to; files that are the same are not read.
///
/// A tree that cannot be read is an error of the review, which reads it too.
pub(super) fn drift(side: Side, tree: &ManifestTree, compiled: &Compiled, scope: &Scope) -> Vec<Drift> {
    let expected = compiled.tree();
    let differing = |it: &&String| scope.contains(it) && tree.files.get(*it) != expected.files.get(*it);
    let paths: BTreeSet<&String> = tree.files.keys().chain(expected.files.keys()).filter(differing).collect();
    let folder = |path: &str| path.split_once('/').map_or(path, |(folder, _)| folder).to_owned();
    let mut folders: BTreeMap<String, (Vec<Object>, Vec<Object>)> = BTreeMap::new();
    for path in paths {
        let read = |tree: &ManifestTree| tree.files.get(path).map(|text| snapshot::object(path, text));
        let (made, found) = folders.entry(folder(path)).or_default();
        for (tree, objects) in [(&expected, made), (tree, found)] {
            if let Some(Ok(Some(object))) = read(tree) {
                objects.push(object);
            }
        }
    }
    let mut drifts = Vec::new();
    for (folder, (mut made, mut found)) in folders {
        made.sort_by(|a, b| a.id.cmp(&b.id));
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let declared = compiled.sets.iter().map(|it| &it.environment).find(|it| it.namespace == folder);
        let environment = declared.cloned().unwrap_or_else(|| Environment::undeclared(&folder)).name;
        let changes = diff::objects(&made, &found).changes;
        let hidden = hidden::of(&[
            hidden::State { side: Side::Before, objects: made.iter().collect(), sources: None },
            hidden::State { side: Side::After, objects: found.iter().collect(), sources: None },
        ]);
        let drift = |change| Drift { side, environment: environment.clone(), change, hidden: hidden.clone() };
        drifts.extend(changes.into_iter().map(drift));
    }
    drifts
}

/// Compiles the sources of a commit.
pub(super) fn compiled_at(sources: &Sources, commit: &str) -> Result<Compiled, String> {
    let compiled = compile(sources, &Settings::default());
    if compiled.is_valid() {
        return Ok(compiled);
    }
    Err(format!("whether the tree of {commit} is what its sources compile to: they do not compile"))
}
