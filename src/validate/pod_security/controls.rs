//! A pod and a level in; out come the controls of the Pod Security Standards that it violates.
//!
//! One function for each control, in the order of the standards; those that `runs-as-root` says too stand last.

use super::Level;
use crate::object::KubernetesVersion;
use crate::validate::field::Field;
use crate::validate::pod::all_containers;

/// A control that a pod violates.
pub(super) struct Violation<'a> {
    /// Where, for the first of them.
    pub(super) place: Field<'a>,
    /// Which control.
    pub(super) reason: &'static str,
    /// What it asks.
    pub(super) detail: String,
}

/// The capabilities that a container runtime gives by default.
const DEFAULT_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// The kernel parameters that belong to one pod alone, each with the minor version that allowed it.
const SAFE_SYSCTLS: [(&str, u32); 12] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.tcp_wmem", 32),
];

/// The kinds of volumes that hold nothing of the node and need no rights on it.
const VOLUMES: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Looks for one control in a pod.
type Control = for<'a> fn(&Pod<'a>) -> Option<Violation<'a>>;

/// A pod, as the controls see it.
struct Pod<'a> {
    template: Field<'a>,
    spec: Field<'a>,
    level: Level,
    minor: u32,
}

/// Returns what a level refuses of a pod.
pub(super) fn violations<'a>(template: &Field<'a>, level: Level, version: KubernetesVersion) -> Vec<Violation<'a>> {
    let pod = Pod { template: template.clone(), spec: template.get("spec"), level, minor: version.minor };
    let controls: &[Control] = match level {
        Level::Privileged => &[],
        Level::Baseline | Level::Restricted => &[
            host_namespaces,
            volumes,
            host_ports,
            app_armor,
            se_linux,
            proc_mount,
            sysctls,
            host_process,
            probe_hosts,
            seccomp,
            privileged,
            run_as_non_root,
            run_as_user,
            privilege_escalation,
            capabilities,
        ],
    };
    controls.iter().filter_map(|it| it(&pod)).collect()
}

impl<'a> Pod<'a> {
    fn is_restricted(&self) -> bool {
        self.level == Level::Restricted
    }

    /// True where what only Linux has is not asked of the pod.
    fn is_windows(&self) -> bool {
        self.minor >= 25 && self.spec.at("os.name").text() == Some("windows")
    }

    /// True where root in the pod is nobody on its node, and the standard says so.
    fn has_own_users(&self) -> bool {
        self.minor >= 35 && self.spec.get("hostUsers").is_false()
    }

    /// Returns the fields at a path of all containers for which something holds, with the containers' names.
    fn containers(&self, path: &'a str, is_bad: impl Fn(&Field<'a>) -> bool) -> Vec<(&'a str, Field<'a>)> {
        let named =
            all_containers(&self.spec).into_iter().map(|it| (it.get("name").text().unwrap_or_default(), it.at(path)));
        named.filter(|(_, it)| is_bad(it)).collect()
    }

    /// Returns the setting at a path below the pod's security context, where something holds for it.
    fn own(&self, path: &'a str, is_bad: impl Fn(&Field<'a>) -> bool) -> Option<Field<'a>> {
        Some(self.spec.get("securityContext").at(path)).filter(|it| it.is_set() && is_bad(it))
    }

    /// Returns whoever sets something that may not be set, as the message names them, and the first place.
    fn setters(&self, path: &'a str, is_bad: impl Fn(&Field<'a>) -> bool + Copy) -> Option<(String, Field<'a>)> {
        let pod = self.own(path, is_bad);
        let inside = self.containers("securityContext", |it| it.at(path).is_set() && is_bad(&it.at(path)));
        let place = pod.clone().or_else(|| inside.first().map(|(_, it)| it.at(path)))?;
        let names: Vec<&str> = inside.iter().map(|(name, _)| *name).collect();
        let mut setters = Vec::from_iter(pod.map(|_| "pod".to_owned()));
        if !names.is_empty() {
            setters.push(containers(&names));
        }
        Some((setters.join(" and "), place))
    }
}

/// Writes `container "a"` or `containers "a", "b"`.
fn containers(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|it| format!("{it:?}")).collect();
    format!("container{} {}", if names.len() == 1 { "" } else { "s" }, quoted.join(", "))
}

