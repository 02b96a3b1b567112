//! Volumes of a pod.
//!
//! Source: `ValidateVolumes` in `pkg/apis/core/validation`.

use super::variables;
use crate::diagnostic::house_rule::MISLEADING_SETTING;
use crate::validate::field::{
    DUPLICATE_ENTRY, DUPLICATE_NAME, Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE, quoted, unique,
};
use crate::validate::metadata::labels_and_annotations;
use crate::validate::names::{self, INVALID_NAME, INVALID_PATH};
use crate::validate::persistent_volume_claim;
use crate::validate::selector;

const PROJECTED: [&str; 6] =
    ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];
const KEY_TYPES: [&str; 6] = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
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
        source(volume, spec, found);
    }
    unique(DUPLICATE_NAME, volumes.iter().map(|it| it.get("name")).filter_map(|it| Some((it.filled()?, it))), found);
}

fn source(volume: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let sources: Vec<&str> = volume
        .entries()
        .into_iter()
        .filter(|(name, it)| *name != "name" && it.is_set())
        .map(|(name, _)| name)
        .collect();
    if sources.len() > 1 {
        let message = volume.problem(NOT_EXACTLY_ONE, "Forbidden: may not specify more than 1 volume type");
        found.push(message.help("keep one of them"));
    }
    if sources.is_empty() && volume.value.is_object() {
        let message = "the volume has no source (Kubernetes would use emptyDir)";
        found.push(volume.house_rule(MISLEADING_SETTING, message, "say `emptyDir: {}` if that is meant"));
    }
    let secret = volume.get("secret");
    required_name(&secret, "secretName", found);
    files(&secret, found);
    let config_map = volume.get("configMap");
    required_name(&config_map, "name", found);
    files(&config_map, found);
    required_name(&volume.get("persistentVolumeClaim"), "claimName", found);
    host_path(&volume.get("hostPath"), found);
    downward(&volume.get("downwardAPI"), spec, found);
    projected(&volume.get("projected"), spec, found);
    super::resources::amount_of("storage", &volume.at("emptyDir.sizeLimit"), found);
    let template = volume.at("ephemeral.volumeClaimTemplate");
    if template.is_set() {
        labels_and_annotations(&template.get("metadata"), found);
        persistent_volume_claim::spec(&template.get("spec"), found);
    }
    network(volume, found);
}

/// Checks what is mounted from another machine, or from an image.
fn network(volume: &Field<'_>, found: &mut Found) {
    let nfs = volume.get("nfs");
    for name in ["server", "path"] {
        if nfs.get(name).text() == Some("") {
            found.push(nfs.get(name).required(""));
        }
    }
    let path = nfs.get("path");
    if path.filled().is_some_and(|it| !it.starts_with('/')) {
        found.push(path.invalid(INVALID_PATH, "must be an absolute path"));
    }
    let driver = volume.at("csi.driver");
    driver.syntax(INVALID_NAME, names::csi_driver, found);
    volume.at("csi.nodePublishSecretRef.name").syntax(INVALID_NAME, names::dns_subdomain, found);
    volume.at("image.pullPolicy").one_of(&["Always", "IfNotPresent", "Never"], found);
    for (source, name) in [("csi", "driver"), ("image", "reference")] {
        let field = volume.get(source).get(name);
        if volume.get(source).is_set() && field.is_empty() {
            found.push(field.required(""));
        }
    }
}

/// Checks that a reference has a name, and one that an object can have.
fn required_name<'a>(source: &Field<'a>, name: &'a str, found: &mut Found) {
    let name = source.get(name);
    if source.is_set() && name.is_empty() {
        found.push(name.required(""));
    }
    possible(&name, names::dns_subdomain, found);
}

/// Reports what nothing can be called: Kubernetes does not look, and the pod waits for it.
fn possible(name: &Field<'_>, check: fn(&str) -> names::Verdict, found: &mut Found) {
    if let (Some(text), Some(Err(detail))) = (name.filled(), name.filled().map(check)) {
        let message = format!("Invalid value: {text:?}: {detail}");
        found.push(name.house_rule(MISLEADING_SETTING, message, "name what there is: the pod waits for it"));
    }
}

fn files(source: &Field<'_>, found: &mut Found) {
    mode(&source.get("defaultMode"), found);
    for item in source.get("items").items() {
        let key = item.get("key");
        if key.text() == Some("") {
            found.push(key.required(""));
        }
        possible(&key, names::config_key, found);
        file(&item, found);
    }
}

fn file(item: &Field<'_>, found: &mut Found) {
    local(&item.get("path"), found);
    mode(&item.get("mode"), found);
}

/// Checks a path below a volume (`ValidateLocalNonReservedPath`): a kubelet keeps its own files under `..`.
fn local(path: &Field<'_>, found: &mut Found) {
    match path.text() {
        Some("") => found.push(path.required("")),
        Some(text) if text.starts_with("..") => {
            found.push(path.invalid(INVALID_PATH, "must not start with '..'"));
        }
        Some(_) | None => path.syntax(INVALID_PATH, names::relative_path, found),
    }
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

fn downward(source: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
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
        let resource = item.get("resourceFieldRef");
        if resource.is_set() && resource.get("containerName").is_empty() {
            found.push(resource.get("containerName").required(""));
        }
        variables::resource_reference(&resource, spec, found);
    }
}

