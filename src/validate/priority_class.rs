//! Priority classes.
//!
//! Source: `ValidatePriorityClass` in `pkg/apis/scheduling/validation`.

use super::field::{Field, Found, OUT_OF_RANGE};
use super::names::INVALID_NAME;
use crate::object::Object;

/// The classes that Kubernetes makes itself, with their values.
pub(super) const BUILT_IN: [(&str, i64); 2] =
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];

const HIGHEST: i64 = 1_000_000_000;

/// Checks one object, if it is a priority class.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "PriorityClass" || object.id.group != "scheduling.k8s.io" {
        return found;
    }
    let root = Field::root(object);
    let (name, value) = (root.at("metadata.name"), root.get("value"));
    let built_in = BUILT_IN.iter().any(|(known, amount)| *known == object.id.name && value.number() == Some(*amount));
    if object.id.name.starts_with("system-") {
        if !built_in || root.get("globalDefault").is_true() {
            let detail = "priority class names with 'system-' prefix are reserved for system use only";
            found.push(name.invalid(INVALID_NAME, detail).help("give it another name"));
        }
    } else if value.number().is_some_and(|it| it > HIGHEST) {
        let detail = format!("maximum allowed value of a user defined priority is {HIGHEST}");
        found.push(value.invalid(OUT_OF_RANGE, detail).help("lower it"));
    }
    root.get("preemptionPolicy").one_of(&["Never", "PreemptLowerPriority"], &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object};
    use super::check;
    use serde_json::json;

    #[test]
    fn checks_names_and_values() {
        let check = |name: &str, value: i64, expected: &[&str]| {
            expect(
                check(&object(any("scheduling.k8s.io/v1", "PriorityClass", name, &json!({"value": value})))),
                expected,
            );
        };
        check("high", 1_000_000_000, &[]);
        check("high", 1_000_000_001, &["out-of-range value maximum allowed value of a user defined priority"]);
        check("high", -1, &[]);
        check("system-mine", 1, &["invalid-name metadata.name reserved for system use only"]);
        check("system-node-critical", 2_000_001_000, &[]);
        check("system-node-critical", 1, &["invalid-name metadata.name reserved for system use only"]);
    }

    #[test]
    fn checks_preemption() {
        let policy = |policy: &str| {
            let fields = json!({"value": 1, "preemptionPolicy": policy});
            check(&object(any("scheduling.k8s.io/v1", "PriorityClass", "high", &fields)))
        };
        expect(policy("Never"), &[]);
        expect(policy("Always"), &["unsupported-value preemptionPolicy \"Always\""]);
    }
}
