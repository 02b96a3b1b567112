//! Roles and their bindings, and bindings that grant everything. Rules that are too wide are a house rule.
//!
//! Source: `validatePolicyRule`, `ValidateRoleBinding` and `ValidateClusterRole` in `pkg/apis/rbac/validation`.

use super::field::{Field, Found, MISSING_VALUE, UNSUPPORTED_VALUE};
use super::names::{self, INVALID_NAME};
use super::selector;
use crate::diagnostic::house_rule::{BROAD_PERMISSION, or_waive};
use crate::object::Object;

/// The API group of roles.
pub(super) const GROUP: &str = "rbac.authorization.k8s.io";

/// Checks one object, if it is a role or a binding of one.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.group != GROUP {
        return found;
    }
    let root = Field::root(object);
    match object.id.kind.as_str() {
        "Role" => rules(&root, Scope::Namespace, &mut found),
        "ClusterRole" => {
            rules(&root, Scope::Cluster, &mut found);
            aggregation(&root.get("aggregationRule"), &mut found);
        }
        "RoleBinding" => binding(&root, Scope::Namespace, &mut found),
        "ClusterRoleBinding" => binding(&root, Scope::Cluster, &mut found),
        _ => {}
    }
    found
}

/// What a role or binding is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Cluster,
    Namespace,
}

fn rules(root: &Field<'_>, scope: Scope, found: &mut Found) {
    for rule in root.get("rules").items() {
        one_rule(&rule, scope, found);
    }
}

fn one_rule(rule: &Field<'_>, scope: Scope, found: &mut Found) {
    let verbs = rule.get("verbs");
    if verbs.is_empty() {
        found.push(verbs.required("verbs must contain at least one value").help("say what it allows: `get`, `list`"));
    }
    let (groups, resources, urls) = (rule.get("apiGroups"), rule.get("resources"), rule.get("nonResourceURLs"));
    if !urls.is_empty() {
        if scope == Scope::Namespace {
            let message = urls.forbidden("namespaced rules cannot apply to non-resource URLs");
            found.push(message.help("a ClusterRole can"));
        }
        if [&groups, &resources, &rule.get("resourceNames")].iter().any(|it| !it.is_empty()) {
            let message = urls.forbidden("rules cannot apply to both regular resources and non-resource URLs");
            found.push(message.help("make two rules of it"));
        }
        return;
    }
    if groups.is_empty() {
        let message = groups.required("resource rules must supply at least one api group");
        found.push(message.help("the group of Pods, Services and ConfigMaps is `\"\"`"));
    }
    if resources.is_empty() {
        let message = resources.required("resource rules must supply at least one resource");
        found.push(message.help("say what it is about: `configmaps`"));
    }
}

fn aggregation(rule: &Field<'_>, found: &mut Found) {
    let selectors = rule.get("clusterRoleSelectors");
    if rule.is_set() && selectors.is_empty() {
        let message = selectors.required("at least one clusterRoleSelector required if aggregationRule is non-nil");
        found.push(message.help("leave `aggregationRule` out"));
    }
    for it in selectors.items() {
        selector::check(&it, found);
    }
}

fn binding(root: &Field<'_>, scope: Scope, found: &mut Found) {
    let role = root.get("roleRef");
    group(&role.get("apiGroup"), GROUP, found);
    match scope {
        Scope::Namespace => role.get("kind").one_of(&["ClusterRole", "Role"], found),
        Scope::Cluster => role.get("kind").one_of(&["ClusterRole"], found),
    }
    let name = role.get("name");
    if name.text() == Some("") {
        found.push(name.required("").help("name the role"));
    }
    name.syntax(INVALID_NAME, names::path_segment, found);
    for subject in root.get("subjects").items() {
        one_subject(&subject, scope, found);
    }
    if role.get("kind").text() == Some("ClusterRole") && name.text() == Some("cluster-admin") {
        let help = "bind a role that names what is needed";
        found.push(name.house_rule(BROAD_PERMISSION, "grants everything that there is", help));
    }
}

fn one_subject(subject: &Field<'_>, scope: Scope, found: &mut Found) {
    let (kind, name, namespace) = (subject.get("kind"), subject.get("name"), subject.get("namespace"));
    kind.one_of(&["Group", "ServiceAccount", "User"], found);
    if name.text() == Some("") {
        found.push(name.required("").help("name who gets the role"));
    }
    match kind.text() {
        Some("ServiceAccount") => {
            name.syntax(INVALID_NAME, names::dns_subdomain, found);
            group(&subject.get("apiGroup"), "", found);
            if namespace.is_empty() {
                // In a RoleBinding the API server takes it, and the subject is then nobody.
                let detail = match scope {
                    Scope::Cluster => "",
                    Scope::Namespace => "without it, the binding is for no account",
                };
                found.push(namespace.required(detail).help("say the namespace of the account"));
            }
        }
        Some("Group" | "User") => group(&subject.get("apiGroup"), GROUP, found),
        _ => {}
    }
    if kind.text() == Some("Group") && matches!(name.text(), Some("system:masters")) {
        let message = name.problem(BROAD_PERMISSION, "this group may do everything, whatever its roles say");
        found.push(message.help("name a group of your own").help(or_waive(BROAD_PERMISSION)));
    }
}

