//! What cannot change in a Pod that no workload made.

use super::Answer::{self, RefusedUnless, Taken};
use super::Update;
use super::fixed::{is_in, refused_if};
use crate::change::FieldChange;
use serde_json::Value;

/// Kubernetes: `ValidatePodUpdate`. Images may change, a deadline may come or be lowered, tolerations may come, and
/// scheduling gates may go; while there is one, where the pod runs may be narrowed.
pub(super) fn spec(update: &Update<'_>, field: &FieldChange) -> Answer {
    let number = |it: &Option<Value>| it.as_ref().and_then(Value::as_u64);
    let (added, removed) = (field.before.is_none(), field.after.is_none());
    let is_image = field.path.last_field() == Some("image") && !added && !removed;
    let is_of_container = ["spec.containers", "spec.initContainers"].iter().any(|it| is_in(field, it));
    let is_gated =
        update.before.field("spec.schedulingGates").and_then(Value::as_array).is_some_and(|it| !it.is_empty());
    if !is_in(field, "spec") || is_image && is_of_container {
        Taken
    } else if is_in(field, "spec.activeDeadlineSeconds") {
        refused_if(removed || !added && number(&field.after) > number(&field.before))
    } else if is_in(field, "spec.tolerations") {
        refused_if(!added)
    } else if is_in(field, "spec.schedulingGates") {
        refused_if(!removed)
    } else if is_gated && ["spec.nodeSelector", "spec.affinity"].iter().any(|it| is_in(field, it)) {
        RefusedUnless("the pod still waits to be scheduled, and may run on fewer nodes than before")
    } else {
        Answer::Refused
    }
}
