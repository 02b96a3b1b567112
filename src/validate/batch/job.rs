//! Jobs, and the Jobs that a `CronJob` makes: how many pods, how often again, when it is done.

use super::failure_policy;
use crate::diagnostic::house_rule::NAME_TOO_LONG;
use crate::object::Selector;
use crate::validate::field::{Field, Found, OUT_OF_RANGE};
use crate::validate::names::{self, INVALID_NAME};
use crate::validate::workload::SELECTOR_TEMPLATE_MISMATCH;
use crate::validate::{pod, selector};

const COUNTS: [&str; 7] = [
    "activeDeadlineSeconds",
    "backoffLimit",
    "backoffLimitPerIndex",
    "completions",
    "maxFailedIndexes",
    "parallelism",
    "ttlSecondsAfterFinished",
];
const MAXIMUM: i64 = 100_000;
const NAME_LABELS: [&str; 2] = ["batch.kubernetes.io/job-name", "job-name"];
const ID_LABELS: [&str; 2] = ["batch.kubernetes.io/controller-uid", "controller-uid"];

/// Checks a Job.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    self::spec(spec, found);
    let labels = spec.at("template.metadata.labels");
    let field = spec.get("selector");
    if spec.get("manualSelector").is_true() {
        manual(&field, &labels, found);
    } else {
        if field.is_set() {
            let message = field.problem(SELECTOR_TEMPLATE_MISMATCH, "Invalid value: `selector` not auto-generated");
            found.push(message.help("leave it out: Kubernetes gives each Job one of its own"));
        }
        generated(&labels, found);
    }
    let name = Field::root(spec.object).at("metadata.name");
    let Some(last) = last_index(spec) else { return };
    let host = format!("{}-{last}", name.text().unwrap_or_default());
    if names::dns_subdomain(name.text().unwrap_or_default()).is_ok() && names::dns_label(&host).is_err() {
        let detail = format!("will not able to create pod with invalid DNS label: {host}");
        found.push(name.invalid(INVALID_NAME, detail).help("give it a shorter `name`, without dots"));
    }
}

/// Checks that the Jobs of a `CronJob` can have pods: their names are eleven characters longer, and their pods' end in an
/// index.
pub(super) fn made_by_schedule(job: &Field<'_>, found: &mut Found) {
    let name = Field::root(job.object).at("metadata.name");
    let (Some(text), Some(last)) = (name.filled(), last_index(job)) else { return };
    let host = format!("{text}-0000000000-{last}");
    if text.len() <= 52 && names::dns_subdomain(text).is_ok() && names::dns_label(&host).is_err() {
        let message = format!("Invalid value: {text:?}: no pod can be called {host:?}, as one of its Jobs would be");
        found.push(name.house_rule(NAME_TOO_LONG, message, "give it a shorter `name`, without dots"));
    }
}

/// Returns the highest index of an indexed Job's pods.
fn last_index(spec: &Field<'_>) -> Option<i64> {
    let indexed = spec.get("completionMode").text() == Some("Indexed");
    spec.get("completions").number().filter(|it| indexed && *it > 0).map(|it| it - 1)
}

fn manual(selector: &Field<'_>, labels: &Field<'_>, found: &mut Found) {
    selector::check(selector, found);
    let selects = Selector::of(selector.value);
    if !selector.is_set() {
        found.push(selector.required(""));
    } else if !selects.matches(labels.value) {
        let message =
            labels.problem(SELECTOR_TEMPLATE_MISMATCH, "Invalid value: `selector` does not match template `labels`");
        found.push(message.at_some(selector.span(), "the selector"));
    }
}

fn generated(labels: &Field<'_>, found: &mut Found) {
    let name = &labels.object.id.name;
    for label in NAME_LABELS {
        let field = labels.get(label);
        if field.text().is_some_and(|it| it != name) {
            let message = field.problem(SELECTOR_TEMPLATE_MISMATCH, format!("Invalid value: must be '{name}'"));
            found.push(message.help("leave it out: Kubernetes sets it"));
        }
    }
    for label in ID_LABELS {
        let field = labels.get(label);
        if field.is_set() {
            let message =
                field.problem(SELECTOR_TEMPLATE_MISMATCH, "Invalid value: must be the Job's uid, which it gets later");
            found.push(message.help("leave it out: Kubernetes sets it"));
        }
    }
}

