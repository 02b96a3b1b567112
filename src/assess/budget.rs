//! How many pods a disruption budget lets go at a time.

use super::workload::{Pods, Rounding, replicas, scaled};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object, Selector};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[BUDGET_BLOCKS_DRAIN, BUDGET_CHANGE], find }];

const BUDGET_BLOCKS_DRAIN: ImpactCode = ImpactCode {
    name: "budget-blocks-drain",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
};
const BUDGET_CHANGE: ImpactCode = ImpactCode {
    name: "budget-change",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
};

/// What a budget allows while all of its pods are ready.
struct Allowance {
    field: &'static str,
    value: String,
    pods: u64,
    evictions: u64,
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for budget in environment.of_kind(Side::After, "PodDisruptionBudget") {
            let before = environment.object(Side::Before, &budget.id);
            let before = before.and_then(|it| allowance(environment, Side::Before, it)).map(|it| it.evictions);
            let Some(now) = allowance(environment, Side::After, budget).filter(|it| Some(it.evictions) != before)
            else {
                continue;
            };
            let Allowance { field, value, pods, evictions } = now;
            let pods = wording::count(pods, "pod");
            let finding = match (before, evictions) {
                (_, 0) => {
                    let message =
                        format!("never lets a pod go: `{field}` is {value} of {pods}, so draining a node does not end");
                    Finding::new(BUDGET_BLOCKS_DRAIN, environment.name(), &budget.id, message)
                        .help("let at least one pod be missing, or run one more")
                }
                (None, _) => continue,
                (Some(was), now) => {
                    let allowed = wording::count(now, "eviction");
                    let message = format!("allows {allowed} at a time (was {was}): `{field}` is {value} of {pods}");
                    Finding::new(BUDGET_CHANGE, environment.name(), &budget.id, message)
                }
            };
            let path = FieldPath::default().field("spec").field(field);
            findings.push(finding.at(path.to_string()).from_line(input.line_of(Side::After, budget, &path)));
        }
    }
    findings
}

/// Returns how many pods a budget lets go; none where it is about no pods, or about ones whose number the tree does not
/// say. Kubernetes: `getExpectedPodCount` and `updatePdbStatus` of the disruption controller, which rounds both
/// percentages up.
fn allowance(environment: &EnvironmentComparison<'_>, side: Side, budget: &Object) -> Option<Allowance> {
    let wanted = Selector::of(budget.field("spec.selector")?);
    let is_meant = |it: &Pods<'_>| it.object.id.namespace == budget.id.namespace && wanted.matches(it.labels());
    let objects = environment.objects(side);
    let mut pods = 0;
    for workload in Pods::all(environment, side).filter(is_meant) {
        if workload.object.id.kind == "DaemonSet" {
            return None;
        }
        pods += replicas(objects, workload.object);
    }
    let read = |field: &'static str| {
        let value = budget.field("spec")?.get(field)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((field, text, scaled(value, pods, Rounding::Up)?))
    };
    let (field, value, evictions) = match read("maxUnavailable") {
        Some((field, value, most)) => (field, value, most.min(pods)),
        None => read("minAvailable").map(|(field, value, least)| (field, value, pods.saturating_sub(least)))?,
    };
    (pods > 0).then_some(Allowance { field, value, pods, evictions })
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_one, scaler, web};
    use serde_json::{Value, json};

    fn budget(field: &str, value: Value) -> Value {
        let mut spec = json!({"selector": {"matchLabels": {"app": "web"}}});
        spec[field] = value;
        object("policy/v1", "PodDisruptionBudget", "web", &json!({"spec": spec}))
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
    fn says_how_many_evictions_are_allowed() {
        let check = |pods: (u64, u64), budgets: (Value, Value), expected: Option<&str>| {
            let review = review_one(&[web(Some(pods.0)), budgets.0], &[web(Some(pods.1)), budgets.1]);
            let message = expected.map(|it| format!("PodDisruptionBudget/web allows {it}"));
            let expected: Vec<&str> = message.iter().map(String::as_str).collect();
            expect(&review, "budget-change", &expected);
        };
        let least = |it: Value| budget("minAvailable", it);
        let most = |it: Value| budget("maxUnavailable", it);
        let two = || (least(json!(2)), least(json!(2)));
        check((3, 5), two(), Some("3 evictions at a time (was 1): `minAvailable` is 2 of 5 pods"));
        check((5, 3), two(), Some("1 eviction at a time (was 3): `minAvailable` is 2 of 3 pods"));
        check((2, 3), two(), Some("1 eviction at a time (was 0): `minAvailable` is 2 of 3 pods"));
        check((3, 2), two(), None);
        check((3, 3), two(), None);
        let half = || (least(json!("50%")), least(json!("50%")));
        check((3, 4), half(), Some("2 evictions at a time (was 1): `minAvailable` is 50% of 4 pods"));
        check((4, 5), half(), None);
        let tenth = || (most(json!("10%")), most(json!("10%")));
        check((10, 11), tenth(), Some("2 evictions at a time (was 1): `maxUnavailable` is 10% of 11 pods"));
        check((5, 10), tenth(), None);
        check(
            (3, 3),
            (least(json!(2)), most(json!(2))),
            Some("2 evictions at a time (was 1): `maxUnavailable` is 2 of 3 pods"),
        );
        check(
            (2, 3),
            (most(json!(5)), most(json!(5))),
            Some("3 evictions at a time (was 2): `maxUnavailable` is 5 of 3 pods"),
        );
        expect(&review_one(&[web(Some(3))], &[web(Some(3)), least(json!(1))]), "budget-change", &[]);
    }
}
