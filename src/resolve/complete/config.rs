//! ConfigMaps: their values, each of the type that its key declares.

use super::origins::{self, Refused, is_origin, is_url};
use super::{Context, WRONG_CONFIG_TYPE, argument, declared, property_text};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{ConfigMap, ConfigValue, Entry, Node};

/// Reads a component's config.
pub(super) fn read(
    component: &Node,
    object_name: &Traced<String>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Option<ConfigMap> {
    let block = component.child("config")?;
    let name = property_text(block, "name").unwrap_or_else(|| {
        Traced::new(
            format!("{}-config", object_name.value),
            object_name.origin.derived("a ConfigMap is called after the component's objects, with -config"),
        )
    });
    config_map(block, name, refused, context)
}

/// Reads the configs of the app, which its components share, by name.
pub(super) fn shared(app: &Node, context: &mut Context<'_>) -> Vec<ConfigMap> {
    let mut refused = Vec::new();
    let mut configs: Vec<ConfigMap> =
        app.children_named("config").filter_map(|it| config_map(it, argument(it, 0), &mut refused, context)).collect();
    configs.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    // No component can be excused for what all may use.
    origins::report(refused, &[], context);
    configs
}

/// Reads a block of settings; none where it is empty.
fn config_map(
    block: &Node,
    name: Traced<String>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Option<ConfigMap> {
    let mut values: Vec<ConfigValue> = Vec::new();
    for node in &block.children {
        let by_name = if origins::names_origins(&node.name.value) { "origin" } else { "string" };
        let kind = property_text(node, "type").map_or_else(|| by_name.to_owned(), |it| it.value);
        for entry in &node.arguments {
            if check(&kind, node, entry, context) && kind == "origin" {
                let refusal = origins::refusal(&node.name.value, &entry.text().value, entry.span(), context);
                let object = || context.object("", "ConfigMap", &name.value);
                refused.extend(refusal.map(|diagnostic| Refused { diagnostic, object: object() }));
            }
        }
        values.push(value(node));
    }
    values.sort_by(|a, b| a.key.value.cmp(&b.key.value));
    (!values.is_empty()).then(|| ConfigMap { name, values, origin: declared(block) })
}

fn value(node: &Node) -> ConfigValue {
    let key = Traced::new(node.name.value.clone(), node.origin.clone());
    let texts: Vec<String> = node.arguments.iter().map(|it| it.text().value).collect();
    let origin = node.arguments.first().map_or(&node.origin, |it| &it.origin).clone();
    ConfigValue { key, value: Traced::new(texts.join(","), origin) }
}

/// Checks one value against the type that its key declares, or has by its name. Returns whether it is of that type.
fn check(kind: &str, node: &Node, entry: &Entry, context: &mut Context<'_>) -> bool {
    let text = entry.text().value;
    let problem = match kind {
        "integer" => text.parse::<i64>().err().map(|_| "a whole number"),
        "number" => (!text.parse::<f64>().is_ok_and(f64::is_finite)).then_some("a number"),
        "boolean" => (!matches!(text.as_str(), "true" | "false")).then_some("true or false"),
        "url" => (!is_url(&text)).then_some("a URL with a scheme and a host"),
        "origin" => (text != "*" && !is_origin(&text))
            .then_some("an origin: scheme, host and perhaps a port, in lower case and without a path; or `*`"),
        _ => None,
    };
    let Some(expected) = problem else { return true };
    let message = format!("`{}` is {text:?}; expected {expected}", node.name.value);
    let mut diagnostic = Diagnostic::new(WRONG_CONFIG_TYPE, message).at_some(entry.span(), "");
    let declared = node.property("type").and_then(Entry::span);
    diagnostic = diagnostic.at_some(declared, "its type is declared here");
    if kind == "origin" && text.contains(',') {
        diagnostic = diagnostic.help("write several origins as several values: `\"https://a\" \"https://b\"`");
    } else if kind == "origin" && is_url(&text) {
        diagnostic = diagnostic.help("an origin has no path, not even `/`, and no capital letters");
    }
    if kind == "origin" && declared.is_none() {
        diagnostic = diagnostic.help("a key of this name holds origins; say `type=string` if it does not");
    }
    context.diagnostics.push(diagnostic);
    false
}
