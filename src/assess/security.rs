//! What pods may do that they could not do before, and the other way round.

use super::freedom::{Freedom, freedoms};
use super::workload::{Pods, text};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[SECURITY_LOOSENED, SECURITY_TIGHTENED], find }];

const SECURITY_LOOSENED: ImpactCode = ImpactCode {
    name: "security-loosened",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
};
const SECURITY_TIGHTENED: ImpactCode = ImpactCode {
    name: "security-tightened",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for after in environment.objects(Side::After) {
            let before = environment.object(Side::Before, &after.id);
            if after.id.kind == "Namespace" {
                findings.extend(before.and_then(|it| enforcement(input, environment, it, after)));
            }
            if let Some(new) = Pods::of(after) {
                findings.extend(pod_findings(input, environment, before.and_then(Pods::of), new));
            }
        }
    }
    findings
}

fn pod_findings(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    old: Option<Pods<'_>>,
    new: Pods<'_>,
) -> Vec<Finding> {
    let (then, now) = (old.map(freedoms).unwrap_or_default(), freedoms(new));
    let names = |it: Pods<'_>| it.containers().map(|(_, it)| text(it, "name").to_owned()).collect::<Vec<_>>();
    let (names_before, names_after) = (old.map(names).unwrap_or_default(), names(new));
    // A new container, or workload, is told what it asks for and not what it leaves open: that is for the checks.
    let is_new = |it: &Freedom| match &it.container {
        Some(container) => !names_before.contains(container),
        None => old.is_none(),
    };
    let is_gained =
        |(it, path): &(&Freedom, &FieldPath)| !then.contains_key(*it) && (!is_new(it) || new.object.at(path).is_some());
    // A container that is gone has lost nothing.
    let remains = |it: &&Freedom| it.container.as_ref().is_none_or(|it| names_after.contains(it));
    let gained: Vec<&Freedom> = now.iter().filter(is_gained).map(|(it, _)| it).collect();
    let lost: Vec<&Freedom> = then.keys().filter(|it| !now.contains_key(*it)).filter(remains).collect();
    let told = |list: &[&Freedom]| wording::list(&list.iter().map(ToString::to_string).collect::<Vec<_>>());
    let object = new.object;
    let mut findings = Vec::new();
    if let Some(path) = gained.first().and_then(|it| now.get(it)) {
        let help = "keep it only where the application cannot work without it";
        let message = format!("may do more: {}", told(&gained));
        let finding = Finding::new(SECURITY_LOOSENED, environment.name(), &object.id, message).help(help);
        let line = input.line_of(Side::After, object, path);
        findings.push(finding.at(path.display_in(&object.body)).from_line(line));
    }
    if let Some(path) = lost.first().and_then(|it| then.get(it)) {
        let message = format!("may do less: no longer {}", told(&lost));
        let finding = Finding::new(SECURITY_TIGHTENED, environment.name(), &object.id, message);
        findings.push(finding.from_line(input.line_of(Side::After, object, path)));
    }
    findings
}

