//! What is told of the checks, and what is not.

use super::{HOUSE_RULE_REPAIRED, OBJECT_REFUSED, check, findings};
use crate::assess::tests::fixture::deployment;
use crate::change::{Baseline, Comparison, EnvironmentComparison, Finding, ImpactCode, Turn, Verdict};
use crate::object::{Environment, Object, ObjectId};
use crate::source::Sources;
use serde_json::json;

fn verdict(code: &'static str, turn: Turn, name: &str, message: &str) -> Verdict {
    Verdict {
        code,
        turn,
        environments: vec!["dev".to_owned()],
        object: Object::from_body(deployment(name, 1, json!({}))).unwrap().id,
        path: "spec".to_owned(),
        message: message.to_owned(),
        help: "mend it".to_owned(),
        source: None,
    }
}

fn told(verdicts: Vec<Verdict>, others: &[ImpactCode], found: &[Finding]) -> Vec<String> {
    let sources = Sources::default();
    let environment = Environment::undeclared("dev");
    let input = Comparison {
        app: "todo",
        baseline: Baseline::FirstCompile,
        head: "working tree",
        environments: vec![EnvironmentComparison {
            environment: &environment,
            environment_before: None,
            before: None,
            after: None,
            changes: crate::change::ChangeSet::default(),
        }],
        waived: Vec::new(),
        verdicts,
        drifts: Vec::new(),
        hidden: crate::change::Hidden::default(),
        sources: &sources,
        baseline_sources: None,
    };
    let text = |it: Finding| format!("{} {} {}", it.code.name, it.object.short(), it.message);
    findings(&input, others, found).into_iter().map(text).collect()
}

#[test]
fn a_check_is_told_by_what_became_of_it() {
    let check =
        |code, turn, expected: &str| assert_eq!(told(vec![verdict(code, turn, "a", "b")], &[], &[]), [expected]);
    check("missing-probe", Turn::Introduced, "missing-probe Deployment/a is not probed: b");
    check("missing-probe", Turn::Unexcused, "missing-probe Deployment/a is not probed: b, which was excused until now");
    check(
        "missing-probe",
        Turn::Mended,
        "house-rule-repaired Deployment/a no longer breaks `missing-probe`, which said: b",
    );
    check(
        "invalid-key",
        Turn::Introduced,
        "object-refused Deployment/a is refused by the API server: b (`invalid-key`)",
    );
    check(
        "invalid-key",
        Turn::Mended,
        "house-rule-repaired Deployment/a no longer breaks `invalid-key`, which said: b",
    );
}

#[test]
fn what_is_alike_is_told_together() {
    let probes = |names: &[&str]| names.iter().map(|it| verdict("missing-probe", Turn::Introduced, it, "b")).collect();
    let of_one = |count: usize| -> Vec<Verdict> {
        (0..count).map(|it| verdict("missing-probe", Turn::Introduced, "a", &it.to_string())).collect()
    };
    assert_eq!(told(probes(&["a", "b", "c", "d", "e"]), &[], &[]).len(), 5);
    assert_eq!(
        told(probes(&["a", "b", "c", "d", "e", "f"]), &[], &[]),
        ["missing-probe Environment/dev has 6 objects of which each is not probed: Deployment/a, Deployment/b, \
          Deployment/c, Deployment/d, Deployment/e and 1 more"]
    );
    assert_eq!(told(of_one(3), &[], &[]), ["missing-probe Deployment/a is not probed: 0; 1; 2"]);
    assert_eq!(told(of_one(4), &[], &[]), ["missing-probe Deployment/a is not probed: 0; 1; 2; and 1 more"]);
}

#[test]
fn what_a_rule_says_is_said_once() {
    let config = ObjectId { group: String::new(), kind: "ConfigMap".to_owned(), namespace: None, name: "c".to_owned() };
    let removed = ImpactCode { name: "config-removed-in-use", ..OBJECT_REFUSED.code };
    let is_told = |code, message, others: &[ImpactCode], found: &[Finding]| {
        !told(vec![verdict(code, Turn::Introduced, "a", message)], others, found).is_empty()
    };
    let finding = |environment| [Finding::new(removed, environment, &config, "is removed")];
    assert!(is_told("missing-reference", "no \"c\"", &[removed], &[]));
    assert!(is_told("missing-reference", "no \"c\"", &[removed], &finding("prod")));
    assert!(is_told("missing-reference", "no \"d\"", &[removed], &finding("dev")));
    assert!(!is_told("missing-reference", "no \"c\"", &[removed], &finding("dev")));
    assert!(!is_told("api-deprecated", "b", &[], &[]));
    assert!(!is_told("missing-probe", "b", &[check("missing-probe").code], &[]));
    assert!(is_told("missing-probe", "b", &[HOUSE_RULE_REPAIRED], &[]));
}
