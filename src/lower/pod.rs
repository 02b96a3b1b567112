//! The template of a component's pods.

use super::{Recorder, config_map, container, metadata, placement, volume, whole};
use crate::object::kind::CONFIG_CHECKSUM;
use crate::source::Traced;
use crate::spec::{Component, Dns, InitContainer, Pod, PodSecurity, Spec};
use k8s_openapi::api::core::v1::{
    Container, HostAlias, LocalObjectReference, PodDNSConfig, PodDNSConfigOption, PodSecurityContext, PodSpec,
    PodTemplateSpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Starts the object that makes a component's pods.
pub(super) fn start(component: &Component) -> Recorder {
    Recorder::new(&component.kind, "a component is a Deployment unless its kind says otherwise")
}

/// Returns the number of pods; none where an autoscaler owns it, because every sync would take its decision back.
pub(super) fn replicas(at: &mut Recorder, component: &Component, count: &Traced<i64>) -> Option<i32> {
    match &component.autoscale {
        None => Some(whole(at.take("replicas", count))),
        Some(autoscale) => {
            at.leave_out("replicas", &autoscale.origin, "the autoscaler owns the number of pods");
            None
        }
    }
}

/// Returns the template of a component's pods; the block is the workload's `spec`.
pub(super) fn template(at: &mut Recorder, spec: &Spec, component: &Component) -> PodTemplateSpec {
    at.block("template", |at| PodTemplateSpec {
        metadata: Some(at.block("metadata", |at| metadata_of(at, spec, component))),
        spec: Some(at.block("spec", |at| pod(at, spec, component))),
    })
}

fn metadata_of(at: &mut Recorder, spec: &Spec, component: &Component) -> ObjectMeta {
    let mut annotations = metadata::of_pods(at, "annotations", &[&component.annotations]);
    let configs = config_map::used(spec, component);
    // Pods of a Job read their config when they start, and a Job cannot be changed.
    let runs_on = component.workload.job().is_none();
    if let Some(first) = configs.first().filter(|_| runs_on) {
        let rule = "pods restart when their config changes";
        let sum = config_map::checksum(&configs);
        annotations.extend([at.derived_key("annotations", CONFIG_CHECKSUM, &first.origin, rule, &sum)]);
    }
    ObjectMeta {
        labels: Some(metadata::pod_labels(at, spec, component)),
        annotations: (!annotations.is_empty()).then_some(annotations),
        ..ObjectMeta::default()
    }
}

fn pod(at: &mut Recorder, spec: &Spec, component: &Component) -> PodSpec {
    let (account, pod) = (&component.service_account, &component.pod);
    let settings = &pod.settings;
    PodSpec {
        automount_service_account_token: Some(at.take("automountServiceAccountToken", &account.mount_token)),
        restart_policy: at.take_some("restartPolicy", component.workload.job().map(|it| &it.restart)),
        service_account_name: Some(at.take("serviceAccountName", &account.name)),
        security_context: Some(at.block("securityContext", |at| security(at, &pod.security))),
        containers: containers(at, pod),
        init_containers: init_containers(at, pod),
        volumes: volume::of(at, &pod.volumes),
        node_selector: placement::node_selector(at, component),
        tolerations: placement::tolerations(at, component),
        topology_spread_constraints: placement::spreads(at, spec, component),
        affinity: placement::affinity(at, component),
        termination_grace_period_seconds: at.take_some("terminationGracePeriodSeconds", settings.grace_period.as_ref()),
        active_deadline_seconds: at.take_some("activeDeadlineSeconds", settings.active_deadline.as_ref()),
        priority_class_name: at.take_some("priorityClassName", settings.priority_class.as_ref()),
        runtime_class_name: at.take_some("runtimeClassName", settings.runtime_class.as_ref()),
        scheduler_name: at.take_some("schedulerName", settings.scheduler.as_ref()),
        host_network: at.take_some("hostNetwork", settings.host_network.as_ref()),
        host_pid: at.take_some("hostPID", settings.host_pid.as_ref()),
        host_ipc: at.take_some("hostIPC", settings.host_ipc.as_ref()),
        share_process_namespace: at.take_some("shareProcessNamespace", settings.share_process_namespace.as_ref()),
        enable_service_links: at.take_some("enableServiceLinks", settings.service_links.as_ref()),
        dns_policy: at.take_some("dnsPolicy", settings.dns_policy.as_ref()),
        hostname: at.take_some("hostname", settings.hostname.as_ref()),
        subdomain: at.take_some("subdomain", settings.subdomain.as_ref()),
        host_aliases: at.list("hostAliases", &settings.host_aliases, |at, it| HostAlias {
            ip: at.take("ip", &it.address),
            hostnames: at.list("hostnames", &it.names, |at, name| at.take("", name)),
        }),
        dns_config: dns(at, &settings.dns),
        image_pull_secrets: at.list("imagePullSecrets", &settings.pull_secrets, |at, it| LocalObjectReference {
            name: at.take("name", it),
        }),
        ..PodSpec::default()
    }
}

fn dns(at: &mut Recorder, dns: &Dns) -> Option<PodDNSConfig> {
    let config = at.block("dnsConfig", |at| PodDNSConfig {
        nameservers: at.list("nameservers", &dns.nameservers, |at, it| at.take("", it)),
        searches: at.list("searches", &dns.searches, |at, it| at.take("", it)),
        options: at.list("options", &dns.options, |at, it| PodDNSConfigOption {
            name: Some(at.take("name", &it.name)),
            value: at.take_some("value", it.value.as_ref()),
        }),
    });
    let any = config.nameservers.is_some() || config.searches.is_some() || config.options.is_some();
    any.then_some(config)
}

fn containers(at: &mut Recorder, pod: &Pod) -> Vec<Container> {
    std::iter::once(&pod.main)
        .chain(&pod.containers)
        .enumerate()
        .map(|(index, it)| at.block(&format!("containers[{index}]"), |at| container::of(at, it)))
        .collect()
}

fn init_containers(at: &mut Recorder, pod: &Pod) -> Option<Vec<Container>> {
    let taken: Vec<Container> = pod
        .init_containers
        .iter()
        .enumerate()
        .map(|(index, it)| at.block(&format!("initContainers[{index}]"), |at| init_container(at, it)))
        .collect();
    (!taken.is_empty()).then_some(taken)
}

/// Returns a container that starts before the others
/// (<https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/>).
fn init_container(at: &mut Recorder, init: &InitContainer) -> Container {
    let container = container::of(at, &init.container);
    let rule = "a sidecar starts before the others and keeps running beside them";
    let restart_policy =
        init.is_sidecar.then(|| at.derived("restartPolicy", &init.container.name.origin, rule, "Always".to_owned()));
    Container { restart_policy, ..container }
}

fn security(at: &mut Recorder, security: &PodSecurity) -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(at.take("runAsNonRoot", &security.run_as_non_root)),
        run_as_user: at.take_some("runAsUser", security.user.as_ref()),
        run_as_group: at.take_some("runAsGroup", security.group.as_ref()),
        fs_group: at.take_some("fsGroup", security.fs_group.as_ref()),
        fs_group_change_policy: at.take_some("fsGroupChangePolicy", security.fs_group_change_policy.as_ref()),
        supplemental_groups: groups(at, security),
        seccomp_profile: Some(container::seccomp(at, &security.seccomp)),
        ..PodSecurityContext::default()
    }
}

fn groups(at: &mut Recorder, security: &PodSecurity) -> Option<Vec<i64>> {
    let taken: Vec<i64> = security
        .supplemental_groups
        .iter()
        .enumerate()
        .map(|(index, it)| at.take(&format!("supplementalGroups[{index}]"), it))
        .collect();
    (!taken.is_empty()).then_some(taken)
}
