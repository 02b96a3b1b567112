//! The role that a binding grants, and the accounts to which it does.

use super::known::exists;
use super::{MISSING_REFERENCE, resolve};
use crate::object::{Object, ObjectSet};
use crate::validate::field::{Field, Found};
use crate::validate::rbac::GROUP;

/// The roles that every cluster has, beside those that begin with `system:`.
const BUILT_IN: [&str; 4] = ["admin", "cluster-admin", "edit", "view"];

/// Checks one object, if it binds a role.
pub(super) fn check(object: &Object, set: &ObjectSet, found: &mut Found) {
    if object.id.group != GROUP || !matches!(object.id.kind.as_str(), "ClusterRoleBinding" | "RoleBinding") {
        return;
    }
    let root = Field::root(object);
    let (kind, name) = (root.at("roleRef.kind"), root.at("roleRef.name"));
    if let (Some(kind @ ("ClusterRole" | "Role")), Some(text)) = (kind.text(), name.filled()) {
        let made = kind == "ClusterRole" && (BUILT_IN.contains(&text) || text.starts_with("system:"));
        if !made && !exists(kind, text, set) {
            let message = format!("references {kind} {text:?} which is not in this environment");
            let known = set.of_kind(kind).map(|it| it.id.name.as_str());
            let message = name.problem(MISSING_REFERENCE, message).suggest(text, known);
            found.push(message.help("make it here, or declare that it exists without us"));
        }
    }
    for subject in root.get("subjects").items() {
        // Of the accounts of other namespaces nothing is known.
        let here = subject.get("namespace").text() == Some(set.environment.namespace.as_str());
        let (kind, name) = (subject.get("kind"), subject.get("name"));
        if here && kind.text() == Some("ServiceAccount") && name.text() != Some("default") {
            account(&name, set, found);
        }
    }
}

/// Checks an account of the environment's own namespace, also for a binding that has none.
fn account(name: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    if name.object.id.namespace.is_some() {
        resolve("ServiceAccount", name, &[], set, found);
    } else if let Some(text) = name.filled().filter(|it| !exists("ServiceAccount", it, set)) {
        let message = format!("references ServiceAccount {text:?} which is not in this environment");
        let known = set.of_kind("ServiceAccount").map(|it| it.id.name.as_str());
        let message = name.problem(MISSING_REFERENCE, message).suggest(text, known);
        found.push(message.help("make it here, or declare that it exists without us"));
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::object::ExternalObject;
    use crate::validate::fixture::{any, expect, set};
    use crate::validate::rbac::GROUP;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn binding(kind: &str, role: (&str, &str), subject: Value, expected: &[&str]) {
        let version = format!("{GROUP}/v1");
        let fields = json!({"roleRef": {"apiGroup": GROUP, "kind": role.0, "name": role.1}, "subjects": [subject]});
        let mut set = set([
            any(&version, kind, "a", &fields),
            any(&version, "Role", "reader", &json!({})),
            any("v1", "ServiceAccount", "web", &json!({})),
        ]);
        set.environment.external.push(ExternalObject {
            kind: "ClusterRole".to_owned(),
            name: "prometheus".to_owned(),
            keys: Vec::new(),
            span: None,
        });
        let object = set.objects.iter().find(|it| it.id.kind == kind).unwrap();
        let mut found = Vec::new();
        check(object, &set, &mut found);
        expect(found, expected);
    }

    #[test]
    fn follows_roles_and_accounts() {
        let account =
            |name: &str, namespace: &str| json!({"kind": "ServiceAccount", "name": name, "namespace": namespace});
        let web = || account("web", "prod");
        binding("RoleBinding", ("Role", "reader"), web(), &[]);
        binding(
            "RoleBinding",
            ("Role", "raeder"),
            web(),
            &["missing-reference roleRef.name references Role \"raeder\""],
        );
        for known in ["view", "cluster-admin", "system:auth-delegator", "prometheus"] {
            binding("ClusterRoleBinding", ("ClusterRole", known), web(), &[]);
        }
        binding(
            "ClusterRoleBinding",
            ("ClusterRole", "mine"),
            web(),
            &["missing-reference roleRef.name references ClusterRole"],
        );
        let role = ("Role", "reader");
        binding(
            "RoleBinding",
            role,
            account("wep", "prod"),
            &["missing-reference name references ServiceAccount \"wep\""],
        );
        binding("RoleBinding", role, account("default", "prod"), &[]);
        binding("RoleBinding", role, account("prometheus", "monitoring"), &[]);
        binding("RoleBinding", role, json!({"kind": "User", "name": "x", "namespace": "prod"}), &[]);
        let view = ("ClusterRole", "view");
        binding("ClusterRoleBinding", view, web(), &[]);
        binding(
            "ClusterRoleBinding",
            view,
            account("wep", "prod"),
            &["missing-reference name references ServiceAccount"],
        );
    }
}
