//! The environment's `LimitRange`.

use super::Recorder;
use super::metadata::{self, Own};
use super::resource_quota::amounts;
use crate::object::Object;
use crate::spec::{Limit, Spec};
use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem, LimitRangeSpec};

pub(super) fn object(spec: &Spec) -> Option<Object> {
    let range = spec.limit_range.as_ref()?;
    let mut at = Recorder::new(&range.origin, "an environment's limit-range is a LimitRange");
    let metadata = metadata::of_app(&mut at, spec, &range.name, Own::default());
    let limits = range.limits.iter().enumerate();
    let limits = limits.map(|(index, it)| at.block(&format!("spec.limits[{index}]"), |at| item(at, it))).collect();
    Some(at.finish(&LimitRange { metadata, spec: Some(LimitRangeSpec { limits }) }))
}

fn item(at: &mut Recorder, limit: &Limit) -> LimitRangeItem {
    LimitRangeItem {
        type_: at.take("type", &limit.of),
        default: amounts(at, "default", &limit.default),
        default_request: amounts(at, "defaultRequest", &limit.default_request),
        min: amounts(at, "min", &limit.min),
        max: amounts(at, "max", &limit.max),
        max_limit_request_ratio: amounts(at, "maxLimitRequestRatio", &limit.max_ratio),
    }
}
