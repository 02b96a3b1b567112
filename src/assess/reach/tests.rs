//! Policies that come and change, among `web`, which calls `api`, and `job`, which calls nobody.

use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
use serde_json::{Value, json};

fn policy(name: &str, spec: &Value) -> Value {
    object("networking.k8s.io/v1", "NetworkPolicy", name, &json!({"spec": spec}))
}

fn app(name: &str) -> Value {
    deployment(name, 1, json!({"image": "a:1", "ports": [{"name": "http", "containerPort": 8000}]}))
}

fn web() -> Value {
    with(app("web"), "/spec/template/spec/containers/0/env", json!([{"name": "API", "value": "http://api"}]))
}

fn to_api() -> Value {
    let ports = json!([{"port": 80, "targetPort": "http"}]);
    object("v1", "Service", "api", &json!({"spec": {"selector": {"app": "api"}, "ports": ports}}))
}

/// Reviews `web`, which calls `api`, and `job`, which calls nobody, under other policies than before.
#[track_caller]
fn check(before: &[Value], after: &[Value], expected: &[&str]) {
    let all = |policies: &[Value]| [vec![web(), app("api"), app("job"), to_api()], policies.to_vec()].concat();
    expect(&review_one(&all(before), &all(after)), "network-policy-reach", expected);
}

fn into_api(rules: Value) -> Value {
    let mut spec = json!({"podSelector": {"matchLabels": {"app": "api"}}});
    spec["ingress"] = rules;
    policy("api", &spec)
}

fn from(app: &str) -> Value {
    json!({"podSelector": {"matchLabels": {"app": app}}})
}

#[test]
fn the_first_policy_isolates() {
    let isolates = "NetworkPolicy/api isolates Deployment/api: ";
    let cut = "Deployment/web can no longer reach what it calls: Deployment/api on 8000/TCP, which Deployment/web `spec.template.spec.containers[web].env[API].value` names";
    let nothing = format!("{isolates}nothing reaches it from now on");
    check(&[], &[into_api(json!([]))], &[cut, &nothing]);
    let only_web = format!("{isolates}only Deployment/web on 8000/TCP may reach it from now on");
    check(&[], &[into_api(json!([{"from": [from("web")], "ports": [{"port": "http"}]}]))], &[&only_web]);
    let by_address = format!("{isolates}only 10.0.0.0/8 on every port may reach it from now on");
    // Where pods have their addresses from such a range, the call may still go through.
    check(&[], &[into_api(json!([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]))], &[&by_address]);
    let deny = policy("deny", &json!({"podSelector": {}, "policyTypes": ["Ingress"]}));
    let allow = into_api(json!([{"from": [from("web")]}]));
    let rest = "NetworkPolicy/deny isolates Deployment/job and Deployment/web: only what a policy allows reaches them";
    let api = format!("{isolates}only Deployment/web on every port may reach it from now on");
    check(&[], &[deny.clone(), allow.clone()], &[&api, rest]);
    check(
        std::slice::from_ref(&deny),
        &[deny.clone(), allow.clone()],
        &["Deployment/api may be reached by more: Deployment/web on every port"],
    );
    check(std::slice::from_ref(&allow), std::slice::from_ref(&allow), &[]);
}

