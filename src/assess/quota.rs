//! Quotas of a namespace against what its pods and claims come to.
//!
//! Only what the tree says is counted: no `DaemonSet` or `CronJob`, and of an autoscaler its minimum. What is found is
//! therefore sure, and what is not found may still be too much.

use super::Rule;
use super::demand::steps;
use super::storage::{requested_by, templates};
use super::wording;
use super::workload::{Pods, items, replicas, restarts, rollout_bounds, text};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::demand::{pod_limits, pod_requests};
use crate::object::{FieldPath, Object, Quantity};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[QUOTA_EXCEEDED], find }];

const QUOTA_EXCEEDED: ImpactCode = ImpactCode {
    name: "quota-exceeded",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
};

/// What a quota counts, in thousandths of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Claims,
    LimitsCpu,
    LimitsMemory,
    Pods,
    RequestsCpu,
    RequestsMemory,
    Storage,
}

impl Counted {
    /// Reads the name of a resource. Kubernetes: `podResources` and `pvcResources` in `pkg/quota/v1/evaluator/core`.
    fn of(resource: &str) -> Option<Self> {
        Some(match resource {
            "pods" | "count/pods" => Self::Pods,
            "cpu" | "requests.cpu" => Self::RequestsCpu,
            "memory" | "requests.memory" => Self::RequestsMemory,
            "limits.cpu" => Self::LimitsCpu,
            "limits.memory" => Self::LimitsMemory,
            "requests.storage" => Self::Storage,
            "persistentvolumeclaims" | "count/persistentvolumeclaims" => Self::Claims,
            _ => return None,
        })
    }

    const fn is_of_claims(self) -> bool {
        matches!(self, Self::Claims | Self::Storage)
    }

    /// Returns what one pod of a workload comes to, with its own claims.
    fn of_pod(self, pods: Pods<'_>) -> i128 {
        let milli = |it: Option<Quantity>| it.map_or(0, Quantity::milli);
        match self {
            Self::Pods => 1000,
            Self::RequestsCpu => pod_requests(pods.template).cpu.milli(),
            Self::RequestsMemory => pod_requests(pods.template).memory.milli(),
            Self::LimitsCpu => milli(pod_limits(pods.template).cpu),
            Self::LimitsMemory => milli(pod_limits(pods.template).memory),
            Self::Claims => templates(pods.object).iter().map(|_| 1000).sum(),
            Self::Storage => {
                let one = |it: &Value| it.pointer("/spec/resources/requests/storage").and_then(Quantity::of_value);
                templates(pods.object).iter().filter_map(one).map(Quantity::milli).sum()
            }
        }
    }

    /// Returns what a claim of the tree comes to.
    fn of_claim(self, claim: &Object) -> i128 {
        match self {
            Self::Claims => 1000,
            Self::Storage => requested_by(&[], claim).milli(),
            Self::LimitsCpu | Self::LimitsMemory | Self::Pods | Self::RequestsCpu | Self::RequestsMemory => 0,
        }
    }

    fn show(self, milli: i128) -> String {
        match self {
            Self::LimitsCpu | Self::RequestsCpu => wording::cores(milli),
            Self::LimitsMemory | Self::RequestsMemory | Self::Storage => wording::bytes(milli / 1000),
            Self::Claims | Self::Pods => (milli / 1000).to_string(),
        }
    }
}

/// One amount of one quota.
struct Hard<'a> {
    quota: &'a Object,
    resource: &'a str,
    counted: Counted,
    milli: i128,
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for quota in environment.of_kind(Side::After, "ResourceQuota") {
            for hard in amounts(quota) {
                let Some((severity, message)) = exceeded(environment, &hard) else { continue };
                let path = FieldPath::default().field("spec").field("hard").field(hard.resource);
                let line = input.line_of(Side::After, quota, &path);
                let help = format!("raise `{}` in the same change, or ask for less", hard.resource);
                let finding = Finding::new(QUOTA_EXCEEDED, environment.name(), &quota.id, message).help(help);
                findings.push(finding.at(path.to_string()).with_severity(severity).from_line(line));
            }
        }
    }
    findings
}

fn amounts(quota: &Object) -> Vec<Hard<'_>> {
    let amount = |(resource, value): (&'_ String, &Value)| (Counted::of(resource), Quantity::of_value(value));
    let hard = quota.field("spec.hard").and_then(Value::as_object).into_iter().flatten();
    let known = hard.filter_map(|(resource, value)| match amount((resource, value)) {
        (Some(counted), Some(amount)) => Some(Hard { quota, resource, counted, milli: amount.milli() }),
        _ => None,
    });
    known.collect()
}

