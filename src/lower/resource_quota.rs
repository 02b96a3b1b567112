//! The environment's `ResourceQuota`.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Amount, Spec};
use k8s_openapi::api::core::v1::{ResourceQuota, ResourceQuotaSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

pub(super) fn object(spec: &Spec) -> Option<Object> {
    let quota = spec.quota.as_ref()?;
    let mut at = Recorder::new(&quota.origin, "an environment's quota is a ResourceQuota");
    let metadata = metadata::of_app(&mut at, spec, &quota.name, Own::default());
    let hard = at.block("spec", |at| amounts(at, "hard", &quota.amounts));
    let spec = ResourceQuotaSpec { hard, ..ResourceQuotaSpec::default() };
    Some(at.finish(&ResourceQuota { metadata, spec: Some(spec), ..ResourceQuota::default() }))
}

/// Returns amounts by resource, into the map at `path`; none where there are none.
pub(super) fn amounts(at: &mut Recorder, path: &str, amounts: &[Amount]) -> Option<BTreeMap<String, Quantity>> {
    let taken: BTreeMap<String, Quantity> = amounts
        .iter()
        .map(|it| {
            let (key, amount) = at.take_key(path, &it.resource, &it.amount.clone().map(|it| it.to_string()));
            (key, Quantity(amount))
        })
        .collect();
    (!taken.is_empty()).then_some(taken)
}
