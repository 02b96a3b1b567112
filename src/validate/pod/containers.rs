//! Containers: names, images, ports, and what only some kinds of containers have.

use super::{is_sidecar, mounts, probes, resources, variables};
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::INVALID_IMAGE;
use crate::object::ImageReference;
use crate::validate::field::{DUPLICATE_NAME, Field, Found, OUT_OF_RANGE, unique, unique_as};
use crate::validate::names::{self, INVALID_NAME, INVALID_PORT};

/// Two ports are the same.
pub const DUPLICATE_PORT: Code = Code::error("duplicate-port");

/// The codes of this family.
pub const CODES: &[Code] = &[DUPLICATE_PORT];

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
    host_ports(&spec.get("containers").items(), found);
    // These run one by one, so that each may have a port that others have too.
    for container in spec.get("initContainers").items() {
        host_ports(&[container], found);
    }
    if spec.get("hostNetwork").is_true() {
        for container in spec.get("containers").items() {
            ports_of_the_host(&container, found);
        }
    }
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
    ports(container, found);
    variables::check(container, spec, found);
    resources::check(&container.get("resources"), found);
    for name in PROBES {
        probes::check(&container.get(name), container, found);
    }
    probes::lifecycle(&container.get("lifecycle"), container, spec, found);
    mounts::check(container, spec, found);
    resize(container, spec, found);
}

/// Checks how a container takes other amounts while it runs (`validateResizePolicy`).
fn resize(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let policies = container.get("resizePolicy").items();
    for policy in &policies {
        policy.get("resourceName").one_of(&["cpu", "memory"], found);
        let restart = policy.get("restartPolicy");
        restart.one_of(&["NotRequired", "RestartContainer"], found);
        if restart.text() == Some("RestartContainer") && spec.get("restartPolicy").text() == Some("Never") {
            found.push(restart.invalid(OUT_OF_RANGE, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
        }
    }
    let names = policies.iter().map(|it| it.get("resourceName"));
    unique(DUPLICATE_NAME, names.filter_map(|it| Some((it.text()?, it))), found);
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
    let fault = if text == text.trim() {
        ImageReference::parse(text).fault()
    } else {
        Some("must not have leading or trailing whitespace")
    };
    if let Some(fault) = fault {
        let message = image.invalid(INVALID_IMAGE, fault).help("write it as a registry does: `team/app:1.0.0`");
        found.push(message);
    }
}

fn ports(container: &Field<'_>, found: &mut Found) {
    let ports = container.get("ports").items();
    for port in &ports {
        port.get("name").syntax(INVALID_PORT, names::port_name, found);
        port_number(&port.get("containerPort"), found);
        port.get("protocol").one_of(&PROTOCOLS, found);
        let host = port.get("hostPort");
        if host.number().is_some_and(|it| it != 0) {
            port_number(&host, found);
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

/// Checks the ports of a container on its node's network (`validatePodHostNetworkDeps`).
fn ports_of_the_host(container: &Field<'_>, found: &mut Found) {
    for port in container.get("ports").items() {
        let host = port.get("hostPort");
        if host.number().is_some_and(|it| it != 0 && Some(it) != port.get("containerPort").number()) {
            found.push(host.invalid(INVALID_PORT, "must match `containerPort` when `hostNetwork` is true"));
        }
    }
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
    fn checks_ports_of_the_host() {
        let init = |port: u16| json!([{"name": "a", "image": "a", "ports": [{"containerPort": port, "hostPort": 9}]}]);
        let mut body = with_container("/ports/0/hostPort", json!(9));
        body["spec"]["template"]["spec"]["initContainers"] = init(9);
        expect(check(&object(body.clone())), &[]);
        body["spec"]["template"]["spec"]["hostNetwork"] = json!(true);
        expect(check(&object(body)), &["invalid-port hostPort must match `containerPort` when `hostNetwork` is true"]);
        let mut body = with_container("/ports/0/hostPort", json!(8000));
        body["spec"]["template"]["spec"]["hostNetwork"] = json!(true);
        expect(check(&object(body)), &[]);
    }

    #[test]
    fn checks_how_amounts_are_changed() {
        let policy = |policies: Value, expected: &[&str]| container("/resizePolicy", policies, expected);
        policy(json!([{"resourceName": "cpu", "restartPolicy": "NotRequired"}]), &[]);
        policy(
            json!([{"resourceName": "gpu", "restartPolicy": "Always"}]),
            &["unsupported-value resourceName supported values: \"cpu\"", "unsupported-value restartPolicy \"Always\""],
        );
        policy(
            json!([
                {"resourceName": "cpu", "restartPolicy": "NotRequired"},
                {"resourceName": "cpu", "restartPolicy": "RestartContainer"},
            ]),
            &["duplicate-name resizePolicy Duplicate value: \"cpu\""],
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
