//! The environment variables of a container.

use super::Recorder;
use crate::spec::{DataKind, EnvironmentSource, EnvironmentVariable, VariableSource};
use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, ConfigMapKeySelector, EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector,
    ResourceFieldSelector, SecretEnvSource, SecretKeySelector,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Returns the objects all of whose keys are variables.
pub(super) fn from(at: &mut Recorder, sources: &[EnvironmentSource]) -> Option<Vec<EnvFromSource>> {
    let taken: Vec<EnvFromSource> = sources
        .iter()
        .enumerate()
        .map(|(index, it)| at.block(&format!("envFrom[{index}]"), |at| whole_object(at, it)))
        .collect();
    (!taken.is_empty()).then_some(taken)
}

fn whole_object(at: &mut Recorder, source: &EnvironmentSource) -> EnvFromSource {
    let prefix = at.take_some("prefix", source.prefix.as_ref());
    match source.kind {
        DataKind::ConfigMap => EnvFromSource {
            config_map_ref: Some(at.block("configMapRef", |at| ConfigMapEnvSource {
                name: at.take("name", &source.name),
                optional: at.take_some("optional", source.optional.as_ref()),
            })),
            prefix,
            secret_ref: None,
        },
        DataKind::Secret => EnvFromSource {
            secret_ref: Some(at.block("secretRef", |at| SecretEnvSource {
                name: at.take("name", &source.name),
                optional: at.take_some("optional", source.optional.as_ref()),
            })),
            prefix,
            config_map_ref: None,
        },
    }
}

/// Returns the variables by name, but for one that uses another as `$(NAME)`: that one comes after, because the kubelet
/// only knows what came before.
pub(super) fn of(at: &mut Recorder, variables: &[EnvironmentVariable]) -> Option<Vec<EnvVar>> {
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
        VariableSource::Key { .. } | VariableSource::Field(_) | VariableSource::Resource { .. } => false,
    }
}

fn variable(at: &mut Recorder, variable: &EnvironmentVariable) -> EnvVar {
    let name = at.take("name", &variable.name);
    if let VariableSource::Literal(value) = &variable.source {
        return EnvVar { name, value: Some(at.take("value", value)), value_from: None };
    }
    let value_from = Some(at.block("valueFrom", |at| source(at, &variable.source)));
    EnvVar { name, value: None, value_from }
}

fn source(at: &mut Recorder, source: &VariableSource) -> EnvVarSource {
    match source {
        VariableSource::Literal(_) => EnvVarSource::default(),
        VariableSource::Key { kind: DataKind::Secret, name, key, optional } => EnvVarSource {
            secret_key_ref: Some(at.block("secretKeyRef", |at| SecretKeySelector {
                name: at.take("name", name),
                key: at.take("key", key),
                optional: at.take_some("optional", optional.as_ref()),
            })),
            ..EnvVarSource::default()
        },
        VariableSource::Key { kind: DataKind::ConfigMap, name, key, optional } => EnvVarSource {
            config_map_key_ref: Some(at.block("configMapKeyRef", |at| ConfigMapKeySelector {
                name: at.take("name", name),
                key: at.take("key", key),
                optional: at.take_some("optional", optional.as_ref()),
            })),
            ..EnvVarSource::default()
        },
        VariableSource::Field(field) => EnvVarSource {
            field_ref: Some(ObjectFieldSelector {
                api_version: None,
                field_path: at.take("fieldRef.fieldPath", field),
            }),
            ..EnvVarSource::default()
        },
        VariableSource::Resource { resource, container, divisor } => EnvVarSource {
            resource_field_ref: Some(at.block("resourceFieldRef", |at| ResourceFieldSelector {
                container_name: at.take_some("containerName", container.as_ref()),
                resource: at.take("resource", resource),
                divisor: at.take_some("divisor", divisor.as_ref()).map(|it| Quantity(it.to_string())),
            })),
            ..EnvVarSource::default()
        },
    }
}
