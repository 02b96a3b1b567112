//! Two versions of one list in, the items that belong together out.

use crate::object::list_key::{self, ListKey, Schema};
use crate::object::{FieldPath, normal_form};
use serde_json::Value;
use std::collections::BTreeMap;

/// Which items belong together.
pub(super) enum Pairing {
    /// Positions in the old and in the new list: both for a kept item, one for an added or removed item. Of a list
    /// whose order has a meaning, the kept items stand in the same order in both.
    Items(Vec<Pair>),
    /// Kept items of a list whose order has a meaning stand in another order: the list is one value.
    Reordered,
}

type Pair = (Option<usize>, Option<usize>);

/// Whether items of another name may be the same item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// A name is a name: an item of another one is another item.
    Kept,
    /// The object has another name, and what is in it may follow: the last item without a partner is the other's.
    Changed,
}

/// Pairs the items of the list at `path`.
pub(super) fn pair(schema: Schema, names: Names, path: &FieldPath, before: &[Value], after: &[Value]) -> Pairing {
    let same = |old: usize, new: usize| normal_form::same_at(schema, &path.index(0), &before[old], &after[new]);
    let keyed = by_key(path, before, after);
    if !list_key::has_meaningful_order(schema, path) {
        let is_named_alike = |old: usize, new: usize| {
            names == Names::Changed || list_key::of_item(path, &before[old]) == list_key::of_item(path, &after[new])
        };
        let mut kept = unordered(keyed, before.len(), after.len(), same, is_named_alike);
        kept.sort_unstable();
        if list_key::has_order(schema, path) && !kept.is_sorted_by_key(|(_, new)| *new) {
            return Pairing::Reordered;
        }
        return Pairing::Items(complete(before.len(), after.len(), kept));
    }
    // Only a list in which every item has a name of its own can be read by names.
    let has_names =
        matches!(list_key::of_list(path), ListKey::Fields(_)) && names_all(path, before) && names_all(path, after);
    if !has_names {
        return Pairing::Items(by_position(before.len(), after.len(), same));
    }
    let mut in_order = keyed;
    in_order.sort_unstable();
    if in_order.is_sorted_by_key(|(_, new)| *new) {
        Pairing::Items(complete(before.len(), after.len(), in_order))
    } else {
        Pairing::Reordered
    }
}

/// Pairs items whose key is unique in both lists.
fn by_key(path: &FieldPath, before: &[Value], after: &[Value]) -> Vec<(usize, usize)> {
    let (old, new) = (unique_keys(path, before), unique_keys(path, after));
    old.iter().filter_map(|(key, index)| Some(((*index)?, (*new.get(key)?)?))).collect()
}

/// Returns the position of each key; none for a key that several items have.
fn unique_keys(path: &FieldPath, items: &[Value]) -> BTreeMap<String, Option<usize>> {
    let mut keys: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(key) = list_key::of_item(path, item) {
            keys.entry(key).and_modify(|it| *it = None).or_insert(Some(index));
        }
    }
    keys
}

fn names_all(path: &FieldPath, items: &[Value]) -> bool {
    unique_keys(path, items).values().flatten().count() == items.len()
}

/// Adds to the keyed pairs the items that are equal, and then a last item on each side, which has then changed, unless
/// its name says that it is another.
fn unordered(
    mut pairs: Vec<(usize, usize)>,
    old_count: usize,
    new_count: usize,
    same: impl Fn(usize, usize) -> bool,
    is_named_alike: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut old: Vec<usize> = (0..old_count).filter(|it| pairs.iter().all(|(old, _)| old != it)).collect();
    let mut new: Vec<usize> = (0..new_count).filter(|it| pairs.iter().all(|(_, new)| new != it)).collect();
    old.retain(|&left| match new.iter().position(|&right| same(left, right)) {
        Some(at) => {
            pairs.push((left, new.remove(at)));
            false
        }
        None => true,
    });
    if let ([left], [right]) = (old.as_slice(), new.as_slice())
        && is_named_alike(*left, *right)
    {
        pairs.push((*left, *right));
    }
    pairs
}

/// Pairs equal items at both ends, and what is between them by position.
fn by_position(old_count: usize, new_count: usize, same: impl Fn(usize, usize) -> bool) -> Vec<Pair> {
    let shorter = old_count.min(new_count);
    let head = (0..shorter).take_while(|&it| same(it, it)).count();
    let tail = (0..shorter - head).take_while(|it| same(old_count - 1 - it, new_count - 1 - it)).count();
    let middle = shorter - head - tail;
    let kept = (0..head + middle).map(|it| (it, it));
    let kept = kept.chain((0..tail).rev().map(|it| (old_count - 1 - it, new_count - 1 - it)));
    complete(old_count, new_count, kept.collect())
}

/// Adds the items without a partner. New items come in the order of the new list, then what is gone.
fn complete(old_count: usize, new_count: usize, kept: Vec<(usize, usize)>) -> Vec<Pair> {
    let mut partner_of_new = vec![None; new_count];
    let mut is_kept = vec![false; old_count];
    for (old, new) in kept {
        partner_of_new[new] = Some(old);
        is_kept[old] = true;
    }
    let present = partner_of_new.into_iter().enumerate().map(|(new, old)| (old, Some(new)));
    let gone = (0..old_count).filter(|&it| !is_kept[it]).map(|old| (Some(old), None));
    present.chain(gone).collect()
}
