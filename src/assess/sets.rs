//! What a change of the pod template does to workloads of which there is a set: `StatefulSet`, `DaemonSet`, `CronJob`; and
//! to those that wait to be told.

use super::workload::{Batch, Pods, batch, is_on_delete, is_paused, replaced_ordinals, replicas, version};
use super::{Rule, rejected, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, ObjectChange, Severity, Side};
use crate::object::demand::pod_requests;
use crate::object::{FieldPath, Object};
use serde_json::Value;
use std::ops::Range;

pub(super) const RULES: &[Rule] =
    &[Rule { codes: &[DAEMONSET_ROLLOUT, NEXT_RUN_ONLY, ROLLOUT_WITHHELD, STATEFULSET_ROLLOUT], find }];

const DAEMONSET_ROLLOUT: ImpactCode = ImpactCode {
    name: "daemonset-rollout",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/",
};
const NEXT_RUN_ONLY: ImpactCode = ImpactCode {
    name: "next-run-only",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#job-template",
};
const ROLLOUT_WITHHELD: ImpactCode = ImpactCode {
    name: "rollout-withheld",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies",
};
const STATEFULSET_ROLLOUT: ImpactCode = ImpactCode {
    name: "statefulset-rollout",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (_, workload) in environment.kept() {
            let Some(change) = environment.change(&workload.id) else { continue };
            let Some(path) = workload.pod_template_path().map(|it| it.to_string()) else { continue };
            let found = match (workload.id.group.as_str(), workload.id.kind.as_str()) {
                ("batch", "CronJob") if change.touches("spec.jobTemplate") => {
                    let message = "changes for its next runs: a Job that runs now goes on as it began";
                    Some(Finding::new(NEXT_RUN_ONLY, environment.name(), &workload.id, message))
                }
                ("apps", _) if !change.touches(&path) || rejected::is_refused(environment, &workload.id) => continue,
                ("apps", "StatefulSet") => stateful_set(environment, workload),
                ("apps", "DaemonSet") => Some(daemon_set(environment, workload)),
                ("apps", "Deployment") => paused(environment, workload),
                _ => continue,
            };
            let (path, line) = cause(input, change, workload);
            findings.extend(found.map(|it| it.at(path).from_line(line)));
        }
    }
    findings
}

fn withheld(environment: &EnvironmentComparison<'_>, workload: &Object, message: String, help: &str) -> Finding {
    Finding::new(ROLLOUT_WITHHELD, environment.name(), &workload.id, message).help(help)
}

fn paused(environment: &EnvironmentComparison<'_>, deployment: &Object) -> Option<Finding> {
    is_paused(deployment).then(|| {
        let message = "does not roll out: it is paused, so its pods stay as they are until it is resumed".to_owned();
        withheld(environment, deployment, message, "take `paused` away when the new pods may come")
    })
}

fn on_delete(environment: &EnvironmentComparison<'_>, workload: &Object) -> Option<Finding> {
    is_on_delete(workload).then(|| {
        let message = "does not roll out: strategy `OnDelete` replaces a pod only when somebody deletes it".to_owned();
        let help = "delete the pods one after another after the sync, or use strategy `RollingUpdate`";
        withheld(environment, workload, message, help)
    })
}

/// Kubernetes: `updateStatefulSet`, from the highest ordinal down to the partition. `podManagementPolicy` has no say in
/// updates, only in scaling.
fn stateful_set(environment: &EnvironmentComparison<'_>, workload: &Object) -> Option<Finding> {
    let before = environment.object(Side::Before, &workload.id)?;
    let pods_before = replicas(environment.objects(Side::Before), before);
    let pods = replicas(environment.objects(Side::After), workload);
    let kept = pods.min(pods_before);
    if kept == 0 {
        return None;
    }
    if let Some(waits) = on_delete(environment, workload) {
        return Some(waits);
    }
    let ordinals = replaced_ordinals(environment, workload)?;
    if let Some(message) = in_part(&workload.id.name, &ordinals, kept) {
        let help = "lower `partition` step by step to replace the pods";
        return Some(withheld(environment, workload, message, help));
    }
    let (severity, message) = in_turn(environment, workload, &ordinals, pods);
    let help = "make sure that a new pod becomes ready: one that does not stops the rollout, and must be deleted by hand even after the change is taken back";
    let finding = Finding::new(STATEFULSET_ROLLOUT, environment.name(), &workload.id, message);
    Some(finding.help(help).with_severity(severity))
}

