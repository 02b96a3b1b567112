//! A component's DaemonSet: a pod on each node.

use super::{Recorder, count, metadata, pod, whole};
use crate::object::Object;
use crate::spec::{Component, Rollout, Spec};
use k8s_openapi::api::apps::v1::{DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet};

pub(super) fn object(spec: &Spec, component: &Component, rollout: &Rollout) -> Object {
    let mut at = pod::start(component);
    let metadata = metadata::of_workload(&mut at, spec, component);
    let daemon_set = at.block("spec", |at| DaemonSetSpec {
        selector: metadata::label_selector(at, spec, component),
        update_strategy: Some(at.block("updateStrategy", |at| strategy(at, rollout))),
        min_ready_seconds: at.take_some("minReadySeconds", rollout.min_ready.as_ref()).map(whole),
        revision_history_limit: at.take_some("revisionHistoryLimit", rollout.history.as_ref()).map(whole),
        template: pod::template(at, spec, component),
    });
    at.finish(&DaemonSet { metadata, spec: daemon_set, ..DaemonSet::default() })
}

fn strategy(at: &mut Recorder, rollout: &Rollout) -> DaemonSetUpdateStrategy {
    let bounded = rollout.max_unavailable.is_some() || rollout.max_surge.is_some();
    DaemonSetUpdateStrategy {
        type_: Some(at.take("type", &rollout.strategy)),
        rolling_update: bounded.then(|| {
            at.block("rollingUpdate", |at| RollingUpdateDaemonSet {
                max_unavailable: at.take_some("maxUnavailable", rollout.max_unavailable.as_ref()).map(count),
                max_surge: at.take_some("maxSurge", rollout.max_surge.as_ref()).map(count),
            })
        }),
    }
}
