//! The table of fields that cannot change once their object exists.

use super::Answer::{Refused, RefusedUnless, Taken};
use super::code::{
    CLAIM_FIELD, CLASS_FIELD, CLUSTER_IP, CONFIG_DATA, CRD_FIELD, JOB_FIELD, POD_SPEC, PRIORITY_CLASS, QUOTA_SCOPES,
    REVISION_HISTORY, ROLE_REF, SECRET_TYPE, SERVICE_FIELD, STATEFULSET_FIELD, STORAGE_CLASS, WORKLOAD_SELECTOR,
};
use super::{Answer, Update, definition, pod, service};
use crate::change::{Equivalence, FieldChange, ImpactCode};
use crate::object::{FieldPath, KubernetesVersion, Quantity};
use serde_json::Value;

/// What cannot change in objects of some kinds.
pub(super) struct Fixed {
    pub(super) code: ImpactCode,
    /// API group and kind.
    pub(super) kinds: &'static [(&'static str, &'static str)],
    /// What becomes of the change of one field.
    pub(super) answer: fn(&Update<'_>, &FieldChange) -> Answer,
    /// The way out; `NAME` stands for the name of the object.
    pub(super) help: &'static str,
}

/// By group and kind, as in the packages `validation` and `registry` of Kubernetes.
pub(super) const FIXED: &[Fixed] = &[
    // registry/apps: `ValidateUpdate` of each.
    Fixed {
        code: WORKLOAD_SELECTOR,
        kinds: &[("apps", "Deployment"), ("apps", "DaemonSet"), ("apps", "ReplicaSet")],
        answer: |_, field| refused_if(is_in(field, "spec.selector")),
        help: "keep the selector, or give the workload another name and remove the old one in a second change",
    },
    Fixed {
        code: STATEFULSET_FIELD,
        kinds: &[("apps", "StatefulSet")],
        answer: of_stateful_set,
        help: "keep the field, or delete only the StatefulSet (`kubectl delete statefulset NAME --cascade=orphan`) so that the sync creates it anew: its pods and claims stay",
    },
    Fixed {
        code: REVISION_HISTORY,
        kinds: &[("apps", "StatefulSet")],
        answer: of_revision_history,
        help: "keep the number until the cluster has Kubernetes 1.33, or delete only the StatefulSet (`kubectl delete statefulset NAME --cascade=orphan`) so that the sync creates it anew: its pods and claims stay",
    },
    Fixed {
        code: POD_SPEC,
        kinds: &[("", "Pod")],
        answer: pod::spec,
        help: "delete the pod (`kubectl delete pod NAME`) so that the sync creates it anew, or let a Deployment make it",
    },
    // apiextensions: `validateCustomResourceDefinitionSpecUpdate` and `ValidateCustomResourceDefinitionStoredVersions`.
    Fixed {
        code: CRD_FIELD,
        kinds: &[("apiextensions.k8s.io", "CustomResourceDefinition")],
        answer: definition::field,
        help: "keep it, and serve the new form as another version; a stored version goes once no object is stored in it and `status.storedVersions` says so",
    },
    Fixed {
        code: JOB_FIELD,
        kinds: &[("batch", "Job")],
        answer: of_job,
        help: "end the name of the Job in the version, or say `job run=before-rollout` so that the GitOps controller makes it anew each time",
    },
    Fixed {
        code: CLUSTER_IP,
        kinds: &[("", "Service")],
        answer: service::address,
        help: "keep the field, give the Service another name, or delete it (`kubectl delete service NAME`) so that the sync creates it anew: it is gone in between",
    },
    Fixed {
        code: SERVICE_FIELD,
        kinds: &[("", "Service")],
        answer: service::other,
        help: "keep the field, or delete the Service (`kubectl delete service NAME`) so that the sync creates it anew: its external address may change",
    },
    Fixed {
        code: CLAIM_FIELD,
        kinds: &[("", "PersistentVolumeClaim")],
        answer: of_claim,
        help: "keep the field, or make a claim of another name and copy the data",
    },
    Fixed {
        code: CONFIG_DATA,
        kinds: &[("", "ConfigMap"), ("", "Secret")],
        answer: of_immutable,
        help: "give it another name, and change its users to that name in the same change",
    },
    // core: `ValidateSecretUpdate`.
    Fixed {
        code: SECRET_TYPE,
        kinds: &[("", "Secret")],
        answer: |_, field| refused_if(is_in(field, "type")),
        help: "give the Secret another name, or delete it (`kubectl delete secret NAME`) so that the sync creates it anew: running pods keep it",
    },
    // core: `ValidateResourceQuotaUpdate`.
    Fixed {
        code: QUOTA_SCOPES,
        kinds: &[("", "ResourceQuota")],
        answer: |_, field| refused_if(is_in(field, "spec.scopes")),
        help: "give the quota another name, or delete it (`kubectl delete resourcequota NAME`) so that the sync creates it anew",
    },
    // networking: `validateIngressClassSpecUpdate`; node: `ValidateRuntimeClassUpdate`. Neither has the field of the other.
    Fixed {
        code: CLASS_FIELD,
        kinds: &[("networking.k8s.io", "IngressClass"), ("node.k8s.io", "RuntimeClass")],
        answer: |_, field| refused_if(is_in(field, "spec.controller") || is_in(field, "handler")),
        help: "keep the field, or give the class another name and change its users to that name",
    },
    // discovery: `ValidateEndpointSliceUpdate`.
    Fixed {
        code: CLASS_FIELD,
        kinds: &[("discovery.k8s.io", "EndpointSlice")],
        answer: |_, field| refused_if(is_in(field, "addressType")),
        help: "keep the field, or give the slice another name",
    },
    // rbac: `ValidateRoleBindingUpdate` and `ValidateClusterRoleBindingUpdate`.
    Fixed {
        code: ROLE_REF,
        kinds: &[("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding")],
        answer: |_, field| refused_if(is_in(field, "roleRef")),
        help: "give the binding another name, or delete it so that the sync creates it anew: the rights are gone in between",
    },
    // scheduling: `ValidatePriorityClassUpdate`.
    Fixed {
        code: PRIORITY_CLASS,
        kinds: &[("scheduling.k8s.io", "PriorityClass")],
        answer: |_, field| refused_if(is_in(field, "value") || is_in(field, "preemptionPolicy")),
        help: "make a class of another name, or delete this one (`kubectl delete priorityclass NAME`) so that the sync creates it anew: pods keep their priority",
    },
    // storage: `ValidateStorageClassUpdate`.
    Fixed {
        code: STORAGE_CLASS,
        kinds: &[("storage.k8s.io", "StorageClass")],
        answer: |_, field| {
            let fixed = ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"];
            refused_if(fixed.iter().any(|it| is_in(field, it)))
        },
        help: "make a class of another name, or delete this one (`kubectl delete storageclass NAME`) so that the sync creates it anew: volumes stay as they are",
    },
];

/// Kubernetes: `ValidateStatefulSetUpdate`.
fn of_stateful_set(_: &Update<'_>, field: &FieldChange) -> Answer {
    let may_change = [
        "minReadySeconds",
        "ordinals",
        "persistentVolumeClaimRetentionPolicy",
        "replicas",
        "revisionHistoryLimit",
        "template",
        "updateStrategy",
    ];
    refused_if(is_in(field, "spec") && !may_change.iter().any(|it| is_in(field, &format!("spec.{it}"))))
}

/// Kubernetes: `ValidateStatefulSetUpdate`, which lets it change since 1.33.
fn of_revision_history(update: &Update<'_>, field: &FieldChange) -> Answer {
    const TAKEN_SINCE: KubernetesVersion = KubernetesVersion { major: 1, minor: 33 };
    // Kubernetes: `SetDefaults_StatefulSet`.
    let number = |it: &Option<Value>| it.as_ref().and_then(Value::as_u64).unwrap_or(10);
    if !is_in(field, "spec.revisionHistoryLimit") || number(&field.before) == number(&field.after) {
        return Taken;
    }
    match &update.environment.cluster {
        None => RefusedUnless("the cluster has Kubernetes 1.33 or later"),
        Some(cluster) => refused_if(cluster.kubernetes < TAKEN_SINCE),
    }
}

/// Kubernetes: `ValidateJobSpecUpdate`.
fn of_job(update: &Update<'_>, field: &FieldChange) -> Answer {
    let is = |path: &str| is_in(field, path);
    let new = |path: &str| update.after.field(path);
    // An indexed Job may be given more or fewer indexes where the number of its pods changes with them.
    if is("spec.completions") && new("spec.completionMode").and_then(Value::as_str) == Some("Indexed") {
        return refused_if(new("spec.completions") != new("spec.parallelism"));
    }
    // Where the pods of a Job go may change until it starts: `validatePodTemplateUpdate`.
    let scheduling = [
        "metadata.annotations",
        "metadata.labels",
        "spec.affinity.nodeAffinity",
        "spec.nodeSelector",
        "spec.schedulingGates",
        "spec.tolerations",
    ];
    let is_suspended = update.before.field("spec.suspend") == Some(&Value::Bool(true));
    if is_suspended && scheduling.iter().any(|it| is(&format!("spec.template.{it}"))) {
        return RefusedUnless("it never started");
    }
    let fixed = [
        "backoffLimitPerIndex",
        "completionMode",
        "completions",
        "managedBy",
        "podFailurePolicy",
        "selector",
        "successPolicy",
        "template",
    ];
    match fixed.iter().any(|it| is(&format!("spec.{it}"))) {
        true if update.before.field("spec.ttlSecondsAfterFinished").is_some() => {
            RefusedUnless("the old Job has finished and is gone")
        }
        is_fixed => refused_if(is_fixed),
    }
}

/// Kubernetes: `ValidatePersistentVolumeClaimUpdate`. A size has codes of its own.
fn of_claim(update: &Update<'_>, field: &FieldChange) -> Answer {
    let may_change = ["spec.resources.requests", "spec.volumeAttributesClassName"];
    // What the cluster chose for a claim may be written down afterwards.
    for (path, condition) in [
        ("spec.storageClassName", "it is the class that the claim has already"),
        ("spec.volumeName", "the claim has no other volume yet"),
    ] {
        if is_in(field, path) && update.before.field(path).is_none() {
            return RefusedUnless(condition);
        }
    }
    refused_if(is_in(field, "spec") && !may_change.iter().any(|it| is_in(field, it)))
}

/// Kubernetes: `ValidateConfigMapUpdate` and `ValidateSecretUpdate`.
fn of_immutable(update: &Update<'_>, field: &FieldChange) -> Answer {
    let was_immutable = update.before.field("immutable") == Some(&Value::Bool(true));
    let fixed = ["binaryData", "data", "immutable", "stringData"];
    refused_if(was_immutable && fixed.iter().any(|it| is_in(field, it)))
}

/// True where a change is of the field at this path, or of something in it.
pub(super) fn is_in(field: &FieldChange, path: &str) -> bool {
    FieldPath::parse(path).is_some_and(|it| field.path.starts_with(&it) || field.path_before.starts_with(&it))
}

pub(super) fn refused_if(is_fixed: bool) -> Answer {
    if is_fixed { Refused } else { Taken }
}

/// True where a change says in other words what the API server has already: a default is written down or left out, or an
/// amount has another unit.
pub(super) fn means_the_same(field: &FieldChange) -> bool {
    const DEFAULTS: &[(&str, &str)] = &[
        ("apiGroup", "rbac.authorization.k8s.io"),
        ("apiVersion", "v1"),
        ("completionMode", "NonIndexed"),
        ("kind", "PersistentVolumeClaim"),
        ("podManagementPolicy", "OrderedReady"),
        ("preemptionPolicy", "PreemptLowerPriority"),
        ("reclaimPolicy", "Delete"),
        ("restartPolicy", "Always"),
        ("schedulerName", "default-scheduler"),
        ("type", "Opaque"),
        ("volumeBindingMode", "Immediate"),
        ("volumeMode", "Filesystem"),
    ];
    // What it compares has every default, and amounts are compared as amounts; a port's name and number are two things.
    if [Some(Equivalence::Default), Some(Equivalence::Quantity)].contains(&field.equivalent) {
        return true;
    }
    let name = field.path.last_field().unwrap_or_default();
    match (&field.before, &field.after) {
        (None, Some(value)) | (Some(value), None) => {
            DEFAULTS.iter().any(|it| it.0 == name && Some(it.1) == value.as_str())
        }
        (Some(before), Some(after)) => {
            let block = field.path.parent();
            let is_amount = matches!(block.as_ref().and_then(FieldPath::last_field), Some("requests" | "limits"));
            let amount = |it| Quantity::of_value(it);
            is_amount && amount(before).is_some() && amount(before) == amount(after)
        }
        (None, None) => true,
    }
}
