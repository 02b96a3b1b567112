//! Whether the requests of all pods fit into what their cluster is declared to have.
//!
//! The fewest pods must fit: otherwise some never start. The most that autoscalers may ask for must fit as well: what
//! is declared as possible is counted on when it is needed. All of it should stay within the target share.

use crate::diagnostic::house_rule::{CAPACITY_EXCEEDED, CAPACITY_OVER_TARGET};
use crate::diagnostic::{Code, Diagnostic};
use crate::object::capacity::{Resource, Share, Verdict};
use crate::object::demand::{Demand, Requests};
use crate::object::{Cluster, ObjectSet};

/// The codes of this family.
pub const CODES: &[Code] = &[CAPACITY_EXCEEDED, CAPACITY_OVER_TARGET];

/// How many workloads a message names.
const NAMED: usize = 5;

const FIXED: &str = "lower `requests` or `replicas`, or raise the cluster's `capacity`";
const SCALED: &str = "lower `requests` or the `max=` of `autoscale`, or raise the cluster's `capacity`";

/// Checks one environment by itself.
pub(super) fn check_environment(set: &ObjectSet) -> Vec<Diagnostic> {
    let Some(cluster) = &set.environment.cluster else { return Vec::new() };
    let demand = Demand::of(set);
    let subject = format!("environment `{}` requests", set.environment.name);
    against(cluster, &subject, demand.minimum(), demand.maximum(), &|resource| largest(&demand, resource))
}

/// Checks the environments of one cluster together.
pub(super) fn check_cluster(sets: &[&ObjectSet]) -> Vec<Diagnostic> {
    let Some(cluster) = sets.first().and_then(|it| it.environment.cluster.as_ref()) else { return Vec::new() };
    // One environment has been checked by itself.
    if sets.len() < 2 {
        return Vec::new();
    }
    let demands: Vec<(&str, Demand)> = sets.iter().map(|it| (it.environment.name.as_str(), Demand::of(it))).collect();
    let sum = |of: fn(&Demand) -> Requests| demands.iter().map(|(_, it)| of(it)).fold(Requests::ZERO, Requests::plus);
    let names: Vec<&str> = demands.iter().map(|(name, _)| *name).collect();
    let parts = |resource: Resource| {
        let part = |(name, demand): &(&str, Demand)| {
            let (low, high) = (resource.requested(demand.minimum()), resource.requested(demand.maximum()));
            if low == high { format!("`{name}` {low}") } else { format!("`{name}` {low} to {high}") }
        };
        format!("by environment: {}", demands.iter().map(part).collect::<Vec<_>>().join(", "))
    };
    let mut found =
        against(cluster, "all environments together request", sum(Demand::minimum), sum(Demand::maximum), &parts);
    // What one environment alone is too large for has been reported.
    let alone: Vec<Diagnostic> = sets.iter().flat_map(|it| check_environment(it)).collect();
    found.retain(|it| {
        !alone.iter().any(|other| (other.code, other.severity, &other.labels) == (it.code, it.severity, &it.labels))
    });
    for message in &mut found {
        message.environments = names.iter().map(|it| (*it).to_owned()).collect();
    }
    found
}

fn against(
    cluster: &Cluster,
    subject: &str,
    minimum: Requests,
    maximum: Requests,
    who: &dyn Fn(Resource) -> String,
) -> Vec<Diagnostic> {
    let Some(capacity) = &cluster.capacity else { return Vec::new() };
    let mut found = Vec::new();
    for resource in Resource::ALL {
        let (available, span) = (capacity.available(resource), capacity.span(resource));
        let (low, high) = (resource.requested(minimum), resource.requested(maximum));
        let scaled = if high > low { " at the autoscalers' maximum" } else { "" };
        let reserved = if capacity.reserve(resource).is_zero() { "" } else { " after its reserve" };
        let there = format!("cluster `{}` has{reserved}: {available}", cluster.name);
        let asked = format!("{subject} {high} {}{scaled}", resource.name());
        let Share { percent, verdict } = capacity.share(resource, high);
        let message = match verdict {
            Verdict::Within => continue,
            Verdict::OverTarget => {
                let (percent, target) = (percent.unwrap_or_default(), capacity.target_percent);
                let message = format!("{asked}, {percent}% of what {there}; the target is {target}%");
                Diagnostic::new(CAPACITY_OVER_TARGET, message)
            }
            Verdict::Exceeded if low > available => {
                let message = format!("{subject} {low} {}, more than {there}", resource.name());
                Diagnostic::new(CAPACITY_EXCEEDED, message)
            }
            Verdict::Exceeded => Diagnostic::new(CAPACITY_EXCEEDED, format!("{asked}, more than {there}")),
        };
        found.push(message.at(span.unwrap_or(cluster.span), "").help(who(resource)).help(if high > low {
            SCALED
        } else {
            FIXED
        }));
    }
    found
}

