//! Accounts, roles and bindings that are removed while something still needs them.

use super::removal::{goes_with_namespace, gone};
use super::workload::{Pods, items, text};
use super::{Rule, pruning, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::Object;
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[ACCOUNT_REMOVED_IN_USE], find }];

const ACCOUNT_REMOVED_IN_USE: ImpactCode = ImpactCode {
    name: "account-removed-in-use",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/security/service-accounts/#assign-to-pod",
};

const RBAC: &str = "rbac.authorization.k8s.io";

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for object in gone(environment).filter(|it| !goes_with_namespace(environment, it)) {
            let found = match (object.id.group.as_str(), object.id.kind.as_str()) {
                ("", "ServiceAccount") => account(environment, object),
                (RBAC, "Role" | "ClusterRole") => role(environment, object),
                (RBAC, "RoleBinding" | "ClusterRoleBinding") => binding(environment, object),
                _ => None,
            };
            let Some((message, help)) = found else { continue };
            let message = format!("{message}{}", pruning::condition(environment, object));
            let finding = Finding::new(ACCOUNT_REMOVED_IN_USE, environment.name(), &object.id, message);
            findings.push(finding.help(help).from_line(input.declaration(Side::Before, object)));
        }
    }
    findings
}

/// True where the spec says that an object exists without us.
fn is_external(environment: &EnvironmentComparison<'_>, kind: &str, name: &str) -> bool {
    environment.environment.external.iter().any(|it| it.kind == kind && it.name == name)
}

/// Returns the account of a workload's pods.
fn account_of(pods: Pods<'_>) -> &str {
    match text(pods.spec(), "serviceAccountName") {
        "" => "default",
        name => name,
    }
}

/// Kubernetes: the admission plugin `ServiceAccount` refuses pods whose account does not exist.
fn account(environment: &EnvironmentComparison<'_>, account: &Object) -> Option<(String, String)> {
    // Kubernetes makes this one anew.
    if account.id.name == "default" || is_external(environment, "ServiceAccount", &account.id.name) {
        return None;
    }
    let users = Pods::all(environment, Side::After)
        .filter(|it| it.object.id.namespace == account.id.namespace && account_of(*it) == account.id.name);
    let users: Vec<String> = users.map(|it| it.object.id.short()).collect();
    let users = (!users.is_empty()).then(|| wording::list(&users))?;
    let message = format!(
        "is removed while in use: no new pods of {users} are made, and running ones lose their access to the API"
    );
    Some((message, format!("give {users} another account in the same change, or keep this one")))
}

fn role(environment: &EnvironmentComparison<'_>, role: &Object) -> Option<(String, String)> {
    if is_external(environment, &role.id.kind, &role.id.name) {
        return None;
    }
    let is_bound = |it: &&Object| {
        let reference = it.body.get("roleRef").unwrap_or(&Value::Null);
        let is_near = role.id.namespace.is_none() || it.id.namespace == role.id.namespace;
        is_near && text(reference, "kind") == role.id.kind && text(reference, "name") == role.id.name
    };
    let bindings =
        ["ClusterRoleBinding", "RoleBinding"].into_iter().flat_map(|it| environment.of_kind(Side::After, it));
    let bindings: Vec<String> = bindings.filter(is_bound).map(|it| it.id.short()).collect();
    let gives = if bindings.len() == 1 { "gives" } else { "give" };
    let bindings = (!bindings.is_empty()).then(|| wording::list(&bindings))?;
    let message = format!("is removed while in use: {bindings} {gives} no rights any more");
    Some((message, format!("remove {bindings} too, or keep the role: a binding cannot change the role that it names")))
}

/// A binding is missed by accounts whose pods use the API, where no other binding gives them the same role.
fn binding(environment: &EnvironmentComparison<'_>, binding: &Object) -> Option<(String, String)> {
    let role = binding.body.get("roleRef").unwrap_or(&Value::Null);
    let mut users = Vec::new();
    for account in accounts(binding) {
        let is_given = environment.objects(Side::After).iter().any(|it| {
            let is_as_wide = it.id.kind == "ClusterRoleBinding" || it.id.namespace == binding.id.namespace;
            is_as_wide && it.body.get("roleRef") == Some(role) && accounts(it).contains(&account)
        });
        let runs_as_it = |it: &Pods<'_>| {
            let has_token = it.spec().get("automountServiceAccountToken") != Some(&Value::Bool(false));
            has_token && (it.object.id.namespace.as_deref(), account_of(*it)) == (Some(account.0), account.1)
        };
        if !is_given {
            users.extend(Pods::all(environment, Side::After).filter(runs_as_it).map(|it| it.object.id.short()));
        }
    }
    let (users, role) =
        ((!users.is_empty()).then(|| wording::list(&users))?, format!("{}/{}", text(role, "kind"), text(role, "name")));
    let message = format!("is removed while in use: {users} may do nothing more of what {role} allows");
    Some((message, "keep the binding while pods run as its account, or take their token away first".to_owned()))
}

