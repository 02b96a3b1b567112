//! Containers: names, images, ports, mounts, life cycle.

use super::{is_sidecar, probes, resources, variables};
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::INVALID_IMAGE;
use crate::object::ImageReference;
use crate::validate::field::{DUPLICATE_ENTRY, DUPLICATE_NAME, Field, Found, unique, unique_as};
use crate::validate::names::{self, INVALID_NAME, INVALID_PATH, INVALID_PORT};

/// Two ports are the same.
pub const DUPLICATE_PORT: Code = Code::error("duplicate-port");
/// A container mounts a volume that the pod does not have.
pub const UNKNOWN_VOLUME: Code = Code::error("unknown-volume");

/// The codes of this family.
pub const CODES: &[Code] = &[DUPLICATE_PORT, INVALID_IMAGE, UNKNOWN_VOLUME];

const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// Checks all containers of a pod.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    let containers = spec.get("containers");
    if containers.is_set() && containers.is_empty() {
        found.push(containers.required(""));
    }
    let all = super::all_containers(spec);
    unique(DUPLICATE_NAME, all.iter().map(|it| it.get("name")).filter_map(|it| Some((it.text()?, it))), found);
    for container in &all {
        one(container, spec, found);
    }
    for container in spec.get("initContainers").items() {
        let policy = container.get("restartPolicy");
        policy.one_of(&["Always"], found);
        if is_sidecar(&container) {
            continue;
        }
        for name in PROBES.into_iter().chain(["lifecycle"]) {
            if container.get(name).is_set() {
                let detail = "may not be set for init containers without restartPolicy=Always";
                found.push(container.get(name).forbidden(detail));
            }
        }
    }
    host_ports(&all, found);
}

fn one(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let name = container.get("name");
    name.syntax(INVALID_NAME, names::dns_label, found);
    if name.text() == Some("") {
        found.push(name.required(""));
    }
    image(&container.get("image"), found);
    container.get("imagePullPolicy").one_of(&["Always", "IfNotPresent", "Never"], found);
    container.get("terminationMessagePolicy").one_of(&["File", "FallbackToLogsOnError"], found);
    ports(container, spec, found);
    variables::check(container, found);
    resources::check(&container.get("resources"), found);
    for name in PROBES {
        probes::check(&container.get(name), container, found);
    }
    let grace = spec.get("terminationGracePeriodSeconds").number().unwrap_or(30);
    probes::lifecycle(&container.get("lifecycle"), container, grace, found);
    mounts(container, spec, found);
}

/// Checks that a container has an image, and that a runtime can read it; Kubernetes itself looks only when the pod is
/// made, so that the Deployment is accepted and never starts.
fn image(image: &Field<'_>, found: &mut Found) {
    let Some(text) = image.text().filter(|it| !it.is_empty()) else {
        if !image.is_set() || image.text().is_some() {
            found.push(image.required(""));
        }
        return;
    };
    if text != text.trim() {
        found.push(image.invalid(INVALID_IMAGE, "must not have leading or trailing whitespace"));
    } else if let Some(fault) = ImageReference::parse(text).fault() {
        found.push(image.invalid(INVALID_IMAGE, fault));
    }
}

fn ports(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let ports = container.get("ports").items();
    for port in &ports {
        port.get("name").syntax(INVALID_PORT, names::port_name, found);
        port_number(&port.get("containerPort"), found);
        port.get("protocol").one_of(&PROTOCOLS, found);
        let host = port.get("hostPort");
        if host.number().is_some_and(|it| it != 0) {
            port_number(&host, found);
            if spec.get("hostNetwork").is_true() && host.number() != port.get("containerPort").number() {
                found.push(host.invalid(INVALID_PORT, "must match `containerPort` when `hostNetwork` is true"));
            }
        }
    }
    unique(DUPLICATE_NAME, ports.iter().map(|it| it.get("name")).filter_map(|it| Some((it.filled()?, it))), found);
    // Only server-side apply refuses these: its lists are keyed by port and protocol.
    let keyed = ports.iter().filter_map(|it| {
        let (number, protocol) = (it.get("containerPort").number()?, protocol(it));
        Some(((number, protocol), format!("{number}/{protocol}"), it.get("containerPort")))
    });
    unique_as(DUPLICATE_PORT, keyed, found);
}

