//! Deployments whose pods share a claim that only one node can have: a rollout, or the second pod, waits for a volume that
//! another pod keeps.

use crate::diagnostic::house_rule::SINGLE_WRITER_VOLUME_DEADLOCK;
use crate::object::{Object, ObjectSet};
use crate::validate::field::{Field, Found};
use crate::validate::names::percent;
use crate::validate::pod;

/// Checks one object, if it is a Deployment.
pub(super) fn check(object: &Object, set: &ObjectSet, found: &mut Found) {
    if object.id.group != "apps" || object.id.kind != "Deployment" {
        return;
    }
    let Some(template) = pod::template(object) else { return };
    let spec = Field::root(object).get("spec");
    let Some((place, why)) = several(&spec, set).or_else(|| blocks(&spec)) else { return };
    for volume in template.at("spec.volumes").items() {
        let name = volume.at("persistentVolumeClaim.claimName");
        let own = |it: &&Object| it.id.namespace == object.id.namespace && Some(it.id.name.as_str()) == name.text();
        let Some(claim) = set.of_kind("PersistentVolumeClaim").filter(|it| it.id.group.is_empty()).find(own) else {
            continue;
        };
        let modes = Field::root(claim).at("spec.accessModes");
        let names: Vec<&str> = modes.items().iter().filter_map(Field::text).collect();
        let single = |it: &&str| matches!(*it, "ReadWriteOnce" | "ReadWriteOncePod");
        if names.is_empty() || !names.iter().all(single) {
            continue;
        }
        let what =
            format!("the claim {:?} can be on one node at a time ({}), and {why}", claim.id.name, names.join(", "));
        let help = "say `rollout Recreate` and `replicas 1`, make it a StatefulSet with a claim for each pod, or let the \
                    claim be shared: `access=ReadWriteMany`";
        let message = name.house_rule(SINGLE_WRITER_VOLUME_DEADLOCK, what, help);
        let span = |field: &Field<'_>| field.span().filter(|it| Some(*it) != name.span());
        found.push(message.at_some(span(&place), "this").at_some(span(&modes), "the claim"));
    }
}

/// Returns where it is said that there may be more than one pod.
fn several<'a>(spec: &Field<'a>, set: &'a ObjectSet) -> Option<(Field<'a>, &'static str)> {
    let why = "more than one pod wants it: those on other nodes never start";
    let object = spec.object;
    let scales = |it: &&Object| {
        let target = Field::root(it).at("spec.scaleTargetRef");
        it.id.namespace == object.id.namespace
            && target.get("kind").text() == Some("Deployment")
            && target.get("name").text() == Some(&object.id.name)
    };
    let maximum = set.of_kind("HorizontalPodAutoscaler").find(scales).map(|it| Field::root(it).at("spec.maxReplicas"));
    let counts = maximum.into_iter().chain([spec.get("replicas")]);
    counts.into_iter().find(|it| it.number().is_some_and(|it| it > 1)).map(|it| (it, why))
}

/// Returns where it is said that of a single pod, the new one must be ready before the old one goes.
fn blocks<'a>(spec: &Field<'a>) -> Option<(Field<'a>, &'static str)> {
    let strategy = spec.get("strategy");
    if strategy.get("type").text() == Some("Recreate") || spec.get("replicas").number() == Some(0) {
        return None;
    }
    let rolling = strategy.get("rollingUpdate");
    let share = |name: &'static str| rolling.get(name).text().map_or(rolling.get(name).number(), percent);
    // Of one pod, every share of additional pods is one, and every share of absent pods but the whole is none; both are a
    // quarter where nothing is said.
    let adds = if rolling.get("maxSurge").is_set() { share("maxSurge")? > 0 } else { true };
    let takes = match rolling.get("maxUnavailable").text() {
        Some(text) => percent(text)? >= 100,
        None => rolling.get("maxUnavailable").number().is_some_and(|it| it > 0),
    };
    let why = "a rollout keeps it with the old pod until a new one is ready, which waits for it on another node";
    (adds && !takes).then_some((strategy, why))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::fixture::{any, expect, set, with, with_pod};
    use serde_json::{Value, json};

    fn verdicts(modes: &[&str], replicas: u32, strategy: Value, more: &[Value], expected: &[&str]) {
        let volumes = json!([{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]);
        let body = with(with_pod("/volumes", volumes), "/spec/replicas", json!(replicas));
        let body = with(body, "/spec/strategy", strategy);
        let claim = any("v1", "PersistentVolumeClaim", "data", &json!({"spec": {"accessModes": modes}}));
        let set = set([body, claim].into_iter().chain(more.iter().cloned()));
        let mut found = Vec::new();
        for object in &set.objects {
            check(object, &set, &mut found);
        }
        expect(found, expected);
    }

    #[test]
    fn a_claim_of_one_node_is_not_shared() {
        let once: &[&str] = &["ReadWriteOnce"];
        let recreate = || json!({"type": "Recreate"});
        let rolling = |unavailable: Value, surge: Value| json!({"rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}});
        let deadlock = "single-writer-volume-deadlock claimName a rollout keeps it with the old pod";
        let several = "single-writer-volume-deadlock claimName more than one pod wants it";
        verdicts(once, 1, recreate(), &[], &[]);
        verdicts(once, 0, json!({}), &[], &[]);
        verdicts(once, 1, json!({}), &[], &[deadlock]);
        verdicts(once, 1, rolling(json!(0), json!(1)), &[], &[deadlock]);
        verdicts(once, 1, rolling(json!("99%"), json!("1%")), &[], &[deadlock]);
        verdicts(once, 1, rolling(json!("100%"), json!("1%")), &[], &[]);
        verdicts(once, 1, rolling(json!(1), json!(1)), &[], &[]);
        verdicts(once, 1, rolling(json!(1), json!(0)), &[], &[]);
        verdicts(once, 2, recreate(), &[], &[several]);
        verdicts(&["ReadWriteOncePod"], 2, recreate(), &[], &[several]);
        verdicts(&["ReadWriteMany"], 2, json!({}), &[], &[]);
        verdicts(&["ReadWriteOnce", "ReadWriteMany"], 2, json!({}), &[], &[]);
        verdicts(&[], 2, json!({}), &[], &[]);
        let scaler = |maximum: u32| {
            let spec = json!({"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": maximum});
            any("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": spec}))
        };
        verdicts(once, 1, recreate(), &[scaler(1)], &[]);
        verdicts(once, 1, recreate(), &[scaler(2)], &[several]);
    }
}
