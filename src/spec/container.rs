//! One container, complete: what it runs, what it gets, and what it may do.

use super::{EnvironmentSource, EnvironmentVariable, Seccomp};
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
    /// Where it works, instead of the image's own folder.
    pub working_dir: Option<Traced<String>>,
    /// The ConfigMaps and Secrets all of whose keys are variables; a later one wins over those before it.
    pub sources: Vec<EnvironmentSource>,
    /// Its other variables, which win over those.
    pub variables: Vec<EnvironmentVariable>,
    /// What it asks for.
    pub requests: Vec<ResourceList>,
    /// What it may not exceed.
    pub limits: Vec<ResourceList>,
    /// How the kubelet looks after it.
    pub probes: Vec<Probe>,
    /// What is done when it has started, and before it is stopped.
    pub hooks: Vec<Hook>,
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

/// What is done at one moment of a container's life.
#[derive(Clone, Debug)]
pub struct Hook {
    /// When.
    pub moment: Moment,
    /// What.
    pub action: HookAction,
    /// The lines that declare it.
    pub origin: Origin,
}

/// A moment of a container's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has just started.
    PostStart,
    /// It is about to be stopped.
    PreStop,
}

/// What is done at a moment of a container's life.
#[derive(Clone, Debug)]
pub enum HookAction {
    /// A path is requested.
    Http {
        /// The path.
        path: Traced<String>,
        /// The name of the container's port.
        port: Traced<String>,
    },
    /// A program is run in the container.
    Exec(Vec<Traced<String>>),
    /// So many seconds pass.
    Sleep(Traced<i64>),
}

/// What a container may do on its node.
#[derive(Clone, Debug)]
pub struct ContainerSecurity {
    /// User id, where it is not that of the pod.
    pub user: Option<Traced<i64>>,
    /// Group id, where it is not that of the pod.
    pub group: Option<Traced<i64>>,
    /// Whether the kubelet refuses to start it as root, where the pod says otherwise.
    pub run_as_non_root: Option<Traced<bool>>,
    /// The system calls it may make, where the pod says otherwise.
    pub seccomp: Option<Seccomp>,
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