fn host_ports(containers: &[Field<'_>], found: &mut Found) {
    let ports = containers.iter().flat_map(|it| it.get("ports").items());
    let keyed = ports.filter_map(|it| {
        let host = it.get("hostPort");
        let number = host.number().filter(|it| *it != 0)?;
        let (protocol, address) = (protocol(&it), it.get("hostIP").text().unwrap_or_default());
        Some(((protocol, address, number), format!("\"{protocol}/{address}/{number}\""), host))
    });
    unique_as(DUPLICATE_PORT, keyed, found);
}

/// Checks a port number.
pub(in crate::validate) fn port_number(port: &Field<'_>, found: &mut Found) {
    if port.number().is_some_and(|it| !(1..=65535).contains(&it)) {
        found.push(port.invalid(INVALID_PORT, "must be between 1 and 65535, inclusive"));
    }
}

/// Checks a port that is a number or the name of a container's port.
pub(in crate::validate) fn port_number_or_name(port: &Field<'_>, found: &mut Found) {
    port_number(port, found);
    if let Some(Err(detail)) = port.text().map(names::port_name) {
        found.push(port.invalid(INVALID_PORT, detail));
    }
}

/// Returns a port's protocol, which is TCP where none is given.
pub(in crate::validate) fn protocol<'a>(port: &Field<'a>) -> &'a str {
    port.get("protocol").filled().unwrap_or("TCP")
}

fn mounts(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let mut volumes: Vec<&str> = spec.get("volumes").items().iter().filter_map(|it| it.get("name").text()).collect();
    let claims = Field::root(spec.object).at("spec.volumeClaimTemplates").items();
    volumes.extend(claims.iter().filter_map(|it| it.at("metadata.name").text()));
    let mounts = container.get("volumeMounts").items();
    let devices = container.get("volumeDevices").items();
    for item in mounts.iter().chain(&devices) {
        let name = item.get("name");
        if name.text().is_some_and(|it| !volumes.contains(&it)) {
            let known = volumes.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
            let help = if known.is_empty() { "the pod has no volumes".into() } else { format!("volumes: {known}") };
            let message =
                name.not_found(UNKNOWN_VOLUME).suggest(name.text().unwrap_or_default(), volumes.iter().copied());
            found.push(message.help(help));
        }
    }
    for mount in &mounts {
        let path = mount.get("mountPath");
        match path.text() {
            Some("") => found.push(path.required("")),
            Some(text) if !text.starts_with('/') => found.push(path.invalid(INVALID_PATH, "must be absolute")),
            Some(text) if text.contains(':') => found.push(path.invalid(INVALID_PATH, "must not contain ':'")),
            Some(_) | None => {}
        }
        mount.at_most_one(&["subPath", "subPathExpr"], found);
        mount.get("subPath").syntax(INVALID_PATH, names::relative_path, found);
        mount.get("subPathExpr").syntax(INVALID_PATH, names::relative_path, found);
        propagation(mount, container, found);
    }
    let path = |it: &Field<'_>, name: &'static str| it.get(name).text().map(str::to_owned);
    unique(DUPLICATE_ENTRY, mounts.iter().filter_map(|it| Some((path(it, "mountPath")?, it.get("mountPath")))), found);
    unique(
        DUPLICATE_ENTRY,
        devices.iter().filter_map(|it| Some((path(it, "devicePath")?, it.get("devicePath")))),
        found,
    );
}

