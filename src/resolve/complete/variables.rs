//! The environment variables of a container.

use super::origins::{self, Refused};
use super::pod::Surroundings;
use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, MISSING_VALUE, UNKNOWN_CONTAINER, argument, data, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::object::Quantity;
use crate::source::{Span, Traced};
use crate::spec::{ConfigMap, DataKind, Entry, EnvironmentSource, EnvironmentVariable, Node, VariableSource};
use std::collections::BTreeMap;

/// Reads the variables that a container's `env` names one by one.
pub(super) fn read(
    node: &Node,
    around: &Surroundings<'_>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Vec<EnvironmentVariable> {
    let children = node.child("env").map(|it| it.children.as_slice()).unwrap_or_default();
    let variables: Vec<EnvironmentVariable> = children.iter().filter_map(|it| variable(it, around, context)).collect();
    for variable in variables.iter().filter(|it| origins::names_origins(&it.name.value)) {
        let VariableSource::Literal(value) = &variable.source else { continue };
        let refusal = |text| origins::refusal(&variable.name.value, text, value.origin.span, context);
        if let Some(diagnostic) = value.value.split(',').map(str::trim).find_map(refusal) {
            let object = context.object("apps", "Deployment", &around.object_name.value);
            refused.push(Refused { diagnostic, object });
        }
    }
    variables
}

fn variable(node: &Node, around: &Surroundings<'_>, context: &mut Context<'_>) -> Option<EnvironmentVariable> {
    let name = Traced::new(node.name.value.clone(), node.origin.clone());
    let literal = node.argument(0).map(|it| ("a value", it));
    let named = |name: &'static str, shown: &'static str| node.property(name).map(|it| (shown, it));
    let (secret, config) = (named("secret", "secret="), named("config", "config="));
    let (field, resource) = (named("field", "field="), named("resource", "resource="));
    let given: Vec<(&str, &Entry)> = [literal, secret, config, field, resource].into_iter().flatten().collect();
    match given.as_slice() {
        [] => {
            let message = format!("variable `{}` has no value", name.value);
            let diagnostic = Diagnostic::new(MISSING_VALUE, message).at(node.span(), "");
            context.diagnostics.push(diagnostic.help(format!("write `{0} VALUE` or `{0} secret=NAME`", name.value)));
            return None;
        }
        [_] => {}
        [(first, first_entry), (second, second_entry), ..] => {
            let message = format!("variable `{}` has {first} and {second}", name.value);
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(second_entry.span(), "");
            context.diagnostics.push(
                diagnostic
                    .at_some(first_entry.span(), "and this")
                    .help("keep one of them; an overlay that changes the kind of a variable says `(replace)`"),
            );
            return None;
        }
    }
    if secret.is_none() && config.is_none() {
        alone(node, &["key", "optional"], "`secret=` or `config=`", context);
    }
    if resource.is_none() {
        alone(node, &["container", "divisor"], "`resource=`", context);
    }
    let of_key = |kind: DataKind, object: &Entry, context: &mut Context<'_>| {
        let key = property_text(node, "key").unwrap_or_else(|| {
            let rule = match kind {
                DataKind::ConfigMap => "the config's key is called as the variable",
                DataKind::Secret => "the secret's key is called as the variable",
            };
            Traced::new(name.value.clone(), node.origin.derived(rule))
        });
        let optional = node.property("optional").map(Entry::flag);
        if optional.as_ref().is_none_or(|it| !it.value) {
            data::check_key(kind, &object.text(), &key, around, context);
        }
        VariableSource::Key { kind, name: object.text(), key, optional }
    };
    let source = if let Some((_, secret)) = secret {
        of_key(DataKind::Secret, secret, context)
    } else if let Some((_, config)) = config {
        of_key(DataKind::ConfigMap, config, context)
    } else if let Some((_, field)) = field {
        VariableSource::Field(field.text())
    } else if let Some((_, resource)) = resource {
        let container = property_text(node, "container");
        if let Some(container) = &container {
            check_container(container, around, context);
        }
        VariableSource::Resource { resource: resource.text(), container, divisor: quantity(node, "divisor") }
    } else {
        VariableSource::Literal(argument(node, 0))
    };
    Some(EnvironmentVariable { name, source })
}

