//! What the API server will not accept, so that the sync fails.

use super::Rule;
use crate::change::{Comparison, Finding, ImpactCode, Operation, Severity, Side};
use crate::object::FieldPath;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[IMMUTABLE_SELECTOR], find: immutable_selector }];

const IMMUTABLE_SELECTOR: ImpactCode = ImpactCode {
    name: "immutable-workload-selector",
    severity: Severity::Block,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
};

fn immutable_selector(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for change in environment.changes.changes.iter().filter(|it| it.operation == Operation::Update) {
            let is_fixed = matches!(change.id.kind.as_str(), "Deployment" | "DaemonSet" | "ReplicaSet");
            if !is_fixed || !change.touches("spec.selector") {
                continue;
            }
            let path = FieldPath::parse("spec.selector").unwrap_or_default();
            let object = environment.object(Side::After, &change.id);
            let message = "is rejected by the API server: `spec.selector` cannot change after the object was created";
            let help = "keep the selector, or give the workload another name and remove the old one in a second change";
            let finding = Finding::new(IMMUTABLE_SELECTOR, environment.name(), &change.id, message).at("spec.selector");
            findings.push(finding.help(help).from_line(object.and_then(|it| input.line_of(Side::After, it, &path))));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, review_one, with};
    use serde_json::{Value, json};

    #[test]
    fn selectors_of_workloads_are_fixed() {
        let web = deployment("web", 1, json!({"image": "web:1"}));
        let check = |after: Value, expected: &[&str]| {
            expect(&review_one(std::slice::from_ref(&web), &[after]), "immutable-workload-selector", expected);
        };
        let message =
            "Deployment/web is rejected by the API server: `spec.selector` cannot change after the object was created";
        check(with(web.clone(), "/spec/selector/matchLabels/app", json!("api")), &[message]);
        check(with(web.clone(), "/spec/selector/matchLabels/tier", json!("front")), &[message]);
        check(with(web.clone(), "/spec/template/metadata/labels/tier", json!("front")), &[]);
        check(with(web.clone(), "/kind", json!("StatefulSet")), &[]);
        check(web.clone(), &[]);
    }
}
