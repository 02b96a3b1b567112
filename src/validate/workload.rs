//! Workloads: selectors, counts, how they are replaced.
//!
//! Source: `ValidateDeploymentSpec`, `ValidateStatefulSetSpec`, `ValidateDaemonSetSpec` in
//! `pkg/apis/apps/validation`.

use super::field::{DUPLICATE_NAME, FORBIDDEN_FIELD, Field, Found, OUT_OF_RANGE, unique};
use super::metadata::labels_and_annotations;
use super::names::{self, INVALID_NAME, percent};
use super::persistent_volume_claim;
use super::pod;
use super::selector;
use crate::diagnostic::Code;
use crate::object::Object;
use crate::object::Selector;

/// A selector that must select something is empty.
pub const EMPTY_SELECTOR: Code = Code::error("empty-selector");
/// A workload's selector does not match its own pods.
pub const SELECTOR_TEMPLATE_MISMATCH: Code = Code::error("selector-template-mismatch");
/// A rolling update may neither add a pod nor take one away.
pub const BOTH_ZERO_ROLLOUT: Code = Code::error("both-zero-rollout");
/// A rollout would count as failed before its first pod counts as ready.
pub const PROGRESS_DEADLINE_TOO_SHORT: Code = Code::error("progress-deadline-too-short");

/// The codes of this family.
pub const CODES: &[Code] =
    &[BOTH_ZERO_ROLLOUT, EMPTY_SELECTOR, PROGRESS_DEADLINE_TOO_SHORT, SELECTOR_TEMPLATE_MISMATCH];

/// Checks one object, if it is a workload.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.group != "apps" {
        return found;
    }
    let spec = Field::root(object).get("spec");
    match object.id.kind.as_str() {
        "Deployment" => {
            long_running(object, &spec, &mut found);
            deployment(&spec, &mut found);
        }
        "StatefulSet" => {
            long_running(object, &spec, &mut found);
            stateful_set(&spec, &mut found);
        }
        "DaemonSet" => {
            long_running(object, &spec, &mut found);
            daemon_set(&spec, &mut found);
        }
        "ReplicaSet" => long_running(object, &spec, &mut found),
        _ => {}
    }
    found
}

fn long_running(object: &Object, spec: &Field<'_>, found: &mut Found) {
    for name in ["replicas", "minReadySeconds", "revisionHistoryLimit"] {
        spec.get(name).at_least(0, found);
    }
    let field = spec.get("selector");
    selector::check(&field, found);
    let selector = Selector::of(field.value);
    let kind = object.id.kind.to_lowercase();
    if field.value.is_object() && selector.is_empty() {
        found.push(field.invalid(EMPTY_SELECTOR, format!("empty selector is invalid for {kind}")));
    }
    let Some(template) = pod::template(object) else { return };
    let labels = template.at("metadata.labels");
    if !selector.is_empty() && !selector.matches(labels.value) {
        let message =
            labels.problem(SELECTOR_TEMPLATE_MISMATCH, "Invalid value: `selector` does not match template `labels`");
        found.push(message.at_some(field.span(), "the selector"));
    }
    let pod = template.get("spec");
    let policy = pod.get("restartPolicy");
    if matches!(policy.text(), Some("OnFailure" | "Never")) {
        policy.one_of(&["Always"], found);
    }
    if pod.get("activeDeadlineSeconds").is_set() {
        found.push(
            pod.get("activeDeadlineSeconds").forbidden(&format!("activeDeadlineSeconds in {kind} is not supported")),
        );
    }
}

