//! PersistentVolumeClaims: those of the app, and what one asks for.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Claim, ClaimTemplate, Spec};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

/// Returns a claim of the app.
pub(super) fn object(spec: &Spec, claim: &Claim) -> Object {
    let mut at = Recorder::new(&claim.storage.origin, "a claim is a PersistentVolumeClaim");
    let own = Own { labels: &claim.labels, annotations: &claim.annotations };
    let metadata = metadata::of_app(&mut at, spec, &claim.storage.name, own);
    let spec = Some(storage(&mut at, &claim.storage));
    at.finish(&PersistentVolumeClaim { metadata, spec, status: None })
}

/// Returns what a claim asks for.
pub(super) fn storage(at: &mut Recorder, declared: &ClaimTemplate) -> PersistentVolumeClaimSpec {
    at.block("spec", |at| PersistentVolumeClaimSpec {
        access_modes: Some(vec![at.take("accessModes[0]", &declared.access)]),
        resources: Some(VolumeResourceRequirements {
            requests: Some(BTreeMap::from([(
                "storage".to_owned(),
                Quantity(at.take("resources.requests.storage", &declared.size).to_string()),
            )])),
            limits: None,
        }),
        storage_class_name: at.take_some("storageClassName", declared.class.as_ref()),
        volume_mode: at.take_some("volumeMode", declared.volume_mode.as_ref()),
        ..PersistentVolumeClaimSpec::default()
    })
}
