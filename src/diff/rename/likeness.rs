//! How alike two objects are, without what only follows their names.

use super::name::{mentions, replaced};
use crate::object::hashed_name::without_hash;
use crate::object::{ImageReference, Object, Segment, Selector, leaves};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The least that objects have in common, in percent, where something else says that they are one.
const ALIKE: usize = 60;
/// The least where nothing else does.
const MUCH_ALIKE: usize = 75;
/// The least number of equal fields where nothing else says that two objects are one.
const FEW: usize = 3;

/// How alike, the most alike last: what says that they are one, then how much they have in common, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness(Reason, usize);

/// What says that two objects are one, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Content,
    Image,
    Selector,
    Follower,
    Stem,
    SameName,
}

/// An object and what it is recognised by.
pub(super) struct Traits<'a> {
    pub(super) object: &'a Object,
    /// Its fields as they are, without metadata.
    plain: Leaves,
    /// Its fields with its own name taken out.
    nameless: Leaves,
    images: BTreeSet<&'a str>,
    /// What another must have one of for the two to be compared.
    pub(super) tokens: BTreeSet<String>,
}

/// How often each field has each value; positions in lists do not count.
type Leaves = BTreeMap<String, BTreeMap<String, usize>>;

impl<'a> Traits<'a> {
    pub(super) fn of(object: &'a Object) -> Self {
        let content = if is_workload(object) { object.pod_template().and_then(|it| it.get("spec")) } else { None };
        let content = content.unwrap_or(&object.body);
        let (mut plain, mut nameless) = (Leaves::new(), Leaves::new());
        leaves(content, &mut |path, value| {
            let names = path.segments().iter().filter_map(|it| match it {
                Segment::Field(name) => Some(name.as_str()),
                Segment::Index(_) => None,
            });
            let names = names.collect::<Vec<_>>().join("\u{1}");
            let is_identity = matches!(names.as_str(), "apiVersion" | "kind") || names.starts_with("metadata\u{1}");
            if is_identity && !is_workload(object) {
                return;
            }
            for line in lines(value) {
                let without = replaced(&line, &object.id.name, "\u{0}");
                *plain.entry(names.clone()).or_default().entry(line).or_default() += 1;
                *nameless.entry(names.clone()).or_default().entry(without).or_default() += 1;
            }
        });
        let images = images(object);
        let tokens = tokens(object, &nameless, &images);
        Self { object, plain, nameless, images, tokens }
    }

    pub(super) fn name(&self) -> &'a str {
        &self.object.id.name
    }
}

fn is_workload(object: &Object) -> bool {
    matches!(object.id.group.as_str(), "apps" | "batch") && object.pod_template().is_some()
}

fn is_config(object: &Object) -> bool {
    object.id.group.is_empty() && matches!(object.id.kind.as_str(), "ConfigMap" | "Secret")
}

/// Returns a value as text, one with several lines line by line.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.contains('\n') => text.lines().map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => vec![value.to_string()],
    }
}

fn images(object: &Object) -> BTreeSet<&str> {
    let containers = object.pod_template().and_then(|it| it.pointer("/spec/containers")).and_then(Value::as_array);
    let images = containers.into_iter().flatten().filter_map(|it| it.get("image")?.as_str());
    images.map(|it| ImageReference::parse(it).repository).collect()
}

fn tokens(object: &Object, nameless: &Leaves, images: &BTreeSet<&str>) -> BTreeSet<String> {
    let family = if object.id.group == "apps" { "apps" } else { &object.id.kind };
    let mut tokens = BTreeSet::from([format!("{family} name {}", object.id.name)]);
    tokens.extend(images.iter().map(|it| format!("{family} image {it}")));
    tokens.extend(without_hash(&object.id.name).map(|(stem, _)| format!("{family} stem {stem}")));
    let values = nameless.iter().flat_map(|(path, values)| values.keys().map(move |it| (path, it)));
    tokens.extend(values.map(|(path, value)| format!("{family} field {path} {value}")));
    tokens
}

