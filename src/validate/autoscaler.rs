//! Horizontal pod autoscalers, and whether what they scale can be scaled.
//!
//! Source: `ValidateHorizontalPodAutoscaler` in `pkg/apis/autoscaling/validation`.

use super::field::{Field, Found, MISSING_VALUE, NOT_EXACTLY_ONE, OUT_OF_RANGE};
use super::names::{self, INVALID_NAME};
use super::pod::{self, resources};
use super::selector;
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{
    AUTOSCALER_TARGET_MISSING, AUTOSCALER_WITHOUT_REQUESTS, DUPLICATE_AUTOSCALER, REPLICAS_OWNED_BY_AUTOSCALER,
};
use crate::object::{Object, ObjectSet};
use std::collections::BTreeMap;

/// The codes of this family.
pub const CODES: &[Code] = &[AUTOSCALER_TARGET_MISSING];

const KIND: &str = "HorizontalPodAutoscaler";

/// The types of metrics, and the block that each needs.
const METRICS: [(&str, &str); 5] = [
    ("ContainerResource", "containerResource"),
    ("External", "external"),
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
];

/// Checks one object, if it is an autoscaler.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if !is_autoscaler(object) {
        return found;
    }
    let spec = Field::root(object).get("spec");
    let (minimum, maximum) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    for count in [&minimum, &maximum] {
        if count.number().is_some_and(|it| it < 1) {
            found.push(count.invalid(OUT_OF_RANGE, "must be greater than 0"));
        }
    }
    if maximum.number().is_some_and(|it| it >= 1 && it < minimum.number().unwrap_or(1)) {
        let message = maximum.invalid(OUT_OF_RANGE, "must be greater than or equal to `minReplicas`");
        found.push(message.at_some(minimum.span(), "`minReplicas`"));
    }
    let target = spec.get("scaleTargetRef");
    object_reference(&target, &mut found);
    // The field of version 1, which has no metrics.
    let share = spec.get("targetCPUUtilizationPercentage");
    if share.number().is_some_and(|it| it < 1) {
        found.push(share.invalid(OUT_OF_RANGE, "must be greater than 0"));
    }
    let version = target.get("apiVersion");
    if target.is_set() && !version.text().unwrap_or_default().contains('/') {
        let controller = target.get("kind").text() == Some("ReplicationController");
        if !controller {
            found.push(version.invalid(INVALID_NAME, "apiVersion must specify API group"));
        }
    }
    for metric in spec.get("metrics").items() {
        one_metric(&metric, &mut found);
    }
    for direction in ["scaleUp", "scaleDown"] {
        rules(&spec.get("behavior").get(direction), &mut found);
    }
    found
}

/// True for an autoscaler of Kubernetes itself.
fn is_autoscaler(object: &Object) -> bool {
    object.id.kind == KIND && object.id.group == "autoscaling"
}

/// Checks kind and name of another object (`ValidateCrossVersionObjectReference`).
fn object_reference(reference: &Field<'_>, found: &mut Found) {
    for name in ["kind", "name"] {
        let field = reference.get(name);
        if field.text() == Some("") {
            found.push(field.required(""));
        }
        field.syntax(INVALID_NAME, names::path_segment, found);
    }
}

fn one_metric(metric: &Field<'_>, found: &mut Found) {
    let kind = metric.get("type");
    let known: Vec<&str> = METRICS.iter().map(|(kind, _)| *kind).collect();
    kind.one_of(&known, found);
    let Some((_, wanted)) = METRICS.iter().find(|(name, _)| kind.text() == Some(name)) else { return };
    for (_, block) in METRICS {
        let field = metric.get(block);
        if block == *wanted && !field.is_set() {
            found.push(field.required("must populate information for the given metric source"));
        } else if block != *wanted && field.is_set() {
            found.push(field.forbidden("must populate the given metric source only"));
        }
    }
    let source = metric.get(wanted);
    if source.is_set() {
        goal(&source.get("target"), wanted, found);
    }
    for path in ["name", "container", "metric.name"] {
        if source.at(path).text() == Some("") {
            found.push(source.at(path).required(""));
        }
    }
    object_reference(&source.get("describedObject"), found);
    metric_name(&source.at("metric.name"), found);
    selector::check(&source.at("metric.selector"), found);
}

