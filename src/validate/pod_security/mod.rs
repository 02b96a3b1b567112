//! Pods that their own namespace would not let in: the Pod Security level that a Namespace of the environment enforces,
//! against everything that the level asks.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/pod-security-standards/> and `k8s.io/pod-security-admission`,
//! whose words these are. A Namespace that is not ours has a level that is not known here.

mod controls;

use super::field::{Field, Found, UNSUPPORTED_VALUE};
use super::pod;
use crate::diagnostic::{Code, Diagnostic};
use crate::object::{KubernetesVersion, Object, ObjectSet};
use controls::Violation;

/// A pod is one that its namespace's Pod Security level refuses.
pub const POD_SECURITY_VIOLATION: Code = Code::error("pod-security-violation");

/// The codes of this family.
pub const CODES: &[Code] = &[POD_SECURITY_VIOLATION];

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";
const MODES: [(&str, &str); 3] = [
    (ENFORCE, ENFORCE_VERSION),
    ("pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/audit-version"),
    ("pod-security.kubernetes.io/warn", "pod-security.kubernetes.io/warn-version"),
];

/// How much a namespace asks of its pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Nothing.
    Privileged,
    /// That they cannot take over their node.
    Baseline,
    /// What is known of hardening.
    Restricted,
}

impl Level {
    fn parse(text: &str) -> Option<Self> {
        [Self::Privileged, Self::Baseline, Self::Restricted].into_iter().find(|it| it.name() == text)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

/// Checks one object: the labels of a Namespace, or the pods of a workload in a Namespace of the same environment.
pub(super) fn check(object: &Object, set: &ObjectSet, cluster: KubernetesVersion) -> Found {
    let mut found = Found::new();
    if object.id.kind == "Namespace" && object.id.group.is_empty() {
        labels(object, &mut found);
    }
    let Some(template) = pod::template(object) else { return found };
    let own = |it: &&Object| it.id.group.is_empty() && Some(&it.id.name) == object.id.namespace.as_ref();
    let Some(namespace) = set.of_kind("Namespace").find(own) else { return found };
    let enforced = Field::root(namespace).at("metadata.labels").get(ENFORCE);
    let Some(level) = enforced.text().and_then(Level::parse) else { return found };
    let asked = Field::root(namespace).at("metadata.labels").get(ENFORCE_VERSION);
    let version = asked.text().and_then(|it| it.parse().ok()).map_or(cluster, |it: KubernetesVersion| it.min(cluster));
    let violations = controls::violations(&template, level, version);
    if !violations.is_empty() {
        let name = format!("{}:{}", level.name(), asked.text().unwrap_or("latest"));
        let lower = if controls::violations(&template, Level::Baseline, version).is_empty() {
            Level::Baseline
        } else {
            Level::Privileged
        };
        found.push(message(object, &violations, &name, lower, &enforced));
    }
    found
}

fn message(
    object: &Object,
    violations: &[Violation<'_>],
    name: &str,
    lower: Level,
    enforced: &Field<'_>,
) -> Diagnostic {
    let what: Vec<String> = violations.iter().map(|it| format!("{} ({})", it.reason, it.detail)).collect();
    let id = object.id.short();
    let text = format!("{id}: no pod would be let in: violates PodSecurity {name:?}: {}", what.join(", "));
    let mut message = Diagnostic::new(POD_SECURITY_VIOLATION, text).about(&object.id);
    for (index, violation) in violations.iter().enumerate() {
        let label = if index == 0 { "" } else { violation.reason };
        let span = violation.place.span().filter(|it| message.labels.iter().all(|label| label.span != *it));
        message = message.at_some(span, label);
    }
    // Without a place of its own, the message stands where the level is said.
    let known = enforced.span().filter(|it| message.labels.iter().all(|label| label.span != *it));
    let message = message.at_some(known, "what the namespace enforces");
    message.help(format!("take it out, or say `pod-security {}` in the app or environment", lower.name()))
}

/// Checks the levels and versions that a Namespace names: the API server refuses others.
fn labels(namespace: &Object, found: &mut Found) {
    let labels = Field::root(namespace).at("metadata.labels");
    for (mode, version) in MODES {
        labels.get(mode).one_of(&["privileged", "baseline", "restricted"], found);
        let version = labels.get(version);
        let is_version = |it: &str| {
            let minor = it.strip_prefix("v1.").unwrap_or_default();
            it == "latest"
                || minor == "0"
                || !minor.is_empty() && !minor.starts_with('0') && minor.bytes().all(|it| it.is_ascii_digit())
        };
        if version.text().is_some_and(|it| !is_version(it)) {
            found.push(version.invalid(UNSUPPORTED_VALUE, "must be \"latest\" or \"v1.x\""));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::fixture::{deployment, expect, set, with, with_container, with_pod};
    use serde_json::{Value, json};

    fn namespace(labels: &Value) -> Value {
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod", "labels": labels}})
    }

    fn verdicts(labels: &Value, body: Value, expected: &[&str]) {
        let set = set([namespace(labels), body]);
        let version = "1.34".parse().unwrap();
        expect(set.objects.iter().flat_map(|it| check(it, &set, version)).collect(), expected);
    }

    fn restricted() -> Value {
        with_pod("/securityContext/seccompProfile", json!({"type": "RuntimeDefault"}))
    }

    #[test]
    fn only_a_level_that_is_known_is_held() {
        let enforce = |level: &str| json!({"pod-security.kubernetes.io/enforce": level});
        verdicts(&enforce("restricted"), restricted(), &[]);
        let message = "pod-security-violation Deployment/web: violates PodSecurity \"restricted:latest\": seccompProfile \
                       (pod or container \"web\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \
                       \"Localhost\")";
        verdicts(&enforce("restricted"), deployment(), &[message]);
        verdicts(&enforce("baseline"), deployment(), &[]);
        verdicts(&enforce("privileged"), with_pod("/hostPID", json!(true)), &[]);
        verdicts(&json!({"pod-security.kubernetes.io/warn": "restricted"}), deployment(), &[]);
        // In a namespace that is made elsewhere.
        verdicts(&enforce("restricted"), with(deployment(), "/metadata/namespace", json!("dev")), &[]);
    }

    #[test]
    fn says_which_level_would_do() {
        let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
        let help = |body: Value| {
            let set = set([namespace(&labels), body]);
            check(&set.objects[1], &set, "1.34".parse().unwrap()).remove(0).help.remove(0)
        };
        assert!(help(deployment()).contains("`pod-security baseline`"));
        assert!(help(with_pod("/hostPID", json!(true))).contains("`pod-security privileged`"));
    }

    #[test]
    fn the_version_of_the_standard_counts() {
        let labels = |version: &str| {
            json!({
                "pod-security.kubernetes.io/enforce": "baseline",
                "pod-security.kubernetes.io/enforce-version": version,
            })
        };
        let probe = || with_container("/livenessProbe/httpGet/host", json!("10.0.0.1"));
        verdicts(&labels("v1.33"), probe(), &[]);
        for version in ["latest", "v1.34", "v1.40"] {
            verdicts(&labels(version), probe(), &["pod-security-violation Deployment/web: probe or lifecycle host"]);
        }
    }

    #[test]
    fn checks_the_labels_themselves() {
        let label = |name: &str, value: &str, expected: &[&str]| {
            verdicts(&json!({format!("pod-security.kubernetes.io/{name}"): value}), deployment(), expected);
        };
        label("audit", "baseline", &[]);
        label("audit", "strict", &["unsupported-value labels Unsupported value: \"strict\""]);
        label("warn-version", "v1.30", &[]);
        label("warn-version", "latest", &[]);
        for version in ["1.30", "v1.030", "v1.", "v2.0"] {
            label("warn-version", version, &["unsupported-value labels must be \"latest\" or \"v1.x\""]);
        }
    }
}
