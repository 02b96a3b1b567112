//! A container of a pod.

use super::{Recorder, probe, variables, whole};
use crate::source::Traced;
use crate::spec::{
    Container as Declared, ContainerSecurity, Hook, HookAction, Moment, ProbeKind, ResourceList, Seccomp,
};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, ExecAction, HTTPGetAction, Lifecycle, LifecycleHandler, Probe,
    ResourceRequirements, SeccompProfile, SecurityContext, SleepAction,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// Returns a container.
pub(super) fn of(at: &mut Recorder, declared: &Declared) -> Container {
    Container {
        name: at.take("name", &declared.name),
        image: Some(at.take("image", &declared.image.reference)),
        image_pull_policy: at.take_some("imagePullPolicy", declared.image.pull.as_ref()),
        command: words(at, "command", &declared.command),
        args: words(at, "args", &declared.args),
        working_dir: at.take_some("workingDir", declared.working_dir.as_ref()),
        ports: ports(at, declared),
        env_from: variables::from(at, &declared.sources),
        env: variables::of(at, &declared.variables),
        resources: resources(at, declared),
        liveness_probe: probe(at, declared, ProbeKind::Liveness, "livenessProbe"),
        readiness_probe: probe(at, declared, ProbeKind::Readiness, "readinessProbe"),
        startup_probe: probe(at, declared, ProbeKind::Startup, "startupProbe"),
        lifecycle: lifecycle(at, &declared.hooks),
        security_context: Some(at.block("securityContext", |at| security(at, &declared.security))),
        ..Container::default()
    }
}

/// Returns a list whose order has meaning.
fn words(at: &mut Recorder, path: &str, words: &[Traced<String>]) -> Option<Vec<String>> {
    let taken: Vec<String> =
        words.iter().enumerate().map(|(index, it)| at.take(&format!("{path}[{index}]"), it)).collect();
    (!taken.is_empty()).then_some(taken)
}

fn ports(at: &mut Recorder, container: &Declared) -> Option<Vec<ContainerPort>> {
    let ports: Vec<ContainerPort> = container
        .ports
        .iter()
        .enumerate()
        .map(|(index, port)| {
            at.block(&format!("ports[{index}]"), |at| ContainerPort {
                name: Some(at.take("name", &port.name)),
                container_port: whole(at.take("containerPort", &port.number)),
                protocol: Some(at.take("protocol", &port.protocol)),
                ..ContainerPort::default()
            })
        })
        .collect();
    (!ports.is_empty()).then_some(ports)
}

fn resources(at: &mut Recorder, container: &Declared) -> Option<ResourceRequirements> {
    let mut amounts = |path: &str, list: &[ResourceList]| {
        let amounts: BTreeMap<String, Quantity> = list
            .iter()
            .map(|it| {
                let amount = at.take(&format!("resources.{path}.{}", it.resource), &it.amount);
                (it.resource.to_owned(), Quantity(amount.to_string()))
            })
            .collect();
        (!amounts.is_empty()).then_some(amounts)
    };
    let (requests, limits) = (amounts("requests", &container.requests), amounts("limits", &container.limits));
    let any = requests.is_some() || limits.is_some();
    any.then_some(ResourceRequirements { requests, limits, claims: None })
}

fn probe(at: &mut Recorder, container: &Declared, kind: ProbeKind, path: &str) -> Option<Probe> {
    let declared = container.probes.iter().find(|it| it.kind == kind)?;
    Some(at.block(path, |at| probe::of(at, declared)))
}

fn lifecycle(at: &mut Recorder, hooks: &[Hook]) -> Option<Lifecycle> {
    let mut of = |moment: Moment, path: &str| {
        let hook = hooks.iter().find(|it| it.moment == moment)?;
        Some(at.block(path, |at| handler(at, &hook.action)))
    };
    let post_start = of(Moment::PostStart, "lifecycle.postStart");
    let pre_stop = of(Moment::PreStop, "lifecycle.preStop");
    let any = post_start.is_some() || pre_stop.is_some();
    any.then(|| Lifecycle { post_start, pre_stop, ..Lifecycle::default() })
}

fn handler(at: &mut Recorder, action: &HookAction) -> LifecycleHandler {
    match action {
        HookAction::Http { path, port } => LifecycleHandler {
            http_get: Some(at.block("httpGet", |at| HTTPGetAction {
                path: Some(at.take("path", path)),
                port: IntOrString::String(at.take("port", port)),
                ..HTTPGetAction::default()
            })),
            ..LifecycleHandler::default()
        },
        HookAction::Exec(program) => LifecycleHandler {
            exec: Some(ExecAction { command: words(at, "exec.command", program) }),
            ..LifecycleHandler::default()
        },
        HookAction::Sleep(seconds) => LifecycleHandler {
            sleep: Some(SleepAction { seconds: at.take("sleep.seconds", seconds) }),
            ..LifecycleHandler::default()
        },
    }
}

/// Returns the filter of system calls; the block is a security context.
pub(super) fn seccomp(at: &mut Recorder, seccomp: &Seccomp) -> SeccompProfile {
    SeccompProfile {
        type_: at.take("seccompProfile.type", &seccomp.kind),
        localhost_profile: at.take_some("seccompProfile.localhostProfile", seccomp.profile.as_ref()),
    }
}

fn security(at: &mut Recorder, security: &ContainerSecurity) -> SecurityContext {
    let mut kept: Vec<&Traced<String>> = security.capabilities.iter().collect();
    kept.sort_by(|a, b| a.value.cmp(&b.value));
    let kept: Vec<String> =
        kept.into_iter().enumerate().map(|(index, it)| at.take(&format!("capabilities.add[{index}]"), it)).collect();
    let drop = if security.drop_capabilities.value {
        at.take("capabilities.drop", &security.drop_capabilities);
        Some(vec!["ALL".to_owned()])
    } else {
        at.leave_out("capabilities.drop", &security.drop_capabilities.origin, "the capabilities are kept");
        None
    };
    let any = drop.is_some() || !kept.is_empty();
    SecurityContext {
        allow_privilege_escalation: Some(at.take("allowPrivilegeEscalation", &security.allow_privilege_escalation)),
        capabilities: any.then(|| Capabilities { add: (!kept.is_empty()).then_some(kept), drop }),
        privileged: at.take_some("privileged", security.privileged.as_ref()),
        run_as_non_root: at.take_some("runAsNonRoot", security.run_as_non_root.as_ref()),
        run_as_user: at.take_some("runAsUser", security.user.as_ref()),
        run_as_group: at.take_some("runAsGroup", security.group.as_ref()),
        seccomp_profile: security.seccomp.as_ref().map(|it| seccomp(at, it)),
        read_only_root_filesystem: at.take_some("readOnlyRootFilesystem", security.read_only_root_filesystem.as_ref()),
        ..SecurityContext::default()
    }
}
