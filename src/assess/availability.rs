//! How many pods stay available: replica counts, autoscalers and disruption budgets.

use super::workload::{Pods, Rounding, autoscaler, replicas, scaled};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::Selector;
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[REPLICAS_OWNED], find: replicas_owned },
    Rule { codes: &[REPLICAS_HANDED_OVER], find: replicas_handed_over },
    Rule { codes: &[BUDGET_BLOCKS_DRAIN], find: budget_blocks_drain },
    Rule { codes: &[AVAILABILITY_REDUCED], find: availability_reduced },
];

const REPLICAS_OWNED: ImpactCode = ImpactCode {
    name: "replicas-owned-by-autoscaler",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
};
const REPLICAS_HANDED_OVER: ImpactCode = ImpactCode {
    name: "replicas-handed-over",
    severity: Severity::Outage,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
};
const BUDGET_BLOCKS_DRAIN: ImpactCode = ImpactCode {
    name: "budget-blocks-drain",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
};
const AVAILABILITY_REDUCED: ImpactCode = ImpactCode {
    name: "availability-reduced",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment",
};

fn declared(workload: &Object) -> Option<u64> {
    workload.field("spec.replicas").and_then(Value::as_u64)
}

fn replicas_path() -> FieldPath {
    FieldPath::default().field("spec").field("replicas")
}

fn replicas_owned(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for pods in Pods::all(environment, Side::After) {
            let both = |side, it| autoscaler(environment.objects(side), it).zip(declared(it));
            let Some((owner, now)) = both(Side::After, pods.object) else { continue };
            let before = environment.object(Side::Before, &pods.object.id);
            if before.and_then(|it| both(Side::Before, it)).is_some_and(|(_, then)| then == now) {
                continue;
            }
            let message = format!(
                "has two owners of `spec.replicas`: every sync sets it to {now}, and {} sets it back",
                owner.id.short()
            );
            let help = "leave `replicas` to the autoscaler and set its minimum instead";
            let finding =
                Finding::new(REPLICAS_OWNED, environment.name(), &pods.object.id, message).at("spec.replicas");
            findings.push(finding.help(help).from_line(input.line_of(Side::After, pods.object, &replicas_path())));
        }
    }
    findings
}

fn replicas_handed_over(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (before, after) in environment.kept() {
            let Some(then) = declared(before).filter(|then| *then > 1 && declared(after).is_none()) else { continue };
            let Some(owner) = autoscaler(environment.objects(Side::After), after) else { continue };
            let message = format!(
                "may fall from {} to 1 pod for a moment: `spec.replicas` goes, and until {} acts its default of 1 holds",
                then,
                owner.id.short()
            );
            let help = format!(
                "before the sync, hand the field over with `kubectl apply edit-last-applied {}/{}` and delete `spec.replicas` there",
                after.id.kind.to_lowercase(),
                after.id.name
            );
            let finding =
                Finding::new(REPLICAS_HANDED_OVER, environment.name(), &after.id, message).at("spec.replicas");
            let line = input.declaration(Side::After, owner);
            findings.push(finding.help(help).from_line(line));
        }
    }
    findings
}

/// Why a budget lets no pod go.
struct Blocked {
    field: &'static str,
    value: String,
    pods: u64,
}

/// Returns why a disruption budget lets no pod go, if it does not. Kubernetes' disruption controller rounds both
/// percentages up.
fn blocked(environment: &EnvironmentComparison<'_>, side: Side, budget: &Object) -> Option<Blocked> {
    let wanted = budget.field("spec.selector");
    let is_meant = |it: &Pods<'_>| {
        it.object.id.namespace == budget.id.namespace
            && wanted.is_some_and(|selector| Selector::of(selector).matches(it.labels()))
    };
    let objects = environment.objects(side);
    let pods: u64 = Pods::all(environment, side).filter(is_meant).map(|it| replicas(objects, it.object)).sum();
    let read = |field: &'static str| {
        let value = budget.field("spec")?.get(field)?;
        Some((
            field,
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            scaled(value, pods, Rounding::Up)?,
        ))
    };
    let minimum = read("minAvailable").filter(|it| it.2 >= pods);
    let (field, value, _) = minimum.or_else(|| read("maxUnavailable").filter(|it| it.2 == 0))?;
    (pods > 0).then_some(Blocked { field, value, pods })
}

