//! A component's Ingress.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Component, Host, HostPath, Service, Spec};
use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec,
    IngressTLS, ServiceBackendPort,
};

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let (ingress, service) = (component.ingress.as_ref()?, component.service.as_ref()?);
    let mut at = Recorder::new(&ingress.origin, "a component's ingress is an Ingress");
    let own = Own { labels: &ingress.labels, annotations: &ingress.annotations };
    let metadata = metadata::of_component(&mut at, spec, component, &ingress.name, own);
    let spec = at.block("spec", |at| IngressSpec {
        ingress_class_name: at.take_some("ingressClassName", ingress.class.as_ref()),
        rules: Some(ingress.hosts.iter().enumerate().map(|(index, it)| rule(at, index, it, service)).collect()),
        tls: tls(at, &ingress.hosts),
        ..IngressSpec::default()
    });
    Some(at.finish(&Ingress { metadata, spec: Some(spec), ..Ingress::default() }))
}

fn rule(at: &mut Recorder, index: usize, host: &Host, service: &Service) -> IngressRule {
    at.block(&format!("rules[{index}]"), |at| {
        let paths = host.paths.iter().enumerate().map(|(index, it)| path(at, index, it, service)).collect();
        IngressRule { host: Some(at.take("host", &host.host)), http: Some(HTTPIngressRuleValue { paths }) }
    })
}

fn path(at: &mut Recorder, index: usize, path: &HostPath, service: &Service) -> HTTPIngressPath {
    at.block(&format!("http.paths[{index}]"), |at| HTTPIngressPath {
        path: Some(at.take("path", &path.path)),
        path_type: at.take("pathType", &path.kind),
        backend: at.block("backend.service", |at| IngressBackend {
            service: Some(IngressServiceBackend {
                name: at.take("name", &service.name),
                port: Some(ServiceBackendPort { name: Some(at.take("port.name", &path.port)), number: None }),
            }),
            resource: None,
        }),
    })
}

/// One entry for each certificate, with the hosts that use it.
fn tls(at: &mut Recorder, hosts: &[Host]) -> Option<Vec<IngressTLS>> {
    let mut entries: Vec<IngressTLS> = Vec::new();
    for host in hosts {
        let Some(secret) = &host.tls else { continue };
        let known = entries.iter().position(|it| it.secret_name.as_ref() == Some(&secret.value));
        let index = known.unwrap_or(entries.len());
        if known.is_none() {
            let secret_name = Some(at.take(&format!("tls[{index}].secretName"), secret));
            entries.push(IngressTLS { hosts: Some(Vec::new()), secret_name });
        }
        let names = entries[index].hosts.get_or_insert_default();
        names.push(at.take(&format!("tls[{index}].hosts[{}]", names.len()), &host.host));
    }
    (!entries.is_empty()).then_some(entries)
}
