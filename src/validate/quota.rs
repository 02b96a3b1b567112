//! Quotas of a namespace: which resources, in which amounts, for which pods.
//!
//! Source: `ValidateResourceQuotaSpec` in `pkg/apis/core/validation` and the tables of `pkg/apis/core/helper`.

use super::field::{Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE};
use super::names::{INVALID_NAME, qualified_name};
use super::pod::resources;
use super::selector;
use crate::object::Object;

/// Amounts that are counts.
const COUNTED: [&str; 9] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
];

/// Amounts of what pods use.
const COMPUTE: [&str; 6] = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];

/// Other amounts.
const OTHER: [&str; 4] =
    ["ephemeral-storage", "limits.ephemeral-storage", "requests.ephemeral-storage", "requests.storage"];

const SCOPES: [&str; 7] = [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
];

/// Checks one object, if it is a quota.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "ResourceQuota" || !object.id.group.is_empty() {
        return found;
    }
    let spec = Field::root(object).get("spec");
    let hard = spec.get("hard").entries();
    for (name, amount) in &hard {
        resource_name(name, amount, &mut found);
        if COUNTED.contains(name) && resources::read(amount).is_some_and(|it| !it.is_whole()) {
            found.push(amount.invalid(OUT_OF_RANGE, "must be an integer"));
        } else {
            resources::amount_of(name, amount, &mut found);
        }
    }
    let resources: Vec<&str> = hard.iter().map(|(name, _)| *name).collect();
    for scope in spec.get("scopes").items() {
        one_scope(&scope, &resources, &mut found);
    }
    let expressions = spec.at("scopeSelector.matchExpressions").items();
    for expression in &expressions {
        let scope = expression.get("scopeName");
        one_scope(&scope, &resources, &mut found);
        selector::requirement(expression, &["In", "NotIn", "Exists", "DoesNotExist"], &mut found);
        let operator = expression.get("operator");
        let any_value = matches!(scope.text(), Some("PriorityClass" | "VolumeAttributesClass"));
        if !any_value && matches!(operator.text(), Some("In" | "NotIn" | "DoesNotExist")) {
            let detail = format!("must be 'Exists' when scope is {}", scope.text().unwrap_or_default());
            found.push(operator.invalid(OUT_OF_RANGE, detail).help("write `operator: Exists`, without values"));
        }
    }
    conflicts(&spec.get("scopes").items(), &mut found);
    conflicts(&expressions.iter().map(|it| it.get("scopeName")).collect::<Vec<_>>(), &mut found);
    found
}

fn resource_name(name: &str, amount: &Field<'_>, found: &mut Found) {
    let huge = name.starts_with("hugepages-") || name.starts_with("requests.hugepages-");
    let standard = huge || [&COUNTED[..], &COMPUTE[..], &OTHER[..]].iter().any(|it| it.contains(&name));
    // Any resource can be counted: `count/deployments.apps`.
    let qualified = name.contains('/') && qualified_name(name).is_ok();
    if !standard && !qualified {
        let message = format!("Invalid value: {name:?}: must be a standard resource for quota");
        let message = amount.problem(INVALID_NAME, message);
        let known = [&COUNTED[..], &COMPUTE[..], &OTHER[..]].concat();
        found.push(message.suggest(name, known).help("other kinds are counted as `count/jobs.batch`"));
    }
}

fn one_scope(scope: &Field<'_>, resources: &[&str], found: &mut Found) {
    scope.one_of(&SCOPES, found);
    let allowed = |name: &str| match scope.text() {
        Some("BestEffort") => name == "pods",
        Some("CrossNamespacePodAffinity" | "NotBestEffort" | "NotTerminating" | "PriorityClass" | "Terminating") => {
            name == "pods" || COMPUTE.contains(&name)
        }
        _ => true,
    };
    let standard = |name: &str| [&COUNTED[..], &COMPUTE[..], &OTHER[..]].iter().any(|it| it.contains(&name));
    if let Some(name) = resources.iter().find(|it| standard(it) && !allowed(it)) {
        let message = scope.invalid(OUT_OF_RANGE, format!("unsupported scope applied to resource `{name}`"));
        found.push(message.help("put what the scope does not count into a quota of its own"));
    }
}

fn conflicts(scopes: &[Field<'_>], found: &mut Found) {
    let find = |name: &str| scopes.iter().find(|it| it.text() == Some(name));
    for (one, other) in [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")] {
        if let (Some(one), Some(other)) = (find(one), find(other)) {
            let message = other.invalid(NOT_EXACTLY_ONE, "conflicting scopes");
            found.push(message.at_some(one.span(), "the other").help("keep one of them"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object};
    use super::check;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(spec: Value, expected: &[&str]) {
        expect(check(&object(any("v1", "ResourceQuota", "a", &json!({"spec": spec})))), expected);
    }

    #[test]
    fn checks_resources_and_amounts() {
        let hard = |name: &str, amount: &str, expected: &[&str]| verdicts(json!({"hard": {name: amount}}), expected);
        hard("requests.cpu", "4", &[]);
        hard("requests.cpu", "0", &[]);
        hard("requests.cpu", "1500m", &[]);
        hard("pods", "10", &[]);
        hard("pods", "1500m", &["out-of-range pods must be an integer"]);
        hard("count/deployments.apps", "5", &[]);
        hard("requests.nvidia.com/gpu", "4", &[]);
        hard("hugepages-2Mi", "1Gi", &[]);
        hard("pod", "10", &["invalid-name pod must be a standard resource for quota"]);
        hard("storage", "10Gi", &["invalid-name storage must be a standard resource for quota"]);
        hard("limits.memory", "-1", &["out-of-range greater than or equal to 0"]);
        hard("limits.memory", "1GB", &["invalid-quantity memory quantities are a number"]);
    }

    #[test]
    fn checks_scopes() {
        verdicts(json!({"hard": {"pods": "1", "requests.cpu": "1"}, "scopes": ["NotTerminating"]}), &[]);
        verdicts(json!({"hard": {"pods": "1"}, "scopes": ["BestEffort"]}), &[]);
        verdicts(json!({"hard": {"requests.cpu": "1"}, "scopes": ["BestEffort"]}), &["out-of-range unsupported scope"]);
        verdicts(json!({"hard": {"services": "1"}, "scopes": ["Terminating"]}), &["out-of-range applied to"]);
        verdicts(json!({"hard": {"count/jobs.batch": "1"}, "scopes": ["Terminating"]}), &[]);
        verdicts(json!({"hard": {}, "scopes": ["Best"]}), &["unsupported-value scopes \"Best\""]);
        verdicts(
            json!({"hard": {"pods": "1"}, "scopes": ["BestEffort", "NotBestEffort"]}),
            &["not-exactly-one scopes conflicting scopes"],
        );
        let selector = |expression: Value, expected: &[&str]| {
            verdicts(json!({"hard": {"pods": "1"}, "scopeSelector": {"matchExpressions": [expression]}}), expected);
        };
        selector(json!({"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}), &[]);
        selector(json!({"scopeName": "PriorityClass", "operator": "In"}), &["missing-value values"]);
        selector(json!({"scopeName": "Terminating", "operator": "Exists"}), &[]);
        selector(
            json!({"scopeName": "Terminating", "operator": "In", "values": ["a"]}),
            &["out-of-range operator must be 'Exists' when scope is Terminating"],
        );
    }
}
