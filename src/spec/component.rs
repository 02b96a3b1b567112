//! One program of the app and how it runs, complete.

use super::{Allowance, Ingress, Label, Manifest, Service};
use crate::object::{Quantity, Waiver};
use crate::source::{Origin, Traced};

/// A component.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name in the spec.
    pub name: Traced<String>,
    /// The name of its objects: `<app>-<component>` unless the spec says otherwise.
    pub object_name: Traced<String>,
    /// What it runs.
    pub image: Image,
    /// The program, instead of the image's own.
    pub command: Vec<Traced<String>>,
    /// Its arguments, instead of the image's own.
    pub args: Vec<Traced<String>>,
    /// How many pods.
    pub replicas: Replicas,
    /// The ports its container listens on.
    pub ports: Vec<Port>,
    /// Its ConfigMap.
    pub config: Option<ConfigMap>,
    /// Variables beyond those from the ConfigMap.
    pub variables: Vec<EnvironmentVariable>,
    /// What it asks for.
    pub requests: Vec<ResourceList>,
    /// What it may not exceed.
    pub limits: Vec<ResourceList>,
    /// How the kubelet looks after it.
    pub probes: Vec<Probe>,
    /// What it may do on its node.
    pub security: Security,
    /// How a new version replaces the old one.
    pub rollout: Rollout,
    /// Who changes the number of pods.
    pub autoscale: Option<Autoscale>,
    /// How many pods may be evicted at once.
    pub disruption_budget: Option<DisruptionBudget>,
    /// Its address in the cluster.
    pub service: Option<Service>,
    /// Its addresses outside the cluster.
    pub ingress: Option<Ingress>,
    /// Traffic that is allowed.
    pub allowances: Vec<Allowance>,
    /// The account it runs under.
    pub service_account: ServiceAccount,
    /// Labels on its objects.
    pub labels: Vec<Label>,
    /// Annotations on its Deployment and its pods.
    pub annotations: Vec<Label>,
    /// The labels by which its pods are found, now and for good.
    pub selector: Vec<Label>,
    /// Objects that are rendered as they are written, by name.
    pub manifests: Vec<Manifest>,
    /// House rules that it is excused from.
    pub waivers: Vec<Waiver>,
}

/// What a container runs.
#[derive(Clone, Debug)]
pub struct Image {
    /// The whole reference: `todo-backend:1.0.0`.
    pub reference: Traced<String>,
    /// When the kubelet asks the registry.
    pub pull: Option<Traced<String>>,
}

/// How many pods.
#[derive(Clone, Debug)]
pub struct Replicas {
    /// The number.
    pub count: Traced<i64>,
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

/// The settings that a component reads as environment variables.
#[derive(Clone, Debug)]
pub struct ConfigMap {
    /// The object's name.
    pub name: Traced<String>,
    /// The values, by key.
    pub values: Vec<ConfigValue>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// One setting.
#[derive(Clone, Debug)]
pub struct ConfigValue {
    /// Its key.
    pub key: Traced<String>,
    /// Its value, several joined with a comma.
    pub value: Traced<String>,
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

/// What a pod and its container may do.
#[derive(Clone, Debug)]
pub struct Security {
    /// User id.
    pub user: Option<Traced<i64>>,
    /// Group id.
    pub group: Option<Traced<i64>>,
    /// Group that owns mounted volumes.
    pub fs_group: Option<Traced<i64>>,
    /// Whether the kubelet refuses to start it as root.
    pub run_as_non_root: Traced<bool>,
    /// Whether a process may gain more privileges than its parent.
    pub allow_privilege_escalation: Traced<bool>,
    /// Whether it runs with all the rights of the node.
    pub privileged: Option<Traced<bool>>,
    /// Whether the image's files cannot be changed.
    pub read_only_root_filesystem: Option<Traced<bool>>,
    /// The system calls it may make.
    pub seccomp: Traced<String>,
    /// Whether all capabilities are taken away first.
    pub drop_capabilities: Traced<bool>,
    /// Capabilities it keeps.
    pub capabilities: Vec<Traced<String>>,
}

/// How a new version replaces the old one.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// `RollingUpdate` or `Recreate`.
    pub strategy: Traced<String>,
    /// Pods that may be missing: a number or a share.
    pub max_unavailable: Option<Traced<String>>,
    /// Pods beyond the number: a number or a share.
    pub max_surge: Option<Traced<String>>,
    /// Seconds a pod must be ready before it counts.
    pub min_ready: Option<Traced<i64>>,
    /// Seconds after which a rollout has failed.
    pub deadline: Option<Traced<i64>>,
}

/// Who changes the number of pods.
#[derive(Clone, Debug)]
pub struct Autoscale {
    /// The object's name.
    pub name: Traced<String>,
    /// The fewest.
    pub minimum: Traced<i64>,
    /// The most.
    pub maximum: Traced<i64>,
    /// The share of the CPU request to keep, in percent.
    pub cpu: Option<Traced<i64>>,
    /// The share of the memory request to keep, in percent.
    pub memory: Option<Traced<i64>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// How many pods may be evicted at once: exactly one of the two is set.
#[derive(Clone, Debug)]
pub struct DisruptionBudget {
    /// The object's name.
    pub name: Traced<String>,
    /// Pods that must stay.
    pub min_available: Option<Traced<String>>,
    /// Pods that may go.
    pub max_unavailable: Option<Traced<String>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// The account that a component runs under.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// Its name.
    pub name: Traced<String>,
    /// Whether it is ours to render.
    pub create: bool,
    /// Whether pods get its token.
    pub mount_token: Traced<bool>,
}

impl Component {
    /// Finds a port by its name.
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports.iter().find(|it| it.name.value == name)
    }
}
