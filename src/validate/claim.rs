//! Requests for storage: of a `PersistentVolumeClaim`, of the templates of a `StatefulSet`, of an ephemeral volume.
//!
//! Source: `ValidatePersistentVolumeClaimSpec` in `pkg/apis/core/validation`.

use super::field::{FORBIDDEN_FIELD, Field, Found, OUT_OF_RANGE};
use super::names::{INVALID_NAME, dns_subdomain};
use super::pod::resources;
use super::selector;

const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/// Checks the `spec` of a claim.
pub(super) fn spec(spec: &Field<'_>, found: &mut Found) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        found.push(modes.required("at least 1 access mode is required"));
    }
    let items = modes.items();
    for mode in &items {
        mode.one_of(&MODES, found);
    }
    let alone = |it: &Field<'_>| it.text() == Some("ReadWriteOncePod");
    if items.iter().any(alone) && !items.iter().all(alone) {
        found.push(modes.forbidden("may not use ReadWriteOncePod with other access modes").help("keep one of them"));
    }
    let storage = spec.at("resources.requests.storage");
    match resources::read(&storage) {
        None if !storage.is_set() => found.push(storage.required("")),
        Some(amount) if amount.is_zero() => {
            found.push(storage.invalid(OUT_OF_RANGE, "must be greater than zero"));
        }
        Some(_) | None => resources::amount_of("storage", &storage, found),
    }
    selector::check(&spec.get("selector"), found);
    spec.get("storageClassName").syntax(INVALID_NAME, dns_subdomain, found);
    spec.get("volumeAttributesClassName").syntax(INVALID_NAME, dns_subdomain, found);
    spec.get("volumeMode").one_of(&["Block", "Filesystem"], found);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    let same = |name: &'static str| source.get(name).value == reference.get(name).value;
    if source.is_set() && reference.is_set() {
        if reference.get("namespace").filled().is_some() {
            let what = "may not be specified when dataSourceRef.namespace is specified";
            found.push(source.problem(FORBIDDEN_FIELD, format!("Invalid value: {what}")).help("leave it out"));
        } else if !["apiGroup", "kind", "name"].into_iter().all(same) {
            found.push(source.problem(FORBIDDEN_FIELD, "Invalid value: must match dataSourceRef").help("leave it out"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::Field;
    use super::super::fixture::{any, expect, object, with};
    use serde_json::{Value, json};

    fn claim(pointer: &str, value: Value, expected: &[&str]) {
        let spec = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
        let body = any("v1", "PersistentVolumeClaim", "a", &json!({"spec": spec}));
        let claim = object(with(body, &format!("/spec{pointer}"), value));
        let mut found = Vec::new();
        super::spec(&Field::root(&claim).get("spec"), &mut found);
        expect(found, expected);
    }

    #[test]
    fn checks_claims() {
        claim("/accessModes", json!(["ReadWriteMany", "ReadOnlyMany"]), &[]);
        claim("/accessModes", json!(["ReadWriteOncePod"]), &[]);
        claim(
            "/accessModes",
            json!(["ReadWriteOncePod", "ReadWriteOnce"]),
            &["forbidden-field accessModes may not use ReadWriteOncePod with other access modes"],
        );
        claim("/accessModes", json!([]), &["missing-value accessModes at least 1 access mode is required"]);
        claim("/accessModes", json!(["RWO"]), &["unsupported-value accessModes Unsupported value: \"RWO\""]);
        claim("/resources", json!(null), &["missing-value resources.requests.storage Required value"]);
        claim("/resources/requests/storage", json!("1"), &[]);
        claim("/resources/requests/storage", json!("0"), &["out-of-range storage must be greater than zero"]);
        claim("/resources/requests/storage", json!("1GB"), &["invalid-quantity storage Invalid value: \"1GB\""]);
        claim("/storageClassName", json!(""), &[]);
        claim("/storageClassName", json!("A"), &["invalid-name storageClassName RFC 1123 subdomain"]);
        claim("/volumeMode", json!("Raw"), &["unsupported-value volumeMode \"Raw\""]);
        let source = |name: &str| json!({"kind": "PersistentVolumeClaim", "name": name});
        claim("/dataSource", source("b"), &[]);
        let both = json!({
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1"}},
            "dataSource": source("b"), "dataSourceRef": source("c"),
        });
        claim("", both, &["forbidden-field dataSource must match dataSourceRef"]);
    }
}