/// Reports properties of a variable that mean nothing without another one.
fn alone(node: &Node, names: &[&str], needed: &str, context: &mut Context<'_>) {
    for name in names {
        let Some(entry) = node.property(name) else { continue };
        let message = format!("variable `{}` has `{name}=` without {needed}", node.name.value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(entry.span(), "");
        context.diagnostics.push(diagnostic.help(format!("say of what, with {needed}, or remove it")));
    }
}

/// Reads a named value as a quantity.
pub(super) fn quantity(node: &Node, name: &str) -> Option<Traced<Quantity>> {
    let text = property_text(node, name)?;
    Some(Traced::new(Quantity::parse(&text.value)?, text.origin))
}

/// Reports a container that the pod does not have.
pub(super) fn check_container(wanted: &Traced<String>, around: &Surroundings<'_>, context: &mut Context<'_>) {
    if around.containers.contains(&wanted.value) {
        return;
    }
    let message = format!("the component has no container `{}`", wanted.value);
    let diagnostic = Diagnostic::new(UNKNOWN_CONTAINER, message).at_some(wanted.origin.span, "");
    context.diagnostics.push(
        diagnostic
            .suggest(&wanted.value, around.containers.iter().map(String::as_str))
            .help(format!("its containers: {}", around.containers.join(", "))),
    );
}

/// Reads the objects all of whose keys are variables: ConfigMaps, then Secrets, by name. A key that two of them have is
/// an error, because nodes have no order and the last would win.
pub(super) fn sources(node: &Node, around: &Surroundings<'_>, context: &mut Context<'_>) -> Vec<EnvironmentSource> {
    let children = node.child("env-from").map(|it| it.children.as_slice()).unwrap_or_default();
    let mut sources: Vec<EnvironmentSource> = children
        .iter()
        .map(|it| EnvironmentSource {
            kind: if it.rule.name == "config" { DataKind::ConfigMap } else { DataKind::Secret },
            name: argument(it, 0),
            prefix: property_text(it, "prefix"),
            optional: it.property("optional").map(Entry::flag),
        })
        .collect();
    sources.sort_by(|a, b| (a.kind, &a.name.value).cmp(&(b.kind, &b.name.value)));
    let named: Vec<&str> =
        node.child("env").map(|it| it.children.iter().map(|it| it.name.value.as_str()).collect()).unwrap_or_default();
    let mut first: BTreeMap<String, &EnvironmentSource> = BTreeMap::new();
    for source in &sources {
        let optional = source.optional.as_ref().is_some_and(|it| it.value);
        let keys = if optional {
            data::known_keys(source.kind, &source.name.value, around, context)
        } else {
            data::find(source.kind, &source.name, around, context)
        };
        let prefix = source.prefix.as_ref().map_or("", |it| it.value.as_str());
        for key in keys.map(|it| it.keys).unwrap_or_default() {
            let variable = format!("{prefix}{key}");
            if named.contains(&variable.as_str()) {
                continue;
            }
            match first.get(&variable) {
                None => {
                    first.insert(variable, source);
                }
                Some(other) => context.diagnostics.push(twice(&variable, other, source)),
            }
        }
    }
    sources
}

fn twice(variable: &str, first: &EnvironmentSource, second: &EnvironmentSource) -> Diagnostic {
    let (one, other) = (&first.name, &second.name);
    let message = format!("variable `{variable}` comes from `{}` and from `{}`", one.value, other.value);
    let place: Option<Span> = other.origin.span;
    Diagnostic::new(CONFLICTING_SETTINGS, message)
        .at_some(place, "")
        .at_some(one.origin.span, "and from here")
        .later_first()
        .help("say which is meant in `env`, which wins over both, or tell them apart with `prefix=`")
}

/// Returns a component's own ConfigMap as a source of variables.
pub(super) fn of_own_config(config: &ConfigMap) -> EnvironmentSource {
    EnvironmentSource { kind: DataKind::ConfigMap, name: config.name.clone(), prefix: None, optional: None }
}
