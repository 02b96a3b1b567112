//! Definitions of custom resources: names and versions. What their schemas say of fields is not looked at.
//!
//! Source: `ValidateCustomResourceDefinition` in `apiextensions-apiserver/pkg/apis/apiextensions/validation`.

use super::field::{DUPLICATE_NAME, Field, Found, NOT_EXACTLY_ONE, UNSUPPORTED_VALUE, unique};
use super::names::{self, INVALID_NAME};
use crate::object::Object;

/// Checks one object, if it defines a custom resource.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "CustomResourceDefinition" || object.id.group != "apiextensions.k8s.io" {
        return found;
    }
    let root = Field::root(object);
    let spec = root.get("spec");
    let (group, plural) = (spec.get("group"), spec.at("names.plural"));
    if let (Some(group), Some(plural)) = (group.text(), plural.text()) {
        let wanted = format!("{plural}.{group}");
        if object.id.name != wanted {
            let name = root.at("metadata.name");
            let message = name.invalid(INVALID_NAME, "must be spec.names.plural+\".\"+spec.group");
            found.push(message.help(format!("call it `{wanted}`")));
        }
        if !group.contains('.') {
            let message = spec.get("group").invalid(INVALID_NAME, "should be a domain with at least one dot");
            found.push(message.help("take a domain of yours: `example.com`"));
        }
    }
    group.syntax(INVALID_NAME, names::dns_subdomain, &mut found);
    spec.get("scope").one_of(&["Cluster", "Namespaced"], &mut found);
    for name in ["plural", "singular"] {
        spec.get("names").get(name).syntax(INVALID_NAME, names::dns_1035_label, &mut found);
    }
    for name in ["kind", "listKind"] {
        let field = spec.get("names").get(name);
        // Kinds are compared in lower case.
        if let Some(Err(detail)) = field.filled().map(|it| names::dns_1035_label(&it.to_lowercase())) {
            found.push(field.invalid(INVALID_NAME, detail));
        }
    }
    versions(&spec.get("versions"), &mut found);
    found
}

fn versions(versions: &Field<'_>, found: &mut Found) {
    let items = versions.items();
    for version in &items {
        version.get("name").syntax(INVALID_NAME, names::dns_1035_label, found);
        let schema = version.get("schema").get("openAPIV3Schema");
        if !schema.is_set() {
            found.push(schema.required("schemas are required").help("say at least `type: object`"));
        } else if schema.get("type").text() != Some("object") {
            found.push(schema.get("type").invalid(UNSUPPORTED_VALUE, "must be object at the root"));
        }
    }
    let named = items.iter().map(|it| it.get("name"));
    unique(DUPLICATE_NAME, named.filter_map(|it| Some((it.filled()?, it))), found);
    if !items.is_empty() && items.iter().filter(|it| it.get("storage").is_true()).count() != 1 {
        let message = versions.invalid(NOT_EXACTLY_ONE, "must have exactly one version marked as storage version");
        found.push(message.help("write `storage: true` for one of them"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object, with};
    use super::check;
    use serde_json::{Value, json};

    fn version(name: &str, storage: bool) -> Value {
        json!({"name": name, "served": true, "storage": storage, "schema": {"openAPIV3Schema": {"type": "object"}}})
    }

    fn changed(pointer: &str, value: Value, expected: &[&str]) {
        let spec = json!({
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
            "versions": [version("v1", true)],
        });
        let kind = "CustomResourceDefinition";
        let body = any("apiextensions.k8s.io/v1", kind, "things.example.com", &json!({"spec": spec}));
        expect(check(&object(with(body, pointer, value))), expected);
    }

    #[test]
    fn checks_names() {
        changed("/spec/scope", json!("Cluster"), &[]);
        changed("/spec/scope", json!("cluster"), &["unsupported-value spec.scope \"cluster\""]);
        changed(
            "/metadata/name",
            json!("thing.example.com"),
            &["invalid-name metadata.name must be spec.names.plural"],
        );
        changed("/spec/names/kind", json!("My Thing"), &["invalid-name names.kind DNS-1035"]);
        changed("/spec/names/listKind", json!("ThingList"), &[]);
        changed("/spec/names/singular", json!("Thing"), &["invalid-name names.singular DNS-1035"]);
        changed(
            "/spec/group",
            json!("example"),
            &["invalid-name metadata.name must be", "invalid-name spec.group a domain with at least one dot"],
        );
    }

    #[test]
    fn checks_versions() {
        let versions = |versions: Value, expected: &[&str]| changed("/spec/versions", versions, expected);
        versions(json!([version("v1", true), version("v1beta1", false)]), &[]);
        let storage = "not-exactly-one spec.versions must have exactly one version marked as storage version";
        versions(json!([version("v1", false)]), &[storage]);
        versions(json!([version("v1", true), version("v2", true)]), &[storage]);
        versions(
            json!([version("v1", true), version("v1", false)]),
            &["duplicate-name versions[1].name Duplicate value: \"v1\""],
        );
        versions(json!([version("V1", true)]), &["invalid-name name DNS-1035"]);
        let bare = with(version("v1", true), "/schema", json!(null));
        versions(json!([bare]), &["missing-value openAPIV3Schema schemas are required"]);
        let list = with(version("v1", true), "/schema/openAPIV3Schema/type", json!("array"));
        versions(json!([list]), &["unsupported-value openAPIV3Schema must be object at the root"]);
    }
}
