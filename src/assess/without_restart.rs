//! Workloads that change and whose pods stay; and those that this change lets roll out what was held back before.

use super::workload::{autoscaler, is_on_delete, is_paused, replicas, updated_ordinals};
use super::{Rule, rejected, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, FieldChange, Finding, ImpactCode, Severity, Side};
use crate::object::Object;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[NO_RESTART, ROLLOUT_RESUMED], find }];

const NO_RESTART: ImpactCode = ImpactCode {
    name: "no-restart",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment",
};
pub(super) const ROLLOUT_RESUMED: ImpactCode = ImpactCode {
    name: "rollout-resumed",
    severity: Severity::Note,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (before, after) in environment.kept().filter(|(_, it)| is_rolled(it)) {
            let Some(change) = environment.change(&after.id) else { continue };
            let is_rolled_anew = change.touches("spec.template") || change.touches("spec.selector");
            if is_rolled_anew || rejected::is_refused(environment, &after.id) {
                continue;
            }
            let fields: Vec<&FieldChange> = change.effective().collect();
            let finding = match released(environment, before, after) {
                Some((path, what)) => resumed(environment, after, path, &what),
                // What only says the same in other words needs no note that it restarts nothing.
                None if fields.is_empty() => continue,
                None => without_restart(environment, (before, after), &fields),
            };
            let field = fields.iter().find(|it| it.shown == finding.path).or(fields.first()).copied();
            findings.push(finding.from_line(line(input, (before, after), field)));
        }
    }
    findings
}

fn is_rolled(workload: &Object) -> bool {
    workload.id.group == "apps" && matches!(workload.id.kind.as_str(), "DaemonSet" | "Deployment" | "StatefulSet")
}

fn line(
    input: &Comparison<'_>,
    (before, after): (&Object, &Object),
    field: Option<&FieldChange>,
) -> Option<crate::change::SourceLine> {
    let field = field?;
    match field.after {
        Some(_) => input.line_of(Side::After, after, &field.path),
        None => input.line_of(Side::Before, before, &field.path_before),
    }
}

fn without_restart(
    environment: &EnvironmentComparison<'_>,
    (before, after): (&Object, &Object),
    changed: &[&FieldChange],
) -> Finding {
    let mut fields: Vec<&str> = changed.iter().map(|it| it.shown.as_str()).collect();
    fields.sort_unstable();
    let owner = |side, object| autoscaler(environment.objects(side), object);
    let why = match (owner(Side::Before, before), owner(Side::After, after)) {
        (None, Some(new)) if fields == ["spec.replicas"] => {
            format!("from now on {} sets `spec.replicas`", new.id.short())
        }
        (Some(old), None) if fields == ["spec.replicas"] => {
            format!("`spec.replicas` is fixed now that {} is gone", old.id.short())
        }
        _ => {
            let differs = if fields.len() == 1 { "differs" } else { "differ" };
            let fields = if fields.len() > 4 { wording::count_of(&fields, "field") } else { wording::quoted(&fields) };
            format!("only {fields} {differs}")
        }
    };
    let path = if let [only] = fields.as_slice() { *only } else { "" };
    let message = format!("changes without a restart: {why}");
    Finding::new(NO_RESTART, environment.name(), &after.id, message).at(path)
}

/// Returns what this change lets go that was held back, and the field that does it. Whether pods wait for it, only the
/// cluster knows: what was held back may have been the newest template already.
fn released(
    environment: &EnvironmentComparison<'_>,
    before: &Object,
    after: &Object,
) -> Option<(&'static str, String)> {
    let pods = replicas(environment.objects(Side::After), after);
    if pods == 0 && after.id.kind != "DaemonSet" {
        return None;
    }
    if is_paused(before) && !is_paused(after) {
        return Some(("spec.paused", "it is no longer paused".to_owned()));
    }
    if is_on_delete(after) {
        return None;
    }
    if is_on_delete(before) {
        return Some(("spec.updateStrategy.type", "strategy `OnDelete` is gone".to_owned()));
    }
    let first = updated_ordinals(after, pods).start;
    let end = updated_ordinals(before, pods).start.min(updated_ordinals(after, pods).end);
    (after.id.kind == "StatefulSet" && first < end).then(|| {
        let name = &after.id.name;
        let which =
            if end - first == 1 { format!("{name}-{first}") } else { format!("{name}-{first} to {name}-{}", end - 1) };
        ("spec.updateStrategy.rollingUpdate.partition", format!("the partition no longer holds {which}"))
    })
}

