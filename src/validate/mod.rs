//! Objects in, messages out: everything that can be known to be wrong before anything is written.
//!
//! Rules look at an object's plain fields and never at the spec. Those of one family are in one file, named after what
//! they are about. They skip what has the wrong type, report everything they find, and print no value that may be
//! secret. Where the API server has words for a problem, they are its words.
//!
//! To add a rule:
//! 1. Find its family, or make a file with `pub const CODES` and `pub(super) fn check`, and name it below in
//!    `FAMILIES` and in [`fn@environment`] or [`fn@cluster`].
//! 2. Walk to the place with `Field`, and push a message; give it a code of its own only if the remedy is a new one.
//! 3. Add what is accepted, what is refused, and the boundary between them to the table at the bottom of the file, and
//!    the code's heading to `docs/diagnostics.md`.

pub mod autoscaler;
pub mod capacity;
pub mod cluster;
pub mod config_map;
pub mod custom_resource;
pub mod disruption_budget;
pub mod field;
pub mod house_rules;
pub mod ingress;
pub mod metadata;
pub mod names;
pub mod network_policy;
pub mod pod;
pub mod references;
pub mod service;
pub mod structure;
pub mod text;
pub mod workload;

mod addresses;
mod echo;
#[cfg(test)]
mod fixture;
mod selector;

use crate::diagnostic::house_rule::{HOUSE_RULES, ORIGIN_NOT_ALLOWED, UNUSED_WAIVER};
use crate::diagnostic::{Code, Diagnostic};
use crate::object::schema::custom::CustomKinds;
use crate::object::{KubernetesVersion, Object, ObjectSet, Waived, Waiver};
use std::collections::BTreeSet;

/// The codes of every family.
const FAMILIES: &[&[Code]] = &[
    &[UNUSED_WAIVER],
    autoscaler::CODES,
    capacity::CODES,
    cluster::CODES,
    config_map::CODES,
    custom_resource::CODES,
    disruption_budget::CODES,
    field::CODES,
    house_rules::CODES,
    ingress::CODES,
    metadata::CODES,
    names::CODES,
    network_policy::CODES,
    pod::containers::CODES,
    pod::probes::CODES,
    pod::resources::CODES,
    pod::security::CODES,
    pod::variables::CODES,
    references::CODES,
    service::CODES,
    structure::CODES,
    text::CODES,
    workload::CODES,
];

/// What the checks of one environment found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What would be wrong if it were not waived.
    pub waived: Vec<Waived>,
}

/// Checks the objects of one environment, each by itself and with the others.
pub fn environment(set: &ObjectSet) -> Outcome {
    let mut outcome = Outcome::default();
    let version = set.environment.cluster.as_ref().map_or(KubernetesVersion::DEFAULT, |it| it.kubernetes);
    let custom = CustomKinds::of(&set.objects);
    let mut unchecked = BTreeSet::new();
    for object in &set.objects {
        if object.sealed.is_some() || config_map::is_plaintext(object) {
            // What is encrypted says nothing, and of what should be, nothing is shown.
            let found = match &object.sealed {
                Some(_) => metadata::check(object, &set.environment.namespace, &custom),
                None => config_map::check(object),
            };
            excuse(object, &set.environment.name, found, &mut outcome);
            continue;
        }
        let mut found = structure::check(object, version, &custom);
        found.extend(custom_resource::check(object, &custom));
        found.extend(text::check(object));
        found.extend(metadata::check(object, &set.environment.namespace, &custom));
        found.extend(config_map::check(object));
        found.extend(pod::check(object));
        found.extend(workload::check(object));
        found.extend(service::check(object));
        found.extend(ingress::check(object));
        found.extend(network_policy::check(object));
        found.extend(autoscaler::check(object));
        found.extend(disruption_budget::check(object));
        found.extend(house_rules::check(object, &set.environment));
        excuse(object, &set.environment.name, found, &mut outcome);
        let kind = (object.id.group.as_str(), object.id.kind.as_str());
        if let Some(message) = custom_resource::unchecked(object, &custom).filter(|_| !unchecked.contains(&kind)) {
            let known = outcome.diagnostics.len();
            excuse(object, &set.environment.name, vec![message], &mut outcome);
            // One object stands for its kind, unless that one is excused.
            if outcome.diagnostics.len() > known {
                unchecked.insert(kind);
            }
        }
    }
    outcome.diagnostics.extend(references::check(set));
    outcome.diagnostics.extend(pod::variables::check_config(set));
    outcome.diagnostics.extend(service::check_targets(set));
    outcome.diagnostics.extend(ingress::check_targets(set));
    outcome.diagnostics.extend(network_policy::check_targets(set));
    outcome.diagnostics.extend(autoscaler::check_targets(set));
    outcome.diagnostics.extend(disruption_budget::check_targets(set));
    outcome.diagnostics.extend(capacity::check_environment(set));
    outcome.diagnostics.extend(unused_waivers(set, &outcome.waived));
    outcome.diagnostics = echo::removed(outcome.diagnostics);
    for message in &mut outcome.diagnostics {
        message.environments.push(set.environment.name.clone());
    }
    outcome
}

