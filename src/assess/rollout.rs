//! What a change of the pod template does to the running pods of a Deployment, and another image to a bare pod.

use super::reference::config_uses;
use super::workload::{
    Pods, autoscaler, new_images, recreates, replaced_ordinals, replicas, restarts, rollout_bounds, scale,
};
use super::{Rule, wording};
use crate::change::{
    Comparison, DecidedBy, EnvironmentComparison, FieldChange, Finding, ImpactCode, ObjectChange, Severity, Side,
    SourceLine,
};
use crate::object::{FieldPath, Object, kind};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[ROLLING_RESTART, RECREATE_DOWNTIME], find }];

const ROLLING_RESTART: ImpactCode = ImpactCode {
    name: "rolling-restart",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment",
};
const RECREATE_DOWNTIME: ImpactCode = ImpactCode {
    name: "recreate-downtime",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let bare = environment.kept().filter(|(_, it)| it.id.kind == "Pod" && restarts(environment, it));
        findings.extend(bare.map(|(_, pod)| in_place(input, environment, pod)));
        for (before, deployment) in environment.kept().filter(|(_, it)| it.id.kind == "Deployment") {
            let Some(change) = environment.change(&deployment.id) else { continue };
            if restarts(environment, deployment) {
                let template: Vec<&FieldChange> = change.effective().filter(|it| is_in_template(it)).collect();
                findings.extend(restart(input, environment, (before, deployment), &template));
            }
        }
    }
    findings
}

fn in_place(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>, pod: &Object) -> Finding {
    let names = new_images(environment, pod);
    let (containers, verbs) =
        if names.len() == 1 { ("container", "stops and starts") } else { ("containers", "stop and start") };
    let message = format!("restarts in place: its {containers} {} {verbs} with another image", wording::quoted(&names));
    let finding = Finding::new(ROLLING_RESTART, environment.name(), &pod.id, message).at("spec.containers");
    finding.from_line(input.declaration(Side::After, pod))
}

fn restart(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    (before, deployment): (&Object, &Object),
    template: &[&FieldChange],
) -> Option<Finding> {
    let pods = replicas(environment.objects(Side::After), deployment);
    let pods_before = replicas(environment.objects(Side::Before), before);
    if pods == 0 {
        return None;
    }
    let cause = template.iter().find(|it| !is_checksum(&it.path)).or(template.first());
    let takes_up = template.iter().any(|it| is_checksum(&it.path));
    let configuration = takes_up.then(|| changed_configuration(input, environment, deployment));
    let own_line = configuration.as_ref().filter(|_| is_config_only(template)).and_then(|it| it.line.clone());
    let line = own_line.or_else(|| cause.and_then(|it| input.line_of(Side::After, deployment, &it.path)));
    let path = template.first().filter(|_| template.len() == 1).map_or("spec.template", |it| it.shown.as_str());
    let finding = |code, message: String| {
        Finding::new(code, environment.name(), &deployment.id, message).at(path).from_line(line.clone())
    };
    if recreates(deployment) {
        let all = match pods {
            1 => "its only pod stops".to_owned(),
            2 => "both pods stop".to_owned(),
            more => format!("all {more} pods stop"),
        };
        let message = format!("is down while it restarts: {all} before a new one starts, as strategy `Recreate` says");
        let help =
            "use strategy `RollingUpdate` where two versions may run side by side, or merge when a gap is acceptable";
        return Some(finding(RECREATE_DOWNTIME, message).help(help));
    }
    let effect = configuration.map_or(String::new(), |it| format!(", taking up {}", it.what));
    let wait = match deployment.field("spec.minReadySeconds").and_then(Value::as_u64) {
        None | Some(0) => String::new(),
        Some(seconds) => format!("; a new pod counts as available once it was ready for {seconds} s"),
    };
    let course = course(environment, deployment, pods, pods_before);
    let mut finding = finding(ROLLING_RESTART, format!("restarts: {course}{effect}{wait}"));
    if rollout_bounds(deployment, pods).unavailable == pods {
        let help = "lower `maxUnavailable` or raise `maxSurge`, so that a pod stays while its successor starts";
        finding = finding.with_severity(Severity::Warn).help(help);
    }
    Some(finding)
}