/// Checks what a Job and the template of a `CronJob` have in common (`validateJobSpec`).
pub(super) fn spec(spec: &Field<'_>, found: &mut Found) {
    for name in COUNTS {
        spec.get(name).at_least(0, found);
    }
    spec.get("completionMode").one_of(&["NonIndexed", "Indexed"], found);
    indexes(spec, found);
    let managed = spec.get("managedBy");
    managed.syntax(INVALID_NAME, names::domain_prefixed_path, found);
    failure_policy::check(spec, found);
    restart_policy(spec, found);
}

fn indexes(spec: &Field<'_>, found: &mut Found) {
    let (parallelism, completions) = (spec.get("parallelism"), spec.get("completions"));
    let (failed, backoff) = (spec.get("maxFailedIndexes"), spec.get("backoffLimitPerIndex"));
    if failed.is_set() && !backoff.is_set() {
        found.push(backoff.required("when maxFailedIndexes is specified"));
    }
    if spec.get("completionMode").text() != Some("Indexed") {
        for name in ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"] {
            if spec.get(name).is_set() {
                let message = spec.get(name).invalid(OUT_OF_RANGE, "requires indexed completion mode");
                found.push(message.help("set `completionMode: Indexed`"));
            }
        }
        return;
    }
    let mut at_most = |field: &Field<'_>, limit: i64, what: &str| {
        if field.number().is_some_and(|it| it > limit) {
            found.push(field.invalid(OUT_OF_RANGE, format!("must be less than or equal to {limit}{what}")));
        }
    };
    at_most(&parallelism, MAXIMUM, " when completion mode is Indexed");
    at_most(&failed, MAXIMUM, "");
    if let Some(count) = completions.number() {
        at_most(&failed, count, " (completions)");
    }
    if completions.number().is_some_and(|it| it > MAXIMUM) && backoff.is_set() {
        let what = " when completions are above 100000 and used with backoff limit per index";
        at_most(&parallelism, 10_000, what);
        at_most(&failed, 10_000, what);
        if !failed.is_set() {
            found.push(failed.required("must be specified when completions is above 100000"));
        }
    }
    if !completions.is_set() {
        found.push(completions.required("when completion mode is Indexed"));
    }
    success_policy(&spec.get("successPolicy"), completions.number(), found);
}

fn success_policy(policy: &Field<'_>, completions: Option<i64>, found: &mut Found) {
    let rules = policy.get("rules");
    if policy.is_set() && rules.is_empty() {
        found.push(rules.required("at least one rules must be specified when the successPolicy is specified"));
    }
    too_many(&rules, 20, found);
    for rule in rules.items() {
        let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
        if !count.is_set() && !indexes.is_set() {
            found.push(rule.required("at least one of succeededCount or succeededIndexes must be specified"));
        }
        count.at_least(0, found);
        let listed = match (indexes.text(), completions) {
            (Some(text), Some(completions)) => match index_count(text, completions) {
                Ok(listed) => Some((listed, "indexes in the specified succeededIndexes field")),
                Err(detail) => {
                    found.push(indexes.invalid(OUT_OF_RANGE, format!("error parsing succeededIndexes: {detail}")));
                    None
                }
            },
            _ => None,
        };
        for (limit, what) in completions.map(|it| (it, "specified completions")).into_iter().chain(listed) {
            if count.number().is_some_and(|it| it > limit) {
                let detail = format!("must be less than or equal to {limit} (the number of {what})");
                found.push(count.invalid(OUT_OF_RANGE, detail));
                break;
            }
        }
    }
}