/// Checks the name of a metric, which becomes a part of a URL and else may be written as its adapter likes.
fn metric_name(name: &Field<'_>, found: &mut Found) {
    let Some(text) = name.filled() else { return };
    for part in ['/', '%'] {
        if text.contains(part) {
            found.push(name.invalid(INVALID_NAME, format!("may not contain '{part}'")));
        }
    }
    if matches!(text, "." | "..") {
        found.push(name.invalid(INVALID_NAME, format!("may not be '{text}'")));
    }
}

fn goal(target: &Field<'_>, source: &str, found: &mut Found) {
    target.get("type").one_of(&["Utilization", "Value", "AverageValue"], found);
    let (value, average) = (target.get("value"), target.get("averageValue"));
    let utilization = target.get("averageUtilization");
    for amount in [&value, &average] {
        if resources::read(amount).is_some_and(|it| it.is_negative() || it.is_zero()) {
            found.push(amount.invalid(OUT_OF_RANGE, "must be positive"));
        }
        resources::amount_of("", amount, found);
    }
    if utilization.number().is_some_and(|it| it < 1) {
        found.push(utilization.invalid(OUT_OF_RANGE, "must be greater than 0"));
    }
    let (missing, both): (bool, Option<&str>) = match source {
        "resource" | "containerResource" => (
            !utilization.is_set() && !average.is_set(),
            (utilization.is_set() && average.is_set())
                .then_some("may not set both a target raw value and a target utilization"),
        ),
        "pods" => (!average.is_set(), None),
        "external" => (
            !value.is_set() && !average.is_set(),
            (value.is_set() && average.is_set())
                .then_some("may not set both a target value for metric and a per-pod target"),
        ),
        _ => (!value.is_set() && !average.is_set(), None),
    };
    if missing {
        let detail = match source {
            "resource" | "containerResource" => "must set either a target raw value or a target utilization",
            "pods" => "must specify a positive target averageValue",
            _ => "must set either a target value or a per-pod target",
        };
        found.push(target.problem(MISSING_VALUE, format!("Required value: {detail}")));
    }
    if let Some(detail) = both {
        found.push(average.problem(NOT_EXACTLY_ONE, format!("Forbidden: {detail}")));
    }
}

fn rules(rules: &Field<'_>, found: &mut Found) {
    let window = rules.get("stabilizationWindowSeconds");
    window.at_least(0, found);
    at_most(&window, 3600, found);
    rules.get("selectPolicy").one_of(&["Disabled", "Max", "Min"], found);
    let policies = rules.get("policies");
    if policies.is_set() && policies.is_empty() {
        found.push(policies.required("must specify at least one Policy"));
    }
    for policy in policies.items() {
        policy.get("type").one_of(&["Percent", "Pods"], found);
        for name in ["value", "periodSeconds"] {
            if policy.get(name).number().is_some_and(|it| it <= 0) {
                found.push(policy.get(name).invalid(OUT_OF_RANGE, "must be greater than zero"));
            }
        }
        at_most(&policy.get("periodSeconds"), 1800, found);
    }
}

fn at_most(field: &Field<'_>, high: i64, found: &mut Found) {
    if field.number().is_some_and(|it| it > high) {
        found.push(field.invalid(OUT_OF_RANGE, format!("must be less than or equal to {high}")));
    }
}

