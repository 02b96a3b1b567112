//! Objects that pods refer to and that others make.

use super::reference::config_uses;
use super::workload::{Pods, items, text};
use crate::change::{Comparison, EnvironmentComparison, RequiredObject, Side};
use crate::object::{ExternalObject, Object};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the declared external objects of all environments, identical ones joined, by kind and name.
pub(super) fn objects(input: &Comparison<'_>) -> Vec<RequiredObject> {
    type Key = (String, String, Vec<String>, bool);
    let mut joined: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
    for environment in input.environments.iter().filter(|it| it.after.is_some()) {
        for external in &environment.environment.external {
            let is_new = !was_needed(environment, external);
            let mut keys = external.keys.clone();
            keys.sort();
            let key = (external.kind.clone(), external.name.clone(), keys, is_new);
            joined.entry(key).or_default().insert(environment.name().to_owned());
        }
    }
    let required = |((kind, name, keys, new), environments): (Key, BTreeSet<String>)| RequiredObject {
        environments: environments.into_iter().collect(),
        kind,
        name,
        keys,
        new,
    };
    joined.into_iter().map(required).collect()
}

/// True where the old objects referred to it already, and its pods to all of the keys that are declared.
fn was_needed(environment: &EnvironmentComparison<'_>, external: &ExternalObject) -> bool {
    let is_it = |it: &Object| it.id.kind == external.kind && it.id.name == external.name;
    // What was rendered is removed by the same sync: somebody else has to make it first.
    if environment.objects(Side::Before).iter().any(is_it) {
        return false;
    }
    if is_certificate(environment, external) || is_account(environment, external) {
        return true;
    }
    let mut is_read = false;
    let mut keys = BTreeSet::new();
    for pods in Pods::all(environment, Side::Before) {
        for read in config_uses(pods).iter().filter(|it| it.kind == external.kind && it.name == external.name) {
            is_read = true;
            match read.key {
                Some(key) => keys.insert(key.to_owned()),
                // A pod that reads the whole object reads every key of it.
                None => return true,
            };
        }
    }
    is_read && external.keys.iter().all(|it| keys.contains(it))
}

/// True where an old Ingress has its certificate from the object: it reads all keys of it.
fn is_certificate(environment: &EnvironmentComparison<'_>, external: &ExternalObject) -> bool {
    let specs = environment.of_kind(Side::Before, "Ingress").filter_map(|it| it.field("spec"));
    let mut names = specs.flat_map(|it| items(it, "tls")).map(|it| text(it, "secretName"));
    external.kind == "Secret" && names.any(|it| it == external.name)
}

/// True where old pods ran under the account.
fn is_account(environment: &EnvironmentComparison<'_>, external: &ExternalObject) -> bool {
    let mut names = Pods::all(environment, Side::Before).map(|it| text(it.spec(), "serviceAccountName"));
    external.kind == "ServiceAccount" && names.any(|it| it == external.name)
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, object, review_with};
    use serde_json::{Value, json};

    #[test]
    fn what_the_baseline_read_is_not_new() {
        let reader = |keys: &[&str]| {
            let entry = |key: &&str| json!({"name": key, "valueFrom": {"secretKeyRef": {"name": "keys", "key": key}}});
            deployment("web", 1, json!({"image": "web:1", "env": keys.iter().map(entry).collect::<Vec<Value>>()}))
        };
        let check = |before: Option<Value>, new: bool| {
            let after = Some(vec![reader(&["A", "B"])]);
            let review = review_with(&[("dev", before.map(|it| vec![it]), after)], &[("keys", &["B", "A"])]);
            let found = &review.required[0];
            assert_eq!((found.kind.as_str(), found.name.as_str(), found.new), ("Secret", "keys", new));
            assert_eq!(found.keys, ["A", "B"]);
            assert_eq!(review.not_checked.iter().any(|it| it.contains("required objects")), new);
        };
        check(None, true);
        check(Some(reader(&[])), true);
        check(Some(reader(&["A"])), true);
        check(Some(reader(&["A", "B"])), false);
        let all = json!({"image": "web:1", "envFrom": [{"secretRef": {"name": "keys"}}]});
        check(Some(deployment("web", 1, all)), false);
        let tls = |name: &str| {
            object("networking.k8s.io/v1", "Ingress", "web", &json!({"spec": {"tls": [{"secretName": name}]}}))
        };
        check(Some(tls("keys")), false);
        check(Some(tls("other")), true);
        check(Some(object("v1", "Secret", "keys", &json!({}))), true);
    }
}