/// Checks environments against each other, where they declare the same cluster.
pub fn cluster(sets: &[&ObjectSet]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for group in cluster::groups(sets) {
        found.extend(cluster::check(&group));
        found.extend(capacity::check_cluster(&group));
    }
    found
}

/// Returns the codes of all checks, by name.
pub fn codes() -> Vec<Code> {
    let mut codes: Vec<Code> = FAMILIES.iter().flat_map(|it| it.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Keeps what was found, but for the house rules that a waiver of the object names.
fn excuse(object: &Object, environment: &str, found: Vec<Diagnostic>, outcome: &mut Outcome) {
    for message in found {
        match object.waivers.iter().find(|it| it.code == message.code.name) {
            None => outcome.diagnostics.push(message),
            Some(waiver) => {
                let known = |it: &Waived| it.code == message.code && it.object == object.id;
                // Two containers that break a rule are one excuse.
                if !outcome.waived.iter().any(known) {
                    outcome.waived.push(Waived {
                        code: message.code,
                        object: object.id.clone(),
                        environment: environment.to_owned(),
                        waiver: waiver.clone(),
                    });
                }
            }
        }
    }
}

/// Reports the waivers that excused nothing, once each, though every object of a component carries them.
fn unused_waivers(set: &ObjectSet, waived: &[Waived]) -> Vec<Diagnostic> {
    let mut waivers: Vec<&Waiver> = set.objects.iter().flat_map(|it| &it.waivers).collect();
    waivers.sort_by_key(|it| (it.span, &it.code));
    waivers.dedup_by_key(|it| (it.span, &it.code));
    // Origins are checked at the typed value, in another stage.
    waivers.retain(|it| it.code != ORIGIN_NOT_ALLOWED.name && !waived.iter().any(|used| used.waiver == **it));
    let message = |waiver: &Waiver| {
        let name = &waiver.code;
        let known = HOUSE_RULES.iter().map(|it| it.name);
        if known.clone().any(|it| it == name) {
            let text = format!("nothing breaks the rule `{name}` that is waived");
            let message = Diagnostic::new(UNUSED_WAIVER, text).at(waiver.span, "");
            message.help("remove it, or move it to the environments that need it")
        } else {
            let text = format!("`{name}` is no house rule that can be waived");
            Diagnostic::new(UNUSED_WAIVER, text).at(waiver.span, "").suggest(name, known)
        }
    };
    waivers.into_iter().map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::fixture::{deployment, service, set, with, with_container};
    use super::{codes, environment};
    use crate::object::Waiver;
    use crate::source::{Sources, Span};
    use serde_json::{Value, json};

    fn waiver(code: &str) -> Waiver {
        let sources = Sources::new([("a".to_owned(), String::new())]);
        let span = Span::new(sources.iter().next().unwrap().0, 0, 0);
        Waiver { code: code.to_owned(), reason: "because".to_owned(), span }
    }

    #[test]
    fn a_valid_environment_has_no_messages() {
        assert_eq!(environment(&set([deployment(), service()])).diagnostics, []);
    }

    #[test]
    fn waivers_excuse_and_are_used() {
        let mut set = set([with_container("/livenessProbe", json!(null)), service()]);
        for object in &mut set.objects {
            object.waivers = vec![waiver("missing-probe")];
        }
        let outcome = environment(&set);
        assert_eq!(outcome.diagnostics, []);
        assert_eq!(outcome.waived.len(), 1);
        assert_eq!((outcome.waived[0].code.name, outcome.waived[0].environment.as_str()), ("missing-probe", "prod"));
        for object in &mut set.objects {
            object.waivers = vec![waiver("missing-probe"), waiver("runs-as-root"), waiver("missing-probes")];
        }
        let found = environment(&set).diagnostics;
        let shown: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(
            shown,
            [
                "`missing-probes` is no house rule that can be waived",
                "nothing breaks the rule `runs-as-root` that is waived"
            ]
        );
        assert!(found.iter().all(|it| !it.is_error() && it.environments == ["prod"]));
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
            ("networking.k8s.io/v1", "NetworkPolicy"),
            ("autoscaling/v2", "HorizontalPodAutoscaler"),
            ("policy/v1", "PodDisruptionBudget"),
        ];
        let wrong = [json!(null), json!(5), json!(-1.5), json!("x"), json!([5, null, "x", [], {}]), json!({"a": [1]})];
        for value in &wrong {
            let bodies = kinds.map(|(version, kind)| {
                let body: Value = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "a"}});
                let body = with(body, "/spec", value.clone());
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