fn named(bad: &[(&str, Field<'_>)]) -> String {
    containers(&bad.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

fn host_namespaces<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let set: Vec<&str> =
        ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter(|it| pod.spec.get(it).is_true()).collect();
    let detail = set.iter().map(|it| format!("{it}=true")).collect::<Vec<_>>().join(", ");
    Some(Violation { place: pod.spec.get(set.first()?), reason: "host namespaces", detail })
}

/// At the baseline no path of the node; when restricted, nothing but what is known to be harmless.
fn volumes<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let is_bad = |it: &Field<'a>| {
        if pod.is_restricted() {
            !VOLUMES.iter().any(|source| it.get(source).is_set())
        } else {
            it.get("hostPath").is_set()
        }
    };
    // A volume without a source is an `emptyDir`.
    let bad: Vec<Field<'a>> =
        pod.spec.get("volumes").items().into_iter().filter(|it| it.entries().len() > 1 && is_bad(it)).collect();
    let kind = |it: &Field<'a>| it.entries().iter().map(|(key, _)| *key).find(|it| *it != "name").unwrap_or_default();
    let shown: Vec<String> = bad
        .iter()
        .map(|it| format!("volume {:?} uses {:?}", it.get("name").text().unwrap_or_default(), kind(it)))
        .collect();
    let first = bad.first()?;
    let reason = if pod.is_restricted() { "restricted volume types" } else { "hostPath volumes" };
    Some(Violation { place: first.get(kind(first)), reason, detail: shown.join(", ") })
}

fn host_ports<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let is_host = |it: &Field<'a>| it.get("hostPort").number().is_some_and(|it| it != 0);
    let bad = pod.containers("ports", |it| it.items().iter().any(is_host));
    let ports: Vec<Field<'a>> =
        bad.iter().flat_map(|(_, it)| it.items()).filter(is_host).map(|it| it.get("hostPort")).collect();
    let place = ports.first()?.clone();
    let numbers: Vec<String> = ports.iter().map(|it| it.value.to_string()).collect();
    Some(Violation {
        place,
        reason: "hostPort",
        detail: format!("{} uses hostPort {}", named(&bad), numbers.join(", ")),
    })
}

fn app_armor<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let is_bad = |it: &Field<'a>| !matches!(it.text(), Some("RuntimeDefault" | "Localhost"));
    let reason = "forbidden AppArmor profile";
    if let Some((who, place)) = pod.setters("appArmorProfile.type", is_bad) {
        let detail = format!("{who} must not set AppArmor profile type to {}", place.value);
        return Some(Violation { place, reason, detail });
    }
    let bad = |key: &str, it: &Field<'a>| {
        let text = it.text().unwrap_or_default();
        key.starts_with(APP_ARMOR_ANNOTATION)
            && !(text.is_empty() || text == "runtime/default" || text.starts_with("localhost/"))
    };
    let annotations = pod.template.at("metadata.annotations").entries();
    let (key, place) = annotations.into_iter().find(|(key, it)| bad(key, it))?;
    Some(Violation {
        detail: format!("annotation must not set AppArmor profile type to {key}={}", place.value),
        place,
        reason,
    })
}

fn se_linux<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let reason = "seLinuxOptions";
    let is_bad = |it: &Field<'a>| {
        let kind = it.text().unwrap_or_default();
        let known = ["", "container_t", "container_init_t", "container_kvm_t"].contains(&kind);
        let since_31 = pod.minor >= 31 && kind == "container_engine_t";
        !(known || since_31)
    };
    if let Some((who, place)) = pod.setters("seLinuxOptions.type", is_bad) {
        let detail = format!("{who} set forbidden securityContext.seLinuxOptions: type {}", place.value);
        return Some(Violation { place, reason, detail });
    }
    ["user", "role"].into_iter().zip(["seLinuxOptions.user", "seLinuxOptions.role"]).find_map(|(name, path)| {
        let (who, place) = pod.setters(path, |it| it.filled().is_some())?;
        let detail = format!("{who} set forbidden securityContext.seLinuxOptions: {name} may not be set");
        Some(Violation { place, reason, detail })
    })
}