/// Checks that the autoscalers of an environment and their workloads fit together.
pub(super) fn check_targets(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    let mut first: BTreeMap<_, Field<'_>> = BTreeMap::new();
    for object in set.objects.iter().filter(|it| is_autoscaler(it)) {
        let spec = Field::root(object).get("spec");
        let reference = spec.get("scaleTargetRef");
        let (Some(kind), Some(name)) = (reference.get("kind").text(), reference.get("name").text()) else { continue };
        let key = (object.id.namespace.as_deref(), kind, name);
        // Two of one name are one object made twice, which is another message.
        if let Some(earlier) = first.get(&key).filter(|it| it.object.id != object.id) {
            let message = format!("{} already scales {kind}/{name}", earlier.object.id.short());
            let message = reference.house_rule(DUPLICATE_AUTOSCALER, message, "keep one of them");
            found.push(message.at_some(earlier.span(), "the other one"));
        } else {
            first.insert(key, reference.clone());
        }
        let workloads = set.of_kind(kind).filter(|it| it.id.namespace == object.id.namespace);
        let Some(workload) = workloads.into_iter().find(|it| it.id.name == name) else {
            let known = set.of_kind(kind).map(|it| it.id.name.as_str());
            let external = set.environment.external.iter().any(|it| it.kind == kind && it.name == name);
            if !external {
                let message = format!("there is no {kind} `{name}` in this environment");
                found.push(reference.problem(AUTOSCALER_TARGET_MISSING, message).suggest(name, known));
            }
            continue;
        };
        let replicas = Field::root(workload).at("spec.replicas");
        if replicas.is_set() {
            let message = format!("replicas would fight {}, which decides their number", object.id.short());
            let help = "leave `replicas` out where an autoscaler owns it";
            let message = replicas.house_rule(REPLICAS_OWNED_BY_AUTOSCALER, message, help);
            found.push(message.at_some(spec.span(), "the autoscaler"));
        }
        requests(&spec, workload, &mut found);
    }
    found
}

