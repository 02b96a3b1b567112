//! Probes of containers that are in both trees: which are gone, which ask where nothing listens, which give up sooner.

use super::workload::{Pods, items, text};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[PROBE_CHANGE], find }];

const PROBE_CHANGE: ImpactCode = ImpactCode {
    name: "probe-change",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
};

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// A container in both trees.
struct Kept<'a> {
    workload: &'a Object,
    path: FieldPath,
    old: &'a Value,
    new: &'a Value,
}

/// What changes about a probe.
struct Change {
    message: String,
    help: &'static str,
    severity: Severity,
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for container in kept(environment) {
            for probe in PROBES {
                let Some(change) = changed(&container, probe) else { continue };
                let path = container.path.field(probe);
                let object = container.workload;
                let finding = Finding::new(PROBE_CHANGE, environment.name(), &object.id, change.message);
                let shown = format!("{}.{probe}", container.path.display_in(&object.body));
                let finding = finding.at(shown).help(change.help).with_severity(change.severity);
                findings.push(finding.from_line(input.line_of(Side::After, object, &path)));
            }
        }
    }
    findings
}

/// Returns the containers that are in both trees and that are asked: those that run as long as their pod.
fn kept<'a>(environment: &EnvironmentComparison<'a>) -> Vec<Kept<'a>> {
    let mut found = Vec::new();
    for (before, after) in environment.kept() {
        let (Some(old), Some(new)) = (Pods::of(before), Pods::of(after)) else { continue };
        if environment.change(&after.id).is_none() {
            continue;
        }
        for (path, container) in new.containers() {
            let old = old.containers().find(|(_, it)| text(it, "name") == text(container, "name"));
            found.extend(old.map(|(_, old)| Kept { workload: after, path, old, new: container }));
        }
    }
    found
}

fn changed(container: &Kept<'_>, probe: &str) -> Option<Change> {
    match (container.old.get(probe), container.new.get(probe)) {
        (Some(_), None) => lost(container, probe),
        (Some(old), Some(new)) => {
            unreachable(container, probe, Some(old), new).or_else(|| stricter(container, probe, old, new))
        }
        (None, Some(new)) => unreachable(container, probe, None, new),
        (None, None) => None,
    }
}

/// Kubernetes: without a readiness probe a running container is ready, without a liveness probe it is alive, and without
/// a startup probe the others begin at once (`prober` of the kubelet).
fn lost(container: &Kept<'_>, probe: &str) -> Option<Change> {
    let name = text(container.new, "name");
    let (message, help) = match probe {
        "readinessProbe" => (
            format!(
                "loses its readiness probe: {name} gets traffic as soon as it runs, and a rollout goes on without waiting for it"
            ),
            "keep a probe that fails until the app can answer",
        ),
        "livenessProbe" => (
            format!("loses its liveness probe: {name} is not restarted when it hangs, only when its process ends"),
            "keep a probe, unless the app ends by itself when it cannot go on",
        ),
        _ => {
            let liveness = container.new.get("livenessProbe")?;
            let patience = Patience::of(liveness);
            (
                format!(
                    "loses its startup probe: the liveness probe begins while {name} starts, and {}",
                    patience.restarts()
                ),
                "keep a startup probe that leaves enough time for the slowest start",
            )
        }
    };
    Some(Change { message, help, severity: Severity::Warn })
}

/// A probe whose port was declared by its container, or that is new or asks elsewhere, and that is not declared now. A
/// name that no port has never resolves; a number that none has may still be listened on.
fn unreachable(container: &Kept<'_>, probe: &str, old: Option<&Value>, new: &Value) -> Option<Change> {
    let port = port(new)?;
    let is_new = old.and_then(self::port) != Some(port);
    if declares(container.new, port) || !(is_new || declares(container.old, port)) {
        return None;
    }
    let (name, kind) = (text(container.new, "name"), word(probe));
    let shown = port.as_str().map_or_else(|| port.to_string(), str::to_owned);
    let message = match (port.is_string(), probe) {
        (true, "livenessProbe") => {
            format!(
                "has a liveness probe that always fails: {name} has no port named `{shown}`, so that it is restarted again and again"
            )
        }
        (true, _) => format!(
            "has a {kind} probe that always fails: {name} has no port named `{shown}`, so that new pods are never ready{}",
            stuck(container.workload)
        ),
        (false, "livenessProbe") => {
            format!(
                "may fail its liveness probe: {name} declares no port {shown}, and is restarted again and again if it does not listen there"
            )
        }
        (false, _) => format!(
            "may fail its {kind} probe: {name} declares no port {shown}, and new pods are never ready if it does not listen there{}",
            stuck(container.workload)
        ),
    };
    Some(Change { message, help: "let the probe ask a port of its container", severity: Severity::Warn })
}

