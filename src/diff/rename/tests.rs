//! Which objects are taken for one under another name, and that the way back pairs the same.

use crate::diff::objects;
use crate::object::Object;
use serde_json::{Value, json};

fn object(api: &str, kind: &str, name: &str, fields: &Value) -> Value {
    let mut body = json!({"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "dev"}});
    for (field, value) in fields.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

fn config(name: &str, data: &Value) -> Value {
    object("v1", "ConfigMap", name, &json!({"data": data}))
}

fn workload(kind: &str, name: &str, image: &str) -> Value {
    let labels = json!({"app": name});
    let probe = json!({"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5});
    let container = json!({"name": name, "image": image, "livenessProbe": probe, "readinessProbe": probe});
    let template = json!({"metadata": {"labels": labels}, "spec": {"containers": [container]}});
    object("apps/v1", kind, name, &json!({"spec": {"selector": {"matchLabels": labels}, "template": template}}))
}

fn service(name: &str, app: &str) -> Value {
    let ports = json!([{"name": "http", "port": 80, "targetPort": "http"}]);
    object("v1", "Service", name, &json!({"spec": {"type": "ClusterIP", "selector": {"app": app}, "ports": ports}}))
}

fn moved(mut body: Value) -> Value {
    body["metadata"]["namespace"] = json!("prod");
    body
}

fn set(bodies: &[Value]) -> Vec<Object> {
    let mut objects: Vec<Object> = bodies.iter().cloned().filter_map(Object::from_body).collect();
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    objects
}

/// Asserts the pairs, written as `old > new`, of the change and of its way back.
#[track_caller]
fn check(before: &[Value], after: &[Value], expected: &[&str]) {
    let (before, after) = (set(before), set(after));
    let renames = |before: &[Object], after: &[Object]| objects(before, after).renames;
    let there = renames(&before, &after);
    let found: Vec<String> = there.iter().map(|it| format!("{} > {}", it.before.short(), it.after.short())).collect();
    assert_eq!(found, expected);
    let mut there: Vec<_> = there.into_iter().map(|it| (it.before, it.after)).collect();
    let mut back: Vec<_> = renames(&after, &before).into_iter().map(|it| (it.after, it.before)).collect();
    there.sort();
    back.sort();
    assert_eq!(there, back);
}

#[test]
fn configuration_is_known_by_its_content_or_its_hash() {
    let data = json!({"A": "1", "B": "2", "C": "3"});
    let (old, new) = ("web-config-7f9c4d5b8k", "web-config-2bdk84hm5t");
    check(
        &[config(old, &data)],
        &[config(new, &json!({"Z": "9"}))],
        &["ConfigMap/web-config-7f9c4d5b8k > ConfigMap/web-config-2bdk84hm5t"],
    );
    check(
        &[config("web", &data)],
        &[config("site", &json!({"A": "1", "B": "2", "C": "4"}))],
        &["ConfigMap/web > ConfigMap/site"],
    );
    check(&[config("web", &data)], &[config("site", &json!({"A": "5", "B": "6", "C": "4"}))], &[]);
    check(&[config("web", &json!({"A": "1"}))], &[config("site", &json!({"A": "1"}))], &[]);
    check(&[config("web", &data)], &[object("v1", "Secret", "site", &json!({"data": data}))], &[]);
    // The best of several, and of equals the first by name.
    let near = json!({"A": "1", "B": "2", "C": "4"});
    check(&[config("web", &data)], &[config("a", &near), config("b", &data)], &["ConfigMap/web > ConfigMap/b"]);
    check(&[config("x", &data)], &[config("a", &data), config("b", &data)], &["ConfigMap/x > ConfigMap/a"]);
    check(
        &[config("x", &data), config("y", &data)],
        &[config("b", &data), config("a", &data)],
        &["ConfigMap/x > ConfigMap/a", "ConfigMap/y > ConfigMap/b"],
    );
    check(
        &[config("a-7f9c4d5b8k", &data), config("b-7f9c4d5b8k", &data)],
        &[config("a-2bdk84hm5t", &data), config("b-2bdk84hm5t", &data)],
        &["ConfigMap/a-7f9c4d5b8k > ConfigMap/a-2bdk84hm5t", "ConfigMap/b-7f9c4d5b8k > ConfigMap/b-2bdk84hm5t"],
    );
    let file = |port: u16| json!({"app.conf": format!("one\ntwo\nthree\nfour\nport {port}\n")});
    check(&[config("web", &file(1))], &[config("site", &file(2))], &["ConfigMap/web > ConfigMap/site"]);
}

#[test]
fn workloads_are_known_by_their_pods() {
    let web = || workload("Deployment", "web", "web:1");
    check(&[web()], &[workload("Deployment", "site", "web:2")], &["Deployment/web > Deployment/site"]);
    check(&[web()], &[workload("StatefulSet", "web", "web:1")], &["Deployment/web > StatefulSet/web"]);
    check(&[web()], &[workload("StatefulSet", "web", "other:1")], &["Deployment/web > StatefulSet/web"]);
    check(&[web()], &[workload("Deployment", "api", "api:1")], &[]);
    check(&[web()], &[moved(web())], &["Deployment/web > Deployment/web"]);
    check(&[web()], &[moved(workload("Deployment", "site", "web:1"))], &[]);
    check(&[web()], &[web(), workload("Deployment", "site", "web:1")], &[]);
    let mut job = workload("Job", "web", "web:1");
    job["apiVersion"] = json!("batch/v1");
    check(&[web()], &[job], &[]);
    // What the old selector matches takes the old one's place, whatever it runs.
    let mut heir = workload("Deployment", "web-two", "other:1");
    heir["spec"]["template"]["metadata"]["labels"] = json!({"app": "web"});
    heir["spec"]["template"]["spec"]["containers"][0]["name"] = json!("web");
    check(&[web()], &[heir], &["Deployment/web > Deployment/web-two"]);
}

#[test]
fn other_objects_follow_a_workload_or_keep_what_they_say() {
    let account = |name: &str| object("v1", "ServiceAccount", name, &json!({}));
    let web = |name: &str| [workload("Deployment", name, "web:1"), service(name, name), account(name)];
    check(
        &web("web"),
        &web("site"),
        &["Service/web > Service/site", "ServiceAccount/web > ServiceAccount/site", "Deployment/web > Deployment/site"],
    );
    let other = [workload("Deployment", "api", "api:1"), service("api", "api"), account("api")];
    check(&web("web"), &other, &[]);
    check(&[service("web", "web")], &[service("web-http", "web")], &["Service/web > Service/web-http"]);
    check(&[service("web", "web")], &[service("api", "api")], &[]);
    check(&[account("web")], &[moved(account("web"))], &["ServiceAccount/web > ServiceAccount/web"]);
    check(&[account("web")], &[account("api")], &[]);
    // What holds something does not move.
    let claim = |name: &str| {
        let spec = json!({"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}});
        object("v1", "PersistentVolumeClaim", name, &json!({"spec": spec}))
    };
    check(&[claim("data")], &[claim("data-two")], &[]);
    check(&[claim("data")], &[moved(claim("data"))], &[]);
    let ingress = object("networking.k8s.io/v1", "Ingress", "web", &json!({"spec": {"rules": [{"host": "a"}]}}));
    let route = object("gateway.networking.k8s.io/v1", "HTTPRoute", "web", &json!({"spec": {"hostnames": ["a"]}}));
    check(&[ingress], &[route], &[]);
}

#[test]
fn a_pair_has_the_fields_that_differ() {
    let before = set(&[config("web-7f9c4d5b8k", &json!({"A": "1", "B": "2"}))]);
    let after = set(&[config("web-2bdk84hm5t", &json!({"A": "1", "B": "3"}))]);
    let renames = objects(&before, &after).renames;
    let paths: Vec<&str> = renames[0].fields.iter().map(|it| it.shown.as_str()).collect();
    assert_eq!(paths, ["metadata.name", "data.B"]);
    assert_eq!(crate::change::apply(&before[0].body, &renames[0].fields), after[0].body);
}

#[test]
fn a_large_tree_is_paired_as_quickly_as_a_small_one() {
    // Two thousand objects that have nearly everything in common with each other, all moved to another namespace.
    let all: Vec<Value> = (0..1_000)
        .flat_map(|it| {
            let name = format!("app-{it}");
            [workload("Deployment", &name, &format!("registry/{name}:1")), service(&name, &name)]
        })
        .collect();
    let there: Vec<Value> = all.iter().cloned().map(moved).collect();
    assert_eq!(objects(&set(&all), &set(&there)).renames.len(), 2_000);
}
