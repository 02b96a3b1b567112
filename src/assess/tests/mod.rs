//! The review as a whole: what is joined, what is counted, what is said first.

pub(super) mod fixture;

use super::codes;
use crate::change::{Operation, Review, ReviewedChange};
use fixture::{States, deployment, object, review_of, review_one, with};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn codes_are_sorted_and_unique() {
    let codes = codes();
    assert!(codes.is_sorted_by(|a, b| a.name < b.name));
    assert!(codes.iter().all(|it| it.documentation.starts_with("https://")));
}

/// The change of the design's mock-up: an image everywhere, replicas in prod, an origin in staging, a Service in dev.
fn todo() -> Vec<States> {
    let backend = |replicas: u64, tag: &str, hash: &str| {
        let resources = json!({"requests": {"cpu": "250m", "memory": "256Mi"}});
        let container = json!({"image": format!("todo-backend:{tag}"), "resources": resources, "envFrom": [{"configMapRef": {"name": "todo-backend-config"}}]});
        with(
            deployment("todo-backend", replicas, container),
            "/spec/template/metadata/annotations",
            json!({"checksum/config": hash}),
        )
    };
    let config =
        |origins: &str| object("v1", "ConfigMap", "todo-backend-config", &json!({"data": {"CORS_ORIGINS": origins}}));
    let debug = object(
        "v1",
        "Service",
        "todo-backend-debug",
        &json!({"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}}),
    );
    vec![
        (
            "prod",
            Some(vec![backend(3, "1.4.2", "a"), config("https://a")]),
            Some(vec![backend(5, "1.5.0", "a"), config("https://a")]),
        ),
        ("dev", Some(vec![backend(1, "1.4.2", "a"), debug]), Some(vec![backend(1, "1.5.0", "a")])),
        (
            "staging",
            Some(vec![backend(2, "1.4.2", "a"), config("https://b")]),
            Some(vec![backend(2, "1.5.0", "b"), config("https://b,https://c")]),
        ),
    ]
}

/// Writes changes as `environments: -+~ Kind/name fields`.
fn text(changes: &[ReviewedChange]) -> Vec<String> {
    let line = |it: &ReviewedChange| {
        let sign = match it.operation {
            Operation::Create => "+",
            Operation::Update => "~",
            Operation::Delete => "-",
        };
        let field = |it: &crate::change::ReviewedField| {
            let derived = if it.derived { " (derived)" } else { "" };
            format!("{}{derived}", it.path)
        };
        let fields: Vec<String> = it.fields.iter().map(field).collect();
        format!("{}: {sign} {} {}{}", it.environments.join(","), it.object.short(), it.summary, fields.join(", "))
    };
    changes.iter().map(line).collect()
}

#[test]
fn the_same_change_stands_once() {
    let review = review_of(&todo());
    assert_eq!(
        text(&review.changes),
        [
            "dev: - Service/todo-backend-debug NodePort 30080",
            "staging: ~ ConfigMap/todo-backend-config data.CORS_ORIGINS",
            "dev,prod,staging: ~ Deployment/todo-backend spec.template.spec.containers[todo-backend].image",
            "prod: ~ Deployment/todo-backend spec.replicas",
            "staging: ~ Deployment/todo-backend spec.template.metadata.annotations[\"checksum/config\"] (derived)",
        ]
    );
    assert_eq!(review.changes[2].object.namespace, None);
    assert_eq!(review.changes[3].object.namespace.as_deref(), Some("prod"));
    let source = review.changes[2].fields[0].source.clone().unwrap();
    assert_eq!((source.file.as_str(), source.line, source.removed), ("base/app.kdl", 1, false));
}

#[test]
fn every_leaf_is_accounted_for() {
    let accounting = review_of(&todo()).accounting;
    assert_eq!((accounting.fields, accounting.shown, accounting.folded, accounting.omitted), (7, 6, 1, 0));
}

#[test]
fn rows_say_what_happens_where() {
    let review = review_of(&todo());
    let rows: Vec<_> = review
        .environments
        .iter()
        .map(|it| (it.name.as_str(), it.created, it.updated, it.deleted, it.objects))
        .collect();
    assert_eq!(rows, [("dev", 0, 1, 1, 1), ("prod", 0, 1, 0, 2), ("staging", 0, 2, 0, 2)]);
    assert_eq!(review.environments[1].restarts, [("todo-backend".to_owned(), 5)]);
    let worst: Vec<_> = review.environments.iter().map(|it| it.worst.unwrap().name()).collect();
    assert_eq!(worst, ["warn", "note", "note"]);
    let capacity: Vec<_> = review
        .capacity
        .iter()
        .map(|it| (it.environment.as_str(), it.before.pods, it.after.pods, it.peak.pods))
        .collect();
    assert_eq!(capacity, [("dev", 1, 1, 2), ("prod", 3, 5, 7), ("staging", 2, 2, 3)]);
    assert_eq!(
        review.not_checked,
        [
            "quotas and admission policies in the cluster",
            "whether the images exist",
            "what outside this repository still uses the removed names",
        ]
    );
}

#[test]
fn findings_stand_worst_first() {
    let review = review_of(&todo());
    let findings: Vec<String> = review
        .findings
        .iter()
        .map(|it| format!("{} {} {}", it.severity.name(), it.code.name, it.environments.join(",")))
        .collect();
    assert_eq!(
        findings,
        [
            "warn service-removed dev",
            "note rolling-restart dev",
            "note capacity-change prod",
            "note rolling-restart prod",
            "note config-change staging",
            "note rolling-restart staging",
        ]
    );
}

#[test]
fn the_headline_is_one_sentence() {
    let check = |review: &Review, expected: &str| assert_eq!(review.headline, expected);
    check(
        &review_of(&todo()),
        "Service/todo-backend-debug in dev is removed; todo-backend restarts in 3 environments; prod grows from 3 to 5 pods.",
    );
    let web = |replicas: u64, image: &str| deployment("web", replicas, json!({"image": image}));
    check(&review_one(&[web(2, "web:1")], &[web(2, "web:1")]), "no changes");
    check(&review_one(&[web(2, "web:1.0.0")], &[web(2, "web:1.1.0")]), "web restarts in dev.");
    check(&review_one(&[web(2, "web:1")], &[web(3, "web:1")]), "dev grows from 2 to 3 pods.");
    let config = |data: &str| object("v1", "ConfigMap", "web", &json!({"data": {"A": data}}));
    check(&review_one(&[config("1")], &[config("2")]), "1 object changed in dev, nothing restarts.");
    let label = with(config("1"), "/metadata/name", json!("other"));
    check(&review_one(&[config("1")], &[label]), "2 objects in dev: 1 created and 1 removed, nothing restarts.");
    check(
        &review_of(&[("dev", None, Some(vec![config("1")])), ("prod", None, Some(vec![config("1")]))]),
        "first compile of 2 environments with 2 objects, nothing to compare with.",
    );
    check(
        &review_of(&[
            ("dev", Some(vec![config("1")]), Some(vec![config("1")])),
            ("prod", None, Some(vec![config("1")])),
        ]),
        "prod is new with 1 object.",
    );
    let selector = with(web(2, "web:1"), "/spec/selector/matchLabels/app", json!("api"));
    check(
        &review_one(&[web(2, "web:1"), config("1")], &[selector]),
        "Deployment/web in dev is rejected by the API server.",
    );
}

#[test]
fn a_new_block_is_shown_field_by_field_and_a_new_item_as_one() {
    let web = deployment("web", 1, json!({"image": "web:1"}));
    let limits = with(
        web.clone(),
        "/spec/template/spec/containers/0/resources",
        json!({"limits": {"cpu": "1", "memory": "1Gi"}}),
    );
    let review = review_one(std::slice::from_ref(&web), &[limits]);
    assert_eq!(
        text(&review.changes),
        [
            "dev: ~ Deployment/web spec.template.spec.containers[web].resources.limits.cpu, spec.template.spec.containers[web].resources.limits.memory",
        ]
    );
    let env = with(web.clone(), "/spec/template/spec/containers/0/env", json!([{"name": "A", "value": "1"}]));
    let more = with(
        env.clone(),
        "/spec/template/spec/containers/0/env",
        json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]),
    );
    let review = review_one(&[env], &[more]);
    assert_eq!(text(&review.changes), ["dev: ~ Deployment/web spec.template.spec.containers[web].env[B]"]);
    assert_eq!((review.accounting.fields, review.accounting.shown), (2, 2));
}

