//! A port that is named on one side and numbered on the other: the same where the name has that number.

use crate::change::{ChangeSet, Equivalence, FieldChange};
use crate::object::{FieldPath, Object, ObjectId, Segment, Selector};
use serde_json::Value;

/// Marks the fields that say the same port in another way.
pub(super) fn mark(changes: &mut ChangeSet, before: &[Object], after: &[Object]) {
    for change in &mut changes.changes {
        let sides = (find(before, &change.id), find(after, &change.id));
        let (Some(old), Some(new)) = sides else { continue };
        match change.id.kind.as_str() {
            "Service" => {
                for field in &mut change.fields {
                    mark_target(field, (old, before), (new, after));
                }
            }
            "Ingress" => mark_backends(&mut change.fields, (old, before), (new, after)),
            _ => {}
        }
    }
}

fn find<'a>(objects: &'a [Object], id: &ObjectId) -> Option<&'a Object> {
    objects.binary_search_by(|it| it.id.cmp(id)).ok().map(|index| &objects[index])
}

/// One state of an object, and all objects of that state.
type State<'a> = (&'a Object, &'a [Object]);

/// A Service's `targetPort`: the number that all pods behind the Service give to the name.
fn mark_target(field: &mut FieldChange, old: State<'_>, new: State<'_>) {
    if field.equivalent.is_some() || field.path.last_field() != Some("targetPort") {
        return;
    }
    let (Some(before), Some(after)) = (&field.before, &field.after) else { return };
    let number = |value: &Value, state: State<'_>| match value {
        Value::String(name) => port_of_pods(state, name),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.as_u64(),
    };
    let numbers = (number(before, old), number(after, new));
    if numbers.0.is_some() && numbers.0 == numbers.1 {
        field.equivalent = Some(Equivalence::Port);
    }
}

/// Returns the number that every pod behind a Service has for a port of this name.
fn port_of_pods((service, objects): State<'_>, name: &str) -> Option<u64> {
    let selector = Selector::of_labels(service.field("spec.selector")?);
    let mut found = None;
    let is_behind = |it: &&Object| {
        let labels = it.pod_template().and_then(|it| it.pointer("/metadata/labels")).unwrap_or(&Value::Null);
        it.id.namespace == service.id.namespace && it.pod_template().is_some() && selector.matches(labels)
    };
    for workload in objects.iter().filter(is_behind) {
        let containers = workload.pod_template()?.pointer("/spec/containers")?.as_array()?;
        let mut ports = containers.iter().filter_map(|it| it.get("ports")?.as_array()).flatten();
        let port = ports.find(|it| it.get("name").and_then(Value::as_str) == Some(name))?;
        let number = port.get("containerPort")?.as_u64()?;
        if found.is_some_and(|it| it != number) {
            return None;
        }
        found = Some(number);
    }
    found
}

/// An Ingress' `service.port.name` and `service.port.number`, of which one goes and the other comes.
fn mark_backends(fields: &mut [FieldChange], old: State<'_>, new: State<'_>) {
    let is_port = |path: &FieldPath| {
        let names = path.segments().iter().rev().filter_map(|it| match it {
            Segment::Field(name) => Some(name.as_str()),
            Segment::Index(_) => None,
        });
        let last: Vec<&str> = names.take(3).collect();
        matches!(last.as_slice(), ["name" | "number", "port", "service"])
    };
    for field in fields.iter_mut().filter(|it| is_port(&it.path)) {
        let (Some(port), Some(port_before)) = (field.path.parent(), field.path_before.parent()) else { continue };
        let number = |port: &FieldPath, (ingress, objects): State<'_>| {
            let service = ingress.at(&port.parent()?.field("name"))?.as_str()?.to_owned();
            let port = ingress.at(port)?;
            let number = port.get("number").and_then(Value::as_u64);
            let named = |name: &str| port_of_service(objects, ingress, &service, name);
            Some((number.or_else(|| named(port.get("name")?.as_str()?))?, service))
        };
        let numbers = (number(&port_before, old), number(&port, new));
        if numbers.0.is_some() && numbers.0 == numbers.1 {
            field.equivalent = Some(Equivalence::Port);
        }
    }
}

