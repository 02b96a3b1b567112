//! How much a workload asks of its cluster: requests per pod, and how many pods.
//!
//! A pod's request is what the scheduler counts (`PodRequests` in `k8s.io/component-helpers/resource`): the containers
//! and sidecars together, or an init container with the sidecars before it, whichever is more.

use super::{Object, ObjectId, ObjectSet, Quantity};
use serde_json::Value;

/// Cores and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requests {
    /// Cores.
    pub cpu: Quantity,
    /// Bytes.
    pub memory: Quantity,
}

/// How many pods a workload has at least and at most. The two differ only where an autoscaler decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replicas {
    /// At least so many.
    pub minimum: u64,
    /// At most so many.
    pub maximum: u64,
}

/// What one workload asks for.
#[derive(Clone, Debug)]
pub struct WorkloadDemand {
    /// The workload.
    pub workload: ObjectId,
    /// What each of its pods requests.
    pub pod: Requests,
    /// How many pods it has.
    pub replicas: Replicas,
}

/// What all workloads of an environment ask for.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// By workload, in the order of the objects.
    pub workloads: Vec<WorkloadDemand>,
}

impl Requests {
    /// Nothing.
    pub const ZERO: Self = Self { cpu: Quantity::ZERO, memory: Quantity::ZERO };

    /// Returns the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { cpu: self.cpu.plus(other.cpu), memory: self.memory.plus(other.memory) }
    }

    /// Returns this `count` times.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { cpu: self.cpu.times(count), memory: self.memory.times(count) }
    }

    /// Returns the larger of each.
    #[must_use]
    pub fn larger(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), memory: self.memory.max(other.memory) }
    }
}

impl Demand {
    /// Returns the demand of an environment.
    pub fn of(set: &ObjectSet) -> Self {
        let workloads = set.workloads().map(|object| WorkloadDemand {
            workload: object.id.clone(),
            pod: object.pod_template().map_or(Requests::ZERO, pod_requests),
            replicas: replicas(object, set),
        });
        Self { workloads: workloads.collect() }
    }

    /// Returns the sum with every workload at its fewest pods.
    pub fn minimum(&self) -> Requests {
        self.sum(|it| it.minimum)
    }

    /// Returns the sum with every workload at its most pods.
    pub fn maximum(&self) -> Requests {
        self.sum(|it| it.maximum)
    }

    /// Returns the number of pods.
    pub fn pods(&self) -> Replicas {
        let count =
            |of: fn(&Replicas) -> u64| self.workloads.iter().map(|it| of(&it.replicas)).fold(0, u64::saturating_add);
        Replicas { minimum: count(|it| it.minimum), maximum: count(|it| it.maximum) }
    }

    fn sum(&self, count: fn(&Replicas) -> u64) -> Requests {
        self.workloads.iter().fold(Requests::ZERO, |sum, it| sum.plus(it.pod.times(count(&it.replicas))))
    }
}

/// Returns what one pod of a template requests.
pub fn pod_requests(template: &Value) -> Requests {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let list = |name| spec.get(name).and_then(Value::as_array).into_iter().flatten();
    let running = list("containers").map(container_requests).fold(Requests::ZERO, Requests::plus);
    let mut sidecars = Requests::ZERO;
    let mut starting = Requests::ZERO;
    for container in list("initContainers") {
        let own = container_requests(container);
        if container.get("restartPolicy").and_then(Value::as_str) == Some("Always") {
            sidecars = sidecars.plus(own);
            starting = starting.larger(sidecars);
        } else {
            starting = starting.larger(own.plus(sidecars));
        }
    }
    let counted = running.plus(sidecars).larger(starting);
    // What the pod as a whole requests counts instead (on by default since 1.34), resource by resource.
    let pod = spec.get("resources").unwrap_or(&Value::Null);
    let of_pod = |list, name, counted: Quantity| amount(pod, list, name).unwrap_or(counted);
    // Its limit is its request only where no container requests anything.
    let or_limit = |name, counted: Quantity| if counted.is_zero() { of_pod("limits", name, counted) } else { counted };
    let requests = Requests {
        cpu: of_pod("requests", "cpu", or_limit("cpu", counted.cpu)),
        memory: of_pod("requests", "memory", or_limit("memory", counted.memory)),
    };
    let overhead = |name| spec.get("overhead").and_then(|it| it.get(name)).and_then(Quantity::of_value);
    requests.plus(Requests {
        cpu: overhead("cpu").unwrap_or(Quantity::ZERO),
        memory: overhead("memory").unwrap_or(Quantity::ZERO),
    })
}

/// Returns how many pods a workload has, at least and at most. A `DaemonSet` counts once: it has a pod on every node,
/// and how many nodes there are is not declared.
pub fn replicas(object: &Object, set: &ObjectSet) -> Replicas {
    let number = |path: &str| object.field(path).and_then(Value::as_i64).map(|it| u64::try_from(it).unwrap_or(0));
    let fixed = |count: u64| Replicas { minimum: count, maximum: count };
    if let Some(autoscaler) = autoscaler(object, set) {
        let bound = |path: &str| autoscaler.field(path).and_then(Value::as_u64);
        let minimum = bound("spec.minReplicas").unwrap_or(1);
        return Replicas { minimum, maximum: bound("spec.maxReplicas").unwrap_or(minimum).max(minimum) };
    }
    match object.id.kind.as_str() {
        "Job" => fixed(at_once(number("spec.parallelism"), number("spec.completions"))),
        "CronJob" => {
            let job = "spec.jobTemplate.spec";
            fixed(at_once(number(&format!("{job}.parallelism")), number(&format!("{job}.completions"))))
        }
        "DaemonSet" => fixed(1),
        _ => fixed(number("spec.replicas").unwrap_or(1)),
    }
}

