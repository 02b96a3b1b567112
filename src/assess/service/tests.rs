//! Services that can be reached in another way, one line each.

use crate::assess::tests::fixture::{expect, object, review_one, with};
use serde_json::{Value, json};

fn service(spec: Value) -> Value {
    let mut body = object("v1", "Service", "web", &json!({}));
    body["spec"] = spec;
    body
}

#[track_caller]
fn check(code: &str, before: Value, after: Value, expected: &[&str]) {
    expect(&review_one(&[service(before)], &[service(after)]), code, expected);
}

#[test]
fn a_type_decides_who_reaches_it() {
    let types = |before: Value, after: Value, expected: &[&str]| check("service-type-change", before, after, expected);
    types(
        json!({}),
        json!({"type": "NodePort"}),
        &["Service/web changes from ClusterIP to NodePort: it becomes reachable on a port of every node"],
    );
    let back = "Service/web changes from NodePort to ClusterIP: it is reachable only within the cluster, and ";
    types(json!({"type": "NodePort"}), json!({}), &[&format!("{back}its node port is released")]);
    types(
        json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}),
        json!({"type": "ClusterIP", "ports": [{"port": 80}]}),
        &[&format!("{back}node port 30080 is released")],
    );
    types(
        json!({"type": "LoadBalancer"}),
        json!({"type": "NodePort"}),
        &[
            "Service/web changes from LoadBalancer to NodePort: it becomes reachable on a port of every node, and its external address is released",
        ],
    );
    types(json!({}), json!({"type": "ClusterIP"}), &[]);
}

#[test]
fn a_node_port_is_an_address() {
    let at = |port: Value| json!({"type": "NodePort", "ports": [with(json!({"port": 80}), "/nodePort", port)]});
    let types = |before: Value, after: Value, expected: &[&str]| check("service-type-change", before, after, expected);
    types(
        at(json!(30080)),
        at(json!(30081)),
        &["Service/web moves to another node port: 30081, and nothing answers on 30080 any more"],
    );
    types(
        at(Value::Null),
        at(json!(30081)),
        &["Service/web gets a node port of its own choice: 30081 instead of the one that the cluster had chosen"],
    );
    types(at(json!(30080)), at(Value::Null), &[]);
    types(at(json!(30080)), at(json!(30080)), &[]);
}

#[test]
fn a_load_balancer_may_move() {
    let balancer = |annotations: Value, ip: Value| {
        let body = service(json!({"type": "LoadBalancer"}));
        with(with(body, "/metadata/annotations", annotations), "/spec/loadBalancerIP", ip)
    };
    let types = |before: Value, after: Value, expected: &[&str]| {
        expect(&review_one(&[before], &[after]), "service-type-change", expected);
    };
    let internal = || json!({"service.beta.kubernetes.io/aws-load-balancer-internal": "true"});
    types(
        balancer(json!({}), Value::Null),
        balancer(internal(), Value::Null),
        &[
            "Service/web may get another load balancer, and with it another address: `service.beta.kubernetes.io/aws-load-balancer-internal` changes",
        ],
    );
    types(
        balancer(json!({}), json!("203.0.113.1")),
        balancer(json!({}), json!("203.0.113.2")),
        &["Service/web moves to another external address: 203.0.113.2 is asked for"],
    );
    types(balancer(json!({"note": "a"}), Value::Null), balancer(json!({"note": "b"}), Value::Null), &[]);
    types(balancer(internal(), Value::Null), balancer(internal(), Value::Null), &[]);
}

#[test]
fn a_traffic_policy_decides_the_way() {
    let policy =
        |before: Value, after: Value, expected: &[&str]| check("traffic-policy-change", before, after, expected);
    let local = |kind: &str| json!({"type": kind, "externalTrafficPolicy": "Local"});
    policy(
        json!({"type": "NodePort"}),
        local("NodePort"),
        &[
            "Service/web takes another way to its pods, `externalTrafficPolicy: Local`: a node sends what it gets from outside only to its own pods, which see who calls; nodes without a pod drop it",
        ],
    );
    policy(
        local("NodePort"),
        json!({"type": "NodePort", "externalTrafficPolicy": "Cluster"}),
        &[
            "Service/web takes another way to its pods, `externalTrafficPolicy: Cluster`: a node sends what it gets from outside to the pods of any node, and pods see the address of a node instead of who calls",
        ],
    );
    policy(
        json!({}),
        json!({"internalTrafficPolicy": "Local"}),
        &[
            "Service/web takes another way to its pods, `internalTrafficPolicy: Local`: pods reach only those pods of it that run on their own node, and nobody where there are none",
        ],
    );
    // `Cluster` is the default, and a Service within the cluster has no outside.
    policy(json!({"type": "NodePort"}), json!({"type": "NodePort", "externalTrafficPolicy": "Cluster"}), &[]);
    policy(json!({}), local("NodePort"), &[]);
    policy(local("NodePort"), local("NodePort"), &[]);
}

#[test]
fn a_removed_port_is_missed_by_those_who_name_it() {
    let ports = |list: &[u64]| {
        service(
            json!({"ports": list.iter().map(|it| json!({"port": it, "name": format!("p{it}")})).collect::<Vec<_>>()}),
        )
    };
    let check = |user: Option<Value>, expected: &[&str]| {
        let (mut before, mut after) = (vec![ports(&[80, 90])], vec![ports(&[80])]);
        before.extend(user.clone());
        after.extend(user);
        expect(&review_one(&before, &after), "service-port-removed", expected);
    };
    let start = "Service/web no longer answers on port 90/TCP: ";
    let nobody = format!("{start}nothing rendered here names it");
    check(None, &[&nobody]);
    let config = |value: &str| Some(object("v1", "ConfigMap", "config", &json!({"data": {"URL": value}})));
    check(config("http://web:90/metrics"), &[&format!("{start}ConfigMap/config `data.URL` still uses it")]);
    check(
        config("http://web:80,http://web.dev.svc:90"),
        &[&format!("{start}ConfigMap/config `data.URL` still uses it")],
    );
    check(config("http://web"), &[&nobody]);
    check(config("http://other:90"), &[&nobody]);
    let backend = |port: Value| {
        let backend = json!({"service": {"name": "web", "port": port}});
        Some(object("networking.k8s.io/v1", "Ingress", "site", &json!({"spec": {"defaultBackend": backend}})))
    };
    check(
        backend(json!({"number": 90})),
        &[&format!("{start}Ingress/site `spec.defaultBackend.service.port.number` still uses it")],
    );
    check(
        backend(json!({"name": "p90"})),
        &[&format!("{start}Ingress/site `spec.defaultBackend.service.port.name` still uses it")],
    );
    check(backend(json!({"number": 80})), &[&nobody]);
    expect(&review_one(&[ports(&[80])], &[ports(&[80, 90])]), "service-port-removed", &[]);
    let moved = with(ports(&[80]), "/spec/ports/0/targetPort", json!(8080));
    expect(&review_one(&[ports(&[80])], &[moved]), "service-port-removed", &[]);
}
