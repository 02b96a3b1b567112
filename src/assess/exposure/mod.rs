//! What can newly be reached from outside of the cluster: hosts and paths, without encryption, from more addresses.

mod ranges;
mod routes;

use super::Rule;
use crate::change::{Comparison, DecidedBy, Finding, ImpactCode, Severity};
pub(super) use ranges::SOURCE_RANGES;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[HOST_REMOVED, NEW_EXPOSURE], find }];

const HOST_REMOVED: ImpactCode = ImpactCode {
    name: "host-removed",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules",
};
const NEW_EXPOSURE: ImpactCode = ImpactCode {
    name: "new-exposure",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/ingress/",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // What a new or a removed environment opens and closes is said by its being new or removed.
    for environment in input.environments.iter().filter(|it| it.before.is_some() && it.after.is_some()) {
        findings.extend(routes::find(input, environment));
        findings.extend(ranges::find(input, environment));
    }
    findings
}

#[cfg(test)]
mod tests;
