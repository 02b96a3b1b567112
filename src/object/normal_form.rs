//! When two objects mean the same: maps have no order, and neither have the lists to which Kubernetes gives none.

use super::{FieldPath, Segment, list_key, list_key::Schema};
use serde_json::{Map, Value};

/// True where two bodies mean the same.
pub fn same(before: &Value, after: &Value) -> bool {
    same_at(Schema::of(before), &FieldPath::default(), before, after)
}

/// True where two values at this path of an object mean the same.
pub fn same_at(schema: Schema, path: &FieldPath, before: &Value, after: &Value) -> bool {
    before == after || normal(schema, &mut path.clone(), before) == normal(schema, &mut path.clone(), after)
}

/// Writes the one form that all values with the same meaning share.
pub fn normal_text(schema: Schema, path: &FieldPath, value: &Value) -> String {
    normal(schema, &mut path.clone(), value).to_string()
}

/// Returns the one form that all values with the same meaning share: fields by name, unordered lists by their text.
fn normal(schema: Schema, path: &mut FieldPath, value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let mut sorted = Map::new();
            for (name, value) in fields {
                path.push(Segment::Field(name.clone()));
                sorted.insert(name.clone(), normal(schema, path, value));
                path.pop();
            }
            Value::Object(sorted)
        }
        Value::Array(items) => {
            let ordered = list_key::has_order(schema, path);
            let mut sorted = Vec::new();
            for (index, item) in items.iter().enumerate() {
                path.push(Segment::Index(index));
                sorted.push(normal(schema, path, item));
                path.pop();
            }
            if !ordered {
                sorted.sort_by_cached_key(Value::to_string);
            }
            Value::Array(sorted)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::same;
    use serde_json::{Value, json};

    #[test]
    fn order_counts_only_where_kubernetes_gives_it_a_meaning() {
        let check =
            |before: Value, after: Value, expected: bool| assert_eq!(same(&before, &after), expected, "{before}");
        check(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true);
        check(json!({"args": [1, 2]}), json!({"args": [2, 1]}), false);
        check(json!({"env": [{"name": "A"}, {"name": "B"}]}), json!({"env": [{"name": "B"}, {"name": "A"}]}), false);
        check(json!({"policyTypes": ["Ingress", "Egress"]}), json!({"policyTypes": ["Egress", "Ingress"]}), true);
        check(json!({"tolerations": [{"key": "a"}, {}]}), json!({"tolerations": [{}, {"key": "a"}]}), true);
        let custom = |hosts| json!({"apiVersion": "example.com/v1", "hosts": hosts});
        check(custom(["a", "b"]), custom(["b", "a"]), false);
    }
}