fn deployment(spec: &Field<'_>, found: &mut Found) {
    let strategy = spec.get("strategy");
    strategy.get("type").one_of(&["Recreate", "RollingUpdate"], found);
    let rolling = strategy.get("rollingUpdate");
    if strategy.get("type").text() == Some("Recreate") && rolling.is_set() {
        let message = rolling.forbidden("may not be specified when strategy `type` is 'Recreate'");
        found.push(message.help("keep one of them"));
    } else if rolling.is_set() {
        let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
        let down = share(&unavailable, Limit::HundredPercent, found);
        let up = share(&surge, Limit::None, found);
        if down == Some(0) && up == Some(0) {
            let message = unavailable.invalid(BOTH_ZERO_ROLLOUT, "may not be 0 when `maxSurge` is 0");
            found.push(
                message.at_some(surge.span(), "`maxSurge`").help("set `max-surge` or `max-unavailable` to at least 1"),
            );
        }
    }
    let (deadline, ready) = (spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds"));
    deadline.at_least(0, found);
    let seconds = deadline.number().unwrap_or(600);
    if seconds >= 0 && seconds <= ready.number().unwrap_or(0) {
        let place = if deadline.is_set() { &deadline } else { &ready };
        let detail = if deadline.is_set() {
            "must be greater than minReadySeconds".to_owned()
        } else {
            format!("must be less than progressDeadlineSeconds, which is {seconds}")
        };
        let span = ready.span().filter(|_| deadline.is_set() && ready.is_set());
        let message = place.invalid(PROGRESS_DEADLINE_TOO_SHORT, detail).at_some(span, "`minReadySeconds`");
        found.push(message.help("set `rollout deadline=…` to more seconds than `min-ready=…`"));
    }
}

fn stateful_set(spec: &Field<'_>, found: &mut Found) {
    spec.get("podManagementPolicy").one_of(&["OrderedReady", "Parallel"], found);
    let strategy = spec.get("updateStrategy");
    strategy.get("type").one_of(&["RollingUpdate", "OnDelete"], found);
    let rolling = strategy.get("rollingUpdate");
    if strategy.get("type").text() == Some("OnDelete") && rolling.is_set() {
        let message = rolling.forbidden("only allowed for updateStrategy 'RollingUpdate'");
        found.push(message.help("keep one of them"));
    }
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for name in ["whenDeleted", "whenScaled"] {
        retention.get(name).one_of(&["Retain", "Delete"], found);
    }
    spec.at("ordinals.start").at_least(0, found);
    rolling.get("partition").at_least(0, found);
    let unavailable = rolling.get("maxUnavailable");
    if unavailable.is_set() && share(&unavailable, Limit::HundredPercent, found) == Some(0) {
        found.push(unavailable.invalid(OUT_OF_RANGE, "cannot be 0"));
    }
    spec.get("serviceName").syntax(INVALID_NAME, names::dns_label, found);
    let claims = spec.get("volumeClaimTemplates").items();
    for claim in &claims {
        let name = claim.at("metadata.name");
        if name.is_empty() {
            found.push(name.required(""));
        }
        name.syntax(INVALID_NAME, names::dns_label, found);
        labels_and_annotations(&claim.get("metadata"), found);
        persistent_volume_claim::spec(&claim.get("spec"), found);
    }
    // The API server lets the last of two win.
    let names = claims.iter().map(|it| it.at("metadata.name"));
    unique(DUPLICATE_NAME, names.filter_map(|it| Some((it.filled()?, it))), found);
}

fn daemon_set(spec: &Field<'_>, found: &mut Found) {
    let strategy = spec.get("updateStrategy");
    strategy.get("type").one_of(&["RollingUpdate", "OnDelete"], found);
    let rolling = strategy.get("rollingUpdate");
    if !rolling.is_set() || strategy.get("type").text() == Some("OnDelete") {
        return;
    }
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    let up = share(&surge, Limit::HundredPercent, found);
    // The default of `maxUnavailable` is 1.
    let down = if unavailable.is_set() { share(&unavailable, Limit::HundredPercent, found) } else { Some(1) };
    let up = if surge.is_set() { up } else { Some(0) };
    match (down, up) {
        (Some(0), Some(0)) => {
            let message = unavailable.invalid(BOTH_ZERO_ROLLOUT, "cannot be 0 when maxSurge is 0");
            found.push(message.help("set one of them to at least 1"));
        }
        (Some(down), Some(up)) if down > 0 && up > 0 => {
            let message = "Invalid value: may not be set when maxUnavailable is non-zero";
            found.push(
                surge.problem(FORBIDDEN_FIELD, message).help("set `maxUnavailable: 0`: it is 1 unless it is said"),
            );
        }
        _ => {}
    }
}

/// Whether a share of pods may be more than all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// No more than all.
    HundredPercent,
    /// Any.
    None,
}

