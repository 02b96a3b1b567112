//! What names an item of a list, so that two versions of the list can be compared item by item.
//!
//! The keys are those by which Kubernetes itself merges the lists (`x-kubernetes-list-map-keys` and
//! `x-kubernetes-patch-merge-key` in its OpenAPI document). Lists that Kubernetes replaces as one value, but whose
//! items a person tells apart, have a display key here.

use super::{FieldPath, Segment, kind};
use serde_json::Value;

/// How the items of a list are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKey {
    /// By these fields, each a field of the item or, with a dot, of a block in it; `protocol` defaults to TCP.
    Fields(&'static [&'static str]),
    /// By value: the list is a set of scalars, and order has no meaning.
    Set,
    /// By position: order has meaning.
    Position,
    /// By the whole item: order has no meaning, and an item has no name.
    Content,
}

/// Whose rules the lists of an object follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Those of Kubernetes, which we know.
    BuiltIn,
    /// The same, of a kind that compares its pod template with that of its pods item by item: in it, every order counts.
    /// Kubernetes: `EqualIgnoreHash` of Deployments, `EqualRevision` of `StatefulSet`s and `DaemonSet`s.
    Rolled,
    /// Those of a custom resource, which we do not know: every order may have a meaning.
    Custom,
}

impl Schema {
    /// Reads it off an object's `apiVersion`.
    pub fn of(body: &Value) -> Self {
        let version = body.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let kind = body.get("kind").and_then(Value::as_str).unwrap_or_default();
        match group {
            "apps" if matches!(kind, "DaemonSet" | "Deployment" | "StatefulSet") => Self::Rolled,
            _ if kind::is_built_in_group(group) => Self::BuiltIn,
            _ => Self::Custom,
        }
    }
}

/// Returns how the items of the list at `path` are told apart.
pub fn of_list(path: &FieldPath) -> ListKey {
    let Some(name) = path.last_field() else { return ListKey::Position };
    match name {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "volumes"
        | "env"
        | "imagePullSecrets"
        | "resourceClaims"
        | "claims"
        | "schedulingGates"
        | "secrets"
        | "sysctls"
        | "webhooks" => ListKey::Fields(&["name"]),
        "volumeClaimTemplates" => ListKey::Fields(&["metadata.name"]),
        "volumeMounts" => ListKey::Fields(&["mountPath"]),
        "volumeDevices" => ListKey::Fields(&["devicePath"]),
        "hostAliases" => ListKey::Fields(&["ip"]),
        "topologySpreadConstraints" => ListKey::Fields(&["topologyKey", "whenUnsatisfiable"]),
        "ownerReferences" => ListKey::Fields(&["uid"]),
        "ports" if is_in(path, &["containers", "initContainers", "ephemeralContainers"]) => {
            ListKey::Fields(&["containerPort", "protocol"])
        }
        // A Service's own ports; those of a NetworkPolicy stand deeper and have no key.
        "ports" if path.segments().len() == 2 => ListKey::Fields(&["port", "protocol"]),
        "rules" => ListKey::Fields(&["host"]),
        // Those of an ExternalSecret.
        "data" => ListKey::Fields(&["secretKey"]),
        // Those of a LimitRange.
        "limits" => ListKey::Fields(&["type"]),
        "paths" => ListKey::Fields(&["path", "pathType"]),
        "items" if is_in(path, &["volumes"]) => ListKey::Fields(&["path"]),
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
        | "nonResourceURLs"
        | "hosts"
        | "hostnames"
        | "except" => ListKey::Set,
        "tolerations" | "envFrom" | "ports" | "ingress" | "egress" | "from" | "to" | "tls" | "metrics" | "policies"
        | "subjects" => ListKey::Content,
        _ => ListKey::Position,
    }
}

fn is_in(path: &FieldPath, names: &[&str]) -> bool {
    path.segments().iter().any(|it| matches!(it, Segment::Field(name) if names.contains(&name.as_str())))
}

/// True where moving an item of a keyed list changes what the list means: a later `env` entry may use an earlier one,
/// of two `envFrom` sources with the same key the later wins, and init containers run in order.
pub fn order_matters(path: &FieldPath) -> bool {
    matches!(path.last_field(), Some("env" | "envFrom" | "initContainers"))
}

/// True where moving an item of the list at `path` changes what the list means, or what its controller does.
pub fn has_order(schema: Schema, path: &FieldPath) -> bool {
    has_meaningful_order(schema, path) || (schema == Schema::Rolled && is_in_template(path))
}

/// True where moving an item of the list at `path` changes what the list means.
pub fn has_meaningful_order(schema: Schema, path: &FieldPath) -> bool {
    schema == Schema::Custom || order_matters(path) || of_list(path) == ListKey::Position
}

fn is_in_template(path: &FieldPath) -> bool {
    let is_named = |(segment, name): (&Segment, &str)| matches!(segment, Segment::Field(it) if it == name);
    path.segments().len() > 2 && path.segments().iter().zip(["spec", "template"]).all(is_named)
}

/// Returns the name of one item of the list at `path`: `web`, `8000/TCP`.
pub fn of_item(path: &FieldPath, item: &Value) -> Option<String> {
    match of_list(path) {
        ListKey::Fields(fields) => {
            let part = |field: &&str| match field.split('.').try_fold(item, |it, name| it.get(name)) {
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

#[cfg(test)]
mod tests {
    use super::{FieldPath, has_order, of_item, of_list};
    use crate::object::list_key::{ListKey, Schema};
    use serde_json::{Value, json};

    #[test]
    fn names_items_as_kubernetes_merges_them() {
        let check = |path: &str, item: Value, expected: Option<&str>| {
            assert_eq!(of_item(&FieldPath::parse(path).unwrap(), &item).as_deref(), expected, "{path}");
        };
        check("spec.template.spec.containers", json!({"name": "web"}), Some("web"));
        check("spec.template.spec.containers[0].ports", json!({"containerPort": 53}), Some("53/TCP"));
        check("spec.ports", json!({"port": 53, "protocol": "UDP"}), Some("53/UDP"));
        check("spec.ingress[0].ports", json!({"port": 53}), None);
        check("spec.volumeClaimTemplates", json!({"metadata": {"name": "data"}}), Some("data"));
        check("spec.rules", json!({"host": "a.example"}), Some("a.example"));
        check("rules", json!({"verbs": ["get"]}), None);
        check("spec.template.spec.containers", json!({"image": "x"}), None);
    }

    #[test]
    fn order_has_a_meaning_in_few_lists() {
        let check = |schema, path: &str, expected| {
            assert_eq!(has_order(schema, &FieldPath::parse(path).unwrap()), expected, "{path}");
        };
        for path in ["args", "command", "env", "envFrom", "initContainers", "unknown"] {
            check(Schema::BuiltIn, path, true);
        }
        for path in ["containers", "volumes", "tolerations", "spec.ports", "policyTypes"] {
            check(Schema::BuiltIn, path, false);
            check(Schema::Custom, path, true);
            check(Schema::Rolled, path, false);
        }
        check(Schema::Rolled, "spec.template.spec.volumes", true);
        check(Schema::BuiltIn, "spec.template.spec.volumes", false);
        assert_eq!(of_list(&FieldPath::parse("envFrom").unwrap()), ListKey::Content);
    }
}
