//! What the rules need to know of a workload: its pods, how many there are, and how they are replaced.

use crate::change::{EnvironmentComparison, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

/// Labels, containers and volumes of the pods that a workload makes.
#[derive(Clone, Copy)]
pub(super) struct Pods<'a> {
    /// The workload.
    pub(super) object: &'a Object,
    /// Its pod template.
    pub(super) template: &'a Value,
}

/// How many pods there are while a Deployment rolls.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RolloutBounds {
    /// At most so many beyond the wanted number.
    pub(super) surge: u64,
    /// At most so many of the wanted number are missing.
    pub(super) unavailable: u64,
}

impl<'a> Pods<'a> {
    /// Returns the pods of an object that makes some.
    pub(super) fn of(object: &'a Object) -> Option<Self> {
        Some(Self { object, template: object.pod_template()? })
    }

    /// Iterates the workloads of one state of an environment.
    pub(super) fn all(environment: &EnvironmentComparison<'a>, side: Side) -> impl Iterator<Item = Self> {
        environment.objects(side).iter().filter_map(Self::of)
    }

    /// Returns the labels of the pods.
    pub(super) fn labels(self) -> &'a Value {
        self.template.pointer("/metadata/labels").unwrap_or(&Value::Null)
    }

    /// Returns the pod's own spec.
    pub(super) fn spec(self) -> &'a Value {
        self.template.get("spec").unwrap_or(&Value::Null)
    }

    /// Iterates the containers with the path of each, init containers too.
    pub(super) fn containers(self) -> impl Iterator<Item = (FieldPath, &'a Value)> {
        let base = self.object.pod_template_path().unwrap_or_default().field("spec");
        ["initContainers", "containers"].into_iter().flat_map(move |list| {
            let path = base.field(list);
            items(self.spec(), list).iter().enumerate().map(move |(index, item)| (path.index(index), item))
        })
    }
}

/// Returns the items of a list field; none where there is no such list.
pub(super) fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns a text field, or nothing.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the autoscaler that sets the number of a workload's pods.
pub(super) fn autoscaler<'a>(objects: &'a [Object], workload: &Object) -> Option<&'a Object> {
    objects.iter().filter(|it| it.id.kind == "HorizontalPodAutoscaler").find(|it| {
        let target = it.body.pointer("/spec/scaleTargetRef").unwrap_or(&Value::Null);
        it.id.namespace == workload.id.namespace
            && text(target, "kind") == workload.id.kind
            && text(target, "name") == workload.id.name
    })
}

/// Returns how many pods a workload surely has: what it declares, within the bounds of its autoscaler. Zero for the
/// kinds whose number the tree does not say.
pub(super) fn replicas(objects: &[Object], workload: &Object) -> u64 {
    let number = |object: &Object, field: &str| object.field(field).and_then(Value::as_u64);
    match workload.id.kind.as_str() {
        "Deployment" | "StatefulSet" | "ReplicaSet" => {
            let declared = number(workload, "spec.replicas");
            let Some(autoscaler) = autoscaler(objects, workload) else { return declared.unwrap_or(1) };
            let minimum = number(autoscaler, "spec.minReplicas").unwrap_or(1);
            let maximum = number(autoscaler, "spec.maxReplicas").unwrap_or(minimum).max(minimum);
            // With no pods wanted, the autoscaler is off.
            declared.map_or(minimum, |it| if it == 0 { 0 } else { it.clamp(minimum, maximum) })
        }
        "Job" => number(workload, "spec.parallelism").unwrap_or(1),
        _ => 0,
    }
}

/// Scales a number or a percentage of `whole`; none for anything else. Kubernetes: `GetScaledValueFromIntOrPercent`.
pub(super) fn scaled(value: &Value, whole: u64, rounding: Rounding) -> Option<u64> {
    if let Some(number) = value.as_u64() {
        return Some(number);
    }
    let percent: u64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    let hundredths = percent.checked_mul(whole)?;
    Some(match rounding {
        Rounding::Up => hundredths.div_ceil(100),
        Rounding::Down => hundredths / 100,
    })
}

/// Where a percentage of pods is rounded to.
#[derive(Clone, Copy)]
pub(super) enum Rounding {
    /// As for `maxSurge` and for disruption budgets.
    Up,
    /// As for `maxUnavailable` of a Deployment.
    Down,
}