fn port_of_service(objects: &[Object], ingress: &Object, service: &str, name: &str) -> Option<u64> {
    let is_it =
        |it: &&Object| it.id.kind == "Service" && it.id.name == service && it.id.namespace == ingress.id.namespace;
    let ports = objects.iter().find(is_it)?.field("spec.ports")?.as_array()?;
    ports.iter().find(|it| it.get("name").and_then(Value::as_str) == Some(name))?.get("port")?.as_u64()
}

#[cfg(test)]
mod tests {
    use crate::change::Equivalence;
    use crate::diff::objects;
    use crate::object::Object;
    use serde_json::{Value, json};

    fn body(version: &str, kind: &str, name: &str, spec: &Value) -> Value {
        json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec})
    }

    fn pods(name: &str, port: &Value) -> Value {
        let container = json!({"name": "a", "ports": [{"name": "web", "containerPort": port}]});
        let template = json!({"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [container]}});
        body("apps/v1", "Deployment", name, &json!({"template": template}))
    }

    fn service(target: &Value) -> Value {
        let ports = json!([{"name": "http", "port": 80, "targetPort": target}]);
        body("v1", "Service", "a", &json!({"selector": {"app": "a"}, "ports": ports}))
    }

    fn ingress(service: &str, port: &Value) -> Value {
        let backend = json!({"service": {"name": service, "port": port}});
        let rule = json!({"host": "a", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}});
        body("networking.k8s.io/v1", "Ingress", "a", &json!({"rules": [rule]}))
    }

    /// Asserts how many fields differ, and how many of them say the same port.
    #[track_caller]
    fn check(before: &[Value], after: &[Value], expected: (usize, usize)) {
        let set = |bodies: &[Value]| {
            let mut set: Vec<Object> = bodies.iter().cloned().filter_map(Object::from_body).collect();
            set.sort_by(|a, b| a.id.cmp(&b.id));
            set
        };
        for (before, after) in [(before, after), (after, before)] {
            let changes = objects(&set(before), &set(after)).changes;
            let fields: Vec<_> = changes.iter().flat_map(|it| &it.fields).map(|it| it.equivalent).collect();
            let ports = fields.iter().filter(|it| **it == Some(Equivalence::Port)).count();
            assert_eq!((fields.len(), ports), expected);
        }
    }

    #[test]
    fn a_target_port_has_the_number_of_its_name() {
        let (named, numbered) = (service(&json!("web")), service(&json!(8080)));
        let pods = |port: u16| pods("a", &json!(port));
        check(&[named.clone(), pods(8080)], &[numbered.clone(), pods(8080)], (1, 1));
        check(&[named.clone(), pods(8081)], &[numbered.clone(), pods(8081)], (1, 0));
        check(std::slice::from_ref(&named), std::slice::from_ref(&numbered), (1, 0));
        let other = super::tests::pods("b", &json!(9090));
        check(&[named.clone(), pods(8080), other.clone()], &[numbered, pods(8080), other], (1, 0));
        check(&[named, pods(8080)], &[service(&json!("other")), pods(8080)], (1, 0));
    }

    #[test]
    fn a_backend_has_the_number_of_its_port() {
        let service = service(&json!(8080));
        let (named, numbered) = (ingress("a", &json!({"name": "http"})), ingress("a", &json!({"number": 80})));
        check(&[named.clone(), service.clone()], &[numbered.clone(), service.clone()], (2, 2));
        let other = ingress("a", &json!({"number": 81}));
        check(&[named.clone(), service.clone()], &[other, service.clone()], (2, 0));
        let elsewhere = ingress("b", &json!({"number": 80}));
        check(&[named.clone(), service.clone()], &[elsewhere, service], (3, 0));
        check(&[named], &[numbered], (2, 0));
    }
}
