//! What a team declares, in three forms.
//!
//! - [`grammar`]: which nodes exist, what each takes, and how two layers of it merge: the language as one table.
//! - [`Part`] and [`Node`]: what one file said, checked against the table; everything may still be missing.
//! - [`Spec`] and the types below it: one environment, complete; defaults, overlays and references are settled.

pub mod body;
pub mod component;
pub mod environment;
pub mod grammar;
pub mod literal;
pub mod manifest;
pub mod network;
pub mod node;
pub mod routing;

pub use component::{
    Autoscale, Component, ConfigMap, ConfigValue, DisruptionBudget, EnvironmentVariable, Image, Port, Probe,
    ProbeAction, ProbeKind, Replicas, ResourceList, Rollout, Security, ServiceAccount, VariableSource,
};
pub use environment::{App, Environment, Label, Secret, Spec};
pub use literal::Literal;
pub use manifest::{Manifest, Patch, Scope, Sealed};
pub use network::{Allowance, Direction, Isolation, Peer};
pub use node::{Entry, Mark, Node, Part};
pub use routing::{Exposure, Host, Ingress, Service};
