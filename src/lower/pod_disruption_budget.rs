//! A component's PodDisruptionBudget.

use super::metadata::{self, Own};
use super::{Recorder, count};
use crate::object::Object;
use crate::spec::{Component, Spec};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let budget = component.disruption_budget.as_ref()?;
    let mut at = Recorder::new(&budget.origin, "disruption-budget is a PodDisruptionBudget");
    let metadata = metadata::of_component(&mut at, spec, component, &budget.name, Own::default());
    let spec = at.block("spec", |at| PodDisruptionBudgetSpec {
        min_available: at.take_some("minAvailable", budget.min_available.as_ref()).map(count),
        max_unavailable: at.take_some("maxUnavailable", budget.max_unavailable.as_ref()).map(count),
        selector: Some(LabelSelector {
            match_labels: Some(metadata::selector(at, "selector.matchLabels", spec, component)),
            match_expressions: None,
        }),
        ..PodDisruptionBudgetSpec::default()
    });
    Some(at.finish(&PodDisruptionBudget { metadata, spec: Some(spec), ..PodDisruptionBudget::default() }))
}