/// Says how many pods there are while a Deployment rolls; where an autoscaler sets their number, at both of its bounds.
fn course(environment: &EnvironmentComparison<'_>, deployment: &Object, pods: u64, pods_before: u64) -> String {
    let objects = environment.objects(Side::After);
    if let (Some((minimum, maximum)), Some(owner)) = (scale(objects, deployment), autoscaler(objects, deployment))
        && minimum < maximum
    {
        let at = |pods: u64| {
            let (least, most) = extent(deployment, pods, pods);
            format!("with {pods}, {least} and at most {most} at once")
        };
        let owner = owner.id.short();
        let (fewest, largest) = (at(minimum), at(maximum));
        return format!(
            "all of its pods are replaced, which may be {minimum} to {maximum} as {owner} decides; {fewest}; {largest}"
        );
    }
    let all = match pods {
        1 => "its pod is replaced".to_owned(),
        2 => "both pods are replaced".to_owned(),
        more => format!("all {more} pods are replaced"),
    };
    let (least, most) = extent(deployment, pods, pods_before);
    format!("{all}, {least} and at most {most} at once")
}

/// Returns how many pods are available at least, in words, and how many there are at most. Where their number changes
/// too, the rollout starts from as many as there were.
fn extent(deployment: &Object, pods: u64, pods_before: u64) -> (String, u64) {
    let bounds = rollout_bounds(deployment, pods);
    let least = match (pods - bounds.unavailable).min(pods_before) {
        0 => "with none available for a time".to_owned(),
        least => format!("at least {least} available"),
    };
    (least, (pods + bounds.surge).max(pods_before))
}

fn is_in_template(change: &FieldChange) -> bool {
    FieldPath::parse("spec.template").is_some_and(|it| change.path.starts_with(&it) || it.starts_with(&change.path))
}

/// Configuration that changed, and the first line of it that did.
struct ChangedConfiguration {
    what: String,
    line: Option<SourceLine>,
}

/// Says which settings that a workload reads changed.
fn changed_configuration(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    workload: &Object,
) -> ChangedConfiguration {
    let uses = Pods::of(workload).map(config_uses).unwrap_or_default();
    let is_read = |it: &ObjectChange| {
        it.id.namespace == workload.id.namespace
            && uses.iter().any(|read| read.kind == it.id.kind && read.name == it.id.name)
    };
    let mut found = ChangedConfiguration { what: String::new(), line: None };
    let mut parts = Vec::new();
    for change in environment.changes.changes.iter().filter(|it| is_read(it)) {
        let data = ["data", "binaryData"].map(|it| FieldPath::default().field(it));
        let settings = change.fields.iter().filter(|field| data.iter().any(|it| field.path.starts_with(it)));
        let settings: Vec<&FieldChange> = settings.collect();
        let keys: Vec<&str> = settings.iter().filter_map(|it| it.path.last_field()).collect();
        let what = if keys.len() > 3 { wording::count_of(&keys, "key") } else { wording::quoted(&keys) };
        if let Some(first) = settings.first() {
            parts.push(format!("{what} of {}", change.id.short()));
            let side = if first.after.is_some() { Side::After } else { Side::Before };
            let line = environment.object(side, &change.id).and_then(|it| input.line_of(side, it, &first.path));
            found.line = found.line.or(line);
        }
    }
    found.what = if parts.is_empty() { "the changed configuration".to_owned() } else { wording::list(&parts) };
    found
}

/// True where the template changes in nothing but the hash of the configuration.
fn is_config_only(template: &[&FieldChange]) -> bool {
    !template.is_empty() && template.iter().all(|it| is_checksum(&it.path))
}

/// True for the annotation that the compiler derives from a ConfigMap.
pub(super) fn is_checksum(path: &FieldPath) -> bool {
    let parent = path.parent();
    let block = parent.as_ref().and_then(FieldPath::last_field);
    path.last_field() == Some(kind::CONFIG_CHECKSUM) && block == Some("annotations")
}

