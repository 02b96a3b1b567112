//! Annotations by which the GitOps controller is told when and how to apply an object.
//!
//! Argo CD: `pkg/sync` of gitops-engine. A hook without a policy for its deletion is deleted before it is made again
//! (`hook.DeletePolicies`), so one of a fixed name runs at every sync. Flux: the annotations of the Kustomization page,
//! which are labels as well.

use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[SYNC_ORDER_CHANGE], find }];

const SYNC_ORDER_CHANGE: ImpactCode = ImpactCode {
    name: "sync-order-change",
    severity: crate::change::Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
};

const WAVE: &str = "argocd.argoproj.io/sync-wave";
const HOOK: &str = "argocd.argoproj.io/hook";
const HOOK_DELETION: &str = "argocd.argoproj.io/hook-delete-policy";
const OPTIONS: &str = "argocd.argoproj.io/sync-options";
/// The settings of Flux, what each says where it is not set, and what its values mean.
const FLUX: [(&str, &str, Meanings); 4] = [
    (
        "kustomize.toolkit.fluxcd.io/force",
        "disabled",
        &[
            ("enabled", "Flux deletes and creates it where the API server refuses a change"),
            ("disabled", "Flux fails where the API server refuses a change, and deletes nothing"),
        ],
    ),
    (
        "kustomize.toolkit.fluxcd.io/prune",
        "enabled",
        &[
            ("disabled", "Flux leaves it in the cluster when it is removed from git"),
            ("enabled", "Flux deletes it from the cluster when it is removed from git"),
        ],
    ),
    (
        "kustomize.toolkit.fluxcd.io/reconcile",
        "enabled",
        &[
            ("disabled", "Flux no longer applies changes to it, these included, nor deletes it"),
            ("enabled", "Flux applies changes to it again, and undoes those that were made by hand"),
        ],
    ),
    (
        "kustomize.toolkit.fluxcd.io/ssa",
        "Override",
        &[
            ("Override", "Flux undoes what others change in the fields that git has"),
            ("Merge", "Flux keeps the fields that others add to it"),
            ("IfNotPresent", "Flux makes it once and never changes it again, these changes included"),
            ("Ignore", "Flux no longer touches it, these changes included"),
        ],
    ),
];
/// Values and what they mean, in a sentence.
type Meanings = &'static [(&'static str, &'static str)];
/// The sync options of Argo CD, with what is so when one comes and when it goes.
const SYNC_OPTIONS: [(&str, &str, &str); 11] = [
    (
        "Prune=false",
        "Argo CD leaves it in the cluster when it is removed from git",
        "Argo CD deletes it from the cluster when it is removed from git",
    ),
    (
        "Prune=confirm",
        "Argo CD waits for a confirmation before it deletes it",
        "Argo CD deletes it without asking when it is removed from git",
    ),
    ("Delete=false", "it stays when the Application is deleted", "it goes when the Application is deleted"),
    (
        "Delete=confirm",
        "Argo CD waits for a confirmation before it deletes it with its Application",
        "it goes with its Application without asking",
    ),
    (
        "PruneLast=true",
        "it is deleted only after everything else is applied and healthy",
        "it may be deleted before everything else is healthy",
    ),
    (
        "Replace=true",
        "Argo CD replaces it as a whole instead of merging, so what others set in it is lost",
        "Argo CD merges changes into it again",
    ),
    (
        "Force=true",
        "Argo CD deletes and creates it where it cannot be changed",
        "Argo CD fails where it cannot be changed, and deletes nothing",
    ),
    (
        "ServerSideApply=true",
        "the API server merges changes, field by field and owner by owner",
        "Argo CD merges changes by the last applied manifest again",
    ),
    (
        "Validate=false",
        "mistakes in it are no longer refused before it is applied",
        "mistakes in it are refused before it is applied",
    ),
    (
        "SkipDryRunOnMissingResource=true",
        "it is not tried beforehand while its kind is missing",
        "the sync fails before it begins while its kind is missing",
    ),
    ("ApplyOutOfSyncOnly=true", "it is applied only where it differs", "it is applied at every sync"),
];

/// One setting that changes, and what that means.
struct Told {
    key: &'static str,
    text: String,
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in input.environments.iter().filter(|it| it.before.is_some()) {
        for change in &environment.changes.changes {
            let Some(after) = environment.object(Side::After, &change.id) else { continue };
            let told = match environment.object(Side::Before, &change.id) {
                Some(before) => changed(before, after),
                None => runs_once(after).into_iter().collect(),
            };
            findings.extend(finding(input, environment, after, &told));
        }
    }
    findings
}

fn finding(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    after: &Object,
    told: &[Told],
) -> Option<Finding> {
    let first = told.first()?;
    let texts: Vec<&str> = told.iter().map(|it| it.text.as_str()).collect();
    let message = format!("is synced in another way: {}", texts.join("; "));
    let path = FieldPath::parse("metadata.annotations")?.field(first.key);
    let line = input.line_of(Side::After, after, &path);
    let help = "make sure that what it needs is there before it, and what needs it comes later";
    let finding = Finding::new(SYNC_ORDER_CHANGE, environment.name(), &after.id, message).at(path.to_string());
    Some(finding.help(help).from_line(line))
}