fn resumed(environment: &EnvironmentComparison<'_>, workload: &Object, path: &str, what: &str) -> Finding {
    let message = format!("may restart: {what}, so that a template that was held back rolls out now");
    let (kind, name) = (workload.id.kind.to_lowercase(), &workload.id.name);
    let help = format!("see with `kubectl rollout status {kind}/{name}` whether pods wait for it");
    Finding::new(ROLLOUT_RESUMED, environment.name(), &workload.id, message).at(path).help(help)
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn web(kind: &str, replicas: u64, fields: &[(&str, Value)]) -> Value {
        let body = with(deployment("web", replicas, json!({"image": "web:1"})), "/kind", json!(kind));
        fields.iter().fold(body, |it, (pointer, value)| with(it, pointer, value.clone()))
    }

    fn check(before: Value, after: Value, code: &str, expected: &[&str]) {
        expect(&review_one(&[before], &[after]), code, expected);
    }

    #[test]
    fn says_that_nothing_restarts() {
        let stays = |kind: &str, before: &[(&str, Value)], after: &[(&str, Value)], why: &str| {
            let message = format!("{kind}/web changes without a restart: {why}");
            check(web(kind, 3, before), web(kind, 3, after), "no-restart", &[&message]);
        };
        let replicas = [("/spec/replicas", json!(5))];
        stays("Deployment", &[], &replicas, "only `spec.replicas` differs");
        stays("StatefulSet", &[], &replicas, "only `spec.replicas` differs");
        let label = [("/metadata/labels", json!({"team": "a"}))];
        stays("DaemonSet", &[], &label, "only `metadata.labels` differs");
        stays("Deployment", &[], &[("/spec/paused", json!(true))], "only `spec.paused` differs");
        let image = [("/spec/template/spec/containers/0/image", json!("web:2"))];
        check(web("StatefulSet", 3, &[]), web("StatefulSet", 3, &image), "no-restart", &[]);
        let service = |name: &str| web("StatefulSet", 3, &[("/spec/serviceName", json!(name))]);
        check(service("a"), service("b"), "no-restart", &[]);
        check(web("Deployment", 3, &[]), web("Deployment", 3, &[]), "no-restart", &[]);
        check(web("ReplicaSet", 3, &[]), web("ReplicaSet", 5, &[]), "no-restart", &[]);
    }

    #[test]
    fn says_who_sets_the_number() {
        let target = json!({"kind": "Deployment", "name": "web"});
        let spec = json!({"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5});
        let scaler = object("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": spec}));
        let owned = [web("Deployment", 1, &[("/spec/replicas", Value::Null)]), scaler];
        let fixed = [web("Deployment", 1, &[])];
        expect(
            &review_one(&fixed, &owned),
            "no-restart",
            &["Deployment/web changes without a restart: from now on HorizontalPodAutoscaler/web sets `spec.replicas`"],
        );
        expect(
            &review_one(&owned, &fixed),
            "no-restart",
            &[
                "Deployment/web changes without a restart: `spec.replicas` is fixed now that HorizontalPodAutoscaler/web is gone",
            ],
        );
    }

    #[test]
    fn what_was_held_back_may_roll_out() {
        let resumes =
            |kind: &str, replicas: u64, before: &[(&str, Value)], after: &[(&str, Value)], why: Option<&str>| {
                let message = why.map(|it| {
                    format!("{kind}/web may restart: {it}, so that a template that was held back rolls out now")
                });
                let expected: Vec<&str> = message.iter().map(String::as_str).collect();
                check(web(kind, replicas, before), web(kind, replicas, after), "rollout-resumed", &expected);
            };
        let paused = |it: bool| [("/spec/paused", json!(it))];
        resumes("Deployment", 3, &paused(true), &[], Some("it is no longer paused"));
        resumes("Deployment", 3, &paused(true), &paused(false), Some("it is no longer paused"));
        resumes("Deployment", 0, &paused(true), &[], None);
        resumes("Deployment", 3, &paused(false), &paused(true), None);
        let by_hand = [("/spec/updateStrategy", json!({"type": "OnDelete"}))];
        resumes("DaemonSet", 1, &by_hand, &[], Some("strategy `OnDelete` is gone"));
        resumes("StatefulSet", 3, &by_hand, &[], Some("strategy `OnDelete` is gone"));
        resumes("StatefulSet", 3, &[], &by_hand, None);
        let partition = |it: u64| [("/spec/updateStrategy", json!({"rollingUpdate": {"partition": it}}))];
        resumes("StatefulSet", 3, &partition(2), &partition(1), Some("the partition no longer holds web-1"));
        resumes("StatefulSet", 3, &partition(2), &partition(0), Some("the partition no longer holds web-0 to web-1"));
        resumes("StatefulSet", 3, &partition(9), &partition(2), Some("the partition no longer holds web-2"));
        resumes("StatefulSet", 3, &partition(9), &partition(3), None);
        resumes("StatefulSet", 3, &partition(1), &partition(2), None);
        let rolled = [paused(false)[0].clone(), ("/spec/template/spec/containers/0/image", json!("web:2"))];
        resumes("Deployment", 3, &paused(true), &rolled, None);
    }
}