fn propagation(mount: &Field<'_>, container: &Field<'_>, found: &mut Found) {
    let propagation = mount.get("mountPropagation");
    propagation.one_of(&["None", "HostToContainer", "Bidirectional"], found);
    if propagation.text() == Some("Bidirectional") && !container.at("securityContext.privileged").is_true() {
        found.push(propagation.forbidden("Bidirectional mount propagation is available only to privileged containers"));
    }
    let recursive = mount.get("recursiveReadOnly");
    recursive.one_of(&["Disabled", "IfPossible", "Enabled"], found);
    let asks = recursive.text().is_some_and(|it| it != "Disabled");
    if asks && !mount.get("readOnly").is_true() {
        found.push(recursive.forbidden("may only be specified when readOnly is true"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_container, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn container(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with_container(pointer, value))), expected);
    }

    fn pod(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with_pod(pointer, value))), expected);
    }

    #[test]
    fn checks_names_and_images() {
        pod("/containers", json!([]), &["missing-value spec.template.spec.containers Required value"]);
        container("/name", json!("a.b"), &["invalid-name containers[a.b].name must not contain dots"]);
        pod(
            "/initContainers",
            json!([{"name": "web", "image": "a"}]),
            &["duplicate-name initContainers[web].name Duplicate value: \"web\""],
        );
        container("/image", json!(null), &["missing-value containers[web].image Required value"]);
        container("/image", json!(""), &["missing-value containers[web].image Required value"]);
        container("/image", json!(" web:1"), &["invalid-image image leading or trailing whitespace"]);
        container("/image", json!("Web:1"), &["invalid-image image the repository must be lower-case letters"]);
        container("/image", json!("web:-1"), &["invalid-image image the tag must be"]);
        container("/image", json!("web@sha256:1"), &["invalid-image image the digest must be"]);
        container(
            "/imagePullPolicy",
            json!("Sometimes"),
            &[
                "unsupported-value imagePullPolicy Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
            ],
        );
    }

    #[test]
    fn checks_ports() {
        container("/ports/0/containerPort", json!(65535), &[]);
        container(
            "/ports/0/containerPort",
            json!(65536),
            &["invalid-port containerPort must be between 1 and 65535, inclusive"],
        );
        container(
            "/ports/0/containerPort",
            json!(0),
            &["invalid-port containerPort must be between 1 and 65535, inclusive"],
        );
        container(
            "/ports/1",
            json!({"name": "a234567890123456", "containerPort": 1}),
            &["invalid-port name must be no more than 15 characters"],
        );
        container("/ports/0/protocol", json!("tcp"), &["unsupported-value protocol Unsupported value: \"tcp\""]);
        container("/ports/1", json!({"containerPort": 8000, "protocol": "UDP"}), &[]);
        container(
            "/ports/1",
            json!({"containerPort": 8000, "protocol": "TCP"}),
            &["duplicate-port ports[1] Duplicate value: 8000/TCP"],
        );
        container(
            "/ports/1",
            json!({"name": "http", "containerPort": 1}),
            &["duplicate-name ports[1/TCP].name Duplicate value: \"http\""],
        );
        container("/ports/0/hostPort", json!(70000), &["invalid-port hostPort must be between"]);
        container(
            "/ports",
            json!([{"name": "http", "containerPort": 1, "hostPort": 9}, {"containerPort": 2, "hostPort": 9}]),
            &["duplicate-port hostPort Duplicate value: \"TCP//9\""],
        );
    }

    #[test]
    fn checks_mounts() {
        let mounted = |mounts: Value| {
            let mut body = with_pod("/volumes", json!([{"name": "tmp", "emptyDir": {}}]));
            body["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = mounts;
            check(&object(body))
        };
        expect(mounted(json!([{"name": "tmp", "mountPath": "/tmp"}])), &[]);
        expect(mounted(json!([{"name": "tpm", "mountPath": "/tmp"}])), &["unknown-volume name Not found: \"tpm\""]);
        expect(mounted(json!([{"name": "tmp", "mountPath": "tmp"}])), &["invalid-path mountPath must be absolute"]);
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a:b"}])),
            &["invalid-path mountPath must not contain ':'"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a"}, {"name": "tmp", "mountPath": "/a"}])),
            &["duplicate-entry mountPath Duplicate value: \"/a\""],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "subPath": "../b"}])),
            &["invalid-path subPath must not contain '..'"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "subPath": "a", "subPathExpr": "b"}])),
            &["not-exactly-one volumeMounts may not specify more than one of: `subPath`, `subPathExpr`"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "mountPropagation": "Bidirectional"}])),
            &["forbidden-field mountPropagation only to privileged containers"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "recursiveReadOnly": "Enabled"}])),
            &["forbidden-field recursiveReadOnly when readOnly is true"],
        );
    }

    #[test]
    fn init_containers_have_no_probes() {
        let init = |policy: Value| json!([{"name": "a", "image": "a", "restartPolicy": policy, "livenessProbe": {"exec": {"command": ["x"]}}}]);
        pod("/initContainers", init(json!("Always")), &[]);
        pod(
            "/initContainers",
            init(json!(null)),
            &["forbidden-field livenessProbe may not be set for init containers"],
        );
    }
}
