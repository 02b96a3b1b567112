//! Whether changed or removed configuration reaches the pods that read it.

use super::reference::{ConfigUse, Way, config_uses};
use super::workload::Pods;
use super::{Rule, pruning, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{ExternalObject, FieldPath, Object};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[CONFIG_NOT_PICKED_UP], find: not_picked_up },
    Rule { codes: &[CONFIG_REMOVED_IN_USE], find: removed_in_use },
];

const CONFIG_NOT_PICKED_UP: ImpactCode = ImpactCode {
    name: "config-not-picked-up",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically",
};
const CONFIG_REMOVED_IN_USE: ImpactCode = ImpactCode {
    name: "config-removed-in-use",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#restrictions",
};

/// A workload of the new state and what it reads.
struct Reader<'a> {
    object: &'a Object,
    uses: Vec<ConfigUse<'a>>,
}

impl<'a> Reader<'a> {
    fn all(environment: &EnvironmentComparison<'a>) -> Vec<Self> {
        Pods::all(environment, Side::After).map(|it| Self { object: it.object, uses: config_uses(it) }).collect()
    }

    /// Returns the places in which it reads this ConfigMap or Secret.
    fn uses_of(&self, config: &Object) -> impl Iterator<Item = &ConfigUse<'a>> {
        let is_neighbour = self.object.id.namespace == config.id.namespace;
        self.uses.iter().filter(move |it| is_neighbour && it.kind == config.id.kind && it.name == config.id.name)
    }
}

fn is_config(object: &Object) -> bool {
    object.id.group.is_empty() && matches!(object.id.kind.as_str(), "ConfigMap" | "Secret")
}

/// Returns the keys of a ConfigMap or Secret that differ, each with its path.
fn changed_keys<'a>(before: &'a Object, after: &'a Object) -> Vec<(&'a str, FieldPath)> {
    let mut changed = Vec::new();
    for field in ["data", "binaryData", "stringData"] {
        let side = |it: &'a Object| it.field(field).and_then(Value::as_object);
        let names: BTreeSet<&str> =
            [side(before), side(after)].into_iter().flatten().flatten().map(|it| it.0.as_str()).collect();
        let value = |it: &'a Object, name: &str| side(it).and_then(|it| it.get(name));
        let differing = names.into_iter().filter(|name| value(before, name) != value(after, name));
        changed.extend(differing.map(|name| (name, FieldPath::default().field(field).field(name))));
    }
    changed
}

fn not_picked_up(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let running: Vec<Reader<'_>> =
            Reader::all(environment).into_iter().filter(|it| keeps_running(environment, it.object)).collect();
        for (before, after) in environment.kept().filter(|(_, it)| is_config(it)) {
            let changed = changed_keys(before, after);
            for reader in &running {
                let read: Vec<_> = reader.uses_of(after).filter(|it| it.way == Way::Variable).collect();
                let is_read = |key: &str| read.iter().any(|it| it.key.is_none_or(|it| it == key));
                let stale: Vec<&(&str, FieldPath)> = changed.iter().filter(|(key, _)| is_read(key)).collect();
                let Some((_, path)) = stale.first() else { continue };
                let keys: Vec<&str> = stale.iter().map(|(key, _)| *key).collect();
                let (what, config) = (wording::quoted(&keys), after.id.short());
                let message = format!(
                    "keeps running with the old configuration: {what} of {config} changed, and its pods read it only when they start"
                );
                let (kind, name) = (reader.object.id.kind.to_lowercase(), &reader.object.id.name);
                let help = format!(
                    "restart it after the sync with `kubectl rollout restart {kind}/{name}`, or let its pod template carry a checksum of the data"
                );
                let finding = Finding::new(CONFIG_NOT_PICKED_UP, environment.name(), &reader.object.id, message);
                let (side, config) =
                    if after.at(path).is_some() { (Side::After, after) } else { (Side::Before, before) };
                findings.push(finding.help(help).from_line(input.line_of(side, config, path)));
            }
        }
    }
    findings
}

