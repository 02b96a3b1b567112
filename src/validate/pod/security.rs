//! Security contexts of pods and containers, and the host's namespaces: what contradicts itself.
//!
//! Source: `ValidateSecurityContext` and `validatePodSpecSecurityContext` in `pkg/apis/core/validation`. What is valid
//! but loose is a house rule.

use crate::diagnostic::house_rule::ROOT_NEVER_STARTS;
use crate::diagnostic::{Code, Diagnostic};
use crate::validate::field::{DUPLICATE_NAME, Field, Found, unique};
use crate::validate::names::{INVALID_NAME, INVALID_PATH, relative_path};

/// Two security settings cannot both hold.
pub const SECURITY_CONTRADICTION: Code = Code::error("security-contradiction");

/// The codes of this family.
pub const CODES: &[Code] = &[SECURITY_CONTRADICTION];

const ESCALATION: &str = "take it out, or say too what it needs: `security allow-privilege-escalation=#true`";

const MAXIMUM_ID: i64 = 2_147_483_647;

/// Checks a pod and all its containers.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    let pod = spec.get("securityContext");
    shared(&pod, found);
    pod.get("fsGroup").within(0, MAXIMUM_ID, found);
    pod.get("fsGroupChangePolicy").one_of(&["Always", "OnRootMismatch"], found);
    for group in pod.get("supplementalGroups").items() {
        group.within(0, MAXIMUM_ID, found);
    }
    pod.get("supplementalGroupsPolicy").one_of(&["Merge", "Strict"], found);
    pod.get("seLinuxChangePolicy").one_of(&["MountOption", "Recursive"], found);
    sysctls(spec, found);
    host(spec, found);
    if pod.get("runAsNonRoot").is_true() && pod.get("runAsUser").number() == Some(0) {
        found.push(root_that_is_none(&pod.get("runAsUser")));
    }
    for container in super::all_containers(spec) {
        one(&container.get("securityContext"), spec, found);
    }
}

fn one(context: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let pod = spec.get("securityContext");
    shared(context, found);
    let proc = context.get("procMount");
    proc.one_of(&["Default", "Unmasked"], found);
    if proc.text() == Some("Unmasked") && !spec.get("hostUsers").is_false() {
        let message = "Invalid value: `hostUsers` must be false to use `Unmasked`";
        found.push(proc.problem(SECURITY_CONTRADICTION, message).help("leave it out, or set `hostUsers: false`"));
    }
    let escalation = context.get("allowPrivilegeEscalation");
    if escalation.is_false() && context.get("privileged").is_true() {
        let message = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        let message = context.get("privileged").problem(SECURITY_CONTRADICTION, format!("Invalid value: {message}"));
        found.push(message.help(ESCALATION));
    }
    for capability in context.at("capabilities.add").items() {
        // Kubernetes sees only this spelling; `runs-as-root` sees the other too.
        if escalation.is_false() && capability.text() == Some("CAP_SYS_ADMIN") {
            let message = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            let message = capability.problem(SECURITY_CONTRADICTION, format!("Invalid value: {message}"));
            found.push(message.help(ESCALATION));
        }
    }
    let either = |name: &'static str| if context.get(name).is_set() { context.get(name) } else { pod.get(name) };
    let (non_root, user) = (either("runAsNonRoot"), either("runAsUser"));
    // What the pod alone says is reported at the pod.
    let own = context.get("runAsNonRoot").is_set() || context.get("runAsUser").is_set();
    if own && non_root.is_true() && user.number() == Some(0) {
        found.push(root_that_is_none(&user).at_some(non_root.span(), "this container may not start as root"));
    }
}

fn root_that_is_none(user: &Field<'_>) -> Diagnostic {
    let message = "user 0 is root, and `runAsNonRoot` is true, so the container never starts";
    user.house_rule(ROOT_NEVER_STARTS, message, "give another `run-as user=…`, or say `security allow-root=#true`")
}

