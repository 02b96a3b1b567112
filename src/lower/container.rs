//! A container of a pod.

use super::{Recorder, probe, whole};
use crate::source::Traced;
use crate::spec::{
    Container as Declared, ContainerSecurity, EnvironmentVariable, ProbeKind, ResourceList, VariableSource,
};
use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapEnvSource, Container, ContainerPort, EnvFromSource, EnvVar, EnvVarSource,
    ObjectFieldSelector, Probe, ResourceRequirements, SecretKeySelector, SecurityContext,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

/// Returns a container.
pub(super) fn of(at: &mut Recorder, declared: &Declared) -> Container {
    Container {
        name: at.take("name", &declared.name),
        image: Some(at.take("image", &declared.image.reference)),
        image_pull_policy: at.take_some("imagePullPolicy", declared.image.pull.as_ref()),
        command: words(at, "command", &declared.command),
        args: words(at, "args", &declared.args),
        ports: ports(at, declared),
        env_from: config(at, declared),
        env: variables(at, &declared.variables),
        resources: resources(at, declared),
        liveness_probe: probe(at, declared, ProbeKind::Liveness, "livenessProbe"),
        readiness_probe: probe(at, declared, ProbeKind::Readiness, "readinessProbe"),
        startup_probe: probe(at, declared, ProbeKind::Startup, "startupProbe"),
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

fn config(at: &mut Recorder, container: &Declared) -> Option<Vec<EnvFromSource>> {
    let name = at.take("envFrom[0].configMapRef.name", container.config.as_ref()?);
    Some(vec![EnvFromSource {
        config_map_ref: Some(ConfigMapEnvSource { name, optional: None }),
        ..EnvFromSource::default()
    }])
}

/// Returns the variables by name, but for one that uses another as `$(NAME)`: that one comes after, because the kubelet
/// only knows what came before.
fn variables(at: &mut Recorder, variables: &[EnvironmentVariable]) -> Option<Vec<EnvVar>> {
    let mut waiting: Vec<&EnvironmentVariable> = variables.iter().collect();
    waiting.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let mut ordered: Vec<&EnvironmentVariable> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|it| !waiting.iter().any(|other| other.name != it.name && uses(it, other)));
        // Two that use each other have no order; they stay in that of their names.
        ordered.push(waiting.remove(ready.unwrap_or(0)));
    }
    let taken: Vec<EnvVar> = ordered
        .iter()
        .enumerate()
        .map(|(index, it)| at.block(&format!("env[{index}]"), |at| variable(at, it)))
        .collect();
    (!taken.is_empty()).then_some(taken)
}

/// True where the value of one variable has the name of another in it, as `$(NAME)`.
fn uses(variable: &EnvironmentVariable, other: &EnvironmentVariable) -> bool {
    match &variable.source {
        VariableSource::Literal(value) => value.value.contains(&format!("$({})", other.name.value)),
        VariableSource::Secret { .. } | VariableSource::Field(_) => false,
    }
}

fn variable(at: &mut Recorder, variable: &EnvironmentVariable) -> EnvVar {
    let name = at.take("name", &variable.name);
    match &variable.source {
        VariableSource::Literal(value) => EnvVar { name, value: Some(at.take("value", value)), value_from: None },
        VariableSource::Secret { name: secret, key } => {
            let source = at.block("valueFrom.secretKeyRef", |at| SecretKeySelector {
                name: at.take("name", secret),
                key: at.take("key", key),
                optional: None,
            });
            let source = EnvVarSource { secret_key_ref: Some(source), ..EnvVarSource::default() };
            EnvVar { name, value: None, value_from: Some(source) }
        }
        VariableSource::Field(field) => {
            let field_path = at.take("valueFrom.fieldRef.fieldPath", field);
            let source = ObjectFieldSelector { api_version: None, field_path };
            let source = EnvVarSource { field_ref: Some(source), ..EnvVarSource::default() };
            EnvVar { name, value: None, value_from: Some(source) }
        }
    }
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
        read_only_root_filesystem: at.take_some("readOnlyRootFilesystem", security.read_only_root_filesystem.as_ref()),
        ..SecurityContext::default()
    }
}
