//! One container, complete: what it runs, what it gets, and what it may do.

use crate::object::Quantity;
use crate::source::{Origin, Traced};

/// A container of a pod.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name in the pod.
    pub name: Traced<String>,
    /// What it runs.
    pub image: Image,
    /// The program, instead of the image's own.
    pub command: Vec<Traced<String>>,
    /// Its arguments, instead of the image's own.
    pub args: Vec<Traced<String>>,
    /// The ports it listens on.
    pub ports: Vec<Port>,
    /// The ConfigMap all of whose keys are variables.
    pub config: Option<Traced<String>>,
    /// Its other variables.
    pub variables: Vec<EnvironmentVariable>,
    /// What it asks for.
    pub requests: Vec<ResourceList>,
    /// What it may not exceed.
    pub limits: Vec<ResourceList>,
    /// How the kubelet looks after it.
    pub probes: Vec<Probe>,
    /// What it may do on its node.
    pub security: ContainerSecurity,
}

/// What a container runs.
#[derive(Clone, Debug)]
pub struct Image {
    /// The whole reference: `todo-backend:1.0.0`.
    pub reference: Traced<String>,
    /// When the kubelet asks the registry.
    pub pull: Option<Traced<String>>,
}

/// A port that the container listens on.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name.
    pub name: Traced<String>,
    /// Its number.
    pub number: Traced<i64>,
    /// TCP unless the spec says otherwise.
    pub protocol: Traced<String>,
}

/// One environment variable.
#[derive(Clone, Debug)]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: Traced<String>,
    /// Where its value comes from.
    pub source: VariableSource,
}

/// Where the value of an environment variable comes from.
#[derive(Clone, Debug)]
pub enum VariableSource {
    /// It is written here.
    Literal(Traced<String>),
    /// A key of a Secret.
    Secret {
        /// The Secret.
        name: Traced<String>,
        /// The key.
        key: Traced<String>,
    },
    /// A field of the pod itself.
    Field(Traced<String>),
}

/// An amount of one resource.
#[derive(Clone, Debug)]
pub struct ResourceList {
    /// `cpu`, `memory`, `ephemeral-storage`.
    pub resource: &'static str,
    /// How much.
    pub amount: Traced<Quantity>,
}

/// How the kubelet finds out about a container.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What it decides.
    pub kind: ProbeKind,
    /// What it does.
    pub action: ProbeAction,
    /// Seconds before the first time.
    pub delay: Option<Traced<i64>>,
    /// Seconds between two.
    pub period: Option<Traced<i64>>,
    /// Seconds after which one has failed.
    pub timeout: Option<Traced<i64>>,
    /// Failures in a row that count.
    pub failures: Option<Traced<i64>>,
    /// Successes in a row that count.
    pub successes: Option<Traced<i64>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// What a probe decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    /// Whether the container is restarted.
    Liveness,
    /// Whether it receives traffic.
    Readiness,
    /// Whether it has started, before the others begin.
    Startup,
}

/// What a probe does.
#[derive(Clone, Debug)]
pub enum ProbeAction {
    /// Requests a path.
    Http {
        /// The path.
        path: Traced<String>,
        /// The name of the container's port.
        port: Traced<String>,
    },
    /// Opens a connection to a port, by its name.
    Tcp(Traced<String>),
    /// Calls the gRPC health service on a port, by its number.
    Grpc(Traced<i64>),
    /// Runs a program in the container.
    Exec(Vec<Traced<String>>),
}

/// What a container may do on its node.
#[derive(Clone, Debug)]
pub struct ContainerSecurity {
    /// Whether a process may gain more privileges than its parent.
    pub allow_privilege_escalation: Traced<bool>,
    /// Whether it runs with all the rights of the node.
    pub privileged: Option<Traced<bool>>,
    /// Whether the image's files cannot be changed.
    pub read_only_root_filesystem: Option<Traced<bool>>,
    /// Whether all capabilities are taken away first.
    pub drop_capabilities: Traced<bool>,
    /// Capabilities it keeps.
    pub capabilities: Vec<Traced<String>>,
}

impl Container {
    /// Finds a port by its name.
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports.iter().find(|it| it.name.value == name)
    }
}
