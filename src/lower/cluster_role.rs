//! A component's `ClusterRole`: what its account may ask of the API server about the whole cluster.

use super::Recorder;
use super::metadata::{self, Own};
use super::role::{permissions, rules};
use crate::object::Object;
use crate::spec::{Component, Reach, Spec};
use k8s_openapi::api::rbac::v1::ClusterRole;

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let first = permissions(component, Reach::Cluster).next()?;
    let mut at = Recorder::new(&first.origin, "what a component may do in the whole cluster is a ClusterRole");
    let name = metadata::name_in_cluster(spec, component);
    let metadata = metadata::of_component_in_cluster(&mut at, spec, component, &name, Own::default());
    let rules = rules(&mut at, permissions(component, Reach::Cluster));
    Some(at.finish(&ClusterRole { metadata, rules: Some(rules), aggregation_rule: None }))
}
