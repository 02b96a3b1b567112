//! Roles that let an account do more than an application needs.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>.

use crate::diagnostic::house_rule::{BROAD_PERMISSION, or_waive};
use crate::object::Object;
use crate::validate::field::{Field, Found};

/// The verbs by which an account can give itself any right.
const ESCALATING: [&str; 3] = ["bind", "escalate", "impersonate"];

/// Checks one object, if it is a role.
pub(super) fn check(object: &Object, found: &mut Found) {
    if object.id.group != "rbac.authorization.k8s.io" || !matches!(object.id.kind.as_str(), "ClusterRole" | "Role") {
        return;
    }
    for rule in Field::root(object).get("rules").items() {
        for list in ["verbs", "apiGroups", "resources", "nonResourceURLs"] {
            for word in rule.get(list).items() {
                let why = match word.text() {
                    Some("*") => "is everything, also what a later version brings",
                    Some(verb) if list == "verbs" && ESCALATING.contains(&verb) => {
                        "lets the account take rights that nobody gave it"
                    }
                    _ => continue,
                };
                let message = word.problem(BROAD_PERMISSION, format!("{:?} {why}", word.text().unwrap_or_default()));
                let message = message.help("name what the component needs");
                found.push(message.help(or_waive(BROAD_PERMISSION)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::fixture::{any, expect, object};
    use serde_json::{Value, json};

    #[test]
    fn finds_rights_that_are_too_wide() {
        let verdicts = |kind: &str, rule: Value, expected: &[&str]| {
            let role = any("rbac.authorization.k8s.io/v1", kind, "a", &json!({"rules": [rule]}));
            let mut found = Vec::new();
            check(&object(role), &mut found);
            expect(found, expected);
        };
        verdicts("Role", json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}), &[]);
        verdicts("Role", json!({"verbs": ["*"]}), &["broad-permission verbs[*] everything"]);
        verdicts("Role", json!({"verbs": ["bind"]}), &["broad-permission verbs[bind] rights that nobody"]);
        verdicts("ClusterRole", json!({"resources": ["*"]}), &["broad-permission resources[*] everything"]);
        verdicts("ClusterRole", json!({"apiGroups": ["*"]}), &["broad-permission apiGroups[*] everything"]);
        verdicts("ClusterRole", json!({"nonResourceURLs": ["*"]}), &["broad-permission nonResourceURLs[*] everything"]);
        verdicts("ClusterRole", json!({"nonResourceURLs": ["/healthz/*"]}), &[]);
        verdicts("RoleBinding", json!({"verbs": ["*"]}), &[]);
    }
}
