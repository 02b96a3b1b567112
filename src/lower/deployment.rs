//! A component's Deployment: how many pods, and how they are replaced.

use super::{Recorder, count, metadata, pod, whole};
use crate::object::Object;
use crate::source::Traced;
use crate::spec::{Component, Rollout, Spec};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};

pub(super) fn object(spec: &Spec, component: &Component, replicas: &Traced<i64>, rollout: &Rollout) -> Object {
    let mut at = pod::start(component);
    let metadata = metadata::of_workload(&mut at, spec, component);
    let deployment = at.block("spec", |at| DeploymentSpec {
        replicas: pod::replicas(at, component, replicas),
        selector: metadata::label_selector(at, spec, component),
        strategy: Some(at.block("strategy", |at| strategy(at, rollout))),
        min_ready_seconds: at.take_some("minReadySeconds", rollout.min_ready.as_ref()).map(whole),
        progress_deadline_seconds: at.take_some("progressDeadlineSeconds", rollout.deadline.as_ref()).map(whole),
        revision_history_limit: at.take_some("revisionHistoryLimit", rollout.history.as_ref()).map(whole),
        template: pod::template(at, spec, component),
        ..DeploymentSpec::default()
    });
    at.finish(&Deployment { metadata, spec: deployment, ..Deployment::default() })
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
