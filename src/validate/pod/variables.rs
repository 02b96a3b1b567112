//! Environment variables of a container: names, values, sources.

use super::mounts::UNKNOWN_VOLUME;
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{INVALID_VARIABLE_NAME, MISLEADING_SETTING};
use crate::object::{Object, ObjectSet, Quantity};
use crate::validate::field::{
    DUPLICATE_NAME, FORBIDDEN_FIELD, Field, Found, NOT_EXACTLY_ONE, UNSUPPORTED_VALUE, unique,
};
use crate::validate::names::{self, INVALID_KEY, INVALID_NAME, INVALID_PATH};

/// A variable or file takes its value from a field that a pod does not offer.
pub const INVALID_FIELD_REFERENCE: Code = Code::error("invalid-field-reference");

/// The codes of this family.
pub const CODES: &[Code] = &[INVALID_FIELD_REFERENCE];

const SOURCES: [&str; 5] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

const RENAME: &str = "rename it: letters, digits and `_`, with no digit first";

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
pub(super) fn check(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let variables = container.get("env").items();
    for variable in &variables {
        let name = variable.get("name");
        if name.text() == Some("") {
            found.push(name.required(""));
        }
        variable_name(&name, found);
        source(variable, spec, found);
    }
    // The API server takes the last of two; only server-side apply refuses them.
    unique(DUPLICATE_NAME, variables.iter().map(|it| it.get("name")).filter_map(|it| Some((it.filled()?, it))), found);
    for from in container.get("envFrom").items() {
        from.exactly_one(&["configMapRef", "secretRef"], found);
        variable_name(&from.get("prefix"), found);
        for reference in ["configMapRef", "secretRef"] {
            reference_name(&from.get(reference), found);
        }
    }
}

/// Checks the name of a variable: what no version takes is an error, what no shell reads is a house rule.
fn variable_name(name: &Field<'_>, found: &mut Found) {
    let Some(text) = name.filled() else { return };
    if let Err(detail) = names::relaxed_variable_name(text) {
        found.push(name.invalid(INVALID_NAME, detail).help(RENAME));
    } else if let Err(detail) = names::variable_name(text) {
        found.push(name.invalid(INVALID_VARIABLE_NAME, detail).help(RENAME));
    }
}

/// Checks that the keys of a `ConfigMap` whose entries become variables are names of variables. The API server does not
/// look, and a kubelet before 1.32 leaves out what is none, with no more than an event.
pub(in crate::validate) fn check_config(config: &Object, set: &ObjectSet) -> Found {
    let mut found = Found::new();
    if config.id.kind != "ConfigMap" || !config.id.group.is_empty() {
        return found;
    }
    for object in set.objects.iter().filter(|it| it.id.namespace == config.id.namespace) {
        let Some(template) = super::template(object) else { continue };
        for from in super::all_containers(&template.get("spec")).iter().flat_map(|it| it.get("envFrom").items()) {
            if from.at("configMapRef.name").text() == Some(&config.id.name) {
                keys(config, from.get("prefix").text().unwrap_or_default(), &mut found);
            }
        }
    }
    found
}

fn keys(config: &Object, prefix: &str, found: &mut Found) {
    for (key, value) in Field::root(config).get("data").entries() {
        let verdict = names::variable_name(&format!("{prefix}{key}"));
        if let (Ok(()), Err(detail)) = (names::config_key(key), verdict) {
            let message = format!("Invalid value: {key:?}: {detail}");
            let message = value.house_rule(INVALID_VARIABLE_NAME, message, RENAME);
            if !found.contains(&message) {
                found.push(message);
            }
        }
    }
}

