//! A component's Role: what its account may ask of the API server about the namespace.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::source::Traced;
use crate::spec::{Component, Permission, Reach, Spec};
use k8s_openapi::api::rbac::v1::{PolicyRule, Role};

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let first = permissions(component, Reach::Namespace).next()?;
    let mut at = Recorder::new(&first.origin, "what a component may do in its namespace is a Role");
    let metadata = metadata::of_component(&mut at, spec, component, &component.object_name, Own::default());
    let rules = rules(&mut at, permissions(component, Reach::Namespace));
    Some(at.finish(&Role { metadata, rules: Some(rules) }))
}

/// Iterates the permissions of one reach.
pub(super) fn permissions(component: &Component, reach: Reach) -> impl Iterator<Item = &Permission> {
    component.permissions.iter().filter(move |it| it.reach == reach)
}

/// Returns one rule for each permission.
pub(super) fn rules<'a>(at: &mut Recorder, permissions: impl Iterator<Item = &'a Permission>) -> Vec<PolicyRule> {
    permissions.enumerate().map(|(index, it)| at.block(&format!("rules[{index}]"), |at| rule(at, it))).collect()
}

fn rule(at: &mut Recorder, permission: &Permission) -> PolicyRule {
    PolicyRule {
        verbs: words(at, "verbs", &permission.verbs).unwrap_or_default(),
        api_groups: words(at, "apiGroups", &permission.groups),
        resources: words(at, "resources", &permission.resources),
        resource_names: words(at, "resourceNames", &permission.names),
        non_resource_urls: words(at, "nonResourceURLs", &permission.urls),
    }
}

fn words(at: &mut Recorder, path: &str, words: &[Traced<String>]) -> Option<Vec<String>> {
    let taken: Vec<String> =
        words.iter().enumerate().map(|(index, it)| at.take(&format!("{path}[{index}]"), it)).collect();
    (!taken.is_empty()).then_some(taken)
}
