//! Limits on the addresses that may come in: those of a load balancer, and those of ingress-nginx.

use super::NEW_EXPOSURE;
use crate::assess::traffic::service_type;
use crate::assess::wording;
use crate::assess::workload::items;
use crate::change::{Comparison, EnvironmentComparison, Finding, Side};
use crate::object::reach::AddressSet;
use crate::object::{FieldPath, Object};
use serde_json::Value;

/// The annotation that says what `loadBalancerSourceRanges` says, where that is missing. Kubernetes:
/// `GetLoadBalancerSourceRanges` of `cloud-provider`.
pub(in crate::assess) const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
/// The annotations of ingress-nginx, the second of which is the older name of the first (`ipallowlist`).
const OF_INGRESS: [&str; 2] =
    ["nginx.ingress.kubernetes.io/allowlist-source-range", "nginx.ingress.kubernetes.io/whitelist-source-range"];

/// The ranges that may come in, and the field that says so.
struct Limit<'a> {
    ranges: Vec<&'a str>,
    path: FieldPath,
}

pub(super) fn find(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (before, after) in environment.kept() {
        let Some(old) = limit(before).filter(|_| is_open(after)) else { continue };
        let new = limit(after);
        let was = AddressSet::ranges(old.ranges.iter().copied());
        let (message, path) = match &new {
            None => {
                if was.minus(&AddressSet::ranges(["0.0.0.0/0"])).is_empty()
                    && AddressSet::range("0.0.0.0/0").minus(&was).is_empty()
                {
                    continue;
                }
                let message = format!("lets every address in: no longer only {}", wording::quoted(&old.ranges));
                (message, old.path.clone())
            }
            Some(new) => {
                let more: Vec<&str> =
                    new.ranges.iter().copied().filter(|it| !AddressSet::range(it).minus(&was).is_empty()).collect();
                if more.is_empty() {
                    continue;
                }
                (format!("lets more addresses in: also {}", wording::quoted(&more)), new.path.clone())
            }
        };
        let line = match input.line_of(Side::After, after, &path) {
            line if new.is_some() => line,
            other => input.line_of(Side::Before, before, &path).or(other),
        };
        let help = "keep the limit, as narrow as those who come from outside allow";
        let finding = Finding::new(NEW_EXPOSURE, environment.name(), &after.id, message);
        findings.push(finding.at(path.display_in(&after.body)).help(help).from_line(line));
    }
    findings
}

/// True for what takes traffic from outside.
fn is_open(object: &Object) -> bool {
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "Service") => service_type(object) == "LoadBalancer",
        ("networking.k8s.io", "Ingress") => true,
        _ => false,
    }
}

/// Returns the limit of an object that has one.
fn limit(object: &Object) -> Option<Limit<'_>> {
    let annotations = FieldPath::parse("metadata.annotations")?;
    let annotation = |key: &str| {
        let path = annotations.field(key);
        let ranges: Vec<&str> =
            object.at(&path)?.as_str()?.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
        (!ranges.is_empty()).then_some(Limit { ranges, path })
    };
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "Service") if is_open(object) => {
            let list = object.body.get("spec").map_or(&[][..], |it| items(it, "loadBalancerSourceRanges"));
            let ranges: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            if ranges.is_empty() {
                return annotation(SOURCE_RANGES);
            }
            Some(Limit { ranges, path: FieldPath::parse("spec.loadBalancerSourceRanges")? })
        }
        ("networking.k8s.io", "Ingress") => OF_INGRESS.into_iter().find_map(annotation),
        _ => None,
    }
}