/// Returns the autoscaler that scales a workload.
pub fn autoscaler<'a>(object: &Object, set: &'a ObjectSet) -> Option<&'a Object> {
    let target = |it: &Object, field: &str| {
        it.field(&format!("spec.scaleTargetRef.{field}")).and_then(Value::as_str).map(str::to_owned)
    };
    set.of_kind("HorizontalPodAutoscaler").filter(|it| it.id.namespace == object.id.namespace).find(|it| {
        target(it, "kind").as_ref() == Some(&object.id.kind) && target(it, "name").as_ref() == Some(&object.id.name)
    })
}

/// Returns how many pods of a job run at the same time.
fn at_once(parallelism: Option<u64>, completions: Option<u64>) -> u64 {
    let parallelism = parallelism.unwrap_or(1);
    completions.map_or(parallelism, |it| it.min(parallelism))
}

fn container_requests(container: &Value) -> Requests {
    let resources = container.get("resources").unwrap_or(&Value::Null);
    Requests {
        cpu: requested(resources, "cpu").unwrap_or(Quantity::ZERO),
        memory: requested(resources, "memory").unwrap_or(Quantity::ZERO),
    }
}

/// Returns a request; a limit without a request is also the request.
fn requested(resources: &Value, name: &str) -> Option<Quantity> {
    amount(resources, "requests", name).or_else(|| amount(resources, "limits", name))
}

fn amount(resources: &Value, list: &str, name: &str) -> Option<Quantity> {
    Quantity::of_value(resources.get(list)?.get(name)?)
}

#[cfg(test)]
mod tests {
    use super::{Replicas, pod_requests};
    use serde_json::{Value, json};

    fn container(cpu: &str) -> Value {
        json!({"resources": {"requests": {"cpu": cpu, "memory": "64Mi"}}})
    }

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn check(spec: Value, cpu: &str, memory: &str) {
        let requests = pod_requests(&json!({"spec": spec}));
        assert_eq!((requests.cpu.to_string().as_str(), requests.memory.to_string().as_str()), (cpu, memory));
    }

    #[test]
    fn counts_pods_as_the_scheduler_does() {
        let sidecar = |cpu: &str| {
            let mut it = container(cpu);
            it["restartPolicy"] = json!("Always");
            it
        };
        check(json!({"containers": [container("250m"), container("50m")]}), "300m", "128Mi");
        check(json!({"containers": [container("250m")], "initContainers": [container("1")]}), "1", "64Mi");
        check(json!({"containers": [container("250m")], "initContainers": [container("100m")]}), "250m", "64Mi");
        check(json!({"containers": [container("250m")], "initContainers": [sidecar("100m")]}), "350m", "128Mi");
        check(
            json!({"containers": [container("250m")], "initContainers": [sidecar("100m"), container("1")]}),
            "1100m",
            "128Mi",
        );
        check(
            json!({"containers": [container("250m")], "initContainers": [container("1"), sidecar("100m")]}),
            "1",
            "128Mi",
        );
        check(json!({"containers": [{"resources": {"limits": {"cpu": 1}}}]}), "1", "0");
        check(json!({"containers": [container("1")], "resources": {"requests": {"cpu": "2"}}}), "2", "64Mi");
        check(json!({"containers": [container("1")], "resources": {"limits": {"cpu": "2"}}}), "1", "64Mi");
        check(json!({"containers": [{}], "resources": {"limits": {"cpu": "2"}}}), "2", "0");
        check(json!({"containers": [container("1")], "overhead": {"cpu": "100m"}}), "1100m", "64Mi");
        check(json!({"containers": 5}), "0", "0");
        check(json!(null), "0", "0");
    }

    #[test]
    fn counts_replicas() {
        use crate::object::{Environment, Object, ObjectSet};
        let object = |kind: &str, spec: Value| {
            Object::from_body(json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec}))
                .unwrap()
        };
        let environment = Environment::undeclared("prod");
        let mut set = ObjectSet { environment, objects: Vec::new() };
        let check = |set: &ObjectSet, kind: &str, spec: Value, minimum: u64, maximum: u64| {
            assert_eq!(super::replicas(&object(kind, spec), set), Replicas { minimum, maximum });
        };
        check(&set, "Deployment", json!({}), 1, 1);
        check(&set, "Deployment", json!({"replicas": 3}), 3, 3);
        check(&set, "Deployment", json!({"replicas": -3}), 0, 0);
        check(&set, "DaemonSet", json!({"replicas": 3}), 1, 1);
        check(&set, "Job", json!({"parallelism": 5, "completions": 2}), 2, 2);
        let target = json!({"kind": "Deployment", "name": "web"});
        set.objects.push(object("HorizontalPodAutoscaler", json!({"scaleTargetRef": target, "maxReplicas": 4})));
        check(&set, "Deployment", json!({"replicas": 3}), 1, 4);
        check(&set, "StatefulSet", json!({"replicas": 3}), 3, 3);
    }
}