/// Returns the bounds of a rolling Deployment of so many pods. Kubernetes: `ResolveFenceposts`.
pub(super) fn rollout_bounds(deployment: &Object, replicas: u64) -> RolloutBounds {
    if replicas == 0 {
        return RolloutBounds { surge: 0, unavailable: 0 };
    }
    let field = |name: &str, rounding| {
        let value = deployment.field("spec.strategy.rollingUpdate").and_then(|it| it.get(name));
        let default = Value::String("25%".to_owned());
        scaled(value.unwrap_or(&default), replicas, rounding).unwrap_or_default()
    };
    let surge = field("maxSurge", Rounding::Up);
    let unavailable = field("maxUnavailable", Rounding::Down).min(replicas);
    // One of the two must allow a step, or the rollout could never begin.
    let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
    RolloutBounds { surge, unavailable }
}

/// True where a Deployment stops all pods before it starts a new one.
pub(super) fn recreates(deployment: &Object) -> bool {
    deployment.field("spec.strategy.type").and_then(Value::as_str) == Some("Recreate")
}

/// True where this change replaces the pods of a workload that is in both trees.
pub(super) fn restarts(environment: &EnvironmentComparison<'_>, workload: &Object) -> bool {
    let rolls = matches!(workload.id.kind.as_str(), "Deployment" | "StatefulSet");
    let is_paused = workload.field("spec.paused") == Some(&Value::Bool(true));
    let held = workload.field("spec.updateStrategy.type").and_then(Value::as_str) == Some("OnDelete");
    let change = environment.change(&workload.id).filter(|_| environment.object(Side::Before, &workload.id).is_some());
    rolls && !is_paused && !held && change.is_some_and(|it| it.touches("spec.template") && !it.touches("spec.selector"))
}

#[cfg(test)]
mod tests {
    use super::{RolloutBounds, replicas, rollout_bounds};
    use crate::object::Object;
    use serde_json::{Value, json};

    fn deployment(spec: &Value) -> Object {
        let body = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec});
        Object::from_body(body).unwrap()
    }

    #[test]
    fn bounds_are_rounded_as_kubernetes_does() {
        let check = |rolling: Value, replicas: u64, surge: u64, unavailable: u64| {
            let object = deployment(&json!({"strategy": {"rollingUpdate": rolling}}));
            assert_eq!(rollout_bounds(&object, replicas), RolloutBounds { surge, unavailable });
        };
        check(json!({}), 1, 1, 0);
        check(json!({}), 3, 1, 0);
        check(json!({}), 4, 1, 1);
        check(json!({}), 5, 2, 1);
        check(json!({"maxSurge": 1, "maxUnavailable": 0}), 3, 1, 0);
        check(json!({"maxSurge": 0, "maxUnavailable": "25%"}), 3, 0, 1);
        check(json!({"maxSurge": "100%", "maxUnavailable": "100%"}), 2, 2, 2);
        check(json!({"maxUnavailable": 9}), 2, 1, 2);
        check(json!({}), 0, 0, 0);
    }

    #[test]
    fn an_autoscaler_bounds_the_number_of_pods() {
        let check = |declared: Option<u64>, bounds: Option<(u64, u64)>, expected: u64| {
            let workload = deployment(&declared.map_or(json!({}), |it| json!({"replicas": it})));
            let autoscaler = bounds.map(|(minimum, maximum)| {
                let target = json!({"kind": "Deployment", "name": "web"});
                let spec = json!({"scaleTargetRef": target, "minReplicas": minimum, "maxReplicas": maximum});
                let kind = "HorizontalPodAutoscaler";
                let body =
                    json!({"apiVersion": "autoscaling/v2", "kind": kind, "metadata": {"name": "web"}, "spec": spec});
                Object::from_body(body).unwrap()
            });
            assert_eq!(replicas(autoscaler.as_slice(), &workload), expected);
        };
        check(None, None, 1);
        check(Some(3), None, 3);
        check(None, Some((2, 5)), 2);
        check(Some(1), Some((2, 5)), 2);
        check(Some(9), Some((2, 5)), 5);
        check(Some(0), Some((2, 5)), 0);
    }
}