/// Says which of so many pods a partition lets go, where it holds some.
fn in_part(name: &str, ordinals: &Range<u64>, kept: u64) -> Option<String> {
    let (first, last) = (ordinals.start, ordinals.end.saturating_sub(1));
    match ordinals.end.saturating_sub(first) {
        all if all == kept => None,
        0 => Some(format!("does not roll out: its partition begins at {name}-{first}, beyond its last pod")),
        1 => Some(format!("rolls out in part: only {name}-{last} is replaced, until `partition` is lowered")),
        _ => Some(format!(
            "rolls out in part: only {name}-{last} to {name}-{first} are replaced, until `partition` is lowered"
        )),
    }
}

/// Says how the pods of a StatefulSet are replaced, and how bad it is.
fn in_turn(
    environment: &EnvironmentComparison<'_>,
    workload: &Object,
    ordinals: &Range<u64>,
    pods: u64,
) -> (Severity, String) {
    let (name, first, last) = (&workload.id.name, ordinals.start, ordinals.end.saturating_sub(1));
    let replaced = ordinals.end.saturating_sub(first);
    let batch = batch(workload, pods, version(environment));
    let available = |size: u64| format!("at least {} available", remaining(replaced, pods, size));
    let which = match replaced {
        1 => format!("{name}-{last} is replaced"),
        2 => format!("first {name}-{last}, then {name}-{first}"),
        more => format!("all {more} are replaced, from {name}-{last} to {name}-{first}"),
    };
    match (replaced, batch) {
        (1, _) if pods == 1 => {
            (Severity::Outage, "is down while it restarts: its only pod stops before the new one starts".to_owned())
        }
        (all, Batch::Of(size)) if size >= all && all > 1 => {
            let message = format!("is down while it restarts: all {all} pods stop at once, as `maxUnavailable` allows");
            (Severity::Outage, message)
        }
        (_, Batch::Of(1)) => (Severity::Warn, format!("rolls one pod at a time: {which}, {}", available(1))),
        (_, Batch::Of(size)) => {
            let message = format!("rolls up to {size} pods at a time: {which}, {}", available(size));
            (Severity::Warn, message)
        }
        (_, Batch::OneOr(size)) => {
            let message = format!(
                "rolls one pod at a time: {which}, {}; on Kubernetes before 1.35.4 up to {size} at a time as `maxUnavailable` allows, {}",
                available(1),
                available(size)
            );
            (Severity::Warn, message)
        }
    }
}

/// Returns how many pods are left while so many of those that stay are replaced at a time.
fn remaining(replaced: u64, pods: u64, size: u64) -> u64 {
    replaced.min(pods.saturating_sub(size))
}

/// Returns how many pods of a StatefulSet that restarts are available at least.
pub(super) fn least_available(environment: &EnvironmentComparison<'_>, workload: &Object) -> u64 {
    let pods = replicas(environment.objects(Side::After), workload);
    let before = environment.object(Side::Before, &workload.id);
    let kept = pods.min(before.map_or(0, |it| replicas(environment.objects(Side::Before), it)));
    let (Batch::Of(size) | Batch::OneOr(size)) = batch(workload, pods, version(environment));
    remaining(kept, pods, size)
}

/// Kubernetes: `rollingUpdate` of the controller; by default the pod of one node is missing at a time. Shares of the nodes
/// are rounded up (`UnavailableCount`, `SurgeCount`); how many nodes there are, the tree does not say.
fn daemon_set(environment: &EnvironmentComparison<'_>, workload: &Object) -> Finding {
    on_delete(environment, workload).unwrap_or_else(|| {
        let bound =
            |name: &str| workload.field("spec.updateStrategy.rollingUpdate").and_then(|it| it.get(name)).cloned();
        let is_set = |it: &Value| it.as_u64() != Some(0) && it.as_str() != Some("0%");
        let nodes = |it: Value| match it.as_u64() {
            Some(count) => format!("{} at a time", wording::count(count, "node")),
            None => format!("{} of the nodes at a time, rounded up", it.as_str().unwrap_or_default()),
        };
        let how = match bound("maxSurge").filter(is_set) {
            Some(surge) => {
                let both = beside(environment, workload);
                format!("the new pod before the old one stops, on {}{both}", nodes(surge))
            }
            None => format!("on {}", nodes(bound("maxUnavailable").unwrap_or(Value::from(1)))),
        };
        let message = format!("restarts: the pod of each node is replaced, {how}");
        Finding::new(DAEMONSET_ROLLOUT, environment.name(), &workload.id, message)
    })
}

