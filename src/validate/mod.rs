//! Objects in, messages out: everything that can be known to be wrong before anything is written.
//!
//! Rules look at an object's plain fields and never at the spec. Those of one family are in one file, named after what
//! they are about. They skip what has the wrong type, report everything they find, and print no value that may be
//! secret. Where the API server has words for a problem, they are its words.
//!
//! To add a rule:
//! 1. Find its family, or make a file with `pub const CODES` and `pub(super) fn check`, and name it below in
//!    `FAMILIES` and in [`fn@environment`] or [`fn@project`].
//! 2. Walk to the place with `Field`, and push a message; give it a code of its own only if the remedy is a new one.
//! 3. Add what is accepted, what is refused, and the boundary between them to the table at the bottom of the file, and
//!    the code's heading to `docs/diagnostics.md`.

pub mod api_version;
pub mod autoscaler;
pub mod batch;
pub mod capacity;
pub mod cluster;
pub mod config_map;
pub mod custom_resource;
pub mod custom_resource_definition;
pub mod disruption_budget;
pub mod external_secret;
pub mod field;
pub mod house_rules;
pub mod http_route;
pub mod ingress;
pub mod limit_range;
pub mod metadata;
pub mod names;
pub mod network_policy;
pub mod persistent_volume_claim;
pub mod pod;
pub mod pod_security;
pub mod priority_class;
pub mod protected;
pub mod quota;
pub mod rbac;
pub mod references;
pub mod secret;
pub mod service;
pub mod structure;
pub mod text;
pub mod waivers;
pub mod workload;

mod addresses;
mod echo;
#[cfg(test)]
mod fixture;
mod selector;

pub use waivers::{ends, unused};

use crate::diagnostic::{Code, Diagnostic};
use crate::object::schema::custom::CustomKinds;
use crate::object::{KubernetesVersion, ObjectSet, Waived};

/// The codes of every family.
const FAMILIES: &[&[Code]] = &[
    autoscaler::CODES,
    batch::cron_job::CODES,
    capacity::CODES,
    cluster::CODES,
    config_map::CODES,
    custom_resource::CODES,
    field::CODES,
    house_rules::CODES,
    ingress::CODES,
    metadata::CODES,
    names::CODES,
    pod::containers::CODES,
    pod::mounts::CODES,
    pod::resources::CODES,
    pod::security::CODES,
    pod::variables::CODES,
    pod_security::CODES,
    references::CODES,
    secret::CODES,
    structure::CODES,
    text::CODES,
    waivers::CODES,
    workload::CODES,
];

/// What checks found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What would be wrong if it were not waived.
    pub waived: Vec<Waived>,
}

impl Outcome {
    fn extend(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.waived.extend(other.waived);
    }
}

/// Checks the objects of one environment, each by itself and with the others.
pub fn environment(set: &ObjectSet) -> Outcome {
    let mut outcome = with_echoes(set);
    outcome.diagnostics = without_echoes(outcome.diagnostics);
    outcome
}

/// Leaves one message of those that are about one text of the spec.
pub fn without_echoes(messages: Vec<Diagnostic>) -> Vec<Diagnostic> {
    echo::removed(messages)
}

/// The same checks, where what is wrong with a text is said of every object that it is in: which of them speaks for the
/// others depends on lines, which what was read from a tree does not have.
pub fn with_echoes(set: &ObjectSet) -> Outcome {
    let mut found = Vec::new();
    let version = set.environment.cluster.as_ref().map_or(KubernetesVersion::DEFAULT, |it| it.kubernetes);
    let custom = CustomKinds::of(&set.objects);
    for object in &set.objects {
        if object.sealed.is_some() {
            // What is encrypted says nothing.
            found.extend(metadata::check(object, &set.environment.namespace, &custom));
            continue;
        }
        if let Some(refusals) = secret::plaintext(object) {
            found.extend(refusals);
            continue;
        }
        found.extend(structure::check(object, version, &custom));
        found.extend(custom_resource::check(object, &custom));
        found.extend(custom_resource::unchecked(object, &custom));
        found.extend(api_version::check(object, version));
        found.extend(text::check(object));
        found.extend(metadata::check(object, &set.environment.namespace, &custom));
        found.extend(config_map::check(object));
        found.extend(secret::check(object));
        found.extend(persistent_volume_claim::check(object));
        found.extend(rbac::check(object));
        found.extend(quota::check(object));
        found.extend(limit_range::check(object));
        found.extend(priority_class::check(object));
        found.extend(custom_resource_definition::check(object));
        found.extend(pod::check(object));
        found.extend(pod::restart::check(object, version));
        found.extend(pod::variables::check_config(object, set));
        found.extend(workload::check(object));
        found.extend(batch::check(object));
        found.extend(service::check(object));
        found.extend(ingress::check(object));
        found.extend(http_route::check(object));
        found.extend(external_secret::check(object));
        found.extend(network_policy::check(object));
        found.extend(autoscaler::check(object));
        found.extend(disruption_budget::check(object));
        found.extend(house_rules::check(object, set));
        found.extend(pod_security::check(object, set, version));
    }
    found.extend(references::check(set));
    found.extend(service::check_targets(set));
    found.extend(ingress::check_targets(set));
    found.extend(network_policy::check_targets(set));
    found.extend(autoscaler::check_targets(set));
    found.extend(disruption_budget::check_targets(set));
    found.extend(capacity::check_environment(set));
    for message in &mut found {
        message.environments.push(set.environment.name.clone());
    }
    let mut outcome = waivers::settle(found, &[set]);
    custom_resource::once_a_kind(&mut outcome.diagnostics);
    outcome
}

