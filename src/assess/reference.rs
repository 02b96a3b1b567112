//! Who refers to what: a ConfigMap or Secret in pods, a Service in routes and in configuration values.

use super::workload::{Pods, items, text};
use crate::object::{FieldPath, Object};
use serde_json::Value;

/// One place in a pod that reads a ConfigMap or a Secret.
pub(super) struct ConfigUse<'a> {
    /// `ConfigMap` or `Secret`.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: &'a str,
    /// The key that is read; none where all are.
    pub(super) key: Option<&'a str>,
    /// How it is read.
    pub(super) way: Way,
    /// True where the pod starts without it.
    pub(super) optional: bool,
}

/// How a pod reads configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// As environment variables, which are read once, when a container starts.
    Variable,
    /// As a file that is mounted by `subPath`, which is never updated.
    PinnedFile,
    /// As files, which are updated while it runs.
    File,
}

impl<'a> ConfigUse<'a> {
    /// Returns the key without which a container does not start. A file that is mounted by `subPath` need not be there:
    /// the kubelet makes a folder in its place.
    pub(super) fn needed_key(&self) -> Option<&'a str> {
        self.key.filter(|_| !self.optional && self.way != Way::PinnedFile)
    }
}

/// Returns every place in the pods that reads a ConfigMap or a Secret.
pub(super) fn config_uses(pods: Pods<'_>) -> Vec<ConfigUse<'_>> {
    let mut uses = Vec::new();
    for (_, container) in pods.containers() {
        for entry in items(container, "env") {
            let from = entry.get("valueFrom").unwrap_or(&Value::Null);
            for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                let reference = from.get(field);
                uses.extend(
                    reference.map(|it| one(kind, it, "name", it.get("key").and_then(Value::as_str), Way::Variable)),
                );
            }
        }
        for entry in items(container, "envFrom") {
            for (field, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
                uses.extend(entry.get(field).map(|it| one(kind, it, "name", None, Way::Variable)));
            }
        }
    }
    for volume in items(pods.spec(), "volumes") {
        let mounts = Mounts::of(pods, text(volume, "name"));
        uses.extend(volume.get("configMap").into_iter().flat_map(|it| files("ConfigMap", it, "name", &mounts)));
        uses.extend(volume.get("secret").into_iter().flat_map(|it| files("Secret", it, "secretName", &mounts)));
        for source in volume.get("projected").map_or(&[][..], |it| items(it, "sources")) {
            uses.extend(source.get("configMap").into_iter().flat_map(|it| files("ConfigMap", it, "name", &mounts)));
            uses.extend(source.get("secret").into_iter().flat_map(|it| files("Secret", it, "name", &mounts)));
        }
    }
    uses
}

/// How the containers of a pod mount one of its volumes.
struct Mounts<'a> {
    /// Some of them as a whole, or none mounts it at all.
    whole: bool,
    /// What is mounted by `subPath`; none where only the running container knows it (`subPathExpr`).
    pinned: Vec<Option<&'a str>>,
}

impl<'a> Mounts<'a> {
    fn of(pods: Pods<'a>, volume: &str) -> Self {
        let mut mounts = Self { whole: false, pinned: Vec::new() };
        for (_, container) in pods.containers() {
            for mount in items(container, "volumeMounts").iter().filter(|it| text(it, "name") == volume) {
                match (text(mount, "subPath"), text(mount, "subPathExpr")) {
                    ("", "") => mounts.whole = true,
                    ("", _) => mounts.pinned.push(None),
                    (path, _) => mounts.pinned.push(Some(path)),
                }
            }
        }
        mounts.whole |= mounts.pinned.is_empty();
        mounts
    }

    /// True where a file at this path is in reach of a mount by `subPath`: it, a folder around it, or an unknown one.
    fn pins(&self, path: &str) -> bool {
        let is_around = |it: &str| path.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.pinned.iter().any(|it| it.is_none_or(|it| is_around(it.trim_end_matches('/'))))
    }
}

fn one<'a>(kind: &'static str, source: &'a Value, name: &str, key: Option<&'a str>, way: Way) -> ConfigUse<'a> {
    let optional = source.get("optional") == Some(&Value::Bool(true));
    ConfigUse { kind, name: text(source, name), key, way, optional }
}

