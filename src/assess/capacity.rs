//! Workloads that request another amount than before.

use super::demand::{demand, demand_of, is_peak, peak_of};
use super::workload::{Pods, autoscaler};
use super::{Rule, pruning, wording};
use crate::change::{
    Comparison, DecidedBy, Demand, EnvironmentComparison, FieldChange, Finding, ImpactCode, ObjectChange, Severity,
    Side, SourceLine,
};
use crate::object::{FieldPath, Object, ObjectId};
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[CAPACITY_CHANGE], find }];

pub(super) const CAPACITY_CHANGE: ImpactCode = ImpactCode {
    name: "capacity-change",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled",
};

/// One note for each workload that asks for another amount; for a whole environment that comes or goes, one for it.
fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Where the sum stays as it was, nothing has to be found for it.
    let is_resized = |it: &&EnvironmentComparison<'_>| demand(it, Side::Before) != demand(it, Side::After);
    for environment in input.environments.iter().filter(is_resized) {
        if environment.before.is_some() && environment.after.is_some() {
            let ids = [Side::Before, Side::After].into_iter().flat_map(|side| Pods::all(environment, side));
            let ids: BTreeSet<&ObjectId> = ids.map(|it| &it.object.id).collect();
            findings.extend(ids.into_iter().filter_map(|id| of_workload(input, environment, id)));
        } else {
            findings.push(of_environment(input, environment));
        }
    }
    findings
}

fn of_environment(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>) -> Finding {
    let (side, message) = match (demand(environment, Side::Before), demand(environment, Side::After)) {
        (before, after) if before == Demand::default() => (Side::After, came(&after)),
        (before, _) => (Side::Before, went(&before)),
    };
    let object = ObjectId::environment(environment.name());
    let line = environment.environment.span.and_then(|it| input.line(side, it));
    Finding::new(CAPACITY_CHANGE, environment.name(), &object, message).from_line(line)
}

fn of_workload(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>, id: &ObjectId) -> Option<Finding> {
    let pods = |side| environment.object(side, id).and_then(Pods::of);
    let demand = |side| pods(side).map(|it| demand_of(environment, side, it)).unwrap_or_default();
    let (before, after) = (demand(Side::Before), demand(Side::After));
    if before == after {
        return None;
    }
    let (message, cause) = match (pods(Side::Before), pods(Side::After)) {
        (Some(old), None) if !pruning::goes(environment, old.object) => return None,
        (Some(old), None) => (went(&before), (String::new(), input.declaration(Side::Before, old.object))),
        (None, Some(new)) => (came(&after), (String::new(), input.declaration(Side::After, new.object))),
        (None, None) => return None,
        (Some(_), Some(new)) => {
            let peak = peak_of(environment, new);
            (resized(&before, &after, &peak), cause(input, environment, new.object))
        }
    };
    Some(Finding::new(CAPACITY_CHANGE, environment.name(), id, message).at(cause.0).from_line(cause.1))
}

/// Returns the field that makes a workload ask for another amount, and its line: its number of pods, the bounds of its
/// autoscaler, or what a container requests.
fn cause(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    workload: &Object,
) -> (String, Option<SourceLine>) {
    let replicas = FieldPath::default().field("spec").field("replicas");
    let is_amount = |it: &&FieldChange| it.path == replicas || it.shown.contains(".resources");
    let mut fields = environment.change(&workload.id).into_iter().flat_map(ObjectChange::effective);
    let Some(field) = fields.find(is_amount).filter(|it| it.after.is_some()) else {
        let owner = autoscaler(environment.objects(Side::After), workload);
        let minimum = FieldPath::default().field("spec").field("minReplicas");
        return (String::new(), owner.and_then(|it| input.line_of(Side::After, it, &minimum)));
    };
    (field.shown.clone(), input.line_of(Side::After, workload, &field.path))
}

fn came(demand: &Demand) -> String {
    let pods = wording::count(demand.pods, "pod");
    let amount = requested(demand);
    if amount.is_empty() { format!("brings {pods}, without requests") } else { format!("requests {amount}: {pods}") }
}

fn went(demand: &Demand) -> String {
    let pods = wording::count(demand.pods, "pod");
    let amount = requested(demand);
    if amount.is_empty() {
        format!("takes {pods} away, which requested nothing")
    } else {
        format!("gives back {amount}: {pods}")
    }
}