fn proc_mount<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    if pod.has_own_users() && !pod.is_restricted() {
        return None;
    }
    let bad = pod.containers("securityContext.procMount", |it| it.text().is_some_and(|it| it != "Default"));
    let (_, place) = bad.first()?.clone();
    let detail = format!("{} must not set securityContext.procMount to {}", named(&bad), place.value);
    Some(Violation { place, reason: "procMount", detail })
}

fn sysctls<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let is_safe = |it: &str| SAFE_SYSCTLS.iter().any(|(name, since)| *name == it && *since <= pod.minor);
    let names: Vec<Field<'a>> =
        pod.spec.at("securityContext.sysctls").items().iter().map(|it| it.get("name")).collect();
    let bad: Vec<Field<'a>> = names.into_iter().filter(|it| it.text().is_some_and(|it| !is_safe(it))).collect();
    let detail = bad.iter().filter_map(Field::text).collect::<Vec<_>>().join(", ");
    Some(Violation { place: bad.first()?.clone(), reason: "forbidden sysctls", detail })
}

fn host_process<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let (who, place) = pod.setters("windowsOptions.hostProcess", Field::is_true)?;
    let detail = format!("{who} must not set securityContext.windowsOptions.hostProcess=true");
    Some(Violation { place, reason: "hostProcess", detail })
}

fn probe_hosts<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    if pod.minor < 34 {
        return None;
    }
    let handlers = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];
    all_containers(&pod.spec).into_iter().find_map(|container| {
        let hosts =
            handlers.iter().flat_map(|it| [container.at(it).at("httpGet.host"), container.at(it).at("tcpSocket.host")]);
        let place = hosts.into_iter().find(|it| it.filled().is_some())?;
        let name = containers(&[container.get("name").text().unwrap_or_default()]);
        let detail = format!("{name} uses probe or lifecycle host {}", place.value);
        Some(Violation { place, reason: "probe or lifecycle host", detail })
    })
}

fn seccomp<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let reason = "seccompProfile";
    if pod.is_restricted() && pod.is_windows() || pod.minor < 19 {
        return None;
    }
    let path = "seccompProfile.type";
    if let Some((who, place)) = pod.setters(path, |it| !matches!(it.text(), Some("RuntimeDefault" | "Localhost"))) {
        let detail = format!("{who} must not set securityContext.seccompProfile.type to {}", place.value);
        return Some(Violation { place, reason, detail });
    }
    if !pod.is_restricted() || pod.own(path, |_| true).is_some() {
        return None;
    }
    let bad = pod.containers("securityContext.seccompProfile.type", |it| !it.is_set());
    let place = bad.first()?.1.clone();
    let what = "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
    Some(Violation { place, reason, detail: format!("pod or {} {what}", named(&bad)) })
}

fn privileged<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let bad = pod.containers("securityContext.privileged", Field::is_true);
    let place = bad.first()?.1.clone();
    Some(Violation {
        place,
        reason: "privileged",
        detail: format!("{} must not set securityContext.privileged=true", named(&bad)),
    })
}

fn run_as_non_root<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    if !pod.is_restricted() || pod.has_own_users() {
        return None;
    }
    let reason = "runAsNonRoot != true";
    if let Some((who, place)) = pod.setters("runAsNonRoot", Field::is_false) {
        return Some(Violation {
            place,
            reason,
            detail: format!("{who} must not set securityContext.runAsNonRoot=false"),
        });
    }
    if pod.own("runAsNonRoot", Field::is_true).is_some() {
        return None;
    }
    let bad = pod.containers("securityContext.runAsNonRoot", |it| !it.is_set());
    let place = bad.first()?.1.clone();
    let detail = format!("pod or {} must set securityContext.runAsNonRoot=true", named(&bad));
    Some(Violation { place, reason, detail })
}

fn run_as_user<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    if !pod.is_restricted() || pod.has_own_users() || pod.minor < 23 {
        return None;
    }
    let (who, place) = pod.setters("runAsUser", |it| it.number() == Some(0))?;
    Some(Violation { place, reason: "runAsUser=0", detail: format!("{who} must not set runAsUser=0") })
}

