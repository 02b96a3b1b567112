//! Metadata of every object: names, namespaces, labels, annotations, finalizers.
//!
//! Source: `ValidateObjectMetaAccessor` and `ValidateAnnotations` in apimachinery, and the name check of each kind.

use super::field::{Field, Found};
use super::names::{self, INVALID_LABEL, INVALID_NAME, Verdict};
use super::selector;
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{NAME_TOO_LONG, OBJECT_TOO_LARGE, SERVER_OWNED_FIELD, UNSAFE_NAME};
use crate::object::schema::custom::CustomKinds;
use crate::object::{Object, kind};

/// The annotations of an object are larger than Kubernetes stores.
pub const ANNOTATIONS_TOO_LARGE: Code = Code::error("annotations-too-large");
/// An object is in a namespace in which it cannot be.
pub const NAMESPACE_MISMATCH: Code = Code::error("namespace-mismatch");

/// The codes of this family.
pub const CODES: &[Code] = &[ANNOTATIONS_TOO_LARGE, NAMESPACE_MISMATCH];

const ANNOTATION_BYTES: usize = 262_144;

/// The annotation in which client-side apply keeps the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What an object may have in etcd, unless its administrator said otherwise (`--max-request-bytes`).
const STORED_BYTES: usize = 1_572_864;

/// What a request may have (`MaxRequestBodyBytes` of the API server).
const REQUEST_BYTES: usize = 3_145_728;

/// The fields that the API server writes.
const SERVER_OWNED: [&str; 8] = [
    "metadata.creationTimestamp",
    "metadata.generateName",
    "metadata.generation",
    "metadata.managedFields",
    "metadata.ownerReferences",
    "metadata.resourceVersion",
    "metadata.selfLink",
    "metadata.uid",
];

/// The finalizers that need no prefix.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

const SHORTER: &str = "give it a shorter `name`";

/// Checks the metadata of one object, which is made for `namespace`.
pub(super) fn check(object: &Object, namespace: &str, custom: &CustomKinds) -> Found {
    let mut found = Found::new();
    let root = Field::root(object);
    let metadata = root.get("metadata");
    name(&metadata.get("name"), &mut found);
    place(&metadata.get("namespace"), namespace, custom, &mut found);
    labels_and_annotations(&metadata, &mut found);
    for finalizer in metadata.get("finalizers").items() {
        finalizer.syntax(INVALID_NAME, names::qualified_name, &mut found);
        if finalizer.text().is_some_and(|it| !it.contains('/') && !STANDARD_FINALIZERS.contains(&it)) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            found.push(finalizer.invalid(INVALID_NAME, detail));
        }
    }
    for path in SERVER_OWNED {
        server_owned(&root.at(path), &mut found);
    }
    server_owned(&root.get("status"), &mut found);
    size(&root, &mut found);
    found
}

/// Checks labels and annotations of an object or of a template in it.
pub(super) fn labels_and_annotations(metadata: &Field<'_>, found: &mut Found) {
    selector::labels(&metadata.get("labels"), found);
    let annotations = metadata.get("annotations");
    let mut bytes = 0;
    for (key, value) in annotations.entries() {
        bytes += key.len() + value.text().map_or(0, str::len);
        if let Err(detail) = names::annotation_key(key) {
            found.push(value.problem(INVALID_LABEL, format!("Invalid value: {key:?}: {detail}")));
        }
    }
    if bytes > ANNOTATION_BYTES {
        let message = format!("Too long: may not be more than {ANNOTATION_BYTES} bytes; they have {bytes}");
        found.push(annotations.problem(ANNOTATIONS_TOO_LARGE, message));
    }
}

fn name(name: &Field<'_>, found: &mut Found) {
    if name.is_empty() {
        found.push(name.required("name or generateName is required"));
    }
    let id = &name.object.id;
    let before = found.len();
    name.syntax(INVALID_NAME, checker(&id.group, &id.kind), found);
    let is_made =
        name.object.component.is_some() && name.object.origin(&name.path()).is_some_and(|it| it.rule.is_some());
    if let (true, Some(message)) = (is_made, found.get_mut(before)) {
        message.help.push("a component's objects are called `<app>-<component>`, or by its `name`".to_owned());
    }
    let Some(text) = name.filled().filter(|_| before == found.len()) else { return };
    match (id.group.as_str(), id.kind.as_str()) {
        // The controller puts eleven characters behind it, and the result must be a label.
        ("batch", "CronJob") if text.len() > 52 => {
            found.push(name.invalid(INVALID_NAME, "must be no more than 52 characters").help(SHORTER));
        }
        // It becomes the value of the label `batch.kubernetes.io/job-name`.
        ("batch", "Job") if text.len() > 63 => {
            found.push(name.invalid(INVALID_NAME, "must be no more than 63 characters").help(SHORTER));
        }
        ("apps", "StatefulSet") if text.len() > 52 => {
            let what = "must be no more than 52 characters, or the label `controller-revision-hash` of its pods is \
                        longer than 63, and none is made";
            let message = name.house_rule(NAME_TOO_LONG, format!("Invalid value: {text:?}: {what}"), SHORTER);
            found.push(message);
        }
        _ if names::is_unsafe(text) => {
            let what = "is accepted by Kubernetes but unsafe as a file name or in logs";
            let help = "use letters, digits, ':', '.', '_' and '-', with a letter or digit first";
            found.push(name.house_rule(UNSAFE_NAME, format!("the name {text:?} {what}"), help));
        }
        _ => {}
    }
}

