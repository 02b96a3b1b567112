//! Who calls a workload, as far as objects show it: those that name a Service which leads to its pods.

use super::reference::{config_uses, service_use};
use super::workload::{Pods, items, text};
use crate::change::{EnvironmentComparison, Side};
use crate::object::reach::PortSet;
use crate::object::{Object, Selector};
use serde_json::Value;

/// One call that objects show.
pub(super) struct Call<'a> {
    /// The workload that calls; none for one from outside, through a route or a port of the nodes.
    pub(super) caller: Option<&'a Object>,
    /// The ports of the pods that it goes to.
    pub(super) ports: PortSet,
    /// Where it is written: ``Deployment/web `spec…` ``.
    pub(super) place: String,
}

/// Returns the calls to a workload in one state.
pub(super) fn calls_to<'a>(environment: &EnvironmentComparison<'a>, side: Side, callee: Pods<'_>) -> Vec<Call<'a>> {
    let mut calls = Vec::new();
    for service in environment.of_kind(side, "Service").filter(|it| leads_to(it, callee)) {
        let ports = target_ports(service, callee);
        if let kind @ ("NodePort" | "LoadBalancer") = text(service.body.get("spec").unwrap_or(&Value::Null), "type") {
            let place = format!("{} of type {kind}", service.id.short());
            calls.push(Call { caller: None, ports: ports.clone(), place });
        }
        for object in environment.objects(side) {
            let Some(path) = service_use(object, service) else { continue };
            let place = format!("{} `{}`", object.id.short(), path.display_in(&object.body));
            let call = |caller| Call { caller, ports: ports.clone(), place: place.clone() };
            match object.id.kind.as_str() {
                "ConfigMap" => {
                    let readers = Pods::all(environment, side).filter(|it| reads(*it, object));
                    calls.extend(readers.map(|it| call(Some(it.object))));
                }
                // It names the Service that gives its own pods their names.
                "StatefulSet" if path.last_field() == Some("serviceName") => {}
                _ if object.pod_template().is_some() => calls.push(call(Some(object))),
                _ => calls.push(call(None)),
            }
        }
    }
    calls.retain(|it| it.caller.is_none_or(|it| it.id != callee.object.id));
    calls
}

fn reads(pods: Pods<'_>, config: &Object) -> bool {
    pods.object.id.namespace == config.id.namespace
        && config_uses(pods).iter().any(|it| it.kind == "ConfigMap" && it.name == config.id.name)
}

/// True where the selector of a Service matches the pods.
fn leads_to(service: &Object, pods: Pods<'_>) -> bool {
    let selector = service.field("spec.selector").map(Selector::of_labels).filter(|it| !it.is_empty());
    service.id.namespace == pods.object.id.namespace && selector.is_some_and(|it| it.matches(pods.labels()))
}

/// Returns the ports of the pods that a Service leads to.
fn target_ports(service: &Object, pods: Pods<'_>) -> PortSet {
    let pod = pods.seen_by_policies();
    let ports = service.body.get("spec").map_or(&[][..], |it| items(it, "ports"));
    ports.iter().fold(PortSet::default(), |all, port| {
        let protocol = Some(text(port, "protocol")).filter(|it| !it.is_empty()).unwrap_or("TCP");
        let target = port.get("targetPort").or_else(|| port.get("port"));
        let number = target.and_then(|it| it.as_u64().or_else(|| pod.port(it.as_str()?, protocol)));
        number.map_or_else(|| all.clone(), |it| all.union(&PortSet::range(protocol, it, it)))
    })
}
