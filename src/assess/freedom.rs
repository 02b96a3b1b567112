//! What a pod may do beyond running: its template in, freedoms out, each with the field that decides it.
//!
//! They are those of the Pod Security Standards (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>),
//! and two more: to write to the root file system, and to use a service account token.

use super::workload::{Pods, items, text};
use crate::object::FieldPath;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The kernel parameters that only concern the pod itself, as the baseline standard lists them.
const SAFE_SYSCTLS: [&str; 10] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
];

/// Something that a pod or, where it is named, one of its containers may do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Freedom {
    pub(super) container: Option<String>,
    what: String,
}

impl fmt::Display for Freedom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.container {
            Some(container) => write!(f, "{} (container `{container}`)", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// What a pod may do, each with the field that decides it.
pub(super) type Freedoms = BTreeMap<Freedom, FieldPath>;

/// Returns what a pod may do.
pub(super) fn freedoms(pods: Pods<'_>) -> Freedoms {
    let mut found = Freedoms::new();
    let base = pods.object.pod_template_path().unwrap_or_default().field("spec");
    let spec = pods.spec();
    let mut add = |what: String, path: FieldPath| found.insert(Freedom { container: None, what }, path);
    for (field, what) in [
        ("hostNetwork", "use the network of its node"),
        ("hostPID", "see the processes of its node"),
        ("hostIPC", "use the shared memory of its node"),
    ] {
        if spec.get(field) == Some(&Value::Bool(true)) {
            add(what.to_owned(), base.field(field));
        }
    }
    for (index, volume) in items(spec, "volumes").iter().enumerate() {
        if let Some(path) = volume.get("hostPath").map(|it| text(it, "path")) {
            add(format!("use `{path}` of its node"), base.field("volumes").index(index).field("hostPath"));
        }
    }
    let sysctls = spec.get("securityContext").map_or(&[][..], |it| items(it, "sysctls"));
    for (index, sysctl) in sysctls.iter().enumerate() {
        let name = text(sysctl, "name").replace('/', ".");
        if !SAFE_SYSCTLS.contains(&name.as_str()) {
            let path = base.field("securityContext").field("sysctls").index(index);
            add(format!("set the kernel parameter `{name}`"), path);
        }
    }
    if spec.get("automountServiceAccountToken") != Some(&Value::Bool(false)) {
        add("use a service account token".to_owned(), base.field("automountServiceAccountToken"));
    }
    for (path, container) in pods.containers() {
        container_freedoms(spec, container, &path, &mut found);
    }
    found
}

fn container_freedoms(pod: &Value, container: &Value, path: &FieldPath, found: &mut Freedoms) {
    let name = text(container, "name");
    let context = path.field("securityContext");
    let own = |field: &str| container.get("securityContext").and_then(|it| it.get(field));
    // What a container does not say, its pod says for it.
    let from_pod = |field: &str| pod.get("securityContext").and_then(|it| it.get(field));
    let inherited = |field: &str| own(field).or_else(|| from_pod(field));
    let pod_context = path.parent().and_then(|it| it.parent()).map(|it| it.field("securityContext"));
    let mut add = |freedom: &str, field: &str| {
        let freedom = Freedom { container: Some(name.to_owned()), what: freedom.to_owned() };
        let (top, _) = field.split_once('.').unwrap_or((field, ""));
        let is_from_pod = own(top).is_none() && from_pod(top).is_some();
        let context = pod_context.as_ref().filter(|_| is_from_pod).unwrap_or(&context);
        found.insert(freedom, context.join(field));
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
        add("keep the default capabilities", "capabilities.drop");
    }
    for capability in items(capabilities, "add").iter().filter_map(Value::as_str) {
        add(&format!("use the capability {capability}"), "capabilities.add");
    }
    if inherited("appArmorProfile").map(|it| text(it, "type")) == Some("Unconfined") {
        add("run without AppArmor", "appArmorProfile");
    }
    if own("procMount").and_then(Value::as_str) == Some("Unmasked") {
        add("see all of /proc", "procMount");
    }
    if inherited("windowsOptions").and_then(|it| it.get("hostProcess")) == yes {
        add("run as a process of its node", "windowsOptions.hostProcess");
    }
    for (index, port) in items(container, "ports").iter().enumerate() {
        if let Some(number) = port.get("hostPort").and_then(Value::as_u64).filter(|it| *it > 0) {
            let protocol = Some(text(port, "protocol")).filter(|it| !it.is_empty()).unwrap_or("TCP");
            let what = format!("take port {number}/{protocol} of its node");
            let freedom = Freedom { container: Some(name.to_owned()), what };
            found.insert(freedom, path.field("ports").index(index).field("hostPort"));
        }
    }
}
