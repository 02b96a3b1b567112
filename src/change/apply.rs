//! An old object and its changes in, the new object out: what makes a change set complete.
//!
//! The result equals the new object up to the order of maps and of lists whose order has no meaning
//! ([`crate::object::normal_form::same`]).

use super::FieldChange;
use crate::object::{FieldPath, Segment};
use serde_json::Value;
use std::collections::BTreeMap;

/// Items that leave and enter one list, by their positions in the old and in the new list.
#[derive(Default)]
struct ListEdit<'a> {
    removed: Vec<usize>,
    added: Vec<(usize, &'a Value)>,
}

/// Applies changes to the object that they were made from. A change that leads nowhere is left out.
pub fn apply(before: &Value, changes: &[FieldChange]) -> Value {
    let mut body = before.clone();
    let mut lists: BTreeMap<FieldPath, ListEdit<'_>> = BTreeMap::new();
    for change in changes {
        let segments = change.path_before.segments();
        let Some((last, parent)) = segments.split_last() else {
            body = change.after.clone().unwrap_or(Value::Null);
            continue;
        };
        let edit = || FieldPath::from(parent.to_vec());
        match (last, &change.before, &change.after) {
            (Segment::Index(index), Some(_), None) => lists.entry(edit()).or_default().removed.push(*index),
            (Segment::Index(index), None, Some(item)) => lists.entry(edit()).or_default().added.push((*index, item)),
            (Segment::Field(name), _, None) => {
                if let Some(map) = find_mut(&mut body, parent).and_then(Value::as_object_mut) {
                    map.shift_remove(name);
                }
            }
            (Segment::Field(name), None, Some(value)) => {
                if let Some(map) = find_mut(&mut body, parent).and_then(Value::as_object_mut) {
                    map.insert(name.clone(), value.clone());
                }
            }
            (Segment::Field(_) | Segment::Index(_), _, after) => {
                if let (Some(place), Some(value)) = (find_mut(&mut body, segments), after) {
                    *place = value.clone();
                }
            }
        }
    }
    // The deepest lists first: positions of the lists around them stay those of the old object until then.
    let mut lists: Vec<_> = lists.into_iter().collect();
    lists.sort_by_key(|(path, _)| std::cmp::Reverse(path.segments().len()));
    for (path, edit) in lists {
        if let Some(items) = find_mut(&mut body, path.segments()).and_then(Value::as_array_mut) {
            edit_list(items, edit);
        }
    }
    body
}

fn edit_list(items: &mut Vec<Value>, mut edit: ListEdit<'_>) {
    edit.removed.sort_unstable();
    for index in edit.removed.into_iter().rev() {
        if index < items.len() {
            items.remove(index);
        }
    }
    edit.added.sort_by_key(|(index, _)| *index);
    for (index, item) in edit.added {
        items.insert(index.min(items.len()), item.clone());
    }
}

fn find_mut<'a>(value: &'a mut Value, path: &[Segment]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Field(name) => value.as_object_mut()?.get_mut(name),
        Segment::Index(index) => value.as_array_mut()?.get_mut(*index),
    })
}
