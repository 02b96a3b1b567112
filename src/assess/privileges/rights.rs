//! What subjects may do: roles and bindings in, rights out.
//!
//! Kubernetes: `VisitRulesFor` of `plugin/pkg/auth/authorizer/rbac`; a binding adds the rules of its role to each of its
//! subjects, within its namespace or, for a `ClusterRoleBinding`, everywhere.

use crate::assess::workload::{items, text};
use crate::object::Object;
use serde_json::Value;
use std::collections::BTreeMap;

/// Who may: `ServiceAccount/web`, `User/jane`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
}

/// One thing that somebody may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Right {
    /// The namespace; none for the whole cluster.
    pub(super) namespace: Option<String>,
    pub(super) what: What,
}

/// What a right is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A verb on a resource of a group, and the only objects that it is for; none for all of them.
    Resource { group: String, resource: String, names: Vec<String>, verb: String },
    /// A verb on a path of the API server.
    Path { path: String, verb: String },
    /// All that a role allows which we do not render: its name.
    Role(String),
}

/// The rights of everybody, and the bindings that give them.
pub(super) type Rights<'a> = BTreeMap<Subject, BTreeMap<Right, &'a Object>>;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Returns what the roles and bindings of one state give to whom. A role that only the other state renders is not there
/// in this one and gives nothing; what one gives that neither renders is not known.
pub(super) fn rights<'a>(objects: &'a [Object], others: &[Object]) -> Rights<'a> {
    let mut found = Rights::new();
    for binding in objects.iter().filter(|it| it.id.group == GROUP && it.id.kind.ends_with("RoleBinding")) {
        let namespace = (binding.id.kind == "RoleBinding").then(|| binding.id.namespace.clone().unwrap_or_default());
        let role = binding.body.get("roleRef").unwrap_or(&Value::Null);
        let (kind, name) = (text(role, "kind"), text(role, "name"));
        let is_role = |it: &&Object| {
            let is_near = kind == "ClusterRole" || it.id.namespace == binding.id.namespace;
            it.id.group == GROUP && it.id.kind == kind && it.id.name == name && is_near
        };
        let whats = match objects.iter().find(is_role) {
            Some(role) => items(&role.body, "rules").iter().flat_map(of_rule).collect(),
            // The role that every cluster has for its administrators.
            None if name == "cluster-admin" => of_rule(&everything()),
            None if others.iter().any(|it| is_role(&it)) => Vec::new(),
            None => vec![What::Role(format!("{kind}/{name}"))],
        };
        for subject in items(&binding.body, "subjects") {
            let rights = found.entry(Subject::of(subject, binding)).or_default();
            for what in &whats {
                rights.entry(Right { namespace: namespace.clone(), what: what.clone() }).or_insert(binding);
            }
        }
    }
    found
}

fn everything() -> Value {
    serde_json::json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})
}

fn of_rule(rule: &Value) -> Vec<What> {
    let list = |field: &str| items(rule, field).iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    let (groups, resources, paths) = (list("apiGroups"), list("resources"), list("nonResourceURLs"));
    let mut names = list("resourceNames");
    names.sort();
    let mut found = Vec::new();
    for verb in list("verbs") {
        for group in &groups {
            for resource in &resources {
                let (group, resource, names, verb) = (group.clone(), resource.clone(), names.clone(), verb.clone());
                found.push(What::Resource { group, resource, names, verb });
            }
        }
        found.extend(paths.iter().map(|path| What::Path { path: path.clone(), verb: verb.clone() }));
    }
    found
}

impl Subject {
    fn of(subject: &Value, binding: &Object) -> Self {
        let kind = text(subject, "kind").to_owned();
        let own = binding.id.namespace.as_deref().unwrap_or_default();
        let namespace = Some(text(subject, "namespace")).filter(|it| !it.is_empty()).unwrap_or(own);
        let namespace = if kind == "ServiceAccount" { namespace.to_owned() } else { String::new() };
        Self { kind, namespace, name: text(subject, "name").to_owned() }
    }
}

