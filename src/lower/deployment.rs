//! A component's Deployment: how many pods, and how they are replaced.

use super::metadata::{self, Own};
use super::{Recorder, count, pod, whole};
use crate::object::Object;
use crate::spec::{Component, Rollout, Spec};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

pub(super) fn object(spec: &Spec, component: &Component) -> Object {
    let mut at = Recorder::new(&component.name.origin, "a component is a Deployment");
    let own = Own { labels: &[], annotations: &component.annotations };
    let metadata = metadata::of_component(&mut at, spec, component, &component.object_name, own);
    let deployment = at.block("spec", |at| DeploymentSpec {
        replicas: replicas(at, component),
        selector: LabelSelector {
            match_labels: Some(metadata::selector(at, "selector.matchLabels", spec, component)),
            match_expressions: None,
        },
        strategy: Some(at.block("strategy", |at| strategy(at, &component.rollout))),
        min_ready_seconds: at.take_some("minReadySeconds", component.rollout.min_ready.as_ref()).map(whole),
        progress_deadline_seconds: at
            .take_some("progressDeadlineSeconds", component.rollout.deadline.as_ref())
            .map(whole),
        template: pod::template(at, spec, component),
        ..DeploymentSpec::default()
    });
    at.finish(&Deployment { metadata, spec: deployment, ..Deployment::default() })
}

/// Returns the number of pods; none where an autoscaler owns it, because every sync would take its decision back.
fn replicas(at: &mut Recorder, component: &Component) -> Option<i32> {
    match &component.autoscale {
        None => Some(whole(at.take("replicas", &component.replicas.count))),
        Some(autoscale) => {
            at.leave_out("replicas", &autoscale.origin, "the autoscaler owns the number of pods");
            None
        }
    }
}

fn strategy(at: &mut Recorder, rollout: &Rollout) -> DeploymentStrategy {
    let bounded = rollout.max_unavailable.is_some() || rollout.max_surge.is_some();
    DeploymentStrategy {
        type_: Some(at.take("type", &rollout.strategy)),
        rolling_update: bounded.then(|| {
            at.block("rollingUpdate", |at| RollingUpdateDeployment {
                max_unavailable: at.take_some("maxUnavailable", rollout.max_unavailable.as_ref()).map(count),
                max_surge: at.take_some("maxSurge", rollout.max_surge.as_ref()).map(count),
            })
        }),
    }
}
