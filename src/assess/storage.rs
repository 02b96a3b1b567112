//! How much storage the claims of an environment ask for.

use super::capacity::CAPACITY_CHANGE;
use super::workload::{items, replicas, text};
use super::{Rule, rejected, wording};
use crate::change::{Comparison, EnvironmentComparison, Finding, Side};
use crate::object::{FieldPath, Object, Quantity};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[], find }];

/// Returns whole bytes, rounded up.
pub(super) fn bytes(amount: Quantity) -> i128 {
    let milli = amount.milli();
    milli.div_euclid(1000) + i128::from(milli.rem_euclid(1000) != 0)
}

/// Returns the bytes that the claims of one state ask for: those of the tree, and those that a `StatefulSet` makes for each of
/// its pods.
pub(super) fn requested(environment: &EnvironmentComparison<'_>, side: Side) -> i128 {
    let objects = environment.objects(side);
    objects.iter().map(|it| bytes(requested_by(objects, it))).sum()
}

/// Returns what the claims of one object ask for.
pub(super) fn requested_by(objects: &[Object], object: &Object) -> Quantity {
    match object.id.kind.as_str() {
        "PersistentVolumeClaim" => of_claim(&object.body),
        "StatefulSet" => each(object).times(replicas(objects, object)),
        _ => Quantity::ZERO,
    }
}

fn of_claim(claim: &Value) -> Quantity {
    claim.pointer("/spec/resources/requests/storage").and_then(Quantity::of_value).unwrap_or(Quantity::ZERO)
}

/// Returns what the claims of one pod of a StatefulSet ask for.
fn each(stateful_set: &Object) -> Quantity {
    templates(stateful_set).iter().map(of_claim).fold(Quantity::ZERO, Quantity::plus)
}

/// Returns the claims that a StatefulSet makes for each of its pods.
pub(super) fn templates(stateful_set: &Object) -> &[Value] {
    stateful_set.field("spec").map_or(&[], |it| items(it, "volumeClaimTemplates"))
}

/// Claims that come or grow. Those that go or shrink are losses or rejected; those of pods that a StatefulSet no longer
/// has stay, unless its retention policy says otherwise.
fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // For an environment that comes as a whole, it is said once.
    for environment in input.environments.iter().filter(|it| it.before.is_some()) {
        for object in environment.objects(Side::After) {
            let before = environment.object(Side::Before, &object.id);
            let of = |side, it| requested_by(environment.objects(side), it);
            let (old, new) = (before.map_or(Quantity::ZERO, |it| of(Side::Before, it)), of(Side::After, object));
            if new <= old || rejected::is_refused(environment, &object.id) {
                continue;
            }
            let grown = wording::bytes(bytes(new.minus(old)));
            let more = if before.is_some() { "more " } else { "" };
            let (path, of_what) = match object.id.kind.as_str() {
                "StatefulSet" => {
                    let pods = |side, it: &Object| replicas(environment.objects(side), it);
                    let added = pods(Side::After, object) - before.map_or(0, |it| pods(Side::Before, it));
                    ("spec.replicas", claims(object, added))
                }
                _ if before.is_some() => (
                    "spec.resources.requests.storage",
                    format!(": {} → {}", wording::bytes(bytes(old)), wording::bytes(bytes(new))),
                ),
                _ => ("spec.resources.requests.storage", String::new()),
            };
            let message = format!("asks for {grown} {more}storage{of_what}");
            let path = FieldPath::parse(path).unwrap_or_default();
            let line = input.line_of(Side::After, object, &path);
            let finding = Finding::new(CAPACITY_CHANGE, environment.name(), &object.id, message);
            findings.push(finding.at(path.to_string()).from_line(line));
        }
    }
    findings
}

/// Says which claims so many new pods have: `: 2 claims data of 10Gi`.
fn claims(stateful_set: &Object, pods: u64) -> String {
    let of_template = |it: &Value| {
        let name = it.get("metadata").map_or("", |it| text(it, "name"));
        format!("{} of {} for `{name}`", wording::count(pods, "claim"), wording::bytes(bytes(of_claim(it))))
    };
    let all: Vec<String> = templates(stateful_set).iter().map(of_template).collect();
    format!(": {}", wording::list(&all))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_of, review_one, with};
    use serde_json::{Value, json};

    fn claim(size: &str) -> Value {
        let resources = json!({"requests": {"storage": size}});
        object("v1", "PersistentVolumeClaim", "data", &json!({"spec": {"resources": resources}}))
    }

    fn store(replicas: u64) -> Value {
        let body = with(deployment("store", replicas, json!({"image": "store:1"})), "/kind", json!("StatefulSet"));
        let template = |name: &str, size: &str| json!({"metadata": {"name": name}, "spec": {"resources": {"requests": {"storage": size}}}});
        with(body, "/spec/volumeClaimTemplates", json!([template("data", "10Gi"), template("logs", "512Mi")]))
    }

    #[test]
    fn claims_are_counted() {
        let check = |before: &[Value], after: &[Value], bytes: (i128, i128)| {
            let review = review_of(&[("dev", Some(before.to_vec()), Some(after.to_vec()))]);
            let found: Vec<_> =
                review.capacity.iter().map(|it| (it.before.storage_bytes, it.after.storage_bytes)).collect();
            assert_eq!(found, if bytes.0 == bytes.1 { vec![] } else { vec![bytes] });
        };
        check(&[], &[claim("5Gi")], (0, 5 << 30));
        check(&[claim("1Gi")], &[claim("1024Mi")], (0, 0));
        check(&[store(1)], &[store(3)], ((10 << 30) + (512 << 20), 3 * ((10 << 30) + (512 << 20))));
        check(&[store(3)], &[store(3)], (0, 0));
    }

    #[test]
    fn claims_that_come_or_grow_are_said() {
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            let review = review_one(before, after);
            let storage =
                review.findings.iter().filter(|it| it.code.name == "capacity-change" && it.message.contains("storage"));
            let found: Vec<String> = storage.map(|it| format!("{} {}", it.object.short(), it.message)).collect();
            assert_eq!(found, expected);
        };
        check(&[], &[claim("5Gi")], &["PersistentVolumeClaim/data asks for 5Gi storage"]);
        check(&[claim("5Gi")], &[claim("6Gi")], &["PersistentVolumeClaim/data asks for 1Gi more storage: 5Gi → 6Gi"]);
        check(&[claim("5Gi")], &[claim("5120Mi")], &[]);
        check(&[claim("6Gi")], &[claim("5Gi")], &[]);
        check(&[claim("5Gi")], &[], &[]);
        let message = "StatefulSet/store asks for 21Gi more storage: 2 claims of 10Gi for `data` and 2 claims of 512Mi for `logs`";
        check(&[store(1)], &[store(3)], &[message]);
        check(&[store(3)], &[store(1)], &[]);
        let new =
            "StatefulSet/store asks for 10752Mi storage: 1 claim of 10Gi for `data` and 1 claim of 512Mi for `logs`";
        check(&[], &[store(1)], &[new]);
        expect(&review_one(&[store(1)], &[store(1)]), "capacity-change", &[]);
    }
}
