//! Which labels a selector matches, as `LabelSelectorAsSelector` of `k8s.io/apimachinery` decides it.

use serde_json::Value;

/// True where a `LabelSelector` matches a map of labels. An empty selector matches everything, a missing one nothing.
pub(super) fn matches(selector: Option<&Value>, labels: &Value) -> bool {
    let Some(selector) = selector.filter(|it| it.is_object()) else { return false };
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    let labels_match = selector.get("matchLabels").is_none_or(|it| is_subset(it, labels));
    labels_match && expressions.into_iter().flatten().all(|it| holds(it, labels))
}

/// True where every entry of a plain map of labels, as a Service's selector is, stands in `labels`.
pub(super) fn is_subset(selector: &Value, labels: &Value) -> bool {
    selector.as_object().into_iter().flatten().all(|(key, value)| labels.get(key) == Some(value))
}

fn holds(expression: &Value, labels: &Value) -> bool {
    let label = expression.get("key").and_then(Value::as_str).and_then(|key| labels.get(key));
    let values = || expression.get("values").and_then(Value::as_array);
    let is_listed = || label.is_some_and(|label| values().is_some_and(|it| it.contains(label)));
    match expression.get("operator").and_then(Value::as_str) {
        Some("In") => is_listed(),
        Some("NotIn") => !is_listed(),
        Some("Exists") => label.is_some(),
        Some("DoesNotExist") => label.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    use serde_json::{Value, json};

    #[test]
    fn matches_as_kubernetes_does() {
        let labels = json!({"app": "web", "tier": "front"});
        let check =
            |selector: Value, expected: bool| assert_eq!(matches(Some(&selector), &labels), expected, "{selector}");
        let expression = |operator: &str, key: &str, values: &[&str]| json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
        check(json!({}), true);
        check(json!({"matchLabels": {"app": "web"}}), true);
        check(json!({"matchLabels": {"app": "api"}}), false);
        check(json!({"matchLabels": {"app": "web", "zone": "a"}}), false);
        check(expression("In", "app", &["web", "api"]), true);
        check(expression("In", "zone", &["a"]), false);
        check(expression("NotIn", "zone", &["a"]), true);
        check(expression("NotIn", "app", &["web"]), false);
        check(expression("Exists", "app", &[]), true);
        check(expression("DoesNotExist", "app", &[]), false);
        assert!(!matches(None, &labels));
    }
}
