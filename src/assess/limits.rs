//! Limits of containers that are in both trees: which are lower, which are gone.

use super::Rule;
use super::workload::{Pods, items, text};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{Object, Quantity};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[LIMIT_LOWERED], find }];

const LIMIT_LOWERED: ImpactCode = ImpactCode {
    name: "limit-lowered",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (before, after) in environment.kept() {
            let (Some(old), Some(new)) = (Pods::of(before), Pods::of(after)) else { continue };
            for (path, container) in new.containers() {
                let name = text(container, "name");
                let Some((_, was)) = old.containers().find(|(_, it)| text(it, "name") == name) else { continue };
                for resource in ["memory", "cpu"] {
                    let then = limit(environment, Side::Before, before, was, resource);
                    let now = limit(environment, Side::After, after, container, resource);
                    let Some((severity, message, help)) = lowered(name, resource, then, now) else { continue };
                    let path = path.field("resources").field("limits").field(resource);
                    let line = input.line_of(Side::After, after, &path);
                    let finding = Finding::new(LIMIT_LOWERED, environment.name(), &after.id, message).help(help);
                    findings.push(finding.at(path.display_in(&after.body)).with_severity(severity).from_line(line));
                }
            }
        }
    }
    findings
}

/// Returns what a container may use: its own limit, or else the default of a `LimitRange` of its namespace. Kubernetes:
/// `mergePodResourceRequirements` of the admission plugin `LimitRanger`.
fn limit(
    environment: &EnvironmentComparison<'_>,
    side: Side,
    workload: &Object,
    container: &Value,
    resource: &str,
) -> Option<Quantity> {
    let own = container.get("resources").and_then(|it| it.get("limits")).and_then(|it| it.get(resource));
    let default = || {
        let ranges = environment.of_kind(side, "LimitRange").filter(|it| it.id.namespace == workload.id.namespace);
        let limits = ranges.filter_map(|it| it.field("spec")).flat_map(|it| items(it, "limits"));
        let mut defaults = limits.filter(|it| text(it, "type") == "Container").filter_map(|it| it.get("default"));
        defaults.find_map(|it| it.get(resource))
    };
    own.or_else(default).and_then(Quantity::of_value)
}

/// Says what comes of a lower limit, or of none.
fn lowered(
    name: &str,
    resource: &str,
    then: Option<Quantity>,
    now: Option<Quantity>,
) -> Option<(Severity, String, &'static str)> {
    let is_memory = resource == "memory";
    let (what, severity) = if is_memory { ("memory", Severity::Warn) } else { ("CPU", Severity::Note) };
    let (message, help) = match (then, now) {
        (None, None) => return None,
        (Some(then), Some(now)) if now >= then => return None,
        (then, Some(now)) => {
            let was = then.map_or_else(|| "none".to_owned(), |it| it.to_string());
            let effect = if is_memory { "is killed when it uses more" } else { "is slowed down when it wants more" };
            let help = if is_memory { "make sure that it needs less at its peak" } else { "" };
            (format!("has a lower {what} limit: {was} → {now}, and {name} {effect}"), help)
        }
        (Some(then), None) => {
            let effect = if is_memory {
                "may use all that its node has, so that pods beside it are evicted or killed"
            } else {
                "may use what its node has left"
            };
            let help = if is_memory { "keep a limit above what it needs at its peak" } else { "" };
            (format!("has no {what} limit any more: it was {then}, and {name} {effect}"), help)
        }
    };
    Some((severity, message, help))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one};
    use serde_json::{Value, json};

    fn web(limits: Value) -> Value {
        deployment("web", 1, json!({"image": "web:1", "resources": {"limits": limits}}))
    }

    #[test]
    fn less_may_not_be_enough() {
        let check = |before: Value, after: Value, expected: &[&str]| {
            let messages: Vec<String> = expected.iter().map(|it| format!("Deployment/web {it}")).collect();
            let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
            expect(&review_one(&[web(before)], &[web(after)]), "limit-lowered", &messages);
        };
        let memory = |it: &str| json!({"memory": it});
        check(
            memory("512Mi"),
            memory("256Mi"),
            &["has a lower memory limit: 512Mi → 256Mi, and web is killed when it uses more"],
        );
        check(
            memory("1Gi"),
            memory("1023Mi"),
            &["has a lower memory limit: 1Gi → 1023Mi, and web is killed when it uses more"],
        );
        check(memory("1Gi"), memory("1024Mi"), &[]);
        check(memory("256Mi"), memory("512Mi"), &[]);
        check(
            json!({}),
            memory("256Mi"),
            &["has a lower memory limit: none → 256Mi, and web is killed when it uses more"],
        );
        check(
            memory("256Mi"),
            json!({}),
            &[
                "has no memory limit any more: it was 256Mi, and web may use all that its node has, so that pods beside it are evicted or killed",
            ],
        );
        let cpu = |it: &str| json!({"cpu": it});
        check(cpu("1"), cpu("500m"), &["has a lower CPU limit: 1 → 500m, and web is slowed down when it wants more"]);
        check(cpu("1"), cpu("1000m"), &[]);
        check(cpu("1"), json!({}), &["has no CPU limit any more: it was 1, and web may use what its node has left"]);
        check(json!({}), json!({}), &[]);
    }

    #[test]
    fn a_limit_range_fills_in() {
        let range = |memory: &str| {
            let limits = json!([{"type": "Container", "default": {"memory": memory}}]);
            object("v1", "LimitRange", "defaults", &json!({"spec": {"limits": limits}}))
        };
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "limit-lowered", expected);
        };
        let bounded = || web(json!({"memory": "256Mi"}));
        check(&[bounded(), range("256Mi")], &[web(json!({})), range("256Mi")], &[]);
        let lower = "Deployment/web has a lower memory limit: 256Mi → 128Mi, and web is killed when it uses more";
        check(&[bounded(), range("128Mi")], &[web(json!({})), range("128Mi")], &[lower]);
        check(&[web(json!({})), range("256Mi")], &[web(json!({})), range("128Mi")], &[lower]);
    }
}