/// Returns how many indexes `1,3-5,7` names, all of them ascending and below `completions` (`validateIndexesFormat`).
fn index_count(text: &str, completions: i64) -> Result<i64, &'static str> {
    let number = |it: &str| it.parse::<i64>().map_err(|_| "cannot convert string to integer for index");
    let (mut count, mut previous) = (0, -1);
    for interval in text.split(',').filter(|_| !text.is_empty()) {
        let (first, last) = interval.split_once('-').unwrap_or((interval, interval));
        let (first, last) = (number(first)?, number(last)?);
        if first <= previous || last < first || interval.contains('-') && first == last {
            return Err("non-increasing order of indexes");
        }
        if last >= completions {
            return Err("too large index for completions");
        }
        count += last - first + 1;
        previous = last;
    }
    Ok(count)
}

/// Reports a list that is longer than it may be.
pub(super) fn too_many(list: &Field<'_>, limit: usize, found: &mut Found) {
    let count = list.items().len();
    if count > limit {
        found.push(list.problem(OUT_OF_RANGE, format!("Too many: {count}: must have at most {limit} items")));
    }
}

fn restart_policy(spec: &Field<'_>, found: &mut Found) {
    let pod = spec.at("template.spec");
    let policy = pod.get("restartPolicy");
    match policy.text() {
        None | Some("Always" | "") if pod.is_set() => {
            let message = policy.required("valid values: \"OnFailure\", \"Never\"");
            found.push(message.help("`OnFailure` starts the container again, `Never` makes a new pod"));
        }
        Some("OnFailure") if spec.get("podFailurePolicy").is_set() => {
            let detail = "only \"Never\" is supported when podFailurePolicy is specified";
            found.push(policy.invalid(OUT_OF_RANGE, detail));
        }
        Some(_) | None => {}
    }
}