fn privilege_escalation<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    if !pod.is_restricted() || pod.is_windows() {
        return None;
    }
    let bad = pod.containers("securityContext.allowPrivilegeEscalation", |it| !it.is_false());
    let place = bad.first()?.1.clone();
    let detail = format!("{} must set securityContext.allowPrivilegeEscalation=false", named(&bad));
    Some(Violation { place, reason: "allowPrivilegeEscalation != false", detail })
}

fn capabilities<'a>(pod: &Pod<'a>) -> Option<Violation<'a>> {
    let restricted = pod.is_restricted() && pod.minor >= 22;
    let allowed: &[&str] = if restricted { &["NET_BIND_SERVICE"] } else { &DEFAULT_CAPABILITIES };
    if restricted && pod.is_windows() {
        return None;
    }
    let is_bad = |it: &Field<'a>| it.text().is_some_and(|it| !allowed.contains(&it));
    let bad = pod.containers("securityContext.capabilities.add", |it| it.items().iter().any(is_bad));
    let reason = if restricted { "unrestricted capabilities" } else { "non-default capabilities" };
    if let Some((_, list)) = bad.first() {
        let names: Vec<Field<'a>> = list.items().into_iter().filter(is_bad).collect();
        let shown: Vec<String> = names.iter().map(|it| it.value.to_string()).collect();
        let what = format!("must not include {} in securityContext.capabilities.add", shown.join(", "));
        return Some(Violation { place: names.first()?.clone(), reason, detail: format!("{} {what}", named(&bad)) });
    }
    if !restricted {
        return None;
    }
    let all = |it: &Field<'a>| it.items().iter().any(|it| it.text() == Some("ALL"));
    let bad = pod.containers("securityContext.capabilities.drop", |it| !all(it));
    let place = bad.first()?.1.clone();
    let detail = format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", named(&bad));
    Some(Violation { place, reason, detail })
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::violations;
    use crate::validate::fixture::{object, with, with_pod};
    use crate::validate::pod::template;
    use serde_json::{Value, json};

    /// Checks what each level says of a restricted pod with one more setting in its spec.
    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn check(pointer: &str, value: Value, version: &str, baseline: &[&str], restricted: &[&str]) {
        let body = with_pod("/securityContext/seccompProfile", json!({"type": "RuntimeDefault"}));
        let object = object(with(body, &format!("/spec/template/spec{pointer}"), value.clone()));
        let template = template(&object).unwrap();
        for (level, expected) in
            [(Level::Privileged, &[] as &[&str]), (Level::Baseline, baseline), (Level::Restricted, restricted)]
        {
            let found: Vec<&str> =
                violations(&template, level, version.parse().unwrap()).iter().map(|it| it.reason).collect();
            assert_eq!(found, expected, "{level:?} {pointer} {value}");
        }
    }

    #[test]
    fn every_control() {
        let both = |pointer: &str, value: Value, reason: &str| check(pointer, value, "1.34", &[reason], &[reason]);
        let neither = |pointer: &str, value: Value| check(pointer, value, "1.34", &[], &[]);
        let only_restricted = |pointer: &str, value: Value, reason: &str| check(pointer, value, "1.34", &[], &[reason]);
        neither("/hostPID", json!(false));
        for name in ["hostNetwork", "hostPID", "hostIPC"] {
            both(&format!("/{name}"), json!(true), "host namespaces");
        }
        let container = "/containers/0/securityContext";
        both(&format!("{container}/privileged"), json!(true), "privileged");
        let volume = |source: &str| json!([{"name": "a", source: {}}]);
        for source in ["emptyDir", "configMap", "image", "ephemeral"] {
            neither("/volumes", volume(source));
        }
        neither("/volumes", json!([{"name": "a"}]));
        check("/volumes", volume("hostPath"), "1.34", &["hostPath volumes"], &["restricted volume types"]);
        only_restricted("/volumes", volume("nfs"), "restricted volume types");
        neither("/containers/0/ports/0/hostPort", json!(0));
        both("/containers/0/ports/0/hostPort", json!(80), "hostPort");
        both(&format!("{container}/procMount"), json!("Unmasked"), "procMount");
        neither(&format!("{container}/procMount"), json!("Default"));
        both("/securityContext/seccompProfile/type", json!("Unconfined"), "seccompProfile");
        neither("/securityContext/seccompProfile/type", json!("Localhost"));
        only_restricted("/securityContext/seccompProfile", json!(null), "seccompProfile");
        both("/securityContext/appArmorProfile", json!({"type": "Unconfined"}), "forbidden AppArmor profile");
        neither("/securityContext/appArmorProfile", json!({"type": "Localhost"}));
        neither("/securityContext/seLinuxOptions", json!({"type": "container_t", "level": "s0"}));
        both("/securityContext/seLinuxOptions", json!({"type": "spc_t"}), "seLinuxOptions");
        both("/securityContext/seLinuxOptions", json!({"user": "a"}), "seLinuxOptions");
        both("/securityContext/windowsOptions", json!({"hostProcess": true}), "hostProcess");
        both("/containers/0/lifecycle", json!({"preStop": {"httpGet": {"host": "a"}}}), "probe or lifecycle host");
        only_restricted("/securityContext/runAsNonRoot", json!(null), "runAsNonRoot != true");
        only_restricted("/securityContext/runAsNonRoot", json!(false), "runAsNonRoot != true");
        only_restricted("/securityContext/runAsUser", json!(0), "runAsUser=0");
        only_restricted(
            &format!("{container}/allowPrivilegeEscalation"),
            json!(null),
            "allowPrivilegeEscalation != false",
        );
        only_restricted(&format!("{container}/capabilities/drop"), json!(["NET_RAW"]), "unrestricted capabilities");
        only_restricted(&format!("{container}/capabilities/add"), json!(["CHOWN"]), "unrestricted capabilities");
        neither(&format!("{container}/capabilities/add"), json!(["NET_BIND_SERVICE"]));
        check(
            &format!("{container}/capabilities/add"),
            json!(["NET_ADMIN"]),
            "1.34",
            &["non-default capabilities"],
            &["unrestricted capabilities"],
        );
    }

    #[test]
    fn versions_differ() {
        let sysctl = |name: &str| json!([{"name": name, "value": "1"}]);
        let sysctls = |name: &str, version: &str, expected: &[&str]| {
            check("/securityContext/sysctls", sysctl(name), version, expected, expected);
        };
        sysctls("kernel.shm_rmid_forced", "1.25", &[]);
        sysctls("net.ipv4.tcp_rmem", "1.31", &["forbidden sysctls"]);
        sysctls("net.ipv4.tcp_rmem", "1.32", &[]);
        sysctls("kernel.msgmax", "1.34", &["forbidden sysctls"]);
        let engine = json!({"type": "container_engine_t"});
        check("/securityContext/seLinuxOptions", engine.clone(), "1.30", &["seLinuxOptions"], &["seLinuxOptions"]);
        check("/securityContext/seLinuxOptions", engine, "1.31", &[], &[]);
        let own_users = |version: &str, expected: &[&str]| {
            let security = json!({"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}});
            let body = with_pod("/hostUsers", json!(false));
            let object = object(with(body, "/spec/template/spec/securityContext", security));
            let template = template(&object).unwrap();
            let found = violations(&template, Level::Restricted, version.parse().unwrap());
            assert_eq!(found.iter().map(|it| it.reason).collect::<Vec<_>>(), expected, "{version}");
        };
        own_users("1.34", &["runAsNonRoot != true", "runAsUser=0"]);
        own_users("1.35", &[]);
    }

    #[test]
    fn windows_is_asked_for_less() {
        let body = with_pod("/os", json!({"name": "windows"}));
        let body = with(body, "/spec/template/spec/containers/0/securityContext", json!(null));
        let object = object(body);
        let template = template(&object).unwrap();
        let reasons = |version: &str| -> Vec<&str> {
            violations(&template, Level::Restricted, version.parse().unwrap()).iter().map(|it| it.reason).collect()
        };
        assert_eq!(reasons("1.34"), [""; 0]);
        assert_eq!(
            reasons("1.24"),
            ["seccompProfile", "allowPrivilegeEscalation != false", "unrestricted capabilities"]
        );
    }
}
