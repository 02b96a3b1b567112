//! Where a pod may run: affinity, tolerations, spread.
//!
//! Source: `validateAffinity`, `ValidateTolerations`, `validateTopologySpreadConstraints` in
//! `pkg/apis/core/validation`.

use crate::diagnostic::house_rule::MISLEADING_SETTING;
use crate::validate::field::{DUPLICATE_ENTRY, Field, Found, OUT_OF_RANGE, unique, unique_as};
use crate::validate::names::{self, INVALID_LABEL, INVALID_NAME};
use crate::validate::selector;

const AFFINITY_LISTS: (&str, &str) =
    ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution");
const NODE_OPERATORS: [&str; 6] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

/// Checks where a pod may run.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    selector::labels(&spec.get("nodeSelector"), found);
    affinity(&spec.get("affinity"), found);
    for toleration in spec.get("tolerations").items() {
        self::toleration(&toleration, found);
    }
    spread(&spec.get("topologySpreadConstraints"), found);
    let gates = spec.get("schedulingGates").items();
    for gate in &gates {
        gate.get("name").syntax_even_empty(INVALID_NAME, names::qualified_name, found);
    }
    unique(DUPLICATE_ENTRY, gates.iter().filter_map(|it| Some((it.get("name").text()?, it.get("name")))), found);
}

fn affinity(affinity: &Field<'_>, found: &mut Found) {
    let (required, preferred) = AFFINITY_LISTS;
    let node = affinity.get("nodeAffinity");
    let terms = node.get(required).get("nodeSelectorTerms");
    if node.get(required).is_set() && terms.is_empty() {
        found.push(terms.required("must have at least one node selector term"));
    }
    for term in terms.items() {
        node_term(&term, found);
    }
    for weighted in node.get(preferred).items() {
        weight(&weighted, found);
        node_term(&weighted.get("preference"), found);
    }
    for name in ["podAffinity", "podAntiAffinity"] {
        let pods = affinity.get(name);
        for term in pods.get(required).items() {
            pod_term(&term, found);
        }
        for weighted in pods.get(preferred).items() {
            weight(&weighted, found);
            pod_term(&weighted.get("podAffinityTerm"), found);
        }
    }
}

fn weight(weighted: &Field<'_>, found: &mut Found) {
    let weight = weighted.get("weight");
    if weight.number().is_some_and(|it| !(1..=100).contains(&it)) {
        found.push(weight.invalid(OUT_OF_RANGE, "must be in the range 1-100"));
    }
}

fn node_term(term: &Field<'_>, found: &mut Found) {
    for expression in term.get("matchExpressions").items() {
        selector::requirement(&expression, &NODE_OPERATORS, found);
        expression.get("key").syntax_even_empty(INVALID_LABEL, names::qualified_name, found);
        let values = expression.get("values").items();
        for value in &values {
            value.syntax(INVALID_LABEL, names::label_value, found);
        }
        // The API server does not look, and no node matches.
        if let (Some("Gt" | "Lt"), [value]) = (expression.get("operator").text(), values.as_slice())
            && value.text().is_some_and(|it| it.parse::<i64>().is_err())
        {
            let message =
                format!("Invalid value: {}: for 'Gt', 'Lt' operators, the value must be an integer", value.value);
            found.push(value.house_rule(MISLEADING_SETTING, message, "give a whole number"));
        }
    }
    for expression in term.get("matchFields").items() {
        expression.get("operator").one_of(&["In", "NotIn"], found);
        expression.get("key").one_of(&["metadata.name"], found);
        let values = expression.get("values");
        if values.items().len() != 1 {
            let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            found.push(values.required(detail));
        }
        for value in values.items() {
            value.syntax_even_empty(INVALID_NAME, names::dns_subdomain, found);
        }
    }
}

fn pod_term(term: &Field<'_>, found: &mut Found) {
    selector::check(&term.get("labelSelector"), found);
    selector::check(&term.get("namespaceSelector"), found);
    for namespace in term.get("namespaces").items() {
        namespace.syntax_even_empty(INVALID_NAME, names::dns_label, found);
    }
    label_keys(term, found);
    topology_key(term, found);
}

