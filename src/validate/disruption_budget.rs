//! Disruption budgets, and whether they leave room to drain a node.
//!
//! Source: `ValidatePodDisruptionBudgetSpec` in `pkg/apis/policy/validation`.

use super::field::{Field, Found, NOT_EXACTLY_ONE};
use super::names::percent;
use super::selector;
use super::service::selected;
use super::workload::{Limit, share};
use crate::diagnostic::house_rule::{BUDGET_BLOCKS_DRAIN, BUDGET_SELECTS_NOTHING};
use crate::object::Selector;
use crate::object::{Object, ObjectSet, demand};

/// Checks one object, if it is a disruption budget.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if is_budget(object) {
        let spec = Field::root(object).get("spec");
        let (available, unavailable) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
        if available.is_set() && unavailable.is_set() {
            let message = "Invalid value: minAvailable and maxUnavailable cannot be both set";
            found.push(spec.problem(NOT_EXACTLY_ONE, message).help("keep one of them"));
        }
        share(&available, Limit::HundredPercent, &mut found);
        share(&unavailable, Limit::HundredPercent, &mut found);
        spec.get("unhealthyPodEvictionPolicy").one_of(&["IfHealthyBudget", "AlwaysAllow"], &mut found);
        selector::check(&spec.get("selector"), &mut found);
    }
    found
}

/// True for a disruption budget of Kubernetes itself.
fn is_budget(object: &Object) -> bool {
    object.id.kind == "PodDisruptionBudget" && object.id.group == "policy"
}

/// Checks that the budgets of an environment select pods, and let some of them go.
pub(super) fn check_targets(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    for object in set.objects.iter().filter(|it| is_budget(it)) {
        let spec = Field::root(object).get("spec");
        let field = spec.get("selector");
        if !field.is_set() {
            continue;
        }
        let workloads = selected(set, object, &Selector::of(field.value));
        if workloads.is_empty() {
            let message = "no workload of this environment has these labels";
            let help = "the selector must equal labels of a pod template in the same namespace";
            found.push(field.house_rule(BUDGET_SELECTS_NOTHING, message, help));
            continue;
        }
        let pods: u64 = workloads.iter().map(|it| demand::replicas(it, set).minimum).fold(0, u64::saturating_add);
        let (available, unavailable) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
        let mut ignored = Found::new();
        if available.text().and_then(percent).is_some_and(|it| it > 100) {
            // It has been reported.
            continue;
        }
        let kept = share(&available, Limit::None, &mut ignored).and_then(|it| u64::try_from(it).ok());
        // Of a percentage, Kubernetes rounds the number of pods that must stay up.
        let kept = if available.text().is_some() { kept.map(|it| pods.saturating_mul(it).div_ceil(100)) } else { kept };
        let message = match kept {
            Some(kept) if pods > 0 && kept >= pods => {
                format!("{kept} of {pods} pods must stay, so evictions can never succeed and no node can be drained")
            }
            _ if share(&unavailable, Limit::None, &mut ignored) == Some(0) => {
                "no pod may go, so evictions can never succeed and no node can be drained".to_owned()
            }
            _ => continue,
        };
        let place = if unavailable.is_set() { unavailable } else { available };
        found.push(place.house_rule(BUDGET_BLOCKS_DRAIN, message, help(pods)));
    }
    found
}

fn help(pods: u64) -> &'static str {
    if pods > 1 {
        "let at least one pod go: `disruption-budget max-unavailable=1`"
    } else {
        "with one pod, a drain interrupts it: raise `replicas`, or leave `disruption-budget` out"
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, deployment, expect, object, set};
    use super::{check, check_targets};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn budget(spec: Value) -> Value {
        any("policy/v1", "PodDisruptionBudget", "web", &json!({"spec": spec}))
    }

    #[test]
    fn checks_amounts() {
        let check = |spec: Value, expected: &[&str]| expect(check(&object(budget(spec))), expected);
        check(json!({"minAvailable": "100%"}), &[]);
        check(json!({"minAvailable": "101%"}), &["out-of-range minAvailable must not be greater than 100%"]);
        check(json!({"maxUnavailable": -1}), &["out-of-range maxUnavailable greater than or equal to 0"]);
        check(json!({"maxUnavailable": "half"}), &["out-of-range maxUnavailable must be an integer or percentage"]);
        check(
            json!({"minAvailable": 1, "maxUnavailable": 1}),
            &["not-exactly-one spec minAvailable and maxUnavailable cannot be both set"],
        );
    }

    #[test]
    fn checks_what_is_left_to_drain() {
        let check = |amount: Value, expected: &[&str]| {
            let mut spec = json!({"selector": {"matchLabels": {"app": "web"}}});
            spec.as_object_mut().unwrap().extend(amount.as_object().unwrap().clone());
            expect(check_targets(&set([deployment(), budget(spec)])), expected);
        };
        check(json!({"minAvailable": 1}), &[]);
        check(json!({"minAvailable": 2}), &["budget-blocks-drain minAvailable 2 of 2 pods must stay"]);
        check(json!({"minAvailable": "50%"}), &[]);
        check(json!({"minAvailable": "51%"}), &["budget-blocks-drain minAvailable 2 of 2 pods must stay"]);
        check(json!({"maxUnavailable": 1}), &[]);
        check(json!({"maxUnavailable": "1%"}), &[]);
        check(json!({"maxUnavailable": 0}), &["budget-blocks-drain maxUnavailable no pod may go"]);
        let other = budget(json!({"minAvailable": 1, "selector": {"matchLabels": {"app": "api"}}}));
        expect(check_targets(&set([deployment(), other])), &["budget-selects-nothing spec.selector no workload"]);
    }
}
