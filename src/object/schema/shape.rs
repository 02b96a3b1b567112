//! What a value must look like: a JSON Schema of the kind Kubernetes writes, in; a tree that a check can walk, out.
//!
//! The subset is that of structural schemas, so that the schema of a custom resource can be read the same way.

use super::super::{FieldPath, KubernetesVersion, Segment};
use super::table::{self, DefinitionId};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a value must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any value at all.
    Anything,
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Integer32,
    /// A whole number of 64 bits.
    Integer64,
    /// A number.
    Number,
    /// A string.
    Text,
    /// A string that holds bytes.
    Base64,
    /// An amount, `250m` or `1Gi`, as a string or a number.
    Quantity,
    /// A whole number or a string, as a port or a percentage.
    IntegerOrText,
    /// A list.
    List(Box<List>),
    /// A map with names of the user's choice.
    Map(Box<Self>),
    /// A map with known names.
    Fields(Fields),
    /// What this definition says in the version that is asked about.
    Reference(DefinitionId),
}

/// What a list must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Each item.
    pub items: Shape,
    /// How items are told apart.
    pub kind: ListKind,
}

/// How the API server merges two versions of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// The list is one value.
    Atomic,
    /// The items are told apart by their value.
    Set,
    /// The items are told apart by these fields.
    Keyed(Vec<String>),
}

/// What a map with known names must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The fields, by name.
    pub known: BTreeMap<String, Shape>,
    /// The fields that must be there, in the order of the schema.
    pub required: Vec<String>,
    /// What becomes of other fields.
    pub unknown: UnknownFields,
}

/// What the API server does with a field that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFields {
    /// It is an error.
    Refused,
    /// It is kept as it is.
    Kept,
}

impl Shape {
    /// Reads a schema. What it does not constrain is [`Shape::Anything`].
    pub fn from_json_schema(schema: &Value) -> Self {
        let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or("");
        let is_set = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            return table::definition(name).map_or(Self::Anything, Self::Reference);
        }
        if is_set("x-kubernetes-int-or-string") {
            return Self::IntegerOrText;
        }
        match (text("type"), text("format")) {
            ("boolean", _) => Self::Boolean,
            ("integer", "int32") => Self::Integer32,
            ("integer", _) => Self::Integer64,
            ("number", _) => Self::Number,
            ("string", "byte") => Self::Base64,
            ("string", "quantity") => Self::Quantity,
            ("string", "int-or-string") => Self::IntegerOrText,
            ("string", _) => Self::Text,
            ("array", _) => Self::List(Box::new(List::from_json_schema(schema))),
            ("object", _) => Self::map_from_json_schema(schema),
            _ => Self::Anything,
        }
    }

    /// Follows references; other shapes are returned as they are.
    pub fn resolved(&self, version: KubernetesVersion) -> &Self {
        let Self::Reference(definition) = self else { return self };
        definition.shape(super::embedded(version)).map_or(&Self::Anything, |it| it.resolved(version))
    }

    /// Returns the shape of what a path leads to; none where a value of this shape has no such field.
    pub fn at(&self, version: KubernetesVersion, path: &FieldPath) -> Option<&Self> {
        path.segments().iter().try_fold(self.resolved(version), |shape, segment| {
            let inner = match (shape, segment) {
                (Self::Anything, _) => shape,
                (Self::List(list), Segment::Index(_)) => &list.items,
                (Self::Map(values), Segment::Field(_)) => values,
                (Self::Fields(fields), Segment::Field(name)) => fields.of(name)?,
                _ => return None,
            };
            Some(inner.resolved(version))
        })
    }

    fn map_from_json_schema(schema: &Value) -> Self {
        if let Some(known) = schema.get("properties").and_then(Value::as_object) {
            let keeps = schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
            return Self::Fields(Fields {
                known: known.iter().map(|(name, it)| (name.clone(), Self::from_json_schema(it))).collect(),
                required: strings(schema.get("required")),
                unknown: if keeps { UnknownFields::Kept } else { UnknownFields::Refused },
            });
        }
        // Without either keyword the content is free: that is how upstream writes embedded objects and `fieldsV1`.
        Self::Map(Box::new(schema.get("additionalProperties").map_or(Self::Anything, Self::from_json_schema)))
    }
}

