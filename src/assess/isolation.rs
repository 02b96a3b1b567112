//! Pods that lose their last network policy, and with it their isolation.

use super::workload::Pods;
use super::{Rule, pruning, wording};
use crate::change::{Comparison, DecidedBy, Finding, ImpactCode, Operation, Severity, Side};
use crate::object::reach::{Direction, Policies};
use crate::object::{FieldPath, Object};
use std::collections::BTreeMap;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[LAST_NETWORK_POLICY_REMOVED], find }];

const LAST_NETWORK_POLICY_REMOVED: ImpactCode = ImpactCode {
    name: "last-network-policy-removed",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let before_policies = Policies::of(environment.objects(Side::Before));
        let after_policies = Policies::of(pruning::in_effect(environment));
        let removable: Vec<&Object> = environment.of_kind(Side::Before, "NetworkPolicy").collect();
        // By policy and workloads, so that one removed policy is one finding, whatever its directions.
        let mut freed: BTreeMap<usize, BTreeMap<String, Vec<Direction>>> = BTreeMap::new();
        for (before, after) in environment.kept() {
            let (Some(old), Some(new)) = (Pods::of(before), Pods::of(after)) else { continue };
            let old_pod = before_policies.guard(old.seen_by_policies());
            let new_pod = after_policies.guard(new.seen_by_policies());
            for direction in [Direction::Ingress, Direction::Egress] {
                let first = old_pod.isolating(direction).first().filter(|_| !new_pod.is_isolated(direction));
                let Some(last) = first.and_then(|it| removable.iter().position(|known| known.id == it.id)) else {
                    continue;
                };
                freed.entry(last).or_default().entry(after.id.short()).or_default().push(direction);
            }
        }
        for (policy, directions, workloads) in freed.into_iter().flat_map(|(last, it)| by_directions(last, it)) {
            let policy = removable[policy];
            let is_gone = environment.change(&policy.id).is_some_and(|it| it.operation == Operation::Delete);
            let was = if is_gone { "is removed and leaves pods open" } else { "leaves pods open" };
            let (names, it) = (wording::list(&workloads), if workloads.len() > 1 { "them" } else { "it" });
            let traffic = match directions.as_slice() {
                [Direction::Ingress] => format!("everything may reach {names}"),
                [Direction::Egress] => format!("nothing limits what leaves {names}"),
                _ => format!("everything may reach {names}, and nothing limits what leaves {it}"),
            };
            let message = format!("{was}: {traffic}, as no other policy selects {it}");
            let (side, object) = match environment.object(Side::After, &policy.id) {
                Some(after) => (Side::After, after),
                None => (Side::Before, policy),
            };
            let path = FieldPath::parse("spec.podSelector").unwrap_or_default();
            let help = "keep a policy that selects these pods, if only one that denies by default";
            let finding = Finding::new(LAST_NETWORK_POLICY_REMOVED, environment.name(), &policy.id, message);
            findings.push(finding.help(help).from_line(input.line_of(side, object, &path)));
        }
    }
    findings
}

/// A policy, the directions in which it was the last, and the workloads for which it was.
type Freed = (usize, Vec<Direction>, Vec<String>);

/// Puts the workloads together that a policy no longer isolates in the same directions.
fn by_directions(policy: usize, workloads: BTreeMap<String, Vec<Direction>>) -> Vec<Freed> {
    let mut found: Vec<Freed> = Vec::new();
    for (workload, directions) in workloads {
        match found.iter_mut().find(|it| it.1 == directions) {
            Some(same) => same.2.push(workload),
            None => found.push((policy, directions, vec![workload])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn policy(name: &str, spec: &Value) -> Value {
        object("networking.k8s.io/v1", "NetworkPolicy", name, &json!({"spec": spec}))
    }

    #[test]
    fn the_last_policy_of_a_direction_counts() {
        let web = || deployment("web", 1, json!({"image": "web:1"}));
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "last-network-policy-removed", expected);
        };
        let all = policy("deny", &json!({"podSelector": {}, "policyTypes": ["Ingress"]}));
        let both = policy(
            "both",
            &json!({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress", "Egress"]}),
        );
        let ingress = "NetworkPolicy/deny is removed and leaves pods open: everything may reach Deployment/web, as no other policy selects it";
        check(&[web(), all.clone()], &[web()], &[ingress]);
        check(&[web(), all.clone(), both.clone()], &[web(), both.clone()], &[]);
        check(
            &[web(), all.clone(), both.clone()],
            &[web(), all.clone()],
            &[
                "NetworkPolicy/both is removed and leaves pods open: nothing limits what leaves Deployment/web, as no other policy selects it",
            ],
        );
        let moved = with(web(), "/spec/template/metadata/labels/app", json!("site"));
        check(
            &[web(), both.clone()],
            &[moved, both.clone()],
            &[
                "NetworkPolicy/both leaves pods open: everything may reach Deployment/web, and nothing limits what leaves it, as no other policy selects it",
            ],
        );
        check(&[web(), all.clone()], &[], &[]);
        check(&[web()], &[web(), all], &[]);
        let implied = policy("implied", &json!({"podSelector": {}, "egress": [{}]}));
        check(&[web(), implied], &[web(), both], &[]);
    }
}