/// Returns how alike two workloads are; none where the one does not take the other's place.
pub(super) fn of_workloads(old: &Traits<'_>, new: &Traits<'_>) -> Option<Likeness> {
    let (before, after) = (old.object, new.object);
    let is_family = before.id.group == after.id.group && (before.id.group == "apps" || before.id.kind == after.id.kind);
    if !is_workload(before) || !is_workload(after) || !is_family {
        return None;
    }
    let percent = in_common(&old.nameless, &new.nameless).0;
    if before.id.name == after.id.name {
        // Of another kind, it takes the name and so the place, whatever is in it.
        let is_kept =
            before.id.namespace == after.id.namespace || (before.id.kind == after.id.kind && percent >= ALIKE);
        return is_kept.then_some(Likeness(Reason::SameName, percent));
    }
    if before.id.namespace != after.id.namespace {
        return None;
    }
    let selects = |one: &Object, other: &Object| {
        let labels = other.pod_template().and_then(|it| it.pointer("/metadata/labels"));
        let selector = one.field("spec.selector").map(Selector::of).filter(|it| !it.is_empty());
        selector.zip(labels).is_some_and(|(selector, labels)| selector.matches(labels))
    };
    let runs_the_same = !old.images.is_disjoint(&new.images);
    let reason = match () {
        () if selects(before, after) || selects(after, before) => Reason::Selector,
        () if runs_the_same && percent >= ALIKE => Reason::Image,
        () => return None,
    };
    Some(Likeness(reason, percent))
}

/// Returns how alike two objects are that are no workloads, where those were renamed so.
pub(super) fn of_others(old: &Traits<'_>, new: &Traits<'_>, renamed: &[(&str, &str)]) -> Option<Likeness> {
    let (before, after) = (&old.object.id, &new.object.id);
    if is_workload(old.object)
        || is_workload(new.object)
        || (&before.group, &before.kind) != (&after.group, &after.kind)
    {
        return None;
    }
    let (percent, equal) = in_common(&old.nameless, &new.nameless);
    if before.name == after.name {
        return (percent >= ALIKE).then_some(Likeness(Reason::SameName, percent));
    }
    if before.namespace != after.namespace {
        return None;
    }
    let is_config = is_config(old.object);
    let stem = |name| without_hash(name).map(|it| it.0);
    if is_config && stem(&before.name).is_some() && stem(&before.name) == stem(&after.name) {
        return Some(Likeness(Reason::Stem, percent));
    }
    let follows = renamed.iter().any(|(from, to)| replaced(&before.name, from, to) == after.name);
    if follows && percent >= ALIKE {
        return Some(Likeness(Reason::Follower, percent));
    }
    let is_rich = if is_config { equal >= 2 && percent >= ALIKE } else { equal >= FEW && percent >= MUCH_ALIKE };
    let stays = is_config || (keeps_mentions(old, new) && keeps_mentions(new, old));
    (is_rich && stays).then_some(Likeness(Reason::Content, percent))
}

/// True where all fields of one that say its name are the same in the other: nothing but its name changed.
fn keeps_mentions(one: &Traits<'_>, other: &Traits<'_>) -> bool {
    let is_kept = |path: &str, value: &str| other.plain.get(path).is_some_and(|it| it.contains_key(value));
    let mut values = one.plain.iter().flat_map(|(path, values)| values.keys().map(move |it| (path, it)));
    values.all(|(path, value)| !mentions(value, one.name()) || is_kept(path, value))
}

/// Returns how much two objects have in common, in percent of both, and how many fields are equal. A field with another
/// value is half in common.
fn in_common(old: &Leaves, new: &Leaves) -> (usize, usize) {
    let total = |it: &Leaves| it.values().flat_map(BTreeMap::values).sum::<usize>();
    let (mut equal, mut alike) = (0, 0);
    for (path, values) in old {
        let Some(others) = new.get(path) else { continue };
        let same: usize = values.iter().map(|(value, count)| *count.min(others.get(value).unwrap_or(&0))).sum();
        let fewer = values.values().sum::<usize>().min(others.values().sum());
        equal += same;
        alike += fewer - same;
    }
    match total(old) + total(new) {
        0 => (100, 0),
        all => ((2 * equal + alike) * 100 / all, equal),
    }
}
