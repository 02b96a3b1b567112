//! What bounded the pods of a workload and is removed: how many a drain may stop, and how many an autoscaler makes.

use super::removal::{goes_with_namespace, gone};
use super::workload::{Pods, autoscaler, replicas};
use super::{Rule, pruning, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{Object, Selector};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[BUDGET_OR_AUTOSCALER_REMOVED], find }];

const BUDGET_OR_AUTOSCALER_REMOVED: ImpactCode = ImpactCode {
    name: "budget-or-autoscaler-removed",
    severity: Severity::Warn,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for object in gone(environment).filter(|it| !goes_with_namespace(environment, it)) {
            let found = match (object.id.group.as_str(), object.id.kind.as_str()) {
                ("policy", "PodDisruptionBudget") => without_budget(environment, object),
                ("autoscaling", "HorizontalPodAutoscaler") => without_autoscaler(environment, object),
                _ => None,
            };
            let Some((message, help)) = found else { continue };
            let message = format!("{message}{}", pruning::condition(environment, object));
            let finding = Finding::new(BUDGET_OR_AUTOSCALER_REMOVED, environment.name(), &object.id, message);
            findings.push(finding.help(help).from_line(input.declaration(Side::Before, object)));
        }
    }
    findings
}

/// True where a budget is about the pods of a workload. Of `policy/v1`, one with an empty selector is about all.
fn covers(budget: &Object, pods: Pods<'_>) -> bool {
    let selects = budget.field("spec.selector").is_some_and(|it| Selector::of(it).matches(pods.labels()));
    selects && budget.id.namespace == pods.object.id.namespace
}

fn without_budget(environment: &EnvironmentComparison<'_>, budget: &Object) -> Option<(String, &'static str)> {
    let is_bare = |pods: Pods<'_>| !environment.of_kind(Side::After, "PodDisruptionBudget").any(|it| covers(it, pods));
    let several = |pods: Pods<'_>| replicas(environment.objects(Side::After), pods.object) > 1;
    let pods = Pods::all(environment, Side::After).filter(|it| covers(budget, *it) && several(*it) && is_bare(*it));
    let pods: Vec<String> = pods.map(|it| it.object.id.short()).collect();
    let message = format!("is removed: draining nodes may stop all pods of {} at once", wording::list(&pods));
    (!pods.is_empty()).then_some((message, "keep a budget for whatever must not be down while nodes are replaced"))
}

fn without_autoscaler(environment: &EnvironmentComparison<'_>, scaler: &Object) -> Option<(String, &'static str)> {
    let target = scaler.field("spec.scaleTargetRef").unwrap_or(&Value::Null);
    let is_target = |it: &&Object| {
        let named = |field: &str, value: &str| target.get(field).and_then(Value::as_str) == Some(value);
        it.id.namespace == scaler.id.namespace && named("kind", &it.id.kind) && named("name", &it.id.name)
    };
    let workload = environment.objects(Side::After).iter().find(is_target)?;
    if autoscaler(environment.objects(Side::After), workload).is_some() {
        return None;
    }
    let number = |field: &str| scaler.field(field).and_then(Value::as_u64);
    let minimum = number("spec.minReplicas").unwrap_or(1);
    let range = number("spec.maxReplicas").map_or_else(|| minimum.to_string(), |it| format!("{minimum} to {it}"));
    let name = workload.id.short();
    Some(match workload.field("spec.replicas").and_then(Value::as_u64) {
        Some(fixed) => (
            format!(
                "is removed: {name} may change at once from what the autoscaler made, {range}, to {}",
                wording::count(fixed, "pod")
            ),
            "set `replicas` to what runs now (`kubectl get hpa`), and lower it in a later change",
        ),
        None => (
            format!(
                "is removed: {name} may stay at the number of pods that it has at this moment, {range}, whatever the load"
            ),
            "say how many there shall be: `replicas`",
        ),
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    const CODE: &str = "budget-or-autoscaler-removed";

    fn web(replicas: u64) -> Value {
        deployment("web", replicas, json!({"image": "web:1"}))
    }

    #[test]
    fn a_budget_is_missed_where_there_are_several_pods() {
        let budget = |name: &str, app: &str| {
            let spec = json!({"maxUnavailable": 1, "selector": {"matchLabels": {"app": app}}});
            object("policy/v1", "PodDisruptionBudget", name, &json!({"spec": spec}))
        };
        let check = |budget: Value, after: &[Value], expected: &[&str]| {
            expect(&review_one(&[web(2), budget], after), CODE, expected);
        };
        let message = "PodDisruptionBudget/web is removed: draining nodes may stop all pods of Deployment/web at once";
        check(budget("web", "web"), &[web(2)], &[message]);
        check(budget("web", "web"), &[web(1)], &[]);
        check(budget("web", "web"), &[], &[]);
        check(budget("web", "web"), &[web(2), budget("other", "web")], &[]);
        check(budget("web", "web"), &[web(2), budget("other", "api")], &[message]);
        check(budget("web", "api"), &[web(2)], &[]);
    }

    #[test]
    fn an_autoscaler_leaves_its_number() {
        let scaler = |name: &str| {
            let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
            let spec = json!({"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5});
            object("autoscaling/v2", "HorizontalPodAutoscaler", name, &json!({"spec": spec}))
        };
        let free = with(web(1), "/spec/replicas", Value::Null);
        let check = |after: &[Value], expected: &[&str]| {
            expect(&review_one(&[free.clone(), scaler("web")], after), CODE, expected);
        };
        let stays = "HorizontalPodAutoscaler/web is removed: Deployment/web may stay at the number of pods that it has at this moment, 2 to 5, whatever the load";
        check(std::slice::from_ref(&free), &[stays]);
        let falls = "HorizontalPodAutoscaler/web is removed: Deployment/web may change at once from what the autoscaler made, 2 to 5, to 3 pods";
        check(&[web(3)], &[falls]);
        check(&[], &[]);
        check(&[free.clone(), scaler("other")], &[]);
    }
}
