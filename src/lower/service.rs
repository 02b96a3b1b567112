//! Services: a component's own and its further ones, and names for hosts outside the cluster.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Component, Exposure, ExternalService, Service as Declared, ServiceOptions, Spec};
use k8s_openapi::api::core::v1::{ClientIPConfig, Service, ServicePort, ServiceSpec, SessionAffinityConfig};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Returns all Services of a component.
pub(super) fn objects(spec: &Spec, component: &Component) -> Vec<Object> {
    let own = component.service.iter().map(|it| (it, "a component's service is a Service"));
    let further = component.additional_services.iter().map(|it| (it, "an additional-service is a Service"));
    own.chain(further).map(|(service, rule)| object(spec, component, service, rule)).collect()
}

fn object(spec: &Spec, component: &Component, service: &Declared, rule: &'static str) -> Object {
    let mut at = Recorder::new(&service.origin, rule);
    let own = Own { labels: &service.labels, annotations: &service.annotations };
    let metadata = metadata::of_component(&mut at, spec, component, &service.name, own);
    let spec = at.block("spec", |at| {
        let ports: Vec<ServicePort> =
            service.exposures.iter().enumerate().map(|(index, it)| port(at, index, it)).collect();
        ServiceSpec {
            type_: Some(at.take("type", &service.kind)),
            selector: Some(metadata::selector(at, "selector", spec, component)),
            ports: (!ports.is_empty()).then_some(ports),
            ..options(at, &service.options)
        }
    });
    at.finish(&Service { metadata, spec: Some(spec), ..Service::default() })
}

fn options(at: &mut Recorder, options: &ServiceOptions) -> ServiceSpec {
    let headless = options.headless.as_ref().filter(|it| it.value);
    let timeout = at.take_some("sessionAffinityConfig.clientIP.timeoutSeconds", options.session_timeout.as_ref());
    let ranges: Vec<String> = options
        .source_ranges
        .iter()
        .enumerate()
        .map(|(index, it)| at.take(&format!("loadBalancerSourceRanges[{index}]"), it))
        .collect();
    ServiceSpec {
        cluster_ip: headless.map(|it| {
            let rule = "a headless Service has no address of its own: its name leads to every pod";
            at.derived("clusterIP", &it.origin, rule, "None".to_owned())
        }),
        publish_not_ready_addresses: at.take_some("publishNotReadyAddresses", options.publish_not_ready.as_ref()),
        session_affinity: at.take_some("sessionAffinity", options.session_affinity.as_ref()),
        session_affinity_config: timeout.map(|it| SessionAffinityConfig {
            client_ip: Some(ClientIPConfig { timeout_seconds: Some(super::whole(it)) }),
        }),
        external_traffic_policy: at.take_some("externalTrafficPolicy", options.external_traffic.as_ref()),
        internal_traffic_policy: at.take_some("internalTrafficPolicy", options.internal_traffic.as_ref()),
        traffic_distribution: at.take_some("trafficDistribution", options.traffic_distribution.as_ref()),
        ip_family_policy: at.take_some("ipFamilyPolicy", options.ip_family_policy.as_ref()),
        load_balancer_class: at.take_some("loadBalancerClass", options.load_balancer_class.as_ref()),
        allocate_load_balancer_node_ports: at
            .take_some("allocateLoadBalancerNodePorts", options.allocate_node_ports.as_ref()),
        load_balancer_source_ranges: (!ranges.is_empty()).then_some(ranges),
        ..ServiceSpec::default()
    }
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
        app_protocol: at.take_some("appProtocol", exposure.app_protocol.as_ref()),
    })
}

/// Returns the Service that is a name for a host outside the cluster.
pub(super) fn external(spec: &Spec, service: &ExternalService) -> Object {
    let rule = "an external-service is a Service without pods, which the cluster's DNS answers with another name";
    let mut at = Recorder::new(&service.origin, rule);
    let own = Own { labels: &service.labels, annotations: &service.annotations };
    let metadata = metadata::of_app(&mut at, spec, &service.name, own);
    let spec = at.block("spec", |at| ServiceSpec {
        type_: Some(at.derived("type", &service.origin, rule, "ExternalName".to_owned())),
        external_name: Some(at.take("externalName", &service.host)),
        ..ServiceSpec::default()
    });
    at.finish(&Service { metadata, spec: Some(spec), ..Service::default() })
}