/// Says how this change exceeds an amount that was not exceeded before. An amount that is used up is not exceeded.
/// Kubernetes: `CheckRequest` of the admission plugin `ResourceQuota`.
fn exceeded(environment: &EnvironmentComparison<'_>, hard: &Hard<'_>) -> Option<(Severity, String)> {
    let Hard { quota, resource, counted, milli } = *hard;
    let used = used(environment, Side::After, hard);
    let old = environment.object(Side::Before, &quota.id);
    let old = old.and_then(|it| amounts(it).into_iter().find(|it| it.resource == resource));
    let was_exceeded = old.as_ref().is_some_and(|it| self::used(environment, Side::Before, it) > it.milli);
    let allowed = match old.filter(|it| it.milli != milli) {
        Some(was) => format!("{} (was {})", counted.show(milli), counted.show(was.milli)),
        None => counted.show(milli),
    };
    if used > milli {
        let what = if counted.is_of_claims() { "claims" } else { "pods" };
        let come = counted.show(used);
        let message = format!("refuses {what}: `{resource}` comes to {come}, and it allows {allowed}");
        return (!was_exceeded).then_some((Severity::Outage, message));
    }
    let peak = peak(environment, hard);
    if peak <= milli {
        return None;
    }
    let stuck = stuck(environment, hard);
    let come = format!("`{resource}` comes to {} at the peak, and it allows {allowed}", counted.show(peak));
    Some(if stuck.is_empty() {
        (Severity::Warn, format!("refuses pods while they roll: {come}, so that the rollout takes smaller steps"))
    } else {
        let who = wording::list(&stuck);
        (Severity::Outage, format!("refuses pods while they roll: {come}, so that the rollout of {who} cannot begin"))
    })
}

/// Iterates the workloads of one state whose pods a quota counts.
fn counted<'a>(environment: &EnvironmentComparison<'a>, side: Side, quota: &Object) -> impl Iterator<Item = Pods<'a>> {
    Pods::all(environment, side).filter(|it| it.object.id.namespace == quota.id.namespace && is_in_scope(quota, *it))
}

fn used(environment: &EnvironmentComparison<'_>, side: Side, hard: &Hard<'_>) -> i128 {
    let number = |it: &Pods<'_>| i128::from(replicas(environment.objects(side), it.object));
    let pods: i128 = counted(environment, side, hard.quota).map(|it| number(&it) * hard.counted.of_pod(it)).sum();
    pods + claims(environment, side, hard)
}

/// Claims are in no scope of pods.
fn claims(environment: &EnvironmentComparison<'_>, side: Side, hard: &Hard<'_>) -> i128 {
    let is_scoped = hard.quota.field("spec.scopes").is_some() || hard.quota.field("spec.scopeSelector").is_some();
    let claims = environment.of_kind(side, "PersistentVolumeClaim");
    let here = claims.filter(|it| !is_scoped && it.id.namespace == hard.quota.id.namespace);
    here.map(|it| hard.counted.of_claim(it)).sum()
}

/// Returns the most that is newly asked for while the workloads roll.
fn peak(environment: &EnvironmentComparison<'_>, hard: &Hard<'_>) -> i128 {
    let of_workload = |new: Pods<'_>| {
        let old = environment.object(Side::Before, &new.object.id).and_then(Pods::of);
        let (old, new_each) = (old.map_or(0, |it| hard.counted.of_pod(it)), hard.counted.of_pod(new));
        let mixes = steps(environment, new.object).into_iter();
        mixes.map(|it| i128::from(it.old) * old + i128::from(it.new) * new_each).max().unwrap_or_default()
    };
    let pods: i128 = counted(environment, Side::After, hard.quota).map(of_workload).sum();
    pods + claims(environment, Side::After, hard)
}

/// Names the Deployments that may take no old pod away before there is room for a new one, and have none.
fn stuck(environment: &EnvironmentComparison<'_>, hard: &Hard<'_>) -> Vec<String> {
    let number = |it: &Pods<'_>| replicas(environment.objects(Side::After), it.object);
    let old = |it: &Pods<'_>| environment.object(Side::Before, &it.object.id).and_then(Pods::of);
    let rolls = |it: &Pods<'_>| restarts(environment, it.object);
    let at_start = |it: Pods<'_>| {
        let template = old(&it).filter(|_| rolls(&it)).unwrap_or(it);
        i128::from(number(&it)) * hard.counted.of_pod(template)
    };
    let start: i128 = counted(environment, Side::After, hard.quota).map(at_start).sum();
    let waits = |it: &Pods<'_>| {
        it.object.id.kind == "Deployment"
            && rolls(it)
            && rollout_bounds(it.object, number(it)).unavailable == 0
            && start + hard.counted.of_pod(*it) > hard.milli
    };
    counted(environment, Side::After, hard.quota).filter(waits).map(|it| it.object.id.short()).collect()
}

