//! One environment of the app, complete.

use super::{
    Claim, Component, ConfigMap, External, ExternalService, Isolation, LimitRange, Manifest, Patch, Quota, Sealed,
    Secret,
};
use crate::diagnostic::Policy;
use crate::object::{Cluster, GitopsFacts, Waiver};
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
    /// ConfigMaps that components share, by name.
    pub configs: Vec<ConfigMap>,
    /// ConfigMaps that manifests make, for the pods that read them.
    pub written_configs: Vec<ConfigMap>,
    /// Storage that outlives pods, by name.
    pub claims: Vec<Claim>,
    /// Who applies the rendered tree; none where nobody says.
    pub gitops: Option<Traced<GitopsFacts>>,
    /// What the namespace may use in all.
    pub quota: Option<Quota>,
    /// What one pod, container or claim of the namespace may use.
    pub limit_range: Option<LimitRange>,
    /// The Secrets that components may use, by name.
    pub secrets: Vec<Secret>,
    /// Other objects that exist without us.
    pub external: Vec<External>,
    /// Names for hosts outside the cluster, by name.
    pub external_services: Vec<ExternalService>,
    /// How bad the house rules are.
    pub policy: Policy,
    /// The house rules that objects of no component are excused from.
    pub waivers: Vec<Waiver>,
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
    /// Whether pods have it too, where those of its block do.
    pub pods: bool,
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
