//! ConfigMaps, of a component and of the app, and the checksum of those that a component's pods use.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Component, ConfigMap as Declared, DataKind, Pod, Spec, VariableSource, VolumeSource};
use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Returns a component's ConfigMap.
pub(super) fn of_component(spec: &Spec, component: &Component) -> Option<Object> {
    let config = component.config.as_ref()?;
    Some(made(spec, component, config, "a component's config is a ConfigMap"))
}

/// Returns the ConfigMaps of a component's files.
pub(super) fn of_files<'a>(spec: &'a Spec, component: &'a Component) -> impl Iterator<Item = Object> + 'a {
    component.files.iter().map(move |it| made(spec, component, it, "files of a component are a ConfigMap"))
}

fn made(spec: &Spec, component: &Component, config: &Declared, rule: &'static str) -> Object {
    let mut at = Recorder::new(&config.origin, rule);
    let metadata = metadata::of_component(&mut at, spec, component, &config.name, Own::default());
    let data = Some(data(&mut at, config));
    at.finish(&ConfigMap { data, metadata, ..ConfigMap::default() })
}

/// Returns a ConfigMap that components share.
pub(super) fn shared(spec: &Spec, config: &Declared) -> Object {
    let mut at = Recorder::new(&config.origin, "a config of the app is a ConfigMap");
    let metadata = metadata::of_app(&mut at, spec, &config.name, Own::default());
    let data = Some(data(&mut at, config));
    at.finish(&ConfigMap { data, metadata, ..ConfigMap::default() })
}

fn data(at: &mut Recorder, config: &Declared) -> BTreeMap<String, String> {
    config.values.iter().map(|it| at.take_key("data", &it.key.value, &it.value)).collect()
}

/// Returns the ConfigMaps made here that a component's pods use: its own config, its files, and those that it shares, by
/// name.
pub(super) fn used<'a>(spec: &'a Spec, component: &'a Component) -> Vec<&'a Declared> {
    let names = names(&component.pod);
    component
        .config
        .iter()
        .chain(&component.files)
        .chain(&spec.configs)
        .chain(&spec.written_configs)
        .filter(|it| names.contains(it.name.value.as_str()))
        .collect()
}

/// Returns the names of the ConfigMaps that a pod uses.
fn names(pod: &Pod) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for container in pod.containers() {
        let sources = container.sources.iter().filter(|it| it.kind == DataKind::ConfigMap);
        names.extend(sources.map(|it| it.name.value.as_str()));
        names.extend(container.variables.iter().filter_map(|it| match &it.source {
            VariableSource::Key { kind: DataKind::ConfigMap, name, .. } => Some(name.value.as_str()),
            VariableSource::Key { kind: DataKind::Secret, .. }
            | VariableSource::Literal(_)
            | VariableSource::Field(_)
            | VariableSource::Resource { .. } => None,
        }));
    }
    for volume in &pod.volumes {
        let data = match &volume.source {
            VolumeSource::Data { data, .. } => std::slice::from_ref(data),
            VolumeSource::Projected { data, .. } => data.as_slice(),
            VolumeSource::Claim { .. } | VolumeSource::EmptyDir { .. } | VolumeSource::HostPath { .. } => &[],
        };
        names.extend(data.iter().filter(|it| it.kind == DataKind::ConfigMap).map(|it| it.name.value.as_str()));
    }
    names
}

/// Returns the checksum of ConfigMaps: 16 hexadecimal digits that change when a key or a value does.
pub(super) fn checksum(configs: &[&Declared]) -> String {
    let mut hash = Sha256::new();
    for (index, config) in configs.iter().enumerate() {
        if index > 0 {
            add(&mut hash, &config.name.value);
        }
        for value in &config.values {
            add(&mut hash, &value.key.value);
            add(&mut hash, &value.value.value);
        }
    }
    let first = hash.finalize().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("{first:016x}")
}

/// Adds a text with its length, which keeps `a`, `bc` apart from `ab`, `c`.
fn add(hash: &mut Sha256, text: &str) {
    hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(text);
}
