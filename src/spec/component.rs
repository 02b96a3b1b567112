//! One program of the app and how it runs, complete.

use super::{Allowance, Autoscale, HttpRoute, Ingress, Label, Manifest, Permission, Pod, Service, Workload};
use crate::object::Waiver;
use crate::source::{Origin, Traced};

/// A component.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name in the spec.
    pub name: Traced<String>,
    /// The name of its objects: `<app>-<component>` unless the spec says otherwise.
    pub object_name: Traced<String>,
    /// What kind of workload it is, and what it has as such.
    pub workload: Workload,
    /// Where `workload` is declared.
    pub kind: Origin,
    /// Its turn where the GitOps controller keeps an order; none for the first.
    pub wave: Option<Traced<i64>>,
    /// What its pods are made of.
    pub pod: Pod,
    /// Its ConfigMap.
    pub config: Option<ConfigMap>,
    /// The ConfigMaps of its files, by name.
    pub files: Vec<ConfigMap>,
    /// Who changes the number of pods.
    pub autoscale: Option<Autoscale>,
    /// How many pods may be evicted at once.
    pub disruption_budget: Option<DisruptionBudget>,
    /// Its address in the cluster.
    pub service: Option<Service>,
    /// Further Services of its pods, by name.
    pub additional_services: Vec<Service>,
    /// Its addresses outside the cluster.
    pub ingress: Option<Ingress>,
    /// Its addresses at a gateway.
    pub http_route: Option<HttpRoute>,
    /// Traffic that is allowed.
    pub allowances: Vec<Allowance>,
    /// The account it runs under.
    pub service_account: ServiceAccount,
    /// What that account may ask of the API server, by name.
    pub permissions: Vec<Permission>,
    /// Labels on its objects.
    pub labels: Vec<Label>,
    /// Annotations on its workload and its pods.
    pub annotations: Vec<Label>,
    /// The labels by which its pods are found, now and for good.
    pub selector: Vec<Label>,
    /// Objects that are rendered as they are written, by name.
    pub manifests: Vec<Manifest>,
    /// House rules that it is excused from.
    pub waivers: Vec<Waiver>,
}

/// Settings that are a ConfigMap.
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
