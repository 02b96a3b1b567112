//! What becomes of stored data: claims that are removed, and those that a StatefulSet made for its pods.

use super::removal::{goes_with_namespace, gone};
use super::workload::{autoscaler, items, replicas, text};
use super::{Rule, pruning, rejected, removal, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object, ReclaimPolicy};
use serde_json::Value;
use std::ops::Range;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[CLAIM_REMOVED], find: claim_removed },
    Rule { codes: &[STATEFULSET_REMOVED], find: stateful_set_removed },
    Rule { codes: &[CLAIMS_REMOVED_BY_SCALE_DOWN], find: scaled_down },
];

const CLAIM_REMOVED: ImpactCode = ImpactCode {
    name: "claim-removed",
    severity: Severity::Loss,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming",
};
const CLAIMS_REMOVED_BY_SCALE_DOWN: ImpactCode = ImpactCode {
    name: "claims-removed-by-scale-down",
    severity: Severity::Loss,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
};
const STATEFULSET_REMOVED: ImpactCode = ImpactCode {
    name: "statefulset-removed",
    severity: Severity::Outage,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations",
};

/// The claims of a StatefulSet's pods.
pub(super) struct Claims {
    /// How many there are.
    count: u64,
    /// Their names: `data-web-0 … data-web-2`.
    names: String,
    /// What becomes of their data where they go with the StatefulSet; none where they stay.
    loss: Option<Loss>,
}

/// What becomes of the data of claims that are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Loss {
    /// The volumes stay.
    None,
    /// The volumes go unless their reclaim policy is `Retain`, of which nobody says anything.
    Possible,
    /// The volumes go.
    Certain,
}

impl Claims {
    /// Says what becomes of them where another workload takes the place of the StatefulSet: it has claims of its own.
    pub(super) fn of_renamed(self, severity: Severity) -> (Severity, String) {
        let Self { names, loss, .. } = self;
        match loss {
            None => (severity, format!("; the data stays in {names}, which nothing uses any more")),
            Some(loss) => {
                let words = format!("; {names} are deleted, as `whenDeleted` says, and {}", loss.words());
                (loss.severity(severity), words)
            }
        }
    }
}

impl Loss {
    /// Says it, after the claims.
    const fn words(self) -> &'static str {
        match self {
            Self::None => "the volumes stay, as their reclaim policy is `Retain`",
            Self::Possible => "the data goes too, unless the reclaim policy of the volumes is `Retain`",
            Self::Certain => "the data goes too, as the reclaim policy of the volumes is `Delete`",
        }
    }

    const fn severity(self, otherwise: Severity) -> Severity {
        match self {
            Self::None => otherwise,
            Self::Possible | Self::Certain => Severity::Loss,
        }
    }
}

/// Returns the claims that the pods of a removed StatefulSet have; none where it makes no claims.
/// Kubernetes: `getPersistentVolumeClaimName` and `getPersistentVolumeClaimRetentionPolicy`.
pub(super) fn of_removed(environment: &EnvironmentComparison<'_>, set: &Object) -> Option<Claims> {
    let ordinals = ordinals(environment, Side::Before, set);
    let loss = is_deleted(set, "whenDeleted").then(|| loss_of_templates(environment, set));
    let names = names(set, std::slice::from_ref(&ordinals))?;
    Some(Claims { count: count(set, std::slice::from_ref(&ordinals)), names, loss })
}

fn is_stateful_set(object: &Object) -> bool {
    (object.id.group.as_str(), object.id.kind.as_str()) == ("apps", "StatefulSet")
}

fn is_deleted(set: &Object, when: &str) -> bool {
    let policy = set.field("spec.persistentVolumeClaimRetentionPolicy").and_then(|it| it.get(when));
    policy.and_then(Value::as_str) == Some("Delete")
}

fn templates(set: &Object) -> &[Value] {
    set.field("spec").map_or(&[], |it| items(it, "volumeClaimTemplates"))
}

/// Returns the numbers of the pods that a StatefulSet surely has.
fn ordinals(environment: &EnvironmentComparison<'_>, side: Side, set: &Object) -> Range<u64> {
    let start = set.field("spec.ordinals.start").and_then(Value::as_u64).unwrap_or_default();
    start..start.saturating_add(replicas(environment.objects(side), set))
}

