//! A `Job` or `CronJob` that is suspended, or no longer.

use super::Rule;
use crate::change::{Comparison, DecidedBy, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[SCHEDULE_RESUMED, SCHEDULE_SUSPENDED], find }];

const SCHEDULE_RESUMED: ImpactCode = ImpactCode {
    name: "schedule-resumed",
    severity: Severity::Note,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension",
};
const SCHEDULE_SUSPENDED: ImpactCode = ImpactCode {
    name: "schedule-suspended",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (before, after) in environment.kept().filter(|(_, it)| it.id.group == "batch") {
            let Some((code, message, help)) = toggled(before, after) else { continue };
            let path = FieldPath::default().field("spec").field("suspend");
            let line = match after.at(&path) {
                Some(_) => input.line_of(Side::After, after, &path),
                None => input.line_of(Side::Before, before, &path),
            };
            let finding = Finding::new(code, environment.name(), &after.id, message).at(path.to_string());
            findings.push(finding.help(help).from_line(line));
        }
    }
    findings
}

/// Says what a change of `suspend` does. Kubernetes: `syncCronJob` starts nothing while it is set, and after it the most
/// recent run that was missed, unless `startingDeadlineSeconds` is over; `manageJob` deletes the pods of a suspended Job.
fn toggled(before: &Object, after: &Object) -> Option<(ImpactCode, String, &'static str)> {
    let is_suspended = |it: &Object| it.field("spec.suspend") == Some(&Value::Bool(true));
    let deadline = after.field("spec.startingDeadlineSeconds").and_then(Value::as_u64);
    match (after.id.kind.as_str(), is_suspended(before), is_suspended(after)) {
        ("CronJob", false, true) => {
            let message = "starts no more runs: it is suspended, and a Job that runs now goes on".to_owned();
            Some((SCHEDULE_SUSPENDED, message, "take `suspend` away when its runs are wanted again"))
        }
        ("Job", false, true) => {
            let message = "stops: it is suspended, so that its running pods are deleted and none is started".to_owned();
            Some((SCHEDULE_SUSPENDED, message, "take `suspend` away when it is to go on"))
        }
        ("CronJob", true, false) => {
            let missed = match deadline {
                None => "a run that was missed in the meantime counts as due".to_owned(),
                Some(seconds) => format!("a run that was missed in the last {seconds} s counts as due"),
            };
            let help = "set `startingDeadlineSeconds`, or merge when a run does no harm";
            Some((SCHEDULE_RESUMED, format!("may start a run at once: it is no longer suspended, and {missed}"), help))
        }
        ("Job", true, false) => {
            let message =
                "may start at once: it is no longer suspended, and runs unless it has already ended".to_owned();
            Some((SCHEDULE_RESUMED, message, ""))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_one, with};
    use serde_json::{Value, json};

    #[test]
    fn says_what_a_suspension_does() {
        let check = |kind: &str, before: Value, after: Value, code: &str, expected: Option<&str>| {
            let body = |suspend: Value| {
                let template = json!({"spec": {"containers": [{"name": "a", "image": "a:1"}]}});
                let spec = json!({"schedule": "@daily", "template": template, "jobTemplate": {"spec": {"template": template}}});
                with(object("batch/v1", kind, "backup", &json!({"spec": spec})), "/spec/suspend", suspend)
            };
            let message = expected.map(|it| format!("{kind}/backup {it}"));
            let expected: Vec<&str> = message.iter().map(String::as_str).collect();
            expect(&review_one(&[body(before)], &[body(after)]), code, &expected);
        };
        let (yes, no, unset) = (|| json!(true), || json!(false), || Value::Null);
        let stops = "starts no more runs: it is suspended, and a Job that runs now goes on";
        check("CronJob", unset(), yes(), "schedule-suspended", Some(stops));
        check("CronJob", no(), yes(), "schedule-suspended", Some(stops));
        check("CronJob", yes(), yes(), "schedule-suspended", None);
        check("CronJob", unset(), no(), "schedule-suspended", None);
        check("CronJob", yes(), no(), "schedule-suspended", None);
        let resumes = "may start a run at once: it is no longer suspended, and a run that was missed in the meantime counts as due";
        check("CronJob", yes(), unset(), "schedule-resumed", Some(resumes));
        check("CronJob", unset(), no(), "schedule-resumed", None);
        let job = "stops: it is suspended, so that its running pods are deleted and none is started";
        check("Job", unset(), yes(), "schedule-suspended", Some(job));
        check(
            "Job",
            yes(),
            no(),
            "schedule-resumed",
            Some("may start at once: it is no longer suspended, and runs unless it has already ended"),
        );
    }

    #[test]
    fn a_deadline_bounds_what_is_made_up_for() {
        let body = |suspend: bool| {
            let spec =
                json!({"schedule": "@daily", "suspend": suspend, "startingDeadlineSeconds": 60, "jobTemplate": {}});
            object("batch/v1", "CronJob", "backup", &json!({"spec": spec}))
        };
        let message = "CronJob/backup may start a run at once: it is no longer suspended, and a run that was missed in the last 60 s counts as due";
        expect(&review_one(&[body(true)], &[body(false)]), "schedule-resumed", &[message]);
    }
}
