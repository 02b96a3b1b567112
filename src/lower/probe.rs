//! A probe.

use super::{Recorder, whole};
use crate::spec::{Probe as Declared, ProbeAction};
use k8s_openapi::api::core::v1::{ExecAction, GRPCAction, HTTPGetAction, Probe, TCPSocketAction};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Returns a probe. What the spec does not set is left to Kubernetes' own defaults.
pub(super) fn of(at: &mut Recorder, declared: &Declared) -> Probe {
    let mut probe = Probe {
        initial_delay_seconds: at.take_some("initialDelaySeconds", declared.delay.as_ref()).map(whole),
        period_seconds: at.take_some("periodSeconds", declared.period.as_ref()).map(whole),
        timeout_seconds: at.take_some("timeoutSeconds", declared.timeout.as_ref()).map(whole),
        failure_threshold: at.take_some("failureThreshold", declared.failures.as_ref()).map(whole),
        success_threshold: at.take_some("successThreshold", declared.successes.as_ref()).map(whole),
        ..Probe::default()
    };
    match &declared.action {
        ProbeAction::Http { path, port } => {
            probe.http_get = Some(at.block("httpGet", |at| HTTPGetAction {
                path: Some(at.take("path", path)),
                port: IntOrString::String(at.take("port", port)),
                ..HTTPGetAction::default()
            }));
        }
        ProbeAction::Tcp(port) => {
            let port = IntOrString::String(at.take("tcpSocket.port", port));
            probe.tcp_socket = Some(TCPSocketAction { host: None, port });
        }
        ProbeAction::Grpc(port) => {
            probe.grpc = Some(GRPCAction { port: whole(at.take("grpc.port", port)), ..GRPCAction::default() });
        }
        ProbeAction::Exec(words) => {
            let words =
                words.iter().enumerate().map(|(index, it)| at.take(&format!("exec.command[{index}]"), it)).collect();
            probe.exec = Some(ExecAction { command: Some(words) });
        }
    }
    probe
}
