//! What a team declares, in three forms.
//!
//! - [`grammar`]: which nodes exist, what each takes, and how two layers of it merge: the language as one table.
//! - [`Part`] and [`Node`]: what one file said, checked against the table; everything may still be missing.
//! - [`Spec`] and the types below it: one environment, complete; defaults, overlays and references are settled.

pub mod access;
pub mod autoscale;
pub mod body;
pub mod component;
pub mod container;
pub mod environment;
pub mod grammar;
pub mod limits;
pub mod lineage;
pub mod literal;
pub mod manifest;
pub mod network;
pub mod node;
pub mod placement;
pub mod pod;
pub mod routing;
pub mod secret;
pub mod variables;
pub mod volume;
pub mod workload;

pub use access::{Permission, Reach};
pub use autoscale::{
    Autoscale, ContainerMetric, Metric, MetricGoal, MetricObject, MetricSource, Scaling, ScalingPolicy,
};
pub use component::{Component, ConfigMap, ConfigValue, DisruptionBudget, ServiceAccount};
pub use container::{
    Container, ContainerSecurity, Hook, HookAction, Image, Moment, Port, Probe, ProbeAction, ProbeKind, ResourceList,
};
pub use environment::{App, Environment, Label, Spec};
pub use limits::{Amount, Limit, LimitRange, Quota};
pub use lineage::Lineage;
pub use literal::Literal;
pub use manifest::{Manifest, Patch, Scope, Sealed};
pub use network::{Allowance, Direction, Isolation, Peer};
pub use node::{Entry, Mark, Node, Part, Removal};
pub use placement::{Match, NodeAffinity, Placement, PodAffinity, Spread, Toleration};
pub use pod::{Dns, DnsOption, HostAlias, InitContainer, Pod, PodSecurity, PodSettings, Seccomp};
pub use routing::{
    Exposure, ExternalService, Gateway, Host, HostPath, HttpRoute, Ingress, RoutePath, Service, ServiceOptions,
};
pub use secret::{External, Secret, SecretEntry, SecretSource};
pub use variables::{DataKind, EnvironmentSource, EnvironmentVariable, VariableSource};
pub use volume::{Claim, Item, Mount, PodFact, PodFile, Token, Volume, VolumeData, VolumeSource};
pub use workload::{ClaimTemplate, Cron, Job, Rollout, Stateful, Workload};