/// True where a quota counts the pods of a workload. Kubernetes: `podMatchesScopeFunc`.
fn is_in_scope(quota: &Object, pods: Pods<'_>) -> bool {
    let scopes = quota.field("spec").map_or(&[][..], |it| items(it, "scopes"));
    let selector = quota.field("spec.scopeSelector").map_or(&[][..], |it| items(it, "matchExpressions"));
    scopes.iter().filter_map(Value::as_str).all(|it| is_in(it, &Value::Null, pods))
        && selector.iter().all(|it| is_in(text(it, "scopeName"), it, pods))
}

fn is_in(scope: &str, selector: &Value, pods: Pods<'_>) -> bool {
    let terminates = pods.spec().get("activeDeadlineSeconds").is_some();
    let priority = text(pods.spec(), "priorityClassName");
    let is_named = || items(selector, "values").iter().any(|it| it.as_str() == Some(priority));
    match (scope, text(selector, "operator")) {
        ("Terminating", _) => terminates,
        ("NotTerminating", _) => !terminates,
        ("BestEffort", _) => is_best_effort(pods),
        ("NotBestEffort", _) => !is_best_effort(pods),
        ("PriorityClass", "In") => is_named(),
        ("PriorityClass", "NotIn") => !is_named(),
        ("PriorityClass", "DoesNotExist") => priority.is_empty(),
        ("PriorityClass", _) => !priority.is_empty(),
        // What is not understood counts nothing, so that nothing wrong is said.
        _ => false,
    }
}

