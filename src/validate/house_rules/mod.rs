//! The house rules: ours and not the API server's, so that a component can be excused from one with a reason.

pub mod credentials;
pub mod images;
pub mod permissions;

mod claims;
mod governing_service;

use super::field::{Field, Found};
use super::pod::{self, all_containers};
use crate::diagnostic::house_rule::{HOUSE_RULES, MISSING_PROBE, MISSING_RESOURCES, RUNS_AS_ROOT, or_waive};
use crate::diagnostic::{Code, Diagnostic};
use crate::object::{Object, ObjectSet};

/// The codes of this family.
pub const CODES: &[Code] = HOUSE_RULES;

/// Checks one object of an environment.
pub(super) fn check(object: &Object, set: &ObjectSet) -> Found {
    let mut found = Found::new();
    credentials::check(object, &mut found);
    claims::check(object, set, &mut found);
    governing_service::check(object, set, &mut found);
    permissions::check(object, &mut found);
    let Some(template) = pod::template(object) else { return found };
    let spec = template.get("spec");
    for container in all_containers(&spec) {
        resources(&container, &spec, &mut found);
        privileges(&container, &spec, &mut found);
        images::check(&container, &set.environment, &mut found);
    }
    if matches!(object.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet") {
        for container in spec.get("containers").items() {
            probes(&container, &mut found);
        }
    }
    found
}

fn name_of<'a>(container: &Field<'a>) -> &'a str {
    container.get("name").text().unwrap_or_default()
}

/// A message about a container, at the line of a field; it says what a user writes and not where the field is.
fn about(container: &Field<'_>, place: &Field<'_>, code: Code, what: &str) -> Diagnostic {
    let message = format!("{}: container `{}` {what}", container.object.id.short(), name_of(container));
    // What nobody left out has no line: that of the container is the nearest.
    let has_line = place.is_set() || place.object.origins.absence_of(&place.path()).is_some();
    let span = if has_line { place.span() } else { container.get("name").span() };
    Diagnostic::new(code, message).at_some(span, "").about(&container.object.id)
}

fn resources(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let (resources, whole) = (container.get("resources"), spec.get("resources"));
    let mut missing = Vec::new();
    let mut words = Vec::new();
    for list in ["requests", "limits"] {
        // What the pod has as a whole bounds each container.
        let absent = |name: &&str| !resources.get(list).get(name).is_set() && !whole.get(list).get(name).is_set();
        let names: Vec<&str> = ["cpu", "memory"].into_iter().filter(absent).collect();
        if !names.is_empty() {
            missing.push((list, format!("{list} for {}", names.join(" and "))));
            words
                .push(format!("{list} {}", names.iter().map(|it| format!("{it}=\"…\"")).collect::<Vec<_>>().join(" ")));
        }
    }
    let Some((first, _)) = missing.first() else { return };
    let list = resources.get(first);
    let place = if list.is_set() { list } else { resources };
    let what: Vec<&str> = missing.iter().map(|(_, what)| what.as_str()).collect();
    let message = about(container, &place, MISSING_RESOURCES, &format!("has no {}", what.join(" and no ")));
    let help = format!("say what it needs and what it may use: `resources {{ {} }}`", words.join("; "));
    found.push(message.help(help).help(or_waive(MISSING_RESOURCES)));
}

fn probes(container: &Field<'_>, found: &mut Found) {
    for (field, what) in [("livenessProbe", "liveness"), ("readinessProbe", "readiness")] {
        if !container.get(field).is_set() {
            let message = about(container, &container.get(field), MISSING_PROBE, &format!("has no {what} probe"));
            let help = format!("say how it shows that it works: `probe {what} http=\"/…\"`");
            found.push(message.help(help).help(or_waive(MISSING_PROBE)));
        }
    }
}

