//! A component's `ClusterRoleBinding`: gives its `ClusterRole` to its account.

use super::Recorder;
use super::metadata::{self, Own};
use super::role::permissions;
use super::role_binding::{BOUND, role, subjects};
use crate::object::Object;
use crate::spec::{Component, Reach, Spec};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let origin = &permissions(component, Reach::Cluster).next()?.origin;
    let mut at = Recorder::new(origin, BOUND);
    let name = metadata::name_in_cluster(spec, component);
    let metadata = metadata::of_component_in_cluster(&mut at, spec, component, &name, Own::default());
    let role_ref = role(&mut at, origin, "ClusterRole", &name);
    let subjects = subjects(&mut at, origin, spec, component);
    Some(at.finish(&ClusterRoleBinding { metadata, role_ref, subjects: Some(subjects) }))
}
