//! What the rules need to know of a workload: its pods, how many there are, and how they are replaced.

use super::rejected;
use crate::change::{EnvironmentComparison, Side};
use crate::object::reach::Pod;
pub(super) use crate::object::rollout::{Batch, Rounding, batch, recreates, rollout_bounds, scaled};
use crate::object::{FieldPath, KubernetesVersion, Object};
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
    let number = |path: &str| workload.field(path).and_then(Value::as_u64);
    match workload.id.kind.as_str() {
        "Deployment" | "StatefulSet" | "ReplicaSet" => {
            let declared = number("spec.replicas");
            let Some((minimum, maximum)) = scale(objects, workload) else { return declared.unwrap_or(1) };
            declared.map_or(minimum, |it| it.clamp(minimum, maximum))
        }
        // No more pods run at once than are needed to complete it (`manageJob`), and none while it is suspended.
        "Job" if workload.field("spec.suspend") == Some(&Value::Bool(true)) => 0,
        "Job" => {
            let parallelism = number("spec.parallelism").unwrap_or(1);
            number("spec.completions").map_or(parallelism, |it| it.min(parallelism))
        }
        _ => 0,
    }
}

/// Returns between how many pods the autoscaler of a workload keeps it; none where nothing scales it, also because no
/// pods are wanted.
pub(super) fn scale(objects: &[Object], workload: &Object) -> Option<(u64, u64)> {
    if workload.field("spec.replicas").and_then(Value::as_u64) == Some(0) {
        return None;
    }
    let autoscaler = autoscaler(objects, workload)?;
    let number = |path: &str| autoscaler.field(path).and_then(Value::as_u64);
    let minimum = number("spec.minReplicas").unwrap_or(1);
    Some((minimum, number("spec.maxReplicas").unwrap_or(minimum).max(minimum)))
}

/// Returns the version of an environment's cluster.
pub(super) fn version(environment: &EnvironmentComparison<'_>) -> KubernetesVersion {
    environment.environment.cluster.as_ref().map_or(KubernetesVersion::DEFAULT, |it| it.kubernetes)
}

/// True for a Deployment that is paused.
pub(super) fn is_paused(workload: &Object) -> bool {
    workload.field("spec.paused") == Some(&Value::Bool(true))
}

/// True for a set whose pods are replaced only when somebody deletes them.
pub(super) fn is_on_delete(workload: &Object) -> bool {
    workload.field("spec.updateStrategy.type").and_then(Value::as_str) == Some("OnDelete")
}

/// True where this change replaces pods of a workload that is in both trees, or restarts containers of a bare one. The
/// kubelet restarts a container whose spec changed, whatever the restart policy (`computePodActions`).
pub(super) fn restarts(environment: &EnvironmentComparison<'_>, workload: &Object) -> bool {
    let Some(before) = environment.object(Side::Before, &workload.id) else { return false };
    let has_pods = match workload.id.kind.as_str() {
        "DaemonSet" => true,
        "Deployment" | "StatefulSet" => replicas(environment.objects(Side::Before), before) > 0,
        "Pod" => {
            return !rejected::is_refused(environment, &workload.id) && !new_images(environment, workload).is_empty();
        }
        _ => return false,
    };
    let is_changed = environment.change(&workload.id).is_some_and(|it| it.touches("spec.template"));
    let is_held = is_paused(workload)
        || is_on_delete(workload)
        || replaced_ordinals(environment, workload).is_some_and(|it| it.is_empty());
    has_pods && is_changed && !is_held && !rejected::is_refused(environment, &workload.id)
}

/// Returns the containers of a bare pod that get another image, by name.
pub(super) fn new_images<'a>(environment: &EnvironmentComparison<'a>, pod: &'a Object) -> Vec<&'a str> {
    let containers = |it: &'a Object| items(it.body.get("spec").unwrap_or(&Value::Null), "containers");
    let Some(before) = environment.object(Side::Before, &pod.id) else { return Vec::new() };
    let image = |name: &str| containers(before).iter().find(|it| text(it, "name") == name).map(|it| text(it, "image"));
    let is_new = |it: &&Value| image(text(it, "name")).is_some_and(|old| old != text(it, "image"));
    containers(pod).iter().filter(is_new).map(|it| text(it, "name")).collect()
}

/// Returns the ordinals of the pods that a StatefulSet replaces when its template changes. Pods that come or go because
/// its number changes are not among them.
pub(super) fn replaced_ordinals(environment: &EnvironmentComparison<'_>, workload: &Object) -> Option<Range<u64>> {
    let before = environment.object(Side::Before, &workload.id)?;
    let kept =
        replicas(environment.objects(Side::Before), before).min(replicas(environment.objects(Side::After), workload));
    (workload.id.kind == "StatefulSet").then(|| updated_ordinals(workload, kept))
}

/// Returns the ordinals of the pods that a StatefulSet of so many replaces: those from its partition on, which counts
/// from its first ordinal. Kubernetes: `updateStatefulSet`, `isCurrentRevisionNeeded`.
pub(super) fn updated_ordinals(stateful_set: &Object, pods: u64) -> Range<u64> {
    let number = |path: &str| stateful_set.field(path).and_then(Value::as_u64).unwrap_or_default();
    let (start, partition) = (number("spec.ordinals.start"), number("spec.updateStrategy.rollingUpdate.partition"));
    start.saturating_add(partition)..start.saturating_add(pods)
}

#[cfg(test)]
mod tests {
    use super::{replicas, updated_ordinals};
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

    #[test]
    fn a_job_runs_no_more_pods_than_it_needs() {
        let check = |spec: Value, expected: u64| {
            let body = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "web"}, "spec": spec});
            assert_eq!(replicas(&[], &Object::from_body(body).unwrap()), expected);
        };
        check(json!({}), 1);
        check(json!({"parallelism": 5}), 5);
        check(json!({"parallelism": 5, "completions": 2}), 2);
        check(json!({"parallelism": 2, "completions": 5}), 2);
        check(json!({"parallelism": 5, "suspend": true}), 0);
        check(json!({"parallelism": 0}), 0);
    }

    #[test]
    fn a_partition_counts_from_the_first_ordinal() {
        let check = |start: u64, partition: u64, expected: (u64, u64)| {
            let update = json!({"rollingUpdate": {"partition": partition}});
            let spec = json!({"ordinals": {"start": start}, "updateStrategy": update});
            let ordinals = updated_ordinals(&deployment(&spec), 3);
            assert_eq!((ordinals.start, ordinals.end), expected);
        };
        check(0, 0, (0, 3));
        check(0, 1, (1, 3));
        check(0, 3, (3, 3));
        check(5, 0, (5, 8));
        check(5, 1, (6, 8));
        check(5, 5, (10, 8));
    }
}
