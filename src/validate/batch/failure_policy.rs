//! Which failures of a Job's pods count (`validatePodFailurePolicy`).

use super::job::{container_names, too_many};
use crate::validate::field::{DUPLICATE_ENTRY, Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE, UNSUPPORTED_VALUE, unique};
use crate::validate::names::{INVALID_NAME, qualified_name};

const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];

/// Checks the failure policy of a Job, and when its pods are replaced.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    let policy = spec.get("podFailurePolicy");
    let replacement = spec.get("podReplacementPolicy");
    if policy.is_set() {
        replacement.one_of(&["Failed"], found);
    } else {
        replacement.one_of(&["Failed", "TerminatingOrFailed"], found);
    }
    too_many(&policy.get("rules"), 20, found);
    for rule in policy.get("rules").items() {
        let action = rule.get("action");
        action.one_of(&ACTIONS, found);
        if action.text() == Some("FailIndex") && !spec.get("backoffLimitPerIndex").is_set() {
            found.push(action.invalid(OUT_OF_RANGE, "requires the backoffLimitPerIndex to be set"));
        }
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        let wrong = match (codes.is_set(), !conditions.is_empty()) {
            (true, true) => Some("specifying both OnExitCodes and OnPodConditions is not supported"),
            (false, false) => Some("specifying one of OnExitCodes and OnPodConditions is required"),
            (true, false) | (false, true) => None,
        };
        if let Some(wrong) = wrong {
            found.push(rule.problem(NOT_EXACTLY_ONE, format!("Invalid value: {wrong}")).help("make two rules of it"));
        }
        too_many(&conditions, 20, found);
        for condition in conditions.items() {
            condition.get("type").syntax(INVALID_NAME, qualified_name, found);
            condition.get("status").one_of(&["False", "True", "Unknown"], found);
        }
        exit_codes(&codes, spec, found);
    }
}

fn exit_codes(codes: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    if !codes.is_set() {
        return;
    }
    codes.get("operator").one_of(&["In", "NotIn"], found);
    let container = codes.get("containerName");
    let names = container_names(spec);
    if container.text().is_some_and(|it| !names.contains(&it)) {
        let detail = "must be one of the container or initContainer names in the pod template";
        let message = container.invalid(UNSUPPORTED_VALUE, detail);
        found.push(message.suggest(container.text().unwrap_or_default(), names));
    }
    let list = codes.get("values");
    let values = list.items();
    if values.is_empty() {
        found.push(list.problem(OUT_OF_RANGE, "Invalid value: at least one value is required"));
    }
    too_many(&list, 255, found);
    for value in &values {
        if codes.get("operator").text() == Some("In") && value.number() == Some(0) {
            found.push(value.invalid(OUT_OF_RANGE, "must not be 0 for the In operator").help("0 is success"));
        }
    }
    let numbers: Vec<i64> = values.iter().filter_map(Field::number).collect();
    if !numbers.is_sorted() {
        found.push(list.problem(OUT_OF_RANGE, "Invalid value: must be ordered").help("write the smallest first"));
    }
    unique(DUPLICATE_ENTRY, values.iter().filter_map(|it| Some((it.number()?, it.clone()))), found);
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::validate::fixture::{any, expect, object};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn rule(rule: Value, expected: &[&str]) {
        let spec = json!({
            "podFailurePolicy": {"rules": [rule]},
            "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a"}]}},
        });
        expect(check(&object(any("batch/v1", "Job", "a", &json!({"spec": spec})))), expected);
    }

    #[test]
    fn checks_rules() {
        let codes = |operator: &str, values: Value| json!({"action": "FailJob", "onExitCodes": {"operator": operator, "values": values, "containerName": "a"}});
        rule(codes("In", json!([1, 42])), &[]);
        rule(codes("NotIn", json!([0])), &[]);
        rule(codes("In", json!([0])), &["out-of-range values must not be 0 for the In operator"]);
        rule(codes("In", json!([2, 1])), &["out-of-range values must be ordered"]);
        rule(codes("In", json!([1, 1])), &["duplicate-entry values Duplicate value: 1"]);
        rule(codes("In", json!([])), &["out-of-range values at least one value is required"]);
        let all: Vec<u32> = (1..=256).collect();
        rule(codes("In", json!(all[..255])), &[]);
        rule(codes("In", json!(all)), &["out-of-range values Too many: 256: must have at most 255 items"]);
        rule(
            json!({"action": "Count", "onExitCodes": {"operator": "In", "values": [1], "containerName": "b"}}),
            &["unsupported-value containerName must be one of the container or initContainer names"],
        );
        let condition = |kind: &str| json!([{"type": kind, "status": "True"}]);
        rule(json!({"action": "Ignore", "onPodConditions": condition("DisruptionTarget")}), &[]);
        rule(
            json!({"action": "Ignore", "onPodConditions": condition("a b")}),
            &["invalid-name type name part must consist"],
        );
        rule(
            json!({"action": "FailIndex", "onPodConditions": condition("A")}),
            &["out-of-range action requires the backoffLimitPerIndex to be set"],
        );
        rule(json!({"action": "Stop", "onPodConditions": condition("A")}), &["unsupported-value action \"Stop\""]);
        rule(
            json!({"action": "Count"}),
            &["not-exactly-one rules[0] one of OnExitCodes and OnPodConditions is required"],
        );
        let mut both = codes("In", json!([1]));
        both["onPodConditions"] = condition("A");
        rule(both, &["not-exactly-one rules[0] both OnExitCodes and OnPodConditions is not supported"]);
    }
}
