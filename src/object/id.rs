//! What makes two objects the same object: group, kind, namespace and name.

use serde_json::Value;
use std::fmt;

/// The identity of an object in a cluster. The version of its API is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind, `Deployment`.
    pub kind: String,
    /// Namespace; none for a cluster-scoped object.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

/// The kind that stands for a whole environment where a message or finding is about no single object.
pub const ENVIRONMENT: &str = "Environment";

impl ObjectId {
    /// Stands for a whole environment.
    pub fn environment(name: &str) -> Self {
        Self { group: String::new(), kind: ENVIRONMENT.to_owned(), namespace: None, name: name.to_owned() }
    }

    /// Reads the identity out of an object's own fields.
    pub fn of(body: &Value) -> Option<Self> {
        let api_version = body.get("apiVersion")?.as_str()?;
        let metadata = body.get("metadata")?;
        Some(Self {
            group: api_version.split_once('/').map_or("", |(group, _)| group).to_owned(),
            kind: body.get("kind")?.as_str()?.to_owned(),
            namespace: metadata.get("namespace").and_then(Value::as_str).map(str::to_owned),
            name: metadata.get("name")?.as_str()?.to_owned(),
        })
    }

    /// Returns `Deployment/todo-backend`: how messages and reports name an object.
    pub fn short(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

impl fmt::Display for ObjectId {
    /// Writes `Deployment/todo-backend`, and the namespace where there is one: `Deployment/todo-backend in todo-prod`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)?;
        match &self.namespace {
            Some(namespace) => write!(f, " in {namespace}"),
            None => Ok(()),
        }
    }
}
