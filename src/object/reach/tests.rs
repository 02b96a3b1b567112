//! Policies of `networking/v1` and what they let through, one line each.

use super::{Direction, Pod, Policies, Ranges};
use crate::object::Object;
use serde_json::{Value, json};

fn template(app: &str) -> Value {
    let ports =
        json!([{"name": "http", "containerPort": 8000}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]);
    json!({"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": app, "ports": ports}]}})
}

fn policy(spec: &Value) -> Object {
    let metadata = json!({"name": "policy", "namespace": "dev"});
    let body =
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec});
    Object::from_body(body).unwrap()
}

fn namespace(name: &str, team: &str) -> Object {
    let metadata = json!({"name": name, "labels": {"team": team}});
    Object::from_body(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})).unwrap()
}

fn set(policies: &[Value]) -> Vec<Object> {
    let policies = policies.iter().map(policy);
    policies.chain([namespace("dev", "shop"), namespace("ops", "platform")]).collect()
}

/// Checks what `web` of `dev` may reach of `api` of `dev`, and what `scraper` of `ops` may.
#[track_caller]
fn check(policies: &[Value], from_web: &str, from_scraper: &str) {
    let objects = set(policies);
    let policies = Policies::of(&objects);
    let (web, api, scraper) = (template("web"), template("api"), template("scraper"));
    let pod = |namespace, template| Pod { namespace: Some(namespace), template };
    let to = pod("dev", &api);
    let found = |from| policies.between(&policies.guard(from), &policies.guard(to), Ranges::Outside).to_string();
    assert_eq!(found(pod("dev", &web)), from_web, "from web");
    assert_eq!(found(pod("ops", &scraper)), from_scraper, "from scraper");
}

#[test]
fn isolation_begins_with_the_first_policy() {
    check(&[], "every port", "every port");
    check(&[json!({"podSelector": {"matchLabels": {"app": "other"}}})], "every port", "every port");
    check(&[json!({"podSelector": {}})], "no port", "no port");
    check(&[json!({})], "no port", "no port");
    check(&[json!({"podSelector": {}, "policyTypes": ["Ingress"]})], "no port", "no port");
    // Without types, a policy with rules for egress isolates both ways.
    let implied = json!({"podSelector": {"matchLabels": {"app": "web"}}, "egress": [{"ports": [{"port": 80}]}]});
    check(&[implied], "80/TCP", "every port");
    let outgoing = json!({"podSelector": {}, "policyTypes": ["Egress"]});
    check(&[outgoing], "no port", "every port");
    // Types decide: rules of another direction do nothing.
    let idle = json!({"podSelector": {}, "policyTypes": ["Ingress"], "egress": [{}], "ingress": [{}]});
    check(&[idle], "every port", "every port");
}

#[test]
fn both_sides_must_allow_a_connection() {
    let leave = json!({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 8000}, {"port": 80}]}]});
    let enter =
        json!({"podSelector": {"matchLabels": {"app": "api"}}, "ingress": [{"ports": [{"port": 8000}, {"port": 90}]}]});
    check(&[leave, enter], "8000/TCP", "90/TCP, 8000/TCP");
}