/// Returns what checks the names of a kind. Most are subdomains, those of custom resources too.
fn checker(group: &str, kind: &str) -> fn(&str) -> Verdict {
    match (group, kind) {
        ("", "Namespace") | ("apps", "StatefulSet") => names::dns_label,
        ("", "Service") => names::dns_1035_label,
        ("rbac.authorization.k8s.io" | "certificates.k8s.io", _)
        | ("policy", "PodDisruptionBudget")
        | ("networking.k8s.io", "IPAddress") => names::path_segment,
        _ => names::dns_subdomain,
    }
}

/// Reports an object that is too large for client-side apply, which keeps the whole of it in an annotation, for etcd or
/// for a request.
fn size(root: &Field<'_>, found: &mut Found) {
    let bytes = serde_json::to_string(root.value).map_or(0, |it| it.len());
    if bytes > STORED_BYTES {
        let (limit, what) =
            if bytes > REQUEST_BYTES { (REQUEST_BYTES, "a request") } else { (STORED_BYTES, "an object in etcd") };
        let text = format!("the object has {bytes} bytes, and {what} has at most {limit} unless told otherwise");
        found.push(root.house_rule(OBJECT_TOO_LARGE, text, "split it, or keep large files in an image or a volume"));
        return;
    }
    let annotations = root.at("metadata.annotations");
    // Argo CD has this for just such objects.
    let options = annotations.get("argocd.argoproj.io/sync-options").text().unwrap_or_default();
    if ["ServerSideApply=true", "Replace=true"].iter().any(|it| options.split(',').any(|option| option.trim() == *it)) {
        return;
    }
    let own: usize =
        annotations.entries().iter().map(|(key, value)| key.len() + value.text().map_or(0, str::len)).sum();
    if own <= ANNOTATION_BYTES && own + LAST_APPLIED.len() + bytes > ANNOTATION_BYTES {
        let text = format!(
            "too large for client-side apply, which keeps all of its {bytes} bytes in an annotation: annotations may not \
             have more than {ANNOTATION_BYTES} bytes"
        );
        found.push(root.house_rule(OBJECT_TOO_LARGE, text, "use server-side apply, or split it"));
    }
}

fn place(field: &Field<'_>, namespace: &str, custom: &CustomKinds, found: &mut Found) {
    let id = &field.object.id;
    let of_cluster = match custom.kind(&id.group, &id.kind) {
        Some(known) => !known.is_namespaced,
        None => kind::is_built_in_group(&id.group) && kind::is_cluster_scoped(&id.kind),
    };
    if of_cluster {
        if !field.is_empty() {
            found.push(field.forbidden("not allowed on this type"));
        }
        if id.kind == "Namespace" && id.group.is_empty() && id.name != namespace {
            let message = format!("the environment's namespace is `{namespace}`, and this is `{}`", id.name);
            found.push(Field::root(field.object).at("metadata.name").problem(NAMESPACE_MISMATCH, message));
        }
        return;
    }
    field.syntax(INVALID_NAME, names::dns_label, found);
    match field.filled() {
        None if kind::is_built_in_group(&id.group) => found.push(field.required("")),
        Some(text) if text != namespace => {
            let message = format!("the environment's namespace is `{namespace}`, and this object is in `{text}`");
            found.push(field.problem(NAMESPACE_MISMATCH, message));
        }
        None | Some(_) => {}
    }
}

