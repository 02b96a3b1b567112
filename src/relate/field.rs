//! Values of an object by JSON pointer, read leniently: what is not there, or is of another type, is nothing.

use crate::object::{Object, ObjectSet};
use serde_json::Value;

/// Returns what an object of this name beside another one is called in the picture: what is not in the namespace of the
/// environment goes by both its names.
pub(super) fn name_beside(object: &Object, name: &str, set: &ObjectSet) -> String {
    match &object.id.namespace {
        Some(namespace) if *namespace != set.environment.namespace => format!("{namespace}/{name}"),
        Some(_) | None => name.to_owned(),
    }
}

/// Returns what an object is called in the picture.
pub(super) fn name(object: &Object, set: &ObjectSet) -> String {
    name_beside(object, &object.id.name, set)
}

/// True for the object that goes by a name in the picture.
pub(super) fn is_called(object: &Object, name: &str, set: &ObjectSet) -> bool {
    // Most are not, and then no name is put together.
    name.ends_with(&object.id.name) && self::name(object, set) == name
}

/// Returns the text at a pointer; none where it is empty.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|it| !it.is_empty())
}

/// Iterates the items of the list at a pointer.
pub(super) fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// Returns a number or a text as it is written.
pub(super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
