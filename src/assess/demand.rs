//! What the pods of an environment ask for, before, after, and while they are replaced.

use super::storage;
use super::workload::{Pods, recreates, replicas, restarts, rollout_bounds};
use crate::change::{CapacityChange, Comparison, Demand, EnvironmentComparison, Side};
use crate::object::Object;
use crate::object::demand::{Requests, pod_requests};
use std::cmp::max;

/// So many old and so many new pods of a workload at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mix {
    /// Of the old template.
    pub(super) old: u64,
    /// Of the new one.
    pub(super) new: u64,
}

fn times(requests: Requests, pods: u64) -> Demand {
    Demand {
        cpu_milli: requests.cpu.times(pods).milli(),
        memory_bytes: storage::bytes(requests.memory.times(pods)),
        pods,
        storage_bytes: 0,
    }
}

fn sum(demands: impl Iterator<Item = Demand>) -> Demand {
    demands.fold(Demand::default(), |sum, it| plus(&sum, &it))
}

fn plus(a: &Demand, b: &Demand) -> Demand {
    Demand {
        cpu_milli: a.cpu_milli + b.cpu_milli,
        memory_bytes: a.memory_bytes + b.memory_bytes,
        pods: a.pods + b.pods,
        storage_bytes: a.storage_bytes + b.storage_bytes,
    }
}

/// Returns the larger of each.
fn larger(a: &Demand, b: &Demand) -> Demand {
    Demand {
        cpu_milli: max(a.cpu_milli, b.cpu_milli),
        memory_bytes: max(a.memory_bytes, b.memory_bytes),
        pods: max(a.pods, b.pods),
        storage_bytes: max(a.storage_bytes, b.storage_bytes),
    }
}

/// Returns what the workloads and claims of one state ask for. Kinds whose number of pods the tree does not say are left
/// out.
pub(super) fn demand(environment: &EnvironmentComparison<'_>, side: Side) -> Demand {
    let pods = sum(Pods::all(environment, side).map(|it| demand_of(environment, side, it)));
    Demand { storage_bytes: storage::requested(environment, side), ..pods }
}

/// Returns what the pods of a workload of one state ask for.
pub(super) fn demand_of(environment: &EnvironmentComparison<'_>, side: Side, pods: Pods<'_>) -> Demand {
    times(pod_requests(pods.template), replicas(environment.objects(side), pods.object))
}

/// Returns the most that is asked for at any time between the old and the new state. What is removed is still there
/// while what is new comes: both GitOps controllers apply before they prune.
fn peak(environment: &EnvironmentComparison<'_>) -> Demand {
    let after = Pods::all(environment, Side::After).map(|it| peak_of(environment, it));
    let is_gone = |it: &Pods<'_>| environment.object(Side::After, &it.object.id).is_none();
    let gone = Pods::all(environment, Side::Before).filter(is_gone);
    let pods = sum(after.chain(gone.map(|it| demand_of(environment, Side::Before, it))));
    let storage = |side| storage::requested(environment, side);
    Demand { storage_bytes: max(storage(Side::Before), storage(Side::After)), ..pods }
}

/// Returns the most that a workload asks for at any time between its old and its new state.
pub(super) fn peak_of(environment: &EnvironmentComparison<'_>, new: Pods<'_>) -> Demand {
    let requests = pod_requests(new.template);
    let Some(old) = environment.object(Side::Before, &new.object.id).and_then(Pods::of) else {
        return demand_of(environment, Side::After, new);
    };
    let before = pod_requests(old.template);
    let demands = steps(environment, new.object).into_iter().map(|Mix { old, new }| {
        let both = plus(&times(before, old), &times(requests, new));
        Demand { pods: old + new, ..both }
    });
    demands.fold(demand_of(environment, Side::Before, old), |most, it| larger(&most, &it))
}

/// Returns the extremes that a kept workload goes through after its old state: with each of them, no other step has more
/// old and more new pods.
///
/// Kubernetes: a Deployment first brings its only `ReplicaSet` to the new number (`scale` in
/// `pkg/controller/deployment/sync.go`), then adds new pods up to the surge (`NewRSNewReplicas`) and at last has them all
/// beside as many old ones. `Recreate` scales alike, then takes all away. A StatefulSet starts what is missing, then
/// replaces (`updateStatefulSet`).
pub(super) fn steps(environment: &EnvironmentComparison<'_>, workload: &Object) -> Vec<Mix> {
    let pods = replicas(environment.objects(Side::After), workload);
    let last = Mix { old: 0, new: pods };
    if !restarts(environment, workload) {
        return vec![last];
    }
    let before = environment.object(Side::Before, &workload.id);
    let pods_before = before.map_or(0, |it| replicas(environment.objects(Side::Before), it));
    match workload.id.kind.as_str() {
        "Deployment" if recreates(workload) => vec![Mix { old: pods, new: 0 }, last],
        "Deployment" => {
            let surge = rollout_bounds(workload, pods).surge;
            vec![Mix { old: pods, new: surge }, Mix { old: surge, new: pods }]
        }
        _ => vec![Mix { old: pods.min(pods_before), new: pods.saturating_sub(pods_before) }, last],
    }
}

/// True where the most at any time is more than before and than after, of anything.
pub(super) fn is_peak(before: &Demand, after: &Demand, peak: &Demand) -> bool {
    *peak != larger(before, after)
}

