//! What a pod of one operating system may not have of the other's.
//!
//! Source: `validateOS`, `validateLinux`, `validateWindows` and `validateWindowsHostProcessPod` in
//! `pkg/apis/core/validation`.

use super::security::SECURITY_CONTRADICTION;
use crate::validate::field::{Field, Found};

const NOT_ON_WINDOWS: [&str; 3] = ["hostUsers", "hostPID", "hostIPC"];
const NOT_IN_A_WINDOWS_CONTEXT: [&str; 15] = [
    "allowPrivilegeEscalation",
    "appArmorProfile",
    "capabilities",
    "fsGroup",
    "fsGroupChangePolicy",
    "privileged",
    "procMount",
    "readOnlyRootFilesystem",
    "runAsGroup",
    "runAsUser",
    "seLinuxChangePolicy",
    "seLinuxOptions",
    "seccompProfile",
    "supplementalGroups",
    "supplementalGroupsPolicy",
];

/// Checks a pod and all its containers.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    let name = spec.at("os.name");
    name.one_of(&["linux", "windows"], found);
    let mut contexts = vec![spec.get("securityContext")];
    contexts.extend(super::all_containers(spec).iter().map(|it| it.get("securityContext")));
    let mut refuse = |field: Field<'_>, what: &str| {
        if field.is_set() {
            found.push(field.forbidden(what).help("leave it out, or declare the other system in `os`"));
        }
    };
    match name.text() {
        Some("linux") => {
            for context in &contexts {
                refuse(context.get("windowsOptions"), "windows options cannot be set for a linux pod");
            }
        }
        Some("windows") => {
            for field in NOT_ON_WINDOWS.into_iter().chain(["shareProcessNamespace", "resources"]) {
                let field = spec.get(field);
                if !field.is_false() || field.path().last_field() == Some("hostUsers") {
                    refuse(field, "cannot be set for a windows pod");
                }
            }
            for field in NOT_IN_A_WINDOWS_CONTEXT.into_iter().chain(["sysctls"]) {
                for context in &contexts {
                    refuse(context.get(field), "cannot be set for a windows pod");
                }
            }
        }
        Some(_) | None => {}
    }
    host_process(spec, &contexts, found);
}

/// Checks that of containers that run on a Windows node itself, all do, on its network.
fn host_process(spec: &Field<'_>, contexts: &[Field<'_>], found: &mut Found) {
    let [pod, containers @ ..] = contexts else { return };
    let pod = pod.at("windowsOptions.hostProcess");
    let own: Vec<Field<'_>> = containers.iter().map(|it| it.at("windowsOptions.hostProcess")).collect();
    for field in own.iter().filter(|it| it.is_set() && pod.is_set() && it.value != pod.value) {
        let what = format!("pod hostProcess value must be identical if both are specified, was {}", pod.is_true());
        let message = field.invalid(SECURITY_CONTRADICTION, what).at_some(pod.span(), "the pod's");
        found.push(message.help("keep one of them"));
    }
    let on_host = |it: &&Field<'_>| it.is_true() || !it.is_set() && pod.is_true();
    let count = own.iter().filter(on_host).count();
    if count > 0 && count < own.len() {
        let what = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        found.push(spec.problem(SECURITY_CONTRADICTION, format!("Invalid value: {what}")).help("say it for the pod"));
    }
    if count > 0 && !spec.get("hostNetwork").is_true() {
        let what = "hostNetwork must be true if pod contains any hostProcess containers";
        let message = spec.get("hostNetwork").problem(SECURITY_CONTRADICTION, format!("Invalid value: {what}"));
        found.push(message.help("set it"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{any, expect, object, with};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn pod(fields: Value, expected: &[&str]) {
        let spec = json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}]});
        let mut body = any("v1", "Pod", "a", &json!({"spec": spec}));
        for (pointer, value) in fields.as_object().unwrap() {
            body = with(body, &format!("/spec{pointer}"), value.clone());
        }
        expect(check(&object(body)), expected);
    }

    #[test]
    fn systems_have_their_own_fields() {
        let options = json!({"windowsOptions": {"runAsUserName": "a"}});
        pod(json!({"/os/name": "windows", "/securityContext": options}), &[]);
        pod(json!({"/os/name": "plan9"}), &["unsupported-value os.name \"plan9\""]);
        pod(
            json!({"/os/name": "linux", "/containers/0/securityContext": options}),
            &["forbidden-field containers[a].securityContext.windowsOptions cannot be set for a linux pod"],
        );
        pod(
            json!({"/os/name": "windows", "/hostPID": true, "/securityContext/runAsUser": 5}),
            &["forbidden-field hostPID for a windows pod", "forbidden-field securityContext.runAsUser windows pod"],
        );
    }

    #[test]
    fn processes_of_the_host() {
        let on_host = json!({"windowsOptions": {"hostProcess": true}});
        pod(json!({"/securityContext": on_host, "/hostNetwork": true}), &[]);
        pod(json!({"/securityContext": on_host}), &["security-contradiction hostNetwork must be true if pod contains"]);
        pod(
            json!({"/containers/0/securityContext": on_host, "/hostNetwork": true}),
            &["security-contradiction spec all containers must be HostProcess containers"],
        );
        pod(
            json!({
                "/securityContext": on_host,
                "/hostNetwork": true,
                "/containers/0/securityContext/windowsOptions/hostProcess": false,
                "/containers/1/securityContext/windowsOptions/hostProcess": true,
            }),
            &[
                "security-contradiction hostProcess must be identical if both are specified, was true",
                "security-contradiction spec all containers must be HostProcess containers",
            ],
        );
    }
}
