//! Where the pods of a component may run.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, MISSING_VALUE, UNKNOWN_COMPONENT, argument, declared, network,
    property_number, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{Entry, Label, Match, Node, NodeAffinity, Placement, PodAffinity, Spread, Toleration};

/// Reads where a component's pods may run.
pub(super) fn read(component: &Node, context: &mut Context<'_>) -> Placement {
    let labels = component.child("node-selector").map(|it| it.children.as_slice()).unwrap_or_default();
    let mut node_selector: Vec<Label> =
        labels.iter().map(|it| Label { key: it.name.value.clone(), value: argument(it, 0), pods: true }).collect();
    node_selector.sort_by(|a, b| a.key.cmp(&b.key));
    Placement {
        node_selector,
        tolerations: by_name(component, "toleration").into_iter().map(toleration).collect(),
        spreads: by_name(component, "spread").into_iter().map(spread).collect(),
        nodes: by_name(component, "node-affinity").into_iter().map(|it| nodes(it, context)).collect(),
        near: pods(component, "pod-affinity", context),
        apart: pods(component, "pod-anti-affinity", context),
    }
}

fn by_name<'a>(component: &'a Node, name: &'static str) -> Vec<&'a Node> {
    let mut nodes: Vec<&Node> = component.children_named(name).collect();
    nodes.sort_by_cached_key(|it| argument(it, 0).value);
    nodes
}

fn toleration(node: &Node) -> Toleration {
    let key = argument(node, 0);
    Toleration {
        key: (key.value != "*").then_some(key),
        value: property_text(node, "value"),
        effect: property_text(node, "effect"),
        seconds: property_number(node, "seconds"),
        origin: declared(node),
    }
}

fn spread(node: &Node) -> Spread {
    Spread {
        topology: argument(node, 0),
        max_skew: property_number(node, "max-skew")
            .unwrap_or_else(|| Traced::rule(1, "groups differ by one pod unless told otherwise")),
        when: property_text(node, "when").unwrap_or_else(|| {
            Traced::rule("DoNotSchedule".to_owned(), "pods wait where they cannot be spread unless told otherwise")
        }),
        min_domains: property_number(node, "min-domains"),
    }
}

fn nodes(node: &Node, context: &mut Context<'_>) -> NodeAffinity {
    if node.child("match").is_none() {
        let message = format!("`{}` does not say which nodes", node.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `match LABEL In VALUE`, or `match LABEL Exists`"));
    }
    let matches = by_name(node, "match").into_iter().map(|it| matching(it, context)).collect();
    NodeAffinity { weight: property_number(node, "weight"), matches }
}

/// Reads what holds for a label. Of values that are too few, the API server would name no line.
fn matching(node: &Node, context: &mut Context<'_>) -> Match {
    let operator = argument(node, 1);
    let values: Vec<Traced<String>> = node.arguments.iter().skip(2).map(Entry::text).collect();
    let is_number = |it: &Traced<String>| it.value.parse::<i64>().is_ok();
    let wrong = match (operator.value.as_str(), values.as_slice()) {
        ("In" | "NotIn", []) => Some((MISSING_VALUE, None, "needs a value", "add one or more")),
        ("Exists" | "DoesNotExist", [first, ..]) => {
            Some((CONFLICTING_SETTINGS, Some(first), "takes no value", "remove it"))
        }
        ("Gt" | "Lt", []) => Some((MISSING_VALUE, None, "needs a number", "add one")),
        ("Gt" | "Lt", [only]) if !is_number(only) => {
            Some((CONFLICTING_SETTINGS, Some(only), "compares whole numbers", "write one: nodes would never match"))
        }
        ("Gt" | "Lt", [_, second, ..]) => {
            Some((CONFLICTING_SETTINGS, Some(second), "compares with one number", "keep one"))
        }
        _ => None,
    };
    if let Some((code, value, what, help)) = wrong {
        let message = format!("`{}` of `{}` {what}", operator.value, node.describe());
        let span = value.map_or(Some(node.span()), |it| it.origin.span);
        context.diagnostics.push(Diagnostic::new(code, message).at_some(span, "").help(help));
    }
    Match { key: argument(node, 0), operator, values }
}

fn pods(component: &Node, name: &'static str, context: &mut Context<'_>) -> Vec<PodAffinity> {
    by_name(component, name).into_iter().filter_map(|it| affinity(it, component, context)).collect()
}

fn affinity(node: &Node, component: &Node, context: &mut Context<'_>) -> Option<PodAffinity> {
    let origin = node.property("component").map_or(&node.origin, |it| &it.origin);
    let wanted = property_text(node, "component");
    let other = match &wanted {
        None => component,
        Some(wanted) => {
            let app = context.app;
            let found = app.children_named("component").find(|it| argument(it, 0).value == wanted.value);
            let Some(found) = found else {
                let known: Vec<String> = app.children_named("component").map(|it| argument(it, 0).value).collect();
                let message = format!("`{}` is no component of this app", wanted.value);
                let diagnostic = Diagnostic::new(UNKNOWN_COMPONENT, message).at_some(wanted.origin.span, "");
                let diagnostic = diagnostic.suggest(&wanted.value, known.iter().map(String::as_str));
                context.diagnostics.push(diagnostic.help(format!("its components: {}", known.join(", "))));
                return None;
            };
            found
        }
    };
    let rule = "pods of a component are found by its selector";
    Some(PodAffinity {
        weight: property_number(node, "weight"),
        selector: Traced::new(network::selector(other, context), origin.derived(rule)),
        topology: property_text(node, "topology").unwrap_or_else(|| {
            Traced::rule("kubernetes.io/hostname".to_owned(), "near is on the same node unless told otherwise")
        }),
    })
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn a_match_has_the_values_that_its_operator_compares() {
        let check = |matching: &str, expected: &[&str]| {
            let app = format!("component a {{ image i; node-affinity n {{ match x {matching} }} }}");
            assert_eq!(messages(&app, ""), expected, "{matching}");
        };
        check("In a b", &[]);
        check("In", &["`In` of `match x` needs a value"]);
        check("Exists", &[]);
        check("DoesNotExist a", &["`DoesNotExist` of `match x` takes no value"]);
        check("Gt 5", &[]);
        check("Gt \"5\"", &[]);
        check("Lt", &["`Lt` of `match x` needs a number"]);
        check("Lt 1.5", &["`Lt` of `match x` compares whole numbers"]);
        check("Gt 1 2", &["`Gt` of `match x` compares with one number"]);
    }
}
