//! What a change does to the running pods of a Deployment.

use super::workload::{Pods, recreates, replicas, restarts, rollout_bounds};
use super::{Rule, wording};
use crate::change::{Comparison, EnvironmentComparison, FieldChange, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object, kind};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[ROLLING_RESTART, NO_RESTART, RECREATE_DOWNTIME], find }];

const ROLLING_RESTART: ImpactCode = ImpactCode {
    name: "rolling-restart",
    severity: Severity::Note,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment",
};
const NO_RESTART: ImpactCode = ImpactCode {
    name: "no-restart",
    severity: Severity::Note,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment",
};
const RECREATE_DOWNTIME: ImpactCode = ImpactCode {
    name: "recreate-downtime",
    severity: Severity::Outage,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (_, deployment) in environment.kept().filter(|(_, it)| it.id.kind == "Deployment") {
            let Some(change) = environment.change(&deployment.id) else { continue };
            if restarts(environment, deployment) {
                let template: Vec<&FieldChange> = change.fields.iter().filter(|it| is_in_template(it)).collect();
                findings.extend(restart(input, environment, deployment, &template));
            } else if !change.touches("spec.template") && !change.touches("spec.selector") {
                let mut fields: Vec<&str> = change.fields.iter().map(|it| it.shown.as_str()).collect();
                fields.sort_unstable();
                let differs = if fields.len() == 1 { "differs" } else { "differ" };
                let message = format!("changes without a restart: only {} {differs}", wording::quoted(&fields));
                findings.push(Finding::new(NO_RESTART, environment.name(), &deployment.id, message));
            }
        }
    }
    findings
}

fn restart(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    deployment: &Object,
    template: &[&FieldChange],
) -> Option<Finding> {
    let pods = replicas(environment.objects(Side::After), deployment);
    if pods == 0 {
        return None;
    }
    let line = template.first().and_then(|it| input.line_of(Side::After, deployment, &it.path));
    let path = template.first().filter(|_| template.len() == 1).map_or("spec.template", |it| it.shown.as_str());
    let finding = |code, message: String| {
        Finding::new(code, environment.name(), &deployment.id, message).at(path).from_line(line.clone())
    };
    if recreates(deployment) {
        let all = if pods == 1 { "its only pod stops".to_owned() } else { format!("all {pods} pods stop") };
        let message = format!("is down while it restarts: {all} before a new one starts, as strategy `Recreate` says");
        let help =
            "use strategy `RollingUpdate` where two versions may run side by side, or merge when a gap is acceptable";
        return Some(finding(RECREATE_DOWNTIME, message).help(help));
    }
    let bounds = rollout_bounds(deployment, pods);
    let all = if pods == 1 { "its pod is replaced".to_owned() } else { format!("all {pods} pods are replaced") };
    let least = match pods - bounds.unavailable {
        0 => "with none available for a time".to_owned(),
        least => format!("at least {least} available"),
    };
    let most = pods + bounds.surge;
    let cause = if is_config_only(template) { ", so that the changed configuration takes effect" } else { "" };
    let message = format!("restarts: {all}, {least} and at most {most} at once{cause}");
    let mut finding = finding(ROLLING_RESTART, message);
    if bounds.unavailable == pods {
        let help = "lower `maxUnavailable` or raise `maxSurge`, so that a pod stays while its successor starts";
        finding = finding.with_severity(Severity::Warn).help(help);
    }
    Some(finding)
}

fn is_in_template(change: &FieldChange) -> bool {
    FieldPath::parse("spec.template").is_some_and(|it| change.path.starts_with(&it) || it.starts_with(&change.path))
}

/// True where the template changes in nothing but the hash of the configuration.
fn is_config_only(template: &[&FieldChange]) -> bool {
    !template.is_empty() && template.iter().all(|it| is_checksum(it))
}

/// True for the annotation that the compiler derives from a ConfigMap.
pub(super) fn is_checksum(change: &FieldChange) -> bool {
    let annotations = change.path.parent().and_then(|it| it.last_field().map(str::to_owned));
    change.path.last_field() == Some(kind::CONFIG_CHECKSUM) && annotations.as_deref() == Some("annotations")
}

/// Returns the workloads that restart in an environment, with the number of their pods.
pub(super) fn restarting(environment: &EnvironmentComparison<'_>) -> Vec<(String, u64)> {
    let after = environment.objects(Side::After);
    let restarting = Pods::all(environment, Side::After).filter(|it| restarts(environment, it.object));
    let named = restarting.map(|it| (it.object.id.name.clone(), replicas(after, it.object)));
    named.filter(|(_, pods)| *pods > 0).collect()
}
