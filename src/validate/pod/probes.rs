//! Probes and life-cycle hooks.
//!
//! Source: `validateProbe` and `validateLifecycle` in `pkg/apis/core/validation`.

use super::containers::port_number_or_name;
use crate::diagnostic::house_rule::PROBE_PORT_MISSING;
use crate::validate::field::{Field, Found, OUT_OF_RANGE};
use crate::validate::names::{INVALID_NAME, header_name};

/// Checks one probe of a container; absent probes are fine here.
pub(super) fn check(probe: &Field<'_>, container: &Field<'_>, found: &mut Found) {
    if !probe.is_set() {
        return;
    }
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], container, found);
    for name in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        probe.get(name).at_least(0, found);
    }
    let name = probe.path().last_field().map(str::to_owned);
    let readiness = name.as_deref() == Some("readinessProbe");
    let success = probe.get("successThreshold");
    // Zero is replaced by the default, which is one.
    if !readiness && success.number().is_some_and(|it| it > 1) {
        found.push(
            success.invalid(OUT_OF_RANGE, "must be 1").help("only a readiness probe may ask for more `successes`"),
        );
    }
    let grace = probe.get("terminationGracePeriodSeconds");
    if readiness && grace.is_set() {
        found.push(grace.forbidden("must not be set for readinessProbes"));
    } else if grace.number().is_some_and(|it| it <= 0) {
        found.push(grace.invalid(OUT_OF_RANGE, "must be greater than 0"));
    }
}

/// Checks what a container does when it starts and stops.
pub(super) fn lifecycle(lifecycle: &Field<'_>, container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let grace = spec.get("terminationGracePeriodSeconds").number().unwrap_or(30);
    let signal = lifecycle.get("stopSignal");
    match spec.at("os.name").text() {
        None if signal.is_set() => {
            found.push(signal.forbidden("may not be set for containers with empty `spec.os.name`"));
        }
        Some("windows") => signal.one_of(&["SIGKILL", "SIGTERM"], found),
        Some(_) | None => {}
    }
    for name in ["postStart", "preStop"] {
        let hook = lifecycle.get(name);
        if !hook.is_set() {
            continue;
        }
        handler(&hook, &["exec", "httpGet", "tcpSocket", "sleep"], container, found);
        let seconds = hook.at("sleep.seconds");
        if seconds.number().is_some_and(|it| it < 0 || it > grace) {
            let detail = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
            found.push(seconds.invalid(OUT_OF_RANGE, detail));
        }
    }
}

fn handler<'a>(holder: &Field<'a>, names: &[&'a str], container: &Field<'_>, found: &mut Found) {
    holder.exactly_one(names, found);
    let exec = holder.get("exec");
    if exec.is_set() && exec.get("command").is_empty() {
        found.push(exec.get("command").required(""));
    }
    let http = holder.get("httpGet");
    http.get("scheme").one_of(&["HTTP", "HTTPS"], found);
    for header in http.get("httpHeaders").items() {
        header.get("name").syntax(INVALID_NAME, header_name, found);
    }
    super::containers::port_number(&holder.at("grpc.port"), found);
    for port in [http.get("port"), holder.at("tcpSocket.port")] {
        let before = found.len();
        port_number_or_name(&port, found);
        if before == found.len() {
            named_port(&port, container, found);
        }
    }
}

fn named_port(port: &Field<'_>, container: &Field<'_>, found: &mut Found) {
    let Some(name) = port.text() else { return };
    let ports = container.get("ports").items();
    let names: Vec<&str> = ports.iter().filter_map(|it| it.get("name").text()).collect();
    if !names.contains(&name) {
        let message = port.problem(PROBE_PORT_MISSING, format!("no port named {name:?} in this container"));
        let message = message.suggest(name, names).help("name a port of the container, or give its number");
        found.push(message);
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_container};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn liveness(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with_container(&format!("/livenessProbe{pointer}"), value))), expected);
    }

    #[test]
    fn checks_probes() {
        liveness("", json!({"tcpSocket": {"port": 8000}}), &[]);
        liveness(
            "",
            json!({}),
            &["not-exactly-one livenessProbe must specify one of: `exec`, `httpGet`, `tcpSocket`, `grpc`"],
        );
        liveness(
            "/exec",
            json!({"command": ["x"]}),
            &["not-exactly-one livenessProbe may not specify more than one of: `exec`, `httpGet`"],
        );
        liveness("", json!({"exec": {"command": []}}), &["missing-value exec.command Required value"]);
        liveness("/periodSeconds", json!(-1), &["out-of-range periodSeconds must be greater than or equal to 0"]);
        liveness("/successThreshold", json!(1), &[]);
        liveness("/successThreshold", json!(2), &["out-of-range successThreshold must be 1"]);
        liveness("/terminationGracePeriodSeconds", json!(1), &[]);
        liveness(
            "/terminationGracePeriodSeconds",
            json!(0),
            &["out-of-range terminationGracePeriodSeconds greater than 0"],
        );
        liveness("/httpGet/port", json!(0), &["invalid-port httpGet.port must be between 1 and 65535"]);
        liveness("/httpGet/port", json!("Http"), &["invalid-port httpGet.port alpha-numeric"]);
        liveness(
            "/httpGet/port",
            json!("htpp"),
            &["probe-port-missing httpGet.port no port named \"htpp\" in this container"],
        );
        liveness("/httpGet/scheme", json!("https"), &["unsupported-value httpGet.scheme Unsupported value"]);
        liveness(
            "/httpGet/httpHeaders",
            json!([{"name": "X Y", "value": ""}]),
            &["invalid-name name a valid HTTP header"],
        );
        let readiness = |name: &str| with_container(&format!("/readinessProbe/{name}"), json!(2));
        expect(check(&object(readiness("successThreshold"))), &[]);
        expect(
            check(&object(readiness("terminationGracePeriodSeconds"))),
            &["forbidden-field readinessProbe must not be set for readinessProbes"],
        );
    }

    #[test]
    fn checks_stop_signals() {
        let signal = |system: Value, signal: &str, expected: &[&str]| {
            let mut body = with_container("/lifecycle", json!({"stopSignal": signal}));
            body["spec"]["template"]["spec"]["os"] = json!({"name": system});
            expect(check(&object(body)), expected);
        };
        signal(json!("linux"), "SIGUSR1", &[]);
        signal(json!(null), "SIGUSR1", &["forbidden-field stopSignal containers with empty `spec.os.name`"]);
    }

    #[test]
    fn checks_hooks() {
        let hook = |value: Value, expected: &[&str]| {
            expect(check(&object(with_container("/lifecycle", json!({"preStop": value})))), expected);
        };
        hook(json!({"sleep": {"seconds": 30}}), &[]);
        hook(
            json!({"sleep": {"seconds": 31}}),
            &["out-of-range sleep.seconds less than terminationGracePeriodSeconds (30)"],
        );
        hook(json!({}), &["not-exactly-one preStop must specify one of"]);
    }
}
