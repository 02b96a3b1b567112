//! Two versions of one object in, the fields that differ out, in the order of the new object.

use super::equivalence::Field;
use super::list::{self, Names, Pairing};
use crate::change::FieldChange;
use crate::object::list_key::Schema;
use crate::object::{FieldPath, Object, Segment, leaves};
use crate::source::Origin;
use serde_json::{Map, Value};

/// Returns the fields that differ between two versions of an object, or between an object and the one in its place.
pub(super) fn fields(before: &Object, after: &Object) -> Vec<FieldChange> {
    let mut walk = Walk {
        before,
        after,
        schema: Schema::of(&after.body),
        names: if before.id == after.id { Names::Kept } else { Names::Changed },
        path_before: FieldPath::default(),
        path_after: FieldPath::default(),
        changes: Vec::new(),
    };
    walk.value(&before.body, &after.body);
    walk.changes
}

/// A walk down both objects at once.
struct Walk<'a> {
    before: &'a Object,
    after: &'a Object,
    schema: Schema,
    names: Names,
    path_before: FieldPath,
    path_after: FieldPath,
    changes: Vec<FieldChange>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, before: &'a Value, after: &'a Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.map(before, after),
            (Value::Array(before), Value::Array(after)) => self.list(before, after),
            (before, after) => self.change(Some(before), Some(after)),
        }
    }

    fn map(&mut self, before: &'a Map<String, Value>, after: &'a Map<String, Value>) {
        for (name, new) in after {
            let step = Segment::Field(name.clone());
            self.at(step.clone(), step, |walk| match before.get(name) {
                Some(old) => walk.value(old, new),
                None => walk.change(None, Some(new)),
            });
        }
        for (name, old) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
            let step = Segment::Field(name.clone());
            self.at(step.clone(), step, |walk| walk.change(Some(old), None));
        }
    }

    fn list(&mut self, before: &'a [Value], after: &'a [Value]) {
        let pairs = match list::pair(self.schema, self.names, &self.path_after, before, after) {
            Pairing::Items(pairs) => pairs,
            Pairing::Reordered => return self.whole_list(before, after),
        };
        for (old, new) in pairs {
            // An added item goes to its new position, a removed one is found at its old one.
            let (step_before, step_after) = (old.or(new).unwrap_or_default(), new.or(old).unwrap_or_default());
            let (old, new) = (old.map(|it| &before[it]), new.map(|it| &after[it]));
            self.at(Segment::Index(step_before), Segment::Index(step_after), |walk| match (old, new) {
                (Some(old), Some(new)) => walk.value(old, new),
                (old, new) => walk.change(old, new),
            });
        }
    }

    fn whole_list(&mut self, before: &[Value], after: &[Value]) {
        self.change(Some(&Value::Array(before.to_vec())), Some(&Value::Array(after.to_vec())));
    }

    fn at(&mut self, before: Segment, after: Segment, walk: impl FnOnce(&mut Self)) {
        self.path_before.push(before);
        self.path_after.push(after);
        walk(self);
        self.path_before.pop();
        self.path_after.pop();
    }

    fn change(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let (object, path, value) = match after {
            Some(_) => (self.after, &self.path_after, after),
            None => (self.before, &self.path_before, before),
        };
        let field = Field {
            objects: (self.before, self.after),
            paths: (&self.path_before, &self.path_after),
            values: (before, after),
        };
        let change = FieldChange {
            path: path.clone(),
            path_before: self.path_before.clone(),
            shown: path.display_in(&object.body),
            before: before.cloned(),
            after: after.cloned(),
            origin: value.and_then(|value| origin(object, path, value)),
            equivalent: field.equivalence(),
        };
        self.changes.push(change);
    }
}

/// Returns the origin of a value; for a block without a record of its own, that of its first leaf.
fn origin(object: &Object, path: &FieldPath, value: &Value) -> Option<Origin> {
    let mut found = object.origin(path).cloned();
    leaves(value, &mut |leaf, _| {
        if found.is_none() {
            let whole: Vec<Segment> = path.segments().iter().chain(leaf.segments()).cloned().collect();
            found = object.origin(&FieldPath::from(whole)).cloned();
        }
    });
    found
}
