//! A component's `RoleBinding`: gives its Role to its account.

use super::Recorder;
use super::metadata::{self, Own};
use super::role::permissions;
use crate::object::Object;
use crate::source::{Origin, Traced};
use crate::spec::{Component, Reach, Spec};
use k8s_openapi::api::rbac::v1::{RoleBinding, RoleRef, Subject};

pub(super) const BOUND: &str = "a component's permissions are its account's";

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let origin = &permissions(component, Reach::Namespace).next()?.origin;
    let mut at = Recorder::new(origin, BOUND);
    let name = &component.object_name;
    let metadata = metadata::of_component(&mut at, spec, component, name, Own::default());
    let role_ref = role(&mut at, origin, "Role", name);
    let subjects = subjects(&mut at, origin, spec, component);
    Some(at.finish(&RoleBinding { metadata, role_ref, subjects: Some(subjects) }))
}

/// Returns the role that a binding gives.
pub(super) fn role(at: &mut Recorder, origin: &Origin, kind: &str, name: &Traced<String>) -> RoleRef {
    at.block("roleRef", |at| RoleRef {
        api_group: Some(at.derived("apiGroup", origin, BOUND, "rbac.authorization.k8s.io".to_owned())),
        kind: at.derived("kind", origin, BOUND, kind.to_owned()),
        name: at.take("name", name),
    })
}

/// Returns whom a binding gives it to: the component's account.
pub(super) fn subjects(at: &mut Recorder, origin: &Origin, spec: &Spec, component: &Component) -> Vec<Subject> {
    let subject = at.block("subjects[0]", |at| Subject {
        api_group: None,
        kind: at.derived("kind", origin, BOUND, "ServiceAccount".to_owned()),
        name: at.take("name", &component.service_account.name),
        namespace: Some(at.take("namespace", &spec.environment.namespace)),
    });
    vec![subject]
}
