//! A component's Job or `CronJob`: pods that run to their end.

use super::{Recorder, metadata, pod, whole};
use crate::object::{GitopsFacts, Object};
use crate::spec::{Component, Cron, Job as Declared, Spec};
use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

pub(super) fn object(spec: &Spec, component: &Component, job: &Declared) -> Object {
    let mut at = pod::start(component);
    let metadata = metadata::of_workload(&mut at, spec, component);
    let metadata = before_rollout(&mut at, spec, job, metadata);
    let spec = at.block("spec", |at| job_spec(at, spec, component, job));
    at.finish(&Job { metadata, spec: Some(spec), ..Job::default() })
}

pub(super) fn cron_job(spec: &Spec, component: &Component, cron: &Cron, job: &Declared) -> Object {
    let mut at = pod::start(component);
    let metadata = metadata::of_workload(&mut at, spec, component);
    let cron_job = at.block("spec", |at| CronJobSpec {
        schedule: at.take("schedule", &cron.schedule),
        time_zone: at.take_some("timeZone", cron.time_zone.as_ref()),
        concurrency_policy: at.take_some("concurrencyPolicy", cron.concurrency.as_ref()),
        starting_deadline_seconds: at.take_some("startingDeadlineSeconds", cron.starting_deadline.as_ref()),
        successful_jobs_history_limit: at
            .take_some("successfulJobsHistoryLimit", cron.keep_successful.as_ref())
            .map(whole),
        failed_jobs_history_limit: at.take_some("failedJobsHistoryLimit", cron.keep_failed.as_ref()).map(whole),
        suspend: at.take_some("suspend", cron.suspend.as_ref()),
        job_template: at.block("jobTemplate", |at| JobTemplateSpec {
            metadata: None,
            spec: Some(at.block("spec", |at| job_spec(at, spec, component, job))),
        }),
    });
    at.finish(&CronJob { metadata, spec: cron_job, ..CronJob::default() })
}

fn job_spec(at: &mut Recorder, spec: &Spec, component: &Component, job: &Declared) -> JobSpec {
    JobSpec {
        completions: at.take_some("completions", job.completions.as_ref()).map(whole),
        parallelism: at.take_some("parallelism", job.parallelism.as_ref()).map(whole),
        completion_mode: at.take_some("completionMode", job.mode.as_ref()),
        backoff_limit: at.take_some("backoffLimit", job.backoff_limit.as_ref()).map(whole),
        active_deadline_seconds: at.take_some("activeDeadlineSeconds", job.deadline.as_ref()),
        ttl_seconds_after_finished: at.take_some("ttlSecondsAfterFinished", job.ttl.as_ref()).map(whole),
        suspend: at.take_some("suspend", job.suspend.as_ref()),
        template: pod::template(at, spec, component),
        ..JobSpec::default()
    }
}

/// Adds what makes the GitOps controller run the Job anew with each version, although a Job cannot be changed: Argo CD
/// deletes and creates it as a hook (<https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/>), Flux
/// replaces it by force (<https://fluxcd.io/flux/components/kustomize/kustomizations/#force>).
///
/// The hook is one of the sync itself and not of the phase before it, in which the Job's own ConfigMap and account would
/// not be there yet.
fn before_rollout(at: &mut Recorder, spec: &Spec, job: &Declared, metadata: ObjectMeta) -> ObjectMeta {
    let (Some(run), Some(gitops)) = (&job.before_rollout, &spec.gitops) else { return metadata };
    let rule = "a Job that runs before a rollout is made anew each time";
    let annotations: &[(&str, &str)] = match gitops.value {
        GitopsFacts::ArgoCd { .. } => {
            &[("argocd.argoproj.io/hook", "Sync"), ("argocd.argoproj.io/hook-delete-policy", "BeforeHookCreation")]
        }
        GitopsFacts::Flux { .. } => &[("kustomize.toolkit.fluxcd.io/force", "enabled")],
    };
    let mut all: BTreeMap<String, String> = metadata.annotations.unwrap_or_default();
    for (key, value) in annotations {
        all.extend([at.derived_key("metadata.annotations", key, &run.origin, rule, value)]);
    }
    ObjectMeta { annotations: Some(all), ..metadata }
}
