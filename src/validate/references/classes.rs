//! The classes that pods and claims name. They are the cluster's, so that a spec can only declare that they exist.

use super::known::exists;
use crate::diagnostic::house_rule::UNDECLARED_CLASS;
use crate::object::{Object, ObjectSet};
use crate::validate::field::{Field, Found};
use crate::validate::{pod, priority_class};

/// Checks the classes of one object.
pub(super) fn check(object: &Object, set: &ObjectSet, found: &mut Found) {
    let root = Field::root(object);
    if let Some(template) = pod::template(object) {
        let spec = template.get("spec");
        let priority = spec.get("priorityClassName");
        if !priority_class::BUILT_IN.iter().any(|(name, _)| priority.text() == Some(name)) {
            class("PriorityClass", &priority, set, found);
        }
        for volume in spec.get("volumes").items() {
            class("StorageClass", &volume.at("ephemeral.volumeClaimTemplate.spec.storageClassName"), set, found);
        }
    }
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        // A claim for one volume, or for one that is made here, only shares its class's name.
        ("", "PersistentVolumeClaim") if root.at("spec.volumeName").is_empty() => {
            let name = root.at("spec.storageClassName");
            let of_class = |it: &Object| Field::root(it).at("spec.storageClassName").text() == name.text();
            if !set.of_kind("PersistentVolume").any(of_class) {
                class("StorageClass", &name, set, found);
            }
        }
        ("apps", "StatefulSet") => {
            for template in root.at("spec.volumeClaimTemplates").items() {
                class("StorageClass", &template.at("spec.storageClassName"), set, found);
            }
        }
        _ => {}
    }
}

fn class(kind: &str, name: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    let cluster = set.environment.cluster.as_ref().filter(|_| kind == "StorageClass");
    let is_declared =
        |it: &&str| exists(kind, it, set) || cluster.is_some_and(|of| of.storage_class(Some(it)).is_some());
    let Some(text) = name.filled().filter(|it| !is_declared(it)) else { return };
    let message = format!("references {kind} {text:?}, and nothing says that the cluster has it");
    let external = format!("declare that it exists without us: `external \"{kind}/{text}\"`");
    let help =
        cluster.map_or(external, |it| format!("declare that `cluster {}` has it: `storage-class {text}`", it.name));
    found.push(name.house_rule(UNDECLARED_CLASS, message, &help));
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::object::ExternalObject;
    use crate::validate::fixture::{any, expect, set, with, with_pod};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(body: Value, expected: &[&str]) {
        let class = any("scheduling.k8s.io/v1", "PriorityClass", "high", &json!({"value": 1}));
        let mut set = set([body.clone(), class]);
        set.environment.external.push(ExternalObject {
            kind: "StorageClass".to_owned(),
            name: "fast".to_owned(),
            keys: Vec::new(),
            span: None,
        });
        let object = set.objects.iter().find(|it| it.body == body).unwrap();
        let mut found = Vec::new();
        check(object, &set, &mut found);
        expect(found, expected);
    }

    #[test]
    fn asks_that_classes_are_declared() {
        let priority = |name: &str| with_pod("/priorityClassName", json!(name));
        verdicts(priority("high"), &[]);
        verdicts(priority("system-node-critical"), &[]);
        verdicts(priority("higher"), &["undeclared-class priorityClassName references PriorityClass \"higher\""]);
        let claim =
            |class: &str| any("v1", "PersistentVolumeClaim", "a", &json!({"spec": {"storageClassName": class}}));
        verdicts(claim("fast"), &[]);
        verdicts(claim(""), &[]);
        verdicts(claim("slow"), &["undeclared-class storageClassName references StorageClass \"slow\""]);
        let bound = with(claim("slow"), "/spec/volumeName", json!("disk"));
        verdicts(bound, &[]);
        let template = json!({"spec": {"volumeClaimTemplates": [{"spec": {"storageClassName": "slow"}}]}});
        verdicts(any("apps/v1", "StatefulSet", "a", &template), &["undeclared-class storageClassName"]);
    }
}
