//! Kubernetes objects as plain ordered data, every leaf with its origin.
//!
//! An [`Object`] holds its fields as JSON values in the order Kubernetes writes them. Objects that were read back from
//! a rendered tree are the same type with no origins.

pub mod capacity;
pub mod date;
pub mod demand;
pub mod document;
pub mod field_order;
pub mod field_path;
pub mod gitops;
pub mod id;
pub mod image_reference;
pub mod invisible;
pub mod kind;
pub mod list_key;
pub mod located;
pub mod normal_form;
pub mod origins;
pub mod quantity;
pub mod resource;
pub mod rollout;
pub mod schema;
pub mod sealed;
pub mod selector;
pub mod set;
pub mod storage_class;
pub mod version;
pub mod waiver;

pub use capacity::Capacity;
pub use date::Date;
pub use field_path::{FieldPath, Segment};
pub use gitops::GitopsFacts;
pub use id::ObjectId;
pub use image_reference::ImageReference;
pub use located::Located;
pub use origins::Origins;
pub use quantity::Quantity;
pub use selector::Selector;
pub use set::{Cluster, Environment, ExternalObject, ObjectSet};
pub use storage_class::{ReclaimPolicy, StorageClass};
pub use version::KubernetesVersion;
pub use waiver::{Waived, Waiver};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Origin;
use serde_json::Value;

/// One Kubernetes object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Group, kind, namespace and name.
    pub id: ObjectId,
    /// The whole object: `apiVersion`, `kind`, `metadata`, then the rest.
    pub body: Value,
    /// Why each leaf is what it is; empty for an object that was read from a tree.
    pub origins: Origins,
    /// The component it was made for, by its name in the spec.
    pub component: Option<String>,
    /// The house rules that its component has waived.
    pub waivers: Vec<Waiver>,
    /// The text of its file, for an encrypted Secret that is passed through; its body then stands for it.
    pub sealed: Option<String>,
}

impl Object {
    /// Takes an object apart from its own `apiVersion`, `kind` and `metadata`. Returns none where they are missing.
    pub fn from_body(body: Value) -> Option<Self> {
        let id = ObjectId::of(&body)?;
        Some(Self { id, body, origins: Origins::default(), component: None, waivers: Vec::new(), sealed: None })
    }

    /// Returns the value at a path.
    pub fn at(&self, path: &FieldPath) -> Option<&Value> {
        path.find(&self.body)
    }

    /// Returns the value at a path written as text, `spec.template.spec.containers[0].image`.
    pub fn field(&self, path: &str) -> Option<&Value> {
        self.at(&FieldPath::parse(path)?)
    }

    /// Returns the labels or annotations, or any other map of strings, in their order.
    pub fn strings(&self, path: &str) -> Vec<(&str, &str)> {
        let map = self.field(path).and_then(Value::as_object);
        map.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
    }

    /// Returns the pod template's path prefix for the kinds that have one: `spec.template`.
    pub fn pod_template_path(&self) -> Option<FieldPath> {
        kind::pod_template(&self.id.kind).and_then(FieldPath::parse)
    }

    /// Returns the pod template of a workload.
    pub fn pod_template(&self) -> Option<&Value> {
        self.at(&self.pod_template_path()?)
    }

    /// Returns the origin of the leaf or block at a path.
    pub fn origin(&self, path: &FieldPath) -> Option<&Origin> {
        self.origins.of(path)
    }

    /// A message about one field, in the words of the API server: `Deployment/todo-backend spec.replicas: …`, placed
    /// at the line that set the field, or at the nearest enclosing block that a line set.
    pub fn diagnostic(&self, code: Code, path: &FieldPath, message: impl AsRef<str>) -> Diagnostic {
        let span = self.origins.nearest_span(path);
        let text = format!("{} `{}`: {}", self.id.short(), path.display_in(&self.body), message.as_ref());
        Diagnostic::new(code, text).at_some(span, "").about(&self.id)
    }
}

impl PartialEq for Object {
    /// Two objects are equal when their content is, wherever it came from.
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body
    }
}

/// Calls `visit` for every leaf: a scalar, or an empty map or list.
pub fn leaves(value: &Value, visit: &mut impl FnMut(&FieldPath, &Value)) {
    fn walk(value: &Value, path: &mut FieldPath, visit: &mut impl FnMut(&FieldPath, &Value)) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    path.push(Segment::Field(key.clone()));
                    walk(value, path, visit);
                    path.pop();
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, value) in items.iter().enumerate() {
                    path.push(Segment::Index(index));
                    walk(value, path, visit);
                    path.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                visit(path, value);
            }
        }
    }
    walk(value, &mut FieldPath::default(), visit);
}
