//! What is opened and closed, one line each.

use crate::assess::tests::fixture::{expect, object, review_of, review_one, with};
use serde_json::{Value, json};

fn path(path: &str, kind: &str, service: &str) -> Value {
    json!({"path": path, "pathType": kind, "backend": {"service": {"name": service, "port": {"number": 80}}}})
}

fn ingress(host: &str, paths: Value, certified: &[&str]) -> Value {
    let mut rule = json!({"http": {}});
    rule["http"]["paths"] = paths;
    if !host.is_empty() {
        rule["host"] = json!(host);
    }
    let mut spec = json!({"rules": [rule]});
    if !certified.is_empty() {
        spec["tls"] = json!([{"hosts": certified, "secretName": "tls"}]);
    }
    object("networking.k8s.io/v1", "Ingress", "site", &json!({"spec": spec}))
}

fn root() -> Value {
    json!([path("/", "Prefix", "web")])
}

#[track_caller]
fn exposed(before: &[Value], after: &[Value], expected: &[&str]) {
    expect(&review_one(before, after), "new-exposure", expected);
}

#[test]
fn a_new_host_is_named_with_its_paths() {
    let (a, b) = (ingress("a.example", root(), &["a.example"]), ingress("b.example", root(), &["b.example"]));
    exposed(&[], std::slice::from_ref(&a), &["Ingress/site serves a new host: `a.example`, path `/`"]);
    let bare = ingress("a.example", json!([path("/", "Prefix", "web"), path("/api", "Prefix", "api")]), &[]);
    exposed(&[], &[bare], &["Ingress/site serves a new host: `a.example`, path `/` and `/api`, without TLS"]);
    exposed(
        std::slice::from_ref(&a),
        std::slice::from_ref(&b),
        &["Ingress/site serves a new host: `b.example`, path `/`"],
    );
    let gone = "Ingress/site no longer serves `a.example`: nothing here answers to that host any more";
    expect(&review_one(std::slice::from_ref(&a), &[b]), "host-removed", &[gone]);
    expect(&review_one(std::slice::from_ref(&a), &[]), "host-removed", &[gone]);
    // Another object that serves the same is no change of what is served.
    let moved = with(a.clone(), "/metadata/name", json!("other"));
    exposed(std::slice::from_ref(&a), std::slice::from_ref(&moved), &[]);
    expect(&review_one(std::slice::from_ref(&a), &[moved]), "host-removed", &[]);
    exposed(&[], &[ingress("", root(), &[])], &["Ingress/site serves a new host: `every host`, path `/`, without TLS"]);
    // What a whole environment opens and closes is said for it.
    expect(&review_of(&[("dev", None, Some(vec![a.clone()]))]), "new-exposure", &[]);
    expect(&review_of(&[("dev", Some(vec![a]), None)]), "host-removed", &[]);
}

#[test]
fn more_of_a_host_is_named() {
    let site = |paths: Value| [ingress("a.example", paths, &["a.example"])];
    let web = |it: &str| path(it, "Prefix", "web");
    let more = |it: &str| format!("Ingress/site serves more of a host: {it}");
    let api = more("`/api` of `a.example`, which leads to Service/api");
    exposed(&site(root()), &site(json!([web("/"), path("/api", "Prefix", "api")])), &[&api]);
    exposed(&site(root()), &site(json!([web("/"), web("/api")])), &[]);
    exposed(&site(json!([web("/api")])), &site(json!([web("/api"), web("/api/v2")])), &[]);
    exposed(
        &site(json!([web("/api")])),
        &site(json!([web("/api"), web("/apis")])),
        &[&more("`/apis` of `a.example`, which leads to Service/web")],
    );
    let exact = || path("/api", "Exact", "web");
    exposed(
        &site(json!([exact()])),
        &site(json!([web("/api")])),
        &[&more("`/api` of `a.example`, which leads to Service/web")],
    );
    exposed(&site(json!([web("/api")])), &site(json!([exact()])), &[]);
}

#[test]
fn a_host_keeps_its_certificate() {
    let site = |certified: &[&str]| [ingress("a.example", root(), certified)];
    let open = "Ingress/site serves `a.example` without TLS: no certificate is for it any more";
    exposed(&site(&["a.example"]), &site(&[]), &[open]);
    exposed(&site(&["a.example"]), &site(&["b.example"]), &[open]);
    exposed(&site(&["a.example"]), &site(&["*.example"]), &[]);
    exposed(&site(&[]), &site(&[]), &[]);
    exposed(&site(&[]), &site(&["a.example"]), &[]);
}