/// Kubernetes: `GetPodQOS`; a pod of which no container asks for or limits CPU or memory.
fn is_best_effort(pods: Pods<'_>) -> bool {
    let asks = |resources: Option<&Value>| {
        let lists = ["requests", "limits"].map(|it| resources.and_then(|resources| resources.get(it)));
        lists.iter().flatten().any(|it| it.get("cpu").is_some() || it.get("memory").is_some())
    };
    !pods.containers().any(|(_, it)| asks(it.get("resources"))) && !asks(pods.spec().get("resources"))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn web(replicas: u64, image: &str) -> Value {
        let resources = json!({"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}});
        deployment("web", replicas, json!({"image": image, "resources": resources}))
    }

    fn quota(resource: &str, amount: Value) -> Value {
        object("v1", "ResourceQuota", "dev", &json!({"spec": {"hard": {resource: amount}}}))
    }

    #[track_caller]
    fn check(before: &[Value], after: &[Value], expected: &[&str]) {
        let messages: Vec<String> = expected.iter().map(|it| format!("ResourceQuota/dev refuses {it}")).collect();
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        expect(&review_one(before, after), "quota-exceeded", &messages);
    }

    #[test]
    fn the_sum_must_fit() {
        let grows = |resource: &str, amount: Value, expected: &[&str]| {
            let quota = quota(resource, amount);
            check(&[web(3, "web:1"), quota.clone()], &[web(5, "web:1"), quota], expected);
        };
        grows("pods", json!(4), &["pods: `pods` comes to 5, and it allows 4"]);
        grows("pods", json!("5"), &[]);
        grows("count/pods", json!(4), &["pods: `count/pods` comes to 5, and it allows 4"]);
        grows("requests.cpu", json!("1249m"), &["pods: `requests.cpu` comes to 1250m, and it allows 1249m"]);
        grows("requests.cpu", json!("1250m"), &[]);
        grows("cpu", json!(1), &["pods: `cpu` comes to 1250m, and it allows 1"]);
        grows("memory", json!("1280Mi"), &[]);
        grows("requests.memory", json!("1Gi"), &["pods: `requests.memory` comes to 1280Mi, and it allows 1Gi"]);
        grows("limits.memory", json!("2Gi"), &["pods: `limits.memory` comes to 2560Mi, and it allows 2Gi"]);
        grows("limits.cpu", json!("1m"), &[]);
        grows("pods", json!(2), &[]);
        grows("count/secrets", json!(0), &[]);
    }

    #[test]
    fn the_quota_must_be_large_enough() {
        let pods = || web(3, "web:1");
        let lower = ["pods: `pods` comes to 3, and it allows 2 (was 3)"];
        check(&[pods(), quota("pods", json!(3))], &[pods(), quota("pods", json!(2))], &lower);
        check(&[pods(), quota("pods", json!(5))], &[pods(), quota("pods", json!(3))], &[]);
        check(&[pods(), quota("pods", json!(2))], &[pods(), quota("pods", json!(1))], &[]);
        check(&[pods()], &[pods(), quota("pods", json!(2))], &["pods: `pods` comes to 3, and it allows 2"]);
        check(&[pods(), quota("pods", json!(2))], &[pods(), quota("pods", json!(2))], &[]);
        check(&[pods(), quota("pods", json!(2))], &[pods()], &[]);
    }

    #[test]
    fn the_peak_must_fit() {
        let rolls = |strategy: Value, amount: u64, expected: &[&str]| {
            let body = |image: &str| with(web(4, image), "/spec/strategy", strategy.clone());
            let quota = quota("pods", json!(amount));
            check(&[body("web:1"), quota.clone()], &[body("web:2"), quota], expected);
        };
        let bounds =
            |surge: u64, unavailable: u64| json!({"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}});
        let stuck = "pods while they roll: `pods` comes to 5 at the peak, and it allows 4, so that the rollout of Deployment/web cannot begin";
        rolls(bounds(1, 0), 4, &[stuck]);
        rolls(bounds(1, 0), 5, &[]);
        let slow = "pods while they roll: `pods` comes to 5 at the peak, and it allows 4, so that the rollout takes smaller steps";
        rolls(bounds(1, 1), 4, &[slow]);
        let less = "pods while they roll: `pods` comes to 6 at the peak, and it allows 5, so that the rollout takes smaller steps";
        rolls(bounds(2, 0), 5, &[less]);
        rolls(bounds(0, 1), 4, &[]);
        rolls(json!({"type": "Recreate"}), 4, &[]);
        let set = |image: &str| with(web(4, image), "/kind", json!("StatefulSet"));
        check(&[set("web:1"), quota("pods", json!(4))], &[set("web:2"), quota("pods", json!(4))], &[]);
        check(&[web(4, "web:1"), quota("pods", json!(4))], &[web(4, "web:1"), quota("pods", json!(4))], &[]);
    }

    #[test]
    fn claims_must_fit() {
        let claim = |name: &str| {
            let resources = json!({"requests": {"storage": "10Gi"}});
            object("v1", "PersistentVolumeClaim", name, &json!({"spec": {"resources": resources}}))
        };
        let adds = |resource: &str, amount: Value, expected: &[&str]| {
            let quota = quota(resource, amount);
            check(&[claim("a"), quota.clone()], &[claim("a"), claim("b"), quota], expected);
        };
        adds("requests.storage", json!("20Gi"), &[]);
        adds("requests.storage", json!("15Gi"), &["claims: `requests.storage` comes to 20Gi, and it allows 15Gi"]);
        adds("persistentvolumeclaims", json!(1), &["claims: `persistentvolumeclaims` comes to 2, and it allows 1"]);
        adds("pods", json!(0), &[]);
        let store = |replicas: u64| {
            let body = with(deployment("store", replicas, json!({"image": "store:1"})), "/kind", json!("StatefulSet"));
            let template =
                json!({"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "10Gi"}}}});
            with(body, "/spec/volumeClaimTemplates", json!([template]))
        };
        let small = quota("requests.storage", json!("20Gi"));
        check(
            &[store(2), small.clone()],
            &[store(3), small],
            &["claims: `requests.storage` comes to 30Gi, and it allows 20Gi"],
        );
    }

    #[test]
    fn a_scope_counts_some_pods() {
        let scoped = |scope: Value, expected: bool| {
            let mut quota = quota("pods", json!(4));
            for (field, value) in scope.as_object().unwrap() {
                quota["spec"][field] = value.clone();
            }
            let message: &[&str] = if expected { &["pods: `pods` comes to 5, and it allows 4"] } else { &[] };
            let body =
                |replicas: u64| with(web(replicas, "web:1"), "/spec/template/spec/priorityClassName", json!("high"));
            check(&[body(3), quota.clone()], &[body(5), quota], message);
        };
        scoped(json!({"scopes": ["NotTerminating"]}), true);
        scoped(json!({"scopes": ["Terminating"]}), false);
        scoped(json!({"scopes": ["NotBestEffort", "NotTerminating"]}), true);
        scoped(json!({"scopes": ["BestEffort"]}), false);
        let class = |operator: &str, values: Value| json!({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": operator, "values": values}]}});
        scoped(class("In", json!(["high"])), true);
        scoped(class("In", json!(["low"])), false);
        scoped(class("NotIn", json!(["low"])), true);
        scoped(class("Exists", json!([])), true);
        scoped(class("DoesNotExist", json!([])), false);
        scoped(json!({"scopes": ["CrossNamespacePodAffinity"]}), false);
    }
}
