//! A component's Service.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Component, Exposure, Spec};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let service = component.service.as_ref()?;
    let mut at = Recorder::new(&service.origin, "a component's service is a Service");
    let own = Own { labels: &service.labels, annotations: &service.annotations };
    let metadata = metadata::of_component(&mut at, spec, component, &service.name, own);
    let spec = at.block("spec", |at| ServiceSpec {
        type_: Some(at.take("type", &service.kind)),
        selector: Some(metadata::selector(at, "selector", spec, component)),
        ports: Some(service.exposures.iter().enumerate().map(|(index, it)| port(at, index, it)).collect()),
        ..ServiceSpec::default()
    });
    Some(at.finish(&Service { metadata, spec: Some(spec), ..Service::default() }))
}

fn port(at: &mut Recorder, index: usize, exposure: &Exposure) -> ServicePort {
    at.block(&format!("ports[{index}]"), |at| ServicePort {
        name: Some(at.take("name", &exposure.name)),
        port: super::whole(at.take("port", &exposure.port)),
        protocol: Some(at.take("protocol", &exposure.protocol)),
        target_port: Some(at.derived(
            "targetPort",
            &exposure.name.origin,
            "a Service finds the container's port by its name",
            IntOrString::String(exposure.name.value.clone()),
        )),
        node_port: at.take_some("nodePort", exposure.node_port.as_ref()).map(super::whole),
        ..ServicePort::default()
    })
}