/// Checks that a container is held by what the restricted Pod Security Standard demands of users and privileges.
fn privileges(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let (own, pod) = (container.get("securityContext"), spec.get("securityContext"));
    let either = |name: &'static str| if own.get(name).is_set() { own.get(name) } else { pod.get(name) };
    let (non_root, user) = (either("runAsNonRoot"), either("runAsUser"));
    let (privileged, escalation) = (own.get("privileged"), own.get("allowPrivilegeEscalation"));
    let dropped = own.at("capabilities.drop");
    let mut loose: Vec<(Field<'_>, String)> = Vec::new();
    if !non_root.is_true() {
        loose.push((non_root.clone(), "may start as root".to_owned()));
    }
    // Together with `runAsNonRoot` it never starts, which is another message.
    if user.number() == Some(0) && !non_root.is_true() {
        loose.push((user, "has the user id of root".to_owned()));
    }
    if privileged.is_true() {
        loose.push((privileged, "has all rights of its node".to_owned()));
    }
    if !escalation.is_false() {
        loose.push((escalation, "may gain privileges".to_owned()));
    }
    if !dropped.items().iter().any(|it| it.text() == Some("ALL")) {
        loose.push((dropped, "does not drop all capabilities".to_owned()));
    }
    for capability in own.at("capabilities.add").items() {
        if let Some(name) = capability.text().filter(|it| *it != "NET_BIND_SERVICE") {
            let what = format!("keeps the capability {name:?}");
            loose.push((capability, what));
        }
    }
    let Some((place, _)) = loose.first() else { return };
    let what: Vec<&str> = loose.iter().map(|(_, what)| what.as_str()).collect();
    let mut message = about(container, place, RUNS_AS_ROOT, &what.join(", "));
    for (place, what) in &loose[1..] {
        let span = place.span().filter(|it| message.labels.iter().all(|label| label.span != *it));
        message = message.at_some(span, what);
    }
    found.push(message.help("take it out of `security` or `run-as`").help(or_waive(RUNS_AS_ROOT)));
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{deployment, expect, object, set, with, with_container, with_pod};
    use super::check;
    use serde_json::{Value, json};

    fn verdicts(body: Value, expected: &[&str]) {
        expect(check(&object(body), &set([])), expected);
    }

    #[test]
    fn asks_for_resources() {
        verdicts(deployment(), &[]);
        verdicts(
            with_container("/resources/limits/cpu", json!(null)),
            &["missing-resources Deployment/web: container `web` has no limits for cpu"],
        );
        verdicts(
            with_container("/resources", json!(null)),
            &["missing-resources container `web` has no requests for cpu and memory and no limits for cpu and memory"],
        );
        let whole = json!({"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}});
        verdicts(with(with_container("/resources", json!(null)), "/spec/template/spec/resources", whole), &[]);
    }

    #[test]
    fn asks_for_probes() {
        verdicts(
            with_container("/livenessProbe", json!(null)),
            &["missing-probe container `web` has no liveness probe"],
        );
        verdicts(
            with_container("/readinessProbe", json!(null)),
            &["missing-probe container `web` has no readiness probe"],
        );
        verdicts(with(with_container("/livenessProbe", json!(null)), "/kind", json!("Job")), &[]);
    }

    #[test]
    fn asks_for_a_harmless_user() {
        let check = |body: Value, words: &str| {
            verdicts(body, &[&format!("runs-as-root Deployment/web: container `web` {words}")]);
        };
        check(with_pod("/securityContext/runAsNonRoot", json!(false)), "may start as root");
        check(with_container("/securityContext/runAsNonRoot", json!(false)), "may start as root");
        // That it never starts is reported as a contradiction.
        verdicts(with_container("/securityContext/runAsUser", json!(0)), &[]);
        let root = with_container("/securityContext/runAsUser", json!(0));
        check(
            with(root, "/spec/template/spec/securityContext/runAsNonRoot", json!(false)),
            "may start as root, has the user id of root",
        );
        check(with_container("/securityContext/privileged", json!(true)), "has all rights of its node");
        check(with_container("/securityContext/allowPrivilegeEscalation", json!(null)), "may gain privileges");
        check(
            with_container("/securityContext/capabilities/drop", json!(["NET_RAW"])),
            "does not drop all capabilities",
        );
        check(
            with_container("/securityContext/capabilities/add", json!(["SYS_ADMIN"])),
            "keeps the capability \"SYS_ADMIN\"",
        );
        verdicts(with_container("/securityContext/capabilities/add", json!(["NET_BIND_SERVICE"])), &[]);
    }
}