fn shared(context: &Field<'_>, found: &mut Found) {
    context.get("runAsUser").within(0, MAXIMUM_ID, found);
    context.get("runAsGroup").within(0, MAXIMUM_ID, found);
    for (name, what) in [("seccompProfile", "seccomp"), ("appArmorProfile", "appArmor")] {
        let profile = context.get(name);
        let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
        kind.one_of(&["Localhost", "RuntimeDefault", "Unconfined"], found);
        match kind.text() {
            Some("Localhost") if local.is_empty() => {
                found.push(local.required(&format!("must be set when {what} type is Localhost")));
            }
            Some("Localhost") if what == "seccomp" => local.syntax(INVALID_PATH, relative_path, found),
            Some("Localhost") if local.text().is_some_and(|it| it != it.trim()) => {
                found.push(local.invalid(INVALID_NAME, "must not be padded with whitespace"));
            }
            Some("RuntimeDefault" | "Unconfined") if local.is_set() => {
                found.push(local.forbidden(&format!("can only be set when {what} type is Localhost")));
            }
            Some(_) | None => {}
        }
    }
}

fn sysctls(spec: &Field<'_>, found: &mut Found) {
    let names: Vec<Field<'_>> = spec.at("securityContext.sysctls").items().iter().map(|it| it.get("name")).collect();
    for name in &names {
        let word = |it: &str| {
            let edge = |it: Option<u8>| it.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
            let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-' || it == b'_';
            edge(it.bytes().next()) && edge(it.bytes().last()) && it.bytes().all(known)
        };
        match name.text() {
            Some("") => found.push(name.required("")),
            Some(text) if text.len() > 253 || !text.split(['.', '/']).all(word) => {
                found.push(name.invalid(INVALID_NAME, "must be a sysctl such as `net.core.somaxconn`"));
            }
            Some(text) => {
                // `kernel/shm_rmid_forced` is `kernel.shm_rmid_forced`.
                let text = text.replace('/', ".");
                let ipc = ["kernel.msg", "kernel.sem", "kernel.shm", "fs.mqueue."];
                if spec.get("hostNetwork").is_true() && text.starts_with("net.") {
                    let message = "Invalid value: may not be specified when 'hostNetwork' is true";
                    found.push(name.problem(SECURITY_CONTRADICTION, message).help("keep one of them"));
                } else if spec.get("hostIPC").is_true() && ipc.iter().any(|it| text.starts_with(it)) {
                    let message = "Invalid value: may not be specified when 'hostIPC' is true";
                    found.push(name.problem(SECURITY_CONTRADICTION, message).help("keep one of them"));
                }
            }
            None => {}
        }
    }
    unique(DUPLICATE_NAME, names.into_iter().filter_map(|it| Some((it.filled()?, it))), found);
}

