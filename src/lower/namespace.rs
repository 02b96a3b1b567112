//! The environment's Namespace, with the Pod Security level that it enforces.

use super::{Recorder, metadata};
use crate::object::Object;
use crate::source::Origin;
use crate::spec::Spec;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Labels of <https://kubernetes.io/docs/concepts/security/pod-security-admission/>: `enforce` rejects pods, `warn`
/// tells whoever applies a workload whose pods would be rejected.
const LEVELS: [&str; 2] = ["pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/warn"];

pub(super) fn object(spec: &Spec) -> Object {
    let declared = Origin { overrides: Vec::new(), ..spec.environment.name.origin.clone() };
    let mut at = Recorder::new(&declared, "an environment has a Namespace");
    let metadata = at.block("metadata", |at| {
        let mut labels = metadata::app_labels(at, spec);
        labels.extend(metadata::user(at, "labels", &[&spec.labels]).unwrap_or_default());
        labels.extend(LEVELS.map(|it| at.take_key("labels", it, &spec.pod_security)));
        ObjectMeta {
            name: Some(at.take("name", &spec.environment.namespace)),
            labels: Some(labels),
            annotations: metadata::user(at, "annotations", &[&spec.annotations]),
            ..ObjectMeta::default()
        }
    });
    // Within one wave, namespaces come first.
    let is_early = spec.secrets.iter().any(|it| it.source.is_some());
    let metadata = if is_early { metadata::before_all(&mut at, spec, metadata) } else { metadata };
    at.finish(&Namespace { metadata, ..Namespace::default() })
}
