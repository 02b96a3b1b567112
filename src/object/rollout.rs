//! How many pods of a workload there are at the same time while all of them are replaced.

use super::Object;
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

/// Returns the bounds of a rolling Deployment of so many pods. Kubernetes: `ResolveFenceposts`.
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
    RolloutBounds { surge, unavailable }
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
    use super::{RolloutBounds, rollout_bounds, surge};
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
