//! The house rules: ours and not the API server's, so that a component can be excused from one with a reason.

pub mod credentials;
pub mod images;

use super::field::{Field, Found, quoted};
use super::pod::{self, all_containers};
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{HOUSE_RULES, MISSING_PROBE, MISSING_RESOURCES, RUNS_AS_ROOT};
use crate::object::{Environment, Object};

/// The codes of this family.
pub const CODES: &[Code] = HOUSE_RULES;

/// Checks one object of an environment.
pub(super) fn check(object: &Object, environment: &Environment) -> Found {
    let mut found = Found::new();
    credentials::check(object, &mut found);
    let Some(template) = pod::template(object) else { return found };
    let spec = template.get("spec");
    for container in all_containers(&spec) {
        resources(&container, &mut found);
        privileges(&container, &spec, &mut found);
        images::check(&container, environment, &mut found);
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

fn resources(container: &Field<'_>, found: &mut Found) {
    let resources = container.get("resources");
    let mut missing = Vec::new();
    for list in ["requests", "limits"] {
        for name in ["cpu", "memory"] {
            if !resources.get(list).get(name).is_set() {
                missing.push(format!("{list}.{name}"));
            }
        }
    }
    if !missing.is_empty() {
        let list = quoted(&missing.iter().map(String::as_str).collect::<Vec<_>>());
        let message = format!("container `{}` has no {list}", name_of(container));
        found.push(resources.problem(MISSING_RESOURCES, message).help("say in `resources` what it needs and may use"));
    }
}

fn probes(container: &Field<'_>, found: &mut Found) {
    for (field, what) in [("livenessProbe", "liveness"), ("readinessProbe", "readiness")] {
        if !container.get(field).is_set() {
            let message = format!("container `{}` has no {what} probe", name_of(container));
            let help = format!("say how it shows that it works: `probe {what} http=\"/…\"`");
            found.push(container.get(field).problem(MISSING_PROBE, message).help(help));
        }
    }
}

/// Checks that a container is held by what the restricted Pod Security Standard demands of users and privileges.
fn privileges(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let (own, pod) = (container.get("securityContext"), spec.get("securityContext"));
    let either = |name: &'static str| if own.get(name).is_set() { own.get(name) } else { pod.get(name) };
    let mut loose: Vec<String> = Vec::new();
    if !either("runAsNonRoot").is_true() {
        loose.push("`runAsNonRoot` is not true".to_owned());
    }
    if either("runAsUser").number() == Some(0) {
        loose.push("`runAsUser` is 0".to_owned());
    }
    if own.get("privileged").is_true() {
        loose.push("`privileged` is true".to_owned());
    }
    if !own.get("allowPrivilegeEscalation").is_false() {
        loose.push("`allowPrivilegeEscalation` is not false".to_owned());
    }
    let capabilities = own.get("capabilities");
    if !capabilities.get("drop").items().iter().any(|it| it.text() == Some("ALL")) {
        loose.push("`capabilities.drop` has no `ALL`".to_owned());
    }
    for capability in capabilities.get("add").items() {
        if let Some(name) = capability.text().filter(|it| *it != "NET_BIND_SERVICE") {
            loose.push(format!("`capabilities.add` has {name:?}"));
        }
    }
    if !loose.is_empty() {
        let message =
            format!("container `{}` may run as root or gain privileges: {}", name_of(container), loose.join(", "));
        found.push(own.problem(RUNS_AS_ROOT, message));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{deployment, expect, object, set, with, with_container, with_pod};
    use super::check;
    use serde_json::{Value, json};

    fn verdicts(body: Value, expected: &[&str]) {
        expect(check(&object(body), &set([]).environment), expected);
    }

    #[test]
    fn asks_for_resources() {
        verdicts(deployment(), &[]);
        verdicts(
            with_container("/resources/limits/cpu", json!(null)),
            &["missing-resources containers[web].resources container `web` has no `limits.cpu`"],
        );
        verdicts(
            with_container("/resources", json!(null)),
            &["missing-resources resources has no `requests.cpu`, `requests.memory`, `limits.cpu`, `limits.memory`"],
        );
    }

    #[test]
    fn asks_for_probes() {
        verdicts(
            with_container("/livenessProbe", json!(null)),
            &["missing-probe livenessProbe container `web` has no liveness probe"],
        );
        verdicts(
            with_container("/readinessProbe", json!(null)),
            &["missing-probe readinessProbe container `web` has no readiness probe"],
        );
        verdicts(with(with_container("/livenessProbe", json!(null)), "/kind", json!("Job")), &[]);
    }

    #[test]
    fn asks_for_a_harmless_user() {
        let check = |body: Value, words: &str| {
            verdicts(
                body,
                &[&format!(
                    "runs-as-root containers[web].securityContext container `web` may run as root or gain privileges: {words}"
                )],
            );
        };
        check(with_pod("/securityContext/runAsNonRoot", json!(false)), "`runAsNonRoot` is not true");
        check(with_container("/securityContext/runAsNonRoot", json!(false)), "`runAsNonRoot` is not true");
        check(with_container("/securityContext/runAsUser", json!(0)), "`runAsUser` is 0");
        check(with_container("/securityContext/privileged", json!(true)), "`privileged` is true");
        check(
            with_container("/securityContext/allowPrivilegeEscalation", json!(null)),
            "`allowPrivilegeEscalation` is not false",
        );
        check(
            with_container("/securityContext/capabilities/drop", json!(["NET_RAW"])),
            "`capabilities.drop` has no `ALL`",
        );
        check(
            with_container("/securityContext/capabilities/add", json!(["SYS_ADMIN"])),
            "`capabilities.add` has \"SYS_ADMIN\"",
        );
        verdicts(with_container("/securityContext/capabilities/add", json!(["NET_BIND_SERVICE"])), &[]);
    }
}
