//! Claims of storage, and the templates of them in a `StatefulSet` and in ephemeral volumes.
//!
//! Source: `ValidatePersistentVolumeClaimSpec` in `pkg/apis/core/validation`. The API server takes a wrong template and
//! its controller then fails to make the claims, so a template is held to the same.

use super::field::{Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE};
use super::names::{self, INVALID_NAME};
use super::pod::resources;
use super::selector;
use crate::object::Object;

const ACCESS_MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/// Checks one object, if it is a claim.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.group.is_empty() && object.id.kind == "PersistentVolumeClaim" {
        spec(&Field::root(object).get("spec"), &mut found);
    }
    found
}

/// Checks the `spec` of a claim, or of a template of claims.
pub(super) fn spec(spec: &Field<'_>, found: &mut Found) {
    let modes = spec.get("accessModes");
    let items = modes.items();
    if items.is_empty() {
        found.push(modes.required("at least 1 access mode is required").help("most storage can do `ReadWriteOnce`"));
    }
    for mode in &items {
        mode.one_of(&ACCESS_MODES, found);
    }
    let is_alone = |it: &Field<'_>| it.text() == Some("ReadWriteOncePod");
    if items.iter().any(is_alone) && !items.iter().all(is_alone) {
        let message = modes.forbidden("may not use ReadWriteOncePod with other access modes");
        found.push(message.help("keep `ReadWriteOncePod` alone, or the others"));
    }
    size(&spec.at("resources.requests.storage"), found);
    selector::check(&spec.get("selector"), found);
    for class in ["storageClassName", "volumeAttributesClassName"] {
        spec.get(class).syntax(INVALID_NAME, names::dns_subdomain, found);
    }
    spec.get("volumeMode").one_of(&["Block", "Filesystem"], found);
    sources(spec, found);
}

fn size(storage: &Field<'_>, found: &mut Found) {
    if !storage.is_set() {
        found.push(storage.required("").help("say how much it claims: `1Gi`"));
    } else if resources::read(storage).is_some_and(|it| it.is_zero() || it.is_negative()) {
        found.push(storage.invalid(OUT_OF_RANGE, "must be greater than zero"));
    } else {
        resources::amount_of("storage", storage, found);
    }
}

/// Checks what the volume is filled from.
fn sources(spec: &Field<'_>, found: &mut Found) {
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    for it in [&source, &reference] {
        for name in ["kind", "name"] {
            if it.get(name).text() == Some("") {
                found.push(it.get(name).required(""));
            }
        }
        let (group, kind) = (it.get("apiGroup"), it.get("kind"));
        if it.is_set() && group.is_empty() && kind.filled().is_some_and(|it| it != "PersistentVolumeClaim") {
            let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
            found.push(kind.invalid(INVALID_NAME, detail).help("a VolumeSnapshot is of `snapshot.storage.k8s.io`"));
        }
        group.syntax(INVALID_NAME, names::dns_subdomain, found);
    }
    if !source.is_set() || !reference.is_set() {
        return;
    }
    let differ = ["apiGroup", "kind", "name"].iter().any(|it| source.get(it).value != reference.get(it).value);
    let detail = if !reference.get("namespace").is_empty() {
        "may not be specified when dataSourceRef.namespace is specified"
    } else if differ {
        "must match dataSourceRef"
    } else {
        return;
    };
    found.push(source.invalid(NOT_EXACTLY_ONE, detail).help("keep `dataSourceRef`"));
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object, with};
    use super::check;
    use serde_json::{Value, json};

    fn claim() -> Value {
        let spec = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
        any("v1", "PersistentVolumeClaim", "data", &json!({"spec": spec}))
    }

    fn changed(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with(claim(), pointer, value))), expected);
    }

    #[test]
    fn checks_access() {
        let modes = |modes: Value, expected: &[&str]| changed("/spec/accessModes", modes, expected);
        modes(json!(["ReadWriteOnce"]), &[]);
        modes(json!(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"]), &[]);
        modes(json!(["ReadWriteOncePod"]), &[]);
        modes(json!([]), &["missing-value accessModes at least 1 access mode is required"]);
        modes(json!(["RWO"]), &["unsupported-value accessModes Unsupported value: \"RWO\""]);
        modes(
            json!(["ReadWriteOncePod", "ReadWriteOnce"]),
            &["forbidden-field accessModes may not use ReadWriteOncePod with other access modes"],
        );
    }

    #[test]
    fn checks_size_and_class() {
        let size = |size: Value, expected: &[&str]| changed("/spec/resources/requests/storage", size, expected);
        size(json!("1"), &[]);
        size(json!("0"), &["out-of-range storage must be greater than zero"]);
        size(json!("-1Gi"), &["out-of-range storage must be greater than zero"]);
        size(json!(null), &["missing-value storage Required value"]);
        size(json!("1GB"), &["invalid-quantity storage quantities are a number"]);
        changed("/spec/storageClassName", json!("fast.ssd"), &[]);
        changed("/spec/storageClassName", json!(""), &[]);
        changed("/spec/storageClassName", json!("Fast"), &["invalid-name storageClassName RFC 1123 subdomain"]);
        changed("/spec/volumeMode", json!("Block"), &[]);
        changed("/spec/volumeMode", json!("block"), &["unsupported-value volumeMode \"block\""]);
        changed("/spec/selector", json!({"matchLabels": {"a b": "c"}}), &["invalid-label selector.matchLabels"]);
    }

    #[test]
    fn checks_what_it_is_filled_from() {
        let snapshot = json!({"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "a"});
        changed("/spec/dataSource", snapshot.clone(), &[]);
        changed("/spec/dataSource", json!({"kind": "PersistentVolumeClaim", "name": "a"}), &[]);
        changed(
            "/spec/dataSource",
            json!({"kind": "VolumeSnapshot", "name": "a"}),
            &["invalid-name dataSource.kind must be 'PersistentVolumeClaim' when referencing the default apiGroup"],
        );
        let both = with(claim(), "/spec/dataSource", snapshot.clone());
        expect(check(&object(with(both.clone(), "/spec/dataSourceRef", snapshot))), &[]);
        let other = json!({"kind": "PersistentVolumeClaim", "name": "b"});
        expect(
            check(&object(with(both, "/spec/dataSourceRef", other))),
            &["not-exactly-one dataSource must match dataSourceRef"],
        );
    }
}
