//! What names an item of a list, so that two versions of the list can be compared item by item.
//!
//! The keys are those by which Kubernetes itself merges the lists (`x-kubernetes-list-map-keys` and `patchMergeKey` in
//! its OpenAPI document). Lists that Kubernetes treats as one value, but whose items a person tells apart, have a
//! display key here.

use super::FieldPath;
use serde_json::Value;

/// How the items of a list are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKey {
    /// By these fields; the second is compared only where one of the items has it, `protocol` defaulting to TCP.
    Fields(&'static [&'static str]),
    /// By value: the list is a set of scalars, and order has no meaning.
    Set,
    /// By position: order has meaning.
    Position,
    /// By the whole item: order has no meaning, and an item has no name.
    Content,
}

/// Returns how the items of the list at `path` are told apart.
pub fn of_list(path: &FieldPath) -> ListKey {
    let Some(name) = path.last_field() else { return ListKey::Position };
    let in_container = || {
        path.segments()
            .iter()
            .any(|it| matches!(it, super::Segment::Field(name) if name == "containers" || name == "initContainers"))
    };
    match name {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "volumes"
        | "env"
        | "imagePullSecrets"
        | "resourceClaims"
        | "volumeClaimTemplates" => ListKey::Fields(&["name"]),
        "volumeMounts" => ListKey::Fields(&["mountPath"]),
        "volumeDevices" => ListKey::Fields(&["devicePath"]),
        "hostAliases" => ListKey::Fields(&["ip"]),
        "topologySpreadConstraints" => ListKey::Fields(&["topologyKey", "whenUnsatisfiable"]),
        "ports" if in_container() => ListKey::Fields(&["containerPort", "protocol"]),
        "ports" if path.segments().len() == 2 => ListKey::Fields(&["port", "protocol"]),
        "rules" => ListKey::Fields(&["host"]),
        "paths" => ListKey::Fields(&["path", "pathType"]),
        "finalizers"
        | "policyTypes"
        | "accessModes"
        | "loadBalancerSourceRanges"
        | "externalIPs"
        | "drop"
        | "add"
        | "verbs"
        | "apiGroups"
        | "resources"
        | "resourceNames"
        | "hosts"
        | "except" => ListKey::Set,
        "tolerations" | "envFrom" | "ports" | "ingress" | "egress" | "from" | "to" | "tls" | "metrics" | "subjects" => {
            ListKey::Content
        }
        _ => ListKey::Position,
    }
}

/// True where moving an item of a keyed list changes what the list means: a later `env` entry may use an earlier one,
/// and init containers run in order.
pub fn order_matters(path: &FieldPath) -> bool {
    matches!(path.last_field(), Some("env" | "initContainers"))
}

/// Returns the name of one item of the list at `path`: `web`, `8000/TCP`.
pub fn of_item(path: &FieldPath, item: &Value) -> Option<String> {
    match of_list(path) {
        ListKey::Fields(fields) => {
            let part = |field: &&str| match item.get(field) {
                Some(Value::String(text)) => Some(text.clone()),
                Some(Value::Number(number)) => Some(number.to_string()),
                None if *field == "protocol" => Some("TCP".to_owned()),
                Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => None,
            };
            fields.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
        }
        ListKey::Set => item.as_str().map(str::to_owned),
        ListKey::Position | ListKey::Content => None,
    }
}