/// Checks environments against each other: those that declare the same cluster, and the protected with the others.
pub fn project(sets: &[&ObjectSet]) -> Outcome {
    let mut outcome = Outcome::default();
    for group in ObjectSet::by_cluster(sets) {
        let mut found = cluster::check(&group);
        found.extend(capacity::check_cluster(&group));
        outcome.extend(waivers::settle(found, &group));
    }
    outcome.extend(waivers::settle(protected::check(sets), sets));
    outcome
}

/// Returns the codes of all checks, by name.
pub fn codes() -> Vec<Code> {
    let mut codes: Vec<Code> = FAMILIES.iter().flat_map(|it| it.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::fixture::{deployment, service, set, with};
    use super::{codes, environment};
    use serde_json::{Value, json};

    #[test]
    fn a_valid_environment_has_no_messages() {
        assert_eq!(environment(&set([deployment(), service()])).diagnostics, []);
    }

    #[test]
    fn every_code_is_listed_once() {
        let names: Vec<&str> = codes().iter().map(|it| it.name).collect();
        let mut unique = names.clone();
        unique.dedup();
        assert_eq!(names, unique);
        assert!(names.is_sorted());
    }

    #[test]
    fn never_panics_on_wrong_types() {
        let kinds = [
            ("v1", "ConfigMap"),
            ("v1", "Secret"),
            ("v1", "Service"),
            ("v1", "Namespace"),
            ("v1", "ServiceAccount"),
            ("v1", "Pod"),
            ("apps/v1", "Deployment"),
            ("apps/v1", "StatefulSet"),
            ("apps/v1", "DaemonSet"),
            ("batch/v1", "Job"),
            ("batch/v1", "CronJob"),
            ("networking.k8s.io/v1", "Ingress"),
            ("gateway.networking.k8s.io/v1", "HTTPRoute"),
            ("external-secrets.io/v1", "ExternalSecret"),
            ("networking.k8s.io/v1", "NetworkPolicy"),
            ("autoscaling/v2", "HorizontalPodAutoscaler"),
            ("policy/v1", "PodDisruptionBudget"),
            ("v1", "LimitRange"),
            ("v1", "PersistentVolumeClaim"),
            ("v1", "ResourceQuota"),
            ("rbac.authorization.k8s.io/v1", "Role"),
            ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
            ("scheduling.k8s.io/v1", "PriorityClass"),
            ("networking.k8s.io/v1", "IngressClass"),
            ("gateway.networking.k8s.io/v1", "HTTPRoute"),
            ("external-secrets.io/v1", "ExternalSecret"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ];
        let wrong = [json!(null), json!(5), json!(-1.5), json!("x"), json!([5, null, "x", [], {}]), json!({"a": [1]})];
        for value in &wrong {
            let bodies = kinds.map(|(version, kind)| {
                let body: Value = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "a"}});
                let body = with(body, "/spec", value.clone());
                let body = with(with(body, "/rules", value.clone()), "/roleRef", value.clone());
                with(with(body, "/data", value.clone()), "/metadata/labels", value.clone())
            });
            environment(&set(bodies));
            // Every field of the valid objects in turn.
            for valid in [deployment(), service()] {
                let mut pointers = Vec::new();
                places(&valid, "", &mut pointers);
                for pointer in
                    pointers.iter().filter(|it| !it.starts_with("/metadata") && *it != "/kind" && *it != "/apiVersion")
                {
                    environment(&set([with(valid.clone(), pointer, value.clone())]));
                }
            }
        }
    }

    fn places(value: &Value, at: &str, pointers: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        for (key, child) in children {
            let pointer = format!("{at}/{key}");
            places(child, &pointer, pointers);
            pointers.push(pointer);
        }
    }
}
