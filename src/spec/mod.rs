//! What a team declares, in three forms.
//!
//! - [`grammar`]: which nodes exist, what each takes, and how two layers of it merge: the language as one table.
//! - [`Part`] and [`Node`]: what one file said, checked against the table; everything may still be missing.
//! - [`Spec`] and the types below it: one environment, complete; defaults, overlays and references are settled.

pub mod component;
pub mod container;
pub mod environment;
pub mod grammar;
pub mod literal;
pub mod network;
pub mod node;
pub mod pod;
pub mod routing;
pub mod variables;
pub mod workload;

pub use component::{Autoscale, Component, ConfigMap, ConfigValue, DisruptionBudget, ServiceAccount};
pub use container::{
    Container, ContainerSecurity, Hook, HookAction, Image, Moment, Port, Probe, ProbeAction, ProbeKind, ResourceList,
};
pub use environment::{App, Environment, Label, Secret, Spec};
pub use literal::Literal;
pub use network::{Allowance, Direction, Isolation, Peer};
pub use node::{Entry, Mark, Node, Part};
pub use pod::{InitContainer, Pod, PodSecurity, Seccomp};
pub use routing::{Exposure, Host, Ingress, Service};
pub use variables::{DataKind, EnvironmentSource, EnvironmentVariable, VariableSource};
pub use workload::{ClaimTemplate, Cron, Gitops, Job, Rollout, Stateful, Workload};
