//! What pods may do that they could not do before, and the other way round.

use super::workload::{Pods, items, text};
use super::{Rule, wording};
use crate::change::{Comparison, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[SECURITY_LOOSENED, SECURITY_TIGHTENED], find }];

const SECURITY_LOOSENED: ImpactCode = ImpactCode {
    name: "security-loosened",
    severity: Severity::Warn,
    documentation: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
};
const SECURITY_TIGHTENED: ImpactCode = ImpactCode {
    name: "security-tightened",
    severity: Severity::Note,
    documentation: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
};

/// What a pod may do, each with the field that decides it.
type Freedoms = BTreeMap<String, FieldPath>;

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for after in environment.objects(Side::After) {
            let before = environment.object(Side::Before, &after.id);
            if after.id.kind == "Namespace" {
                findings.extend(before.and_then(|it| enforcement(input, environment, it, after)));
            }
            let Some(new) = Pods::of(after) else { continue };
            // A new workload is held against one that says nothing, so that only what it asks for is reported.
            let plain = before.is_none().then(|| plain_like(new)).flatten();
            let Some(old) = before.or(plain.as_ref()).and_then(Pods::of) else { continue };
            let (then, now) = (freedoms(old, new), freedoms(new, old));
            let gained: Vec<&String> = now.keys().filter(|it| !then.contains_key(*it)).collect();
            let lost: Vec<&String> = then.keys().filter(|it| !now.contains_key(*it)).collect();
            let first = |list: &[&String], all: &Freedoms| {
                list.first().and_then(|it| all.get(*it)).cloned().unwrap_or_default()
            };
            if !gained.is_empty() {
                let path = first(&gained, &now);
                let message = format!("may do more: {}", wording::list(&gained));
                let help = "keep it only where the application cannot work without it";
                let finding = Finding::new(SECURITY_LOOSENED, environment.name(), &after.id, message);
                let line = input.line_of(Side::After, after, &path);
                findings.push(finding.at(path.display_in(&after.body)).help(help).from_line(line));
            }
            if !lost.is_empty() && before.is_some() {
                let message = format!("may do less: no longer {}", wording::list(&lost));
                let finding = Finding::new(SECURITY_TIGHTENED, environment.name(), &after.id, message);
                findings.push(finding.from_line(input.line_of(Side::After, after, &first(&lost, &then))));
            }
        }
    }
    findings
}

/// Returns a workload with the same containers and no security settings.
fn plain_like(pods: Pods<'_>) -> Option<Object> {
    let names = |list: &str| -> Vec<Value> {
        items(pods.spec(), list).iter().map(|it| json!({"name": text(it, "name")})).collect()
    };
    let spec = json!({"initContainers": names("initContainers"), "containers": names("containers")});
    let mut body = pods.object.body.clone();
    let mut place = &mut body;
    for segment in pods.object.pod_template_path()?.field("spec").segments() {
        let crate::object::Segment::Field(name) = segment else { return None };
        place = place.get_mut(name)?;
    }
    *place = spec;
    Object::from_body(body)
}

/// Returns what a pod may do. A container that the other state does not have counts as one that says nothing there.
fn freedoms(pods: Pods<'_>, other: Pods<'_>) -> Freedoms {
    let mut found = Freedoms::new();
    let base = pods.object.pod_template_path().unwrap_or_default().field("spec");
    let spec = pods.spec();
    for (field, freedom) in [
        ("hostNetwork", "use the network of its node"),
        ("hostPID", "see the processes of its node"),
        ("hostIPC", "use the shared memory of its node"),
    ] {
        if spec.get(field) == Some(&Value::Bool(true)) {
            found.insert(freedom.to_owned(), base.field(field));
        }
    }
    for (index, volume) in items(spec, "volumes").iter().enumerate() {
        if let Some(path) = volume.get("hostPath").map(|it| text(it, "path")) {
            found.insert(format!("use `{path}` of its node"), base.field("volumes").index(index).field("hostPath"));
        }
    }
    if spec.get("automountServiceAccountToken") != Some(&Value::Bool(false)) {
        found.insert("use a service account token".to_owned(), base.field("automountServiceAccountToken"));
    }
    for (path, container) in pods.containers() {
        container_freedoms(spec, container, &path, &mut found);
    }
    let known: Vec<&str> = pods.containers().map(|(_, it)| text(it, "name")).collect();
    for (_, container) in other.containers().filter(|(_, it)| !known.contains(&text(it, "name"))) {
        container_freedoms(spec, &json!({"name": text(container, "name")}), &base.field("containers"), &mut found);
    }
    found
}

fn container_freedoms(pod: &Value, container: &Value, path: &FieldPath, found: &mut Freedoms) {
    let name = text(container, "name");
    let context = path.field("securityContext");
    let own = |field: &str| container.get("securityContext").and_then(|it| it.get(field));
    // What a container does not say, its pod says for it.
    let inherited = |field: &str| own(field).or_else(|| pod.get("securityContext").and_then(|it| it.get(field)));
    let mut add = |freedom: &str, field: &str| {
        found.insert(format!("{freedom} (container `{name}`)"), context.field(field));
    };
    let yes = Some(&Value::Bool(true));
    let is_privileged = own("privileged") == yes;
    if is_privileged {
        add("run privileged", "privileged");
    }
    let user = inherited("runAsUser").and_then(Value::as_u64);
    if user == Some(0) || (user.is_none() && inherited("runAsNonRoot") != yes) {
        add("run as root", if user.is_some() { "runAsUser" } else { "runAsNonRoot" });
    }
    if own("allowPrivilegeEscalation") != Some(&Value::Bool(false)) {
        add("gain privileges", "allowPrivilegeEscalation");
    }
    if own("readOnlyRootFilesystem") != yes {
        add("write to its root file system", "readOnlyRootFilesystem");
    }
    let profile = inherited("seccompProfile").map(|it| text(it, "type")).unwrap_or_default();
    if !matches!(profile, "RuntimeDefault" | "Localhost") {
        add("make any system call", "seccompProfile");
    }
    let capabilities = own("capabilities").unwrap_or(&Value::Null);
    if !items(capabilities, "drop").iter().any(|it| it == "ALL") {
        add("keep the default capabilities", "capabilities");
    }
    for capability in items(capabilities, "add").iter().filter_map(Value::as_str) {
        add(&format!("use the capability {capability}"), "capabilities");
    }
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
        std::cmp::Ordering::Less => (SECURITY_LOOSENED, "lets pods do more"),
        std::cmp::Ordering::Greater => (SECURITY_TIGHTENED, "lets pods do less"),
    };
    let message = format!("{what}: it enforces the Pod Security level `{now}` instead of `{then}`");
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
            &["Namespace/dev lets pods do more: it enforces the Pod Security level `baseline` instead of `restricted`"],
        );
        let review = review_one(&[object("v1", "Namespace", "dev", &json!({}))], &[level("restricted")]);
        expect(
            &review,
            "security-tightened",
            &[
                "Namespace/dev lets pods do less: it enforces the Pod Security level `restricted` instead of `privileged`",
            ],
        );
    }
}