#[test]
fn a_secret_stays_secret_and_its_change_visible() {
    let secret = |value: &str| object("v1", "Secret", "keys", &json!({"data": {"A": value}}));
    let review = review_one(&[secret("b25l")], &[secret("dHdv")]);
    let field = &review.changes[0].fields[0];
    assert_eq!((&field.before, &field.after), (&Some(json!("(hidden value)")), &Some(json!("(another hidden value)"))));
    assert!(!format!("{review:?}").contains("dHdv"));
}

/// Bodies that differ in little, so that environments share some changes and not others.
fn some_objects() -> impl Strategy<Value = Vec<Value>> {
    let web = (0..4_u64, 1..3_u32, prop::option::of("[ab]")).prop_map(|(replicas, tag, hash)| {
        let web = deployment("web", replicas, json!({"image": format!("web:{tag}")}));
        match hash {
            Some(hash) => {
                with(web, "/spec/template/metadata/annotations", json!({"checksum/config": hash, "other": "x"}))
            }
            None => web,
        }
    });
    let config = "[ab]".prop_map(|it| object("v1", "ConfigMap", "web", &json!({"data": {"A": it, "ORIGINS": "*"}})));
    (prop::option::of(web), prop::option::of(config)).prop_map(|(web, config)| web.into_iter().chain(config).collect())
}

proptest! {
    #[test]
    fn what_is_shown_and_folded_is_all_there_is(
        dev in (prop::option::of(some_objects()), prop::option::of(some_objects())),
        prod in (prop::option::of(some_objects()), prop::option::of(some_objects())),
    ) {
        let review = review_of(&[("dev", dev.0.clone(), dev.1.clone()), ("prod", prod.0.clone(), prod.1.clone())]);
        prop_assert_eq!(review.accounting.fields, review.accounting.shown + review.accounting.folded);
        let backwards = review_of(&[("prod", prod.0, prod.1), ("dev", dev.0, dev.1)]);
        prop_assert_eq!(format!("{review:?}"), format!("{backwards:?}"));
    }
}
