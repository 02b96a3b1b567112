//! A component's pods: their containers, and what these share.

use super::origins::Refused;
use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, argument, container, placement, property_number, property_text,
    security, settings, variables, volume, workload,
};
use crate::diagnostic::Diagnostic;
use crate::object::ObjectId;
use crate::source::Traced;
use crate::spec::{ConfigMap, Container, InitContainer, Node, Pod, Port};

/// What the containers of one component may refer to.
pub(super) struct Surroundings<'a> {
    /// The object that makes its pods.
    pub(super) workload: ObjectId,
    /// The name of the component's objects.
    pub(super) object_name: &'a Traced<String>,
    /// The ConfigMaps that are made here.
    pub(super) configs: Vec<&'a ConfigMap>,
    /// The names of its containers.
    pub(super) containers: Vec<String>,
}

impl<'a> Surroundings<'a> {
    /// Collects what a component's containers may refer to.
    pub(super) fn of(
        component: &Node,
        object_name: &'a Traced<String>,
        configs: Vec<&'a ConfigMap>,
        context: &Context<'_>,
    ) -> Self {
        let kind = workload::kind(component).value;
        let group = if matches!(kind.as_str(), "Job" | "CronJob") { "batch" } else { "apps" };
        let workload = context.object(group, &kind, &object_name.value);
        let others = component.children.iter().filter(|it| is_container(it));
        let containers =
            std::iter::once(main_name(component).value).chain(others.map(|it| argument(it, 0).value)).collect();
        Self { workload, object_name, configs, containers }
    }
}

/// True for the nodes that describe a container beside the main one.
fn is_container(node: &Node) -> bool {
    matches!(node.rule.name, "container" | "sidecar" | "init-container")
}

/// Returns the name of the container that runs a component's program.
fn main_name(component: &Node) -> Traced<String> {
    component.child("name").and_then(|it| property_text(it, "container")).unwrap_or_else(|| {
        let name = argument(component, 0);
        Traced::new(name.value, name.origin.derived("a container is called as its component"))
    })
}

/// Reads a component's pods.
pub(super) fn read(
    node: &Node,
    own_config: Option<&ConfigMap>,
    around: &Surroundings<'_>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Pod {
    if let Some(name) = node.child("name").filter(|it| it.arguments.is_empty() && it.properties.is_empty()) {
        let diagnostic = Diagnostic::new(MISSING_SETTING, "`name` names nothing").at(name.span(), "");
        let help = "say `name NAME` for the component's objects, or `name container=NAME` for its container";
        context.diagnostics.push(diagnostic.help(help));
    }
    let security = security::of_pod(node);
    let mut main = container::read(node, main_name(node), security::of_main(node), around, refused, context);
    // The last wins: what the component says itself, over what it shares with others.
    main.sources.extend(own_config.map(variables::of_own_config));
    let mut other = |node: &Node| {
        let security = security::of_other(node, &security);
        container::read(node, argument(node, 0), security, around, refused, context)
    };
    let mut containers: Vec<Container> = node.children_named("container").map(&mut other).collect();
    containers.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let mut before: Vec<&Node> =
        node.children.iter().filter(|it| matches!(it.rule.name, "sidecar" | "init-container")).collect();
    let order = |it: &Node| property_number(it, "order").map_or(0, |it| it.value);
    let is_sidecar = |it: &Node| it.rule.name == "sidecar";
    before.sort_by_cached_key(|it| (order(it), !is_sidecar(it), argument(it, 0).value));
    let init_containers =
        before.into_iter().map(|it| InitContainer { container: other(it), is_sidecar: is_sidecar(it) }).collect();
    let volumes = volume::read(node, around, context);
    let (placement, settings) = (placement::read(node, context), settings::read(node, context));
    let pod = Pod { main, containers, init_containers, volumes, placement, settings, security };
    check_ports(&pod, context);
    volume::check_use(node, &pod, context);
    pod
}

/// Reports a name that two containers give to a port: a Service looks for it in the pod and would take the first.
fn check_ports(pod: &Pod, context: &mut Context<'_>) {
    let ports: Vec<(&Container, &Port)> =
        pod.containers().flat_map(|it| it.ports.iter().map(move |port| (it, port))).collect();
    for (index, (container, port)) in ports.iter().enumerate() {
        let same = |it: &&(&Container, &Port)| it.0.name != container.name && it.1.name.value == port.name.value;
        let Some((first, known)) = ports[..index].iter().find(same) else { continue };
        let (one, other) = (&first.name.value, &container.name.value);
        let message = format!("containers `{one}` and `{other}` both have a port `{}`", port.name.value);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(port.name.origin.span, "");
        let diagnostic = diagnostic.at_some(known.name.origin.span, "and here").later_first();
        context.diagnostics.push(diagnostic.help("a Service finds a port by its name: rename one of the two"));
    }
}
