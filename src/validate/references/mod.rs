//! What an environment's objects refer to by name: is it there, and has it the key?
//!
//! A name is known where an object of the set has it, where the spec declares it as existing without us, or where
//! Kubernetes itself makes it. An optional reference may lead nowhere. What the objects of pods refer to is here; roles,
//! classes, webhooks and routes are each in a file, and what is known of a name in `known`.

mod classes;
mod known;
mod roles;
mod routes;
mod webhooks;

use super::field::{Field, Found};
use super::pod::{self, all_containers};
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{CONFIG_KEY_MISSING, MISSING_REFERENCE, OVERLAPPING_SELECTORS};
use crate::object::Selector;
use crate::object::{Object, ObjectSet};
use known::{Keys, known_keys};
use serde_json::Value;
use std::collections::BTreeMap;

/// Two objects have the same group, kind, namespace and name.
pub const DUPLICATE_OBJECT: Code = Code::error("duplicate-object");

/// The codes of this family.
pub const CODES: &[Code] = &[DUPLICATE_OBJECT, CONFIG_KEY_MISSING, MISSING_REFERENCE, OVERLAPPING_SELECTORS];

/// Checks what the objects of an environment refer to, and that no two of them claim the same.
pub(super) fn check(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    duplicates(set, &mut found);
    for object in &set.objects {
        if let Some(template) = pod::template(object) {
            in_pod(&template.get("spec"), set, &mut found);
        }
        let root = Field::root(object);
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => certificates(object, set, &mut found),
            ("", "ServiceAccount") => {
                for secret in root.get("imagePullSecrets").items() {
                    resolve("Secret", &secret.get("name"), &[], set, &mut found);
                }
            }
            ("", "PersistentVolumeClaim") => origin(&root.get("spec"), set, &mut found),
            _ => {}
        }
        roles::check(object, set, &mut found);
        classes::check(object, set, &mut found);
        webhooks::check(object, set, &mut found);
        routes::check(object, set, &mut found);
    }
    overlaps(set, &mut found);
    found
}

fn duplicates(set: &ObjectSet, found: &mut Found) {
    for pair in set.objects.windows(2) {
        let [first, second] = pair else { continue };
        if first.id == second.id {
            let of_two = first.component.is_some() && second.component.is_some() && first.component != second.component;
            let how = if of_two { "another component makes the same object" } else { "the same object is made twice" };
            found.push(duplicate(first, second, how));
        }
    }
    let mut folded: BTreeMap<_, &Object> = BTreeMap::new();
    for object in &set.objects {
        let id = &object.id;
        let key = (id.group.to_lowercase(), id.kind.to_lowercase(), &id.namespace, id.name.to_lowercase());
        match folded.get(&key) {
            Some(first) if object.id != first.id => {
                found.push(duplicate(first, object, "differs from another only by case, and so would its file"));
            }
            Some(_) => {}
            None => {
                folded.insert(key, object);
            }
        }
    }
}

/// A message that two objects are the same, at both.
pub(super) fn duplicate(first: &Object, second: &Object, how: &str) -> crate::diagnostic::Diagnostic {
    let name = Field::root(first).at("metadata.name");
    let own = Field::root(second).at("metadata.name");
    let first = name.span().filter(|it| Some(*it) != own.span());
    let message = own.problem(DUPLICATE_OBJECT, how).at_some(first, "first made here").later_first();
    message.help(match &second.id.namespace {
        Some(_) => "give one of them another name",
        None => "leave it to one environment, or give one of them another name: a cluster has it once",
    })
}

fn in_pod(spec: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    let account = spec.get("serviceAccountName");
    if account.text() != Some("default") {
        resolve("ServiceAccount", &account, &[], set, found);
    }
    for secret in spec.get("imagePullSecrets").items() {
        resolve("Secret", &secret.get("name"), &[], set, found);
    }
    for volume in spec.get("volumes").items() {
        resolve("PersistentVolumeClaim", &volume.at("persistentVolumeClaim.claimName"), &[], set, found);
        files("ConfigMap", &volume.get("configMap"), "name", set, found);
        files("Secret", &volume.get("secret"), "secretName", set, found);
        resolve("Secret", &volume.at("csi.nodePublishSecretRef.name"), &[], set, found);
        origin(&volume.at("ephemeral.volumeClaimTemplate.spec"), set, found);
        for source in volume.at("projected.sources").items() {
            files("ConfigMap", &source.get("configMap"), "name", set, found);
            files("Secret", &source.get("secret"), "name", set, found);
        }
    }
    for container in all_containers(spec) {
        for variable in container.get("env").items() {
            for (kind, source) in [("ConfigMap", "valueFrom.configMapKeyRef"), ("Secret", "valueFrom.secretKeyRef")] {
                let reference = variable.at(source);
                if !reference.get("optional").is_true() {
                    resolve(kind, &reference.get("name"), &[reference.get("key")], set, found);
                }
            }
        }
        for from in container.get("envFrom").items() {
            for (kind, source) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
                let reference = from.get(source);
                if !reference.get("optional").is_true() {
                    resolve(kind, &reference.get("name"), &[], set, found);
                }
            }
        }
    }
}