/// Writes all that is requested; empty for nothing.
fn requested(demand: &Demand) -> String {
    let pods = wording::amount(demand.cpu_milli, demand.memory_bytes);
    let storage = format!("{} storage", wording::bytes(demand.storage_bytes));
    let parts = [(pods.is_empty(), pods), (demand.storage_bytes == 0, storage)];
    let told: Vec<String> = parts.into_iter().filter(|it| !it.0).map(|it| it.1).collect();
    told.join(", and ")
}

/// Says how much more or less a workload asks for.
fn resized(before: &Demand, after: &Demand, peak: &Demand) -> String {
    let pods = wording::count(after.pods, "pod");
    let pods = if before.pods == after.pods { pods } else { format!("{} → {pods}", before.pods) };
    let (cpu, memory) = (after.cpu_milli - before.cpu_milli, after.memory_bytes - before.memory_bytes);
    let more = |it: i128| if it < 0 { "less" } else { "more" };
    let steady = match (cpu, memory) {
        (0, 0) => return format!("runs another number of pods: {pods}, without requests"),
        (cpu, memory) if cpu != 0 && memory != 0 && (cpu < 0) != (memory < 0) => {
            let (cpu_part, memory_part) = (wording::amount(cpu.abs(), 0), wording::amount(0, memory.abs()));
            format!("requests {cpu_part} {} and {memory_part} {}: {pods}", more(cpu), more(memory))
        }
        (cpu, memory) => {
            format!("requests {} {}: {pods}", wording::amount(cpu.abs(), memory.abs()), more(cpu + memory))
        }
    };
    if !is_peak(before, after, peak) {
        return steady;
    }
    let pods = wording::count(peak.pods, "pod");
    format!("{steady}; at most {pods} with {} while it rolls", wording::amount(peak.cpu_milli, peak.memory_bytes))
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, review_of, review_one, with};
    use serde_json::{Value, json};

    fn web(replicas: u64, image: &str, cpu: &str) -> Value {
        let resources = json!({"requests": {"cpu": cpu, "memory": "256Mi"}});
        deployment("web", replicas, json!({"image": image, "resources": resources}))
    }

    #[test]
    fn adds_up_requests_and_surge() {
        let check = |before: Value, after: Value, expected: &[&str]| {
            expect(&review_one(&[before], &[after]), "capacity-change", expected);
        };
        check(
            web(3, "web:1", "250m"),
            web(5, "web:1", "250m"),
            &["Deployment/web requests 500m CPU and 512Mi memory more: 3 → 5 pods"],
        );
        check(
            web(3, "web:1", "250m"),
            web(5, "web:2", "250m"),
            &[
                "Deployment/web requests 500m CPU and 512Mi memory more: 3 → 5 pods; at most 7 pods with 1750m CPU and 1792Mi memory while it rolls",
            ],
        );
        check(
            web(2, "web:1", "500m"),
            web(2, "web:1", "250m"),
            &[
                "Deployment/web requests 500m CPU less: 2 pods; at most 3 pods with 1250m CPU and 768Mi memory while it rolls",
            ],
        );
        let more_memory =
            with(web(2, "web:1", "100m"), "/spec/template/spec/containers/0/resources/requests/memory", json!("512Mi"));
        check(
            web(2, "web:1", "250m"),
            more_memory,
            &[
                "Deployment/web requests 300m CPU less and 512Mi memory more: 2 pods; at most 3 pods with 600m CPU and 1280Mi memory while it rolls",
            ],
        );
        let bare = |replicas: u64| deployment("web", replicas, json!({"image": "web:1"}));
        check(bare(1), bare(2), &["Deployment/web runs another number of pods: 1 → 2 pods, without requests"]);
        check(web(2, "web:1", "1000m"), web(2, "web:1", "1"), &[]);
        check(web(3, "web:1", "250m"), web(3, "web:2", "250m"), &[]);
    }

    #[test]
    fn an_environment_that_comes_or_goes_is_one_note() {
        let both = || Some(vec![web(2, "web:1", "250m"), deployment("api", 1, json!({"image": "api:1"}))]);
        let check = |before: Option<Vec<Value>>, after: Option<Vec<Value>>, expected: &[&str]| {
            let review = review_of(&[("dev", before, after), ("prod", Some(vec![]), Some(vec![]))]);
            expect(&review, "capacity-change", expected);
        };
        check(None, both(), &["Environment/dev requests 500m CPU and 512Mi memory: 3 pods"]);
        check(both(), None, &["Environment/dev gives back 500m CPU and 512Mi memory: 3 pods"]);
        check(
            Some(vec![]),
            both(),
            &[
                "Deployment/api brings 1 pod, without requests",
                "Deployment/web requests 500m CPU and 512Mi memory: 2 pods",
            ],
        );
    }
}