/// Reports a change of the Pod Security level that a namespace enforces.
fn enforcement(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    before: &Object,
    after: &Object,
) -> Option<Finding> {
    let path = FieldPath::parse("metadata.labels")?.field("pod-security.kubernetes.io/enforce");
    let level = |it: &Object| it.at(&path).and_then(Value::as_str).unwrap_or("privileged").to_owned();
    let rank = |level: &str| ["privileged", "baseline", "restricted"].iter().position(|it| *it == level);
    let (then, now) = (level(before), level(after));
    let (code, what) = match rank(&now)?.cmp(&rank(&then)?) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => (SECURITY_LOOSENED, "has a lowered policy: pods may do more, as it"),
        std::cmp::Ordering::Greater => {
            (SECURITY_TIGHTENED, "has a raised policy: pods that do more do not start, as it")
        }
    };
    let message = format!("{what} enforces the Pod Security level `{now}` instead of `{then}`");
    let finding = Finding::new(code, environment.name(), &after.id, message).at(path.to_string());
    Some(finding.from_line(input.line_of(Side::After, after, &path)))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    /// A pod that may do nothing beyond running.
    fn locked() -> Value {
        let own = json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}});
        let body = deployment("web", 1, json!({"image": "web:1", "securityContext": own}));
        let pod = json!({"runAsNonRoot": true, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}});
        let body = with(body, "/spec/template/spec/securityContext", pod);
        with(body, "/spec/template/spec/automountServiceAccountToken", json!(false))
    }

    #[test]
    fn every_freedom_is_named_when_it_is_new() {
        let check = |pointer: &str, value: Value, freedom: &str| {
            let loose = with(locked(), &format!("/spec/template/spec/{pointer}"), value);
            let more = format!("Deployment/web may do more: {freedom}");
            let less = format!("Deployment/web may do less: no longer {freedom}");
            let there = review_one(&[locked()], std::slice::from_ref(&loose));
            expect(&there, "security-loosened", &[&more]);
            expect(&there, "security-tightened", &[]);
            let back = review_one(std::slice::from_ref(&loose), &[locked()]);
            expect(&back, "security-loosened", &[]);
            expect(&back, "security-tightened", &[&less]);
            let kept = review_one(
                std::slice::from_ref(&loose),
                std::slice::from_ref(&with(loose.clone(), "/spec/replicas", json!(2))),
            );
            expect(&kept, "security-loosened", &[]);
        };
        let own = "containers/0/securityContext";
        let host_port = json!([{"containerPort": 80, "hostPort": 8080}]);
        check("containers/0/ports", host_port, "take port 8080/TCP of its node (container `web`)");
        check(
            "securityContext/appArmorProfile",
            json!({"type": "Unconfined"}),
            "run without AppArmor (container `web`)",
        );
        check(&format!("{own}/procMount"), json!("Unmasked"), "see all of /proc (container `web`)");
        check(
            "securityContext/sysctls",
            json!([{"name": "kernel.msgmax", "value": "1"}]),
            "set the kernel parameter `kernel.msgmax`",
        );
        check(
            "securityContext/windowsOptions",
            json!({"hostProcess": true}),
            "run as a process of its node (container `web`)",
        );
        check("hostNetwork", json!(true), "use the network of its node");
        check("hostPID", json!(true), "see the processes of its node");
        check("hostIPC", json!(true), "use the shared memory of its node");
        check("volumes", json!([{"name": "h", "hostPath": {"path": "/etc"}}]), "use `/etc` of its node");
        check("automountServiceAccountToken", json!(true), "use a service account token");
        check(&format!("{own}/privileged"), json!(true), "run privileged (container `web`)");
        check(&format!("{own}/runAsUser"), json!(0), "run as root (container `web`)");
        check(&format!("{own}/allowPrivilegeEscalation"), Value::Null, "gain privileges (container `web`)");
        check(
            &format!("{own}/readOnlyRootFilesystem"),
            json!(false),
            "write to its root file system (container `web`)",
        );
        check(&format!("{own}/capabilities/drop"), json!([]), "keep the default capabilities (container `web`)");
        check(
            &format!("{own}/capabilities/add"),
            json!(["NET_ADMIN"]),
            "use the capability NET_ADMIN (container `web`)",
        );
        check(
            "securityContext/seccompProfile",
            json!({"type": "Unconfined"}),
            "make any system call (container `web`)",
        );
    }

    #[test]
    fn what_the_baseline_allows_is_no_freedom() {
        let check = |pointer: &str, value: Value| {
            let other = with(locked(), &format!("/spec/template/spec/{pointer}"), value);
            expect(&review_one(&[locked()], &[other]), "security-loosened", &[]);
        };
        check("securityContext/sysctls", json!([{"name": "net.ipv4.tcp_syncookies", "value": "1"}]));
        check("securityContext/appArmorProfile", json!({"type": "RuntimeDefault"}));
        check("containers/0/securityContext/procMount", json!("Default"));
        check("containers/0/ports", json!([{"containerPort": 80}]));
        check("containers/0/ports", json!([{"containerPort": 80, "hostPort": 0}]));
        check("hostNetwork", json!(false));
        check("securityContext/runAsUser", json!(1));
    }

    #[test]
    fn a_new_workload_is_told_only_what_it_asks_for() {
        let plain = deployment("web", 1, json!({"image": "web:1"}));
        expect(&review_one(&[], std::slice::from_ref(&plain)), "security-loosened", &[]);
        expect(&review_one(&[], &[locked()]), "security-tightened", &[]);
        let privileged = with(plain, "/spec/template/spec/hostNetwork", json!(true));
        expect(
            &review_one(&[], &[privileged]),
            "security-loosened",
            &["Deployment/web may do more: use the network of its node"],
        );
    }

    #[test]
    fn containers_come_and_go() {
        let sidecar = |own: Value| {
            let mut body = locked();
            let containers = body["spec"]["template"]["spec"]["containers"].as_array_mut().unwrap();
            let mut container = containers[0].clone();
            container["name"] = json!("sidecar");
            container["securityContext"] = own;
            containers.push(container);
            body
        };
        let check = |before: Value, after: Value, loosened: &[&str], tightened: &[&str]| {
            let review = review_one(&[before], &[after]);
            expect(&review, "security-loosened", loosened);
            expect(&review, "security-tightened", tightened);
        };
        let careful = json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true});
        check(locked(), sidecar(careful.clone()), &[], &[]);
        check(sidecar(careful), locked(), &[], &[]);
        check(sidecar(json!({"privileged": true})), locked(), &[], &[]);
        let privileged = "Deployment/web may do more: run privileged (container `sidecar`)";
        check(locked(), sidecar(json!({"privileged": true})), &[privileged], &[]);
    }

    #[test]
    fn a_namespace_enforces_a_level() {
        let level = |level: &str| {
            let mut body = object("v1", "Namespace", "dev", &json!({}));
            body["metadata"]["labels"] = json!({"pod-security.kubernetes.io/enforce": level});
            body
        };
        let review = review_one(&[level("restricted")], &[level("baseline")]);
        expect(
            &review,
            "security-loosened",
            &[
                "Namespace/dev has a lowered policy: pods may do more, as it enforces the Pod Security level `baseline` instead of `restricted`",
            ],
        );
        let review = review_one(&[object("v1", "Namespace", "dev", &json!({}))], &[level("restricted")]);
        expect(
            &review,
            "security-tightened",
            &[
                "Namespace/dev has a raised policy: pods that do more do not start, as it enforces the Pod Security level `restricted` instead of `privileged`",
            ],
        );
    }
}
