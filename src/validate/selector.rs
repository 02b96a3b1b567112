//! Label selectors: which labels they match, and whether they are well formed.

use super::field::{Field, Found};
use super::names::{INVALID_LABEL, label_value, qualified_name};
use serde_json::Value;

/// A label selector, read leniently: what is malformed matches nothing more than the rest.
pub(super) struct Selector<'a> {
    labels: Vec<(&'a str, &'a str)>,
    expressions: Vec<Expression<'a>>,
}

struct Expression<'a> {
    key: &'a str,
    operator: &'a str,
    values: Vec<&'a str>,
}

impl<'a> Selector<'a> {
    /// Reads a selector with `matchLabels` and `matchExpressions`.
    pub(super) fn of(selector: &'a Value) -> Self {
        let expressions = selector.get("matchExpressions").and_then(Value::as_array).into_iter().flatten();
        Self {
            labels: selector.get("matchLabels").map_or_else(Vec::new, pairs),
            expressions: expressions.filter_map(Expression::of).collect(),
        }
    }

    /// Reads a selector that is a plain map of labels, as a Service has.
    pub(super) fn of_labels(labels: &'a Value) -> Self {
        Self { labels: pairs(labels), expressions: Vec::new() }
    }

    /// True for a selector that says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// True where these labels satisfy it. A selector that says nothing matches everything.
    pub(super) fn matches(&self, labels: &Value) -> bool {
        let value = |key: &str| labels.get(key).and_then(Value::as_str);
        self.labels.iter().all(|(key, wanted)| value(key) == Some(wanted))
            && self.expressions.iter().all(|it| it.matches(value(it.key)))
    }
}

impl<'a> Expression<'a> {
    fn of(expression: &'a Value) -> Option<Self> {
        let values = expression.get("values").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            key: expression.get("key")?.as_str()?,
            operator: expression.get("operator")?.as_str()?,
            values: values.filter_map(Value::as_str).collect(),
        })
    }

    fn matches(&self, value: Option<&str>) -> bool {
        match self.operator {
            "In" => value.is_some_and(|it| self.values.contains(&it)),
            "NotIn" => value.is_none_or(|it| !self.values.contains(&it)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    }
}

/// Checks keys, values and operators of a selector (`ValidateLabelSelector`).
pub(super) fn check(selector: &Field<'_>, found: &mut Found) {
    labels(&selector.get("matchLabels"), found);
    let expressions = selector.get("matchExpressions").items();
    for expression in &expressions {
        expression.get("key").syntax(INVALID_LABEL, qualified_name, found);
        requirement(expression, &["In", "NotIn", "Exists", "DoesNotExist"], found);
        for value in expression.get("values").items() {
            value.syntax(INVALID_LABEL, label_value, found);
        }
    }
}

/// Checks keys and values of a map of labels (`ValidateLabels`).
pub(super) fn labels(labels: &Field<'_>, found: &mut Found) {
    for (key, value) in labels.entries() {
        if let Err(detail) = qualified_name(key) {
            found.push(value.problem(INVALID_LABEL, format!("Invalid value: {key:?}: {detail}")));
        }
        value.syntax(INVALID_LABEL, label_value, found);
    }
}

/// Checks that a requirement's operator is known, and that it has values exactly where its operator takes some.
pub(super) fn requirement(expression: &Field<'_>, operators: &[&str], found: &mut Found) {
    let (operator, values) = (expression.get("operator"), expression.get("values"));
    operator.one_of(operators, found);
    let items = values.items();
    match operator.text() {
        Some("In" | "NotIn") if items.is_empty() => {
            found.push(values.required("must be specified when 'operator' is 'In' or 'NotIn'"));
        }
        Some("Exists" | "DoesNotExist") if !items.is_empty() => {
            found.push(values.forbidden("may not be specified when 'operator' is 'Exists' or 'DoesNotExist'"));
        }
        Some("Gt" | "Lt") if operators.contains(&"Gt") && items.len() != 1 => {
            found.push(values.required("must be specified single value when `operator` is 'Lt' or 'Gt'"));
        }
        _ => {}
    }
}

fn pairs(map: &Value) -> Vec<(&str, &str)> {
    let entries = map.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::Selector;
    use serde_json::json;

    #[test]
    fn matches_as_kubernetes_does() {
        let labels = json!({"app": "web", "tier": "front"});
        let check = |selector, expected| assert_eq!(Selector::of(&selector).matches(&labels), expected, "{selector}");
        check(json!({}), true);
        check(json!({"matchLabels": {"app": "web"}}), true);
        check(json!({"matchLabels": {"app": "api"}}), false);
        check(json!({"matchLabels": {"app": "web", "zone": "a"}}), false);
        let expression = |key: &str, operator: &str, values: &[&str]| json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
        check(expression("app", "In", &["web", "api"]), true);
        check(expression("app", "In", &["api"]), false);
        check(expression("app", "NotIn", &["api"]), true);
        check(expression("zone", "NotIn", &["a"]), true);
        check(expression("zone", "Exists", &[]), false);
        check(expression("zone", "DoesNotExist", &[]), true);
        check(expression("app", "Sideways", &[]), false);
    }
}