fn server_owned(field: &Field<'_>, found: &mut Found) {
    if field.is_set() {
        found.push(field.house_rule(SERVER_OWNED_FIELD, "only the API server sets this field", "leave it out"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{expect, object};
    use super::{CustomKinds, check};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(kind: &str, metadata: Value, expected: &[&str]) {
        let (api_version, kind) = match kind {
            "Deployment" | "StatefulSet" => ("apps/v1", kind),
            "CronJob" | "Job" => ("batch/v1", kind),
            "Role" | "ClusterRole" => ("rbac.authorization.k8s.io/v1", kind),
            "KnativeService" => ("serving.knative.dev/v1", "Service"),
            _ => ("v1", kind),
        };
        let body = json!({"apiVersion": api_version, "kind": kind, "metadata": metadata});
        expect(check(&object(body), "prod", &CustomKinds::default()), expected);
    }

    #[test]
    fn checks_names_by_kind() {
        let long = |length: usize| "a".repeat(length);
        let in_prod = |name: &str| json!({"name": name, "namespace": "prod"});
        verdicts("ConfigMap", in_prod("a.b"), &[]);
        verdicts("ConfigMap", in_prod(&long(253)), &[]);
        verdicts("ConfigMap", in_prod(&long(254)), &["invalid-name metadata.name must be no more than 253"]);
        verdicts("ConfigMap", in_prod("A"), &["invalid-name metadata.name RFC 1123 subdomain"]);
        verdicts("ConfigMap", in_prod(""), &["missing-value metadata.name name or generateName is required"]);
        verdicts("Service", in_prod("0a"), &["invalid-name metadata.name DNS-1035"]);
        verdicts("StatefulSet", in_prod("a.b"), &["invalid-name metadata.name must not contain dots"]);
        verdicts("StatefulSet", in_prod(&long(52)), &[]);
        verdicts("StatefulSet", in_prod(&long(53)), &["name-too-long metadata.name no more than 52"]);
        verdicts("StatefulSet", in_prod(&long(64)), &["invalid-name metadata.name no more than 63"]);
        verdicts("CronJob", in_prod(&long(52)), &[]);
        verdicts("CronJob", in_prod(&long(53)), &["invalid-name metadata.name no more than 52"]);
        verdicts("Job", in_prod(&long(63)), &[]);
        verdicts("Job", in_prod(&long(64)), &["invalid-name metadata.name no more than 63"]);
        verdicts("KnativeService", in_prod("0a.b"), &[]);
        verdicts("Role", in_prod("system:a"), &[]);
        verdicts("Role", in_prod("a b"), &["unsafe-name metadata.name unsafe as a file name"]);
        verdicts("Role", in_prod(":a"), &["unsafe-name metadata.name unsafe as a file name"]);
        verdicts("Role", in_prod("."), &["invalid-name metadata.name may not be '.'"]);
        verdicts("Role", in_prod("a/b"), &["invalid-name metadata.name may not contain '/'"]);
    }

    #[test]
    fn checks_the_size() {
        let sized = |options: &str, bytes: usize, expected: &[&str]| {
            let metadata = json!({"name": "a", "namespace": "prod", "annotations": {
                "argocd.argoproj.io/sync-options": options,
            }});
            let mut body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": ""}});
            let rest = body.to_string().len();
            body["data"]["a"] = json!("x".repeat(bytes - rest));
            expect(check(&object(body), "prod", &CustomKinds::default()), expected);
        };
        // 31 bytes of the annotation, 48 of the name of the other.
        sized("", 262_144 - 31 - 48, &[]);
        sized("", 262_144 - 31 - 47, &["object-too-large ConfigMap/a too large for client-side apply"]);
        sized("Prune=false, ServerSideApply=true", 1_572_864, &[]);
        sized(
            "ServerSideApply=true",
            1_572_865,
            &["object-too-large ConfigMap/a an object in etcd has at most 1572864"],
        );
        sized("ServerSideApply=true", 3_145_729, &["object-too-large ConfigMap/a a request has at most 3145728"]);
    }

    #[test]
    fn checks_the_namespace() {
        verdicts("Namespace", json!({"name": "prod"}), &[]);
        verdicts(
            "Namespace",
            json!({"name": "dev"}),
            &["namespace-mismatch metadata.name environment's namespace is `prod`"],
        );
        verdicts(
            "Namespace",
            json!({"name": "prod", "namespace": "prod"}),
            &["forbidden-field metadata.namespace not allowed"],
        );
        verdicts("ConfigMap", json!({"name": "a"}), &["missing-value metadata.namespace Required value"]);
        verdicts(
            "ConfigMap",
            json!({"name": "a", "namespace": "dev"}),
            &["namespace-mismatch metadata.namespace is in `dev`"],
        );
    }

    #[test]
    fn checks_labels_annotations_and_finalizers() {
        let with = |key: &str, value: Value| json!({"name": "a", "namespace": "prod", key: value});
        verdicts("ConfigMap", with("labels", json!({"app.kubernetes.io/name": "1.0.0"})), &[]);
        verdicts(
            "ConfigMap",
            with("labels", json!({"a b": "x"})),
            &["invalid-label metadata.labels name part must consist"],
        );
        verdicts("ConfigMap", with("labels", json!({"a": "x y"})), &["invalid-label metadata.labels.a a valid label"]);
        verdicts("ConfigMap", with("annotations", json!({"Example.com/A": "x y"})), &[]);
        verdicts(
            "ConfigMap",
            with("annotations", json!({"a b": ""})),
            &["invalid-label metadata.annotations name part"],
        );
        // With the object itself in another annotation it is too large, however short the rest.
        verdicts(
            "ConfigMap",
            with("annotations", json!({"a": "x".repeat(262_143)})),
            &["object-too-large ConfigMap/a too large for client-side apply"],
        );
        verdicts(
            "ConfigMap",
            with("annotations", json!({"a": "x".repeat(262_144)})),
            &["annotations-too-large metadata.annotations may not be more than 262144 bytes"],
        );
        verdicts("ConfigMap", with("finalizers", json!(["orphan", "example.com/a"])), &[]);
        verdicts(
            "ConfigMap",
            with("finalizers", json!(["mine"])),
            &["invalid-name metadata.finalizers neither a standard"],
        );
        verdicts("ConfigMap", with("uid", json!("x")), &["server-owned-field metadata.uid only the API server"]);
        verdicts("ConfigMap", with("labels", json!(["not", "a", "map"])), &[]);
    }
}
