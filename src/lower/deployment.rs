//! A component's Deployment: its pods, and how they are replaced.

use super::config_map::checksum;
use super::metadata::{self, Own};
use super::{Recorder, container, count, whole};
use crate::object::Object;
use crate::object::kind::CONFIG_CHECKSUM;
use crate::spec::{Component, Rollout, Security, Spec};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::api::core::v1::{PodSecurityContext, PodSpec, PodTemplateSpec, SeccompProfile};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

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
        template: at.block("template", |at| template(at, spec, component)),
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

fn template(at: &mut Recorder, spec: &Spec, component: &Component) -> PodTemplateSpec {
    let metadata = at.block("metadata", |at| {
        let mut annotations = metadata::user(at, "annotations", &[&component.annotations]).unwrap_or_default();
        if let Some(config) = &component.config {
            let rule = "pods restart when their config changes";
            let sum = checksum(config);
            annotations.extend([at.derived_key("annotations", CONFIG_CHECKSUM, &config.origin, rule, &sum)]);
        }
        ObjectMeta {
            labels: Some(metadata::pod_labels(at, spec, component)),
            annotations: (!annotations.is_empty()).then_some(annotations),
            ..ObjectMeta::default()
        }
    });
    let pod = at.block("spec", |at| PodSpec {
        automount_service_account_token: Some(
            at.take("automountServiceAccountToken", &component.service_account.mount_token),
        ),
        service_account_name: Some(at.take("serviceAccountName", &component.service_account.name)),
        security_context: Some(at.block("securityContext", |at| security(at, &component.security))),
        containers: vec![at.block("containers[0]", |at| container::main(at, component))],
        ..PodSpec::default()
    });
    PodTemplateSpec { metadata: Some(metadata), spec: Some(pod) }
}

fn security(at: &mut Recorder, security: &Security) -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(at.take("runAsNonRoot", &security.run_as_non_root)),
        run_as_user: at.take_some("runAsUser", security.user.as_ref()),
        run_as_group: at.take_some("runAsGroup", security.group.as_ref()),
        fs_group: at.take_some("fsGroup", security.fs_group.as_ref()),
        seccomp_profile: Some(SeccompProfile {
            type_: at.take("seccompProfile.type", &security.seccomp),
            localhost_profile: None,
        }),
        ..PodSecurityContext::default()
    }
}
