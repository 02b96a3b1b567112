//! Configuration that pods need and that is no longer there, or not yet.
//!
//! `config-removed-in-use` is about an object that goes, `config-key-missing` about a key of one that stays: the key goes,
//! or a reference to it comes. What was missing before is no finding of this change.

use super::consumer::{Reader, changed_keys, has_key, is_config};
use super::reference::config_uses;
use super::workload::Pods;
use super::{Rule, pruning, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{ExternalObject, FieldPath, GitopsFacts, Object};

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[CONFIG_REMOVED_IN_USE], find: objects_removed },
    Rule { codes: &[CONFIG_KEY_MISSING], find: keys_removed },
    Rule { codes: &[], find: keys_newly_needed },
];

const CONFIG_KEY_MISSING: ImpactCode = ImpactCode {
    name: "config-key-missing",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#restrictions",
};
const CONFIG_REMOVED_IN_USE: ImpactCode = ImpactCode {
    name: "config-removed-in-use",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#restrictions",
};

/// What is no longer there, in words, and which workloads need it.
struct Gone<'a> {
    what: String,
    path: FieldPath,
    users: Vec<&'a Reader<'a>>,
}

fn objects_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in input.environments.iter().filter(|it| it.after.is_some()) {
        let readers = Reader::all(environment);
        let is_gone = |it: &&Object| {
            is_config(it) && environment.object(Side::After, &it.id).is_none() && pruning::goes(environment, it)
        };
        for config in environment.objects(Side::Before).iter().filter(is_gone) {
            let users: Vec<&Reader<'_>> =
                readers.iter().filter(|it| it.uses_of(config).any(|it| !it.optional)).collect();
            let names = named(&users);
            let gone = Gone { what: "is removed while in use".to_owned(), path: FieldPath::default(), users };
            let found = removed(input, environment, CONFIG_REMOVED_IN_USE, config, gone);
            let is_same = |it: &ExternalObject| it.kind == config.id.kind && it.name == config.id.name;
            let is_external = environment.environment.external.iter().any(is_same);
            findings.extend(found.map(|it| if is_external { handed_over(it, environment, &names) } else { it }));
        }
    }
    findings
}

/// Says that what somebody else makes from now on is deleted first, as the controller made it. Both leave what is marked:
/// [Argo CD](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources),
/// [Flux](https://fluxcd.io/flux/components/kustomize/kustomizations/#prune).
fn handed_over(finding: Finding, environment: &EnvironmentComparison<'_>, users: &str) -> Finding {
    let mark = match environment.environment.gitops {
        Some(GitopsFacts::Flux { .. }) => "kustomize.toolkit.fluxcd.io/prune: disabled",
        Some(GitopsFacts::ArgoCd { .. }) | None => "argocd.argoproj.io/sync-options: Prune=false",
    };
    let message =
        format!("is removed while in use: until somebody else makes it again, new pods of {users} cannot start");
    let help = format!("annotate it with `{mark}` in a change before, so that it stays in the cluster");
    Finding { message, ..finding }.with_severity(Severity::Warn).help(help)
}

fn keys_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let readers = Reader::all(environment);
        for (before, after) in environment.kept().filter(|(_, it)| is_config(it)) {
            let needs = |reader: &Reader<'_>, key: &str| reader.uses_of(before).any(|it| it.needed_key() == Some(key));
            let gone = changed_keys(before, Some(after)).into_iter().filter(|(key, _)| !has_key(after, key));
            let needed: Vec<_> = gone.filter(|(key, _)| readers.iter().any(|it| needs(it, key))).collect();
            let Some((_, path)) = needed.first() else { continue };
            let keys: Vec<&str> = needed.iter().map(|(key, _)| *key).collect();
            let users = readers.iter().filter(|reader| keys.iter().any(|key| needs(reader, key))).collect();
            let what = format!("loses {} while in use", few(&keys));
            let gone = Gone { what, path: path.clone(), users };
            findings.extend(removed(input, environment, CONFIG_KEY_MISSING, before, gone));
        }
    }
    findings
}