/// Checks a number of pods or a percentage of them, and returns it; none for what is neither, or absent.
pub(super) fn share(field: &Field<'_>, limit: Limit, found: &mut Found) -> Option<i64> {
    field.at_least(0, found);
    let Some(text) = field.text() else { return field.number() };
    let share = percent(text);
    match share {
        None => found.push(field.invalid(OUT_OF_RANGE, "must be an integer or percentage (e.g '5%')")),
        Some(share) if limit == Limit::HundredPercent && share > 100 => {
            found.push(field.invalid(OUT_OF_RANGE, "must not be greater than 100%"));
        }
        Some(_) => {}
    }
    share
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{deployment, expect, object, with};
    use super::check;
    use serde_json::{Value, json};

    fn changed(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with(deployment(), pointer, value))), expected);
    }

    #[test]
    fn checks_selectors_and_counts() {
        changed("/spec/replicas", json!(0), &[]);
        changed("/spec/replicas", json!(-1), &["out-of-range spec.replicas must be greater than or equal to 0"]);
        changed(
            "/spec/selector",
            json!({}),
            &["empty-selector spec.selector empty selector is invalid for deployment"],
        );
        changed(
            "/spec/selector/matchLabels/app",
            json!("api"),
            &["selector-template-mismatch spec.template.metadata.labels `selector` does not match template `labels`"],
        );
        changed("/spec/selector/matchExpressions", json!([{"key": "app", "operator": "Exists"}]), &[]);
        changed(
            "/spec/selector/matchExpressions",
            json!([{"key": "app", "operator": "In", "values": []}]),
            &["missing-value values must be specified when 'operator'", "selector-template-mismatch labels `selector`"],
        );
        changed(
            "/spec/template/spec/restartPolicy",
            json!("Never"),
            &["unsupported-value restartPolicy supported values: \"Always\""],
        );
        changed(
            "/spec/template/spec/activeDeadlineSeconds",
            json!(5),
            &["forbidden-field activeDeadlineSeconds is not supported"],
        );
        changed("/spec", json!("nonsense"), &[]);
    }

    #[test]
    fn checks_rollouts() {
        let rolling = |unavailable: Value, surge: Value| json!({"rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}});
        changed("/spec/strategy", rolling(json!(0), json!(1)), &[]);
        changed("/spec/strategy", rolling(json!("100%"), json!("200%")), &[]);
        changed(
            "/spec/strategy",
            rolling(json!(0), json!("0%")),
            &["both-zero-rollout maxUnavailable may not be 0 when `maxSurge` is 0"],
        );
        changed(
            "/spec/strategy",
            rolling(json!("101%"), json!(1)),
            &["out-of-range maxUnavailable must not be greater than 100%"],
        );
        changed(
            "/spec/strategy",
            rolling(json!("5"), json!(1)),
            &["out-of-range maxUnavailable must be an integer or percentage"],
        );
        changed(
            "/spec/strategy",
            json!({"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
            &["forbidden-field rollingUpdate when strategy `type` is 'Recreate'"],
        );
        changed(
            "/spec/strategy",
            json!({"type": "Rolling"}),
            &["unsupported-value strategy.type Unsupported value: \"Rolling\""],
        );
        changed("/spec/minReadySeconds", json!(599), &[]);
        changed(
            "/spec/minReadySeconds",
            json!(600),
            &["progress-deadline-too-short minReadySeconds must be less than progressDeadlineSeconds, which is 600"],
        );
        changed(
            "/spec/progressDeadlineSeconds",
            json!(0),
            &["progress-deadline-too-short progressDeadlineSeconds must be greater than minReadySeconds"],
        );
    }

    #[test]
    fn checks_the_other_kinds() {
        let kind = |kind: &str, pointer: &str, value: Value| {
            check(&object(with(with(deployment(), "/kind", json!(kind)), pointer, value)))
        };
        expect(
            kind("StatefulSet", "/spec/serviceName", json!("a.b")),
            &["invalid-name serviceName must not contain dots"],
        );
        expect(
            kind("StatefulSet", "/spec/updateStrategy", json!({"type": "OnDelete", "rollingUpdate": {}})),
            &["forbidden-field rollingUpdate only allowed"],
        );
        expect(
            kind(
                "StatefulSet",
                "/spec/updateStrategy",
                json!({"rollingUpdate": {"maxUnavailable": 0, "partition": -1}}),
            ),
            &["out-of-range partition greater than or equal to 0", "out-of-range maxUnavailable cannot be 0"],
        );
        let rolling = |value: Value| kind("DaemonSet", "/spec/updateStrategy", json!({"rollingUpdate": value}));
        expect(rolling(json!({"maxUnavailable": 0, "maxSurge": 1})), &[]);
        expect(rolling(json!({"maxUnavailable": 1})), &[]);
        expect(rolling(json!({"maxUnavailable": 0})), &["both-zero-rollout maxUnavailable cannot be 0"]);
        expect(rolling(json!({"maxSurge": 1})), &["forbidden-field maxSurge when maxUnavailable is non-zero"]);
        expect(rolling(json!({"maxUnavailable": "101%"})), &["out-of-range maxUnavailable not be greater than 100%"]);
        let on_delete = json!({"type": "OnDelete", "rollingUpdate": {"maxSurge": 1}});
        expect(kind("DaemonSet", "/spec/updateStrategy", on_delete), &[]);
    }

    #[test]
    fn checks_what_stays_of_a_stateful_set() {
        let stateful = |pointer: &str, value: Value, expected: &[&str]| {
            let body = with(deployment(), "/kind", json!("StatefulSet"));
            expect(check(&object(with(body, pointer, value))), expected);
        };
        let claim = |name: &str| {
            let spec = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
            json!({"metadata": {"name": name}, "spec": spec})
        };
        stateful("/spec/volumeClaimTemplates", json!([claim("a"), claim("b")]), &[]);
        stateful(
            "/spec/volumeClaimTemplates",
            json!([claim("a"), claim("a")]),
            &["duplicate-name name Duplicate value: \"a\""],
        );
        stateful("/spec/volumeClaimTemplates", json!([claim("a.b")]), &["invalid-name name must not contain dots"]);
        stateful(
            "/spec/volumeClaimTemplates",
            json!([{"metadata": {}, "spec": {"accessModes": ["RWO"]}}]),
            &["missing-value name Required", "unsupported-value accessModes \"RWO\"", "missing-value storage Required"],
        );
        stateful("/spec/ordinals", json!({"start": 0}), &[]);
        stateful("/spec/ordinals", json!({"start": -1}), &["out-of-range ordinals.start equal to 0"]);
        stateful("/spec/persistentVolumeClaimRetentionPolicy", json!({"whenDeleted": "Delete"}), &[]);
        stateful(
            "/spec/persistentVolumeClaimRetentionPolicy",
            json!({"whenScaled": "Keep"}),
            &["unsupported-value whenScaled \"Keep\""],
        );
        stateful("/spec/podManagementPolicy", json!("Serial"), &["unsupported-value podManagementPolicy \"Serial\""]);
        stateful("/apiVersion", json!("apps.example.com/v1"), &[]);
    }
}