fn files<'a>(kind: &str, source: &Field<'a>, name: &'a str, set: &ObjectSet, found: &mut Found) {
    if !source.get("optional").is_true() {
        let keys: Vec<Field<'_>> = source.get("items").items().iter().map(|it| it.get("key")).collect();
        resolve(kind, &source.get(name), &keys, set, found);
    }
}

/// Checks the claim of which a new one is a copy.
fn origin(claim: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    for source in [claim.get("dataSource"), claim.get("dataSourceRef")] {
        if source.get("kind").text() == Some("PersistentVolumeClaim") && source.get("namespace").is_empty() {
            resolve("PersistentVolumeClaim", &source.get("name"), &[], set, found);
        }
    }
}

/// Checks the Secrets that hold an Ingress's certificates, unless a controller is asked to make them.
fn certificates(ingress: &Object, set: &ObjectSet, found: &mut Found) {
    let root = Field::root(ingress);
    let annotations = root.at("metadata.annotations").entries();
    if annotations.iter().any(|(key, _)| key.starts_with("cert-manager.io/")) {
        return;
    }
    for tls in root.at("spec.tls").items() {
        resolve("Secret", &tls.get("secretName"), &[], set, found);
    }
}

/// Reports a name that leads nowhere, and keys that are not there.
fn resolve(kind: &str, name: &Field<'_>, keys: &[Field<'_>], set: &ObjectSet, found: &mut Found) {
    let Some(text) = name.filled() else { return };
    let namespace = &name.object.id.namespace;
    let Some(known) = known_keys(kind, text, namespace.as_deref(), set) else {
        let names = set.of_kind(kind).map(|it| it.id.name.as_str());
        let external = set.environment.external.iter().filter(|it| it.kind == kind).map(|it| it.name.as_str());
        let message = format!("references {kind} {text:?} which is not in this environment");
        let message = name.problem(MISSING_REFERENCE, message).suggest(text, names.chain(external));
        found.push(message.help("make it here, or declare that it exists without us"));
        return;
    };
    let Keys::Only(known) = known else { return };
    for key in keys {
        if let Some(wanted) = key.filled()
            && !known.iter().any(|it| it == wanted)
        {
            let message = format!("{kind} {text:?} has no key {wanted:?}");
            let message = key.problem(CONFIG_KEY_MISSING, message).suggest(wanted, known.iter().map(String::as_str));
            found.push(message.help(if known.is_empty() {
                "it is declared without keys".to_owned()
            } else {
                format!("its keys: {}", known.join(", "))
            }));
        }
    }
}