/// Returns the workloads that restart in an environment, with the number of their pods; 0 for a `DaemonSet`, which has
/// one for each node.
pub(super) fn restarting(environment: &EnvironmentComparison<'_>) -> Vec<(String, u64)> {
    let after = environment.objects(Side::After);
    let bare = environment.of_kind(Side::After, "Pod");
    let objects = Pods::all(environment, Side::After).map(|it| it.object).chain(bare);
    let restarting = objects.filter(|it| restarts(environment, it));
    let pods_of = |workload: &Object| match replaced_ordinals(environment, workload) {
        Some(ordinals) => ordinals.end.saturating_sub(ordinals.start),
        None if workload.id.kind == "Pod" => 1,
        None => replicas(after, workload),
    };
    let named = restarting.map(|it| (it, pods_of(it)));
    let some = named.filter(|(workload, pods)| *pods > 0 || workload.id.kind == "DaemonSet");
    some.map(|(workload, pods)| (workload.id.name.clone(), pods)).collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn web(replicas: u64, image: &str) -> Value {
        deployment("web", replicas, json!({"image": image}))
    }

    #[test]
    fn a_bare_pod_restarts_its_container() {
        let probe = |image: &str, command: &str| {
            let spec = json!({"containers": [{"name": "probe", "image": image, "command": [command]}]});
            object("v1", "Pod", "probe", &json!({"spec": spec}))
        };
        let check = |after: Value, restarts: &[(String, u64)], expected: &[&str]| {
            let review = review_one(&[probe("web:1", "a")], &[after]);
            assert_eq!(review.environments[0].restarts, restarts);
            expect(&review, "rolling-restart", expected);
        };
        let message = "Pod/probe restarts in place: its container `probe` stops and starts with another image";
        check(probe("web:2", "a"), &[("probe".to_owned(), 1)], &[message]);
        check(probe("web:1", "a"), &[], &[]);
        check(probe("web:2", "b"), &[], &[]);
    }

    #[test]
    fn a_daemon_set_restarts_on_its_nodes() {
        let agent = |image: &str| with(web(1, image), "/kind", json!("DaemonSet"));
        let restarts = |after: Value| review_one(&[agent("web:1")], &[after]).environments[0].restarts.clone();
        assert_eq!(restarts(agent("web:2")), [("web".to_owned(), 0)]);
        assert_eq!(restarts(with(agent("web:2"), "/spec/updateStrategy", json!({"type": "OnDelete"}))), []);
        assert_eq!(restarts(agent("web:1")), []);
    }

    #[test]
    fn says_how_a_template_change_rolls() {
        let check = |before: Value, after: Value, code: &str, expected: &[&str]| {
            expect(&review_one(&[before], &[after]), code, expected);
        };
        let rolling =
            |expected: &[&str], before: Value, after: Value| check(before, after, "rolling-restart", expected);
        rolling(
            &["Deployment/web restarts: all 3 pods are replaced, at least 3 available and at most 4 at once"],
            web(3, "web:1"),
            web(3, "web:2"),
        );
        rolling(
            &["Deployment/web restarts: its pod is replaced, at least 1 available and at most 2 at once"],
            web(1, "web:1"),
            web(1, "web:2"),
        );
        let annotate =
            |hash: &str| with(web(2, "web:1"), "/spec/template/metadata/annotations", json!({"checksum/config": hash}));
        rolling(
            &[
                "Deployment/web restarts: both pods are replaced, at least 2 available and at most 3 at once, taking up the changed configuration",
            ],
            annotate("a"),
            annotate("b"),
        );
        let all_at_once =
            |image: &str| with(web(1, image), "/spec/strategy", json!({"rollingUpdate": {"maxSurge": 0}}));
        rolling(
            &["Deployment/web restarts: its pod is replaced, with none available for a time and at most 1 at once"],
            all_at_once("web:1"),
            all_at_once("web:2"),
        );
        rolling(
            &["Deployment/web restarts: all 5 pods are replaced, at least 3 available and at most 7 at once"],
            web(3, "web:1"),
            web(5, "web:2"),
        );
        rolling(
            &["Deployment/web restarts: all 4 pods are replaced, at least 3 available and at most 9 at once"],
            web(9, "web:1"),
            web(4, "web:2"),
        );
        rolling(&[], web(3, "web:1"), web(5, "web:1"));
        rolling(&[], web(0, "web:1"), web(0, "web:2"));
        rolling(&[], web(0, "web:1"), web(3, "web:2"));
        let paused = |image: &str| with(web(3, image), "/spec/paused", json!(true));
        rolling(&[], paused("web:1"), paused("web:2"));
        let other_selector = with(web(3, "web:2"), "/spec/selector/matchLabels", json!({"app": "web2"}));
        rolling(&[], web(3, "web:1"), other_selector);
        let recreate = |image: &str| with(web(3, image), "/spec/strategy", json!({"type": "Recreate"}));
        rolling(&[], recreate("web:1"), recreate("web:2"));
        check(
            recreate("web:1"),
            recreate("web:2"),
            "recreate-downtime",
            &[
                "Deployment/web is down while it restarts: all 3 pods stop before a new one starts, as strategy `Recreate` says",
            ],
        );
        check(web(3, "web:1"), recreate("web:1"), "recreate-downtime", &[]);
        check(
            web(3, "web:1"),
            recreate("web:2"),
            "recreate-downtime",
            &[
                "Deployment/web is down while it restarts: all 3 pods stop before a new one starts, as strategy `Recreate` says",
            ],
        );
    }

    #[test]
    fn the_numbers_are_those_of_kubernetes() {
        let check = |replicas: u64, spec: Value, expected: &str| {
            let body = |image: &str| {
                let body = web(replicas, image);
                spec.as_object()
                    .unwrap()
                    .iter()
                    .fold(body, |it, (key, value)| with(it, &format!("/spec/{key}"), value.clone()))
            };
            let message = format!("Deployment/web restarts: {expected}");
            expect(&review_one(&[body("web:1")], &[body("web:2")]), "rolling-restart", &[&message]);
        };
        let bounds = |surge: Value, unavailable: Value| json!({"strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}});
        check(1, json!({}), "its pod is replaced, at least 1 available and at most 2 at once");
        check(4, json!({}), "all 4 pods are replaced, at least 3 available and at most 5 at once");
        check(5, json!({}), "all 5 pods are replaced, at least 4 available and at most 7 at once");
        check(3, bounds(json!(0), json!("25%")), "all 3 pods are replaced, at least 2 available and at most 3 at once");
        check(
            3,
            bounds(json!("200%"), json!(0)),
            "all 3 pods are replaced, at least 3 available and at most 6 at once",
        );
        check(
            3,
            bounds(json!("34%"), json!("34%")),
            "all 3 pods are replaced, at least 2 available and at most 5 at once",
        );
        check(
            3,
            bounds(json!("33%"), json!("33%")),
            "all 3 pods are replaced, at least 3 available and at most 4 at once",
        );
        check(
            2,
            bounds(json!(0), json!("100%")),
            "both pods are replaced, with none available for a time and at most 2 at once",
        );
        check(
            3,
            json!({"minReadySeconds": 30}),
            "all 3 pods are replaced, at least 3 available and at most 4 at once; a new pod counts as available once it was ready for 30 s",
        );
        check(3, json!({"minReadySeconds": 0}), "all 3 pods are replaced, at least 3 available and at most 4 at once");
    }

    #[test]
    fn an_autoscaler_leaves_the_number_open() {
        let check = |minimum: u64, maximum: u64, declared: Option<u64>, expected: &[&str]| {
            let target = json!({"kind": "Deployment", "name": "web"});
            let spec = json!({"scaleTargetRef": target, "minReplicas": minimum, "maxReplicas": maximum});
            let scaler = object("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": spec}));
            let declared = declared.map_or(Value::Null, |it| json!(it));
            let state = |image: &str| [with(web(1, image), "/spec/replicas", declared.clone()), scaler.clone()];
            expect(&review_one(&state("web:1"), &state("web:2")), "rolling-restart", expected);
        };
        let open = "Deployment/web restarts: all of its pods are replaced, which may be 2 to 5 as HorizontalPodAutoscaler/web decides; with 2, at least 2 available and at most 3 at once; with 5, at least 4 available and at most 7 at once";
        check(2, 5, None, &[open]);
        check(2, 5, Some(3), &[open]);
        let fixed = "Deployment/web restarts: both pods are replaced, at least 2 available and at most 3 at once";
        check(2, 2, None, &[fixed]);
        check(2, 5, Some(0), &[]);
    }
}
