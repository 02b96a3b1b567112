//! Custom resources against the definitions that the project has of them.
//!
//! Types, unknown and missing fields are the business of [`super::structure`]; here is what a schema says of values:
//! `enum`, bounds, lengths, list keys, and the combinations of schemas. Left out are `pattern` and the rules in CEL
//! (`x-kubernetes-validations`), which only the API server can read as it does. Source: `ValidateCustomResource` and
//! `ValidateListSetsAndMaps` in apiextensions-apiserver.

use super::field::{DUPLICATE_ENTRY, Field, Found, OUT_OF_RANGE, UNSUPPORTED_VALUE};
use crate::diagnostic::house_rule::UNCHECKED_CUSTOM_RESOURCE;
use crate::diagnostic::{Code, Diagnostic};
use crate::object::schema::custom::CustomKinds;
use crate::object::{FieldPath, Object, schema};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A value is not as the schema of its kind combines others: `anyOf`, `oneOf`, `not`.
pub const MISMATCHED_SCHEMA: Code = Code::error("mismatched-schema");

/// The codes of this family.
pub const CODES: &[Code] = &[MISMATCHED_SCHEMA, UNCHECKED_CUSTOM_RESOURCE];

/// Checks one object of an environment with these definitions.
pub(super) fn check(object: &Object, custom: &CustomKinds) -> Found {
    let mut found = Found::new();
    let api_version = object.body.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    if let Some(schema) = custom.schema(api_version, &object.id.kind) {
        value(&schema.json, &Field::root(object), &mut found);
    }
    found
}

/// Reports a custom resource of which nothing is known. What the compiler makes itself is known to it.
pub(super) fn unchecked(object: &Object, custom: &CustomKinds) -> Option<Diagnostic> {
    let is_made = object.origin(&FieldPath::default().field("kind")).is_some_and(|it| it.rule.is_some());
    let known = !schema::is_custom_group(&object.id.group) || custom.kind(&object.id.group, &object.id.kind).is_some();
    if known || is_made {
        return None;
    }
    let kind = format!("{}.{}", object.id.kind, object.id.group);
    let message = format!("{} cannot be checked: the project has no definition of {kind}", object.id.short());
    let place = Field::root(object).get("kind").span();
    let diagnostic = Diagnostic::new(UNCHECKED_CUSTOM_RESOURCE, message).at_some(place, "");
    let help = "add the CustomResourceDefinition as a `manifest`, where this environment is what installs it";
    Some(diagnostic.about(&object.id).help(help))
}

/// Leaves of the messages about custom resources of which nothing is known the first of each kind: one object stands
/// for all, unless that one is excused.
pub(super) fn once_a_kind(diagnostics: &mut Vec<Diagnostic>) {
    let mut said = BTreeSet::new();
    diagnostics.retain(|it| {
        let kind = it.object.as_ref().map(|it| (it.group.clone(), it.kind.clone()));
        it.code != UNCHECKED_CUSTOM_RESOURCE || said.insert(kind)
    });
}

