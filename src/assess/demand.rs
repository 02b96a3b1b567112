//! What the pods of an environment ask for, before, after, and while they are replaced.

use super::pruning;
use super::workload::{Pods, recreates, replicas, restarts, rollout_bounds};
use crate::change::{CapacityChange, Comparison, Demand, EnvironmentComparison, Side};
use crate::object::Object;
use crate::object::demand::{Requests, pod_requests};

fn times(requests: Requests, pods: u64) -> Demand {
    let bytes = requests.memory.times(pods).milli();
    Demand {
        cpu_milli: requests.cpu.times(pods).milli(),
        memory_bytes: bytes.div_euclid(1000) + i128::from(bytes.rem_euclid(1000) != 0),
        pods,
    }
}

fn sum(demands: impl Iterator<Item = Demand>) -> Demand {
    demands.fold(Demand::default(), |sum, it| Demand {
        cpu_milli: sum.cpu_milli + it.cpu_milli,
        memory_bytes: sum.memory_bytes + it.memory_bytes,
        pods: sum.pods + it.pods,
    })
}

/// Returns what the workloads of one state ask for. Kinds whose number of pods the tree does not say are left out.
pub(super) fn demand(environment: &EnvironmentComparison<'_>, side: Side) -> Demand {
    let here = Pods::all(environment, side).map(|it| demand_of(environment, side, it));
    match side {
        Side::Before => sum(here),
        Side::After => sum(here.chain(left(environment))),
    }
}

/// Iterates what removed workloads go on asking for, because they are not deleted.
fn left(environment: &EnvironmentComparison<'_>) -> impl Iterator<Item = Demand> {
    pruning::left(environment).filter_map(Pods::of).map(|it| demand_of(environment, Side::Before, it))
}

/// Returns what a workload of one state asks for.
pub(super) fn demand_of(environment: &EnvironmentComparison<'_>, side: Side, pods: Pods<'_>) -> Demand {
    times(pod_requests(pods.template), replicas(environment.objects(side), pods.object))
}

/// Returns the most that the workloads ask for while the changed ones roll.
fn peak(environment: &EnvironmentComparison<'_>) -> Demand {
    sum(Pods::all(environment, Side::After).map(|it| peak_of(environment, it)).chain(left(environment)))
}

/// Returns the most that a workload asks for while it rolls. An old and a new pod may ask for different amounts; the
/// larger counts for both.
pub(super) fn peak_of(environment: &EnvironmentComparison<'_>, new: Pods<'_>) -> Demand {
    let pods = replicas(environment.objects(Side::After), new.object);
    let requests = pod_requests(new.template);
    let old = environment.object(Side::Before, &new.object.id).and_then(Pods::of);
    let Some(old) = old.filter(|_| restarts(environment, new.object)) else { return times(requests, pods) };
    let rolls = new.object.id.kind == "Deployment" && !recreates(new.object);
    let surge = if rolls { rollout_bounds(new.object, pods).surge } else { 0 };
    let before = pod_requests(old.template);
    let larger = requests.larger(before);
    let pods_before = replicas(environment.objects(Side::Before), old.object);
    times(larger, if rolls { pods_before.max(pods + surge) } else { pods })
}

/// Returns how the requests change, for each environment where they do, by name.
pub(super) fn changes(input: &Comparison<'_>) -> Vec<CapacityChange> {
    let change = |it: &EnvironmentComparison<'_>| {
        let (before, after) = (demand(it, Side::Before), demand(it, Side::After));
        let change = CapacityChange { environment: it.name().to_owned(), before, after, peak: peak(it) };
        (change.before != change.after).then_some(change)
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
            assert_eq!(after, Demand { cpu_milli, memory_bytes: 256 << 20, pods: 1 });
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
}