fn host(spec: &Field<'_>, found: &mut Found) {
    let clash = |a: Field<'_>, b: &str, found: &mut Found| {
        let name = a.path().last_field().unwrap_or_default().to_owned();
        let message = a.problem(SECURITY_CONTRADICTION, format!("Forbidden: `{name}` may not be set {b}"));
        found.push(message.help("keep one of them"));
    };
    if spec.get("hostUsers").is_false() {
        for name in ["hostNetwork", "hostPID", "hostIPC"] {
            if spec.get(name).is_true() {
                clash(spec.get(name), "when `hostUsers` is false", found);
            }
        }
    }
    if spec.get("shareProcessNamespace").is_true() && spec.get("hostPID").is_true() {
        clash(spec.get("shareProcessNamespace"), "together with `hostPID`", found);
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_container, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn pod(value: Value, expected: &[&str]) {
        expect(check(&object(with_pod("/securityContext", value))), expected);
    }

    fn container(value: Value, expected: &[&str]) {
        expect(check(&object(with_container("/securityContext", value))), expected);
    }

    #[test]
    fn checks_contexts() {
        pod(json!({"runAsUser": 2_147_483_647}), &[]);
        pod(json!({"runAsUser": 2_147_483_648_u64}), &["out-of-range runAsUser between 0 and 2147483647, inclusive"]);
        pod(json!({"supplementalGroups": [-1]}), &["out-of-range supplementalGroups[0] between 0 and"]);
        pod(
            json!({"runAsNonRoot": true, "runAsUser": 0}),
            &["root-never-starts runAsUser user 0 is root, and `runAsNonRoot` is true"],
        );
        container(
            json!({"runAsUser": 0}),
            &["root-never-starts containers[web].securityContext.runAsUser user 0 is root"],
        );
        container(json!({"runAsUser": 0, "runAsNonRoot": false}), &[]);
        container(
            json!({"allowPrivilegeEscalation": false, "privileged": true}),
            &["security-contradiction allowPrivilegeEscalation and `privileged` to true"],
        );
        let adding =
            |capability: &str| json!({"allowPrivilegeEscalation": false, "capabilities": {"add": [capability]}});
        container(adding("CAP_SYS_ADMIN"), &["security-contradiction capabilities.add CAP_SYS_ADMIN"]);
        container(adding("SYS_ADMIN"), &[]);
        container(json!({"procMount": "Default"}), &[]);
        container(json!({"procMount": "Unmasked"}), &["security-contradiction procMount `hostUsers` must be false"]);
        pod(json!({"supplementalGroupsPolicy": "Strict", "seLinuxChangePolicy": "Recursive"}), &[]);
        pod(json!({"supplementalGroupsPolicy": "None"}), &["unsupported-value supplementalGroupsPolicy \"None\""]);
        let local = |path: &str| json!({"seccompProfile": {"type": "Localhost", "localhostProfile": path}});
        pod(local("a/b.json"), &[]);
        pod(local("/a.json"), &["invalid-path localhostProfile must be a relative path"]);
        pod(
            json!({"appArmorProfile": {"type": "Localhost", "localhostProfile": " a"}}),
            &["invalid-name localhostProfile must not be padded with whitespace"],
        );
        pod(json!({"seccompProfile": {"type": "RuntimeDefault"}}), &[]);
        pod(
            json!({"seccompProfile": {"type": "Localhost"}}),
            &["missing-value localhostProfile must be set when seccomp type is Localhost"],
        );
        pod(
            json!({"seccompProfile": {"type": "Unconfined", "localhostProfile": "a"}}),
            &["forbidden-field localhostProfile can only be set"],
        );
        pod(json!({"sysctls": [{"name": "net.core.somaxconn", "value": "1"}]}), &[]);
        pod(json!({"sysctls": [{"name": "A b", "value": "1"}]}), &["invalid-name sysctls must be a sysctl"]);
        pod(
            json!({"sysctls": [{"name": "a"}, {"name": "a"}]}),
            &["duplicate-name sysctls[1].name Duplicate value: \"a\""],
        );
    }

    #[test]
    fn checks_host_namespaces() {
        let spec = |first: &str, value: Value, second: &str, expected: &[&str]| {
            let mut body = with_pod(&format!("/{first}"), value);
            body["spec"]["template"]["spec"][second] = json!(true);
            expect(check(&object(body)), expected);
        };
        let sysctls = |name: &str| json!({"sysctls": [{"name": name, "value": "1"}]});
        spec("securityContext", sysctls("net.core.somaxconn"), "hostIPC", &[]);
        spec(
            "securityContext",
            sysctls("net.core.somaxconn"),
            "hostNetwork",
            &["security-contradiction sysctls may not be specified when 'hostNetwork' is true"],
        );
        spec(
            "securityContext",
            sysctls("kernel/shm_rmid_forced"),
            "hostIPC",
            &["security-contradiction sysctls may not be specified when 'hostIPC' is true"],
        );
        spec("hostUsers", json!(true), "hostPID", &[]);
        spec("hostUsers", json!(false), "hostPID", &["security-contradiction hostPID when `hostUsers` is false"]);
        spec(
            "shareProcessNamespace",
            json!(true),
            "hostPID",
            &["security-contradiction shareProcessNamespace together with `hostPID`"],
        );
    }
}
