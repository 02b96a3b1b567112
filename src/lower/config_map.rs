//! A component's ConfigMap, and its checksum.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Component, Spec};
use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest as _, Sha256};

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let config = component.config.as_ref()?;
    let mut at = Recorder::new(&config.origin, "a component's config is a ConfigMap");
    let metadata = metadata::of_component(&mut at, spec, component, &config.name, Own::default());
    let data = config.values.iter().map(|it| at.take_key("data", &it.key.value, &it.value)).collect();
    Some(at.finish(&ConfigMap { data: Some(data), metadata, ..ConfigMap::default() }))
}

/// Returns the checksum of a component's config: 16 hexadecimal digits that change when a key or a value does.
pub(super) fn checksum(config: &crate::spec::ConfigMap) -> String {
    let mut hash = Sha256::new();
    for value in &config.values {
        for text in [&value.key.value, &value.value.value] {
            // The length keeps `a`, `bc` apart from `ab`, `c`.
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
    }
    let first = hash.finalize().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("{first:016x}")
}
