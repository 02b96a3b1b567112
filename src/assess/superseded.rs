//! Configuration under a new name, whose old object is deleted while pods of the old rollout still need it.

use super::pruning::{self, Turn};
use super::reference::config_uses;
use super::removal::{goes_with_namespace, gone};
use super::workload::{Pods, recreates};
use super::{Rule, rejected, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{GitopsFacts, Object};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[CONFIG_PRUNED_IN_USE], find }];

const CONFIG_PRUNED_IN_USE: ImpactCode = ImpactCode {
    name: "config-pruned-in-use",
    severity: Severity::Warn,
    decided_by: DecidedBy::Declared,
    documentation: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#prune-last",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let is_config = |it: &&Object| it.id.group.is_empty() && matches!(it.id.kind.as_str(), "ConfigMap" | "Secret");
        for config in gone(environment).filter(is_config).filter(|it| !goes_with_namespace(environment, it)) {
            let prunes = environment.environment.gitops.and_then(GitopsFacts::prunes);
            let when = match (pruning::turn(environment, config), prunes) {
                (Turn::Last, _) => continue,
                (Turn::First, _) => "Argo CD deletes it before anything else",
                (Turn::Between, _) => "Flux deletes it without waiting for the rollout",
                (Turn::Unknown, Some(_)) => "it may be deleted before the rollout ends, unless `PruneLast=true` is set",
                (Turn::Unknown, None) => {
                    "it may be deleted before the rollout ends, where the GitOps controller prunes"
                }
            };
            let users: Vec<String> = leaving(environment, config).iter().map(|it| it.object.id.short()).collect();
            if users.is_empty() {
                continue;
            }
            let users = wording::list(&users);
            let message = format!(
                "is removed while old pods still need it: {when}, and an old pod of {users} that starts again then fails"
            );
            let help = help(environment.environment.gitops);
            let finding = Finding::new(CONFIG_PRUNED_IN_USE, environment.name(), &config.id, message).help(help);
            findings.push(finding.from_line(input.declaration(Side::Before, config)));
        }
    }
    findings
}

fn help(facts: Option<GitopsFacts>) -> &'static str {
    match facts {
        None | Some(GitopsFacts::Flux { .. }) => {
            "keep the name and let a checksum annotation restart the pods, as `config` does, or remove the old object in a later change"
        }
        Some(GitopsFacts::ArgoCd { .. }) => {
            "set the sync option `PruneLast=true`, or keep the name and let a checksum annotation restart the pods, as `config` does"
        }
    }
}

/// Returns the workloads whose old pods cannot start without an object that their new pods do not read.
fn leaving<'a>(environment: &EnvironmentComparison<'a>, config: &Object) -> Vec<Pods<'a>> {
    let reads = |it: Pods<'_>| {
        let is_it = |(kind, name): (&str, &str)| (kind, name) == (config.id.kind.as_str(), config.id.name.as_str());
        config_uses(it).iter().any(|it| !it.optional && is_it((it.kind, it.name)))
    };
    let leaves = |(before, after): (&'a Object, &'a Object)| {
        let (old, new) = (Pods::of(before)?, Pods::of(after)?);
        let rolls = matches!(after.id.kind.as_str(), "DaemonSet" | "Deployment" | "StatefulSet") && !recreates(after);
        let is_near = after.id.namespace == config.id.namespace;
        let is_taken = !rejected::is_refused(environment, &after.id);
        (rolls && is_near && is_taken && reads(old) && !reads(new)).then_some(new)
    };
    environment.kept().filter_map(leaves).collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_declared, with};
    use crate::object::GitopsFacts;
    use serde_json::{Value, json};

    fn web(config: &str, optional: bool) -> Value {
        let source = json!({"configMapRef": {"name": config, "optional": optional}});
        deployment("web", 2, json!({"image": "web:1", "envFrom": [source]}))
    }

    fn config(name: &str) -> Value {
        object("v1", "ConfigMap", name, &json!({"data": {"A": name}}))
    }

    #[track_caller]
    fn check(before: &[Value; 2], after: &[Value; 2], facts: Option<GitopsFacts>, when: Option<&str>) {
        let review = review_declared(before, after, |it| it.gitops = facts);
        let message = when.map(|it| {
            format!("ConfigMap/web-a is removed while old pods still need it: {it}, and an old pod of Deployment/web that starts again then fails")
        });
        expect(&review, "config-pruned-in-use", &message.as_deref().into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn who_deletes_first_decides() {
        let renamed = |facts: Option<GitopsFacts>, when: Option<&str>| {
            check(&[web("web-a", false), config("web-a")], &[web("web-b", false), config("web-b")], facts, when);
        };
        let argo = |prune, prune_last| Some(GitopsFacts::ArgoCd { prune, prune_last });
        let flux = |prune| Some(GitopsFacts::Flux { prune, force: None });
        renamed(None, Some("it may be deleted before the rollout ends, where the GitOps controller prunes"));
        renamed(flux(Some(true)), Some("Flux deletes it without waiting for the rollout"));
        renamed(flux(Some(false)), None);
        renamed(flux(None), Some("it may be deleted before the rollout ends, where the GitOps controller prunes"));
        renamed(argo(Some(true), Some(false)), Some("Argo CD deletes it before anything else"));
        let unless = "it may be deleted before the rollout ends, unless `PruneLast=true` is set";
        renamed(argo(Some(true), None), Some(unless));
        renamed(argo(Some(true), Some(true)), None);
        renamed(argo(Some(false), None), None);
    }

    #[test]
    fn only_old_pods_that_need_it_count() {
        let flux = Some(GitopsFacts::Flux { prune: Some(true), force: None });
        let sure = Some("Flux deletes it without waiting for the rollout");
        check(&[web("web-a", false), config("web-a")], &[web("web-b", false), config("web-b")], flux, sure);
        check(&[web("web-a", true), config("web-a")], &[web("web-b", true), config("web-b")], flux, None);
        check(&[web("web-a", false), config("web-a")], &[web("web-a", false), config("web-b")], flux, None);
        let recreated = |it: Value| with(it, "/spec/strategy", json!({"type": "Recreate"}));
        check(
            &[recreated(web("web-a", false)), config("web-a")],
            &[recreated(web("web-b", false)), config("web-b")],
            flux,
            None,
        );
        let last = json!({"annotations": {"argocd.argoproj.io/sync-options": "PruneLast=true"}, "name": "web-a"});
        let waits = with(config("web-a"), "/metadata", last);
        check(&[web("web-a", false), waits.clone()], &[web("web-b", false), config("web-b")], None, None);
        check(&[web("web-a", false), waits], &[web("web-b", false), config("web-b")], flux, sure);
    }
}
