//! What we know of each built-in kind beyond its schema.

/// The kinds that have no namespace, from `kubectl api-resources --namespaced=false` of Kubernetes 1.34.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "CSIDriver",
    "CSINode",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "IngressClass",
    "IPAddress",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourceSlice",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersion",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
];

/// True for a built-in kind whose objects have no namespace.
pub fn is_cluster_scoped(kind: &str) -> bool {
    CLUSTER_SCOPED.contains(&kind)
}

/// The API groups of Kubernetes itself, from its OpenAPI document of version 1.37. A kind is in one of them only: left
/// out are `events.k8s.io` and `lifecycle.k8s.io`, whose kinds another group has too.
const BUILT_IN_GROUPS: [&str; 22] = [
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];

/// True for an API group that Kubernetes itself serves. Custom resources may use `.k8s.io` names too, as the Gateway API
/// does.
pub fn is_built_in_group(group: &str) -> bool {
    BUILT_IN_GROUPS.contains(&group)
}

/// Returns the path of the pod template in a kind that has one.
pub fn pod_template(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => Some("spec.template"),
        "CronJob" => Some("spec.jobTemplate.spec.template"),
        _ => None,
    }
}

/// Returns the short name by which kubectl knows a kind, from `kubectl api-resources`.
pub fn short_name(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ConfigMap" => "cm",
        "CronJob" => "cj",
        "DaemonSet" => "ds",
        "Deployment" => "deploy",
        "HorizontalPodAutoscaler" => "hpa",
        "Ingress" => "ing",
        "LimitRange" => "limits",
        "Namespace" => "ns",
        "NetworkPolicy" => "netpol",
        "PersistentVolumeClaim" => "pvc",
        "PodDisruptionBudget" => "pdb",
        "ReplicaSet" => "rs",
        "ResourceQuota" => "quota",
        "Service" => "svc",
        "ServiceAccount" => "sa",
        "StatefulSet" => "sts",
        _ => return None,
    })
}

/// The annotation of a pod template that holds the hash of its ConfigMap's data, so that a change of it restarts the pods.
pub const CONFIG_CHECKSUM: &str = "checksum/config";
