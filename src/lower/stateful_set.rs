//! A component's StatefulSet: pods with a name and storage of their own.

use super::{Recorder, count, metadata, pod, whole};
use crate::object::Object;
use crate::source::Traced;
use crate::spec::{ClaimTemplate, Component, Rollout, Spec, Stateful};
use k8s_openapi::api::apps::v1::{
    RollingUpdateStatefulSetStrategy, StatefulSet, StatefulSetOrdinals,
    StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetUpdateStrategy,
};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

pub(super) fn object(
    spec: &Spec,
    component: &Component,
    replicas: &Traced<i64>,
    rollout: &Rollout,
    stateful: &Stateful,
) -> Object {
    let mut at = pod::start(component);
    let metadata = metadata::of_workload(&mut at, spec, component);
    let stateful_set = at.block("spec", |at| StatefulSetSpec {
        replicas: pod::replicas(at, component, replicas),
        selector: metadata::label_selector(at, spec, component),
        service_name: at.take_some("serviceName", stateful.service.as_ref()),
        pod_management_policy: at.take_some("podManagementPolicy", stateful.pod_management.as_ref()),
        update_strategy: Some(at.block("updateStrategy", |at| strategy(at, rollout))),
        min_ready_seconds: at.take_some("minReadySeconds", rollout.min_ready.as_ref()).map(whole),
        revision_history_limit: at.take_some("revisionHistoryLimit", rollout.history.as_ref()).map(whole),
        ordinals: stateful
            .start
            .as_ref()
            .map(|it| StatefulSetOrdinals { start: Some(whole(at.take("ordinals.start", it))) }),
        persistent_volume_claim_retention_policy: retention(at, stateful),
        volume_claim_templates: claims(at, stateful),
        template: pod::template(at, spec, component),
    });
    at.finish(&StatefulSet { metadata, spec: stateful_set, ..StatefulSet::default() })
}

fn strategy(at: &mut Recorder, rollout: &Rollout) -> StatefulSetUpdateStrategy {
    let bounded = rollout.max_unavailable.is_some() || rollout.partition.is_some();
    StatefulSetUpdateStrategy {
        type_: Some(at.take("type", &rollout.strategy)),
        rolling_update: bounded.then(|| {
            at.block("rollingUpdate", |at| RollingUpdateStatefulSetStrategy {
                max_unavailable: at.take_some("maxUnavailable", rollout.max_unavailable.as_ref()).map(count),
                partition: at.take_some("partition", rollout.partition.as_ref()).map(whole),
            })
        }),
    }
}

fn retention(at: &mut Recorder, stateful: &Stateful) -> Option<StatefulSetPersistentVolumeClaimRetentionPolicy> {
    let policy =
        at.block("persistentVolumeClaimRetentionPolicy", |at| StatefulSetPersistentVolumeClaimRetentionPolicy {
            when_deleted: at.take_some("whenDeleted", stateful.when_deleted.as_ref()),
            when_scaled: at.take_some("whenScaled", stateful.when_scaled.as_ref()),
        });
    (policy.when_deleted.is_some() || policy.when_scaled.is_some()).then_some(policy)
}

fn claims(at: &mut Recorder, stateful: &Stateful) -> Option<Vec<PersistentVolumeClaim>> {
    let claims: Vec<PersistentVolumeClaim> = stateful
        .claims
        .iter()
        .enumerate()
        .map(|(index, it)| at.block(&format!("volumeClaimTemplates[{index}]"), |at| claim(at, it)))
        .collect();
    (!claims.is_empty()).then_some(claims)
}

/// Returns a claim, with the `apiVersion` and `kind` that the API server gives each.
fn claim(at: &mut Recorder, declared: &ClaimTemplate) -> PersistentVolumeClaim {
    let rule = "a claim template is a PersistentVolumeClaim";
    at.derived("apiVersion", &declared.origin, rule, ());
    at.derived("kind", &declared.origin, rule, ());
    let name = at.take("metadata.name", &declared.name);
    let spec = at.block("spec", |at| PersistentVolumeClaimSpec {
        access_modes: Some(vec![at.take("accessModes[0]", &declared.access)]),
        resources: Some(VolumeResourceRequirements {
            requests: Some(BTreeMap::from([(
                "storage".to_owned(),
                Quantity(at.take("resources.requests.storage", &declared.size).to_string()),
            )])),
            limits: None,
        }),
        storage_class_name: at.take_some("storageClassName", declared.class.as_ref()),
        volume_mode: at.take_some("volumeMode", declared.volume_mode.as_ref()),
        ..PersistentVolumeClaimSpec::default()
    });
    PersistentVolumeClaim {
        metadata: ObjectMeta { name: Some(name), ..ObjectMeta::default() },
        spec: Some(spec),
        status: None,
    }
}
