//! The changes of a review in, the fields that one line of the spec changes alike in many objects out, so that a report can
//! write each of them once: a new version of the app is a label of every object.

use crate::change::{Operation, ReviewedChange, ReviewedField, SourceLine};
use std::collections::BTreeMap;

/// Of fewer objects each has its own line.
const FEWEST_OBJECTS: usize = 4;

/// What has to be the same: where, the field, both values, and the line.
type Key<'a> = (&'a [String], &'a str, String, String, Option<&'a SourceLine>);

/// The fields that change alike in many objects.
pub(super) struct Repeated<'a>(BTreeMap<Key<'a>, RepeatedField<'a>>);

/// One field, and the objects in which it changes.
pub(super) struct RepeatedField<'a> {
    /// The change of the first object.
    pub(super) change: &'a ReviewedChange,
    /// The field as it stands there.
    pub(super) field: &'a ReviewedField,
    /// The changes of all of them.
    pub(super) changes: Vec<&'a ReviewedChange>,
}

impl<'a> Repeated<'a> {
    /// Finds them.
    pub(super) fn among(changes: &'a [ReviewedChange]) -> Self {
        let mut fields: BTreeMap<Key<'a>, RepeatedField<'a>> = BTreeMap::new();
        for change in changes.iter().filter(|it| may_repeat(it)) {
            for field in change.fields.iter().filter(|it| !it.is_folded()) {
                let found = RepeatedField { change, field, changes: Vec::new() };
                fields.entry(key(change, field)).or_insert(found).changes.push(change);
            }
        }
        fields.retain(|_, it| it.changes.len() >= FEWEST_OBJECTS);
        Self(fields)
    }

    /// True for a field that stands among the repeated ones.
    pub(super) fn has(&self, change: &ReviewedChange, field: &ReviewedField) -> bool {
        !self.0.is_empty() && may_repeat(change) && !field.is_folded() && self.0.contains_key(&key(change, field))
    }

    /// Iterates them, by environments and path.
    pub(super) fn iter(&self) -> impl Iterator<Item = &RepeatedField<'a>> {
        self.0.values()
    }

    /// Iterates those of some environments.
    pub(super) fn of<'b>(&'b self, environments: &'b [String]) -> impl Iterator<Item = &'b RepeatedField<'a>> {
        self.iter().filter(move |it| it.change.environments == environments)
    }
}

/// Hidden values look the same and are not.
fn may_repeat(change: &ReviewedChange) -> bool {
    change.operation == Operation::Update && change.object.kind != "Secret"
}

fn key<'b>(change: &'b ReviewedChange, field: &'b ReviewedField) -> Key<'b> {
    let text = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    (&change.environments, &field.path, text(&field.before), text(&field.after), field.source.as_ref())
}

#[cfg(test)]
mod tests {
    use super::{FEWEST_OBJECTS, Repeated};
    use crate::change::{Operation, ReviewedChange, ReviewedField};
    use crate::object::ObjectId;
    use serde_json::json;

    fn change(name: &str, kind: &str, after: &str) -> ReviewedChange {
        let object = ObjectId { group: String::new(), kind: kind.to_owned(), namespace: None, name: name.to_owned() };
        let field = ReviewedField { after: Some(json!(after)), ..ReviewedField::at("metadata.labels.version") };
        ReviewedChange {
            environments: vec!["dev".to_owned()],
            object,
            operation: Operation::Update,
            renamed_from: None,
            fields: vec![field],
            source: None,
            summary: String::new(),
        }
    }

    #[test]
    fn many_objects_share_a_line() {
        let check = |changes: Vec<ReviewedChange>, expected: &[usize]| {
            let repeated = Repeated::among(&changes);
            assert_eq!(repeated.iter().map(|it| it.changes.len()).collect::<Vec<_>>(), expected);
            let has = changes.iter().filter(|it| repeated.has(it, &it.fields[0])).count();
            assert_eq!(has, expected.iter().sum::<usize>());
        };
        let services = |count: usize| (0..count).map(|it| change(&it.to_string(), "Service", "2")).collect::<Vec<_>>();
        check(services(FEWEST_OBJECTS), &[FEWEST_OBJECTS]);
        check(services(FEWEST_OBJECTS - 1), &[]);
        let mut mixed = services(FEWEST_OBJECTS - 1);
        mixed.push(change("other", "Service", "3"));
        check(mixed, &[]);
        check((0..9).map(|it| change(&it.to_string(), "Secret", "(hidden value)")).collect(), &[]);
    }
}
