//! What becomes of an object that is gone from the tree: the GitOps controller deletes it, asks first, or leaves it.

use super::removal::with_operation;
use super::workload::Pods;
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Operation, Severity, Side};
use crate::object::{GitopsFacts, Object, ObjectId};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[REMOVED_BUT_NOT_PRUNED], find }];

const REMOVED_BUT_NOT_PRUNED: ImpactCode = ImpactCode {
    name: "removed-but-not-pruned",
    severity: Severity::Warn,
    decided_by: DecidedBy::Declared,
    documentation: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources",
};

/// What becomes of an object that is gone from the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is deleted, as far as anybody says.
    Goes,
    /// It is deleted once somebody confirms that.
    GoesIfConfirmed,
    /// It stays, because of what stands on it.
    IsKept(&'static str),
    /// It stays, because the controller deletes nothing here.
    StaysWithAll(GitopsFacts),
}

/// When a controller deletes what is gone, seen from what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Before the new object is made: Argo CD (gitops-engine, `runTasks`).
    First,
    /// Once the new object is applied, without waiting for its pods: Flux (kustomize-controller, `reconcile`).
    Between,
    /// Once all that is new is healthy: Argo CD with `PruneLast=true`.
    Last,
    /// Nobody says.
    Unknown,
}

/// Returns what becomes of a removed object. What stands on it for one controller means nothing to the other.
pub(super) fn fate(environment: &EnvironmentComparison<'_>, object: &Object) -> Fate {
    let facts = environment.environment.gitops;
    if let Some(facts) = facts.filter(|it| it.prunes() == Some(false)) {
        return Fate::StaysWithAll(facts);
    }
    let is_kept_by_flux =
        ["prune", "reconcile"].iter().any(|it| flux_setting(object, it).is_some_and(|it| it == "disabled"));
    match (facts, argo_option(object, "Prune")) {
        (None | Some(GitopsFacts::ArgoCd { .. }), Some("false")) => Fate::IsKept("`Prune=false` of Argo CD"),
        (None | Some(GitopsFacts::ArgoCd { .. }), Some("confirm")) => Fate::GoesIfConfirmed,
        (None | Some(GitopsFacts::Flux { .. }), _) if is_kept_by_flux => Fate::IsKept("an annotation or label of Flux"),
        (None | Some(_), _) => Fate::Goes,
    }
}

/// True where a removed object is deleted from the cluster, at once or once somebody confirms it.
pub(super) fn goes(environment: &EnvironmentComparison<'_>, object: &Object) -> bool {
    match fate(environment, object) {
        Fate::Goes | Fate::GoesIfConfirmed => true,
        Fate::IsKept(_) | Fate::StaysWithAll(_) => false,
    }
}

/// Iterates the removed objects of an environment that are not deleted.
pub(super) fn left<'a>(environment: &'a EnvironmentComparison<'a>) -> impl Iterator<Item = &'a Object> {
    with_operation(environment, Operation::Delete).filter(|it| !goes(environment, it))
}

/// Iterates what is in the cluster once this is merged: the new objects, and removed ones that are not deleted.
pub(super) fn in_effect<'a>(environment: &'a EnvironmentComparison<'a>) -> impl Iterator<Item = &'a Object> + Clone {
    environment.objects(Side::After).iter().chain(left(environment).collect::<Vec<_>>())
}

