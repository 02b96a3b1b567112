//! A component's `HTTPRoute` of the Gateway API.
//!
//! Where the API server would fill in a default inside a list, it is written: a GitOps controller that compares such a
//! list sees it as one value, and would find the default to be a change for ever.

use super::metadata::{self, Own};
use super::{Recorder, whole};
use crate::object::Object;
use crate::spec::{Component, Gateway, HttpRoute as Declared, RoutePath, Service, Spec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

const GROUP: &str = "gateway.networking.k8s.io";
const BY_NAME: &str = "a route names a Gateway, and leads to a Service";

/// `HTTPRoute` of `gateway.networking.k8s.io/v1`, of which `k8s-openapi` has no type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpRoute {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    spec: HttpRouteSpec,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpRouteSpec {
    parent_refs: Vec<ParentReference>,
    hostnames: Vec<String>,
    rules: Vec<HttpRouteRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ParentReference {
    group: &'static str,
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<i32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpRouteRule {
    matches: Vec<HttpRouteMatch>,
    backend_refs: Vec<BackendReference>,
}

#[derive(Serialize)]
struct HttpRouteMatch {
    path: HttpPathMatch,
}

#[derive(Serialize)]
struct HttpPathMatch {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

#[derive(Serialize)]
struct BackendReference {
    group: &'static str,
    kind: &'static str,
    name: String,
    port: i32,
    weight: i32,
}

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let (route, service) = (component.http_route.as_ref()?, component.service.as_ref()?);
    let mut at = Recorder::new(&route.origin, "a component's http-route is an HTTPRoute");
    let own = Own { labels: &route.labels, annotations: &route.annotations };
    let metadata = metadata::of_component(&mut at, spec, component, &route.name, own);
    let spec = at.block("spec", |at| HttpRouteSpec {
        parent_refs: route.gateways.iter().enumerate().map(|(index, it)| parent(at, index, it)).collect(),
        hostnames: route
            .hosts
            .iter()
            .enumerate()
            .map(|(index, it)| at.take(&format!("hostnames[{index}]"), it))
            .collect(),
        rules: rules(at, route, service),
    });
    Some(at.finish(&HttpRoute { api_version: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata, spec }))
}

fn parent(at: &mut Recorder, index: usize, gateway: &Gateway) -> ParentReference {
    at.block(&format!("parentRefs[{index}]"), |at| ParentReference {
        group: at.derived("group", &gateway.origin, BY_NAME, GROUP),
        kind: at.derived("kind", &gateway.origin, BY_NAME, "Gateway"),
        name: at.take("name", &gateway.name),
        namespace: at.take_some("namespace", gateway.namespace.as_ref()),
        section_name: at.take_some("sectionName", gateway.section.as_ref()),
        port: at.take_some("port", gateway.port.as_ref()).map(whole),
    })
}

/// Returns one rule for each port, with the paths that lead to it.
fn rules(at: &mut Recorder, route: &Declared, service: &Service) -> Vec<HttpRouteRule> {
    let mut ports: Vec<i64> = Vec::new();
    for path in &route.paths {
        if !ports.contains(&path.port.value) {
            ports.push(path.port.value);
        }
    }
    let of_port = |port: i64| route.paths.iter().filter(move |it| it.port.value == port);
    ports
        .into_iter()
        .enumerate()
        .map(|(index, port)| {
            let paths: Vec<&RoutePath> = of_port(port).collect();
            at.block(&format!("rules[{index}]"), |at| rule(at, &paths, service))
        })
        .collect()
}

fn rule(at: &mut Recorder, paths: &[&RoutePath], service: &Service) -> HttpRouteRule {
    let matches = paths.iter().enumerate().map(|(index, path)| {
        at.block(&format!("matches[{index}].path"), |at| HttpRouteMatch {
            path: HttpPathMatch { kind: at.take("type", &path.kind), value: at.take("value", &path.path) },
        })
    });
    let matches = matches.collect();
    let backends = paths.first().map(|path| {
        at.block("backendRefs[0]", |at| BackendReference {
            group: at.derived("group", &service.name.origin, BY_NAME, ""),
            kind: at.derived("kind", &service.name.origin, BY_NAME, "Service"),
            name: at.take("name", &service.name),
            port: whole(at.take("port", &path.port)),
            weight: at.rule("weight", "all requests of a rule go to its one Service", 1),
        })
    });
    HttpRouteRule { matches, backend_refs: backends.into_iter().collect() }
}
