//! Rows, counts and phrases about the change as a whole.

use super::{demand, rollout, wording};
use crate::change::{
    Accounting, Comparison, EnvironmentSummary, Finding, ImageChange, Operation, RequiredObject, ReviewedChange, Side,
    leaf_count,
};
use crate::object::{Object, leaves};
use serde_json::Value;

/// Returns one row for each environment, by name.
pub(super) fn environments(input: &Comparison<'_>, findings: &[Finding]) -> Vec<EnvironmentSummary> {
    let row = |it: &crate::change::EnvironmentComparison<'_>| {
        let count = |operation| it.changes.changes.iter().filter(|it| it.operation == operation).count();
        let here = findings.iter().filter(|finding| finding.environments.iter().any(|name| name == it.name()));
        EnvironmentSummary {
            name: it.name().to_owned(),
            namespace: it.environment.namespace.clone(),
            protected: it.environment.protected,
            created: count(Operation::Create),
            updated: count(Operation::Update),
            deleted: count(Operation::Delete),
            objects: it.objects(Side::After).len(),
            restarts: rollout::restarting(it),
            worst: here.map(|it| it.severity).max(),
        }
    };
    input.environments.iter().map(row).collect()
}

/// Counts leaf changes from the comparison, and what the lines of the review stand for from the lines themselves.
pub(super) fn accounting(input: &Comparison<'_>, changes: &[ReviewedChange]) -> Accounting {
    let of_change = |it: &crate::change::ObjectChange| match it.operation {
        Operation::Update => it.fields.iter().map(leaf_count).sum(),
        Operation::Create | Operation::Delete => 1,
    };
    let of_changes: usize = input.environments.iter().flat_map(|it| &it.changes.changes).map(of_change).sum();
    // Both objects of a pair are among those; what differs between them is not.
    let pairs = input.environments.iter().flat_map(|it| &it.changes.renames);
    let fields = of_changes + pairs.flat_map(crate::change::Rename::content).map(leaf_count).sum::<usize>();
    let (mut shown, mut folded) = (0, 0);
    for change in changes {
        let environments = change.environments.len();
        shown += environments * change.whole_objects();
        for field in &change.fields {
            let count = environments * count(field.before.as_ref()).max(count(field.after.as_ref()));
            *(if field.is_folded() { &mut folded } else { &mut shown }) += count;
        }
    }
    Accounting { fields, shown, folded, omitted: 0 }
}

fn count(value: Option<&Value>) -> usize {
    let mut count = 0;
    if let Some(value) = value {
        leaves(value, &mut |_, _| count += 1);
    }
    count
}

/// Says what an object is in a few words: `NodePort 30080`, `3 pods`, `5 keys`.
pub(super) fn of_object(object: &Object) -> String {
    let text = |path: &str| object.field(path).and_then(Value::as_str).unwrap_or_default();
    let number = |path: &str| object.field(path).and_then(Value::as_u64);
    let list = |path: &str| object.field(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let length = |path: &str| object.field(path).map_or(0, |it| it.as_object().map_or(0, serde_json::Map::len));
    match object.id.kind.as_str() {
        "Service" => {
            let kind = Some(text("spec.type")).filter(|it| !it.is_empty()).unwrap_or("ClusterIP");
            let port = |it: &Value| it.get("nodePort").or_else(|| it.get("port")).map(Value::to_string);
            let ports: Vec<String> = list("spec.ports").iter().filter_map(port).collect();
            format!("{kind} {}", ports.join(", ")).trim_end().to_owned()
        }
        "Deployment" | "StatefulSet" | "ReplicaSet" => match number("spec.replicas") {
            Some(replicas) => wording::count(replicas, "pod"),
            None => String::new(),
        },
        "ConfigMap" | "Secret" | "SealedSecret" => {
            let maps = ["data", "binaryData", "stringData", "sealed.keys", "spec.encryptedData"];
            let keys = maps.into_iter().map(length).sum::<usize>();
            wording::count(u64::try_from(keys).unwrap_or(u64::MAX), "key")
        }
        "HorizontalPodAutoscaler" => {
            let (minimum, maximum) = (number("spec.minReplicas").unwrap_or(1), number("spec.maxReplicas").unwrap_or(1));
            format!("{minimum} to {}", wording::count(maximum, "pod"))
        }
        "PodDisruptionBudget" => {
            let bound = |name: &str| object.field("spec").and_then(|it| it.get(name)).map(|it| format!("{name} {it}"));
            bound("minAvailable").or_else(|| bound("maxUnavailable")).unwrap_or_default().replace('"', "")
        }
        "Ingress" => {
            let hosts: Vec<&str> = list("spec.rules").iter().filter_map(|it| it.get("host")?.as_str()).collect();
            hosts.join(", ")
        }
        "NetworkPolicy" => {
            let types: Vec<&str> = list("spec.policyTypes").iter().filter_map(Value::as_str).collect();
            types.join(" and ").to_lowercase()
        }
        _ => String::new(),
    }
}

/// Names what only the cluster, the registry or other repositories can tell, as far as this change depends on it.
pub(super) fn not_checked(input: &Comparison<'_>, images: &[ImageChange], required: &[RequiredObject]) -> Vec<String> {
    let changed = || input.environments.iter().filter(|it| !it.changes.changes.is_empty());
    let any = |operation: Operation, kinds: &[&str]| {
        let mut all = changed().flat_map(|it| &it.changes.changes);
        all.any(|it| it.operation == operation && (kinds.is_empty() || kinds.contains(&it.id.kind.as_str())))
    };
    let in_new_tree = |kind: &str| changed().any(|it| it.of_kind(Side::After, kind).next().is_some());
    let is_new_state = any(Operation::Create, &[]) || any(Operation::Update, &[]);
    let mut phrases = Vec::new();
    let mut add = |is_meant: bool, phrase: &str| {
        if is_meant {
            phrases.push(phrase.to_owned());
        }
    };
    add(in_new_tree("HorizontalPodAutoscaler"), "live replica counts and autoscaler state");
    add(is_new_state, "quotas and admission policies in the cluster");
    add(images.iter().any(|it| it.after.is_some()), "whether the images exist");
    add(required.iter().any(|it| it.new), "whether the required objects exist in the cluster");
    add(
        changed().any(|it| demand::is_incomplete(it.objects(Side::After))),
        "capacity of DaemonSets and CronJobs, whose number of pods depends on the cluster",
    );
    let names = ["Service", "ConfigMap", "Secret", "ServiceAccount", "Namespace"];
    add(any(Operation::Delete, &names), "what outside this repository still uses the removed names");
    phrases
}