/// Returns what a volume reads. A pod needs all keys that its `items` name, mounted or not.
fn files<'a>(kind: &'static str, source: &'a Value, name: &str, mounts: &Mounts<'a>) -> Vec<ConfigUse<'a>> {
    let key = |it: &'a Value| it.get("key").and_then(Value::as_str);
    match items(source, "items") {
        [] => {
            let whole = mounts.whole.then(|| one(kind, source, name, None, Way::File));
            let pinned = mounts.pinned.iter().map(|key| one(kind, source, name, *key, Way::PinnedFile));
            whole.into_iter().chain(pinned).collect()
        }
        items => {
            let of_item = |it: &'a Value| {
                let pinned = mounts.pins(text(it, "path")).then(|| one(kind, source, name, key(it), Way::PinnedFile));
                [one(kind, source, name, key(it), Way::File)].into_iter().chain(pinned)
            };
            items.iter().flat_map(of_item).collect()
        }
    }
}

/// Returns the field by which an object refers to a Service, if it does. Objects of the Service's own namespace may
/// say its bare name, all others only `name.namespace`.
pub(super) fn service_use(object: &Object, service: &Object) -> Option<FieldPath> {
    let namespace = service.id.namespace.as_deref().unwrap_or_default();
    let is_neighbour = object.id.namespace == service.id.namespace;
    let name = service.id.name.as_str();
    let mut found = None;
    let mut see = |path: &FieldPath, is_used: bool| {
        if is_used && found.is_none() {
            found = Some(path.clone());
        }
    };
    crate::object::leaves(&object.body, &mut |path, value| {
        let Some(value) = value.as_str() else { return };
        let fields: Vec<&str> = path.segments().iter().filter_map(field_name).collect();
        let is_reference = match (object.id.kind.as_str(), fields.as_slice()) {
            ("Ingress", [.., "service", "name"]) | ("StatefulSet", ["spec", "serviceName"]) => true,
            (kind, [.., "backendRefs", "name"]) => kind.ends_with("Route"),
            _ => false,
        };
        let is_setting = matches!(fields.as_slice(), ["data", ..] if object.id.kind == "ConfigMap")
            || matches!(fields.as_slice(), [.., "env", "value"] if object.pod_template().is_some());
        see(path, is_reference && is_neighbour && value == name);
        see(path, is_setting && names_host(value, name, namespace, is_neighbour));
    });
    found
}

fn field_name(segment: &crate::object::Segment) -> Option<&str> {
    match segment {
        crate::object::Segment::Field(name) => Some(name),
        crate::object::Segment::Index(_) => None,
    }
}

/// True where a value names the host: as a whole, in a URL, or with a port. A bare name within other text is a word.
fn names_host(value: &str, name: &str, namespace: &str, is_neighbour: bool) -> bool {
    let is_name = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '.';
    let long = format!("{name}.{namespace}");
    let mut rest = 0;
    while let Some(start) = value[rest..].find(is_name).map(|it| rest + it) {
        let end = value[start..].find(|it: char| !is_name(it)).map_or(value.len(), |it| start + it);
        let word = value[start..end].trim_end_matches('.');
        let tail = word.strip_prefix(long.as_str());
        if matches!(tail, Some("" | ".svc" | ".svc.cluster.local")) {
            return true;
        }
        let is_host = word == value
            || value[..start].ends_with("//")
            || value[..start].ends_with('@')
            || value[end..].strip_prefix(':').is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
        if is_neighbour && word == name && is_host {
            return true;
        }
        rest = end;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::names_host;

    #[test]
    fn a_host_is_told_from_a_word() {
        let check = |value: &str, neighbour: bool, expected: bool| {
            assert_eq!(names_host(value, "api", "todo-dev", neighbour), expected, "{value}");
        };
        check("api", true, true);
        check("http://api:8000/v1", true, true);
        check("https://api/v1", true, true);
        check("redis://user@api", true, true);
        check("a:1,api:8000", true, true);
        check("the api is good", true, false);
        check("http://api-gateway/", true, false);
        check("http://my.api/", true, false);
        check("/api/v1", true, false);
        check("http://api:8000", false, false);
        check("http://api.todo-dev:8000", false, true);
        check("api.todo-dev.svc", false, true);
        check("api.todo-dev.svc.cluster.local.", false, true);
        check("api.todo-dev.example.com", false, false);
        check("api.todo-prod.svc", true, false);
        check("", true, false);
    }
}