#[test]
fn a_peer_is_who_its_selectors_say() {
    let from = |peer: Value, web: &str, scraper: &str| {
        check(&[json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [peer]}]})], web, scraper);
    };
    from(json!({"podSelector": {}}), "every port", "no port");
    from(json!({"podSelector": {"matchLabels": {"app": "web"}}}), "every port", "no port");
    from(json!({"podSelector": {"matchLabels": {"app": "scraper"}}}), "no port", "no port");
    from(json!({"namespaceSelector": {}}), "every port", "every port");
    from(json!({"namespaceSelector": {"matchLabels": {"team": "platform"}}}), "no port", "every port");
    from(
        json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "dev"}}}),
        "every port",
        "no port",
    );
    let both = json!({"namespaceSelector": {"matchLabels": {"team": "platform"}}, "podSelector": {"matchLabels": {"app": "web"}}});
    from(both, "no port", "no port");
    let expression =
        json!({"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}});
    from(expression, "every port", "no port");
    from(json!({"ipBlock": {"cidr": "0.0.0.0/0"}}), "no port", "no port");
    from(json!({}), "no port", "no port");
    // No list of peers, and an empty one, is everybody.
    check(&[json!({"podSelector": {}, "ingress": [{"from": []}]})], "every port", "every port");
}

#[test]
fn a_port_has_a_protocol_a_name_and_an_end() {
    let open = |ports: Value, expected: &str| {
        check(&[json!({"podSelector": {}, "ingress": [{"ports": ports}]})], expected, expected);
    };
    open(json!([]), "every port");
    open(json!([{"port": 80}]), "80/TCP");
    open(json!([{"port": 80, "protocol": "UDP"}]), "80/UDP");
    open(json!([{"port": "http"}]), "8000/TCP");
    open(json!([{"port": "dns", "protocol": "UDP"}]), "53/UDP");
    open(json!([{"port": "dns"}]), "no port");
    open(json!([{"port": "missing"}]), "no port");
    open(json!([{"port": 80, "endPort": 90}]), "80-90/TCP");
    open(json!([{"protocol": "UDP"}]), "every UDP port");
}

#[test]
fn ranges_may_hold_pods() {
    let objects = set(&[json!({"podSelector": {}, "ingress": [{"from": [
        {"ipBlock": {"cidr": "203.0.113.0/24"}}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
    ]}]})]);
    let (policies, web) = (Policies::of(&objects), template("web"));
    let pod = Pod { namespace: Some("dev"), template: &web };
    let pod = policies.guard(pod);
    assert_eq!(policies.between(&pod, &pod, Ranges::Outside).to_string(), "no port");
    assert_eq!(policies.between(&pod, &pod, Ranges::Pods).to_string(), "every port");
}

#[test]
fn who_is_beyond_is_described() {
    let (web, api) = (template("web"), template("api"));
    let known = [Pod { namespace: Some("dev"), template: &web }, Pod { namespace: Some("dev"), template: &api }];
    let check = |peers: Value, expected: &[&str]| {
        let objects = set(&[json!({"podSelector": {}, "ingress": [{"from": peers, "ports": [{"port": 80}]}]})]);
        let policies = Policies::of(&objects);
        let found = policies.beyond(&policies.guard(known[1]), Direction::Ingress, &known);
        let found: Vec<String> = found.iter().map(|it| format!("{} {}", it.who.name(), it.ports)).collect();
        assert_eq!(found, expected);
    };
    check(json!([]), &["every address 80/TCP", "every pod of the cluster 80/TCP"]);
    check(json!([{"podSelector": {"matchLabels": {"app": "web"}}}]), &[]);
    check(json!([{"podSelector": {}}]), &["every pod of its namespace 80/TCP"]);
    check(json!([{"podSelector": {"matchLabels": {"app": "gone"}}}]), &["pods with app=gone 80/TCP"]);
    check(json!([{"namespaceSelector": {}}]), &["every pod of the cluster 80/TCP"]);
    check(json!([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "dev"}}}]), &[]);
    let elsewhere = json!([{"namespaceSelector": {"matchLabels": {"team": "platform"}}, "podSelector": {"matchLabels": {"app": "scraper"}}}]);
    check(elsewhere, &["pods with app=scraper of namespaces with team=platform 80/TCP"]);
    let block = json!([{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]);
    check(block, &["10.0.0.0/8 without 10.1.0.0/16 80/TCP"]);
    let objects = set(&[]);
    let policies = Policies::of(&objects);
    let open = policies.beyond(&policies.guard(known[0]), Direction::Egress, &known);
    assert_eq!(open[0].who.name(), "every address");
}