impl List {
    fn from_json_schema(schema: &Value) -> Self {
        let map_keys = strings(schema.get("x-kubernetes-list-map-keys"));
        let kind = match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("map") if !map_keys.is_empty() => ListKind::Keyed(map_keys),
            Some("set") => ListKind::Set,
            // Older versions name the key of many lists only for strategic merge patches.
            _ => match schema.get("x-kubernetes-patch-merge-key").and_then(Value::as_str) {
                Some(key) => ListKind::Keyed(vec![key.to_owned()]),
                None => ListKind::Atomic,
            },
        };
        Self { items: schema.get("items").map_or(Shape::Anything, Shape::from_json_schema), kind }
    }
}

impl ListKind {
    /// Returns the fields that name an item.
    pub fn keys(&self) -> Option<&[String]> {
        match self {
            Self::Keyed(keys) => Some(keys),
            Self::Atomic | Self::Set => None,
        }
    }
}

impl Fields {
    /// Returns the shape of a field; none where the field is refused.
    pub fn of(&self, name: &str) -> Option<&Shape> {
        match self.unknown {
            UnknownFields::Refused => self.known.get(name),
            UnknownFields::Kept => Some(self.known.get(name).unwrap_or(&Shape::Anything)),
        }
    }
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{List, ListKind, Shape, UnknownFields};
    use serde_json::{Value, json};

    #[test]
    fn reads_every_type() {
        let check = |schema: Value, expected| assert_eq!(Shape::from_json_schema(&schema), expected, "{schema}");
        check(json!({}), Shape::Anything);
        check(json!({"type": "boolean"}), Shape::Boolean);
        check(json!({"type": "integer", "format": "int32"}), Shape::Integer32);
        check(json!({"type": "integer", "format": "int64"}), Shape::Integer64);
        check(json!({"type": "number", "format": "double"}), Shape::Number);
        check(json!({"type": "string"}), Shape::Text);
        check(json!({"type": "string", "format": "byte"}), Shape::Base64);
        check(json!({"type": "string", "format": "date-time"}), Shape::Text);
        check(json!({"type": "string", "format": "quantity"}), Shape::Quantity);
        check(json!({"x-kubernetes-int-or-string": true}), Shape::IntegerOrText);
        check(json!({"$ref": "io.example.Unknown"}), Shape::Anything);
        check(json!({"type": "object"}), Shape::Map(Box::new(Shape::Anything)));
        check(json!({"type": "object", "additionalProperties": {"type": "string"}}), Shape::Map(Box::new(Shape::Text)));
    }

    #[test]
    fn reads_how_a_list_is_merged() {
        let check = |mut schema: Value, kind| {
            schema["type"] = json!("array");
            let expected = Shape::List(Box::new(List { items: Shape::Anything, kind }));
            assert_eq!(Shape::from_json_schema(&schema), expected, "{schema}");
        };
        let keyed = |names: &[&str]| ListKind::Keyed(names.iter().map(|it| (*it).to_owned()).collect());
        check(json!({}), ListKind::Atomic);
        check(json!({"x-kubernetes-list-type": "atomic"}), ListKind::Atomic);
        check(json!({"x-kubernetes-list-type": "set"}), ListKind::Set);
        check(json!({"x-kubernetes-patch-merge-key": "name"}), keyed(&["name"]));
        check(
            json!({
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["port", "protocol"],
                "x-kubernetes-patch-merge-key": "port",
            }),
            keyed(&["port", "protocol"]),
        );
    }

    #[test]
    fn keeps_unknown_fields_only_where_the_schema_says_so() {
        let check = |schema: Value, unknown, expected| {
            let Shape::Fields(fields) = Shape::from_json_schema(&schema) else { panic!("{schema}") };
            assert_eq!((fields.unknown, fields.of("other")), (unknown, expected), "{schema}");
            assert_eq!(fields.of("name"), Some(&Shape::Text), "{schema}");
        };
        let properties = json!({"name": {"type": "string"}});
        check(json!({"type": "object", "properties": properties}), UnknownFields::Refused, None);
        check(
            json!({"type": "object", "properties": properties, "x-kubernetes-preserve-unknown-fields": true}),
            UnknownFields::Kept,
            Some(&Shape::Anything),
        );
    }
}
