//! What the rules need to know of a workload: its pods, how many there are, and how they are replaced.

use super::rejected;
use crate::change::{EnvironmentComparison, Side};
use crate::object::reach::Pod;
pub(super) use crate::object::rollout::{Rounding, recreates, rollout_bounds, scaled};
use crate::object::{FieldPath, Object};
use serde_json::Value;
use std::ops::Range;

/// Labels, containers and volumes of the pods that a workload makes.
#[derive(Clone, Copy)]
pub(super) struct Pods<'a> {
    /// The workload.
    pub(super) object: &'a Object,
    /// Its pod template.
    pub(super) template: &'a Value,
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

    /// Returns what network policies see of the pods.
    pub(super) fn seen_by_policies(self) -> Pod<'a> {
        Pod { namespace: self.object.id.namespace.as_deref(), template: self.template }
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

/// True where this change replaces pods of a workload that is in both trees.
pub(super) fn restarts(environment: &EnvironmentComparison<'_>, workload: &Object) -> bool {
    let rolls = matches!(workload.id.kind.as_str(), "DaemonSet" | "Deployment" | "StatefulSet");
    let is_paused = workload.field("spec.paused") == Some(&Value::Bool(true));
    let is_held = workload.field("spec.updateStrategy.type").and_then(Value::as_str) == Some("OnDelete")
        || updated_ordinals(workload, replicas(environment.objects(Side::After), workload))
            .is_some_and(|it| it.is_empty());
    let is_kept = environment.object(Side::Before, &workload.id).is_some();
    let is_changed = environment.change(&workload.id).is_some_and(|it| it.touches("spec.template"));
    rolls && is_kept && is_changed && !is_paused && !is_held && !rejected::is_refused(environment, &workload.id)
}

/// Returns the ordinals of the pods that a StatefulSet of so many replaces when its template changes: those from its
/// partition on. Kubernetes: `updateStatefulSet`.
pub(super) fn updated_ordinals(workload: &Object, pods: u64) -> Option<Range<u64>> {
    let number = |path: &str| workload.field(path).and_then(Value::as_u64).unwrap_or_default();
    let (start, partition) = (number("spec.ordinals.start"), number("spec.updateStrategy.rollingUpdate.partition"));
    let range = start.max(partition)..start.saturating_add(pods);
    (workload.id.kind == "StatefulSet").then_some(range)
}

#[cfg(test)]
mod tests {
    use super::replicas;
    use crate::object::Object;
    use serde_json::{Value, json};

    fn deployment(spec: &Value) -> Object {
        let body = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec});
        Object::from_body(body).unwrap()
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