fn setting<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    let of = |map: &str| object.at(&FieldPath::parse(map)?.field(key)).and_then(Value::as_str);
    let own = of("metadata.annotations").map(str::trim).filter(|it| !it.is_empty());
    own.or_else(|| key.contains("fluxcd").then(|| of("metadata.labels")).flatten())
}

fn values<'a>(object: &'a Object, key: &str) -> Vec<&'a str> {
    let list = setting(object, key).unwrap_or_default().split(',');
    list.map(str::trim).filter(|it| !it.is_empty()).collect()
}

fn changed(before: &Object, after: &Object) -> Vec<Told> {
    let mut told = Vec::new();
    let mut tell = |key: &'static str, text: String| told.push(Told { key, text });
    let wave = |it: &Object| setting(it, WAVE).and_then(|it| it.parse::<i64>().ok()).unwrap_or_default();
    let (old, new) = (wave(before), wave(after));
    if old != new {
        let order = if new > old { "later, after the waves before it are healthy" } else { "earlier" };
        tell(WAVE, format!("Argo CD applies it in wave {new} instead of {old}, which is {order}"));
    }
    let (old, new) = (values(before, HOOK), values(after, HOOK));
    if sorted(&old) != sorted(&new) {
        tell(HOOK, hook(&old, &new));
    }
    let (old, new) = (values(before, HOOK_DELETION), values(after, HOOK_DELETION));
    if deletion(&old) != deletion(&new) && !values(after, HOOK).is_empty() {
        tell(HOOK_DELETION, format!("the hook is deleted {} instead of {}", deletion(&new), deletion(&old)));
    }
    let (old, new) = (values(before, OPTIONS), values(after, OPTIONS));
    for (option, comes, goes) in SYNC_OPTIONS {
        match (old.contains(&option), new.contains(&option)) {
            (false, true) => tell(OPTIONS, comes.to_owned()),
            (true, false) => tell(OPTIONS, goes.to_owned()),
            (true, true) | (false, false) => {}
        }
    }
    for (key, usual, meanings) in FLUX {
        let value = |it| meanings.iter().find(|(name, _)| name.eq_ignore_ascii_case(setting(it, key).unwrap_or(usual)));
        if let (old, Some((name, meaning))) = (value(before), value(after))
            && old.is_none_or(|it| it.0 != *name)
        {
            tell(key, (*meaning).to_owned());
        }
    }
    told
}

fn sorted<'a>(list: &[&'a str]) -> Vec<&'a str> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list
}

fn hook(old: &[&str], new: &[&str]) -> String {
    let when = |phases: &[&str]| {
        let words: Vec<&str> = phases
            .iter()
            .map(|it| match *it {
                "PreSync" => "before everything else",
                "Sync" => "with everything else",
                "PostSync" => "after everything else is healthy",
                "SyncFail" => "when a sync fails",
                "PreDelete" => "before the Application is deleted",
                "PostDelete" => "after the Application is deleted",
                other => other,
            })
            .collect();
        wording::list(&words)
    };
    match (old, new) {
        (_, ["Skip"]) => "Argo CD no longer applies it".to_owned(),
        (_, []) => "it is no hook any more: Argo CD applies it once and keeps it as it is in git".to_owned(),
        ([], _) => format!(
            "it becomes a hook: Argo CD runs it {}, at every sync, and no longer compares it with git",
            when(new)
        ),
        (_, _) => format!("the hook runs {} instead of {}", when(new), when(old)),
    }
}

/// Says when a hook is deleted. Without a policy that is known: before it is made again.
fn deletion(policies: &[&str]) -> String {
    let known = ["BeforeHookCreation", "HookSucceeded", "HookFailed"];
    let mut words: Vec<&str> = Vec::new();
    for policy in known.iter().filter(|it| policies.contains(it)) {
        words.push(match *policy {
            "HookSucceeded" => "when it succeeds",
            "HookFailed" => "when it fails",
            _ => "before the next run",
        });
    }
    if words.is_empty() { "before the next run".to_owned() } else { wording::list(&words) }
}

