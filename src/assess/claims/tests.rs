//! Which claims go, which stay, and what becomes of their data.

use crate::assess::tests::fixture::{deployment, expect, object, review_declared, review_one, with};
use crate::change::{Review, Severity};
use crate::object::{ReclaimPolicy, StorageClass};
use serde_json::{Value, json};

/// Reviews where the cluster has a class `fast`, which is its default.
fn review_with_class(before: &[Value], after: &[Value], reclaim: Option<ReclaimPolicy>) -> Review {
    review_declared(before, after, |it| {
        let cluster = it.cluster.as_mut().unwrap();
        let (name, span) = ("fast".to_owned(), cluster.span);
        cluster.storage_classes = vec![StorageClass { name, expandable: None, reclaim, is_default: true, span }];
    })
}

#[track_caller]
fn expect_one(review: &Review, code: &str, severity: Severity, message: &str) {
    expect(review, code, &[message]);
    assert_eq!(review.findings.iter().find(|it| it.code.name == code).unwrap().severity, severity, "{message}");
}

#[test]
fn the_class_decides_what_becomes_of_the_data() {
    let claim = |spec: Value| object("v1", "PersistentVolumeClaim", "data", &json!({"spec": spec}));
    let check = |spec: Value, reclaim: Option<ReclaimPolicy>, severity: Severity, expected: &str| {
        let review = review_with_class(&[claim(spec)], &[], reclaim);
        expect_one(&review, "claim-removed", severity, &format!("PersistentVolumeClaim/data is removed{expected}"));
    };
    let unknown = ", and its data may go: the volume is deleted too, unless its reclaim policy is `Retain`";
    let goes = " with its data: the reclaim policy of StorageClass/fast is `Delete`, so its volume goes too";
    let stays = ", and its volume stays: the reclaim policy of StorageClass/fast is `Retain`, so the data waits in a volume that no claim gets by itself";
    for spec in [json!({"storageClassName": "fast"}), json!({})] {
        check(spec.clone(), None, Severity::Loss, unknown);
        check(spec.clone(), Some(ReclaimPolicy::Delete), Severity::Loss, goes);
        check(spec, Some(ReclaimPolicy::Retain), Severity::Warn, stays);
    }
    check(json!({"storageClassName": "slow"}), Some(ReclaimPolicy::Retain), Severity::Loss, unknown);
    check(json!({"storageClassName": ""}), Some(ReclaimPolicy::Retain), Severity::Loss, unknown);
    check(json!({"volumeName": "disk"}), Some(ReclaimPolicy::Retain), Severity::Loss, unknown);
    let class = |fields: Value| object("storage.k8s.io/v1", "StorageClass", "own", &fields);
    let of_own = |class: Value, severity: Severity, expected: &str| {
        let review = review_one(&[claim(json!({"storageClassName": "own"})), class.clone()], &[class]);
        let expected = expected.replace("fast", "own");
        expect_one(&review, "claim-removed", severity, &format!("PersistentVolumeClaim/data is removed{expected}"));
    };
    of_own(class(json!({"provisioner": "a"})), Severity::Loss, goes);
    of_own(class(json!({"provisioner": "a", "reclaimPolicy": "Retain"})), Severity::Warn, stays);
    let volume = object("v1", "PersistentVolume", "disk", &json!({"spec": {}}));
    let review = review_one(&[claim(json!({"volumeName": "disk"})), volume.clone()], &[volume]);
    let kept = stays.replace("StorageClass/fast", "PersistentVolume/disk");
    expect_one(&review, "claim-removed", Severity::Warn, &format!("PersistentVolumeClaim/data is removed{kept}"));
    expect(&review_one(&[claim(json!({}))], &[claim(json!({}))]), "claim-removed", &[]);
}

#[test]
fn a_removal_waits_where_somebody_must_confirm_it() {
    let annotations = json!({"argocd.argoproj.io/sync-options": "Prune=confirm"});
    let fields = json!({"metadata": {"name": "data", "annotations": annotations}, "spec": {}});
    let review = review_one(&[object("v1", "PersistentVolumeClaim", "data", &fields)], &[]);
    let message = "PersistentVolumeClaim/data is removed, and its data may go: the volume is deleted too, unless its reclaim policy is `Retain`; Argo CD waits until somebody confirms it";
    expect(&review, "claim-removed", &[message]);
}

/// A StatefulSet `db` with a claim `data` for each pod.
fn set(replicas: u64, policy: Value) -> Value {
    let body = with(deployment("db", replicas, json!({"image": "db:1"})), "/kind", json!("StatefulSet"));
    let body = with(body, "/spec/volumeClaimTemplates", json!([{"metadata": {"name": "data"}, "spec": {}}]));
    with(body, "/spec/persistentVolumeClaimRetentionPolicy", policy)
}

const POSSIBLE: &str = "the data goes too, unless the reclaim policy of the volumes is `Retain`";