fn overlaps(set: &ObjectSet, found: &mut Found) {
    let selecting =
        |it: &&Object| matches!(it.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet");
    let workloads: Vec<&Object> = set.objects.iter().filter(selecting).collect();
    for (at, one) in workloads.iter().enumerate() {
        let field = Field::root(one).at("spec.selector");
        let selector = Selector::of(field.value);
        if selector.is_empty() {
            continue;
        }
        for (index, other) in workloads.iter().enumerate() {
            if other.id == one.id || other.id.namespace != one.id.namespace {
                continue;
            }
            let Some(template) = pod::template(other) else { continue };
            let labels = template.at("metadata.labels");
            // Where each matches the other's pods, one message says it.
            let mutual = || pod::template(one).is_some_and(|it| selects(other, it.at("metadata.labels").value));
            if selector.matches(labels.value) && (index > at || !mutual()) {
                let message = format!("the selector also matches the pods of {}", other.id.short());
                let message = field
                    .problem(OVERLAPPING_SELECTORS, message)
                    .at_some(shared_label(&field, &labels).span(), "the other's label");
                found.push(
                    message.help(
                        "two controllers would fight over these pods: give each a label of its own in `selector`",
                    ),
                );
            }
        }
    }
}

/// True where a workload's selector matches these labels.
fn selects(workload: &Object, labels: &Value) -> bool {
    let selector = Selector::of(Field::root(workload).at("spec.selector").value);
    !selector.is_empty() && selector.matches(labels)
}

/// Returns the first label by which a selector found these labels, or all of them.
fn shared_label<'a>(selector: &Field<'a>, labels: &Field<'a>) -> Field<'a> {
    let wanted = selector.get("matchLabels").entries();
    wanted.first().map_or_else(|| labels.clone(), |(key, _)| labels.get(key))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, deployment, expect, set, with, with_container, with_pod};
    use super::check;
    use crate::object::{ExternalObject, ObjectSet};
    use crate::source::{FileId, Sources, Span};
    use serde_json::{Value, json};

    fn file() -> FileId {
        Sources::new([("a".to_owned(), String::new())]).iter().next().unwrap().0
    }

    fn environment(workload: Value) -> ObjectSet {
        let config = any("v1", "ConfigMap", "config", &json!({"data": {"A": "x"}}));
        let mut set = set([workload, config]);
        let span = Span::new(file(), 0, 0);
        set.environment.external.push(ExternalObject {
            kind: "Secret".to_owned(),
            name: "secrets".to_owned(),
            keys: vec!["KEY".to_owned()],
            span: Some(span),
        });
        set
    }

    fn variable(source: &str, name: &str, key: &str, expected: &[&str]) {
        let value = json!([{"name": "V", "valueFrom": {source: {"name": name, "key": key}}}]);
        expect(check(&environment(with_container("/env", value))), expected);
    }

    #[test]
    fn follows_references() {
        variable("configMapKeyRef", "config", "A", &[]);
        variable(
            "configMapKeyRef",
            "config",
            "B",
            &["config-key-missing configMapKeyRef.key ConfigMap \"config\" has no key \"B\""],
        );
        variable(
            "configMapKeyRef",
            "confg",
            "A",
            &["missing-reference configMapKeyRef.name references ConfigMap \"confg\" which is not in this environment"],
        );
        variable("secretKeyRef", "secrets", "KEY", &[]);
        variable(
            "secretKeyRef",
            "secrets",
            "OTHER",
            &["config-key-missing secretKeyRef.key Secret \"secrets\" has no key \"OTHER\""],
        );
        variable("secretKeyRef", "config", "A", &["missing-reference secretKeyRef.name references Secret \"config\""]);
        let optional =
            json!([{"name": "V", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y", "optional": true}}}]);
        expect(check(&environment(with_container("/env", optional))), &[]);
        let from = json!([{"configMapRef": {"name": "config"}}, {"secretRef": {"name": "x"}}]);
        expect(
            check(&environment(with_container("/envFrom", from))),
            &["missing-reference secretRef.name references Secret \"x\""],
        );
    }

    #[test]
    fn follows_references_of_pods() {
        let pod = |pointer: &str, value: Value, expected: &[&str]| {
            expect(check(&environment(with_pod(pointer, value))), expected);
        };
        pod("/serviceAccountName", json!("default"), &[]);
        pod(
            "/serviceAccountName",
            json!("web"),
            &["missing-reference serviceAccountName references ServiceAccount \"web\""],
        );
        pod(
            "/imagePullSecrets",
            json!([{"name": "x"}]),
            &["missing-reference imagePullSecrets references Secret \"x\""],
        );
        pod(
            "/volumes",
            json!([{"name": "a", "persistentVolumeClaim": {"claimName": "x"}}]),
            &["missing-reference claimName references PersistentVolumeClaim"],
        );
        pod(
            "/volumes",
            json!([{"name": "a", "configMap": {"name": "config", "items": [{"key": "B", "path": "b"}]}}]),
            &["config-key-missing key ConfigMap \"config\" has no key \"B\""],
        );
        pod("/volumes", json!([{"name": "a", "configMap": {"name": "kube-root-ca.crt"}}]), &[]);
        let csi = |name: &str| json!([{"name": "a", "csi": {"driver": "d", "nodePublishSecretRef": {"name": name}}}]);
        pod("/volumes", csi("secrets"), &[]);
        pod("/volumes", csi("x"), &["missing-reference nodePublishSecretRef.name references Secret \"x\""]);
    }

    #[test]
    fn follows_the_origin_of_claims() {
        let claim = |name: &str, source: &Value| {
            any("v1", "PersistentVolumeClaim", name, &json!({"spec": {"dataSource": source}}))
        };
        let from = |kind: &str, name: &str| json!({"kind": kind, "name": name});
        let old = claim("old", &json!(null));
        expect(check(&set([old.clone(), claim("new", &from("PersistentVolumeClaim", "old"))])), &[]);
        expect(
            check(&set([old.clone(), claim("new", &from("PersistentVolumeClaim", "odl"))])),
            &["missing-reference dataSource.name references PersistentVolumeClaim \"odl\""],
        );
        expect(check(&set([old, claim("new", &from("VolumeSnapshot", "x"))])), &[]);
    }

    #[test]
    fn finds_two_that_claim_the_same() {
        let second = |label: &str| {
            let body = with(deployment(), "/metadata/name", json!("zwei"));
            with(
                with(body, "/spec/selector/matchLabels/app", json!(label)),
                "/spec/template/metadata/labels/app",
                json!(label),
            )
        };
        expect(check(&set([deployment(), second("zwei")])), &[]);
        expect(
            check(&set([deployment(), second("web")])),
            &["overlapping-selectors spec.selector also matches the pods of Deployment/zwei"],
        );
        expect(check(&set([deployment(), deployment()])), &["duplicate-object Deployment/web made twice"]);
        let role = |name: &str| any("rbac.authorization.k8s.io/v1", "Role", name, &json!({}));
        expect(check(&set([role("a"), role("A")])), &["duplicate-object metadata.name only by case"]);
    }

    #[test]
    fn follows_certificates() {
        let ingress = |annotations: Value| {
            let body = any("networking.k8s.io/v1", "Ingress", "a", &json!({"spec": {"tls": [{"secretName": "tls"}]}}));
            with(body, "/metadata/annotations", annotations)
        };
        expect(check(&set([ingress(json!({}))])), &["missing-reference secretName references Secret \"tls\""]);
        expect(check(&set([ingress(json!({"cert-manager.io/cluster-issuer": "a"}))])), &[]);
    }
}