/// Checks the keys whose values are taken from the pod itself (`ValidateMatchLabelKeysAndMismatchLabelKeys`).
fn label_keys(term: &Field<'_>, found: &mut Found) {
    let selector = term.get("labelSelector");
    for list in ["matchLabelKeys", "mismatchLabelKeys"] {
        let keys = term.get(list);
        if !keys.is_empty() && !selector.is_set() {
            found.push(keys.forbidden("must not be specified when labelSelector is not set"));
        }
        for key in keys.items() {
            key.syntax_even_empty(INVALID_LABEL, names::qualified_name, found);
        }
    }
    let expressions = selector.get("matchExpressions").items();
    let mut selected: Vec<&str> = selector.get("matchLabels").entries().into_iter().map(|(key, _)| key).collect();
    selected.extend(expressions.iter().filter_map(|it| it.get("key").text()));
    let mismatched = term.get("mismatchLabelKeys").items();
    for key in term.get("matchLabelKeys").items() {
        if key.text().is_some_and(|it| selected.contains(&it)) {
            found.push(key.invalid(DUPLICATE_ENTRY, "exists in both matchLabelKeys and labelSelector"));
        } else if mismatched.iter().any(|it| it.text() == key.text()) {
            found.push(key.invalid(DUPLICATE_ENTRY, "exists in both matchLabelKeys and mismatchLabelKeys"));
        }
    }
}

fn topology_key(holder: &Field<'_>, found: &mut Found) {
    let key = holder.get("topologyKey");
    if key.text() == Some("") {
        found.push(key.required("can not be empty"));
    }
    key.syntax(INVALID_LABEL, names::qualified_name, found);
}

/// Checks the label by which pods are spread: the API server asks only that there is one.
fn spread_key(key: &Field<'_>, found: &mut Found) {
    match (key.text(), key.text().map(names::qualified_name)) {
        (Some(""), _) => found.push(key.required("can not be empty")),
        (Some(text), Some(Err(detail))) => {
            let message = format!("Invalid value: {text:?}: {detail}");
            found.push(key.house_rule(MISLEADING_SETTING, message, "name a label that nodes can have"));
        }
        (Some(_) | None, _) => {}
    }
}