#[test]
fn a_removed_stateful_set_says_what_becomes_of_its_claims() {
    let check = |body: &Value, severity: Severity, expected: &str| {
        let review = review_one(std::slice::from_ref(body), &[]);
        expect_one(&review, "statefulset-removed", severity, &format!("StatefulSet/db is removed{expected}"));
    };
    let keep = || json!({"whenScaled": "Delete"});
    let delete = || json!({"whenDeleted": "Delete"});
    let stop = "its 3 pods stop in no set order";
    check(
        &set(3, keep()),
        Severity::Outage,
        &format!(", and its 3 claims stay: data-db-0 … data-db-2 keep their data, and {stop}"),
    );
    check(
        &set(3, Value::Null),
        Severity::Outage,
        &format!(", and its 3 claims stay: data-db-0 … data-db-2 keep their data, and {stop}"),
    );
    check(
        &set(2, Value::Null),
        Severity::Outage,
        ", and its 2 claims stay: data-db-0, data-db-1 keep their data, and its 2 pods stop in no set order",
    );
    check(
        &set(1, Value::Null),
        Severity::Outage,
        ", and its claim stays: data-db-0 keeps its data, and its only pod stops",
    );
    check(
        &set(3, delete()),
        Severity::Loss,
        &format!(" with its 3 claims: data-db-0 … data-db-2, as `whenDeleted` says; {POSSIBLE}; {stop}"),
    );
    let started = with(set(3, Value::Null), "/spec/ordinals", json!({"start": 5}));
    check(
        &started,
        Severity::Outage,
        &format!(", and its 3 claims stay: data-db-5 … data-db-7 keep their data, and {stop}"),
    );
    let none = with(set(3, delete()), "/spec/volumeClaimTemplates", Value::Null);
    check(&none, Severity::Outage, &format!(" with its pods: {stop}"));
    check(&set(0, delete()), Severity::Outage, " with its pods: it has no pods");
    let two = with(
        set(3, Value::Null),
        "/spec/volumeClaimTemplates",
        json!([{"metadata": {"name": "data"}}, {"metadata": {"name": "log"}}]),
    );
    check(
        &two,
        Severity::Outage,
        &format!(", and its 6 claims stay: data-db-0 … data-db-2, log-db-0 … log-db-2 keep their data, and {stop}"),
    );
    let kept = review_with_class(&[set(3, delete())], &[], Some(ReclaimPolicy::Retain));
    let message = format!(
        "StatefulSet/db is removed with its 3 claims: data-db-0 … data-db-2, as `whenDeleted` says; the volumes stay, as their reclaim policy is `Retain`; {stop}"
    );
    expect_one(&kept, "statefulset-removed", Severity::Outage, &message);
    let lost = review_with_class(&[set(3, delete())], &[], Some(ReclaimPolicy::Delete));
    let message = format!(
        "StatefulSet/db is removed with its 3 claims: data-db-0 … data-db-2, as `whenDeleted` says; the data goes too, as the reclaim policy of the volumes is `Delete`; {stop}"
    );
    expect_one(&lost, "statefulset-removed", Severity::Loss, &message);
    expect(&review_one(&[set(3, delete())], &[set(3, keep())]), "statefulset-removed", &[]);
}

#[test]
fn a_renamed_stateful_set_leaves_its_data_behind() {
    let renamed = |body: Value| with(body, "/metadata/name", json!("store"));
    let start = "StatefulSet/store replaces StatefulSet/db: an object cannot be renamed, so the old pods go and new ones start, and the old may be gone first";
    let review = review_one(&[set(3, Value::Null)], &[renamed(set(3, Value::Null))]);
    let message = format!("{start}; the data stays in data-db-0 … data-db-2, which nothing uses any more");
    expect_one(&review, "workload-renamed", Severity::Outage, &message);
    expect(&review, "statefulset-removed", &[]);
    let review = review_one(&[set(3, json!({"whenDeleted": "Delete"}))], &[renamed(set(3, Value::Null))]);
    let message = format!("{start}; data-db-0 … data-db-2 are deleted, as `whenDeleted` says, and {POSSIBLE}");
    expect_one(&review, "workload-renamed", Severity::Loss, &message);
}

#[test]
fn fewer_pods_may_mean_fewer_claims() {
    let policy = || json!({"whenScaled": "Delete"});
    let check = |before: Value, after: Value, expected: Option<&str>| {
        let message = expected.map(|it| {
            format!("StatefulSet/db is scaled down and loses {it} deleted, as `whenScaled` says, and {POSSIBLE}")
        });
        let review = review_one(&[before], &[after]);
        expect(&review, "claims-removed-by-scale-down", &message.as_deref().into_iter().collect::<Vec<_>>());
    };
    check(set(5, policy()), set(3, policy()), Some("2 claims: data-db-3, data-db-4 are"));
    check(set(5, policy()), set(4, policy()), Some("1 claim: data-db-4 is"));
    check(set(3, policy()), set(0, policy()), Some("3 claims: data-db-0 … data-db-2 are"));
    check(set(5, Value::Null), set(3, policy()), Some("2 claims: data-db-3, data-db-4 are"));
    check(set(5, policy()), set(3, Value::Null), None);
    check(set(3, policy()), set(5, policy()), None);
    check(set(3, policy()), set(3, policy()), None);
    check(set(5, json!({"whenDeleted": "Delete"})), set(3, json!({"whenDeleted": "Delete"})), None);
    let started = |replicas: u64, start: u64| with(set(replicas, policy()), "/spec/ordinals", json!({"start": start}));
    check(started(3, 1), started(2, 1), Some("1 claim: data-db-3 is"));
    check(set(3, policy()), started(3, 1), Some("1 claim: data-db-0 is"));
    check(set(3, policy()), started(2, 1), Some("1 claim: data-db-0 is"));
    check(started(2, 5), set(2, policy()), Some("2 claims: data-db-5, data-db-6 are"));
    let refused = with(set(3, policy()), "/spec/serviceName", json!("other"));
    check(set(5, policy()), refused, None);
    let review = review_with_class(&[set(5, policy())], &[set(4, policy())], Some(ReclaimPolicy::Retain));
    let message = "StatefulSet/db is scaled down and loses 1 claim: data-db-4 is deleted, as `whenScaled` says, and the volumes stay, as their reclaim policy is `Retain`";
    expect_one(&review, "claims-removed-by-scale-down", Severity::Warn, message);
}
