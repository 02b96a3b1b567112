//! How many pods of a workload there are at the same time while all of them are replaced.

use super::{KubernetesVersion, Object};
use serde_json::Value;

/// How many pods there are while a Deployment rolls.
#[derive(Debug, PartialEq, Eq)]
pub struct RolloutBounds {
    /// At most so many beyond the wanted number.
    pub surge: u64,
    /// At most so many of the wanted number are missing.
    pub unavailable: u64,
}

/// Scales a number or a percentage of `whole`; none for anything else. Kubernetes: `GetScaledValueFromIntOrPercent`.
pub fn scaled(value: &Value, whole: u64, rounding: Rounding) -> Option<u64> {
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
pub enum Rounding {
    /// As for `maxSurge` and for disruption budgets.
    Up,
    /// As for `maxUnavailable` of a Deployment.
    Down,
}

/// How many pods of a StatefulSet are replaced at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// So many at most.
    Of(u64),
    /// One, or so many: the patch version of the cluster decides.
    OneOr(u64),
}

/// Returns the bounds of a rolling Deployment of so many pods. Kubernetes: `ResolveFenceposts` in
/// `pkg/controller/deployment/util`, and `NewRSNewReplicas` there, which never makes more new pods than are wanted: a
/// surge of more than 100 % has no effect.
pub fn rollout_bounds(deployment: &Object, replicas: u64) -> RolloutBounds {
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
    RolloutBounds { surge: surge.min(replicas), unavailable }
}

/// Returns how many pods of a StatefulSet of so many are replaced at a time. Kubernetes: `getStatefulSetMaxUnavailable`,
/// which rounds down and to one at least. It is asked only behind the feature gate `MaxUnavailableStatefulSet`, which is
/// on by default from 1.35.0 to 1.35.3 and again from 1.37 on (kubernetes/kubernetes pull requests 133153, 137926, 139466).
pub fn batch(stateful_set: &Object, replicas: u64, version: KubernetesVersion) -> Batch {
    let declared = stateful_set.field("spec.updateStrategy.rollingUpdate.maxUnavailable");
    let size = declared.and_then(|it| scaled(it, replicas, Rounding::Down)).unwrap_or(1).clamp(1, replicas.max(1));
    match (version.major, version.minor) {
        _ if size == 1 => Batch::Of(1),
        (1, 35) => Batch::OneOr(size),
        (1, 0..=36) => Batch::Of(1),
        _ => Batch::Of(size),
    }
}

/// True where a Deployment stops all pods before it starts a new one.
pub fn recreates(deployment: &Object) -> bool {
    deployment.field("spec.strategy.type").and_then(Value::as_str) == Some("Recreate")
}

/// Returns how many pods a workload of so many has at most beyond them while all of them are replaced. For a DaemonSet,
/// that is on each node.
pub fn surge(workload: &Object, replicas: u64) -> u64 {
    match workload.id.kind.as_str() {
        "Deployment" if !recreates(workload) => rollout_bounds(workload, replicas).surge,
        "DaemonSet" => {
            let rolling = workload.field("spec.updateStrategy.rollingUpdate.maxSurge");
            // Whatever the share of nodes is, one node starts at most one pod beside its old one.
            u64::from(rolling.and_then(|it| scaled(it, 100, Rounding::Up)).is_some_and(|it| it > 0))
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, RolloutBounds, batch, rollout_bounds, surge};
    use crate::object::{KubernetesVersion, Object};
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
        check(json!({"maxSurge": "150%"}), 2, 2, 0);
        check(json!({"maxSurge": 9, "maxUnavailable": 0}), 4, 4, 0);
        check(json!({"maxSurge": "1%", "maxUnavailable": "1%"}), 100, 1, 1);
        check(json!({"maxSurge": "1%", "maxUnavailable": "1%"}), 99, 1, 0);
        check(json!({"maxSurge": "0%", "maxUnavailable": "0%"}), 3, 0, 1);
    }

    #[test]
    fn stateful_pods_are_replaced_in_batches_where_the_cluster_can() {
        let check = |bound: Value, replicas: u64, minor: u32, expected: Batch| {
            let spec = json!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": bound}}});
            let version = KubernetesVersion { major: 1, minor };
            assert_eq!(batch(&deployment(&spec), replicas, version), expected, "{bound} of {replicas} in 1.{minor}");
        };
        check(json!(2), 5, 37, Batch::Of(2));
        check(json!(2), 5, 36, Batch::Of(1));
        check(json!(2), 5, 35, Batch::OneOr(2));
        check(json!(2), 5, 34, Batch::Of(1));
        check(json!(1), 5, 35, Batch::Of(1));
        check(json!(9), 5, 37, Batch::Of(5));
        check(json!("50%"), 5, 37, Batch::Of(2));
        check(json!("10%"), 5, 37, Batch::Of(1));
        check(json!("100%"), 3, 37, Batch::Of(3));
        check(json!(null), 3, 37, Batch::Of(1));
    }

    #[test]
    fn only_some_workloads_surge() {
        let check = |kind: &str, spec: Value, expected: u64| {
            let body = json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec});
            assert_eq!(surge(&Object::from_body(body).unwrap(), 4), expected, "{kind}");
        };
        check("Deployment", json!({}), 1);
        check("Deployment", json!({"strategy": {"type": "Recreate"}}), 0);
        check("StatefulSet", json!({}), 0);
        check("DaemonSet", json!({}), 0);
        check("DaemonSet", json!({"updateStrategy": {"rollingUpdate": {"maxSurge": "10%"}}}), 1);
        check("Job", json!({}), 0);
    }
}
