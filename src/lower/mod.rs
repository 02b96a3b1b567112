//! A complete spec in, Kubernetes objects out, every leaf with its origin.
//!
//! One file for each kind. An object is built as a value of its `k8s-openapi` type, so that a misspelled field does not
//! compile, while a [`Recorder`] takes down where each value comes from.
//!
//! To add a kind:
//! 1. write a file named after it, with one function from the spec to an [`Object`];
//! 2. call it from [`objects`];
//! 3. add a case under `tests/cases/compile` and say in `docs/language.md` which node renders to it.

mod cluster_role;
mod cluster_role_binding;
mod config_map;
mod container;
mod daemon_set;
mod deployment;
mod external_secret;
mod horizontal_pod_autoscaler;
mod http_route;
mod ingress;
mod job;
mod limit_range;
mod manifest;
mod metadata;
mod namespace;
mod network_policy;
mod persistent_volume_claim;
mod placement;
mod pod;
mod pod_disruption_budget;
mod probe;
mod recorder;
mod resource_quota;
mod role;
mod role_binding;
mod service;
mod service_account;
mod variables;
mod volume;
mod stateful_set;

use recorder::Recorder;

use crate::object::{Environment, ExternalObject, Object, ObjectSet, sealed};
use crate::spec::{Component, Spec, Workload};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Lowers one environment's spec. Objects are sorted by identity.
pub fn objects(spec: &Spec) -> ObjectSet {
    let mut objects = Vec::new();
    if spec.environment.create_namespace {
        objects.push(namespace::object(spec));
    }
    objects.extend(network_policy::isolation(spec));
    objects.extend(resource_quota::object(spec));
    objects.extend(limit_range::object(spec));
    objects.extend(spec.secrets.iter().filter_map(|it| external_secret::object(spec, it)));
    objects.extend(spec.external_services.iter().map(|it| service::external(spec, it)));
    objects.extend(spec.configs.iter().map(|it| config_map::shared(spec, it)));
    objects.extend(spec.claims.iter().map(|it| persistent_volume_claim::object(spec, it)));
    for component in &spec.components {
        let of_component = of_component(spec, component).into_iter().map(|object| Object {
            component: Some(component.name.value.clone()),
            waivers: component.waivers.clone(),
            ..object
        });
        objects.extend(of_component);
    }
    objects.extend(manifest::objects(spec));
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    ObjectSet { environment: environment(spec), objects }
}

/// Lowers one component.
fn of_component(spec: &Spec, component: &Component) -> Vec<Object> {
    let optional = [
        service_account::object(spec, component),
        config_map::of_component(spec, component),
        ingress::object(spec, component),
        http_route::object(spec, component),
        horizontal_pod_autoscaler::object(spec, component),
        pod_disruption_budget::object(spec, component),
        network_policy::of_component(spec, component),
        role::object(spec, component),
        role_binding::object(spec, component),
        cluster_role::object(spec, component),
        cluster_role_binding::object(spec, component),
    ];
    let mut objects = vec![workload(spec, component)];
    objects.extend(service::objects(spec, component));
    objects.extend(config_map::of_files(spec, component));
    objects.extend(optional.into_iter().flatten());
    objects
}

/// Lowers the object that makes a component's pods.
fn workload(spec: &Spec, component: &Component) -> Object {
    match &component.workload {
        Workload::Deployment { replicas, rollout } => deployment::object(spec, component, replicas, rollout),
        Workload::StatefulSet { replicas, rollout, stateful } => {
            stateful_set::object(spec, component, replicas, rollout, stateful)
        }
        Workload::DaemonSet { rollout } => daemon_set::object(spec, component, rollout),
        Workload::Job(job) => job::object(spec, component, job),
        Workload::CronJob { cron, job } => job::cron_job(spec, component, cron, job),
    }
}

/// Returns the facts about an environment that the checks and the review need.
fn environment(spec: &Spec) -> Environment {
    let place = spec.environment.name.origin.span;
    let sealed: Vec<String> = spec.sealed.iter().filter_map(|it| sealed::secret(&it.object)).map(|it| it.0).collect();
    // What a store fills is made by us, as an ExternalSecret.
    let by_hand = spec.secrets.iter().filter(|it| it.source.is_none() && !sealed.contains(&it.name.value));
    let secrets = by_hand.map(|secret| ExternalObject {
        kind: "Secret".to_owned(),
        name: secret.name.value.clone(),
        keys: secret.keys.iter().map(|it| it.value.clone()).collect(),
        span: secret.name.origin.span,
    });
    let accounts = spec.components.iter().map(|it| &it.service_account).filter(|it| !it.create);
    let accounts = accounts.map(|it| ExternalObject {
        kind: "ServiceAccount".to_owned(),
        name: it.name.value.clone(),
        keys: Vec::new(),
        span: it.name.origin.span,
    });
    let others = spec.external.iter().map(|it| ExternalObject {
        kind: it.kind.clone(),
        name: it.name.clone(),
        keys: it.keys.iter().map(|it| it.value.clone()).collect(),
        span: it.origin.span,
    });
    Environment {
        name: spec.environment.name.value.clone(),
        namespace: spec.environment.namespace.value.clone(),
        protected: spec.environment.protected,
        cluster: spec.environment.cluster.clone(),
        gitops: spec.gitops.as_ref().map(|it| it.value),
        external: secrets.chain(accounts).chain(others).collect(),
        policy: spec.policy.clone(),
        waivers: spec.waivers.clone(),
        span: place,
    }
}

/// Returns a number as Kubernetes stores it. The grammar has held it within bounds.
fn whole(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Returns a number or a share: `1`, `25%`.
fn count(text: impl AsRef<str>) -> IntOrString {
    let text = text.as_ref();
    text.parse().map_or_else(|_| IntOrString::String(text.to_owned()), IntOrString::Int)
}
