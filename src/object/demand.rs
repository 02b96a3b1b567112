//! How much a workload asks of its cluster: requests and limits per pod, and how many pods.
//!
//! A pod's request is what the scheduler counts (`PodRequests` in `k8s.io/component-helpers/resource`): the containers
//! and sidecars together, or an init container with the sidecars before it, whichever is more.

use super::{Object, ObjectId, ObjectSet, Quantity, rollout};
use serde_json::Value;

/// Cores and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requests {
    /// Cores.
    pub cpu: Quantity,
    /// Bytes.
    pub memory: Quantity,
}

/// The most cores and bytes that may be used; none where something may use as much as there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cores.
    pub cpu: Option<Quantity>,
    /// Bytes.
    pub memory: Option<Quantity>,
}

/// When the pods of a workload run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Always, so many of them.
    Always,
    /// Always, one on every node. How many nodes there are is not declared, so one is counted.
    OnEveryNode,
    /// Until they are done: a job.
    UntilDone,
}

/// What some pods ask for together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many pods.
    pub pods: u64,
    /// What is set aside for them.
    pub requests: Requests,
    /// What they may use.
    pub limits: Limits,
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
    /// The component it was made for.
    pub component: Option<String>,
    /// What each of its pods requests.
    pub pod: Requests,
    /// What each of its pods may use.
    pub limits: Limits,
    /// How many pods it has.
    pub replicas: Replicas,
    /// How many more it has at most while they are replaced.
    pub surge: u64,
    /// When they run.
    pub runs: Runs,
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

impl Limits {
    /// Nothing may be used.
    pub const ZERO: Self = Self { cpu: Some(Quantity::ZERO), memory: Some(Quantity::ZERO) };

    /// Returns the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, Quantity::plus)
    }

    /// Returns this `count` times; of no pods, nothing.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        let of = |it: Option<Quantity>| if count == 0 { Some(Quantity::ZERO) } else { it.map(|it| it.times(count)) };
        Self { cpu: of(self.cpu), memory: of(self.memory) }
    }

    fn larger(self, other: Self) -> Self {
        self.each(other, Ord::max)
    }

    fn each(self, other: Self, of: fn(Quantity, Quantity) -> Quantity) -> Self {
        let both = |a: Option<Quantity>, b: Option<Quantity>| a.zip(b).map(|(a, b)| of(a, b));
        Self { cpu: both(self.cpu, other.cpu), memory: both(self.memory, other.memory) }
    }
}

impl Load {
    /// No pods.
    pub const ZERO: Self = Self { pods: 0, requests: Requests::ZERO, limits: Limits::ZERO };

    /// Returns the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            pods: self.pods.saturating_add(other.pods),
            requests: self.requests.plus(other.requests),
            limits: self.limits.plus(other.limits),
        }
    }
}

impl WorkloadDemand {
    /// Returns what so many of its pods ask for.
    pub fn load(&self, pods: u64) -> Load {
        Load { pods, requests: self.pod.times(pods), limits: self.limits.times(pods) }
    }
}

impl Demand {
    /// Returns the demand of an environment.
    pub fn of(set: &ObjectSet) -> Self {
        let workloads = set.workloads().map(|object| WorkloadDemand {
            workload: object.id.clone(),
            component: object.component.clone(),
            pod: object.pod_template().map_or(Requests::ZERO, pod_requests),
            limits: object.pod_template().map_or(Limits::ZERO, pod_limits),
            replicas: replicas(object, set),
            surge: rollout::surge(object, replicas(object, set).maximum),
            runs: match object.id.kind.as_str() {
                "DaemonSet" => Runs::OnEveryNode,
                "Job" | "CronJob" => Runs::UntilDone,
                _ => Runs::Always,
            },
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

    /// Returns what all workloads ask for, each with so many pods as the count says.
    pub fn load(&self, count: impl Fn(&WorkloadDemand) -> u64) -> Load {
        self.workloads.iter().map(|it| it.load(count(it))).fold(Load::ZERO, Load::plus)
    }

    fn sum(&self, count: fn(&Replicas) -> u64) -> Requests {
        self.workloads.iter().fold(Requests::ZERO, |sum, it| sum.plus(it.pod.times(count(&it.replicas))))
    }
}

/// Returns what one pod of a template requests.
pub fn pod_requests(template: &Value) -> Requests {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let counted = at_once(spec, Requests::ZERO, container_requests, Requests::plus, Requests::larger);
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

/// Returns what one pod of a template may use: as `PodLimits` there, but without a bound where a container has none.
pub fn pod_limits(template: &Value) -> Limits {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let counted = at_once(spec, Limits::ZERO, container_limits, Limits::plus, Limits::larger);
    let pod = spec.get("resources").unwrap_or(&Value::Null);
    let limit = |name, counted: Option<Quantity>| {
        let overhead = spec.get("overhead").and_then(|it| it.get(name)).and_then(Quantity::of_value);
        amount(pod, "limits", name).or(counted).map(|it| it.plus(overhead.unwrap_or(Quantity::ZERO)))
    };
    Limits { cpu: limit("cpu", counted.cpu), memory: limit("memory", counted.memory) }
}

/// Adds up the containers of a pod: those that run together, or one that runs before them, whichever is more.
fn at_once<T: Copy>(spec: &Value, zero: T, own: fn(&Value) -> T, plus: fn(T, T) -> T, larger: fn(T, T) -> T) -> T {
    let list = |name| spec.get(name).and_then(Value::as_array).into_iter().flatten();
    let running = list("containers").map(own).fold(zero, plus);
    let (mut sidecars, mut starting) = (zero, zero);
    for container in list("initContainers") {
        let own = own(container);
        if container.get("restartPolicy").and_then(Value::as_str) == Some("Always") {
            sidecars = plus(sidecars, own);
            starting = larger(starting, sidecars);
        } else {
            starting = larger(starting, plus(own, sidecars));
        }
    }
    larger(plus(running, sidecars), starting)
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
        "Job" => fixed(in_parallel(number("spec.parallelism"), number("spec.completions"))),
        "CronJob" => {
            let job = "spec.jobTemplate.spec";
            fixed(in_parallel(number(&format!("{job}.parallelism")), number(&format!("{job}.completions"))))
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
fn in_parallel(parallelism: Option<u64>, completions: Option<u64>) -> u64 {
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

fn container_limits(container: &Value) -> Limits {
    let resources = container.get("resources").unwrap_or(&Value::Null);
    Limits { cpu: amount(resources, "limits", "cpu"), memory: amount(resources, "limits", "memory") }
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
    use super::{Limits, Replicas, pod_limits, pod_requests};
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
    fn a_pod_may_use_what_its_containers_may() {
        let limited = |cpu: &str| json!({"resources": {"limits": {"cpu": cpu, "memory": "64Mi"}}});
        let check = |spec: Value, cpu: Option<&str>| {
            let limits = pod_limits(&json!({"spec": spec}));
            assert_eq!(limits.cpu.map(|it| it.to_string()).as_deref(), cpu);
        };
        check(json!({"containers": [limited("500m"), limited("1")]}), Some("1500m"));
        check(json!({"containers": [limited("500m")], "initContainers": [limited("2")]}), Some("2"));
        check(json!({"containers": [limited("500m"), {}]}), None);
        check(json!({"containers": [limited("500m"), {}], "resources": {"limits": {"cpu": "3"}}}), Some("3"));
        check(json!({"containers": [limited("1")], "overhead": {"cpu": "100m"}}), Some("1100m"));
        check(json!(null), Some("0"));
        assert_eq!(Limits { cpu: None, memory: None }.times(0), Limits::ZERO);
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
