//! The volumes of a pod, and where its containers see them.

use super::Recorder;
use crate::source::Traced;
use crate::spec::{DataKind, Item, Mount, PodFact, PodFile, Token, Volume as Declared, VolumeData, VolumeSource};
use k8s_openapi::api::core::v1::{
    ConfigMapProjection, ConfigMapVolumeSource, DownwardAPIProjection, DownwardAPIVolumeFile, EmptyDirVolumeSource,
    HostPathVolumeSource, KeyToPath, ObjectFieldSelector, PersistentVolumeClaimVolumeSource, ProjectedVolumeSource,
    ResourceFieldSelector, SecretProjection, SecretVolumeSource, ServiceAccountTokenProjection, Volume, VolumeMount,
    VolumeProjection,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Returns the volumes of a pod.
pub(super) fn of(at: &mut Recorder, volumes: &[Declared]) -> Option<Vec<Volume>> {
    at.list("volumes", volumes, |at, declared| {
        let name = at.take("name", &declared.name);
        Volume { name, ..source(at, declared) }
    })
}

/// Returns where a container sees volumes.
pub(super) fn mounts(at: &mut Recorder, mounts: &[Mount]) -> Option<Vec<VolumeMount>> {
    at.list("volumeMounts", mounts, |at, mount| VolumeMount {
        mount_path: at.take("mountPath", &mount.path),
        name: at.take("name", &mount.volume),
        sub_path: at.take_some("subPath", mount.sub_path.as_ref()),
        read_only: at.take_some("readOnly", mount.read_only.as_ref()),
        mount_propagation: at.take_some("mountPropagation", mount.propagation.as_ref()),
        ..VolumeMount::default()
    })
}

fn source(at: &mut Recorder, declared: &Declared) -> Volume {
    let mut volume = Volume::default();
    match &declared.source {
        VolumeSource::Claim { name, read_only } => {
            volume.persistent_volume_claim =
                Some(at.block("persistentVolumeClaim", |at| PersistentVolumeClaimVolumeSource {
                    claim_name: at.take("claimName", name),
                    read_only: at.take_some("readOnly", read_only.as_ref()),
                }));
        }
        VolumeSource::EmptyDir { medium, size } => {
            at.derived("emptyDir", &declared.origin, "the volume is empty when a pod starts", ());
            volume.empty_dir = Some(at.block("emptyDir", |at| EmptyDirVolumeSource {
                medium: at.take_some("medium", medium.as_ref()),
                size_limit: at.take_some("sizeLimit", size.as_ref()).map(|it| Quantity(it.to_string())),
                ..EmptyDirVolumeSource::default()
            }));
        }
        VolumeSource::Data { data, mode: files } => match data.kind {
            DataKind::ConfigMap => {
                volume.config_map = Some(at.block("configMap", |at| ConfigMapVolumeSource {
                    name: at.take("name", &data.name),
                    optional: at.take_some("optional", data.optional.as_ref()),
                    items: items(at, &data.items),
                    default_mode: mode(at, "defaultMode", files.as_ref()),
                    ..ConfigMapVolumeSource::default()
                }));
            }
            DataKind::Secret => {
                volume.secret = Some(at.block("secret", |at| SecretVolumeSource {
                    secret_name: Some(at.take("secretName", &data.name)),
                    optional: at.take_some("optional", data.optional.as_ref()),
                    items: items(at, &data.items),
                    default_mode: mode(at, "defaultMode", files.as_ref()),
                    ..SecretVolumeSource::default()
                }));
            }
        },
        VolumeSource::HostPath { path, kind } => {
            volume.host_path = Some(at.block("hostPath", |at| HostPathVolumeSource {
                path: at.take("path", path),
                type_: at.take_some("type", kind.as_ref()),
            }));
        }
        VolumeSource::Projected { data, fields, tokens, mode: files } => {
            volume.projected = Some(at.block("projected", |at| ProjectedVolumeSource {
                default_mode: mode(at, "defaultMode", files.as_ref()),
                sources: Some(projections(at, data, fields, tokens)),
                ..ProjectedVolumeSource::default()
            }));
        }
    }
    volume
}

fn mode(at: &mut Recorder, path: &str, mode: Option<&Traced<i64>>) -> Option<i32> {
    at.take_some(path, mode).map(super::whole)
}

fn items(at: &mut Recorder, declared: &[Item]) -> Option<Vec<KeyToPath>> {
    at.list("items", declared, |at, item| KeyToPath {
        key: at.take("key", &item.key),
        path: at.take("path", &item.path),
        mode: mode(at, "mode", item.mode.as_ref()),
        ..KeyToPath::default()
    })
}

/// Returns the sources of a projected volume: ConfigMaps, Secrets, what is known of the pod, tokens.
fn projections(at: &mut Recorder, data: &[VolumeData], fields: &[PodFile], tokens: &[Token]) -> Vec<VolumeProjection> {
    let mut sources: Vec<VolumeProjection> = Vec::new();
    for it in data {
        let path = format!("sources[{}]", sources.len());
        sources.push(at.block(&path, |at| projected_data(at, it)));
    }
    if !fields.is_empty() {
        let path = format!("sources[{}].downwardAPI", sources.len());
        let downward_api =
            Some(at.block(&path, |at| DownwardAPIProjection { items: at.list("items", fields, pod_file) }));
        sources.push(VolumeProjection { downward_api, ..VolumeProjection::default() });
    }
    for it in tokens {
        let path = format!("sources[{}].serviceAccountToken", sources.len());
        let token = at.block(&path, |at| ServiceAccountTokenProjection {
            path: at.take("path", &it.path),
            audience: at.take_some("audience", it.audience.as_ref()),
            expiration_seconds: at.take_some("expirationSeconds", it.expires.as_ref()),
            ..ServiceAccountTokenProjection::default()
        });
        sources.push(VolumeProjection { service_account_token: Some(token), ..VolumeProjection::default() });
    }
    sources
}

fn projected_data(at: &mut Recorder, data: &VolumeData) -> VolumeProjection {
    match data.kind {
        DataKind::ConfigMap => VolumeProjection {
            config_map: Some(at.block("configMap", |at| ConfigMapProjection {
                name: at.take("name", &data.name),
                optional: at.take_some("optional", data.optional.as_ref()),
                items: items(at, &data.items),
            })),
            ..VolumeProjection::default()
        },
        DataKind::Secret => VolumeProjection {
            secret: Some(at.block("secret", |at| SecretProjection {
                name: at.take("name", &data.name),
                optional: at.take_some("optional", data.optional.as_ref()),
                items: items(at, &data.items),
            })),
            ..VolumeProjection::default()
        },
    }
}

fn pod_file(at: &mut Recorder, file: &PodFile) -> DownwardAPIVolumeFile {
    let made = DownwardAPIVolumeFile {
        path: at.take("path", &file.path),
        mode: mode(at, "mode", file.mode.as_ref()),
        ..DownwardAPIVolumeFile::default()
    };
    match &file.content {
        PodFact::Field(field) => {
            let field_path = at.take("fieldRef.fieldPath", field);
            DownwardAPIVolumeFile { field_ref: Some(ObjectFieldSelector { api_version: None, field_path }), ..made }
        }
        PodFact::Resource { resource, container, divisor } => {
            let resource_field_ref = Some(at.block("resourceFieldRef", |at| ResourceFieldSelector {
                container_name: Some(at.take("containerName", container)),
                resource: at.take("resource", resource),
                divisor: at.take_some("divisor", divisor.as_ref()).map(|it| Quantity(it.to_string())),
            }));
            DownwardAPIVolumeFile { resource_field_ref, ..made }
        }
    }
}