/// Finds a new hook of a fixed name that may be in the way of its next run.
fn runs_once(hook: &Object) -> Option<Told> {
    let policies = values(hook, HOOK_DELETION);
    let is_hook = !values(hook, HOOK).is_empty() && matches!(hook.id.kind.as_str(), "Job" | "Pod");
    let has = |policy: &str| policies.contains(&policy);
    let stays = match (has("HookSucceeded"), has("HookFailed")) {
        (true, false) => "when it fails",
        (false, true) => "when it succeeds",
        (true, true) | (false, false) => return None,
    };
    (is_hook && !has("BeforeHookCreation")).then(|| {
        let text = format!("the hook has a fixed name and stays {stays}, so the next sync does not run it again");
        Told { key: HOOK_DELETION, text }
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_one, with};
    use serde_json::{Value, json};

    fn job(annotations: &[(&str, &str)]) -> Value {
        let pairs = annotations.iter().map(|(key, value)| ((*key).to_owned(), json!(value)));
        with(object("batch/v1", "Job", "migrate", &json!({})), "/metadata/annotations", Value::Object(pairs.collect()))
    }

    #[track_caller]
    fn check(before: &[(&str, &str)], after: &[(&str, &str)], expected: &str) {
        let message = format!("Job/migrate is synced in another way: {expected}");
        let expected = if expected.is_empty() { vec![] } else { vec![message.as_str()] };
        expect(&review_one(&[job(before)], &[job(after)]), "sync-order-change", &expected);
    }

    const WAVE: &str = "argocd.argoproj.io/sync-wave";
    const HOOK: &str = "argocd.argoproj.io/hook";
    const DELETION: &str = "argocd.argoproj.io/hook-delete-policy";
    const OPTIONS: &str = "argocd.argoproj.io/sync-options";

    #[test]
    fn every_setting_of_argo_is_told_in_words() {
        check(
            &[],
            &[(WAVE, "2")],
            "Argo CD applies it in wave 2 instead of 0, which is later, after the waves before it are healthy",
        );
        check(&[(WAVE, "2")], &[(WAVE, "-1")], "Argo CD applies it in wave -1 instead of 2, which is earlier");
        check(&[], &[(WAVE, "0")], "");
        check(
            &[],
            &[(HOOK, "PreSync")],
            "it becomes a hook: Argo CD runs it before everything else, at every sync, and no longer compares it with git",
        );
        check(
            &[(HOOK, "PreSync")],
            &[],
            "it is no hook any more: Argo CD applies it once and keeps it as it is in git",
        );
        check(
            &[(HOOK, "PreSync")],
            &[(HOOK, "PostSync")],
            "the hook runs after everything else is healthy instead of before everything else",
        );
        check(&[(HOOK, "PreSync, Sync")], &[(HOOK, "Sync,PreSync")], "");
        check(&[(HOOK, "PreSync")], &[(HOOK, "PreSync"), (DELETION, "BeforeHookCreation")], "");
        check(
            &[(HOOK, "PreSync")],
            &[(HOOK, "PreSync"), (DELETION, "HookSucceeded")],
            "the hook is deleted when it succeeds instead of before the next run",
        );
        check(&[], &[(OPTIONS, "Prune=false")], "Argo CD leaves it in the cluster when it is removed from git");
        check(
            &[(OPTIONS, "Force=true, Prune=false")],
            &[(OPTIONS, "Prune=false")],
            "Argo CD fails where it cannot be changed, and deletes nothing",
        );
        check(&[(OPTIONS, "A=1")], &[(OPTIONS, "A=2")], "");
        check(&[], &[("other", "1")], "");
    }

    #[test]
    fn every_setting_of_flux_is_told_in_words() {
        let flux = |key: &str, before: Option<&str>, after: Option<&str>, expected: &str| {
            let key = format!("kustomize.toolkit.fluxcd.io/{key}");
            let list = |it: Option<&'static str>| it.map(|it| (key.as_str(), it)).into_iter().collect::<Vec<_>>();
            let leak = |it: Option<&str>| it.map(|it| -> &'static str { Box::leak(it.to_owned().into_boxed_str()) });
            check(&list(leak(before)), &list(leak(after)), expected);
        };
        flux("force", None, Some("enabled"), "Flux deletes and creates it where the API server refuses a change");
        flux("prune", None, Some("disabled"), "Flux leaves it in the cluster when it is removed from git");
        flux("prune", Some("disabled"), None, "Flux deletes it from the cluster when it is removed from git");
        flux("prune", None, Some("Enabled"), "");
        flux(
            "reconcile",
            None,
            Some("disabled"),
            "Flux no longer applies changes to it, these included, nor deletes it",
        );
        flux(
            "ssa",
            None,
            Some("IfNotPresent"),
            "Flux makes it once and never changes it again, these changes included",
        );
        flux("ssa", Some("Merge"), None, "Flux undoes what others change in the fields that git has");
        flux("ssa", None, Some("Sideways"), "");
    }

    #[test]
    fn a_new_hook_may_stand_in_its_own_way() {
        let check = |annotations: &[(&str, &str)], expected: &[&str]| {
            expect(&review_one(&[], &[job(annotations)]), "sync-order-change", expected);
        };
        let stays = "Job/migrate is synced in another way: the hook has a fixed name and stays when it fails, so the next sync does not run it again";
        check(&[(HOOK, "PreSync"), (DELETION, "HookSucceeded")], &[stays]);
        check(&[(HOOK, "PreSync")], &[]);
        check(&[(HOOK, "PreSync"), (DELETION, "HookSucceeded,HookFailed")], &[]);
        check(&[(HOOK, "PreSync"), (DELETION, "HookSucceeded,BeforeHookCreation")], &[]);
        check(&[(WAVE, "3")], &[]);
    }
}
