//! A comparison and the files of both trees in, out the lines of those files that differ, each beside its line of the
//! spec.

use crate::change::hidden::{ANOTHER, HIDDEN};
use crate::change::{
    Comparison, EnvironmentComparison, Hidden, LineKind, ManifestChange, ManifestLine, Operation, QuotedLine, Side,
};
use crate::object::{FieldPath, Object, ObjectId};
use crate::tree::ManifestTree;
use crate::{diff, render};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Compares the files of every object that changes; removals first, then by kind and name, as the changes are.
pub(super) fn changes(input: &Comparison<'_>, before: &ManifestTree, after: &ManifestTree) -> Vec<ManifestChange> {
    let mut by_name: BTreeMap<(&str, &str, &str), Vec<ManifestChange>> = BTreeMap::new();
    for environment in &input.environments {
        let renames = &environment.changes.renames;
        let paired: BTreeSet<&ObjectId> = renames.iter().flat_map(|it| [&it.before, &it.after]).collect();
        let own = environment.changes.changes.iter().filter(|it| !paired.contains(&it.id));
        let own = own.map(|it| (it.operation, [&it.id, &it.id]));
        // What takes the place of another is read as the other, changed.
        let pairs = renames.iter().map(|it| (Operation::Update, [&it.before, &it.after]));
        for (operation, ids) in own.chain(pairs) {
            let next = of_object(input, environment, (operation, ids), [before, after]);
            let [_, id] = ids;
            let known = by_name.entry((&id.kind, &id.name, &id.group)).or_default();
            match known.iter_mut().find(|it| is_same(it, &next)) {
                Some(same) => {
                    if same.object.namespace != next.object.namespace {
                        same.object.namespace = None;
                    }
                    same.environments.extend(next.environments);
                }
                None => known.push(next),
            }
        }
    }
    let mut changes: Vec<ManifestChange> = by_name.into_values().flatten().collect();
    changes.sort_by_key(|it| it.operation != Operation::Delete);
    changes
}

/// True where the same lines differ for the same reason; in which namespace, is not asked, nor what stands around them.
fn is_same(a: &ManifestChange, b: &ManifestChange) -> bool {
    let lines = |it: &ManifestChange| it.hunks.iter().map(Vec::len).sum::<usize>();
    let changed = |it: &ManifestChange| {
        let lines = it.hunks.iter().flatten().filter(|it| it.kind != LineKind::Kept);
        let lines = lines.map(|it| {
            let text = if it.path == "metadata.namespace" { String::new() } else { it.text.clone() };
            (it.kind, it.path.clone(), text, it.source.clone())
        });
        lines.collect::<Vec<_>>()
    };
    a.operation == b.operation && lines(a) == lines(b) && changed(a) == changed(b)
}

/// The file of an object, line by line.
#[derive(Default)]
struct File<'a> {
    object: Option<&'a Object>,
    text: String,
    /// The field of each line; empty where the file is not as we write it.
    paths: Vec<FieldPath>,
    is_numbered: bool,
}

