//! One environment of the app, complete.

use super::{Component, Isolation, Manifest, Patch, Sealed};
use crate::object::Cluster;
use crate::source::Traced;

/// What is declared for one environment once base and overlay are merged, defaults are set and references resolved.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The app.
    pub app: App,
    /// The environment.
    pub environment: Environment,
    /// Labels on every object.
    pub labels: Vec<Label>,
    /// Annotations on every object.
    pub annotations: Vec<Label>,
    /// Which traffic is denied unless allowed; none where the cluster's own rules hold.
    pub isolation: Option<Traced<Isolation>>,
    /// The Pod Security level that the namespace enforces.
    pub pod_security: Traced<String>,
    /// Secrets that exist without us.
    pub secrets: Vec<Secret>,
    /// The components, by name.
    pub components: Vec<Component>,
    /// Objects that are rendered as they are written, by name.
    pub manifests: Vec<Manifest>,
    /// Encrypted Secrets that are passed through, by name.
    pub sealed: Vec<Sealed>,
    /// Changes to what has been made, in order: those of components before those of the app, and each from the lowest
    /// layer up.
    pub patches: Vec<Patch>,
}

/// The app.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: Traced<String>,
    /// Its version.
    pub version: Option<Traced<String>>,
}

/// The environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: Traced<String>,
    /// The namespace all its objects are in.
    pub namespace: Traced<String>,
    /// Whether the Namespace object is ours to render.
    pub create_namespace: bool,
    /// Whether it is held to the stricter rules.
    pub protected: bool,
    /// The cluster it runs on.
    pub cluster: Option<Cluster>,
    /// The ranges of addresses of the cluster's pods, one for each family.
    pub pod_network: Vec<Traced<String>>,
}

/// A label or an annotation.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Traced<String>,
}

/// A Secret that is made in the cluster, not here.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: Traced<String>,
    /// The keys it has.
    pub keys: Vec<Traced<String>>,
}

impl Spec {
    /// Finds a component by its name in the spec.
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|it| it.name.value == name)
    }
}

/// Returns the labels by which the pods of a component are found where the spec says nothing else. They never change
/// while the names stay, because a Deployment's selector cannot be changed.
pub fn default_selector(object_name: &str, environment: &str) -> Vec<(String, String)> {
    vec![
        ("app.kubernetes.io/instance".to_owned(), environment.to_owned()),
        ("app.kubernetes.io/name".to_owned(), object_name.to_owned()),
    ]
}
