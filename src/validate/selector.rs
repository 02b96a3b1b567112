//! Label selectors and maps of labels: whether they are well formed.

use super::field::{Field, Found};
use super::names::{INVALID_LABEL, label_value, qualified_name};

/// Checks keys, values and operators of a selector (`ValidateLabelSelector`).
pub(super) fn check(selector: &Field<'_>, found: &mut Found) {
    labels(&selector.get("matchLabels"), found);
    let expressions = selector.get("matchExpressions").items();
    for expression in &expressions {
        expression.get("key").syntax_even_empty(INVALID_LABEL, qualified_name, found);
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