impl<'a> File<'a> {
    /// Takes the file of an object. A Secret is written without its data, one that is encrypted as digests of it, and
    /// what else is hidden is not written.
    fn of(
        (side, object): (Side, &'a Object),
        hidden: &Hidden,
        other: Option<&Object>,
        path: &str,
        tree: &ManifestTree,
    ) -> Self {
        if is_secret(&object.id) || object.sealed.is_some() {
            let body = without_data(&object.body, other.map(|it| &it.body));
            let (text, paths) = (render::manifest(&body), render::lines(&body));
            return Self { object: Some(object), text, paths, is_numbered: false };
        }
        let written = render::manifest(&object.body);
        let top = FieldPath::default();
        if hidden.covers(side, &object.id, &top) {
            let body = hidden.masked(side, &object.id, &top, &object.body, other.map(|it| &it.body));
            let (text, paths) = (render::manifest(&body), render::lines(&body));
            // Where a hidden value has lines of its own, those after it have another number.
            let is_numbered = text.lines().count() == written.lines().count();
            return Self { object: Some(object), text, paths, is_numbered };
        }
        let other = tree.files.get(path).filter(|it| **it != written);
        let paths = if other.is_some() { Vec::new() } else { render::lines(&object.body) };
        Self { object: Some(object), text: other.cloned().unwrap_or(written), paths, is_numbered: true }
    }

    fn path(&self, index: usize) -> Option<(&'a Object, &FieldPath)> {
        Some((self.object?, self.paths.get(index)?))
    }

    fn number(&self, index: usize) -> Option<u32> {
        u32::try_from(index + 1).ok().filter(|_| self.is_numbered)
    }
}

fn is_secret(id: &ObjectId) -> bool {
    id.group.is_empty() && id.kind == "Secret"
}

/// Puts words in the place of a Secret's data, which say no more than whether it is the same as before.
fn without_data(body: &Value, before: Option<&Value>) -> Value {
    let mut masked = body.clone();
    for field in ["data", "stringData"] {
        for (key, value) in masked.get_mut(field).and_then(Value::as_object_mut).into_iter().flatten() {
            let old = before.and_then(|it| it.get(field)?.get(key));
            let is_other = old.is_some_and(|old| old != value);
            *value = Value::from(if is_other { ANOTHER } else { HIDDEN });
        }
    }
    masked
}

/// Compares the file of an object with that of the one that it was, its own or another.
fn of_object(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    (operation, [id_before, id_after]): (Operation, [&ObjectId; 2]),
    [tree_before, tree_after]: [&ManifestTree; 2],
) -> ManifestChange {
    let old = environment.object(Side::Before, id_before);
    let new = environment.object(Side::After, id_after);
    let folder = &environment.environment.namespace;
    let [path_before, path] = [id_before, id_after].map(|it| render::path(it, folder));
    let hidden = &input.hidden;
    let before =
        old.map(|it| File::of((Side::Before, it), hidden, None, &path_before, tree_before)).unwrap_or_default();
    let after = new.map(|it| File::of((Side::After, it), hidden, old, &path, tree_after)).unwrap_or_default();
    let [lines_before, lines_after] = [&before, &after].map(|it| it.text.lines().collect::<Vec<&str>>());
    let line = |step: diff::Step| match step {
        diff::Step::Kept(old, new) => ManifestLine {
            kind: LineKind::Kept,
            before: before.number(old),
            after: after.number(new),
            text: lines_after[new].to_owned(),
            path: String::new(),
            source: None,
        },
        diff::Step::Removed(old) => {
            let (path, source) = cause(input, Side::Before, before.path(old));
            let text = lines_before[old].to_owned();
            ManifestLine { kind: LineKind::Removed, before: before.number(old), after: None, text, path, source }
        }
        diff::Step::Added(new) => {
            let (path, source) = cause(input, Side::After, after.path(new));
            let text = lines_after[new].to_owned();
            ManifestLine { kind: LineKind::Added, before: None, after: after.number(new), text, path, source }
        }
    };
    let hunks = diff::hunks(&lines_before, &lines_after);
    ManifestChange {
        environments: vec![environment.name().to_owned()],
        object: id_after.clone(),
        operation,
        file: path,
        hunks: hunks.into_iter().map(|it| it.into_iter().map(line).collect()).collect(),
    }
}

/// Names the field of a line and the line of the spec that it comes from.
fn cause(input: &Comparison<'_>, side: Side, place: Option<(&Object, &FieldPath)>) -> (String, Option<QuotedLine>) {
    let Some((object, path)) = place else { return (String::new(), None) };
    // What says that the file is made by us comes from no line.
    let span = object.origins.nearest_span(path).filter(|_| !path.segments().is_empty());
    let quoted = span.and_then(|span| {
        let sources = match side {
            Side::Before => input.baseline_sources?,
            Side::After => input.sources,
        };
        let line = input.line(side, span)?;
        let text = input.hidden.quoted(&line, sources.line(span).trim());
        Some(QuotedLine { line, text })
    });
    (path.display_in(&object.body), quoted)
}

#[cfg(test)]
mod tests {
    use super::without_data;
    use serde_json::json;

    #[test]
    fn of_a_secret_stays_whether_a_value_is_another_one() {
        let body = |data: serde_json::Value| json!({"kind": "Secret", "data": data, "type": "Opaque"});
        let (before, after) =
            (body(json!({"a": "MQ==", "b": "Mg=="})), body(json!({"a": "MQ==", "b": "Mw==", "c": "NA=="})));
        let hidden = "(hidden value)";
        assert_eq!(without_data(&before, None), body(json!({"a": hidden, "b": hidden})));
        let expected = body(json!({"a": hidden, "b": "(another hidden value)", "c": hidden}));
        assert_eq!(without_data(&after, Some(&before)), expected);
    }
}
