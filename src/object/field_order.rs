//! The one order in which an object's fields stand.
//!
//! A body with its fields in any order in; the same body in the canonical order out:
//!
//! - the object itself: `apiVersion`, `kind`, `metadata`, then the rest by name;
//! - any `metadata`: `name`, `namespace`, `labels`, `annotations`, then the rest by name;
//! - an item of a list: `name`, then the rest by name;
//! - everything else, maps of data among them: by name.
//!
//! The items of a list keep their order: it may mean something.

use serde_json::{Map, Value};

/// Returns the same body with every map in canonical order.
#[must_use]
pub fn canonical(body: Value) -> Value {
    ordered(body, OBJECT)
}

/// The fields that go first in some map, in this order.
type First = &'static [&'static str];

const OBJECT: First = &["apiVersion", "kind", "metadata"];
const METADATA: First = &["name", "namespace", "labels", "annotations"];
const ITEM: First = &["name"];
const MAP: First = &[];

fn ordered(value: Value, first: First) -> Value {
    match value {
        Value::Object(map) => Value::Object(ordered_map(map, first)),
        Value::Array(items) => Value::Array(items.into_iter().map(|it| ordered(it, ITEM)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn ordered_map(map: Map<String, Value>, first: First) -> Map<String, Value> {
    let rank = |name: &str| first.iter().position(|it| *it == name).unwrap_or(first.len());
    let mut fields: Vec<(String, Value)> = map.into_iter().collect();
    fields.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    fields
        .into_iter()
        .map(|(name, value)| {
            let first = if name == "metadata" { METADATA } else { MAP };
            let value = ordered(value, first);
            (name, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use serde_json::{Value, json};

    fn check(body: Value, expected: &str) {
        let once = canonical(body);
        assert_eq!(once.to_string(), expected);
        assert_eq!(canonical(once).to_string(), expected);
    }

    #[test]
    fn an_object_begins_with_what_it_is() {
        check(
            json!({"data": {"b": "1", "a": "2"}, "metadata": {"labels": {"z": "1", "name": "2"}, "name": "x",
                "annotations": {}, "namespace": "y", "finalizers": []}, "kind": "ConfigMap", "apiVersion": "v1"}),
            r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"y","labels":{"name":"2","z":"1"},"annotations":{},"finalizers":[]},"data":{"a":"2","b":"1"}}"#,
        );
    }

    #[test]
    fn an_item_of_a_list_begins_with_its_name_and_stays_where_it_is() {
        check(
            json!({"spec": {"template": {"spec": {"containers": [{"image": "b", "env": [], "name": "b"}, {"name": "a"}]},
                "metadata": {"labels": {}, "name": "x"}}}}),
            r#"{"spec":{"template":{"metadata":{"name":"x","labels":{}},"spec":{"containers":[{"name":"b","env":[],"image":"b"},{"name":"a"}]}}}}"#,
        );
    }

    #[test]
    fn a_list_in_a_list_is_ordered_too() {
        check(json!({"a": [[{"b": 1, "a": 2, "name": 3}], 2, 1]}), r#"{"a":[[{"name":3,"a":2,"b":1}],2,1]}"#);
    }
}
