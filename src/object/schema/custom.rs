//! What the `CustomResourceDefinitions` among some objects say of their kinds.
//!
//! The schemas are structural schemas: <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema>.

use super::Shape;
use crate::object::Object;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The kinds that a project defines itself, by group and kind.
#[derive(Clone, Debug, Default)]
pub struct CustomKinds {
    kinds: BTreeMap<(String, String), CustomKind>,
}

/// What a definition says of its kind.
#[derive(Clone, Debug)]
pub struct CustomKind {
    /// Whether its objects lie in a namespace.
    pub is_namespaced: bool,
    /// Its versions, by name.
    pub versions: BTreeMap<String, CustomVersion>,
}

/// One version of a kind.
#[derive(Clone, Debug)]
pub struct CustomVersion {
    /// Whether the API server takes objects of it.
    pub is_served: bool,
    /// The schema; none where the definition has none.
    pub schema: Option<CustomSchema>,
}

/// The schema of a version.
#[derive(Clone, Debug)]
pub struct CustomSchema {
    /// As it is written, but for what every object has: `apiVersion`, `kind` and `metadata`.
    pub json: Value,
    /// The types of it.
    pub shape: Shape,
}

impl CustomKinds {
    /// Collects the definitions among some objects. Of two definitions of a kind, the first counts.
    pub fn of<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Self {
        let mut kinds = BTreeMap::new();
        for object in objects {
            if !is_definition(object) {
                continue;
            }
            let Some(spec) = object.body.get("spec") else { continue };
            let group = spec.get("group").and_then(Value::as_str);
            let kind = spec.pointer("/names/kind").and_then(Value::as_str);
            if let Some((group, kind)) = group.zip(kind) {
                kinds.entry((group.to_owned(), kind.to_owned())).or_insert_with(|| CustomKind::of(spec));
            }
        }
        Self { kinds }
    }

    /// Returns what is known of a kind.
    pub fn kind(&self, group: &str, kind: &str) -> Option<&CustomKind> {
        self.kinds.get(&(group.to_owned(), kind.to_owned()))
    }

    /// Returns the schema of a kind in the version of an `apiVersion`.
    pub fn schema(&self, api_version: &str, kind: &str) -> Option<&CustomSchema> {
        let (group, version) = api_version.split_once('/')?;
        self.kind(group, kind)?.versions.get(version)?.schema.as_ref()
    }
}

/// True for a `CustomResourceDefinition`.
pub fn is_definition(object: &Object) -> bool {
    object.id.group == "apiextensions.k8s.io" && object.id.kind == "CustomResourceDefinition"
}

impl CustomKind {
    fn of(spec: &Value) -> Self {
        let versions = spec.get("versions").and_then(Value::as_array).into_iter().flatten();
        let versions = versions.filter_map(|it| {
            let schema = it.pointer("/schema/openAPIV3Schema");
            let is_served = it.get("served") == Some(&Value::Bool(true));
            let version = CustomVersion { is_served, schema: schema.map(CustomSchema::of) };
            Some((it.get("name")?.as_str()?.to_owned(), version))
        });
        Self {
            is_namespaced: spec.get("scope").and_then(Value::as_str) != Some("Cluster"),
            versions: versions.collect(),
        }
    }
}

impl CustomSchema {
    fn of(schema: &Value) -> Self {
        let mut json = prepared(schema);
        as_object(&mut json);
        Self { shape: Shape::from_json_schema(&json), json }
    }
}

/// Gives a schema the fields that every whole object has.
fn as_object(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    let known = fields.entry("properties").or_insert_with(|| json!({}));
    let Value::Object(known) = known else { return };
    known.insert("apiVersion".to_owned(), json!({"type": "string"}));
    known.insert("kind".to_owned(), json!({"type": "string"}));
    known.insert("metadata".to_owned(), json!({"$ref": "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}));
}

/// Rewrites what a structural schema says in words of its own into what [`Shape`] knows.
fn prepared(schema: &Value) -> Value {
    let Value::Object(fields) = schema else { return schema.clone() };
    let is_set = |key: &str| fields.get(key) == Some(&Value::Bool(true));
    let mut out = Map::new();
    for (key, value) in fields {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(known)) => {
                Value::Object(known.iter().map(|(name, it)| (name.clone(), prepared(it))).collect())
            }
            ("items" | "additionalProperties", value) => prepared(value),
            // A default is filled in before anything is asked for.
            ("required", Value::Array(names)) => {
                Value::Array(names.iter().filter(|it| !has_default(fields, it)).cloned().collect())
            }
            (_, value) => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    // `additionalProperties: true` is any value.
    if out.get("additionalProperties") == Some(&Value::Bool(true)) {
        out.insert("additionalProperties".to_owned(), json!({}));
    }
    // Only a shape that takes anything takes null.
    if is_set("nullable") {
        out.remove("type");
    }
    let mut out = Value::Object(out);
    if is_set("x-kubernetes-embedded-resource") {
        as_object(&mut out);
    }
    out
}

fn has_default(fields: &Map<String, Value>, name: &Value) -> bool {
    let known = fields.get("properties").and_then(|it| it.get(name.as_str()?));
    known.is_some_and(|it| it.get("default").is_some())
}

#[cfg(test)]
mod tests {
    use super::CustomKinds;
    use crate::object::schema::{Shape, UnknownFields};
    use crate::object::{FieldPath, KubernetesVersion, Object};
    use serde_json::json;

    #[test]
    fn reads_scope_versions_and_schemas() {
        let schema = json!({"type": "object", "properties": {"spec": {
            "type": "object", "required": ["a", "b"],
            "properties": {
                "a": {"type": "string", "default": "x"},
                "b": {"type": "integer", "nullable": true},
                "c": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                      "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
                "d": {"type": "object", "x-kubernetes-embedded-resource": true,
                      "x-kubernetes-preserve-unknown-fields": true},
            },
        }}});
        let body = json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "as.x.io"},
            "spec": {"group": "x.io", "scope": "Cluster", "names": {"kind": "A", "plural": "as"}, "versions": [
                {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}},
                {"name": "v0", "served": false, "storage": false},
            ]},
        });
        let object = Object::from_body(body).unwrap();
        let kinds = CustomKinds::of([&object]);
        let kind = kinds.kind("x.io", "A").unwrap();
        assert!(!kind.is_namespaced && kind.versions["v1"].is_served && !kind.versions["v0"].is_served);
        assert!(kinds.kind("x.io", "B").is_none() && kinds.schema("x.io/v0", "A").is_none());
        let shape = &kinds.schema("x.io/v1", "A").unwrap().shape;
        let at = |path: &str| shape.at(KubernetesVersion::DEFAULT, &FieldPath::parse(path).unwrap());
        let Some(Shape::Fields(spec)) = at("spec") else { panic!() };
        assert_eq!(spec.required, ["b"]);
        assert_eq!(at("spec.b"), Some(&Shape::Anything));
        let Some(Shape::List(list)) = at("spec.c") else { panic!() };
        assert_eq!(list.kind.keys().unwrap(), ["name"]);
        assert!(at("metadata.labels").is_some() && at("metadata.nothing").is_none() && at("other").is_none());
        let Some(Shape::Fields(embedded)) = at("spec.d") else { panic!() };
        assert_eq!(embedded.unknown, UnknownFields::Kept);
    }
}
