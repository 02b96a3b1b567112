//! Two sets of objects in, a change set out.
//!
//! - Objects are paired by identity: group, kind, namespace and name. Another version of the same API is a changed field.
//! - List items are paired by their Kubernetes keys ([`crate::object::list_key`]). Moving an item is a change only where
//!   order has a meaning; everywhere else two orders of one list are equal ([`crate::object::normal_form::same`]).
//! - Changes are leaves. A block or list item that is wholly new or wholly gone is one change with the whole value, so
//!   that an empty map and no map stay apart.
//! - Values are compared as they are written: `1000m` and `1` differ here, because their bytes differ in git. Where they
//!   mean the same, the change says why ([`crate::change::Equivalence`]). What a difference does is for `assess` to say.
//! - An object that went and one that came are one object under another name where they are alike (`rename`).
//!
//! The law that ties it together: [`crate::change::apply()`] of the changes to the old object gives the new one.
//!
//! To teach it a list: add its key to `object/list_key.rs`, an example to the table there, and nothing here.

mod equivalence;
mod lines;
mod list;
mod port;
mod rename;
mod tree;

pub use lines::{Step, hunks};

use crate::change::{ChangeSet, ObjectChange, Operation};
use crate::object::{Object, ObjectId};
use std::cmp::Ordering;

/// Compares two sets of objects, each sorted by identity.
pub fn objects(before: &[Object], after: &[Object]) -> ChangeSet {
    let mut changes = ChangeSet { changes: by_identity(before, after), renames: Vec::new() };
    changes.renames = rename::pairs(&changes, before, after);
    port::mark(&mut changes, before, after);
    changes
}

fn by_identity(before: &[Object], after: &[Object]) -> Vec<ObjectChange> {
    let mut changes = Vec::new();
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    let mut kept: Option<&ObjectId> = None;
    loop {
        // Of an object that two files held, nothing goes as long as one of them is left.
        while old.next_if(|it| Some(&it.id) == kept && new.peek().is_none_or(|new| new.id != it.id)).is_some() {}
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.id.cmp(&new.id),
        };
        let pair = match order {
            Ordering::Less => (old.next(), None),
            Ordering::Equal => {
                kept = old.peek().map(|it| &it.id);
                (old.next(), new.next())
            }
            Ordering::Greater => (None, new.next()),
        };
        changes.extend(object(pair.0, pair.1));
    }
}

fn object(before: Option<&Object>, after: Option<&Object>) -> Option<ObjectChange> {
    let whole = |object: &Object, operation| ObjectChange { id: object.id.clone(), operation, fields: Vec::new() };
    match (before, after) {
        (Some(before), Some(after)) => {
            let fields = tree::fields(before, after);
            let is_same = fields.is_empty();
            (!is_same).then(|| ObjectChange { id: after.id.clone(), operation: Operation::Update, fields })
        }
        (Some(before), None) => Some(whole(before, Operation::Delete)),
        (None, Some(after)) => Some(whole(after, Operation::Create)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests;