/// Returns how the requests change, for each environment where they do or are exceeded for a time, by name.
pub(super) fn changes(input: &Comparison<'_>) -> Vec<CapacityChange> {
    let change = |it: &EnvironmentComparison<'_>| {
        let (before, after) = (demand(it, Side::Before), demand(it, Side::After));
        let change = CapacityChange { environment: it.name().to_owned(), before, after, peak: peak(it) };
        let is_told = change.before != change.after || is_peak(&change.before, &change.after, &change.peak);
        is_told.then_some(change)
    };
    input.environments.iter().filter_map(change).collect()
}

/// True where some pods are not counted, because their number depends on the cluster.
pub(super) fn is_incomplete(objects: &[Object]) -> bool {
    objects.iter().any(|it| matches!(it.id.kind.as_str(), "DaemonSet" | "CronJob"))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, review_one, with};
    use crate::change::Demand;
    use serde_json::{Value, json};

    #[test]
    fn a_pod_asks_for_its_containers_or_its_largest_init_container() {
        let resources = json!({"requests": {"cpu": "250m", "memory": "256Mi"}});
        let web = deployment("web", 1, json!({"image": "web:1", "resources": resources}));
        let check = |init: Value, cpu_milli: i128| {
            let body = with(web.clone(), "/spec/template/spec/initContainers", init);
            let after = review_one(&[], &[body]).capacity[0].after.clone();
            assert_eq!(after, Demand { cpu_milli, memory_bytes: 256 << 20, pods: 1, storage_bytes: 0 });
        };
        let container = |cpu: &str, more: Value| {
            let mut body = json!({"name": cpu, "resources": {"requests": {"cpu": cpu}}});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        check(json!([]), 250);
        check(json!([container("100m", json!({}))]), 250);
        check(json!([container("1", json!({})), container("500m", json!({}))]), 1000);
        check(json!([container("100m", json!({"restartPolicy": "Always"}))]), 350);
        check(json!([{"name": "x", "resources": {"limits": {"cpu": "2"}}}]), 2000);
    }

    #[test]
    fn the_peak_is_what_there_is_at_most() {
        let body = |kind: &str, pods: u64, cpu: &str, spec: &Value| {
            let resources = json!({"requests": {"cpu": cpu}});
            let body =
                with(deployment("web", pods, json!({"image": "web:1", "resources": resources})), "/kind", json!(kind));
            spec.as_object()
                .unwrap()
                .iter()
                .fold(body, |it, (key, value)| with(it, &format!("/spec/{key}"), value.clone()))
        };
        let check =
            |kind: &str, spec: Value, (before, old): (u64, &str), (after, new): (u64, &str), peak: (u64, i128)| {
                let review = review_one(&[body(kind, before, old, &spec)], &[body(kind, after, new, &spec)]);
                let found = &review.capacity[0].peak;
                assert_eq!((found.pods, found.cpu_milli), peak, "{kind} {before}×{old} → {after}×{new}");
            };
        let plain = || json!({});
        check("Deployment", plain(), (3, "100m"), (5, "101m"), (7, 5 * 101 + 2 * 100));
        check("Deployment", plain(), (2, "500m"), (2, "250m"), (3, 1250));
        check("Deployment", plain(), (2, "250m"), (2, "500m"), (3, 1250));
        check("Deployment", plain(), (9, "100m"), (4, "101m"), (9, 900));
        check("Deployment", plain(), (5, "100m"), (3, "100m"), (5, 500));
        let surge = |it: &str| json!({"strategy": {"rollingUpdate": {"maxSurge": it, "maxUnavailable": 0}}});
        check("Deployment", surge("300%"), (2, "100m"), (2, "200m"), (4, 600));
        let recreate = || json!({"strategy": {"type": "Recreate"}});
        check("Deployment", recreate(), (3, "100m"), (3, "200m"), (3, 600));
        check("Deployment", recreate(), (2, "300m"), (3, "100m"), (3, 900));
        check("StatefulSet", plain(), (3, "100m"), (3, "200m"), (3, 600));
        check("StatefulSet", plain(), (3, "200m"), (5, "100m"), (5, 800));
        check("StatefulSet", plain(), (5, "200m"), (3, "100m"), (5, 1000));
        check("Deployment", json!({"paused": true}), (2, "100m"), (2, "200m"), (2, 400));
    }

    #[test]
    fn what_rolls_is_listed_also_where_the_sum_stays() {
        let web = |image: &str, strategy: &str| {
            let resources = json!({"requests": {"cpu": "100m"}});
            let body = deployment("web", 2, json!({"image": image, "resources": resources}));
            with(body, "/spec/strategy", json!({"type": strategy}))
        };
        let review = review_one(&[web("web:1", "RollingUpdate")], &[web("web:2", "RollingUpdate")]);
        let found: Vec<_> = review.capacity.iter().map(|it| (it.before.pods, it.after.pods, it.peak.pods)).collect();
        assert_eq!(found, [(2, 2, 3)]);
        assert_eq!(review_one(&[web("web:1", "Recreate")], &[web("web:2", "Recreate")]).capacity, []);
    }

    #[test]
    fn what_goes_is_still_there_while_its_heir_comes() {
        let named = |name: &str| deployment(name, 2, json!({"image": "web:1"}));
        let capacity = review_one(&[named("web")], &[named("site")]).capacity;
        assert_eq!((capacity[0].before.pods, capacity[0].after.pods, capacity[0].peak.pods), (2, 2, 4));
    }
}
