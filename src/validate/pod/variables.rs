//! Environment variables of a container: names, values, sources.

use crate::diagnostic::Code;
use crate::object::ObjectSet;
use crate::validate::field::{DUPLICATE_NAME, Field, Found, NOT_EXACTLY_ONE, UNSUPPORTED_VALUE, unique};
use crate::validate::names::{self, INVALID_KEY, INVALID_NAME, INVALID_VARIABLE_NAME};

/// A variable or file takes its value from a field that a pod does not offer.
pub const INVALID_FIELD_REFERENCE: Code = Code::error("invalid-field-reference");

/// The codes of this family.
pub const CODES: &[Code] = &[INVALID_FIELD_REFERENCE];

const SOURCES: [&str; 4] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"];

/// The fields that a variable can take its value from (`validEnvDownwardAPIFieldPathExpressions`).
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Checks `env` and `envFrom` of a container.
pub(super) fn check(container: &Field<'_>, found: &mut Found) {
    let variables = container.get("env").items();
    for variable in &variables {
        let name = variable.get("name");
        if name.text() == Some("") {
            found.push(name.required(""));
        }
        name.syntax(INVALID_VARIABLE_NAME, names::variable_name, found);
        source(variable, found);
    }
    // The API server takes the last of two; only server-side apply refuses them.
    unique(DUPLICATE_NAME, variables.iter().map(|it| it.get("name")).filter_map(|it| Some((it.filled()?, it))), found);
    for from in container.get("envFrom").items() {
        from.exactly_one(&["configMapRef", "secretRef"], found);
        from.get("prefix").syntax(INVALID_VARIABLE_NAME, names::variable_name, found);
        for reference in ["configMapRef", "secretRef"] {
            reference_name(&from.get(reference), found);
        }
    }
}

/// Checks that the keys of a `ConfigMap` whose entries become variables are names of variables. The API server does not
/// look, and a kubelet before 1.32 leaves out what is none, with no more than an event.
pub(in crate::validate) fn check_config(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    for object in &set.objects {
        let Some(template) = super::template(object) else { continue };
        for from in super::all_containers(&template.get("spec")).iter().flat_map(|it| it.get("envFrom").items()) {
            let prefix = from.get("prefix").text().unwrap_or_default();
            let name = from.at("configMapRef.name");
            let inside = set.of_kind("ConfigMap").filter(|it| it.id.namespace == object.id.namespace);
            for config in inside.filter(|it| name.text() == Some(&it.id.name)) {
                for (key, value) in Field::root(config).get("data").entries() {
                    let verdict = names::variable_name(&format!("{prefix}{key}"));
                    if let (Ok(()), Err(detail)) = (names::config_key(key), verdict) {
                        found.push(value.problem(INVALID_VARIABLE_NAME, format!("Invalid value: {key:?}: {detail}")));
                    }
                }
            }
        }
    }
    found
}

fn source(variable: &Field<'_>, found: &mut Found) {
    let from = variable.get("valueFrom");
    if !from.is_set() {
        return;
    }
    if !variable.get("value").is_empty() {
        let message = "Invalid value: may not be specified when `value` is not empty";
        found.push(from.problem(NOT_EXACTLY_ONE, message).help("keep `value` or `valueFrom`"));
    }
    from.exactly_one(&SOURCES, found);
    field_reference(&from.get("fieldRef"), found);
    resource_reference(&from.get("resourceFieldRef"), found);
    for reference in ["configMapKeyRef", "secretKeyRef"] {
        let reference = from.get(reference);
        reference_name(&reference, found);
        let key = reference.get("key");
        if key.text() == Some("") {
            found.push(key.required(""));
        }
        key.syntax(INVALID_KEY, names::config_key, found);
    }
}

fn reference_name(reference: &Field<'_>, found: &mut Found) {
    if reference.is_set() && reference.get("name").is_empty() {
        found.push(reference.get("name").required(""));
    }
    reference.get("name").syntax(INVALID_NAME, names::dns_subdomain, found);
}

/// Checks the `fieldPath` of a variable.
fn field_reference(reference: &Field<'_>, found: &mut Found) {
    let path = reference.get("fieldPath");
    let Some(text) = path.text() else { return };
    if !FIELDS.contains(&text) && !is_subscript(text) {
        let message = path.invalid(INVALID_FIELD_REFERENCE, "error converting fieldPath: field label not supported");
        found.push(message.suggest(text, FIELDS).help(format!("fields that a pod offers: {}", FIELDS.join(", "))));
    }
}

/// True for `metadata.labels['key']` and `metadata.annotations['key']`.
pub(super) fn is_subscript(text: &str) -> bool {
    let inside = |prefix, check: fn(&str) -> names::Verdict| {
        text.strip_prefix(prefix).and_then(|it| it.strip_suffix("']")).is_some_and(|key| check(key).is_ok())
    };
    inside("metadata.labels['", names::qualified_name) || inside("metadata.annotations['", names::annotation_key)
}

