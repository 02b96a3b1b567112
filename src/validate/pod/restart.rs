//! When one container of a pod starts again, by itself: what a version of Kubernetes takes.
//!
//! Source: `validateInitContainerRestartPolicy` and `validateContainerRestartPolicy` in `pkg/apis/core/validation`. The
//! rules of single containers (`ContainerRestartRules`) came with 1.35.

use crate::object::{KubernetesVersion, Object};
use crate::validate::field::{Field, Found};

const WITH_RULES: KubernetesVersion = KubernetesVersion { major: 1, minor: 35 };

/// Checks the containers of one object, if it has some.
pub(in crate::validate) fn check(object: &Object, version: KubernetesVersion) -> Found {
    let mut found = Found::new();
    let Some(template) = super::template(object) else { return found };
    let spec = template.get("spec");
    for container in spec.get("initContainers").items() {
        let policy = container.get("restartPolicy");
        if version < WITH_RULES {
            policy.one_of(&["Always"], &mut found);
        } else {
            by_rules(&container, &mut found);
        }
    }
    for container in spec.get("containers").items() {
        let policy = container.get("restartPolicy");
        if version >= WITH_RULES {
            by_rules(&container, &mut found);
        } else if policy.is_set() {
            let message = policy.forbidden("may not be set for non-init containers");
            found
                .push(message.help(format!("Kubernetes has it from {WITH_RULES} on; `{version}` is what is declared")));
        }
    }
    found
}

fn by_rules(container: &Field<'_>, found: &mut Found) {
    let (policy, rules) = (container.get("restartPolicy"), container.get("restartPolicyRules"));
    policy.one_of(&["Always", "Never", "OnFailure"], found);
    if !rules.is_empty() && !policy.is_set() {
        found.push(policy.required("must specify restartPolicy when restart rules are used"));
    }
    for rule in rules.items() {
        rule.at("exitCodes.operator").one_of(&["In", "NotIn"], found);
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::fixture::{expect, object, with_container, with_pod};
    use serde_json::{Value, json};

    #[test]
    fn checks_policies_by_version() {
        let init =
            |policy: &str| with_pod("/initContainers", json!([{"name": "a", "image": "a", "restartPolicy": policy}]));
        let check = |body: Value, version: &str, expected: &[&str]| {
            expect(check(&object(body), version.parse().unwrap()), expected);
        };
        check(init("Always"), "1.34", &[]);
        check(init("Never"), "1.34", &["unsupported-value restartPolicy supported values: \"Always\""]);
        check(init("Never"), "1.35", &[]);
        check(init("Sometimes"), "1.35", &["unsupported-value restartPolicy \"Sometimes\""]);
        let own = || with_container("/restartPolicy", json!("Never"));
        check(own(), "1.34", &["forbidden-field restartPolicy may not be set for non-init containers"]);
        check(own(), "1.35", &[]);
        let rules =
            with_container("/restartPolicyRules", json!([{"action": "Restart", "exitCodes": {"operator": "Eq"}}]));
        check(
            rules,
            "1.35",
            &["missing-value restartPolicy when restart rules are used", "unsupported-value operator \"Eq\""],
        );
    }
}
