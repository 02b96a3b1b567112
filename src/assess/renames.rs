//! Objects that take the place of others: each such pair as one change, and what elsewhere only follows it.

use super::reviewed_fields::fields;
use super::wording::list;
use crate::change::{
    Comparison, EnvironmentComparison, FieldChange, ObjectChange, Rename, ReviewedField, Side, SourceLine,
};
use crate::object::{FieldPath, ObjectId, Segment};
use std::collections::{BTreeMap, BTreeSet};

/// The renamed objects of one environment.
pub(super) struct Renames<'a> {
    gone: BTreeSet<&'a ObjectId>,
    come: BTreeSet<&'a ObjectId>,
    /// The new names of each old one.
    names: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// What a reviewer reads of one pair: of the objects themselves, and of each field.
pub(super) struct Pair {
    /// What the new object was before: `was ConfigMap/web-config-7f9c4d5b8k`.
    pub(super) summary: String,
    /// The line that declares the new object.
    pub(super) source: Option<SourceLine>,
    /// What differs.
    pub(super) fields: Vec<ReviewedField>,
}

impl<'a> Renames<'a> {
    pub(super) fn of(environment: &'a EnvironmentComparison<'_>) -> Self {
        let renames = &environment.changes.renames;
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for it in renames {
            names.entry(&it.before.name).or_default().insert(&it.after.name);
        }
        Self {
            gone: renames.iter().map(|it| &it.before).collect(),
            come: renames.iter().map(|it| &it.after).collect(),
            names,
        }
    }

    /// True for a removed or created object whose pair says it all.
    pub(super) fn stand_for(&self, change: &ObjectChange) -> bool {
        self.gone.contains(&change.id) || self.come.contains(&change.id)
    }

    /// True where a field differs only because the name of a renamed object does.
    pub(super) fn is_followed_by(&self, change: &FieldChange) -> bool {
        let (Some(before), Some(after)) = (&change.before, &change.after) else { return false };
        let (Some(before), Some(after)) = (before.as_str(), after.as_str()) else { return false };
        let is_known = |(from, to): (&str, &str)| self.names.get(from).is_some_and(|it| it.contains(to));
        match place(&change.path) {
            Place::Setting => false,
            Place::Name => is_known((before, after)),
            Place::Label => {
                is_known((before, after)) || self.names.iter().any(|(from, to)| tails(from, to, before, after))
            }
        }
    }

    /// Returns what a reviewer reads of a pair.
    pub(super) fn pair(&self, input: &Comparison<'_>, environment: &EnvironmentComparison<'_>, it: &Rename) -> Pair {
        let lines = it.content().flat_map(|field| fields(input, environment, self, (&it.before, &it.after), field));
        let source = environment.object(Side::After, &it.after).and_then(|it| input.declaration(Side::After, it));
        Pair { summary: was(it), source, fields: lines.collect() }
    }
}

/// Says what an object was: what of its identity is another.
fn was(rename: &Rename) -> String {
    let Rename { before, after, fields: _ } = rename;
    let mut parts = Vec::new();
    if (&before.kind, &before.name) != (&after.kind, &after.name) {
        parts.push(before.short());
    }
    if before.namespace != after.namespace {
        parts.push(format!("in namespace {}", before.namespace.as_deref().unwrap_or_default()));
    }
    format!("was {}", list(&parts).replace(" and in ", " in "))
}

/// What a field is there for.
enum Place {
    /// What a program reads, or an image: what is written there was written by somebody.
    Setting,
    /// Labels and what selects them, and the name of a container.
    Label,
    /// Anything else, such as the name of what is referred to.
    Name,
}

fn place(path: &FieldPath) -> Place {
    let names: Vec<&str> = path.segments().iter().filter_map(name_of).collect();
    let has = |wanted: &[&str]| names.iter().any(|it| wanted.contains(it));
    match names.as_slice() {
        ["data" | "stringData" | "binaryData" | "immutable" | "type", ..] | [.., "image"] => Place::Setting,
        names if has(&["args", "command"]) || names.ends_with(&["env", "value"]) => Place::Setting,
        names
            if has(&["labels", "matchLabels", "selector", "podSelector"])
                || names.ends_with(&["containers", "name"]) =>
        {
            Place::Label
        }
        _ => Place::Name,
    }
}

fn name_of(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Field(name) => Some(name),
        Segment::Index(_) => None,
    }
}

/// True where two labels differ as two names do, without what both names begin with: `web` and `site` of `shop-web` and
/// `shop-site`.
fn tails(from: &str, to: &BTreeSet<&str>, before: &str, after: &str) -> bool {
    let start = |name: &str, tail: &str| name.strip_suffix(tail).and_then(|it| it.strip_suffix('-')).map(str::to_owned);
    !before.is_empty()
        && start(from, before).is_some_and(|it| to.iter().any(|to| start(to, after).as_ref() == Some(&it)))
}

#[cfg(test)]
mod tests {
    use super::{Renames, tails};
    use crate::change::FieldChange;
    use crate::object::FieldPath;
    use serde_json::json;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn what_follows_a_name_is_told_from_what_was_written() {
        let names = BTreeMap::from([("shop-web", BTreeSet::from(["shop-site"]))]);
        let renames = Renames { gone: BTreeSet::new(), come: BTreeSet::new(), names };
        let check = |path: &str, before: &str, after: &str, expected: bool| {
            let path = FieldPath::parse(path).unwrap();
            let change = FieldChange {
                shown: path.to_string(),
                path_before: path.clone(),
                path,
                before: Some(json!(before)),
                after: Some(json!(after)),
                origin: None,
                equivalent: None,
            };
            assert_eq!(renames.is_followed_by(&change), expected, "{}: {before} {after}", change.shown);
        };
        check("spec.rules[0].backend.service.name", "shop-web", "shop-site", true);
        check("spec.rules[0].backend.service.name", "shop-web", "shop-other", false);
        check("spec.rules[0].backend.service.name", "web", "site", false);
        check("spec.selector.app", "web", "site", true);
        check("spec.selector.app", "shop-web", "shop-site", true);
        check("spec.selector.app", "web", "other", false);
        check("spec.template.spec.containers[0].name", "web", "site", true);
        check("spec.template.spec.containers[0].image", "shop-web", "shop-site", false);
        check("spec.template.spec.containers[0].env[0].value", "shop-web", "shop-site", false);
        check("spec.template.spec.containers[0].args[0]", "shop-web", "shop-site", false);
        check("data.BACKEND", "shop-web", "shop-site", false);
        check("metadata.name", "a", "b", false);
    }

    #[test]
    fn a_label_may_be_the_end_of_a_name() {
        assert!(tails("a-b", &BTreeSet::from(["a-c"]), "b", "c"));
        assert!(!tails("a-b", &BTreeSet::from(["x-c"]), "b", "c"));
        assert!(!tails("b", &BTreeSet::from(["c"]), "b", "c"));
    }
}
