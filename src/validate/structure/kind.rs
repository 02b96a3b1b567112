//! An API version and a kind that a Kubernetes version does not serve in; out comes why, and what to write instead.

use super::{API_REMOVED, UNKNOWN_KIND};
use crate::diagnostic::Diagnostic;
use crate::object::schema;
use crate::object::schema::custom::CustomKinds;
use crate::object::{FieldPath, KubernetesVersion, Object};

/// Says that a kind is not served: no longer, not yet, not as this API version, or not at all.
pub(super) fn unknown(object: &Object, api_version: &str, version: KubernetesVersion) -> Diagnostic {
    let kind = object.id.kind.as_str();
    let elsewhere = served_as(version, api_version, kind);
    let removed = schema::removed_in(api_version, kind).filter(|it| *it <= version);
    let served = schema::served(api_version, kind);
    let message = match (removed, served) {
        (Some(removed), _) => format!("{kind} of `{api_version}` was removed in Kubernetes {removed}"),
        (None, Some(served)) => {
            let first = served.first;
            format!("{kind} of `{api_version}` is not served by Kubernetes {version}, but from {first} on")
        }
        (None, None) => format!("no matches for kind `{kind}` in version `{api_version}`"),
    };
    let code = if removed.is_some() { API_REMOVED } else { UNKNOWN_KIND };
    let about = |field: &str| object.diagnostic(code, &FieldPath::default().field(field), message);
    if !elsewhere.is_empty() {
        about("apiVersion").help(format!("Kubernetes {version} serves it as {}", elsewhere.join(" or ")))
    } else if removed.or(served.map(|it| it.first)).is_some() {
        about("apiVersion")
    } else {
        about("kind").suggest(kind, candidates(version, api_version))
    }
}

/// Says that the project's own definition of a kind does not serve this version of it.
pub(super) fn not_served(object: &Object, api_version: &str, custom: &CustomKinds) -> Option<Diagnostic> {
    let (group, version) = api_version.split_once('/')?;
    let kind = custom.kind(group, &object.id.kind)?;
    if kind.versions.get(version).is_some_and(|it| it.is_served) {
        return None;
    }
    let served = kind.versions.iter().filter(|(_, it)| it.is_served).map(|(name, _)| format!("`{group}/{name}`"));
    let message = format!("the definition of `{}` does not serve version `{version}`", object.id.kind);
    let diagnostic = object.diagnostic(UNKNOWN_KIND, &FieldPath::default().field("apiVersion"), message);
    Some(diagnostic.help(format!("it serves {}", served.collect::<Vec<_>>().join(" and "))))
}

/// Returns the API versions as which a kind is served, those of the same group if there are any.
fn served_as(version: KubernetesVersion, api_version: &str, kind: &str) -> Vec<String> {
    let all = schema::api_versions(version, kind);
    let in_group = |it: &&&str| schema::group_of(it) == schema::group_of(api_version);
    let of_group: Vec<_> = all.iter().filter(in_group).copied().collect();
    let chosen = if of_group.is_empty() { all } else { of_group };
    chosen.iter().map(|it| format!("`{it}`")).collect()
}

/// Returns the kinds that may have been meant: those of the API version, or all where it has none.
fn candidates(version: KubernetesVersion, api_version: &str) -> Vec<&'static str> {
    let of_api_version: Vec<_> =
        schema::kinds(version).filter(|(known, _)| *known == api_version).map(|(_, kind)| kind).collect();
    if of_api_version.is_empty() { schema::kinds(version).map(|(_, kind)| kind).collect() } else { of_api_version }
}