/// Says what the old and the new pod of a node ask for together.
fn beside(environment: &EnvironmentComparison<'_>, workload: &Object) -> String {
    let pods = |side| environment.object(side, &workload.id).and_then(Pods::of);
    let both = [Side::Before, Side::After].into_iter().filter_map(pods).map(|it| pod_requests(it.template));
    let sum = both.fold(crate::object::demand::Requests::ZERO, crate::object::demand::Requests::plus);
    if sum.cpu.is_zero() && sum.memory.is_zero() {
        return String::new();
    }
    let amount = wording::amount(sum.cpu.milli(), sum.memory.milli().div_euclid(1000));
    format!("; meanwhile such a node holds both, {amount}")
}

/// Returns the field of the template that changes, where it is one, and its line.
fn cause(
    input: &Comparison<'_>,
    change: &ObjectChange,
    workload: &Object,
) -> (String, Option<crate::change::SourceLine>) {
    let block = if workload.id.kind == "CronJob" { "spec.jobTemplate" } else { "spec.template" };
    let inside = FieldPath::parse(block).unwrap_or_default();
    let fields: Vec<_> = change.effective().filter(|it| it.path.starts_with(&inside)).collect();
    let path = if let [only] = fields.as_slice() { only.shown.clone() } else { block.to_owned() };
    let own = fields.iter().find(|it| !super::rollout::is_checksum(&it.path)).or(fields.first());
    (path, own.and_then(|it| input.line_of(Side::After, workload, &it.path)))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_on, review_one, with};
    use crate::object::KubernetesVersion;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(kind: &str, replicas: u64, fields: &[(&str, Value)], code: &str, expected: &[&str]) {
        let body = |image: &str| {
            let body = with(deployment("db", replicas, json!({"image": image})), "/kind", json!(kind));
            fields.iter().fold(body, |it, (pointer, value)| with(it, pointer, value.clone()))
        };
        let review = review_one(&[body("db:1")], &[body("db:2")]);
        expect(&review, code, expected);
    }

    #[test]
    fn says_how_a_stateful_set_rolls() {
        let rolls = |replicas: u64, fields: &[(&str, Value)], expected: &[&str]| {
            check("StatefulSet", replicas, fields, "statefulset-rollout", expected);
        };
        rolls(1, &[], &["StatefulSet/db is down while it restarts: its only pod stops before the new one starts"]);
        let two = "StatefulSet/db rolls one pod at a time: first db-1, then db-0, at least 1 available";
        rolls(2, &[], &[two]);
        let three =
            "StatefulSet/db rolls one pod at a time: all 3 are replaced, from db-2 to db-0, at least 2 available";
        rolls(3, &[], &[three]);
        rolls(3, &[("/spec/podManagementPolicy", json!("Parallel"))], &[three]);
        let start = [("/spec/ordinals", json!({"start": 5}))];
        rolls(
            3,
            &start,
            &["StatefulSet/db rolls one pod at a time: all 3 are replaced, from db-7 to db-5, at least 2 available"],
        );
        rolls(0, &[], &[]);
        let withheld = |replicas: u64, strategy: Value, expected: &[&str]| {
            let fields = [("/spec/updateStrategy", strategy)];
            check("StatefulSet", replicas, &fields, "rollout-withheld", expected);
            check("StatefulSet", replicas, &fields, "statefulset-rollout", &[]);
        };
        let partition = |it: u64| json!({"rollingUpdate": {"partition": it}});
        withheld(
            3,
            partition(1),
            &["StatefulSet/db rolls out in part: only db-2 to db-1 are replaced, until `partition` is lowered"],
        );
        withheld(
            3,
            partition(2),
            &["StatefulSet/db rolls out in part: only db-2 is replaced, until `partition` is lowered"],
        );
        withheld(
            3,
            partition(3),
            &["StatefulSet/db does not roll out: its partition begins at db-3, beyond its last pod"],
        );
        let fields = [("/spec/ordinals", json!({"start": 5})), ("/spec/updateStrategy", partition(2))];
        check(
            "StatefulSet",
            3,
            &fields,
            "rollout-withheld",
            &["StatefulSet/db rolls out in part: only db-7 is replaced, until `partition` is lowered"],
        );
        let by_hand =
            "StatefulSet/db does not roll out: strategy `OnDelete` replaces a pod only when somebody deletes it";
        withheld(3, json!({"type": "OnDelete"}), &[by_hand]);
    }

    #[test]
    fn several_stateful_pods_roll_at_a_time_where_the_cluster_can() {
        let check = |minor: u32, replicas: u64, bound: Value, expected: &str| {
            let update = json!({"rollingUpdate": {"maxUnavailable": bound}});
            let body = |image: &str| {
                let body = with(deployment("db", replicas, json!({"image": image})), "/kind", json!("StatefulSet"));
                with(body, "/spec/updateStrategy", update.clone())
            };
            let review = review_on(KubernetesVersion { major: 1, minor }, &[body("db:1")], &[body("db:2")]);
            expect(&review, "statefulset-rollout", &[&format!("StatefulSet/db {expected}")]);
        };
        let one = "rolls one pod at a time: all 5 are replaced, from db-4 to db-0, at least 4 available";
        check(34, 5, json!(2), one);
        check(36, 5, json!(2), one);
        check(37, 5, json!(1), one);
        let two = "rolls up to 2 pods at a time: all 5 are replaced, from db-4 to db-0, at least 3 available";
        check(37, 5, json!(2), two);
        check(37, 5, json!("59%"), two);
        let open = format!(
            "{one}; on Kubernetes before 1.35.4 up to 2 at a time as `maxUnavailable` allows, at least 3 available"
        );
        check(35, 5, json!(2), &open);
        let all = "is down while it restarts: all 3 pods stop at once, as `maxUnavailable` allows";
        check(37, 3, json!("100%"), all);
        check(37, 1, json!(1), "is down while it restarts: its only pod stops before the new one starts");
    }

    #[test]
    fn pods_that_come_or_go_are_not_replaced() {
        let check = |before: u64, after: u64, expected: &[&str]| {
            let body = |replicas: u64, image: &str| {
                with(deployment("db", replicas, json!({"image": image})), "/kind", json!("StatefulSet"))
            };
            let review = review_one(&[body(before, "db:1")], &[body(after, "db:2")]);
            expect(&review, "statefulset-rollout", expected);
        };
        let two = "StatefulSet/db rolls one pod at a time: first db-1, then db-0, at least";
        check(2, 4, &[&format!("{two} 2 available")]);
        check(4, 2, &[&format!("{two} 1 available")]);
        check(1, 3, &["StatefulSet/db rolls one pod at a time: db-0 is replaced, at least 1 available"]);
        check(0, 3, &[]);
        check(3, 0, &[]);
    }

    #[test]
    fn says_how_a_daemon_set_rolls() {
        let rolls = |bounds: Value, expected: &[&str]| {
            let fields = [("/spec/updateStrategy", json!({"rollingUpdate": bounds}))];
            check("DaemonSet", 1, &fields, "daemonset-rollout", expected);
        };
        rolls(json!({}), &["DaemonSet/db restarts: the pod of each node is replaced, on 1 node at a time"]);
        rolls(
            json!({"maxUnavailable": "10%"}),
            &["DaemonSet/db restarts: the pod of each node is replaced, on 10% of the nodes at a time, rounded up"],
        );
        rolls(
            json!({"maxSurge": 2, "maxUnavailable": 0}),
            &[
                "DaemonSet/db restarts: the pod of each node is replaced, the new pod before the old one stops, on 2 nodes at a time",
            ],
        );
    }

    #[test]
    fn what_waits_does_not_restart() {
        let paused = "Deployment/db does not roll out: it is paused, so its pods stay as they are until it is resumed";
        check("Deployment", 1, &[("/spec/paused", json!(true))], "rollout-withheld", &[paused]);
        check("Deployment", 1, &[], "rollout-withheld", &[]);
        let run = |image: &str, schedule: &str| {
            let template = json!({"spec": {"containers": [{"name": "a", "image": image}]}});
            let spec = json!({"schedule": schedule, "jobTemplate": {"spec": {"template": template}}});
            object("batch/v1", "CronJob", "backup", &json!({"spec": spec}))
        };
        let message = "CronJob/backup changes for its next runs: a Job that runs now goes on as it began";
        expect(&review_one(&[run("a:1", "@daily")], &[run("a:2", "@daily")]), "next-run-only", &[message]);
        expect(&review_one(&[run("a:1", "@daily")], &[run("a:1", "@hourly")]), "next-run-only", &[]);
    }
}
