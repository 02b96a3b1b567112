//! Whole environments, or most of one, that are removed in one change.

use super::removal::{goes_with_namespace, gone, with_operation};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Operation, Severity, Side};
use crate::object::{GitopsFacts, Object, ObjectId};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[MASS_REMOVAL], find }];

const MASS_REMOVAL: ImpactCode = ImpactCode {
    name: "mass-removal",
    severity: Severity::Loss,
    decided_by: DecidedBy::Trees,
    documentation: "https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning",
};

/// Fewer are named one by one, and need no sum.
const AT_LEAST: usize = 3;

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    input.environments.iter().filter_map(one).collect()
}

/// What goes with a Namespace is said for that; an environment that is left without any object, or that loses more than
/// half of them, is said here. Objects of a kind of which as many are made as go are taken for renamed.
fn one(environment: &EnvironmentComparison<'_>) -> Option<Finding> {
    let before = environment.objects(Side::Before);
    let created: Vec<&Object> = with_operation(environment, Operation::Create).collect();
    let removed: Vec<&Object> = gone(environment).filter(|it| !goes_with_namespace(environment, it)).collect();
    let of_kind = |of: &[&Object], it: &Object| {
        of.iter().filter(|other| (&other.id.group, &other.id.kind) == (&it.id.group, &it.id.kind)).count()
    };
    let is_lost = |it: &&&Object| of_kind(&created, it) < of_kind(&removed, it);
    let lost: Vec<String> = removed.iter().filter(is_lost).map(|it| it.id.short()).collect();
    let is_namespace_gone = gone(environment).any(|it| it.id.kind == "Namespace");
    if is_namespace_gone || lost.len() < AT_LEAST || lost.len().saturating_mul(2) <= before.len() {
        return None;
    }
    let all = wording::count_of(before, "object");
    let message = if environment.after.is_none() {
        format!("is removed with all its {all}: {}", when_the_folder_goes(environment.environment.gitops))
    } else if lost.len() == before.len() {
        format!("loses all its {all}: {} go, and none of them stays", wording::first_of(&lost))
    } else {
        format!("loses {} of its {all}: {} go, which is more than half", lost.len(), wording::first_of(&lost))
    };
    let help = "make sure that this is meant; `review --fail-on loss` stops such a change before it is merged";
    let id = ObjectId::environment(environment.name());
    Some(Finding::new(MASS_REMOVAL, environment.name(), &id, message).help(help))
}

/// Neither controller deletes anything where the folder that it applies is gone: it reports an error until somebody
/// removes what names the folder. Argo CD: `ErrAppPathDoesNotExist`; kustomize-controller: `reconcile`.
fn when_the_folder_goes(facts: Option<GitopsFacts>) -> &'static str {
    match facts {
        None => "its folder goes, and they go with what tells the GitOps controller to apply it",
        Some(GitopsFacts::ArgoCd { .. }) => {
            "its folder goes, so Argo CD can only report an error until its Application goes, and they with it"
        }
        Some(GitopsFacts::Flux { .. }) => {
            "its folder goes, so Flux can only report an error until its Kustomization goes, and they with it"
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_declared, review_of, review_where};
    use crate::object::GitopsFacts;
    use serde_json::{Value, json};

    const CODE: &str = "mass-removal";

    fn configs(names: &[&str]) -> Vec<Value> {
        names.iter().map(|it| object("v1", "ConfigMap", it, &json!({"data": {}}))).collect()
    }

    #[test]
    fn more_than_half_is_a_mass() {
        let check = |before: &[&str], after: &[&str], expected: Option<&str>| {
            let review = review_of(&[("dev", Some(configs(before)), Some(configs(after)))]);
            let message = expected.map(|it| format!("Environment/dev loses {it}"));
            expect(&review, CODE, &message.as_deref().into_iter().collect::<Vec<_>>());
        };
        let some = "3 of its 5 objects: ConfigMap/a, ConfigMap/b and ConfigMap/c go, which is more than half";
        check(&["a", "b", "c", "d", "e"], &["d", "e"], Some(some));
        check(&["a", "b", "c", "d", "e", "f"], &["d", "e", "f"], None);
        check(&["a", "b", "c"], &["c"], None);
        check(&["a", "b"], &[], None);
        let all = "all its 3 objects: ConfigMap/a, ConfigMap/b and ConfigMap/c go, and none of them stays";
        check(&["a", "b", "c"], &[], Some(all));
        check(&["a", "b", "c"], &["d", "e", "f"], None);
        check(&["a", "b", "c"], &["d", "e"], Some(all));
        check(&["a", "b", "c"], &["a", "b", "c"], None);
    }

    #[test]
    fn a_namespace_says_it_for_all_in_it() {
        let namespace = object("v1", "Namespace", "dev", &json!({}));
        let whole = || [configs(&["a", "b", "c"]), vec![namespace.clone()]].concat();
        expect(&review_of(&[("dev", Some(whole()), None)]), CODE, &[]);
        expect(&review_of(&[("dev", Some(whole()), Some(configs(&["a"])))]), CODE, &[]);
        let some = "Environment/dev loses 3 of its 4 objects: ConfigMap/a, ConfigMap/b and ConfigMap/c go, which is more than half";
        expect(&review_of(&[("dev", Some(whole()), Some(vec![namespace.clone()]))]), CODE, &[some]);
    }

    #[test]
    fn a_folder_that_is_gone_cannot_be_synced() {
        let check = |facts: Option<GitopsFacts>, expected: &str| {
            let review = review_where(&[("dev", Some(configs(&["a", "b", "c"])), None)], |it| it.gitops = facts);
            expect(
                &review,
                CODE,
                &[&format!("Environment/dev is removed with all its 3 objects: its folder goes, {expected}")],
            );
        };
        check(None, "and they go with what tells the GitOps controller to apply it");
        let argo = GitopsFacts::ArgoCd { prune: Some(true), prune_last: None };
        check(Some(argo), "so Argo CD can only report an error until its Application goes, and they with it");
        let flux = GitopsFacts::Flux { prune: None, force: None };
        check(Some(flux), "so Flux can only report an error until its Kustomization goes, and they with it");
    }

    #[test]
    fn what_stays_is_not_lost() {
        let facts = GitopsFacts::Flux { prune: Some(false), force: None };
        expect(&review_declared(&configs(&["a", "b", "c"]), &[], |it| it.gitops = Some(facts)), CODE, &[]);
    }
}