/// Names the workloads that ask for most.
fn largest(demand: &Demand, resource: Resource) -> String {
    let mut workloads: Vec<_> = demand.workloads.iter().collect();
    let total = |it: &crate::object::demand::WorkloadDemand| resource.requested(it.pod).times(it.replicas.maximum);
    workloads.sort_by(|a, b| total(b).cmp(&total(a)).then_with(|| a.workload.cmp(&b.workload)));
    let named: Vec<String> = workloads
        .iter()
        .take(NAMED)
        .map(|it| {
            let (low, high) = (it.replicas.minimum, it.replicas.maximum);
            let count = if low == high { low.to_string() } else { format!("{low} to {high}") };
            format!("{} {count} × {}", it.workload.short(), resource.requested(it.pod))
        })
        .collect();
    let more = workloads.len().saturating_sub(NAMED);
    let rest = if more == 0 { String::new() } else { format!(", and {more} more") };
    format!("by workload: {}{rest}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, deployment, set, with};
    use super::{check_cluster, check_environment};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::object::{Capacity, Cluster, KubernetesVersion, ObjectSet, Quantity};
    use crate::source::{Origin, Sources, Span, Traced};
    use serde_json::json;

    /// An environment with a workload of 250m and 256Mi per pod, on a cluster with so much CPU beside a reserve of 1.
    fn environment(name: &str, cpu: &str, replicas: u64, maximum: Option<u64>) -> ObjectSet {
        let mut bodies = vec![with(deployment(), "/spec/replicas", json!(replicas))];
        if let Some(maximum) = maximum {
            bodies.push(any("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": replicas, "maxReplicas": maximum,
            }})));
        }
        let mut set = set(bodies);
        let sources = Sources::new([("a".to_owned(), String::new())]);
        let span = Span::new(sources.iter().next().unwrap().0, 0, 0);
        let quantity = |text| Quantity::parse(text).unwrap();
        set.environment.name = name.to_owned();
        set.environment.cluster = Some(Cluster {
            name: "minikube".to_owned(),
            kubernetes: KubernetesVersion::DEFAULT,
            capacity: Some(Capacity {
                cpu: Traced::new(quantity(cpu), Origin::line(span)),
                memory: Traced::new(quantity("8Gi"), Origin::line(span)),
                reserve_cpu: quantity("1"),
                reserve_memory: quantity("2Gi"),
                target_percent: 70,
            }),
            storage_classes: Vec::new(),
            span,
        });
        set
    }

    fn check(found: &[Diagnostic], expected: &[(&str, Severity, &str)]) {
        let shown: Vec<_> = found.iter().map(|it| (it.code.name, it.severity, it.message.as_str())).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn compares_with_what_is_there() {
        let one = |cpu: &str, replicas, maximum| check_environment(&environment("prod", cpu, replicas, maximum));
        check(&one("2", 2, None), &[]);
        check(
            &one("2", 3, None),
            &[(
                "capacity-over-target",
                Severity::Warning,
                "environment `prod` requests 750m cpu, 75% of what cluster `minikube` has after its reserve: 1; the target is 70%",
            )],
        );
        check(
            &one("2", 5, None),
            &[(
                "capacity-exceeded",
                Severity::Error,
                "environment `prod` requests 1250m cpu, more than cluster `minikube` has after its reserve: 1",
            )],
        );
        check(
            &one("2", 2, Some(5)),
            &[(
                "capacity-exceeded",
                Severity::Error,
                "environment `prod` requests 1250m cpu at the autoscalers' maximum, more than cluster `minikube` has after its reserve: 1",
            )],
        );
        assert_eq!(one("2", 2, Some(5))[0].help, ["by workload: Deployment/web 2 to 5 × 250m", super::SCALED]);
    }

    #[test]
    fn adds_up_environments() {
        let (dev, prod) = (environment("dev", "2", 2, None), environment("prod", "2", 3, None));
        let found = check_cluster(&[&dev, &prod]);
        assert_eq!(found[0].help, ["by environment: `dev` 500m, `prod` 750m", super::FIXED]);
        check(&check_cluster(&[&dev, &environment("prod", "2", 5, None)]), &[]);
        assert_eq!(found[0].environments, ["dev", "prod"]);
        check(
            &found,
            &[(
                "capacity-exceeded",
                Severity::Error,
                "all environments together request 1250m cpu, more than cluster `minikube` has after its reserve: 1",
            )],
        );
        check(&check_cluster(&[&prod]), &[]);
    }
}
