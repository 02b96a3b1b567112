//! `CronJobs`: when, in which time zone, and how their Jobs look.

use super::schedule::Schedule;
use super::{job, time_zone};
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::SCHEDULE_NEVER_RUNS;
use crate::validate::field::{Field, Found, UNSUPPORTED_VALUE};
use crate::validate::metadata::labels_and_annotations;

/// A schedule is none that Kubernetes reads.
pub const INVALID_SCHEDULE: Code = Code::error("invalid-schedule");
/// A time zone is none of the tz database.
pub const UNKNOWN_TIME_ZONE: Code = Code::error("unknown-time-zone");

/// The codes of this family.
pub const CODES: &[Code] = &[INVALID_SCHEDULE, UNKNOWN_TIME_ZONE];

const FORM: &str = "five fields are minute, hour, day of the month, month and day of the week: `0 3 * * *`";

/// Checks a `CronJob`.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    schedule(&spec.get("schedule"), found);
    zone(&spec.get("timeZone"), found);
    spec.get("concurrencyPolicy").one_of(&["Allow", "Forbid", "Replace"], found);
    for name in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        spec.get(name).at_least(0, found);
    }
    let template = spec.get("jobTemplate");
    labels_and_annotations(&template.get("metadata"), found);
    let job = template.get("spec");
    if !job.is_set() {
        found.push(job.at("template.spec.containers").required(""));
    }
    if job.get("selector").is_set() {
        let message = job.get("selector").forbidden("`selector` will be auto-generated");
        found.push(message.help("leave it out"));
    }
    let manual = job.get("manualSelector");
    if manual.is_true() {
        let message = "Unsupported value: true: supported values: \"nil\", \"false\"";
        found.push(manual.problem(UNSUPPORTED_VALUE, message).help("leave it out"));
    }
    job::spec(&job, found);
    job::made_by_schedule(&job, found);
}

fn schedule(field: &Field<'_>, found: &mut Found) {
    let Some(text) = field.text() else { return };
    if text.is_empty() {
        found.push(field.required("").help(FORM));
    } else if text.contains("TZ") {
        let what = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        found.push(field.invalid(INVALID_SCHEDULE, what).help("say it as the time zone, beside the schedule"));
    } else {
        match Schedule::parse(text) {
            Err(fault) => found.push(field.invalid(INVALID_SCHEDULE, fault.what).help(fault.help.unwrap_or(FORM))),
            Ok(schedule) if !schedule.ever_runs() => {
                let message = format!("the schedule {text:?} names no day that a calendar has");
                found.push(field.house_rule(SCHEDULE_NEVER_RUNS, message, "name one, or suspend the CronJob"));
            }
            Ok(_) => {}
        }
    }
}

fn zone(zone: &Field<'_>, found: &mut Found) {
    let Some(text) = zone.text() else { return };
    let detail = if text.is_empty() {
        "timeZone must be nil or non-empty string".to_owned()
    } else if text.eq_ignore_ascii_case("Local") {
        "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones".to_owned()
    } else if time_zone::is_known(text) {
        return;
    } else {
        format!("unknown time zone {text}")
    };
    let known: Vec<String> = time_zone::all().collect();
    let message = zone.invalid(UNKNOWN_TIME_ZONE, detail).suggest(text, known.iter().map(String::as_str));
    found.push(message.help("name it as the tz database does: `Europe/Berlin`, `UTC`"));
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::validate::fixture::{any, expect, object, with};
    use serde_json::{Value, json};

    fn cron(pointer: &str, value: Value, expected: &[&str]) {
        named("a", pointer, value, expected);
    }

    fn named(name: &str, pointer: &str, value: Value, expected: &[&str]) {
        let job = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a"}]}}});
        let spec = json!({"schedule": "0 3 * * *", "jobTemplate": {"spec": job}});
        let body = any("batch/v1", "CronJob", name, &json!({"spec": spec}));
        expect(check(&object(with(body, &format!("/spec{pointer}"), value))), expected);
    }

    #[test]
    fn checks_schedules() {
        cron("/schedule", json!("@daily"), &[]);
        cron("/schedule", json!(""), &["missing-value schedule Required value"]);
        cron("/schedule", json!("0 3 * *"), &["invalid-schedule schedule expected exactly 5 fields, found 4"]);
        cron("/schedule", json!("TZ=UTC 0 3 * * *"), &["invalid-schedule schedule cannot use TZ or CRON_TZ"]);
        cron("/schedule", json!("0 3 29 2 *"), &[]);
        cron("/schedule", json!("0 3 30 2 *"), &["schedule-never-runs schedule names no day that a calendar has"]);
    }

    #[test]
    fn checks_time_zones() {
        cron("/timeZone", json!("Europe/Berlin"), &[]);
        cron("/timeZone", json!(""), &["unknown-time-zone timeZone must be nil or non-empty"]);
        cron("/timeZone", json!("local"), &["unknown-time-zone timeZone must be an explicit time zone"]);
        cron("/timeZone", json!("Europe/Berlim"), &["unknown-time-zone timeZone unknown time zone Europe/Berlim"]);
        cron("/timeZone", json!("../UTC"), &["unknown-time-zone timeZone unknown time zone ../UTC"]);
    }

    #[test]
    fn checks_the_rest() {
        cron("/concurrencyPolicy", json!("Forbid"), &[]);
        cron("/concurrencyPolicy", json!("Deny"), &["unsupported-value concurrencyPolicy \"Deny\""]);
        cron("/startingDeadlineSeconds", json!(0), &[]);
        cron("/startingDeadlineSeconds", json!(-1), &["out-of-range startingDeadlineSeconds equal to 0"]);
        cron("/failedJobsHistoryLimit", json!(-1), &["out-of-range failedJobsHistoryLimit equal to 0"]);
        cron(
            "/jobTemplate/spec",
            json!(null),
            &["missing-value jobTemplate.spec.template.spec.containers Required value"],
        );
        cron("/jobTemplate/spec/selector", json!({}), &["forbidden-field selector `selector` will be auto-generated"]);
        cron("/jobTemplate/spec/manualSelector", json!(true), &["unsupported-value manualSelector \"nil\""]);
        cron("/jobTemplate/spec/backoffLimit", json!(-1), &["out-of-range jobTemplate.spec.backoffLimit equal to 0"]);
        cron(
            "/jobTemplate/metadata/labels",
            json!({"a": "b c"}),
            &["invalid-label jobTemplate.metadata.labels.a label"],
        );
        let indexed = |name: &str, expected: &[&str]| {
            let job = json!({"completionMode": "Indexed", "completions": 1, "template": {}});
            named(name, "/jobTemplate/spec", job, expected);
        };
        indexed(&"a".repeat(50), &[]);
        indexed(&"a".repeat(51), &["name-too-long metadata.name no pod can be called"]);
    }
}