/// True for a workload whose pods ran before and are not replaced by this change. Jobs start new pods by themselves.
fn keeps_running(environment: &EnvironmentComparison<'_>, workload: &Object) -> bool {
    let is_long_running =
        matches!(workload.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet");
    let is_rolled = environment.change(&workload.id).is_some_and(|it| it.touches("spec.template"));
    is_long_running && !is_rolled && environment.object(Side::Before, &workload.id).is_some()
}

fn removed_in_use(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in input.environments.iter().filter(|it| it.after.is_some()) {
        let readers = Reader::all(environment);
        for before in environment.objects(Side::Before).iter().filter(|it| is_config(it)) {
            findings.extend(match environment.object(Side::After, &before.id) {
                Some(after) => keys_removed(input, environment, &readers, (before, after)),
                None if !pruning::goes(environment, before) => None,
                None => object_removed(input, environment, &readers, before),
            });
        }
    }
    findings
}

fn object_removed(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    readers: &[Reader<'_>],
    config: &Object,
) -> Option<Finding> {
    let is_same = |it: &ExternalObject| it.kind == config.id.kind && it.name == config.id.name;
    // From now on somebody else makes it.
    if environment.environment.external.iter().any(is_same) {
        return None;
    }
    let needs = |it: &&Reader<'_>| it.uses_of(config).any(|it| !it.optional);
    let broken: Vec<String> = readers.iter().filter(needs).map(|it| it.object.id.short()).collect();
    removed(input, environment, config, &FieldPath::default(), "is removed while in use", &broken)
}

fn keys_removed(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    readers: &[Reader<'_>],
    (before, after): (&Object, &Object),
) -> Option<Finding> {
    let needs = |reader: &Reader<'_>, key: &str| reader.uses_of(before).any(|it| !it.optional && it.key == Some(key));
    let gone = changed_keys(before, after).into_iter().filter(|(_, path)| after.at(path).is_none());
    let needed: Vec<_> = gone.filter(|(key, _)| readers.iter().any(|it| needs(it, key))).collect();
    let (_, path) = needed.first()?;
    let keys: Vec<&str> = needed.iter().map(|(key, _)| *key).collect();
    let users = readers.iter().filter(|reader| keys.iter().any(|key| needs(reader, key)));
    let broken: Vec<String> = users.map(|it| it.object.id.short()).collect();
    let what = format!("loses {} while in use", wording::quoted(&keys));
    removed(input, environment, before, path, &what, &broken)
}

fn removed(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    config: &Object,
    path: &FieldPath,
    what: &str,
    broken: &[String],
) -> Option<Finding> {
    let users = wording::list(broken);
    let message = format!("{what}: new pods of {users} cannot start, running ones go on until they are replaced");
    let help = format!("take the reference out of {users} in the same change, or mark it `optional`");
    let finding = Finding::new(CONFIG_REMOVED_IN_USE, environment.name(), &config.id, message).at(path.to_string());
    let line = input.line_of(Side::Before, config, path);
    (!broken.is_empty()).then(|| finding.help(help).from_line(line))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn config(data: &Value) -> Value {
        object("v1", "ConfigMap", "web-config", &json!({"data": data}))
    }

    fn reader(container: Value) -> Value {
        deployment("web", 1, container)
    }

    fn from_all() -> Value {
        json!({"image": "web:1", "envFrom": [{"configMapRef": {"name": "web-config"}}]})
    }

    fn from_key(key: &str, optional: bool) -> Value {
        let reference = json!({"name": "web-config", "key": key, "optional": optional});
        json!({"image": "web:1", "env": [{"name": "A", "valueFrom": {"configMapKeyRef": reference}}]})
    }

    #[test]
    fn variables_are_read_at_the_start() {
        let check = |before: Value, after: Value, expected: &[&str]| {
            let (old, new) = (config(&json!({"A": "1", "B": "1"})), config(&json!({"A": "2", "B": "1"})));
            expect(&review_one(&[before, old], &[after, new]), "config-not-picked-up", expected);
        };
        let stale = "Deployment/web keeps running with the old configuration: `A` of ConfigMap/web-config changed, and its pods read it only when they start";
        check(reader(from_all()), reader(from_all()), &[stale]);
        check(reader(from_key("A", false)), reader(from_key("A", false)), &[stale]);
        check(reader(from_key("B", false)), reader(from_key("B", false)), &[]);
        let replicas = with(reader(from_all()), "/spec/replicas", json!(2));
        check(reader(from_all()), replicas, &[stale]);
        let rolled = with(reader(from_all()), "/spec/template/metadata/annotations", json!({"checksum/config": "b"}));
        check(reader(from_all()), rolled, &[]);
        let mounted = |name: &str| {
            with(
                reader(json!({"image": "web:1"})),
                "/spec/template/spec/volumes",
                json!([{"name": "c", "configMap": {"name": name}}]),
            )
        };
        check(mounted("web-config"), mounted("web-config"), &[]);
        let other = |name: &str| reader(json!({"image": name, "envFrom": [{"secretRef": {"name": "web-config"}}]}));
        check(other("a"), other("a"), &[]);
        let job = |it: Value| with(it, "/kind", json!("CronJob"));
        check(job(reader(from_all())), job(reader(from_all())), &[]);
    }

    #[test]
    fn what_is_in_use_must_stay() {
        let check = |workload: Value, after: Option<Value>, expected: &[&str]| {
            let mut new = vec![workload.clone()];
            new.extend(after);
            expect(
                &review_one(&[workload, config(&json!({"A": "1", "B": "1"}))], &new),
                "config-removed-in-use",
                expected,
            );
        };
        let gone = "ConfigMap/web-config is removed while in use: new pods of Deployment/web cannot start, running ones go on until they are replaced";
        let loses = "ConfigMap/web-config loses `A` while in use: new pods of Deployment/web cannot start, running ones go on until they are replaced";
        check(reader(from_all()), None, &[gone]);
        check(reader(from_key("A", false)), None, &[gone]);
        check(reader(from_key("A", true)), None, &[]);
        check(reader(json!({"image": "web:1"})), None, &[]);
        let kept = with(
            config(&json!({"A": "1"})),
            "/metadata/annotations",
            json!({"argocd.argoproj.io/sync-options": "Prune=false"}),
        );
        expect(&review_one(&[reader(from_all()), kept], &[reader(from_all())]), "config-removed-in-use", &[]);
        check(reader(from_key("A", false)), Some(config(&json!({"B": "1"}))), &[loses]);
        check(reader(from_key("B", false)), Some(config(&json!({"B": "1"}))), &[]);
        check(reader(from_key("A", true)), Some(config(&json!({"B": "1"}))), &[]);
        check(reader(from_all()), Some(config(&json!({"B": "1"}))), &[]);
        let item = json!([{"name": "c", "configMap": {"name": "web-config", "items": [{"key": "A", "path": "a"}]}}]);
        check(
            with(reader(json!({"image": "web:1"})), "/spec/template/spec/volumes", item),
            Some(config(&json!({"B": "1"}))),
            &[loses],
        );
    }
}