/// Checks a value and all that is in it. What has the wrong type has been reported.
fn value(schema: &Value, field: &Field<'_>, found: &mut Found) {
    let Value::Object(schema) = schema else { return };
    if !field.is_set() {
        return;
    }
    if let Some((code, message)) = verdict(schema, field.value) {
        found.push(field.problem(code, message));
        return;
    }
    match field.value {
        Value::Object(_) => {
            let known = schema.get("properties").and_then(Value::as_object);
            let other = schema.get("additionalProperties");
            for (name, inner) in field.entries() {
                if let Some(schema) = known.and_then(|it| it.get(name)).or(other) {
                    value(schema, &inner, found);
                }
            }
        }
        Value::Array(_) => {
            list(schema, field, found);
            if let Some(schema) = schema.get("items") {
                field.items().iter().for_each(|it| value(schema, it, found));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Reports items of a set or a keyed list that are there twice.
fn list(schema: &Map<String, Value>, field: &Field<'_>, found: &mut Found) {
    let keys: Vec<&str> = match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
        Some("set") => Vec::new(),
        Some("map") => {
            let keys = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
            keys.into_iter().flatten().filter_map(Value::as_str).collect()
        }
        _ => return,
    };
    let key = |it: &Field<'_>| match keys.as_slice() {
        [] => vec![it.value.clone()],
        keys => keys.iter().map(|key| it.value.get(key).cloned().unwrap_or_default()).collect(),
    };
    let items = field.items();
    for (index, item) in items.iter().enumerate() {
        if items[..index].iter().any(|it| key(it) == key(item)) {
            found.push(item.problem(DUPLICATE_ENTRY, "Duplicate value: another item has the same key"));
        }
    }
}

/// Says what a schema has against a value as a whole, in the words of the API server.
fn verdict(schema: &Map<String, Value>, value: &Value) -> Option<(Code, String)> {
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    let is_set = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let known: Vec<String> = allowed.iter().map(Value::to_string).collect();
        return Some((
            UNSUPPORTED_VALUE,
            format!("Unsupported value: {value}: supported values: {}", known.join(", ")),
        ));
    }
    if let Some(own) = value.as_f64() {
        let below = number("minimum").filter(|it| own < *it || own <= *it && is_set("exclusiveMinimum"));
        let above = number("maximum").filter(|it| own > *it || own >= *it && is_set("exclusiveMaximum"));
        let or_equal = |exclusive: &str| if is_set(exclusive) { "" } else { " or equal to" };
        if let Some(bound) = below {
            let or_equal = or_equal("exclusiveMinimum");
            return Some((OUT_OF_RANGE, format!("Invalid value: should be greater than{or_equal} {bound}")));
        }
        if let Some(bound) = above {
            let or_equal = or_equal("exclusiveMaximum");
            return Some((OUT_OF_RANGE, format!("Invalid value: should be less than{or_equal} {bound}")));
        }
        if number("multipleOf").is_some_and(|it| it > 0.0 && (own / it).fract() != 0.0) {
            let of = schema.get("multipleOf").map(Value::to_string).unwrap_or_default();
            return Some((OUT_OF_RANGE, format!("Invalid value: should be a multiple of {of}")));
        }
    }
    let (size, least, most, what) = match value {
        Value::String(text) => (text.chars().count(), "minLength", "maxLength", "chars long"),
        Value::Array(items) => (items.len(), "minItems", "maxItems", "items"),
        Value::Object(map) => (map.len(), "minProperties", "maxProperties", "properties"),
        Value::Null | Value::Bool(_) | Value::Number(_) => return combined(schema, value),
    };
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
    if let Some(least) = bound(least).filter(|it| size < *it) {
        return Some((OUT_OF_RANGE, format!("Invalid value: should be at least {least} {what}")));
    }
    if let Some(most) = bound(most).filter(|it| size > *it) {
        return Some((OUT_OF_RANGE, format!("Too long: should be at most {most} {what}")));
    }
    combined(schema, value)
}

/// Says what the combinations of a schema have against a value.
fn combined(schema: &Map<String, Value>, value: &Value) -> Option<(Code, String)> {
    let list = |key: &str| schema.get(key).and_then(Value::as_array).filter(|it| !it.is_empty());
    let fitting = |all: &Vec<Value>| all.iter().filter(|it| fits(it, value)).count();
    let mismatch = |text: &str| Some((MISMATCHED_SCHEMA, format!("Invalid value: {text}")));
    if list("allOf").is_some_and(|all| fitting(all) < all.len()) {
        return mismatch("must validate all the schemas (allOf)");
    }
    if list("anyOf").is_some_and(|all| fitting(all) == 0) {
        return mismatch("must validate at least one schema (anyOf)");
    }
    if list("oneOf").is_some_and(|all| fitting(all) != 1) {
        return mismatch("must validate one and only one schema (oneOf)");
    }
    if schema.get("not").is_some_and(|it| fits(it, value)) {
        return mismatch("must not validate the schema (not)");
    }
    None
}

/// True where a value is as a schema inside a combination demands. A pattern is taken as met.
fn fits(schema: &Value, value: &Value) -> bool {
    let Value::Object(fields) = schema else { return true };
    let type_fits = match fields.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    let required = fields.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let has_required = !value.is_object() || required.into_iter().all(|it| value.get(it).is_some());
    let known = fields.get("properties").and_then(Value::as_object).into_iter().flatten();
    let inside = known.into_iter().all(|(name, schema)| value.get(name).is_none_or(|it| fits(schema, it)));
    let items =
        fields.get("items").is_none_or(|schema| value.as_array().into_iter().flatten().all(|it| fits(schema, it)));
    type_fits && has_required && inside && items && verdict(fields, value).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{expect, object};
    use super::{check, unchecked};
    use crate::object::schema::custom::CustomKinds;
    use serde_json::{Value, json};

    fn definition(schema: &Value) -> Value {
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "as.x.io"},
            "spec": {"group": "x.io", "scope": "Namespaced", "names": {"kind": "A", "plural": "as"}, "versions": [
                {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                    {"type": "object", "properties": {"spec": schema}}}},
                {"name": "v0", "served": false, "storage": false},
            ]},
        })
    }

    fn resource(spec: &Value) -> Value {
        json!({"apiVersion": "x.io/v1", "kind": "A", "metadata": {"name": "a", "namespace": "prod"}, "spec": spec})
    }

    #[test]
    fn checks_what_a_schema_says_of_values() {
        let verdicts = |schema: Value, spec: Value, expected: &[&str]| {
            let definition = object(definition(&schema));
            expect(check(&object(resource(&spec)), &CustomKinds::of([&definition])), expected);
        };
        let size = json!({"type": "integer", "minimum": 1, "maximum": 5});
        verdicts(size.clone(), json!(1), &[]);
        verdicts(size.clone(), json!(0), &["out-of-range spec should be greater than or equal to 1"]);
        verdicts(size, json!(6), &["out-of-range spec should be less than or equal to 5"]);
        verdicts(json!({"enum": ["a", "b"]}), json!("c"), &["unsupported-value spec supported values: \"a\", \"b\""]);
        verdicts(json!({"maxLength": 2}), json!("éé"), &[]);
        verdicts(json!({"maxLength": 2}), json!("ééé"), &["out-of-range spec at most 2 chars"]);
        verdicts(json!({"minItems": 1}), json!([]), &["out-of-range spec at least 1 items"]);
        verdicts(json!({"multipleOf": 5}), json!(7), &["out-of-range spec a multiple of 5"]);
        verdicts(
            json!({"properties": {"a": {"items": {"maximum": 1}}}}),
            json!({"a": [0, 2]}),
            &["out-of-range spec.a[1] less than or equal to 1"],
        );
        verdicts(json!({"additionalProperties": {"enum": [1]}}), json!({"x": 2}), &["unsupported-value spec.x"]);
        let one = json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]});
        verdicts(one.clone(), json!({"a": 1}), &[]);
        verdicts(one.clone(), json!({}), &["mismatched-schema spec one and only one"]);
        verdicts(one, json!({"a": 1, "b": 1}), &["mismatched-schema spec one and only one"]);
        verdicts(json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}), json!("80"), &[]);
        verdicts(json!({"not": {"required": ["a"]}}), json!({"a": 1}), &["mismatched-schema spec must not"]);
        let keyed = json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]});
        verdicts(keyed.clone(), json!([{"name": "a"}, {"name": "b"}]), &[]);
        verdicts(keyed, json!([{"name": "a"}, {"name": "a"}]), &["duplicate-entry spec[1] same key"]);
    }

    #[test]
    fn knows_what_is_not_known() {
        let definition = object(definition(&json!({})));
        let known = CustomKinds::of([&definition]);
        let body = resource(&json!({}));
        assert!(unchecked(&object(body.clone()), &known).is_none());
        assert!(unchecked(&object(body), &CustomKinds::default()).is_some());
    }
}
