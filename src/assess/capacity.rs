//! What the pods of an environment ask for, before, after, and while they are replaced.

use super::workload::{Pods, items, recreates, replicas, restarts, rollout_bounds, text};
use super::{Rule, wording};
use crate::change::{CapacityChange, Comparison, Demand, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{Object, ObjectId, Quantity};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[CAPACITY_CHANGE], find }];

const CAPACITY_CHANGE: ImpactCode = ImpactCode {
    name: "capacity-change",
    severity: Severity::Note,
    documentation: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled",
};

/// CPU and memory that the scheduler reserves for one pod.
#[derive(Clone, Copy)]
struct PodRequests {
    cpu: Quantity,
    memory: Quantity,
}

/// Returns the requests of one pod: its containers together, or its largest init container where that is more.
fn pod_requests(pods: Pods<'_>) -> PodRequests {
    let request = |resource: &str| {
        let of = |container: &Value| {
            let resources = container.get("resources").unwrap_or(&Value::Null);
            // A limit without a request is the request.
            let amount = ["requests", "limits"].into_iter().find_map(|it| resources.get(it)?.get(resource));
            amount.and_then(|it| it.as_str().map_or_else(|| Quantity::parse(&it.to_string()), Quantity::parse))
        };
        let is_sidecar = |it: &&Value| text(it, "restartPolicy") == "Always";
        let init = items(pods.spec(), "initContainers");
        let sidecars = init.iter().filter(is_sidecar);
        let running = items(pods.spec(), "containers").iter().chain(sidecars);
        let together = running.filter_map(of).fold(Quantity::ZERO, Quantity::plus);
        init.iter().filter(|it| !is_sidecar(it)).filter_map(of).fold(together, Quantity::max)
    };
    PodRequests { cpu: request("cpu"), memory: request("memory") }
}

fn times(requests: PodRequests, pods: u64) -> Demand {
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
fn demand(environment: &EnvironmentComparison<'_>, side: Side) -> Demand {
    let objects = environment.objects(side);
    sum(Pods::all(environment, side).map(|it| times(pod_requests(it), replicas(objects, it.object))))
}

/// Returns the most that the workloads ask for while the changed ones roll. An old and a new pod of a rolling workload
/// may ask for different amounts; the larger counts for both.
fn peak(environment: &EnvironmentComparison<'_>) -> Demand {
    let after = environment.objects(Side::After);
    sum(Pods::all(environment, Side::After).map(|new| {
        let pods = replicas(after, new.object);
        let requests = pod_requests(new);
        let old = environment.object(Side::Before, &new.object.id).and_then(Pods::of);
        let Some(old) = old.filter(|_| restarts(environment, new.object)) else { return times(requests, pods) };
        let rolls = new.object.id.kind == "Deployment" && !recreates(new.object);
        let surge = if rolls { rollout_bounds(new.object, pods).surge } else { 0 };
        let before = pod_requests(old);
        let larger = PodRequests { cpu: requests.cpu.max(before.cpu), memory: requests.memory.max(before.memory) };
        let pods_before = replicas(environment.objects(Side::Before), old.object);
        times(larger, if rolls { pods_before.max(pods + surge) } else { pods })
    }))
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

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let namespace = |name: &str| {
        let environment = input.environments.iter().find(|it| it.name() == name);
        environment.map_or(name, |it| it.environment.namespace.as_str()).to_owned()
    };
    let finding = |it: CapacityChange| {
        let object = ObjectId {
            group: String::new(),
            kind: "Namespace".to_owned(),
            namespace: None,
            name: namespace(&it.environment),
        };
        Finding::new(CAPACITY_CHANGE, &it.environment, &object, message(&it))
    };
    changes(input).into_iter().map(finding).collect()
}

fn message(change: &CapacityChange) -> String {
    let CapacityChange { environment: _, before, after, peak } = change;
    let step = |before: String, after: String| if before == after { after } else { format!("{before} → {after}") };
    let pods = wording::count(after.pods, "pod");
    let pods = if before.pods == after.pods { pods } else { format!("{} → {pods}", before.pods) };
    let cpu = step(wording::cores(before.cpu_milli), wording::cores(after.cpu_milli));
    let memory = step(wording::bytes(before.memory_bytes), wording::bytes(after.memory_bytes));
    let steady = format!("asks for other capacity: {pods}, {cpu} CPU, {memory} memory");
    if peak == after {
        return steady;
    }
    let pods = wording::count(peak.pods, "pod");
    let (cpu, memory) = (wording::cores(peak.cpu_milli), wording::bytes(peak.memory_bytes));
    format!("{steady}; at most {pods}, {cpu} and {memory} while it rolls")
}

/// True where some pods are not counted, because their number depends on the cluster.
pub(super) fn is_incomplete(objects: &[Object]) -> bool {
    objects.iter().any(|it| matches!(it.id.kind.as_str(), "DaemonSet" | "CronJob"))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, review_one, with};
    use crate::change::Demand;
    use serde_json::{Value, json};

    fn web(replicas: u64, image: &str, cpu: &str) -> Value {
        let resources = json!({"requests": {"cpu": cpu, "memory": "256Mi"}});
        deployment("web", replicas, json!({"image": image, "resources": resources}))
    }

    #[test]
    fn adds_up_requests_and_surge() {
        let check = |before: Value, after: Value, expected: &[&str]| {
            expect(&review_one(&[before], &[after]), "capacity-change", expected);
        };
        check(
            web(3, "web:1", "250m"),
            web(5, "web:1", "250m"),
            &["Namespace/dev asks for other capacity: 3 → 5 pods, 750m → 1250m CPU, 768Mi → 1280Mi memory"],
        );
        check(
            web(3, "web:1", "250m"),
            web(5, "web:2", "250m"),
            &[
                "Namespace/dev asks for other capacity: 3 → 5 pods, 750m → 1250m CPU, 768Mi → 1280Mi memory; at most 7 pods, 1750m and 1792Mi while it rolls",
            ],
        );
        check(
            web(2, "web:1", "500m"),
            web(2, "web:1", "250m"),
            &[
                "Namespace/dev asks for other capacity: 2 pods, 1 → 500m CPU, 512Mi memory; at most 3 pods, 1500m and 768Mi while it rolls",
            ],
        );
        check(web(2, "web:1", "1000m"), web(2, "web:1", "1"), &[]);
        check(web(3, "web:1", "250m"), web(3, "web:2", "250m"), &[]);
    }

    #[test]
    fn a_pod_asks_for_its_containers_or_its_largest_init_container() {
        let check = |init: Value, cpu_milli: i128| {
            let body = with(web(1, "web:1", "250m"), "/spec/template/spec/initContainers", init);
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
