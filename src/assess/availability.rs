//! How many pods there are: replica counts and autoscalers.

use super::Rule;
use super::workload::{Pods, autoscaler, replicas};
use crate::change::{Comparison, DecidedBy, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[REPLICAS_OWNED], find: replicas_owned },
    Rule { codes: &[REPLICAS_HANDED_OVER], find: replicas_handed_over },
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
                _ if now * 2 < then => "fewer than half of them",
                _ => continue,
            };
            let owner = autoscaler(environment.objects(Side::After), after);
            let scale = if owner.is_some() { " at the minimum of its autoscaler" } else { "" };
            let message = format!("has fewer pods: {then} → {now}{scale}, {consequence}");
            let minimum = FieldPath::default().field("spec").field("minReplicas");
            // What sets the number is a field of the autoscaler where there is one.
            let (path, line) = match owner {
                Some(owner) => (String::new(), input.line_of(Side::After, owner, &minimum)),
                None => ("spec.replicas".to_owned(), input.line_of(Side::After, after, &replicas_path())),
            };
            let finding = Finding::new(AVAILABILITY_REDUCED, environment.name(), &after.id, message);
            let help = "make sure that what is left carries the load";
            findings.push(finding.at(path).help(help).from_line(line));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, review_one, scaler, web};
    use serde_json::Value;

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
        check(5, 2, Some("fewer than half of them"));
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
