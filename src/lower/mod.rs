//! A complete spec in, Kubernetes objects out, every leaf with its origin.
//!
//! One file for each kind. An object is built as a value of its `k8s-openapi` type, so that a misspelled field does not
//! compile, while a [`Recorder`] takes down where each value comes from.
//!
//! To add a kind:
//! 1. write a file named after it, with one function from the spec to an [`Object`];
//! 2. call it from [`objects`];
//! 3. add a case under `tests/cases/compile` and say in `docs/language.md` which node renders to it.

mod config_map;
mod container;
mod deployment;
mod horizontal_pod_autoscaler;
mod ingress;
mod manifest;
mod metadata;
mod namespace;
mod network_policy;
mod pod_disruption_budget;
mod probe;
mod recorder;
mod service;
mod service_account;

use recorder::Recorder;

use crate::object::{Environment, ExternalObject, Object, ObjectSet, sealed};
use crate::spec::{Component, Spec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Lowers one environment's spec. Objects are sorted by identity.
pub fn objects(spec: &Spec) -> ObjectSet {
    let mut objects = Vec::new();
    if spec.environment.create_namespace {
        objects.push(namespace::object(spec));
    }
    objects.extend(network_policy::isolation(spec));
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
        config_map::object(spec, component),
        service::object(spec, component),
        ingress::object(spec, component),
        horizontal_pod_autoscaler::object(spec, component),
        pod_disruption_budget::object(spec, component),
        network_policy::of_component(spec, component),
    ];
    std::iter::once(deployment::object(spec, component)).chain(optional.into_iter().flatten()).collect()
}

/// Returns the facts about an environment that the checks and the review need.
fn environment(spec: &Spec) -> Environment {
    let place = spec.environment.name.origin.span;
    let sealed: Vec<String> = spec.sealed.iter().filter_map(|it| sealed::secret(&it.object)).map(|it| it.0).collect();
    let by_hand = spec.secrets.iter().filter(|it| !sealed.contains(&it.name.value));
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
    Environment {
        name: spec.environment.name.value.clone(),
        namespace: spec.environment.namespace.value.clone(),
        protected: spec.environment.protected,
        cluster: spec.environment.cluster.clone(),
        external: secrets.chain(accounts).collect(),
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