/// Checks that every container requests what the autoscaler measures it by.
fn requests(spec: &Field<'_>, workload: &Object, found: &mut Found) {
    let Some(template) = pod::template(workload) else { return };
    for metric in spec.get("metrics").items() {
        let (source, container) = match metric.get("type").text() {
            Some("Resource") => (metric.get("resource"), None),
            Some("ContainerResource") => {
                let source = metric.get("containerResource");
                (source.clone(), source.get("container").text())
            }
            _ => continue,
        };
        let Some(resource) = source.get("name").text() else { continue };
        if !source.at("target.averageUtilization").is_set() {
            continue;
        }
        let containers = pod::running_containers(&template.get("spec"));
        let measured: Vec<&Field<'_>> =
            containers.iter().filter(|it| container.is_none() || it.get("name").text() == container).collect();
        if let (Some(name), true) = (container, measured.is_empty()) {
            let message = format!("{} has no container `{name}`", workload.id.short());
            found.push(source.get("container").problem(AUTOSCALER_TARGET_MISSING, message));
        }
        for container in measured {
            // A limit without a request is also the request.
            let resources = container.get("resources");
            let has = |it: &'static str| resources.get(it).value.get(resource).is_some();
            if !has("requests") && !has("limits") {
                let name = container.get("name").text().unwrap_or_default();
                let message = format!("container `{name}` of {} requests no {resource}", workload.id.short());
                let help =
                    format!("utilization is a share of the request: set `requests {resource}=…` on the container");
                let message = source.get("name").house_rule(AUTOSCALER_WITHOUT_REQUESTS, message, &help);
                found.push(message.at_some(container.span(), "the container"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, deployment, expect, object, set, with};
    use super::{check, check_targets};
    use serde_json::{Value, json};

    fn autoscaler() -> Value {
        any(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "web",
            &json!({"spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "minReplicas": 1,
                "maxReplicas": 3,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}],
            }}),
        )
    }

    fn changed(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with(autoscaler(), pointer, value))), expected);
    }

    #[test]
    fn checks_names_of_metrics_and_of_what_they_are_about() {
        let external = |name: &str, expected: &[&str]| {
            let target = json!({"type": "AverageValue", "averageValue": "1"});
            let metric = json!({"type": "External", "external": {"metric": {"name": name}, "target": target}});
            changed("/spec/metrics/0", metric, expected);
        };
        external("datadogmetric@shop:queue", &[]);
        external("queue/length", &["invalid-name metric.name may not contain '/'"]);
        external("..", &["invalid-name metric.name may not be '..'"]);
        external("", &["missing-value metric.name Required value"]);
        let object = |kind: &str, selector: Value, expected: &[&str]| {
            let source = json!({
                "describedObject": {"kind": kind, "name": "web"},
                "metric": {"name": "requests", "selector": selector},
                "target": {"type": "Value", "value": "1"},
            });
            changed("/spec/metrics/0", json!({"type": "Object", "object": source}), expected);
        };
        object("Ingress", json!({"matchLabels": {"a": "b"}}), &[]);
        object("", json!({}), &["missing-value describedObject.kind Required value"]);
        object("Ingress", json!({"matchLabels": {"a": "b c"}}), &["invalid-label selector.matchLabels.a"]);
    }

    #[test]
    fn checks_the_share_of_version_1() {
        let share = |share: i64| {
            let body = with(autoscaler(), "/apiVersion", json!("autoscaling/v1"));
            let body = with(body, "/spec/metrics", json!(null));
            check(&object(with(body, "/spec/targetCPUUtilizationPercentage", json!(share))))
        };
        expect(share(1), &[]);
        expect(share(0), &["out-of-range targetCPUUtilizationPercentage must be greater than 0"]);
        let custom = with(autoscaler(), "/apiVersion", json!("example.com/v1"));
        expect(check(&object(with(custom, "/spec/maxReplicas", json!(0)))), &[]);
    }

    #[test]
    fn checks_bounds_and_metrics() {
        changed("/spec/maxReplicas", json!(1), &[]);
        changed("/spec/maxReplicas", json!(0), &["out-of-range maxReplicas must be greater than 0"]);
        changed("/spec/minReplicas", json!(0), &["out-of-range minReplicas must be greater than 0"]);
        changed(
            "/spec/minReplicas",
            json!(4),
            &["out-of-range maxReplicas must be greater than or equal to `minReplicas`"],
        );
        changed("/spec/scaleTargetRef/apiVersion", json!("v1"), &["invalid-name apiVersion must specify API group"]);
        changed("/spec/metrics/0/type", json!("Memory"), &["unsupported-value type Unsupported value: \"Memory\""]);
        changed(
            "/spec/metrics/0/type",
            json!("Pods"),
            &[
                "missing-value pods must populate information",
                "forbidden-field resource must populate the given metric source only",
            ],
        );
        let target = "/spec/metrics/0/resource/target";
        changed(
            &format!("{target}/averageUtilization"),
            json!(0),
            &["out-of-range averageUtilization must be greater than 0"],
        );
        changed(
            &format!("{target}/averageUtilization"),
            json!(null),
            &["missing-value target either a target raw value or"],
        );
        changed(
            &format!("{target}/averageValue"),
            json!("1"),
            &["not-exactly-one averageValue both a target raw value and"],
        );
    }

    #[test]
    fn checks_behavior() {
        let up = |value: Value, expected: &[&str]| changed("/spec/behavior", json!({"scaleUp": value}), expected);
        let policy =
            |value: i64, period: i64| json!({"policies": [{"type": "Pods", "value": value, "periodSeconds": period}]});
        up(json!({"stabilizationWindowSeconds": 3600}), &[]);
        up(
            json!({"stabilizationWindowSeconds": 3601}),
            &["out-of-range stabilizationWindowSeconds less than or equal to 3600"],
        );
        up(policy(1, 1800), &[]);
        up(
            policy(0, 1801),
            &["out-of-range value greater than zero", "out-of-range periodSeconds less than or equal to 1800"],
        );
        up(json!({"policies": []}), &["missing-value policies must specify at least one Policy"]);
        up(json!({"selectPolicy": "max"}), &["unsupported-value selectPolicy Unsupported value: \"max\""]);
    }

    #[test]
    fn checks_what_is_scaled() {
        let free = || with(deployment(), "/spec/replicas", json!(null));
        let check = |workload: Value, autoscaler: Value, expected: &[&str]| {
            expect(check_targets(&set([workload, autoscaler])), expected);
        };
        check(free(), autoscaler(), &[]);
        check(
            deployment(),
            autoscaler(),
            &["replicas-owned-by-autoscaler spec.replicas would fight HorizontalPodAutoscaler/web"],
        );
        check(
            free(),
            with(autoscaler(), "/spec/scaleTargetRef/name", json!("wep")),
            &["autoscaler-target-missing scaleTargetRef there is no Deployment `wep`"],
        );
        let resources = "/spec/template/spec/containers/0/resources";
        check(with(free(), resources, json!({"limits": {"cpu": 1}})), autoscaler(), &[]);
        check(
            with(free(), resources, json!({})),
            autoscaler(),
            &["autoscaler-without-requests resource.name container `web` of Deployment/web requests no cpu"],
        );
        let second = with(autoscaler(), "/metadata/name", json!("zwei"));
        expect(
            check_targets(&set([free(), autoscaler(), second])),
            &["duplicate-autoscaler scaleTargetRef HorizontalPodAutoscaler/web already scales"],
        );
    }
}