fn budget_blocks_drain(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for budget in environment.of_kind(Side::After, "PodDisruptionBudget") {
            let before = environment.object(Side::Before, &budget.id);
            let was_so = before.is_some_and(|it| blocked(environment, Side::Before, it).is_some());
            let Some(Blocked { field, value, pods }) = blocked(environment, Side::After, budget).filter(|_| !was_so)
            else {
                continue;
            };
            let path = FieldPath::default().field("spec").field(field);
            let pods = wording::count(pods, "pod");
            let message =
                format!("never lets a pod go: `{field}` is {value} of {pods}, so draining a node does not end");
            let help = "let at least one pod be missing, or run one more";
            let finding =
                Finding::new(BUDGET_BLOCKS_DRAIN, environment.name(), &budget.id, message).at(path.to_string());
            findings.push(finding.help(help).from_line(input.line_of(Side::After, budget, &path)));
        }
    }
    findings
}

fn availability_reduced(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let counted = |it: &Object| matches!(it.id.kind.as_str(), "Deployment" | "StatefulSet" | "ReplicaSet");
        for (before, after) in environment.kept().filter(|(_, it)| counted(it)) {
            let then = replicas(environment.objects(Side::Before), before);
            let now = replicas(environment.objects(Side::After), after);
            let consequence = match now {
                _ if now >= then => continue,
                0 => "nothing serves any more",
                1 => "a single pod has no stand-in when it or its node stops",
                _ if now * 2 < then => "fewer than half are left to carry the load",
                _ => continue,
            };
            let owner = autoscaler(environment.objects(Side::After), after);
            let scale = if owner.is_some() { " at the minimum of its autoscaler" } else { "" };
            let message = format!("has fewer pods: {then} → {now}{scale}, {consequence}");
            let minimum = FieldPath::default().field("spec").field("minReplicas");
            let line = match owner {
                Some(owner) => input.line_of(Side::After, owner, &minimum),
                None => input.line_of(Side::After, after, &replicas_path()),
            };
            let finding = Finding::new(AVAILABILITY_REDUCED, environment.name(), &after.id, message);
            let help = "make sure that what is left carries the load";
            findings.push(finding.at("spec.replicas").help(help).from_line(line));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn web(replicas: Option<u64>) -> Value {
        let body = deployment("web", 1, json!({"image": "web:1"}));
        with(body, "/spec/replicas", replicas.map_or(Value::Null, |it| json!(it)))
    }

    fn scaler(minimum: u64) -> Value {
        let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
        let spec = json!({"scaleTargetRef": target, "minReplicas": minimum, "maxReplicas": 5});
        object("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": spec}))
    }

    fn budget(field: &str, value: Value) -> Value {
        let mut spec = json!({"selector": {"matchLabels": {"app": "web"}}});
        spec[field] = value;
        object("policy/v1", "PodDisruptionBudget", "web", &json!({"spec": spec}))
    }

    #[test]
    fn a_count_has_one_owner() {
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "replicas-owned-by-autoscaler", expected);
        };
        let message = |count: u64| {
            format!(
                "Deployment/web has two owners of `spec.replicas`: every sync sets it to {count}, and HorizontalPodAutoscaler/web sets it back"
            )
        };
        check(&[web(Some(3))], &[web(Some(3)), scaler(2)], &[&message(3)]);
        check(&[web(Some(3)), scaler(2)], &[web(Some(5)), scaler(2)], &[&message(5)]);
        check(&[web(Some(3)), scaler(2)], &[web(Some(3)), scaler(3)], &[]);
        check(&[web(Some(3))], &[web(None), scaler(2)], &[]);
        check(&[web(Some(3))], &[web(Some(5))], &[]);
    }

    #[test]
    fn handing_over_passes_through_one_pod() {
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "replicas-handed-over", expected);
        };
        check(
            &[web(Some(3))],
            &[web(None), scaler(3)],
            &[
                "Deployment/web may fall from 3 to 1 pod for a moment: `spec.replicas` goes, and until HorizontalPodAutoscaler/web acts its default of 1 holds",
            ],
        );
        check(&[web(Some(1))], &[web(None), scaler(3)], &[]);
        check(&[web(Some(3))], &[web(Some(3)), scaler(3)], &[]);
        check(&[web(None), scaler(3)], &[web(None), scaler(3)], &[]);
    }

    #[test]
    fn a_budget_must_let_one_pod_go() {
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "budget-blocks-drain", expected);
        };
        let message = |what: &str| {
            format!("PodDisruptionBudget/web never lets a pod go: {what}, so draining a node does not end")
        };
        let two = |it: Value| [web(Some(2)), it];
        check(&[web(Some(2))], &two(budget("minAvailable", json!(2))), &[&message("`minAvailable` is 2 of 2 pods")]);
        check(&[web(Some(2))], &two(budget("minAvailable", json!(1))), &[]);
        check(
            &[web(Some(2))],
            &two(budget("minAvailable", json!("100%"))),
            &[&message("`minAvailable` is 100% of 2 pods")],
        );
        check(
            &[web(Some(2))],
            &two(budget("minAvailable", json!("51%"))),
            &[&message("`minAvailable` is 51% of 2 pods")],
        );
        check(&[web(Some(2))], &two(budget("minAvailable", json!("50%"))), &[]);
        check(
            &[web(Some(2))],
            &two(budget("maxUnavailable", json!(0))),
            &[&message("`maxUnavailable` is 0 of 2 pods")],
        );
        check(&[web(Some(2))], &two(budget("maxUnavailable", json!("1%"))), &[]);
        let kept = budget("minAvailable", json!(2));
        check(&two(kept.clone()), &two(kept.clone()), &[]);
        check(&[web(Some(3)), kept.clone()], &two(kept.clone()), &[&message("`minAvailable` is 2 of 2 pods")]);
        check(&[], &[web(None), scaler(2), kept.clone()], &[&message("`minAvailable` is 2 of 2 pods")]);
        check(&[], &[web(Some(0)), kept], &[]);
    }

    #[test]
    fn fewer_pods_are_said_where_it_matters() {
        let check = |before: u64, after: u64, expected: Option<&str>| {
            let message = expected.map(|it| format!("Deployment/web has fewer pods: {before} → {after}, {it}"));
            let expected: Vec<&str> = message.iter().map(String::as_str).collect();
            expect(&review_one(&[web(Some(before))], &[web(Some(after))]), "availability-reduced", &expected);
        };
        check(3, 0, Some("nothing serves any more"));
        check(1, 0, Some("nothing serves any more"));
        check(3, 1, Some("a single pod has no stand-in when it or its node stops"));
        check(2, 1, Some("a single pod has no stand-in when it or its node stops"));
        check(5, 2, Some("fewer than half are left to carry the load"));
        check(4, 2, None);
        check(3, 2, None);
        check(1, 3, None);
        check(0, 0, None);
        expect(
            &review_one(&[web(Some(3))], &[web(None), scaler(1)]),
            "availability-reduced",
            &[
                "Deployment/web has fewer pods: 3 → 1 at the minimum of its autoscaler, a single pod has no stand-in when it or its node stops",
            ],
        );
        expect(&review_one(&[web(None), scaler(2)], &[web(None), scaler(2)]), "availability-reduced", &[]);
    }
}
