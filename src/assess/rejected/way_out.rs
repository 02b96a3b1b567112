//! How a change that the API server refuses is made all the same: by the GitOps controller, or by hand.

use super::Update;
use super::code::STATEFULSET_FIELD;
use super::fixed::{Fixed, is_in};
use crate::assess::pruning;
use crate::change::{EnvironmentComparison, FieldChange};
use crate::object::{GitopsFacts, Object, Quantity};

/// Returns what makes the GitOps controller delete an object and create it anew, if anything does. What stands on the
/// object for one controller means nothing to the other.
///
/// For Argo CD that is `Force=true`: `Replace=true` alone is a `kubectl replace`, which the API server refuses as well
/// (<https://github.com/argoproj/argo-cd/issues/9163>). A hook is deleted before it is made unless a policy says otherwise
/// (<https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/>). Flux takes every answer that the object is
/// invalid for one that it cannot change (fluxcd/pkg, `IsImmutableError`).
pub(super) fn replacement(environment: &EnvironmentComparison<'_>, object: &Object) -> Option<&'static str> {
    match environment.environment.gitops {
        None => of_argo_cd(object).or_else(|| of_flux(object)),
        Some(GitopsFacts::ArgoCd { .. }) => of_argo_cd(object),
        Some(GitopsFacts::Flux { force: Some(true), .. }) => Some("`force=#true` of `gitops flux`"),
        Some(GitopsFacts::Flux { .. }) => of_flux(object),
    }
}

fn of_argo_cd(object: &Object) -> Option<&'static str> {
    let annotations = object.strings("metadata.annotations");
    let value = |name: &str| annotations.iter().find(|it| it.0 == name).map(|it| it.1);
    let has = |name: &str, wanted: &str| value(name).is_some_and(|it| it.split(',').any(|it| it.trim() == wanted));
    let policy = "argocd.argoproj.io/hook-delete-policy";
    let is_deleted = value(policy).is_none() || has(policy, "BeforeHookCreation") || has(policy, "HookSucceeded");
    if value("argocd.argoproj.io/hook").is_some_and(|it| it != "Skip") && is_deleted {
        return Some("`argocd.argoproj.io/hook`");
    }
    (pruning::argo_option(object, "Force") == Some("true")).then_some("`Force=true` of Argo CD")
}

fn of_flux(object: &Object) -> Option<&'static str> {
    pruning::flux_setting(object, "force").is_some_and(|it| it == "enabled").then_some("`force` of Flux")
}

/// Returns the help for fields that cannot change.
pub(super) fn of(entry: &Fixed, update: &Update<'_>, fields: &[&FieldChange]) -> String {
    let text = if entry.code == STATEFULSET_FIELD { of_stateful_set(update, fields) } else { None };
    text.unwrap_or(entry.help).replace("NAME", &update.change.id.name)
}

/// The pods and claims of a StatefulSet stay where it is deleted without them, and one of the same selector takes them
/// over.
fn of_stateful_set(update: &Update<'_>, fields: &[&FieldChange]) -> Option<&'static str> {
    let is_of_claims = |it: &FieldChange| is_in(it, "spec.volumeClaimTemplates");
    let is_growth = |it: &FieldChange| {
        let amount = |it: &Option<serde_json::Value>| it.as_ref().and_then(Quantity::of_value);
        is_of_claims(it) && it.path.last_field() == Some("storage") && amount(&it.before) < amount(&it.after)
    };
    if update.change.touches("spec.selector") {
        Some("keep the selector, or give the StatefulSet another name and move its data")
    } else if fields.iter().all(|it| is_growth(it)) {
        Some(
            "first grow each claim that there is (`kubectl edit pvc`), then delete only the StatefulSet (`kubectl delete statefulset NAME --cascade=orphan`) so that the sync creates it anew: its pods and claims stay",
        )
    } else if fields.iter().any(|it| is_of_claims(it)) {
        Some(
            "keep the template, or delete only the StatefulSet (`kubectl delete statefulset NAME --cascade=orphan`) so that the sync creates it anew: its pods and claims stay, and only new claims follow the template",
        )
    } else {
        None
    }
}