/// Says on what the removal of an object waits: the end of a message.
pub(super) fn condition(environment: &EnvironmentComparison<'_>, object: &Object) -> &'static str {
    match fate(environment, object) {
        Fate::GoesIfConfirmed => "; Argo CD waits until somebody confirms it",
        Fate::Goes | Fate::IsKept(_) | Fate::StaysWithAll(_) => "",
    }
}

/// Returns when a removed object is deleted, seen from the new ones.
pub(super) fn turn(environment: &EnvironmentComparison<'_>, object: &Object) -> Turn {
    let waits = argo_option(object, "PruneLast") == Some("true");
    match environment.environment.gitops {
        Some(GitopsFacts::Flux { prune: Some(true), .. }) => Turn::Between,
        None | Some(GitopsFacts::ArgoCd { .. }) if waits => Turn::Last,
        Some(GitopsFacts::ArgoCd { prune_last: Some(true), .. }) => Turn::Last,
        Some(GitopsFacts::ArgoCd { prune: Some(true), prune_last: Some(false) }) => Turn::First,
        None | Some(GitopsFacts::ArgoCd { .. } | GitopsFacts::Flux { .. }) => Turn::Unknown,
    }
}

/// Returns the value of a sync option that stands on an object. Argo CD: `GetAnnotationOptionValue`.
pub(super) fn argo_option<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    let annotations = object.strings("metadata.annotations");
    let options = annotations.iter().find(|it| it.0 == "argocd.argoproj.io/sync-options")?.1;
    options.split(',').find_map(|it| it.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Returns a setting of Flux that stands on an object as a label or an annotation, in lower case. Flux: `AnyInMetadata`.
pub(super) fn flux_setting(object: &Object, name: &str) -> Option<String> {
    let key = format!("kustomize.toolkit.fluxcd.io/{name}");
    let all = [object.strings("metadata.labels"), object.strings("metadata.annotations")];
    let found = all.iter().flatten().find(|it| it.0 == key);
    found.map(|it| it.1.to_lowercase())
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let mut unpruned = Vec::new();
        let mut controller = None;
        for object in with_operation(environment, Operation::Delete) {
            match fate(environment, object) {
                Fate::Goes | Fate::GoesIfConfirmed => {}
                Fate::IsKept(by) => findings.push(kept(input, environment, object, by)),
                Fate::StaysWithAll(facts) => {
                    controller = Some(facts);
                    unpruned.push(object);
                }
            }
        }
        findings.extend(controller.map(|it| all_stay(environment, &unpruned, it)));
    }
    findings
}

fn kept(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>, object: &Object, by: &'static str) -> Finding {
    let effect = if Pods::of(object).is_some() { "its pods run on" } else { "it is as it was" };
    let message =
        format!("stays in the cluster: {by} keeps it from being deleted, so {effect} and nothing manages it any more");
    let place = object.id.namespace.as_ref().map_or_else(String::new, |it| format!(" -n {it}"));
    let help = format!(
        "delete it by hand once nobody needs it (`kubectl delete {} {}{place}`), or keep it in the spec",
        object.id.kind.to_lowercase(),
        object.id.name
    );
    let finding = Finding::new(REMOVED_BUT_NOT_PRUNED, environment.name(), &object.id, message);
    finding.at("metadata.annotations").help(help).from_line(input.declaration(Side::Before, object))
}

/// Where the controller deletes nothing, this is said once for all that would go.
fn all_stay(environment: &EnvironmentComparison<'_>, objects: &[&Object], facts: GitopsFacts) -> Finding {
    let names: Vec<String> = objects.iter().map(|it| it.id.short()).collect();
    let (stay, them) = if objects.len() == 1 { ("stays", "it") } else { ("stay", "them") };
    let runs = if objects.iter().any(|it| Pods::of(it).is_some()) { ", and the pods among them run on" } else { "" };
    let message = format!(
        "keeps {} that left the spec: {} deletes nothing here, so {} {stay} without anything that manages {them}{runs}",
        wording::count_of(objects, "object"),
        facts.name(),
        wording::first_of(&names),
    );
    let help = "delete them by hand after the sync, or let the controller do it and say so: `prune=#true`";
    let id = ObjectId::environment(environment.name());
    Finding::new(REMOVED_BUT_NOT_PRUNED, environment.name(), &id, message).help(help)
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_declared, with};
    use crate::object::GitopsFacts;
    use serde_json::{Value, json};

    const CODE: &str = "removed-but-not-pruned";

    fn argo(prune: Option<bool>) -> GitopsFacts {
        GitopsFacts::ArgoCd { prune, prune_last: None }
    }

    fn flux(prune: Option<bool>) -> GitopsFacts {
        GitopsFacts::Flux { prune, force: None }
    }

    #[test]
    fn what_stands_on_an_object_keeps_it() {
        let claim = |place: &str, key: &str, value: &str| {
            object("v1", "PersistentVolumeClaim", "data", &json!({"metadata": {"name": "data", place: {key: value}}}))
        };
        let check = |body: &Value, facts: Option<GitopsFacts>, by: Option<&str>| {
            let review = review_declared(std::slice::from_ref(body), &[], |it| it.gitops = facts);
            let message = by.map(|it| format!(
                "PersistentVolumeClaim/data stays in the cluster: {it} keeps it from being deleted, so it is as it was and nothing manages it any more"
            ));
            expect(&review, CODE, &message.as_deref().into_iter().collect::<Vec<_>>());
            assert_eq!(review.findings.iter().any(|it| it.code.name == "claim-removed"), by.is_none(), "{body}");
        };
        let option = |it: &str| claim("annotations", "argocd.argoproj.io/sync-options", it);
        let by_argo = Some("`Prune=false` of Argo CD");
        check(&option("Prune=false"), None, by_argo);
        check(&option("Prune=false"), Some(argo(Some(true))), by_argo);
        check(&option("Replace=true, Prune=false"), Some(argo(None)), by_argo);
        check(&option("Prune=false"), Some(flux(Some(true))), None);
        check(&option("Prune=confirm"), Some(argo(Some(true))), None);
        check(&option("PruneLast=false"), None, None);
        let by_flux = Some("an annotation or label of Flux");
        for place in ["labels", "annotations"] {
            let disabled = |value: &str| claim(place, "kustomize.toolkit.fluxcd.io/prune", value);
            check(&disabled("disabled"), Some(flux(Some(true))), by_flux);
            check(&disabled("Disabled"), None, by_flux);
            check(&disabled("disabled"), Some(argo(Some(true))), None);
            check(&disabled("enabled"), Some(flux(Some(true))), None);
        }
    }

    #[test]
    fn without_pruning_all_stay() {
        let config = |name: &str| object("v1", "ConfigMap", name, &json!({"data": {}}));
        let check = |before: &[Value], facts: GitopsFacts, expected: &[&str]| {
            expect(&review_declared(before, &[], |it| it.gitops = Some(facts)), CODE, expected);
        };
        let one = "Environment/dev keeps 1 object that left the spec: Flux deletes nothing here, so ConfigMap/a stays without anything that manages it";
        check(&[config("a")], flux(Some(false)), &[one]);
        let five: Vec<Value> =
            ["a", "b", "c", "d"].map(config).into_iter().chain([deployment("web", 1, json!({"image": "a"}))]).collect();
        let all = "Environment/dev keeps 5 objects that left the spec: Argo CD deletes nothing here, so ConfigMap/a, ConfigMap/b, ConfigMap/c and 2 more stay without anything that manages them, and the pods among them run on";
        check(&five, argo(Some(false)), &[all]);
        check(&five, argo(Some(true)), &[]);
        check(&five, argo(None), &[]);
        let kept =
            with(config("a"), "/metadata/annotations", json!({"argocd.argoproj.io/sync-options": "Prune=confirm"}));
        let stays = "Environment/dev keeps 1 object that left the spec: Argo CD deletes nothing here, so ConfigMap/a stays without anything that manages it";
        check(&[kept], argo(Some(false)), &[stays]);
    }
}
