//! All objects of one environment, with the facts that the checks and the review need about it.

use super::{KubernetesVersion, Object, ObjectId, Quantity, Waiver};
use crate::diagnostic::Policy;
use crate::source::{Span, Traced};

/// The objects of one environment, sorted by identity.
#[derive(Clone, Debug)]
pub struct ObjectSet {
    /// What the objects were made for.
    pub environment: Environment,
    /// The objects.
    pub objects: Vec<Object>,
}

/// What is declared about one environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, `todo-prod`.
    pub name: String,
    /// Its namespace, which is also its folder under `rendered/`.
    pub namespace: String,
    /// Whether it is held to the stricter rules.
    pub protected: bool,
    /// The cluster it runs on.
    pub cluster: Option<Cluster>,
    /// Objects that exist without us: made by hand or by another tool.
    pub external: Vec<ExternalObject>,
    /// How bad the house rules are here.
    pub policy: Policy,
    /// The house rules that the app excuses objects of no component from.
    pub waivers: Vec<Waiver>,
    /// The line that declares it; none for an environment that was read from a tree.
    pub span: Option<Span>,
}

/// What is declared about a cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name. Environments that name the same cluster share its node ports and its capacity.
    pub name: String,
    /// The version of its API server.
    pub kubernetes: KubernetesVersion,
    /// What it can hold.
    pub capacity: Option<Capacity>,
    /// The line that declares it.
    pub span: Span,
}

/// What a cluster can hold.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// Cores in total.
    pub cpu: Traced<Quantity>,
    /// Bytes in total.
    pub memory: Traced<Quantity>,
    /// Cores that the workloads may not use.
    pub reserve_cpu: Quantity,
    /// Bytes that the workloads may not use.
    pub reserve_memory: Quantity,
    /// The share of what is left that the workloads should not exceed, in percent.
    pub target_percent: u32,
}

/// An object that the spec refers to and does not make.
#[derive(Clone, Debug)]
pub struct ExternalObject {
    /// Kind, `Secret`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// The keys it must have.
    pub keys: Vec<String>,
    /// The line that declares it.
    pub span: Option<Span>,
}

impl Environment {
    /// An environment of which nothing is declared: all that is known is its folder, which is its namespace.
    pub fn undeclared(folder: &str) -> Self {
        Self {
            name: folder.to_owned(),
            namespace: folder.to_owned(),
            protected: false,
            cluster: None,
            external: Vec::new(),
            policy: Policy::default(),
            waivers: Vec::new(),
            span: None,
        }
    }
}

impl ObjectSet {
    /// Finds an object by its identity.
    pub fn object(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.binary_search_by(|it| it.id.cmp(id)).ok().map(|index| &self.objects[index])
    }

    /// Iterates the objects of one kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Object> + 'a {
        self.objects.iter().filter(move |it| it.id.kind == kind)
    }

    /// Iterates the objects that have a pod template.
    pub fn workloads(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|it| it.pod_template_path().is_some())
    }
}
