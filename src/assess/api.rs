//! API versions that a cluster's version of Kubernetes no longer serves, or will not for long.
//!
//! What was so before this change is not told: an object is when it is new here or newly of its version, and every
//! object is when the declared version of the cluster changes what is served.

use super::Rule;
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::schema::{self, deprecation};
use crate::object::{FieldPath, KubernetesVersion, Object, ObjectId, kind};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[API_DEPRECATED, API_REMOVED, KUBERNETES_VERSION_CHANGE], find }];

const API_DEPRECATED: ImpactCode = ImpactCode {
    name: "api-deprecated",
    severity: Severity::Note,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/reference/using-api/deprecation-policy/",
};
const API_REMOVED: ImpactCode = ImpactCode {
    name: "api-removed",
    severity: Severity::Block,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
};
const KUBERNETES_VERSION_CHANGE: ImpactCode = ImpactCode {
    name: "kubernetes-version-change",
    severity: Severity::Note,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/releases/version-skew-policy/",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let Some(cluster) = environment.environment.cluster.as_ref().filter(|_| environment.after.is_some()) else {
            continue;
        };
        let now = cluster.kubernetes;
        let declared = environment.environment_before.and_then(|it| it.cluster.as_ref()).map(|it| it.kubernetes);
        // What was not declared before did not change.
        let before = declared.unwrap_or(now);
        findings.extend(declared.filter(|it| *it != now).map(|it| version_change(input, environment, it, now)));
        for object in environment.objects(Side::After) {
            let old = environment.object(Side::Before, &object.id);
            let finding = removed(object, old, before, now).or_else(|| deprecated(object, old, before, now));
            let Some((code, message, help)) = finding else { continue };
            let path = FieldPath::default().field("apiVersion");
            let line = match input.line(Side::After, cluster.span) {
                Some(line) if before != now && old.is_some_and(|it| api_version(it) == api_version(object)) => {
                    Some(line)
                }
                _ => input.line_of(Side::After, object, &path),
            };
            let finding = Finding::new(code, environment.name(), &object.id, message).at("apiVersion");
            findings.push(finding.help(help).from_line(line));
        }
    }
    findings
}

fn api_version(object: &Object) -> &str {
    object.body.get("apiVersion").and_then(Value::as_str).unwrap_or_default()
}

type Told = (ImpactCode, String, String);

/// Says that an object's version is not served any more, which it was before.
fn removed(object: &Object, old: Option<&Object>, before: KubernetesVersion, now: KubernetesVersion) -> Option<Told> {
    let (version, kind) = (api_version(object), object.id.kind.as_str());
    let is_gone = |at| kind::is_built_in_group(&object.id.group) && !schema::is_served(at, version, kind);
    let was_gone = old.is_some_and(|it| api_version(it) == version) && is_gone(before);
    // What was never served is a mistake of another kind.
    let since = schema::removed_in(version, kind).filter(|it| *it <= now)?;
    if !is_gone(now) || was_gone {
        return None;
    }
    let message =
        format!("is rejected by the API server: {kind} of `{version}` is not served since Kubernetes {since}");
    let stays = |it: &&str| deprecation(now, it, kind).is_none();
    let help = match schema::api_versions(now, kind).into_iter().rfind(stays) {
        Some(newer) => format!("write it for `{newer}` first, which may have other fields"),
        None => "take it out: nothing takes its place".to_owned(),
    };
    Some((API_REMOVED, message, help))
}

/// Says that an object's version will not be served for ever, which was not so before.
fn deprecated(
    object: &Object,
    old: Option<&Object>,
    before: KubernetesVersion,
    now: KubernetesVersion,
) -> Option<Told> {
    let (version, kind) = (api_version(object), object.id.kind.as_str());
    let found = deprecation(now, version, kind)?;
    if old.is_some_and(|it| api_version(it) == version) && deprecation(before, version, kind).is_some() {
        return None;
    }
    let until = found.removed_in.map_or_else(String::new, |it| format!(", and not served from {it} on"));
    let message = format!("uses an API that will go: {kind} of `{version}` is deprecated in Kubernetes {now}{until}");
    let help = match found.replacement {
        Some((newer, Some(other))) => format!("plan the move to {other} of `{newer}`"),
        Some((newer, None)) => format!("plan the move to `{newer}`"),
        None => "plan to do without it: nothing takes its place".to_owned(),
    };
    Some((API_DEPRECATED, message, help))
}