fn toleration(toleration: &Field<'_>, found: &mut Found) {
    let (key, operator) = (toleration.get("key"), toleration.get("operator"));
    let (value, effect) = (toleration.get("value"), toleration.get("effect"));
    key.syntax(INVALID_LABEL, names::qualified_name, found);
    operator.one_of(&["Equal", "Exists", ""], found);
    effect.one_of(&["", "NoSchedule", "PreferNoSchedule", "NoExecute"], found);
    let exists = operator.text() == Some("Exists");
    if key.is_empty() && !exists {
        let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        found.push(operator.invalid(OUT_OF_RANGE, detail));
    }
    if exists && !value.is_empty() {
        found.push(value.forbidden("value must be empty when `operator` is 'Exists'"));
    }
    value.syntax(INVALID_LABEL, names::label_value, found);
    if toleration.get("tolerationSeconds").is_set() && effect.text() != Some("NoExecute") {
        found.push(effect.invalid(OUT_OF_RANGE, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
}

fn spread(constraints: &Field<'_>, found: &mut Found) {
    let items = constraints.items();
    for constraint in &items {
        let skew = constraint.get("maxSkew");
        if skew.number().is_some_and(|it| it <= 0) {
            found.push(skew.invalid(OUT_OF_RANGE, "must be greater than zero"));
        }
        spread_key(&constraint.get("topologyKey"), found);
        let when = constraint.get("whenUnsatisfiable");
        when.one_of(&["DoNotSchedule", "ScheduleAnyway"], found);
        let domains = constraint.get("minDomains");
        if domains.number().is_some_and(|it| it <= 0) {
            found.push(domains.invalid(OUT_OF_RANGE, "must be greater than zero"));
        }
        if domains.is_set() && when.text() == Some("ScheduleAnyway") {
            found.push(domains.forbidden("can only use minDomains if whenUnsatisfiable=DoNotSchedule"));
        }
        for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            constraint.get(name).one_of(&["Honor", "Ignore"], found);
        }
        selector::check(&constraint.get("labelSelector"), found);
        label_keys(constraint, found);
    }
    let keyed = items.iter().filter_map(|it| {
        let key = (it.get("topologyKey").text()?, it.get("whenUnsatisfiable").text()?);
        Some((key, format!("\"{{{}, {}}}\"", key.0, key.1), it.clone()))
    });
    unique_as(DUPLICATE_ENTRY, keyed, found);
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn pod(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with_pod(pointer, value))), expected);
    }

    #[test]
    fn checks_placement() {
        pod("/tolerations", json!([{"operator": "Exists"}]), &[]);
        pod(
            "/tolerations",
            json!([{"operator": "Equal"}]),
            &["out-of-range operator must be Exists when `key` is empty"],
        );
        pod(
            "/tolerations",
            json!([{"key": "a", "operator": "Exists", "value": "b"}]),
            &["forbidden-field value must be empty"],
        );
        pod(
            "/tolerations",
            json!([{"key": "a", "tolerationSeconds": 5}]),
            &["out-of-range effect must be 'NoExecute'"],
        );
        let spread = |skew: i64, more: Value| {
            let mut it = json!({"maxSkew": skew, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"});
            it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            it
        };
        pod("/topologySpreadConstraints", json!([spread(1, json!({}))]), &[]);
        let keyed = |key: &str| json!([spread(1, json!({"topologyKey": key}))]);
        pod("/topologySpreadConstraints", keyed(""), &["missing-value topologyKey can not be empty"]);
        pod("/topologySpreadConstraints", keyed("a b"), &["misleading-setting topologyKey name part must consist"]);
        pod(
            "/topologySpreadConstraints",
            json!([spread(0, json!({}))]),
            &["out-of-range maxSkew must be greater than zero"],
        );
        pod(
            "/topologySpreadConstraints",
            json!([spread(1, json!({"minDomains": 2}))]),
            &["forbidden-field minDomains whenUnsatisfiable=DoNotSchedule"],
        );
        pod(
            "/topologySpreadConstraints",
            json!([spread(1, json!({})), spread(2, json!({}))]),
            &["duplicate-entry topologySpreadConstraints Duplicate value: \"{zone, ScheduleAnyway}\""],
        );
        let anti = |weight: i64, key: &str| {
            json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": weight, "podAffinityTerm": {"topologyKey": key}},
            ]}})
        };
        pod("/affinity", anti(100, "kubernetes.io/hostname"), &[]);
        pod("/affinity", anti(101, "kubernetes.io/hostname"), &["out-of-range weight must be in the range 1-100"]);
        pod("/affinity", anti(1, ""), &["missing-value topologyKey can not be empty"]);
        let node = |operator: &str, values: Value| {
            json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchExpressions": [{"key": "zone", "operator": operator, "values": values}]},
            ]}}})
        };
        pod("/affinity", node("In", json!(["a"])), &[]);
        pod("/affinity", node("In", json!([])), &["missing-value values must be specified when 'operator' is 'In'"]);
        pod("/affinity", node("Exists", json!(["a"])), &["forbidden-field values may not be specified"]);
        pod("/affinity", node("Gt", json!(["1", "2"])), &["missing-value values single value"]);
        let keyless = json!([{"matchExpressions": [{"key": "", "operator": "Exists"}]}]);
        pod(
            "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms",
            keyless,
            &["invalid-label key name part must be non-empty"],
        );
        pod("/affinity", node("Gt", json!(["1"])), &[]);
        pod("/affinity", node("Gt", json!(["many"])), &["misleading-setting values the value must be an integer"]);
        pod("/affinity", node("In", json!(["a b"])), &["invalid-label values a valid label"]);
        let by_name = |key: &str, values: Value| {
            json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchFields": [{"key": key, "operator": "In", "values": values}]},
            ]}}})
        };
        pod("/affinity", by_name("metadata.name", json!(["node-1"])), &[]);
        pod("/affinity", by_name("metadata.uid", json!(["a"])), &["unsupported-value key \"metadata.uid\""]);
        pod("/affinity", by_name("metadata.name", json!(["a", "b"])), &["missing-value values must be only one value"]);
        pod("/schedulingGates", json!([{"name": "a.b/c"}]), &[]);
        pod(
            "/schedulingGates",
            json!([{"name": "a"}, {"name": "a"}]),
            &["duplicate-entry name Duplicate value: \"a\""],
        );
    }

    #[test]
    fn checks_keys_of_the_pods_own_labels() {
        let keys = |fields: Value, expected: &[&str]| {
            let mut term = json!({"topologyKey": "zone"});
            term.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            pod(
                "/affinity",
                json!({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}),
                expected,
            );
        };
        let selector = json!({"matchLabels": {"app": "web"}});
        keys(json!({"labelSelector": selector, "matchLabelKeys": ["pod-template-hash"]}), &[]);
        keys(json!({"matchLabelKeys": ["a"]}), &["forbidden-field matchLabelKeys when labelSelector is not set"]);
        keys(
            json!({"labelSelector": selector, "matchLabelKeys": ["app"]}),
            &["duplicate-entry matchLabelKeys exists in both matchLabelKeys and labelSelector"],
        );
        keys(
            json!({"labelSelector": selector, "matchLabelKeys": ["a"], "mismatchLabelKeys": ["a"]}),
            &["duplicate-entry matchLabelKeys exists in both matchLabelKeys and mismatchLabelKeys"],
        );
        keys(json!({"namespaces": ["A"]}), &["invalid-name namespaces a lowercase RFC 1123 label"]);
    }
}
