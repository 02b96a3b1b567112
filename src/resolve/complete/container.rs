//! A container: its image, its ports, its resources, and the parts that have files of their own.

use super::origins::Refused;
use super::pod::Surroundings;
use super::{Context, argument, image, lifecycle, number, probe, property_text, variables};
use crate::source::Traced;
use crate::spec::{Container, ContainerSecurity, Entry, Node, Port, ResourceList};

/// Reads a container from the node that describes it: the component's own for the main one.
pub(super) fn read(
    node: &Node,
    name: Traced<String>,
    security: ContainerSecurity,
    around: &Surroundings<'_>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Container {
    let ports = ports(node);
    Container {
        name,
        image: image::read(node, context),
        command: words(node, "command"),
        args: words(node, "args"),
        working_dir: node.child("working-dir").map(|it| argument(it, 0)),
        sources: variables::sources(node, around, context),
        variables: variables::read(node, around, refused, context),
        requests: resources(node, "requests"),
        limits: resources(node, "limits"),
        probes: probe::read(node, &ports, context),
        hooks: lifecycle::read(node, &ports, context),
        security,
        ports,
    }
}

/// Returns the ports that a component's pods listen on: its own, by name, and those of its other containers.
pub(super) fn ports_of_pod(component: &Node) -> Vec<Port> {
    let others = component.children.iter().filter(|it| matches!(it.rule.name, "container" | "sidecar"));
    std::iter::once(component).chain(others).flat_map(ports).collect()
}

/// Returns the ports that a component's Service can lead to: every one that it may name, or, where it names none, those
/// of the main container.
pub(in crate::resolve) fn ports_of_service(component: &Node) -> Vec<Port> {
    let names = component.child("service").is_some_and(|it| it.child("expose").is_some());
    if names { ports_of_pod(component) } else { ports(component) }
}

fn ports(node: &Node) -> Vec<Port> {
    let mut ports: Vec<Port> = node.children_named("port").map(port).collect();
    ports.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    ports
}

fn words(node: &Node, name: &str) -> Vec<Traced<String>> {
    node.child(name).map(|it| it.arguments.iter().map(Entry::text).collect()).unwrap_or_default()
}

fn port(node: &Node) -> Port {
    let protocol = property_text(node, "protocol");
    Port {
        name: argument(node, 0),
        number: number(node, 1),
        protocol: protocol.unwrap_or_else(|| Traced::rule("TCP".to_owned(), "ports are TCP unless told otherwise")),
    }
}

fn resources(node: &Node, block: &str) -> Vec<ResourceList> {
    let Some(block) = node.child("resources").and_then(|it| it.child(block)) else { return Vec::new() };
    ["cpu", "memory", "ephemeral-storage"]
        .into_iter()
        .filter_map(|resource| {
            let amount = variables::quantity(block, resource)?;
            Some(ResourceList { resource, amount })
        })
        .collect()
}