/// Returns the names of all containers of a Job's pods.
pub(super) fn container_names<'a>(spec: &Field<'a>) -> Vec<&'a str> {
    let containers = pod::all_containers(&spec.at("template.spec"));
    containers.iter().filter_map(|it| it.get("name").text()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::validate::fixture::{any, expect, object, with};
    use serde_json::{Value, json};

    fn job(name: &str, fields: &[(&str, Value)], expected: &[&str]) {
        let spec = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a"}]}}});
        let mut body = any("batch/v1", "Job", name, &json!({"spec": spec}));
        for (pointer, value) in fields {
            body = with(body, &format!("/spec{pointer}"), value.clone());
        }
        expect(check(&object(body)), expected);
    }

    #[test]
    fn checks_counts() {
        job("a", &[("/parallelism", json!(0)), ("/completions", json!(0)), ("/backoffLimit", json!(0))], &[]);
        for count in ["parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"]
        {
            let message = format!("out-of-range spec.{count} must be greater than or equal to 0");
            job("a", &[(&format!("/{count}"), json!(-1))], &[&message]);
        }
        job("a", &[("/managedBy", json!("example.com/a"))], &[]);
        job("a", &[("/managedBy", json!("a"))], &["invalid-name managedBy must be a domain-prefixed path"]);
    }

    #[test]
    fn checks_when_containers_start_again() {
        let policy = |value: Value, expected: &[&str]| job("a", &[("/template/spec/restartPolicy", value)], expected);
        policy(json!("Never"), &[]);
        policy(json!("OnFailure"), &[]);
        let missing = "missing-value restartPolicy valid values: \"OnFailure\", \"Never\"";
        policy(json!(null), &[missing]);
        policy(json!("Always"), &[missing]);
        let failure = ("/podFailurePolicy", json!({"rules": []}));
        job("a", std::slice::from_ref(&failure), &[]);
        job(
            "a",
            &[failure, ("/template/spec/restartPolicy", json!("OnFailure"))],
            &["out-of-range restartPolicy only \"Never\" is supported when podFailurePolicy is specified"],
        );
    }

    #[test]
    fn checks_indexes() {
        let indexed = |fields: &[(&str, Value)], expected: &[&str]| {
            let mut all = vec![("/completionMode", json!("Indexed")), ("/completions", json!(5))];
            all.extend(fields.iter().cloned());
            job("a", &all, expected);
        };
        indexed(&[("/parallelism", json!(100_000)), ("/backoffLimitPerIndex", json!(1))], &[]);
        indexed(
            &[("/parallelism", json!(100_001))],
            &["out-of-range parallelism must be less than or equal to 100000"],
        );
        indexed(&[("/completions", json!(null))], &["missing-value completions when completion mode is Indexed"]);
        indexed(&[("/maxFailedIndexes", json!(1))], &["missing-value backoffLimitPerIndex when maxFailedIndexes"]);
        indexed(
            &[("/backoffLimitPerIndex", json!(1)), ("/maxFailedIndexes", json!(6))],
            &["out-of-range maxFailedIndexes less than or equal to 5 (completions)"],
        );
        job(
            "a",
            &[("/backoffLimitPerIndex", json!(1))],
            &["out-of-range backoffLimitPerIndex indexed completion mode"],
        );
        let many = |parallelism: i64| {
            [
                ("/completions", json!(100_001)),
                ("/backoffLimitPerIndex", json!(1)),
                ("/maxFailedIndexes", json!(10_000)),
                ("/parallelism", json!(parallelism)),
            ]
        };
        indexed(&many(10_000), &[]);
        indexed(&many(10_001), &["out-of-range parallelism less than or equal to 10000 when completions are above"]);
        let named = |name: &str, expected: &[&str]| {
            job(name, &[("/completionMode", json!("Indexed")), ("/completions", json!(11))], expected);
        };
        named(&"a".repeat(60), &[]);
        named(&"a".repeat(61), &["invalid-name metadata.name will not able to create pod with invalid DNS label: aaa"]);
        named("a.b", &["invalid-name metadata.name invalid DNS label: a.b-10"]);
    }

    #[test]
    fn checks_when_it_is_done() {
        let policy = |rules: Value, expected: &[&str]| {
            let fields = [
                ("/completionMode", json!("Indexed")),
                ("/completions", json!(5)),
                ("/successPolicy", json!({"rules": rules})),
            ];
            job("a", &fields, expected);
        };
        policy(json!([{"succeededIndexes": "0,2-4", "succeededCount": 4}]), &[]);
        policy(json!([]), &["missing-value rules at least one rules must be specified"]);
        policy(json!([{}]), &["missing-value rules[0] at least one of succeededCount or succeededIndexes"]);
        policy(json!([{"succeededCount": 6}]), &["out-of-range succeededCount less than or equal to 5"]);
        policy(
            json!([{"succeededIndexes": "0-1", "succeededCount": 3}]),
            &["out-of-range succeededCount less than or equal to 2 (the number of indexes"],
        );
        for indexes in ["0-5", "2,1", "1-1", "a", "1,,2"] {
            policy(
                json!([{"succeededIndexes": indexes}]),
                &["out-of-range succeededIndexes error parsing succeededIndexes"],
            );
        }
        job(
            "a",
            &[("/successPolicy", json!({"rules": []}))],
            &["out-of-range successPolicy requires indexed completion"],
        );
    }

    #[test]
    fn checks_selectors() {
        let selector = ("/selector", json!({"matchLabels": {"app": "a"}}));
        let labels = ("/template/metadata/labels", json!({"app": "a"}));
        let alone = std::slice::from_ref(&selector);
        job("a", alone, &["selector-template-mismatch spec.selector `selector` not auto-generated"]);
        let manual = ("/manualSelector", json!(true));
        job("a", &[selector.clone(), labels, manual.clone()], &[]);
        job(
            "a",
            &[selector, manual.clone()],
            &["selector-template-mismatch labels `selector` does not match template"],
        );
        job("a", &[manual], &["missing-value spec.selector Required value"]);
        let label =
            |key: &str, expected: &[&str]| job("a", &[("/template/metadata/labels", json!({key: "a"}))], expected);
        label("job-name", &[]);
        label("controller-uid", &["selector-template-mismatch labels must be the Job's uid"]);
        job(
            "b",
            &[("/template/metadata/labels", json!({"job-name": "a"}))],
            &["selector-template-mismatch job-name must be 'b'"],
        );
    }
}
