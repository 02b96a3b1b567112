//! Volumes of a pod.
//!
//! Source: `ValidateVolumes` in `pkg/apis/core/validation`.

use super::variables;
use crate::validate::field::{DUPLICATE_ENTRY, DUPLICATE_NAME, Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE, unique};
use crate::validate::names::{self, INVALID_KEY, INVALID_NAME, INVALID_PATH};

const PROJECTED: [&str; 5] = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle"];
const HOST_PATH_TYPES: [&str; 8] =
    ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];

/// Checks the volumes of a pod.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    let volumes = spec.get("volumes").items();
    for volume in &volumes {
        let name = volume.get("name");
        if name.text() == Some("") {
            found.push(name.required(""));
        }
        name.syntax(INVALID_NAME, names::dns_label, found);
        source(volume, found);
    }
    unique(DUPLICATE_NAME, volumes.iter().map(|it| it.get("name")).filter_map(|it| Some((it.filled()?, it))), found);
}

fn source(volume: &Field<'_>, found: &mut Found) {
    let sources: Vec<&str> = volume
        .entries()
        .into_iter()
        .filter(|(name, it)| *name != "name" && it.is_set())
        .map(|(name, _)| name)
        .collect();
    if sources.len() > 1 {
        found.push(volume.problem(NOT_EXACTLY_ONE, "Forbidden: may not specify more than 1 volume type"));
    }
    if sources.is_empty() && volume.value.is_object() {
        let message = "the volume has no source (Kubernetes would use emptyDir)";
        found.push(volume.problem(NOT_EXACTLY_ONE, message).help("say `emptyDir` if that is meant"));
    }
    let secret = volume.get("secret");
    required_name(&secret, "secretName", found);
    files(&secret, found);
    let config_map = volume.get("configMap");
    required_name(&config_map, "name", found);
    files(&config_map, found);
    required_name(&volume.get("persistentVolumeClaim"), "claimName", found);
    host_path(&volume.get("hostPath"), found);
    downward(&volume.get("downwardAPI"), found);
    projected(&volume.get("projected"), found);
    super::resources::amount_of("storage", &volume.at("emptyDir.sizeLimit"), found);
}

/// Checks that a reference has a name. That it is a possible one, Kubernetes checks too late, on the pod.
fn required_name<'a>(source: &Field<'a>, name: &'a str, found: &mut Found) {
    let name = source.get(name);
    if source.is_set() && name.is_empty() {
        found.push(name.required(""));
    }
    name.syntax(INVALID_NAME, names::dns_subdomain, found);
}

fn files(source: &Field<'_>, found: &mut Found) {
    mode(&source.get("defaultMode"), found);
    for item in source.get("items").items() {
        let key = item.get("key");
        if key.text() == Some("") {
            found.push(key.required(""));
        }
        key.syntax(INVALID_KEY, names::config_key, found);
        file(&item, found);
    }
}

fn file(item: &Field<'_>, found: &mut Found) {
    let path = item.get("path");
    match path.text() {
        Some("") => found.push(path.required("")),
        Some(text) if text.starts_with("..") => {
            found.push(path.invalid(INVALID_PATH, "must not start with '..'"));
        }
        Some(_) | None => path.syntax(INVALID_PATH, names::relative_path, found),
    }
    mode(&item.get("mode"), found);
}

fn mode(mode: &Field<'_>, found: &mut Found) {
    if mode.number().is_some_and(|it| !(0..=0o777).contains(&it)) {
        found.push(mode.invalid(OUT_OF_RANGE, "must be a number between 0 and 0777 (octal), both inclusive"));
    }
}

fn host_path(source: &Field<'_>, found: &mut Found) {
    let path = source.get("path");
    if path.text() == Some("") {
        found.push(path.required(""));
    }
    path.syntax(INVALID_PATH, names::no_way_up, found);
    source.get("type").one_of(&HOST_PATH_TYPES, found);
}

fn downward(source: &Field<'_>, found: &mut Found) {
    mode(&source.get("defaultMode"), found);
    for item in source.get("items").items() {
        file(&item, found);
        item.exactly_one(&["fieldRef", "resourceFieldRef"], found);
        let path = item.at("fieldRef.fieldPath");
        let known = ["metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"];
        if let Some(text) = path.text()
            && !known.contains(&text)
            && !variables::is_subscript(text)
        {
            let code = variables::INVALID_FIELD_REFERENCE;
            found
                .push(path.invalid(code, "error converting fieldPath: field label not supported").suggest(text, known));
        }
        variables::resource_reference(&item.get("resourceFieldRef"), found);
    }
}

