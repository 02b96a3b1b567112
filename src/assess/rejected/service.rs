//! What cannot change in a Service: its address, and what was set up for it outside.

use super::Answer::{Ignored, Refused, RefusedUnless, Taken};
use super::fixed::is_in;
use super::{Answer, Update};
use crate::change::FieldChange;

const NONE: &str = "None";

/// Kubernetes: `validateUpgradeDowngradeClusterIPs` and `validateUpgradeDowngradeIPFamilies`, after
/// `patchAllocatedValues` has filled in what was left out.
pub(super) fn address(update: &Update<'_>, field: &FieldChange) -> Answer {
    let (type_before, type_after) = types(update);
    if type_before == "ExternalName" || type_after == "ExternalName" {
        return Taken;
    }
    if is_in(field, "spec.ipFamilies") {
        // Without an address of its own, a Service has no family to keep.
        if update.texts("spec.clusterIP").1 == Some(NONE) {
            return Taken;
        }
        return match update.texts("spec.ipFamilies[0]") {
            (Some(before), Some(after)) if before != after => Refused,
            (None, Some(_)) => RefusedUnless("it is the family that the Service has already"),
            _ => Taken,
        };
    }
    let paths = [("spec.clusterIP", "spec.clusterIP"), ("spec.clusterIPs", "spec.clusterIPs[0]")];
    let Some((_, path)) = paths.iter().find(|it| is_in(field, it.0)) else { return Taken };
    match update.texts(path) {
        (None, Some(NONE)) => Refused,
        (None, Some(_)) => RefusedUnless("it is the address that the Service has already"),
        (Some(before), Some(after)) if before != after => Refused,
        (Some(NONE), None) if type_after == "ClusterIP" => Ignored("stays headless"),
        (Some(NONE), None) => Refused,
        _ => Taken,
    }
}

/// Kubernetes: `validateLoadBalancerClassField`, and `healthCheckNodePort` of core/v1, which cannot be updated once set.
pub(super) fn other(update: &Update<'_>, field: &FieldChange) -> Answer {
    if types(update) != ("LoadBalancer", "LoadBalancer") {
        return Taken;
    }
    if is_in(field, "spec.loadBalancerClass") {
        return Refused;
    }
    let is_local = update.texts("spec.externalTrafficPolicy") == (Some("Local"), Some("Local"));
    match (&field.before, &field.after) {
        _ if !is_local || !is_in(field, "spec.healthCheckNodePort") => Taken,
        (Some(_), Some(_)) => Refused,
        (None, _) => RefusedUnless("it is the port that the Service has already"),
        (Some(_), None) => Taken,
    }
}

fn types<'a>(update: &Update<'a>) -> (&'a str, &'a str) {
    let (before, after) = update.texts("spec.type");
    (before.unwrap_or("ClusterIP"), after.unwrap_or("ClusterIP"))
}
