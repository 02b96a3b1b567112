//! Which labels a selector matches, as `LabelSelectorAsSelector` of `k8s.io/apimachinery` decides it.

use serde_json::Value;

/// A label selector, read leniently: what is malformed matches nothing more than the rest.
#[derive(Clone, Debug)]
pub struct Selector<'a> {
    labels: Vec<(&'a str, &'a str)>,
    expressions: Vec<Expression<'a>>,
}

#[derive(Clone, Debug)]
struct Expression<'a> {
    key: &'a str,
    operator: &'a str,
    values: Vec<&'a str>,
}

impl<'a> Selector<'a> {
    /// Reads a selector with `matchLabels` and `matchExpressions`.
    pub fn of(selector: &'a Value) -> Self {
        let expressions = selector.get("matchExpressions").and_then(Value::as_array).into_iter().flatten();
        Self {
            labels: selector.get("matchLabels").map_or_else(Vec::new, pairs),
            expressions: expressions.filter_map(Expression::of).collect(),
        }
    }

    /// Reads a selector that is a plain map of labels, as a Service has.
    pub fn of_labels(labels: &'a Value) -> Self {
        Self { labels: pairs(labels), expressions: Vec::new() }
    }

    /// True for a selector that says nothing.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// True where these labels satisfy it. A selector that says nothing matches everything.
    pub fn matches(&self, labels: &Value) -> bool {
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