fn source(variable: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
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
    resource_reference(&from.get("resourceFieldRef"), spec, found);
    file_reference(&from.get("fileKeyRef"), spec, found);
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

/// Checks a `fileKeyRef`, which reads what an init container wrote (`validateFileKeyRefVolumes`).
fn file_reference(reference: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    reference.get("path").syntax(INVALID_PATH, names::relative_path, found);
    let name = reference.get("volumeName");
    let Some(text) = name.text() else { return };
    let volumes = spec.get("volumes").items();
    match volumes.iter().find(|it| it.get("name").text() == Some(text)) {
        None => found.push(name.not_found(UNKNOWN_VOLUME)),
        Some(volume) if !volume.get("emptyDir").is_set() => {
            found.push(name.invalid(FORBIDDEN_FIELD, "referenced volume must be of type emptyDir"));
        }
        Some(_) => {}
    }
}

/// Checks a `resourceFieldRef` of a pod.
pub(super) fn resource_reference(reference: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let container = reference.get("containerName");
    let containers = super::all_containers(spec);
    let names: Vec<&str> = containers.iter().filter_map(|it| it.get("name").text()).collect();
    if let Some(text) = container.filled().filter(|it| !names.contains(it)) {
        let message = format!("no container named {text:?} in this pod, which never starts");
        found.push(container.house_rule(MISLEADING_SETTING, message, &format!("containers: {}", names.join(", "))));
    }
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
    // The API server compares the canonical form: `1000m` is `1`.
    let Some(text) = Quantity::of_value(divisor.value).filter(|it| !it.is_zero()).map(|it| it.to_string()) else {
        return;
    };
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
        let found = set.objects.iter().flat_map(|it| super::check_config(it, &set)).collect();
        // What is no key at all is another message.
        expect(found, &["invalid-variable-name ConfigMap/a Invalid value: \"2FA\""]);
    }

    fn variables(value: Value, expected: &[&str]) {
        expect(check(&object(with_container("/env", value))), expected);
    }

    #[test]
    fn checks_names_and_sources() {
        let from = |source: Value| json!([{"name": "A", "valueFrom": source}]);
        variables(json!([{"name": "A", "value": "x"}, {"name": "B"}]), &[]);
        variables(json!([{"name": "1A"}]), &["invalid-variable-name env[1A].name must not start with a digit"]);
        variables(json!([{"name": "A B"}]), &["invalid-variable-name name must not start with a digit"]);
        variables(json!([{"name": "A=B"}]), &["invalid-name name printable ASCII characters other than '='"]);
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
        variables(resource("limits.cpu", "1000m"), &[]);
        variables(resource("limits.memory", "1Mi"), &[]);
        variables(resource("limits.memory", "2Mi"), &["unsupported-value divisor only divisor's values 1, 1k"]);
        variables(
            from(json!({"resourceFieldRef": {"resource": "limits.cpu", "containerName": "gone"}})),
            &["misleading-setting containerName no container named \"gone\" in this pod"],
        );
        variables(resource("limits.cpu", "1Mi"), &["unsupported-value divisor only divisor's values 1m and 1"]);
        variables(resource("limits.gpu", "1"), &["unsupported-value resource only `limits.`"]);
    }

    #[test]
    fn checks_files_of_other_containers() {
        let from = |volume: &str, path: &str| {
            let reference = json!({"volumeName": volume, "path": path, "key": "K"});
            let mut body = with_container("/env", json!([{"name": "A", "valueFrom": {"fileKeyRef": reference}}]));
            body["spec"]["template"]["spec"]["volumes"] =
                json!([{"name": "tmp", "emptyDir": {}}, {"name": "c", "configMap": {"name": "c"}}]);
            check(&object(body))
        };
        expect(from("tmp", "a/b"), &[]);
        expect(from("tmp", "/b"), &["invalid-path path must be a relative path"]);
        expect(from("c", "b"), &["forbidden-field volumeName must be of type emptyDir"]);
        expect(from("gone", "b"), &["unknown-volume volumeName Not found: \"gone\""]);
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
            &["invalid-name prefix printable ASCII characters other than '='"],
        );
    }
}