/// What comes of pods that never get ready, for a Deployment. Kubernetes: `DeploymentTimedOut`; by default after 600 s.
fn stuck(workload: &Object) -> String {
    if workload.id.kind != "Deployment" {
        return String::new();
    }
    let deadline = workload.field("spec.progressDeadlineSeconds").and_then(Value::as_u64).unwrap_or(600);
    format!(": the rollout stops, and counts as failed after {deadline} s")
}

fn word(probe: &str) -> &str {
    probe.strip_suffix("Probe").unwrap_or(probe)
}

fn port(probe: &Value) -> Option<&Value> {
    ["httpGet", "tcpSocket", "grpc"].iter().find_map(|it| probe.get(it)?.get("port"))
}

fn declares(container: &Value, port: &Value) -> bool {
    let ports = items(container, "ports");
    match port.as_str() {
        Some(name) => ports.iter().any(|it| text(it, "name") == name),
        None => ports.iter().any(|it| it.get("containerPort") == Some(port)),
    }
}

/// How long a probe waits before it gives up.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Patience {
    failures: u64,
    period: u64,
    timeout: u64,
}

impl Patience {
    /// Kubernetes: `SetDefaults_Probe`.
    fn of(probe: &Value) -> Self {
        let number =
            |name: &str, default| probe.get(name).and_then(Value::as_u64).filter(|it| *it > 0).unwrap_or(default);
        Self {
            failures: number("failureThreshold", 3),
            period: number("periodSeconds", 10),
            timeout: number("timeoutSeconds", 1),
        }
    }

    fn restarts(self) -> String {
        let in_a_row = if self.failures == 1 { "" } else { " in a row" };
        format!("restarts it after {}{in_a_row}, one every {} s", wording::count(self.failures, "failure"), self.period)
    }

    /// Names what it allows less of than another.
    fn below(self, other: Self) -> String {
        let all = [
            ("failureThreshold", self.failures, other.failures),
            ("periodSeconds", self.period, other.period),
            ("timeoutSeconds", self.timeout, other.timeout),
        ];
        let less = all.iter().filter(|(_, now, was)| now < was);
        let told: Vec<String> = less.map(|(name, now, was)| format!("`{name}` is {now} (was {was})")).collect();
        wording::list(&told)
    }
}