fn version_change(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    before: KubernetesVersion,
    now: KubernetesVersion,
) -> Finding {
    let (message, severity) = if before < now {
        (format!("moves to Kubernetes {now}: it is checked for that version, no longer for {before}"), Severity::Note)
    } else {
        (
            format!(
                "moves back to Kubernetes {now}: it is checked for that version, and a cluster of {before} cannot go back"
            ),
            Severity::Warn,
        )
    };
    let id = ObjectId::environment(environment.name());
    let finding = Finding::new(KUBERNETES_VERSION_CHANGE, environment.name(), &id, message).with_severity(severity);
    let line = environment.environment.cluster.as_ref().and_then(|it| input.line(Side::After, it.span));
    finding.help("merge it when the cluster has that version: the declaration does not upgrade it").from_line(line)
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_versions};
    use serde_json::{Value, json};

    fn autoscaler(api: &str) -> Value {
        object(api, "HorizontalPodAutoscaler", "web", &json!({}))
    }

    #[track_caller]
    fn check(before: (u32, &[Value]), after: (u32, &[Value]), code: &str, expected: &[&str]) {
        expect(&review_versions(before, after), code, expected);
    }

    #[test]
    fn a_version_that_is_not_served_is_rejected() {
        let old = || [autoscaler("autoscaling/v2beta2")];
        let gone = "HorizontalPodAutoscaler/web is rejected by the API server: HorizontalPodAutoscaler of `autoscaling/v2beta2` is not served since Kubernetes 1.26";
        check((25, &old()), (26, &old()), "api-removed", &[gone]);
        check((26, &[]), (26, &old()), "api-removed", &[gone]);
        check((26, &[autoscaler("autoscaling/v2")]), (26, &old()), "api-removed", &[gone]);
        check((26, &old()), (26, &old()), "api-removed", &[]);
        check((26, &old()), (27, &old()), "api-removed", &[]);
        check((25, &old()), (25, &old()), "api-removed", &[]);
        check((25, &old()), (26, &[autoscaler("autoscaling/v2")]), "api-removed", &[]);
        let custom = || [object("example.com/v1beta1", "Thing", "a", &json!({}))];
        check((25, &[]), (26, &custom()), "api-removed", &[]);
    }

    #[test]
    fn a_version_that_will_go_is_noted_once() {
        let old = || [autoscaler("autoscaling/v2beta2")];
        let text = "HorizontalPodAutoscaler/web uses an API that will go: HorizontalPodAutoscaler of `autoscaling/v2beta2` is deprecated in Kubernetes 1.25, and not served from 1.26 on";
        check((25, &[]), (25, &old()), "api-deprecated", &[text]);
        check((25, &old()), (25, &old()), "api-deprecated", &[]);
        let endpoints = || [object("v1", "Endpoints", "db", &json!({}))];
        let text = "Endpoints/db uses an API that will go: Endpoints of `v1` is deprecated in Kubernetes 1.33";
        check((32, &endpoints()), (33, &endpoints()), "api-deprecated", &[text]);
        check((33, &endpoints()), (34, &endpoints()), "api-deprecated", &[]);
        check((32, &[]), (32, &endpoints()), "api-deprecated", &[]);
    }

    #[test]
    fn another_version_is_told_for_the_environment() {
        check(
            (33, &[]),
            (34, &[]),
            "kubernetes-version-change",
            &["Environment/dev moves to Kubernetes 1.34: it is checked for that version, no longer for 1.33"],
        );
        check(
            (34, &[]),
            (33, &[]),
            "kubernetes-version-change",
            &[
                "Environment/dev moves back to Kubernetes 1.33: it is checked for that version, and a cluster of 1.34 cannot go back",
            ],
        );
        check((34, &[]), (34, &[]), "kubernetes-version-change", &[]);
    }
}