/// Checks an API group that must be this one; absent, it is the right one.
fn group(field: &Field<'_>, wanted: &str, found: &mut Found) {
    let Some(text) = field.text().filter(|it| *it != wanted) else { return };
    let code = if text.is_empty() { MISSING_VALUE } else { UNSUPPORTED_VALUE };
    let message = format!("Unsupported value: {text:?}: supported values: {wanted:?}");
    found.push(field.problem(code, message).help(format!("write `{wanted:?}`")));
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object, with};
    use super::{GROUP, check};
    use serde_json::{Value, json};

    fn rule(kind: &str, rule: &Value, expected: &[&str]) {
        let body = any(&format!("{GROUP}/v1"), kind, "a", &json!({"rules": [rule]}));
        expect(check(&object(body)), expected);
    }

    #[test]
    fn checks_rules() {
        let read = json!({"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]});
        rule("Role", &read, &[]);
        rule(
            "Role",
            &with(read.clone(), "/verbs", json!([])),
            &["missing-value verbs must contain at least one value"],
        );
        rule(
            "Role",
            &with(read.clone(), "/apiGroups", json!(null)),
            &["missing-value apiGroups at least one api group"],
        );
        rule("Role", &with(read.clone(), "/resources", json!([])), &["missing-value resources at least one resource"]);
        let urls = json!({"nonResourceURLs": ["/metrics"], "verbs": ["get"]});
        rule("ClusterRole", &urls, &[]);
        rule("Role", &urls, &["forbidden-field nonResourceURLs namespaced rules cannot apply to non-resource URLs"]);
        rule(
            "ClusterRole",
            &with(read, "/nonResourceURLs", json!(["/metrics"])),
            &["forbidden-field nonResourceURLs both regular resources and non-resource URLs"],
        );
        let aggregate = |rule: Value| {
            check(&object(any(&format!("{GROUP}/v1"), "ClusterRole", "a", &json!({"aggregationRule": rule}))))
        };
        expect(aggregate(json!({"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]})), &[]);
        expect(aggregate(json!({})), &["missing-value clusterRoleSelectors at least one clusterRoleSelector"]);
    }

    fn binding(kind: &str, pointer: &str, value: Value, expected: &[&str]) {
        let role = json!({"apiGroup": GROUP, "kind": "ClusterRole", "name": "view"});
        let subject = json!({"kind": "ServiceAccount", "name": "web", "namespace": "prod"});
        let body = any(&format!("{GROUP}/v1"), kind, "a", &json!({"roleRef": role, "subjects": [subject]}));
        expect(check(&object(with(body, pointer, value))), expected);
    }

    #[test]
    fn checks_bindings() {
        binding("RoleBinding", "/x", json!(null), &[]);
        binding("RoleBinding", "/roleRef/kind", json!("Role"), &[]);
        binding(
            "RoleBinding",
            "/roleRef/kind",
            json!("Foo"),
            &["unsupported-value roleRef.kind \"ClusterRole\", \"Role\""],
        );
        binding(
            "ClusterRoleBinding",
            "/roleRef/kind",
            json!("Role"),
            &["unsupported-value kind Unsupported value: \"Role\""],
        );
        binding("RoleBinding", "/roleRef/name", json!(""), &["missing-value roleRef.name Required value"]);
        binding("RoleBinding", "/roleRef/apiGroup", json!("apps"), &["unsupported-value apiGroup \"apps\""]);
        binding(
            "ClusterRoleBinding",
            "/roleRef/name",
            json!("cluster-admin"),
            &["broad-permission roleRef.name grants everything"],
        );
        binding("RoleBinding", "/subjects", json!([]), &[]);
        binding("RoleBinding", "/subjects/0/namespace", json!(null), &["missing-value namespace for no account"]);
        binding(
            "ClusterRoleBinding",
            "/subjects/0/namespace",
            json!(null),
            &["missing-value namespace Required value"],
        );
        binding("RoleBinding", "/subjects/0/name", json!(""), &["missing-value name Required value"]);
        binding("RoleBinding", "/subjects/0/kind", json!("Account"), &["unsupported-value kind \"Account\""]);
        binding(
            "RoleBinding",
            "/subjects/0/apiGroup",
            json!(GROUP),
            &["unsupported-value apiGroup supported values: \"\""],
        );
        let group = |name: &str| json!({"kind": "Group", "apiGroup": GROUP, "name": name});
        binding("RoleBinding", "/subjects/0", group("team"), &[]);
        binding("RoleBinding", "/subjects/0", group("system:masters"), &["broad-permission name may do everything"]);
        binding(
            "RoleBinding",
            "/subjects/0",
            json!({"kind": "User", "name": "a", "apiGroup": ""}),
            &["missing-value apiGroup"],
        );
    }
}