/// A probe that is stricter in at least one way and more patient in none.
fn stricter(container: &Kept<'_>, probe: &str, old: &Value, new: &Value) -> Option<Change> {
    let (was, now) = (Patience::of(old), Patience::of(new));
    let more = now.failures > was.failures || now.period > was.period || now.timeout > was.timeout;
    if was == now || more {
        return None;
    }
    let name = text(container.new, "name");
    let then = if probe == "readinessProbe" { "loses its traffic" } else { "is restarted" };
    let message = format!("has a stricter {} probe: {name} {then} sooner, as {}", word(probe), now.below(was));
    Some(Change {
        message,
        help: "make sure that the app answers in time under load and while it starts",
        severity: Severity::Note,
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, review_one, with};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn web(fields: Value) -> Value {
        let mut container = json!({"image": "web:1", "ports": [{"name": "http", "containerPort": 8080}]});
        for (name, value) in fields.as_object().unwrap() {
            container[name] = value.clone();
        }
        deployment("web", 2, container)
    }

    #[track_caller]
    fn check(before: Value, after: Value, expected: &[&str]) {
        let messages: Vec<String> = expected.iter().map(|it| format!("Deployment/web {it}")).collect();
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        expect(&review_one(&[web(before)], &[web(after)]), "probe-change", &messages);
    }

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn http(port: Value) -> Value {
        json!({"httpGet": {"path": "/", "port": port}})
    }

    #[test]
    fn a_probe_that_goes_is_missed() {
        let (probe, none) = (|| http(json!("http")), || json!({}));
        let ready = "loses its readiness probe: web gets traffic as soon as it runs, and a rollout goes on without waiting for it";
        check(json!({"readinessProbe": probe()}), none(), &[ready]);
        let alive = "loses its liveness probe: web is not restarted when it hangs, only when its process ends";
        check(json!({"livenessProbe": probe()}), none(), &[alive]);
        let both = json!({"livenessProbe": probe(), "startupProbe": probe()});
        let start = "loses its startup probe: the liveness probe begins while web starts, and restarts it after 3 failures in a row, one every 10 s";
        check(both, json!({"livenessProbe": probe()}), &[start]);
        check(json!({"startupProbe": probe()}), none(), &[]);
        check(none(), json!({"readinessProbe": probe()}), &[]);
        check(none(), none(), &[]);
        check(json!({"readinessProbe": probe()}), json!({"readinessProbe": probe(), "image": "web:2"}), &[]);
    }

    #[test]
    fn a_probe_needs_a_port() {
        let ready = |it: Value| json!({"readinessProbe": http(it)});
        let never = "has a readiness probe that always fails: web has no port named `web`, so that new pods are never ready: the rollout stops, and counts as failed after 600 s";
        check(ready(json!("http")), ready(json!("web")), &[never]);
        check(ready(json!("web")), ready(json!("web")), &[]);
        check(ready(json!(8080)), ready(json!("http")), &[]);
        let open = "may fail its readiness probe: web declares no port 9090, and new pods are never ready if it does not listen there: the rollout stops, and counts as failed after 600 s";
        check(ready(json!(8080)), ready(json!(9090)), &[open]);
        check(json!({}), ready(json!(9090)), &[open]);
        let mut moved = ready(json!("http"));
        moved["ports"] = json!([{"name": "api", "containerPort": 8080}]);
        let gone = never.replace("`web`", "`http`");
        check(ready(json!("http")), moved, &[&gone]);
        let alive = "has a liveness probe that always fails: web has no port named `web`, so that it is restarted again and again";
        check(json!({}), json!({"livenessProbe": http(json!("web"))}), &[alive]);
        let body = |port: &str| with(web(ready(json!(port))), "/spec/progressDeadlineSeconds", json!(60));
        let soon = format!("Deployment/web {}", never.replace("600 s", "60 s"));
        expect(&review_one(&[body("http")], &[body("web")]), "probe-change", &[&soon]);
    }

    #[test]
    fn a_probe_may_give_up_sooner() {
        let probe = |fields: Value| {
            let mut probe = http(json!("http"));
            for (name, value) in fields.as_object().unwrap() {
                probe[name] = value.clone();
            }
            json!({"livenessProbe": probe})
        };
        let message = "has a stricter liveness probe: web is restarted sooner, as `failureThreshold` is 1 (was 3)";
        check(probe(json!({})), probe(json!({"failureThreshold": 1})), &[message]);
        check(probe(json!({})), probe(json!({"failureThreshold": 3, "periodSeconds": 10, "timeoutSeconds": 1})), &[]);
        check(probe(json!({})), probe(json!({"failureThreshold": 5})), &[]);
        check(probe(json!({})), probe(json!({"failureThreshold": 6, "periodSeconds": 5})), &[]);
        let quick = json!({"timeoutSeconds": 2});
        let sooner = "has a stricter liveness probe: web is restarted sooner, as `timeoutSeconds` is 1 (was 2)";
        check(probe(quick), probe(json!({})), &[sooner]);
        let both = "has a stricter liveness probe: web is restarted sooner, as `failureThreshold` is 2 (was 3) and `periodSeconds` is 5 (was 10)";
        check(probe(json!({})), probe(json!({"failureThreshold": 2, "periodSeconds": 5})), &[both]);
    }
}