fn named(users: &[&Reader<'_>]) -> String {
    wording::list(&users.iter().map(|it| it.object.id.short()).collect::<Vec<_>>())
}

/// Names keys as long as they are few and short.
fn few(keys: &[&str]) -> String {
    let named = wording::quoted(keys);
    if named.chars().count() > 40 { wording::count_of(keys, "key") } else { named }
}

fn removed(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    code: ImpactCode,
    config: &Object,
    gone: Gone<'_>,
) -> Option<Finding> {
    let (users, what) = (named(&gone.users), gone.what);
    let message = format!("{what}: new pods of {users} cannot start, running ones go on until they are replaced");
    let help = format!("take the reference out of {users} in the same change, or mark it `optional`");
    let finding = Finding::new(code, environment.name(), &config.id, message).at(gone.path.to_string());
    let line = input.line_of(Side::Before, config, &gone.path);
    (!users.is_empty()).then(|| finding.help(help).from_line(line))
}

/// References that come with this change, to keys that an object of the new tree does not have and did not have.
fn keys_newly_needed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for pods in Pods::all(environment, Side::After) {
            let before = environment.object(Side::Before, &pods.object.id).and_then(Pods::of);
            let known = before.map(config_uses).unwrap_or_default();
            let mut missing: Vec<(String, &str)> = Vec::new();
            for read in config_uses(pods) {
                let Some(key) = read.needed_key() else { continue };
                let find = |side| {
                    let is_it = |it: &&Object| it.id.name == read.name && it.id.namespace == pods.object.id.namespace;
                    environment.of_kind(side, read.kind).filter(|it| is_config(it)).find(is_it)
                };
                let Some(config) = find(Side::After).filter(|it| !has_key(it, key)) else { continue };
                let was_needed =
                    known.iter().any(|it| (it.kind, it.name, it.needed_key()) == (read.kind, read.name, Some(key)));
                let was_there = find(Side::Before).is_some_and(|it| has_key(it, key));
                let entry = (config.id.short(), key);
                // A key that goes is said of the object that loses it.
                if !was_needed && !was_there && !missing.contains(&entry) {
                    missing.push(entry);
                }
            }
            if missing.is_empty() {
                continue;
            }
            let what: Vec<String> = missing.iter().map(|(config, key)| format!("`{key}` of {config}")).collect();
            let message =
                format!("needs a key that is not there: {}, so that its new pods cannot start", wording::list(&what));
            let help = "add the key in the same change, or mark the reference `optional`";
            let finding = Finding::new(CONFIG_KEY_MISSING, environment.name(), &pods.object.id, message).help(help);
            let template = pods.object.pod_template_path().unwrap_or_default();
            findings.push(finding.from_line(input.line_of(Side::After, pods.object, &template)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{config, expect, from_all, from_key, object, reader, review_one, with};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn from_volume(source: Value, mounts: Value) -> Value {
        let body = reader(json!({"image": "web:1", "volumeMounts": mounts}));
        with(body, "/spec/template/spec/volumes", json!([{"name": "c", "configMap": source}]))
    }

    #[test]
    fn what_is_in_use_must_stay() {
        let check = |workload: Value, after: Option<Value>, code: &str, expected: &[&str]| {
            let mut new = vec![workload.clone()];
            new.extend(after);
            let review = review_one(&[workload, config(&json!({"A": "1", "B": "1"}))], &new);
            for known in ["config-key-missing", "config-removed-in-use"] {
                expect(&review, known, if known == code { expected } else { &[] });
            }
        };
        let gone = "ConfigMap/web-config is removed while in use: new pods of Deployment/web cannot start, running ones go on until they are replaced";
        let loses = "ConfigMap/web-config loses `A` while in use: new pods of Deployment/web cannot start, running ones go on until they are replaced";
        let object = "config-removed-in-use";
        check(reader(from_all()), None, object, &[gone]);
        check(reader(from_key("A", false)), None, object, &[gone]);
        check(reader(from_key("A", true)), None, object, &[]);
        check(reader(json!({"image": "web:1"})), None, object, &[]);
        check(from_volume(json!({"name": "web-config"}), json!([])), None, object, &[gone]);
        let (key, less) = ("config-key-missing", || Some(config(&json!({"B": "1"}))));
        check(reader(from_key("A", false)), less(), key, &[loses]);
        check(reader(from_key("B", false)), less(), key, &[]);
        check(reader(from_key("A", true)), less(), key, &[]);
        check(reader(from_all()), less(), key, &[]);
        let items =
            |optional: bool| json!({"name": "web-config", "optional": optional, "items": [{"key": "A", "path": "a"}]});
        check(from_volume(items(false), json!([])), less(), key, &[loses]);
        check(from_volume(items(true), json!([])), less(), key, &[]);
        let pinned = json!([{"name": "c", "mountPath": "/a", "subPath": "A"}]);
        check(from_volume(json!({"name": "web-config"}), pinned), less(), key, &[]);
        let moved = object_with_binary();
        check(reader(from_key("A", false)), Some(moved), key, &[]);
    }

    /// The key, in the other of the two maps.
    fn object_with_binary() -> Value {
        object("v1", "ConfigMap", "web-config", &json!({"data": {"B": "1"}, "binaryData": {"A": "MQ=="}}))
    }

    #[test]
    fn a_new_reference_needs_its_key() {
        let check = |before: &[Value], after: Value, expected: &[&str]| {
            let data = || config(&json!({"A": "1"}));
            let review = review_one(&[before, &[data()]].concat(), &[after, data()]);
            expect(&review, "config-key-missing", expected);
        };
        let missing = "Deployment/web needs a key that is not there: `C` of ConfigMap/web-config, so that its new pods cannot start";
        check(&[reader(from_key("A", false))], reader(from_key("C", false)), &[missing]);
        check(&[], reader(from_key("C", false)), &[missing]);
        check(&[reader(from_key("C", true))], reader(from_key("C", false)), &[missing]);
        check(&[reader(from_key("C", false))], reader(from_key("C", false)), &[]);
        check(&[reader(from_key("A", false))], reader(from_key("C", true)), &[]);
        check(&[], reader(from_key("A", false)), &[]);
        let elsewhere = json!({"image": "web:1", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "web-config", "key": "C"}}}]});
        check(&[], reader(elsewhere), &[]);
    }
}