#[test]
fn names_need_port_53() {
    let out = |rules: Value| {
        policy(
            "web",
            &json!({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Egress"], "egress": rules}),
        )
    };
    let start = "NetworkPolicy/web isolates Deployment/web: only what a policy allows leaves it";
    let dns = json!({"ports": [{"port": 53, "protocol": "UDP"}]});
    let api = json!({"to": [from("api")]});
    check(&[], &[out(json!([api, dns]))], &[start]);
    let mute = format!("{start}, and names are no longer found, as no policy allows port 53");
    check(&[], &[out(json!([api, {"ports": [{"port": 443}]}]))], &[&mute]);
    let more = "Deployment/web may reach more: 0.0.0.0/0 on 443/TCP";
    let https = json!({"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]});
    check(&[out(json!([api, dns]))], &[out(json!([api, dns, https]))], &[more]);
    let fewer = "Deployment/web may reach fewer: no longer 0.0.0.0/0 on 443/TCP";
    check(&[out(json!([api, dns, https]))], &[out(json!([api, dns]))], &[fewer]);
    // A part of what was allowed already.
    let part = json!({"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 443}]});
    check(&[out(json!([api, dns, https]))], &[out(json!([api, dns, https, part]))], &[]);
}

#[test]
fn what_is_widened_and_narrowed_is_named() {
    let by = |app: &str, port: u64| json!({"from": [from(app)], "ports": [{"port": port}]});
    let only_web = into_api(json!([by("web", 8000)]));
    let more = |who: &str| format!("Deployment/api may be reached by more: {who}");
    check(
        std::slice::from_ref(&only_web),
        &[into_api(json!([by("web", 8000), by("job", 8000)]))],
        &[&more("Deployment/job on 8000/TCP")],
    );
    check(
        std::slice::from_ref(&only_web),
        &[into_api(json!([by("web", 8000), by("web", 9000)]))],
        &[&more("Deployment/web on 9000/TCP")],
    );
    let open = json!([by("web", 8000), {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]);
    check(std::slice::from_ref(&only_web), &[into_api(open.clone())], &[&more("0.0.0.0/0 on every port")]);
    let fewer = "Deployment/api may be reached by fewer: no longer by 0.0.0.0/0 on every port";
    check(&[into_api(open)], std::slice::from_ref(&only_web), &[fewer]);
    let scraper = json!({"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ops"}}}]});
    check(
        std::slice::from_ref(&only_web),
        &[into_api(json!([by("web", 8000), scraper]))],
        &[&more("every pod of namespace ops on every port")],
    );
    let both = into_api(json!([by("web", 8000), by("job", 8000)]));
    check(
        &[both],
        std::slice::from_ref(&only_web),
        &["Deployment/api may be reached by fewer: no longer by Deployment/job on 8000/TCP"],
    );
    let cut = "Deployment/web can no longer reach what it calls: Deployment/api on 8000/TCP, which Deployment/web `spec.template.spec.containers[web].env[API].value` names";
    check(
        std::slice::from_ref(&only_web),
        &[into_api(json!([by("web", 8001)]))],
        &[cut, &more("Deployment/web on 8001/TCP")],
    );
    // In another order, and said in another way.
    check(
        &[into_api(json!([by("web", 8000), by("job", 8000)]))],
        &[into_api(json!([{"from": [from("job"), from("web")], "ports": [{"port": "http"}]}]))],
        &[],
    );
}

#[test]
fn what_an_ingress_brings_must_be_let_in() {
    let backend = json!({"service": {"name": "api", "port": {"number": 80}}});
    let rules =
        json!([{"host": "a.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]);
    let ingress = object("networking.k8s.io/v1", "Ingress", "site", &json!({"spec": {"rules": rules}}));
    let only_web = json!([{"from": [from("web")]}]);
    let closed = "Deployment/api can no longer be reached from outside: no policy lets in what Ingress/site `spec.rules[a.example].http.paths[//Prefix].backend.service.name` brings";
    let isolates =
        "NetworkPolicy/api isolates Deployment/api: only Deployment/web on every port may reach it from now on";
    check(std::slice::from_ref(&ingress), &[ingress.clone(), into_api(only_web)], &[closed, isolates]);
    let with_controller = json!([{"from": [from("web"), {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}]}]);
    let isolates = "NetworkPolicy/api isolates Deployment/api: only Deployment/web on every port and every pod of namespace ingress-nginx on every port may reach it from now on";
    check(std::slice::from_ref(&ingress), &[ingress.clone(), into_api(with_controller)], &[isolates]);
}

#[test]
fn what_is_new_has_lost_nothing() {
    let deny = policy("deny", &json!({"podSelector": {}}));
    expect(&review_one(&[], &[web(), app("api"), to_api(), deny]), "network-policy-reach", &[]);
    let allow = into_api(json!([{"from": [from("web")]}]));
    let before = [app("api"), to_api(), into_api(json!([]))];
    let review = review_one(&before, &[web(), app("api"), to_api(), allow]);
    expect(&review, "network-policy-reach", &["Deployment/api may be reached by more: Deployment/web on every port"]);
}