fn projected(source: &Field<'_>, found: &mut Found) {
    mode(&source.get("defaultMode"), found);
    let mut paths = Vec::new();
    for projection in source.get("sources").items() {
        projection.exactly_one(&PROJECTED, found);
        for name in ["secret", "configMap"] {
            required_name(&projection.get(name), "name", found);
            files(&projection.get(name), found);
            paths.extend(projection.get(name).get("items").items().iter().map(|it| it.get("path")));
        }
        downward(&projection.get("downwardAPI"), found);
        paths.extend(projection.at("downwardAPI.items").items().iter().map(|it| it.get("path")));
        let token = projection.get("serviceAccountToken");
        token.get("expirationSeconds").within(600, 1 << 32, found);
        paths.push(token.get("path"));
    }
    unique(DUPLICATE_ENTRY, paths.into_iter().filter_map(|it| Some((it.filled()?, it))), found);
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn volumes(value: Value, expected: &[&str]) {
        expect(check(&object(with_pod("/volumes", value))), expected);
    }

    #[test]
    fn checks_volumes() {
        let secret = |fields: Value| json!([{"name": "a", "secret": fields}]);
        let items =
            |path: &str| json!([{"name": "a", "configMap": {"name": "c", "items": [{"key": "k", "path": path}]}}]);
        volumes(json!([{"name": "a", "emptyDir": {}}, {"name": "b", "emptyDir": {}}]), &[]);
        volumes(json!([{"name": "a.b", "emptyDir": {}}]), &["invalid-name name must not contain dots"]);
        volumes(
            json!([{"name": "a", "emptyDir": {}}, {"name": "a", "emptyDir": {}}]),
            &["duplicate-name volumes[1].name Duplicate value: \"a\""],
        );
        volumes(json!([{"name": "a"}]), &["not-exactly-one volumes[a] no source (Kubernetes would use emptyDir)"]);
        volumes(
            json!([{"name": "a", "emptyDir": {}, "hostPath": {"path": "/a"}}]),
            &["not-exactly-one volumes[a] more than 1 volume type"],
        );
        volumes(secret(json!({"secretName": "s", "defaultMode": 511})), &[]);
        volumes(
            secret(json!({"secretName": "s", "defaultMode": 512})),
            &["out-of-range defaultMode between 0 and 0777"],
        );
        volumes(secret(json!({})), &["missing-value secret.secretName Required value"]);
        volumes(items("a/b"), &[]);
        volumes(items("/a"), &["invalid-path path must be a relative path"]);
        volumes(items("a/../b"), &["invalid-path path must not contain '..'"]);
        volumes(items("..a"), &["invalid-path path must not start with '..'"]);
        volumes(items(""), &["missing-value path Required value"]);
        volumes(
            json!([{"name": "a", "hostPath": {"path": "/a/../b", "type": "Dir"}}]),
            &[
                "invalid-path hostPath.path must not contain '..'",
                "unsupported-value hostPath.type Unsupported value: \"Dir\"",
            ],
        );
        volumes(
            json!([{"name": "a", "persistentVolumeClaim": {"claimName": ""}}]),
            &["missing-value claimName Required value"],
        );
        volumes(
            json!([{"name": "a", "emptyDir": {"sizeLimit": "1K"}}]),
            &["invalid-quantity sizeLimit Invalid value: \"1K\""],
        );
        let projected = |sources: Value| json!([{"name": "a", "projected": {"sources": sources}}]);
        volumes(projected(json!([{"serviceAccountToken": {"path": "token"}}])), &[]);
        volumes(projected(json!([{}])), &["not-exactly-one sources[0] must specify one of"]);
        volumes(
            projected(json!([
                {"serviceAccountToken": {"path": "a"}},
                {"secret": {"name": "s", "items": [{"key": "k", "path": "a"}]}},
            ])),
            &["duplicate-entry items[a].path Duplicate value: \"a\""],
        );
        volumes(
            json!([{"name": "a", "downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "status.podIP"}}]}}]),
            &["invalid-field-reference fieldPath field label not supported"],
        );
    }
}