/// Returns the accounts that a binding is for, by namespace and name.
fn accounts(binding: &Object) -> Vec<(&str, &str)> {
    let is_account = |it: &&Value| text(it, "kind") == "ServiceAccount";
    let subjects = items(&binding.body, "subjects").iter().filter(is_account);
    subjects
        .map(|it| {
            let own = binding.id.namespace.as_deref().unwrap_or_default();
            (it.get("namespace").and_then(Value::as_str).unwrap_or(own), text(it, "name"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_declared, review_one, with};
    use crate::object::ExternalObject;
    use serde_json::{Value, json};

    const CODE: &str = "account-removed-in-use";
    const API: &str = "rbac.authorization.k8s.io/v1";

    fn web(account: &str) -> Value {
        let body = deployment("web", 1, json!({"image": "web:1"}));
        with(body, "/spec/template/spec/serviceAccountName", json!(account))
    }

    fn account(name: &str) -> Value {
        object("v1", "ServiceAccount", name, &json!({}))
    }

    fn role(kind: &str) -> Value {
        object(API, kind, "reader", &json!({"rules": []}))
    }

    fn binding(kind: &str, name: &str, role: &str, account: &str) -> Value {
        let reference = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": "reader"});
        let subjects =
            json!([{"kind": "ServiceAccount", "name": account, "namespace": "dev"}, {"kind": "User", "name": "a"}]);
        object(API, kind, name, &json!({"roleRef": reference, "subjects": subjects}))
    }

    #[track_caller]
    fn check(gone: Value, kept: &[Value], expected: &[&str]) {
        let before = [kept, &[gone]].concat();
        expect(&review_one(&before, kept), CODE, expected);
    }

    #[test]
    fn pods_need_their_account() {
        let message = "ServiceAccount/web is removed while in use: no new pods of Deployment/web are made, and running ones lose their access to the API";
        check(account("web"), &[web("web")], &[message]);
        check(account("web"), &[web("other")], &[]);
        check(account("web"), &[], &[]);
        check(account("default"), &[web("default")], &[]);
        let review = review_declared(&[account("web"), web("web")], &[web("web")], |it| {
            it.external.push(ExternalObject {
                kind: "ServiceAccount".to_owned(),
                name: "web".to_owned(),
                keys: Vec::new(),
                span: None,
            });
        });
        expect(&review, CODE, &[]);
    }

    #[test]
    fn bindings_need_their_role() {
        let message = "Role/reader is removed while in use: RoleBinding/read gives no rights any more";
        check(role("Role"), &[binding("RoleBinding", "read", "Role", "web")], &[message]);
        check(role("Role"), &[binding("RoleBinding", "read", "ClusterRole", "web")], &[]);
        check(role("Role"), &[], &[]);
        let all = "ClusterRole/reader is removed while in use: ClusterRoleBinding/read-all and RoleBinding/read give no rights any more";
        let bindings = [
            binding("RoleBinding", "read", "ClusterRole", "web"),
            binding("ClusterRoleBinding", "read-all", "ClusterRole", "web"),
        ];
        check(role("ClusterRole"), &bindings, &[all]);
    }

    #[test]
    fn accounts_need_their_bindings() {
        let gone = || binding("RoleBinding", "read", "Role", "web");
        let message =
            "RoleBinding/read is removed while in use: Deployment/web may do nothing more of what Role/reader allows";
        check(gone(), &[web("web"), role("Role")], &[message]);
        check(gone(), &[web("web"), role("Role"), binding("RoleBinding", "read-again", "Role", "web")], &[]);
        check(gone(), &[web("web"), role("Role"), binding("RoleBinding", "read-again", "Role", "api")], &[message]);
        check(gone(), &[web("api"), role("Role")], &[]);
        let no_token = with(web("web"), "/spec/template/spec/automountServiceAccountToken", json!(false));
        check(gone(), &[no_token, role("Role")], &[]);
        let everywhere = binding("ClusterRoleBinding", "all", "ClusterRole", "web");
        check(binding("RoleBinding", "read", "ClusterRole", "web"), &[web("web"), everywhere.clone()], &[]);
        let narrowed = "ClusterRoleBinding/all is removed while in use: Deployment/web may do nothing more of what ClusterRole/reader allows";
        check(everywhere, &[web("web"), binding("RoleBinding", "read", "ClusterRole", "web")], &[narrowed]);
    }
}