/// Checks a `resourceFieldRef`.
pub(super) fn resource_reference(reference: &Field<'_>, found: &mut Found) {
    let resource = reference.get("resource");
    let Some(text) = resource.text() else { return };
    let name = text.strip_prefix("limits.").or_else(|| text.strip_prefix("requests."));
    let known =
        name.is_some_and(|it| matches!(it, "cpu" | "memory" | "ephemeral-storage") || it.starts_with("hugepages-"));
    if !known {
        let message = "only `limits.` and `requests.` of cpu, memory, ephemeral-storage and hugepages are supported";
        found.push(resource.invalid(UNSUPPORTED_VALUE, message));
        return;
    }
    let divisor = reference.get("divisor");
    let text = divisor.value.as_str().map_or_else(|| divisor.value.to_string(), str::to_owned);
    if !divisor.is_set() || matches!(text.as_str(), "" | "0") {
        return;
    }
    let (allowed, detail): (&[&str], _) = match name {
        Some("cpu") => (&["1", "1m"], "only divisor's values 1m and 1 are supported with the cpu resource"),
        _ => (
            &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"],
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with this \
             resource",
        ),
    };
    if !allowed.contains(&text.as_str()) {
        found.push(divisor.invalid(UNSUPPORTED_VALUE, detail));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{any, expect, object, set, with_container};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    #[test]
    fn checks_keys_that_become_variables() {
        let from = json!([{"configMapRef": {"name": "a"}}, {"prefix": "X_", "configMapRef": {"name": "b"}}]);
        let data = |name| any("v1", "ConfigMap", name, &json!({"data": {"2FA": "on", "A.B": "on", "A B": "on"}}));
        let set = set([with_container("/envFrom", from), data("a"), data("b"), data("c")]);
        // What is no key at all is another message.
        expect(super::check_config(&set), &["invalid-variable-name ConfigMap/a Invalid value: \"2FA\""]);
    }

    fn variables(value: Value, expected: &[&str]) {
        expect(check(&object(with_container("/env", value))), expected);
    }

    #[test]
    fn checks_names_and_sources() {
        let from = |source: Value| json!([{"name": "A", "valueFrom": source}]);
        variables(json!([{"name": "A", "value": "x"}, {"name": "B"}]), &[]);
        variables(json!([{"name": "1A"}]), &["invalid-variable-name env[1A].name must not start with a digit"]);
        variables(json!([{"name": ""}]), &["missing-value name Required value"]);
        variables(json!([{"name": "A"}, {"name": "A"}]), &["duplicate-name env[1].name Duplicate value: \"A\""]);
        variables(from(json!({"fieldRef": {"fieldPath": "status.podIP"}})), &[]);
        variables(from(json!({"fieldRef": {"fieldPath": "metadata.labels['a.b/c']"}})), &[]);
        variables(
            from(json!({"fieldRef": {"fieldPath": "metadata.labels"}})),
            &["invalid-field-reference fieldPath field label not supported"],
        );
        variables(
            from(json!({"fieldRef": {"fieldPath": "spec.node"}})),
            &["invalid-field-reference fieldPath field label not supported"],
        );
        variables(from(json!({"secretKeyRef": {"name": "s", "key": "K"}})), &[]);
        variables(
            from(json!({"secretKeyRef": {"name": "S", "key": "a b"}})),
            &["invalid-name secretKeyRef.name RFC 1123 subdomain", "invalid-key secretKeyRef.key a valid config key"],
        );
        variables(from(json!({})), &["not-exactly-one valueFrom must specify one of: `fieldRef`"]);
        variables(
            from(json!({"secretKeyRef": {"name": "s", "key": "K"}, "configMapKeyRef": {"name": "s", "key": "K"}})),
            &["not-exactly-one valueFrom may not specify more than one of"],
        );
        variables(
            json!([{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]),
            &["not-exactly-one valueFrom may not be specified when `value` is not empty"],
        );
        let resource =
            |name: &str, divisor: &str| from(json!({"resourceFieldRef": {"resource": name, "divisor": divisor}}));
        variables(resource("limits.cpu", "1m"), &[]);
        variables(resource("limits.memory", "1Mi"), &[]);
        variables(resource("limits.cpu", "1Mi"), &["unsupported-value divisor only divisor's values 1m and 1"]);
        variables(resource("limits.gpu", "1"), &["unsupported-value resource only `limits.`"]);
    }

    #[test]
    fn checks_whole_maps() {
        let from =
            |value: Value, expected: &[&str]| expect(check(&object(with_container("/envFrom", value))), expected);
        from(json!([{"configMapRef": {"name": "a"}, "prefix": "A_"}]), &[]);
        from(json!([{}]), &["not-exactly-one envFrom must specify one of: `configMapRef`, `secretRef`"]);
        from(
            json!([{"configMapRef": {"name": "a"}, "secretRef": {"name": "a"}}]),
            &["not-exactly-one envFrom may not specify"],
        );
        from(json!([{"configMapRef": {}}]), &["missing-value configMapRef.name Required value"]);
        from(
            json!([{"configMapRef": {"name": "a"}, "prefix": "1="}]),
            &["invalid-variable-name prefix must not start"],
        );
    }
}