fn count(set: &Object, ordinals: &[Range<u64>]) -> u64 {
    let pods: u64 = ordinals.iter().map(|it| it.end.saturating_sub(it.start)).sum();
    pods.saturating_mul(u64::try_from(templates(set).len()).unwrap_or(u64::MAX))
}

/// Names the claims of pods, `data-web-0 … data-web-2`; none where there are none.
fn names(set: &Object, ordinals: &[Range<u64>]) -> Option<String> {
    let mut names = Vec::new();
    for template in templates(set) {
        let prefix = format!("{}-{}", text(template.get("metadata").unwrap_or(&Value::Null), "name"), set.id.name);
        for range in ordinals.iter().filter(|it| !it.is_empty()) {
            let last = range.end.saturating_sub(1);
            names.push(match last.saturating_sub(range.start) {
                0 => format!("{prefix}-{last}"),
                1 => format!("{prefix}-{}, {prefix}-{last}", range.start),
                _ => format!("{prefix}-{} … {prefix}-{last}", range.start),
            });
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// Returns the worst that can become of the data of a StatefulSet's claims.
fn loss_of_templates(environment: &EnvironmentComparison<'_>, set: &Object) -> Loss {
    let null = Value::Null;
    let of = |it: &Value| loss(reclaim(environment, it.get("spec").unwrap_or(&null)).map(|it| it.0));
    templates(set).iter().map(of).max().unwrap_or(Loss::None)
}

const fn loss(policy: Option<ReclaimPolicy>) -> Loss {
    match policy {
        None => Loss::Possible,
        Some(ReclaimPolicy::Delete) => Loss::Certain,
        Some(ReclaimPolicy::Retain) => Loss::None,
    }
}

/// Returns the reclaim policy of a claim's volume and what says so: a volume or class that is rendered here, or a class
/// that the cluster declares.
fn reclaim(environment: &EnvironmentComparison<'_>, claim: &Value) -> Option<(ReclaimPolicy, String)> {
    let policy = |it: &Object, field: &str, default: ReclaimPolicy| match it.field(field).and_then(Value::as_str) {
        Some("Retain") => Some(ReclaimPolicy::Retain),
        Some("Delete") => Some(ReclaimPolicy::Delete),
        Some(_) => None,
        None => Some(default),
    };
    let volume = text(claim, "volumeName");
    if !volume.is_empty() {
        let volume = environment.of_kind(Side::Before, "PersistentVolume").find(|it| it.id.name == volume)?;
        let policy = policy(volume, "spec.persistentVolumeReclaimPolicy", ReclaimPolicy::Retain)?;
        return Some((policy, volume.id.short()));
    }
    let name = claim.get("storageClassName").and_then(Value::as_str);
    if name == Some("") {
        return None;
    }
    if let Some(class) = environment.of_kind(Side::Before, "StorageClass").find(|it| Some(it.id.name.as_str()) == name)
    {
        return Some((policy(class, "reclaimPolicy", ReclaimPolicy::Delete)?, class.id.short()));
    }
    let class = environment.environment.cluster.as_ref()?.storage_class(name)?;
    Some((class.reclaim?, format!("StorageClass/{}", class.name)))
}

fn claim_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let is_claim = |it: &&Object| it.id.group.is_empty() && it.id.kind == "PersistentVolumeClaim";
        // What goes with a whole Namespace is said once, for the Namespace.
        for claim in gone(environment).filter(is_claim).filter(|it| !goes_with_namespace(environment, it)) {
            let known = reclaim(environment, claim.body.get("spec").unwrap_or(&Value::Null));
            let (severity, message, help) = match known {
                None => (
                    Severity::Loss,
                    "is removed, and its data may go: the volume is deleted too, unless its reclaim policy is `Retain`"
                        .to_owned(),
                    "save the data first, or set the reclaim policy of the volume to `Retain`",
                ),
                Some((ReclaimPolicy::Delete, of)) => (
                    Severity::Loss,
                    format!("is removed with its data: the reclaim policy of {of} is `Delete`, so its volume goes too"),
                    "save the data first, or set the reclaim policy of the volume to `Retain`",
                ),
                Some((ReclaimPolicy::Retain, of)) => (
                    Severity::Warn,
                    format!(
                        "is removed, and its volume stays: the reclaim policy of {of} is `Retain`, so the data waits in a volume that no claim gets by itself"
                    ),
                    "note the volume first (`kubectl get pv`): to use its data again, its `claimRef` must be taken away by hand",
                ),
            };
            let message = format!("{message}{}", pruning::condition(environment, claim));
            let finding = Finding::new(CLAIM_REMOVED, environment.name(), &claim.id, message).with_severity(severity);
            findings.push(finding.help(help).from_line(input.declaration(Side::Before, claim)));
        }
    }
    findings
}

fn stateful_set_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let renamed = removal::replaced(environment);
        let is_said =
            |it: &Object| goes_with_namespace(environment, it) || renamed.iter().any(|(old, _)| old.object.id == it.id);
        for set in gone(environment).filter(|it| is_stateful_set(it)).filter(|it| !is_said(it)) {
            let pods = replicas(environment.objects(Side::Before), set);
            let stop = match pods {
                0 => "it has no pods".to_owned(),
                1 => "its only pod stops".to_owned(),
                more => format!("its {more} pods stop in no set order"),
            };
            let (severity, message, help) = match of_removed(environment, set) {
                None => (
                    Severity::Outage,
                    format!("is removed with its pods: {stop}"),
                    "scale it to 0 first where the pods must stop one after another",
                ),
                Some(Claims { count, names, loss: None }) => (
                    Severity::Outage,
                    match count {
                        1 => format!("is removed, and its claim stays: {names} keeps its data, and {stop}"),
                        _ => format!("is removed, and its {count} claims stay: {names} keep their data, and {stop}"),
                    },
                    "delete the claims by hand once nobody needs the data; a StatefulSet of the same name finds them again",
                ),
                Some(Claims { count, names, loss: Some(loss) }) => (
                    loss.severity(Severity::Outage),
                    match count {
                        1 => format!(
                            "is removed with its claim: {names}, as `whenDeleted` says; {}; {stop}",
                            loss.words()
                        ),
                        _ => format!(
                            "is removed with its {count} claims: {names}, as `whenDeleted` says; {}; {stop}",
                            loss.words()
                        ),
                    },
                    "save the data first, or set `whenDeleted: Retain` in a change before this one",
                ),
            };
            let grows = autoscaler(environment.objects(Side::Before), set)
                .map_or("", |_| "; more where the autoscaler made more pods");
            let message = format!("{message}{grows}{}", pruning::condition(environment, set));
            let finding = Finding::new(STATEFULSET_REMOVED, environment.name(), &set.id, message);
            let line = input.declaration(Side::Before, set);
            findings.push(finding.with_severity(severity).help(help).from_line(line));
        }
    }
    findings
}

