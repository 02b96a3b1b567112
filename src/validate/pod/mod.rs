//! Pods and pod templates of every kind.
//!
//! Source: `ValidatePodTemplateSpec` and `ValidatePodSpec` in `pkg/apis/core/validation`.

pub mod containers;
pub mod mounts;
pub mod resources;
pub mod security;
pub mod variables;

pub(super) mod restart;

mod operating_system;
mod probes;
mod scheduling;
mod settings;
mod volumes;

use super::field::{Field, Found};
use super::metadata;
use crate::object::{Object, kind};

/// Checks the pod template of one object, if it has one.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    let Some(template) = template(object) else { return found };
    if object.id.kind != "Pod" {
        metadata::labels_and_annotations(&template.get("metadata"), &mut found);
        let ephemeral = template.at("spec.ephemeralContainers");
        if !ephemeral.is_empty() {
            found.push(ephemeral.forbidden("ephemeral containers not allowed in pod template"));
        }
    }
    let spec = template.get("spec");
    if spec.is_set() {
        containers::check(&spec, &mut found);
        volumes::check(&spec, &mut found);
        security::check(&spec, &mut found);
        operating_system::check(&spec, &mut found);
        scheduling::check(&spec, &mut found);
        settings::check(&spec, &mut found);
        resources::of_pod(&spec, &mut found);
        resources::of_overhead(&spec.get("overhead"), &mut found);
    } else {
        found.push(spec.get("containers").required(""));
    }
    found
}

/// Returns the pod template of a workload, or the whole object for a Pod. A kind of another group is another kind.
pub(super) fn template(object: &Object) -> Option<Field<'_>> {
    if !kind::is_built_in_group(&object.id.group) {
        return None;
    }
    let root = Field::root(object);
    match object.id.kind.as_str() {
        "Pod" => Some(root),
        known => kind::pod_template(known).map(|path| root.at(path)).filter(Field::is_set),
    }
}

/// Returns all containers of a pod: those that run, then those that prepare it.
pub(super) fn all_containers<'a>(spec: &Field<'a>) -> Vec<Field<'a>> {
    let mut all = spec.get("containers").items();
    all.extend(spec.get("initContainers").items());
    all
}

/// Returns the containers that run as long as the pod: the containers, and the init containers that keep running.
pub(super) fn running_containers<'a>(spec: &Field<'a>) -> Vec<Field<'a>> {
    let mut running = spec.get("containers").items();
    running.extend(spec.get("initContainers").items().into_iter().filter(is_sidecar));
    running
}

/// True for an init container that runs beside the others.
pub(super) fn is_sidecar(container: &Field<'_>) -> bool {
    container.get("restartPolicy").text() == Some("Always")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{deployment, expect, object, with, with_pod};
    use super::check;
    use serde_json::json;

    #[test]
    fn accepts_a_valid_template() {
        expect(check(&object(deployment())), &[]);
    }

    #[test]
    fn checks_the_template_itself() {
        let labels = with(deployment(), "/spec/template/metadata/labels/a", json!("x y"));
        expect(check(&object(labels)), &["invalid-label spec.template.metadata.labels.a a valid label"]);
        let empty = with(deployment(), "/spec/template/spec", json!(null));
        expect(check(&object(empty)), &["missing-value spec.template.spec.containers Required value"]);
        let ephemeral = with_pod("/ephemeralContainers", json!([{"name": "debug"}]));
        expect(check(&object(ephemeral)), &["forbidden-field ephemeralContainers not allowed in pod template"]);
    }

    #[test]
    fn never_panics_on_wrong_types() {
        for wrong in [json!(null), json!(5), json!("x"), json!([]), json!([5, null, "x", []]), json!({"a": [1]})] {
            for pointer in [
                "/containers",
                "/containers/0",
                "/containers/0/ports",
                "/containers/0/env",
                "/containers/0/resources",
                "/containers/0/resources/limits",
                "/containers/0/livenessProbe",
                "/containers/0/securityContext",
                "/containers/0/volumeMounts",
                "/volumes",
                "/affinity",
                "/os",
                "/resources",
                "/overhead",
                "/resourceClaims",
                "/topologySpreadConstraints",
                "/dnsConfig",
                "/containers/0/volumeDevices",
                "/containers/0/resizePolicy",
                "/containers/0/lifecycle",
                "/tolerations",
                "/securityContext",
            ] {
                check(&object(with_pod(pointer, wrong.clone())));
            }
        }
    }
}