fn projected(source: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    mode(&source.get("defaultMode"), found);
    let mut paths = Vec::new();
    for projection in source.get("sources").items() {
        projection.at_most_one(&PROJECTED, found);
        if projection.value.is_object() && !PROJECTED.iter().any(|it| projection.get(it).is_set()) {
            let message = format!("the source projects nothing: must specify one of: {}", quoted(&PROJECTED));
            found.push(projection.house_rule(MISLEADING_SETTING, message, "say what, or take it out"));
        }
        for name in ["secret", "configMap"] {
            required_name(&projection.get(name), "name", found);
            files(&projection.get(name), found);
            paths.extend(projection.get(name).get("items").items().iter().map(|it| it.get("path")));
        }
        downward(&projection.get("downwardAPI"), spec, found);
        paths.extend(projection.at("downwardAPI.items").items().iter().map(|it| it.get("path")));
        let token = projection.get("serviceAccountToken");
        token.get("expirationSeconds").within(600, 1 << 32, found);
        local(&token.get("path"), found);
        paths.push(token.get("path"));
        paths.extend(trust_bundle(&projection.get("clusterTrustBundle"), found));
        paths.extend(certificate(&projection.get("podCertificate"), found));
    }
    unique(DUPLICATE_ENTRY, paths.into_iter().filter_map(|it| Some((it.filled()?, it))), found);
}

/// Checks a bundle of trusted certificates, and returns where it is put.
fn trust_bundle<'a>(bundle: &Field<'a>, found: &mut Found) -> Option<Field<'a>> {
    bundle.exactly_one(&["name", "signerName"], found);
    let selector = bundle.get("labelSelector");
    if bundle.get("name").is_set() && selector.is_set() {
        found.push(selector.forbidden("labelSelector must be unset if name is specified"));
    }
    selector::check(&selector, found);
    local(&bundle.get("path"), found);
    bundle.is_set().then(|| bundle.get("path"))
}

/// Checks a certificate for the pod, and returns where its parts are put.
fn certificate<'a>(certificate: &Field<'a>, found: &mut Found) -> Vec<Field<'a>> {
    certificate.get("keyType").one_of(&KEY_TYPES, found);
    certificate.get("maxExpirationSeconds").within(3600, 7_862_400, found);
    let paths: Vec<Field<'_>> = ["credentialBundlePath", "keyPath", "certificateChainPath"]
        .into_iter()
        .map(|it| certificate.get(it))
        .filter(|it| !it.is_empty())
        .collect();
    if certificate.is_set() && paths.is_empty() {
        let what = "specify at least one of credentialBundlePath, keyPath, and certificateChainPath";
        found.push(certificate.required(what));
    }
    for path in &paths {
        local(path, found);
    }
    paths
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
        volumes(json!([{"name": "a"}]), &["misleading-setting volumes[a] no source (Kubernetes would use emptyDir)"]);
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
        volumes(secret(json!({"secretName": "A"})), &["misleading-setting secretName RFC 1123 subdomain"]);
        let key = json!([{"name": "a", "configMap": {"name": "c", "items": [{"key": "a b", "path": "p"}]}}]);
        volumes(key, &["misleading-setting key a valid config key"]);
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
        volumes(projected(json!([{}])), &["misleading-setting sources[0] must specify one of"]);
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

    #[test]
    fn checks_what_is_projected() {
        let projected = |sources: Value, expected: &[&str]| {
            volumes(json!([{"name": "a", "projected": {"sources": sources}}]), expected);
        };
        let token =
            |path: &str, seconds: u64| json!([{"serviceAccountToken": {"path": path, "expirationSeconds": seconds}}]);
        projected(token("a", 600), &[]);
        projected(token("a", 599), &["out-of-range expirationSeconds between 600 and 4294967296"]);
        projected(token("/a", 600), &["invalid-path path must be a relative path"]);
        let bundle = |fields: Value| json!([{"clusterTrustBundle": fields}]);
        projected(bundle(json!({"signerName": "a.b/c", "path": "ca.crt"})), &[]);
        projected(
            bundle(json!({"path": "ca.crt"})),
            &["not-exactly-one clusterTrustBundle must specify one of: `name`"],
        );
        projected(
            bundle(json!({"name": "a", "path": "ca.crt", "labelSelector": {}})),
            &["forbidden-field labelSelector must be unset if name is specified"],
        );
        let certificate = |fields: Value| json!([{"podCertificate": fields}]);
        projected(certificate(json!({"signerName": "a.b/c", "keyType": "ED25519", "keyPath": "k"})), &[]);
        projected(
            certificate(json!({"signerName": "a.b/c", "keyType": "DSA"})),
            &["unsupported-value keyType \"DSA\"", "missing-value podCertificate specify at least one of"],
        );
        projected(
            json!([{"downwardAPI": {"items": [{"path": "a", "resourceFieldRef": {"resource": "limits.cpu"}}]}}]),
            &["missing-value containerName Required value"],
        );
    }

    #[test]
    fn checks_what_comes_from_elsewhere() {
        let from = |source: &str, fields: Value, expected: &[&str]| {
            volumes(json!([{"name": "a", source: fields}]), expected);
        };
        from("nfs", json!({"server": "a", "path": "/b"}), &[]);
        from("nfs", json!({"server": "a", "path": "b"}), &["invalid-path nfs.path must be an absolute path"]);
        from("nfs", json!({"server": "", "path": "/b"}), &["missing-value nfs.server Required value"]);
        from("csi", json!({"driver": "secrets-store.csi.k8s.io"}), &[]);
        from("csi", json!({"driver": "a b"}), &["invalid-name csi.driver a lowercase RFC 1123 subdomain"]);
        from("image", json!({"reference": ""}), &["missing-value image.reference Required value"]);
        let claim = |modes: Value| {
            json!({"volumeClaimTemplate": {"spec": {
                "accessModes": modes, "resources": {"requests": {"storage": "1Gi"}},
            }}})
        };
        from("ephemeral", claim(json!(["ReadWriteOnce"])), &[]);
        from("ephemeral", claim(json!([])), &["missing-value accessModes at least 1 access mode is required"]);
    }
}
