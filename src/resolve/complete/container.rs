//! A container: its image, its ports, its variables, its resources.

use super::origins::{self, Refused};
use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, MISSING_VALUE, UNKNOWN_SECRET_KEY, argument, image, number, probe,
    property_text, security,
};
use crate::diagnostic::Diagnostic;
use crate::object::Quantity;
use crate::resolve::complete::component::find_secret;
use crate::source::Traced;
use crate::spec::{ConfigMap, Container, Entry, EnvironmentVariable, Node, Port, ResourceList, VariableSource};

/// Reads the container that runs a component's program, which the component's own nodes describe.
pub(super) fn main(
    node: &Node,
    config: Option<&ConfigMap>,
    object_name: &Traced<String>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Container {
    let name = argument(node, 0);
    let mut ports: Vec<Port> = node.children_named("port").map(port).collect();
    ports.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    Container {
        name: Traced::new(name.value, name.origin.derived("a container is called as its component")),
        image: image::read(node, context),
        command: words(node, "command"),
        args: words(node, "args"),
        config: config.map(|it| it.name.clone()),
        variables: variables(node, object_name, refused, context),
        requests: resources(node, "requests"),
        limits: resources(node, "limits"),
        probes: probe::read(node, &ports, context),
        security: security::of_container(node),
        ports,
    }
}

fn words(node: &Node, name: &str) -> Vec<Traced<String>> {
    node.child(name).map(|it| it.arguments.iter().map(Entry::text).collect()).unwrap_or_default()
}

pub(super) fn port(node: &Node) -> Port {
    let protocol = property_text(node, "protocol");
    Port {
        name: argument(node, 0),
        number: number(node, 1),
        protocol: protocol.unwrap_or_else(|| Traced::rule("TCP".to_owned(), "ports are TCP unless told otherwise")),
    }
}

fn variables(
    node: &Node,
    object_name: &Traced<String>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Vec<EnvironmentVariable> {
    let children = node.child("env").map(|it| it.children.as_slice()).unwrap_or_default();
    let variables: Vec<EnvironmentVariable> = children.iter().filter_map(|it| variable(it, context)).collect();
    for variable in variables.iter().filter(|it| origins::names_origins(&it.name.value)) {
        let VariableSource::Literal(value) = &variable.source else { continue };
        let refusal = |text| origins::refusal(&variable.name.value, text, value.origin.span, context);
        if let Some(diagnostic) = value.value.split(',').map(str::trim).find_map(refusal) {
            refused.push(Refused { diagnostic, object: context.object("apps", "Deployment", &object_name.value) });
        }
    }
    variables
}

fn variable(node: &Node, context: &mut Context<'_>) -> Option<EnvironmentVariable> {
    let name = Traced::new(node.name.value.clone(), node.origin.clone());
    let literal = node.argument(0).map(|it| ("a value", it));
    let secret = node.property("secret").map(|it| ("secret=", it));
    let field = node.property("field").map(|it| ("field=", it));
    let given: Vec<(&str, &Entry)> = [literal, secret, field].into_iter().flatten().collect();
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
    let source = match (secret, field) {
        (Some((_, secret)), _) => {
            let key = property_text(node, "key").unwrap_or_else(|| {
                Traced::new(name.value.clone(), node.origin.derived("the secret's key is called as the variable"))
            });
            check_secret_key(&secret.text(), &key, context);
            VariableSource::Secret { name: secret.text(), key }
        }
        (None, Some((_, field))) => VariableSource::Field(field.text()),
        (None, None) => VariableSource::Literal(argument(node, 0)),
    };
    if let (None, Some(key)) = (secret, node.property("key")) {
        let message = format!("variable `{}` has `key=` without `secret=`", name.value);
        context
            .diagnostics
            .push(Diagnostic::new(MISSING_SETTING, message).at_some(key.span(), "").help("add `secret=NAME`"));
    }
    Some(EnvironmentVariable { name, source })
}

/// Reports a Secret, or a key of one, that is not declared.
fn check_secret_key(secret: &Traced<String>, key: &Traced<String>, context: &mut Context<'_>) {
    let Some(declared) = find_secret(secret, context) else { return };
    if declared.keys.iter().any(|it| it.value == key.value) {
        return;
    }
    let known: Vec<String> = declared.keys.iter().map(|it| it.value.clone()).collect();
    let message = format!("secret `{}` has no key `{}`", secret.value, key.value);
    let place = declared.keys.first().map_or(declared.name.origin.span, |it| it.origin.span);
    let diagnostic = Diagnostic::new(UNKNOWN_SECRET_KEY, message)
        .at_some(key.origin.span, "")
        .at_some(place, "its keys are declared here");
    context.diagnostics.push(
        diagnostic
            .suggest(&key.value, known.iter().map(String::as_str))
            .help("add it to `keys` once it is in the cluster"),
    );
}

fn resources(node: &Node, block: &str) -> Vec<ResourceList> {
    let Some(block) = node.child("resources").and_then(|it| it.child(block)) else { return Vec::new() };
    ["cpu", "memory", "ephemeral-storage"]
        .into_iter()
        .filter_map(|resource| {
            let text = property_text(block, resource)?;
            let amount = Traced::new(Quantity::parse(&text.value)?, text.origin);
            Some(ResourceList { resource, amount })
        })
        .collect()
}
