//! What a namespace may use.

use super::{MISSING_SETTING, argument, declared, property_quantity, property_text};
use crate::diagnostic::Diagnostic;
use crate::object::Quantity;
use crate::source::Traced;
use crate::spec::{Amount, Limit, LimitRange, Node, Quota};

/// Reads what all pods of the namespace may use together.
pub(super) fn quota(app: &Node, app_name: &Traced<String>, diagnostics: &mut Vec<Diagnostic>) -> Option<Quota> {
    let block = app.child("quota")?;
    let mut amounts: Vec<Amount> = block.children.iter().filter_map(amount).collect();
    amounts.sort_by(|a, b| a.resource.cmp(&b.resource));
    if block.children.is_empty() {
        diagnostics.push(nothing(block, "add an amount: `requests.cpu \"10\"`"));
    }
    Some(Quota { name: name(block, app_name), amounts, origin: declared(block) })
}

fn amount(node: &Node) -> Option<Amount> {
    let text = argument(node, 0);
    let amount = Traced::new(Quantity::parse(&text.value)?, text.origin);
    Some(Amount { resource: node.name.value.clone(), amount })
}

/// Reads what one container, pod or claim of the namespace may use.
pub(super) fn limit_range(
    app: &Node,
    app_name: &Traced<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<LimitRange> {
    let block = app.child("limit-range")?;
    if block.child("limit").is_none() {
        diagnostics.push(nothing(block, "add `limit Container { default memory=\"256Mi\" }`"));
    }
    let mut limits: Vec<Limit> = block.children_named("limit").map(|it| limit(it, diagnostics)).collect();
    limits.sort_by(|a, b| a.of.value.cmp(&b.of.value));
    Some(LimitRange { name: name(block, app_name), limits, origin: declared(block) })
}

fn limit(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Limit {
    if node.children.is_empty() {
        diagnostics.push(nothing(node, "add `max memory=\"1Gi\"` or another bound"));
    }
    for empty in node.children.iter().filter(|it| it.properties.is_empty()) {
        diagnostics.push(nothing(empty, "add `cpu=` or `memory=`"));
    }
    let amounts = |name: &str| node.child(name).map(amounts).unwrap_or_default();
    Limit {
        of: argument(node, 0),
        default: amounts("default"),
        default_request: amounts("default-request"),
        min: amounts("min"),
        max: amounts("max"),
        max_ratio: amounts("max-ratio"),
    }
}

fn amounts(node: &Node) -> Vec<Amount> {
    let slots = node.rule.properties.iter();
    slots
        .filter_map(|it| Some(Amount { resource: it.name.to_owned(), amount: property_quantity(node, it.name)? }))
        .collect()
}

fn nothing(node: &Node, help: &str) -> Diagnostic {
    let message = format!("`{}` bounds nothing", node.describe());
    Diagnostic::new(MISSING_SETTING, message).at(node.span(), "").help(help)
}

fn name(block: &Node, app_name: &Traced<String>) -> Traced<String> {
    property_text(block, "name").unwrap_or_else(|| {
        Traced::new(app_name.value.clone(), app_name.origin.derived("objects of the app are called after it"))
    })
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn reports_bounds_on_nothing() {
        let check = |app: &str, expected: &[&str]| assert_eq!(messages(app, ""), expected, "{app}");
        check("quota { pods 10; requests.cpu \"500m\" }", &[]);
        check("quota", &["`quota` bounds nothing"]);
        check("limit-range { limit Pod { max cpu=2 } }", &[]);
        check("limit-range", &["`limit-range` bounds nothing"]);
        check("limit-range { limit Pod }", &["`limit Pod` bounds nothing"]);
        check("limit-range { limit Pod { max } }", &["`max` bounds nothing"]);
    }
}