impl Right {
    /// True where whoever has this right may do what the other allows.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let is_here = self.namespace.is_none() || self.namespace == other.namespace;
        is_here && self.what.covers(&other.what)
    }
}

impl What {
    fn covers(&self, other: &Self) -> bool {
        let any = |own: &str, other: &str| own == "*" || own == other;
        match (self, other) {
            (
                Self::Resource { group, resource, names, verb },
                Self::Resource { group: other_group, resource: other_resource, names: other_names, verb: other_verb },
            ) => {
                let is_subresource =
                    resource.strip_prefix('*').is_some_and(|it| !it.is_empty() && other_resource.ends_with(it));
                let is_named =
                    names.is_empty() || (!other_names.is_empty() && other_names.iter().all(|it| names.contains(it)));
                any(group, other_group)
                    && (any(resource, other_resource) || is_subresource)
                    && any(verb, other_verb)
                    && is_named
            }
            (Self::Path { path, verb }, Self::Path { path: other_path, verb: other_verb }) => {
                let is_below = path.strip_suffix('*').is_some_and(|it| other_path.starts_with(it));
                (path == other_path || is_below) && any(verb, other_verb)
            }
            (Self::Resource { group, resource, names, verb }, Self::Role(_)) => {
                // Who may do everything may do what any role allows.
                [group, resource, verb].iter().all(|it| *it == "*") && names.is_empty()
            }
            (Self::Role(name), Self::Role(other)) => name == other,
            (Self::Resource { .. } | Self::Path { .. } | Self::Role(_), _) => false,
        }
    }

    /// Says why a right lets its holder do more than it looks like; none for any other.
    /// <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>
    pub(super) fn risk(&self) -> Option<&'static str> {
        let Self::Resource { group, resource, verb, .. } = self else {
            return matches!(self, Self::Path { path, .. } if path == "*")
                .then_some("every path of the API server is open to it");
        };
        let any = |text: &str, list: &[&str]| text == "*" || list.contains(&text);
        Some(match (group.as_str(), resource.as_str(), verb.as_str()) {
            ("*", "*", _) | (_, "*", "*") => "it covers everything, also what is added later",
            (_, _, "*") if resource != "*" && !any(resource, &["secrets"]) => {
                "it covers every verb, also those that are added later"
            }
            (_, "*", _) => "it covers every resource, also those that are added later",
            ("rbac.authorization.k8s.io" | "*", _, "escalate" | "bind") => "it can give itself any right by that",
            (_, _, "impersonate") => "it can act as somebody else by that",
            ("" | "*", "secrets", verb) if any(verb, &["get", "list", "watch"]) => "it can read Secrets by that",
            ("" | "*", "nodes/proxy", _) => "it can run commands in every pod of a node by that",
            ("" | "*", "pods/exec" | "pods/attach" | "pods/ephemeralcontainers", _) => {
                "it can run commands in pods by that"
            }
            ("" | "*", "serviceaccounts/token", "create") => "it can become any service account there by that",
            ("" | "*", "pods", verb)
            | ("apps" | "*", "daemonsets" | "deployments" | "replicasets" | "statefulsets", verb)
            | ("batch" | "*", "cronjobs" | "jobs", verb)
                if any(verb, &["create", "patch", "update"]) =>
            {
                "it can run pods under any service account there, with any Secret of the namespace"
            }
            ("" | "*", "persistentvolumes", "create") => "it can mount the files of a node by that",
            ("certificates.k8s.io", "certificatesigningrequests/approval", _) => {
                "it can issue itself certificates by that"
            }
            ("admissionregistration.k8s.io", _, verb) if any(verb, &["create", "patch", "update"]) => {
                "it can read and change whatever is sent to the API server by that"
            }
            _ => return None,
        })
    }
}