/// The policy of the new object counts: it is applied with the number of pods. Kubernetes:
/// `updateClaimOwnerRefForSetAndPod`.
fn scaled_down(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let sets = environment.kept().filter(|(_, it)| is_stateful_set(it) && is_deleted(it, "whenScaled"));
        for (before, after) in sets {
            if rejected::is_refused(environment, &after.id)
                || autoscaler(environment.objects(Side::After), after).is_some()
            {
                continue;
            }
            let (old, new) = (ordinals(environment, Side::Before, before), ordinals(environment, Side::After, after));
            let new = if new.is_empty() { old.end..old.end } else { new };
            let gone = [old.start..old.end.min(new.start), old.start.max(new.end)..old.end];
            let Some(names) = names(before, &gone) else { continue };
            let number = count(before, &gone);
            let (are, data) = (if number == 1 { "is" } else { "are" }, loss_of_templates(environment, before));
            let message = format!(
                "is scaled down and loses {}: {names} {are} deleted, as `whenScaled` says, and {}",
                wording::count(number, "claim"),
                data.words()
            );
            let path = if old.start == new.start { "spec.replicas" } else { "spec.ordinals" };
            let line = FieldPath::parse(path).and_then(|it| input.line_of(Side::After, after, &it));
            let help = "save the data of these pods first, or set `whenScaled: Retain`";
            let finding = Finding::new(CLAIMS_REMOVED_BY_SCALE_DOWN, environment.name(), &after.id, message).at(path);
            findings.push(finding.with_severity(data.severity(Severity::Warn)).help(help).from_line(line));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
