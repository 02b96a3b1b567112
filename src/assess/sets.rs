//! What a change of the pod template does to workloads of which there is a set: `StatefulSet`, `DaemonSet`, `CronJob`; and
//! to those that wait to be told.

use super::workload::{replicas, updated_ordinals};
use super::{Rule, rejected, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, ObjectChange, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

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
    (deployment.field("spec.paused") == Some(&Value::Bool(true))).then(|| {
        let message = "does not roll out: it is paused, so its pods stay as they are until it is resumed".to_owned();
        withheld(environment, deployment, message, "take `paused` away when the new pods may come")
    })
}

fn on_delete(environment: &EnvironmentComparison<'_>, workload: &Object) -> Option<Finding> {
    (workload.field("spec.updateStrategy.type").and_then(Value::as_str) == Some("OnDelete")).then(|| {
        let message = "does not roll out: strategy `OnDelete` replaces a pod only when somebody deletes it".to_owned();
        let help = "delete the pods one after another after the sync, or use strategy `RollingUpdate`";
        withheld(environment, workload, message, help)
    })
}

/// Kubernetes: `updateStatefulSet`, from the highest ordinal down to the partition.
fn stateful_set(environment: &EnvironmentComparison<'_>, workload: &Object) -> Option<Finding> {
    let pods = replicas(environment.objects(Side::After), workload);
    let waits = on_delete(environment, workload);
    if pods == 0 || waits.is_some() {
        return waits;
    }
    let name = &workload.id.name;
    let ordinals = updated_ordinals(workload, pods)?;
    let (first, last) = (ordinals.start, ordinals.end.saturating_sub(1));
    let updated = last.saturating_add(1).saturating_sub(first);
    if updated < pods {
        let message = match updated {
            0 => format!("does not roll out: its partition begins at {name}-{first}, beyond its last pod"),
            1 => format!("rolls out in part: only {name}-{last} is replaced, until `partition` is lowered"),
            _ => {
                format!(
                    "rolls out in part: only {name}-{last} to {name}-{first} are replaced, until `partition` is lowered"
                )
            }
        };
        let help = "lower `partition` step by step to replace the pods";
        return Some(withheld(environment, workload, message, help));
    }
    let (severity, message) = match pods {
        1 => (Severity::Outage, "is down while it restarts: its only pod stops before the new one starts".to_owned()),
        2 => (Severity::Warn, format!("rolls one pod at a time: first {name}-{last}, then {name}-{first}")),
        more => {
            let message =
                format!("rolls one pod at a time: all {more} are replaced, from {name}-{last} to {name}-{first}");
            (Severity::Warn, message)
        }
    };
    let help = "make sure that a new pod becomes ready: one that does not stops the rollout, and must be deleted by hand even after the change is taken back";
    let finding = Finding::new(STATEFULSET_ROLLOUT, environment.name(), &workload.id, message);
    Some(finding.help(help).with_severity(severity))
}

/// Kubernetes: `rollingUpdate` of the controller; by default the pod of one node is missing at a time.
fn daemon_set(environment: &EnvironmentComparison<'_>, workload: &Object) -> Finding {
    on_delete(environment, workload).unwrap_or_else(|| {
        let bound =
            |name: &str| workload.field("spec.updateStrategy.rollingUpdate").and_then(|it| it.get(name)).cloned();
        let is_set = |it: &Value| it.as_u64() != Some(0) && it.as_str() != Some("0%");
        let nodes = |it: Value| match it.as_u64() {
            Some(count) => format!("{} at a time", wording::count(count, "node")),
            None => format!("{} of the nodes at a time", it.as_str().unwrap_or_default()),
        };
        let how = match bound("maxSurge").filter(is_set) {
            Some(surge) => format!("the new pod before the old one stops, on {}", nodes(surge)),
            None => format!("on {}", nodes(bound("maxUnavailable").unwrap_or(Value::from(1)))),
        };
        let message = format!("restarts: the pod of each node is replaced, {how}");
        Finding::new(DAEMONSET_ROLLOUT, environment.name(), &workload.id, message)
    })
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
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
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
        rolls(2, &[], &["StatefulSet/db rolls one pod at a time: first db-1, then db-0"]);
        rolls(3, &[], &["StatefulSet/db rolls one pod at a time: all 3 are replaced, from db-2 to db-0"]);
        let start = [("/spec/ordinals", json!({"start": 5}))];
        rolls(3, &start, &["StatefulSet/db rolls one pod at a time: all 3 are replaced, from db-7 to db-5"]);
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
        let by_hand =
            "StatefulSet/db does not roll out: strategy `OnDelete` replaces a pod only when somebody deletes it";
        withheld(3, json!({"type": "OnDelete"}), &[by_hand]);
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
            &["DaemonSet/db restarts: the pod of each node is replaced, on 10% of the nodes at a time"],
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
