//! How large a PersistentVolumeClaim may become: never smaller, and larger only where its class allows it.

use super::Update;
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object, Quantity};
use serde_json::Value;

pub(super) const CODES: &[ImpactCode] = &[EXPANSION_UNSUPPORTED, SHRUNK];

const EXPANSION_UNSUPPORTED: ImpactCode = ImpactCode {
    name: "claim-expansion-unsupported",
    severity: Severity::Block,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/storage/storage-classes/#allow-volume-expansion",
};
const SHRUNK: ImpactCode = ImpactCode {
    name: "claim-shrunk",
    severity: Severity::Block,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims",
};

const SIZE: &str = "spec.resources.requests.storage";

pub(super) fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for update in Update::all(environment) {
            let id = &update.change.id;
            let size = |it: &Object| it.field(SIZE).and_then(Quantity::of_value);
            let (Some(before), Some(after)) = (size(update.before), size(update.after)) else { continue };
            let found = if id.kind != "PersistentVolumeClaim" || before == after {
                None
            } else if after < before {
                let message =
                    format!("is rejected by the API server: a claim cannot shrink, here from {before} to {after}");
                let help = "keep the size, or make a smaller claim of another name and copy the data";
                Some((SHRUNK, message, help.to_owned()))
            } else {
                fixed_class(environment, update.after).map(|(class, help)| {
                    let message = format!(
                        "is rejected by the API server: {class} does not let claims grow, here from {before} to {after}"
                    );
                    (EXPANSION_UNSUPPORTED, message, help)
                })
            };
            let line = FieldPath::parse(SIZE).and_then(|it| input.line_of(Side::After, update.after, &it));
            findings.extend(found.map(|(code, message, help)| {
                Finding::new(code, environment.name(), id, message).at(SIZE).help(help).from_line(line)
            }));
        }
    }
    findings
}

/// True where the class of a claim surely does not let it grow.
pub(in crate::assess) fn is_stuck(environment: &EnvironmentComparison<'_>, claim: &Object) -> bool {
    claim.id.kind == "PersistentVolumeClaim" && fixed_class(environment, claim).is_some()
}

/// Returns the class of a claim where it is known not to let claims grow, and what to do: one that is rendered here, or
/// that the cluster declares. Kubernetes: the admission plugin `PersistentVolumeClaimResize`.
fn fixed_class(environment: &EnvironmentComparison<'_>, claim: &Object) -> Option<(String, String)> {
    let name = claim.field("spec.storageClassName").and_then(Value::as_str);
    let rendered = environment.of_kind(Side::After, "StorageClass").find(|it| Some(it.id.name.as_str()) == name);
    if let Some(class) = rendered {
        let help = format!("set `allowVolumeExpansion: true` in {} if its driver can do it", class.id.short());
        let is_fixed = class.field("allowVolumeExpansion") != Some(&Value::Bool(true));
        return is_fixed.then(|| (class.id.short(), help));
    }
    let class = environment.environment.cluster.as_ref()?.storage_class(name)?;
    let help = "keep the size, or make a larger claim of another name and class and copy the data";
    (class.expandable == Some(false)).then(|| (format!("StorageClass/{}", class.name), help.to_owned()))
}
