//! Objects for the tests of the rules: valid ones, and one change to them at a time.

use crate::diagnostic::Diagnostic;
use crate::object::{Environment, Object, ObjectSet};
use serde_json::{Value, json};

/// A Deployment that every rule accepts.
pub(super) fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "securityContext": {"runAsNonRoot": true, "runAsUser": 1000},
                    "containers": [{
                        "name": "web",
                        "image": "web:1.0.0",
                        "ports": [{"name": "http", "containerPort": 8000}],
                        "resources": {
                            "requests": {"cpu": "250m", "memory": "256Mi"},
                            "limits": {"cpu": "500m", "memory": "512Mi"},
                        },
                        "livenessProbe": {"httpGet": {"path": "/health", "port": "http"}},
                        "readinessProbe": {"httpGet": {"path": "/health", "port": 8000}},
                        "securityContext": {
                            "allowPrivilegeEscalation": false,
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }],
                },
            },
        },
    })
}

/// A Service that selects [`deployment`].
pub(super) fn service() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "prod"},
        "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
    })
}

/// Any object of a group, kind and name, with these fields.
pub(super) fn any(api_version: &str, kind: &str, name: &str, fields: &Value) -> Value {
    let mut body = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "prod"}});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// Puts a value at a JSON pointer, `/spec/ports/0/port`, making the maps on the way; null takes the field away.
pub(super) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let mut at = &mut body;
    for step in parent.split('/').skip(1) {
        at = match step.parse::<usize>() {
            Ok(index) if at.is_array() => &mut at[index],
            _ => {
                let map = at.as_object_mut().unwrap();
                map.entry(step.to_owned()).or_insert_with(|| json!({}))
            }
        };
    }
    match at {
        Value::Array(items) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => items[index] = value,
            _ => items.push(value),
        },
        Value::Object(map) if value.is_null() => {
            map.shift_remove(last);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => at[last] = value,
    }
    body
}

/// Puts a value into the pod template's spec of [`deployment`].
pub(super) fn with_pod(pointer: &str, value: Value) -> Value {
    with(deployment(), &format!("/spec/template/spec{pointer}"), value)
}

/// Puts a value into the only container of [`deployment`].
pub(super) fn with_container(pointer: &str, value: Value) -> Value {
    with(deployment(), &format!("/spec/template/spec/containers/0{pointer}"), value)
}

/// Reads an object.
pub(super) fn object(body: Value) -> Object {
    Object::from_body(body).unwrap()
}

/// An environment `prod` with these objects.
pub(super) fn set(bodies: impl IntoIterator<Item = Value>) -> ObjectSet {
    let mut objects: Vec<Object> = bodies.into_iter().map(object).collect();
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    let environment = Environment::undeclared("prod");
    ObjectSet { environment, objects }
}

/// Asserts what was found, message by message: `code path words`, where path and words only have to occur in it.
pub(super) fn expect(found: Vec<Diagnostic>, expected: &[&str]) {
    let shown: Vec<String> = found.iter().map(|it| format!("{} {}", it.code.name, it.message)).collect();
    assert_eq!(found.len(), expected.len(), "expected {expected:#?}, found {shown:#?}");
    for (it, expected) in found.into_iter().zip(expected) {
        let mut parts = expected.splitn(3, ' ');
        assert_eq!(Some(it.code.name), parts.next(), "expected {expected}, found {shown:#?}");
        for part in parts {
            assert!(it.message.contains(part), "expected {expected}, found {shown:#?}");
        }
    }
}
