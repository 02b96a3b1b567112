//! A review in, what the page says where out: objects with all their changes together, and a name for every place that
//! can be linked to.

use super::anchor::{Anchor, Anchors};
use crate::change::{Finding, ManifestChange, Review, ReviewedChange, SourceLine};
use crate::object::ObjectId;
use std::collections::BTreeMap;

/// The finding that says that the tree is not what the sources compile to: nothing else can be believed before it.
const DRIFT: &str = "rendered-drift";

/// What the page says, and where.
pub(super) struct Plan<'a> {
    /// The review.
    pub(super) review: &'a Review,
    /// The findings in the order of the page.
    pub(super) findings: Vec<(Anchor, &'a Finding)>,
    /// The objects that change, in the order of their first change.
    pub(super) objects: Vec<ObjectPart<'a>>,
    index: BTreeMap<Name<'a>, usize>,
    positions: BTreeMap<&'a str, usize>,
    quotes: BTreeMap<&'a SourceLine, &'a str>,
}

/// An object and everything that happens to it.
pub(super) struct ObjectPart<'a> {
    /// The object as its first change names it.
    pub(super) id: &'a ObjectId,
    /// Its place.
    pub(super) anchor: Anchor,
    /// Its changes.
    pub(super) changes: Vec<ChangePart<'a>>,
    /// The lines of its files.
    pub(super) manifests: Vec<&'a ManifestChange>,
}

/// A change, and a place for each of its fields.
pub(super) struct ChangePart<'a> {
    /// The change.
    pub(super) change: &'a ReviewedChange,
    /// Its place.
    pub(super) anchor: Anchor,
    /// The places of its fields.
    pub(super) fields: Vec<Anchor>,
}

/// What an object is called in every environment: group, kind and name.
type Name<'a> = (&'a str, &'a str, &'a str);

fn name(id: &ObjectId) -> Name<'_> {
    (&id.group, &id.kind, &id.name)
}

impl<'a> Plan<'a> {
    /// Gives everything its place.
    pub(super) fn of(review: &'a Review) -> Self {
        let mut anchors = Anchors::default();
        let mut order: Vec<&Finding> = review.findings.iter().collect();
        order.sort_by_key(|it| it.code.name != DRIFT);
        let findings = order.into_iter().map(|it| (of_finding(it, &mut anchors), it)).collect();
        let mut plan = Self {
            review,
            findings,
            objects: Vec::new(),
            index: BTreeMap::new(),
            positions: review.environments.iter().enumerate().map(|(at, it)| (it.name.as_str(), at)).collect(),
            quotes: BTreeMap::new(),
        };
        for change in &review.changes {
            let part = of_change(change, &mut anchors);
            plan.object(&change.object, &mut anchors).changes.push(part);
        }
        for manifest in &review.manifests {
            plan.object(&manifest.object, &mut anchors).manifests.push(manifest);
            let quoted = manifest.hunks.iter().flatten().filter_map(|it| it.source.as_ref());
            plan.quotes.extend(quoted.map(|it| (&it.line, it.text.as_str())));
        }
        plan
    }

    fn object(&mut self, id: &'a ObjectId, anchors: &mut Anchors) -> &mut ObjectPart<'a> {
        let objects = &mut self.objects;
        let at = *self.index.entry(name(id)).or_insert_with(|| {
            let anchor = anchors.name("object", &[&id.group, &id.kind, &id.name]);
            objects.push(ObjectPart { id, anchor, changes: Vec::new(), manifests: Vec::new() });
            objects.len() - 1
        });
        &mut self.objects[at]
    }

    /// Returns the place of what a finding is about: the field that causes it, or else the object.
    pub(super) fn place_of(&self, finding: &Finding) -> Option<&Anchor> {
        let object = &self.objects[*self.index.get(&name(&finding.object))?];
        let is_there = |it: &&ChangePart<'_>| finding.environments.iter().any(|e| it.change.environments.contains(e));
        let field = object.changes.iter().filter(is_there).find_map(|it| {
            let at = it.change.fields.iter().position(|field| field.path == finding.path)?;
            it.fields.get(at)
        });
        Some(field.unwrap_or(&object.anchor))
    }

    /// Returns the positions of environments among all of them.
    pub(super) fn positions(&self, names: &[String]) -> Vec<usize> {
        let mut positions: Vec<usize> =
            names.iter().filter_map(|it| self.positions.get(it.as_str()).copied()).collect();
        positions.sort_unstable();
        positions
    }

    /// Returns what a line of the spec says, where that is known.
    pub(super) fn quote(&self, line: &SourceLine) -> Option<&'a str> {
        self.quotes.get(line).copied()
    }
}

impl ObjectPart<'_> {
    /// Returns the names of the environments in which it changes, each once.
    pub(super) fn environments(&self) -> Vec<String> {
        let mut names: Vec<String> = self.changes.iter().flat_map(|it| it.change.environments.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

fn of_finding(it: &Finding, anchors: &mut Anchors) -> Anchor {
    let ObjectId { group, kind, namespace, name } = &it.object;
    let namespace = namespace.as_deref().unwrap_or_default();
    let environments = it.environments.join(" ");
    anchors.name("finding", &[it.code.name, group, kind, namespace, name, &it.path, &environments])
}

fn of_change<'a>(change: &'a ReviewedChange, anchors: &mut Anchors) -> ChangePart<'a> {
    let ObjectId { group, kind, name, .. } = &change.object;
    let environments = change.environments.join(" ");
    let anchor = anchors.name("change", &[group, kind, name, &environments]);
    let field = |path: &str, anchors: &mut Anchors| anchors.name("field", &[group, kind, name, &environments, path]);
    let fields = change.fields.iter().map(|it| field(&it.path, anchors)).collect();
    ChangePart { change, anchor, fields }
}
