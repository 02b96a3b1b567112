//! Objects that went and objects that came in, those that are one object under another name out.
//!
//! - A workload takes the place of another of its namespace that has its name or runs its image, or whose selector
//!   matches its pods, where their pods are much alike; of `apps`, the kind may differ.
//! - A ConfigMap or Secret takes the place of one whose name differs in the content hash at its end, or that holds much
//!   the same.
//! - Anything else takes the place of its likeness where its name only follows a renamed workload, or where nothing in it
//!   that names it changed with its name.
//! - An object of another namespace takes the place of its likeness of the same kind and name.
//!
//! Each object has one partner at most, the most alike first; of equals, the first by name. Which side is the old one
//! does not count. What holds data or other objects has no partner, since these do not move with a name: Namespaces,
//! claims, volumes, definitions.
//!
//! Only objects with something rare in common are compared, so that a large tree costs no more than its size.

mod likeness;
mod name;

use super::tree;
use crate::change::{ChangeSet, Operation, Rename};
use crate::object::Object;
use likeness::{Likeness, Traits};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A trait that more objects of one side have tells nothing of them.
const RARE: usize = 8;

/// Kinds that hold what does not move to another name.
const HOLDERS: [&str; 4] = ["CustomResourceDefinition", "Namespace", "PersistentVolume", "PersistentVolumeClaim"];

/// Pairs the objects that a change set removes with those that it creates, in the order of the created ones.
pub(super) fn pairs(changes: &ChangeSet, before: &[Object], after: &[Object]) -> Vec<Rename> {
    let gone = with_operation(changes, Operation::Delete, before);
    let come = with_operation(changes, Operation::Create, after);
    if gone.is_empty() || come.is_empty() {
        return Vec::new();
    }
    let gone: Vec<Traits<'_>> = gone.into_iter().map(Traits::of).collect();
    let come: Vec<Traits<'_>> = come.into_iter().map(Traits::of).collect();
    let rare = with_rare_traits(&gone, &come);
    let anchors = best(&gone, &come, &rare, likeness::of_workloads);
    let names: Vec<(&str, &str)> = anchors.iter().map(|(old, new)| (gone[*old].name(), come[*new].name())).collect();
    let following = followers(&gone, &come, &names);
    let others = best(&gone, &come, &(&rare | &following), |old, new| likeness::of_others(old, new, &names));
    let mut renames: Vec<Rename> = anchors
        .into_iter()
        .chain(others)
        .map(|(old, new)| {
            let (old, new) = (gone[old].object, come[new].object);
            Rename { before: old.id.clone(), after: new.id.clone(), fields: tree::fields(old, new) }
        })
        .collect();
    renames.sort_by(|a, b| a.after.cmp(&b.after));
    renames
}

fn with_operation<'a>(changes: &ChangeSet, operation: Operation, objects: &'a [Object]) -> Vec<&'a Object> {
    let ids = changes.changes.iter().filter(|it| it.operation == operation).map(|it| &it.id);
    let found = ids.filter_map(|id| objects.binary_search_by(|it| it.id.cmp(id)).ok().map(|index| &objects[index]));
    found.filter(|it| !HOLDERS.contains(&it.id.kind.as_str())).collect()
}

/// Returns the pairs that are most alike, each object once.
fn best(
    gone: &[Traits<'_>],
    come: &[Traits<'_>],
    compared: &BTreeSet<(usize, usize)>,
    likeness: impl Fn(&Traits<'_>, &Traits<'_>) -> Option<Likeness>,
) -> Vec<(usize, usize)> {
    let mut candidates = Vec::new();
    for &(old, new) in compared {
        if let Some(likeness) = likeness(&gone[old], &come[new]) {
            let (left, right) = (&gone[old].object.id, &come[new].object.id);
            // The same whichever of the two went.
            let names = if left <= right { (left, right) } else { (right, left) };
            candidates.push((Reverse(likeness), names, old, new));
        }
    }
    candidates.sort_unstable();
    let (mut used_old, mut used_new) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, _, old, new) in candidates {
        if !used_old.contains(&old) && !used_new.contains(&new) {
            used_old.insert(old);
            used_new.insert(new);
            pairs.push((old, new));
        }
    }
    pairs
}

/// Returns the pairs that have a trait in common which few others have.
fn with_rare_traits(gone: &[Traits<'_>], come: &[Traits<'_>]) -> BTreeSet<(usize, usize)> {
    type Holders = (Vec<usize>, Vec<usize>);
    let mut holders: BTreeMap<&str, Holders> = BTreeMap::new();
    for (index, it) in gone.iter().enumerate() {
        it.tokens.iter().for_each(|token| holders.entry(token).or_default().0.push(index));
    }
    for (index, it) in come.iter().enumerate() {
        it.tokens.iter().for_each(|token| holders.entry(token).or_default().1.push(index));
    }
    let rare = holders.values().filter(|(old, new)| old.len() <= RARE && new.len() <= RARE);
    rare.flat_map(|(old, new)| old.iter().flat_map(move |old| new.iter().map(move |new| (*old, *new)))).collect()
}

/// Returns the pairs whose names differ as those of a renamed workload do.
fn followers(gone: &[Traits<'_>], come: &[Traits<'_>], renamed: &[(&str, &str)]) -> BTreeSet<(usize, usize)> {
    let mut workloads: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in renamed {
        workloads.entry(from).or_default().push(to);
    }
    let mut by_name: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, it) in come.iter().enumerate() {
        by_name.entry((&it.object.id.kind, it.name())).or_default().push(index);
    }
    let mut pairs = BTreeSet::new();
    for (old, it) in gone.iter().enumerate() {
        for part in name::parts(it.name()) {
            for to in workloads.get(part).into_iter().flatten() {
                let name = name::replaced(it.name(), part, to);
                let found = by_name.get(&(it.object.id.kind.as_str(), name.as_str()));
                pairs.extend(found.into_iter().flatten().map(|new| (old, *new)));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests;