#[test]
fn routes_and_gateways_open_too() {
    let route = |hosts: Value, rules: Value| {
        object(
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            "site",
            &json!({"spec": {"hostnames": hosts, "rules": rules}}),
        )
    };
    let to = |service: &str, path: &str| json!({"matches": [{"path": {"type": "PathPrefix", "value": path}}], "backendRefs": [{"name": service, "port": 80}]});
    let a = route(json!(["a.example"]), json!([to("web", "/")]));
    exposed(
        std::slice::from_ref(&a),
        &[route(json!(["a.example", "b.example"]), json!([to("web", "/")]))],
        &["HTTPRoute/site serves a new host: `b.example`, path `/`"],
    );
    let admin = "HTTPRoute/site serves more of a host: `/admin` of `a.example`, which leads to Service/admin";
    exposed(
        std::slice::from_ref(&a),
        &[route(json!(["a.example"]), json!([to("web", "/"), to("admin", "/admin")]))],
        &[admin],
    );
    let gone = "HTTPRoute/site no longer serves `a.example`: nothing here answers to that host any more";
    expect(&review_one(&[a], &[route(json!(["b.example"]), json!([to("web", "/")]))]), "host-removed", &[gone]);
    let gateway = |listeners: Value| {
        object("gateway.networking.k8s.io/v1", "Gateway", "edge", &json!({"spec": {"listeners": listeners}}))
    };
    let listener = |name: &str, protocol: &str, from: Option<&str>| {
        let base = json!({"name": name, "port": 443, "protocol": protocol});
        with(base, "/allowedRoutes", from.map_or(Value::Null, |it| json!({"namespaces": {"from": it}})))
    };
    let https = || listener("https", "HTTPS", None);
    exposed(
        &[gateway(json!([https()]))],
        &[gateway(json!([https(), listener("http", "HTTP", None)]))],
        &["Gateway/edge opens a listener: `http` on port 443 with HTTP for every host"],
    );
    let all =
        "Gateway/edge takes routes from every namespace: listener `https` no longer limits who may add hosts and paths";
    exposed(&[gateway(json!([https()]))], &[gateway(json!([listener("https", "HTTPS", Some("All"))]))], &[all]);
    exposed(&[gateway(json!([https()]))], &[gateway(json!([listener("https", "HTTPS", Some("Same"))]))], &[]);
    exposed(
        &[gateway(json!([https()]))],
        &[gateway(json!([listener("https", "HTTP", None)]))],
        &["Gateway/edge serves without TLS: listener `https` speaks HTTP now"],
    );
}

#[test]
fn a_limit_on_addresses_is_kept() {
    let balancer = |ranges: Value| {
        [object(
            "v1",
            "Service",
            "web",
            &json!({"spec": with(json!({"type": "LoadBalancer"}), "/loadBalancerSourceRanges", ranges)}),
        )]
    };
    let office = || balancer(json!(["10.0.0.0/8"]));
    let every = "Service/web lets every address in: no longer only `10.0.0.0/8`";
    exposed(&office(), &balancer(Value::Null), &[every]);
    exposed(&office(), &balancer(json!([])), &[every]);
    exposed(
        &office(),
        &balancer(json!(["10.0.0.0/8", "0.0.0.0/0"])),
        &["Service/web lets more addresses in: also `0.0.0.0/0`"],
    );
    exposed(&office(), &balancer(json!(["10.1.0.0/16"])), &[]);
    exposed(&balancer(json!(["0.0.0.0/0"])), &balancer(Value::Null), &[]);
    exposed(&balancer(Value::Null), &office(), &[]);
    let internal = [object("v1", "Service", "web", &json!({"spec": {"type": "ClusterIP"}}))];
    exposed(&office(), &internal, &[]);
    let annotated = |key: &str, ranges: Value| {
        let site = ingress("a.example", root(), &["a.example"]);
        [with(site, "/metadata/annotations", with(json!({}), &format!("/nginx.ingress.kubernetes.io~1{key}"), ranges))]
    };
    let old = || annotated("whitelist-source-range", json!("10.0.0.0/8, 192.0.2.1"));
    exposed(
        &old(),
        &annotated("allowlist-source-range", Value::Null),
        &["Ingress/site lets every address in: no longer only `10.0.0.0/8` and `192.0.2.1`"],
    );
    exposed(&old(), &annotated("allowlist-source-range", json!("192.0.2.1,10.0.0.0/8")), &[]);
    exposed(
        &old(),
        &annotated("allowlist-source-range", json!("192.0.2.0/24")),
        &["Ingress/site lets more addresses in: also `192.0.2.0/24`"],
    );
}
