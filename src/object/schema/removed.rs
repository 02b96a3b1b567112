//! API versions that no embedded Kubernetes version serves any more, so that a manifest written for them is told when
//! they went. From the deprecated API migration guide of the Kubernetes documentation, 1.16 to 1.25.

use super::super::KubernetesVersion;

/// Version of the API, its kinds, and the minor version of Kubernetes that stopped serving them; by API version.
const REMOVED: &[(&str, &[&str], u32)] = &[
    ("admissionregistration.k8s.io/v1beta1", &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"], 22),
    ("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 22),
    ("apiregistration.k8s.io/v1beta1", &["APIService"], 22),
    ("apps/v1beta1", &["Deployment", "ReplicaSet", "StatefulSet"], 16),
    ("apps/v1beta2", &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"], 16),
    ("authentication.k8s.io/v1beta1", &["TokenReview"], 22),
    (
        "authorization.k8s.io/v1beta1",
        &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview"],
        22,
    ),
    ("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 25),
    ("batch/v1beta1", &["CronJob"], 25),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 22),
    ("coordination.k8s.io/v1beta1", &["Lease"], 22),
    ("discovery.k8s.io/v1beta1", &["EndpointSlice"], 25),
    ("events.k8s.io/v1beta1", &["Event"], 25),
    ("extensions/v1beta1", &["DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"], 16),
    ("extensions/v1beta1", &["Ingress"], 22),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 22),
    ("node.k8s.io/v1beta1", &["RuntimeClass"], 25),
    ("policy/v1beta1", &["PodDisruptionBudget", "PodSecurityPolicy"], 25),
    ("rbac.authorization.k8s.io/v1beta1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"], 22),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"], 22),
    ("storage.k8s.io/v1beta1", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"], 22),
];

/// Returns the version that stopped serving a kind that the oldest embedded version no longer serves.
pub fn before_oldest(api_version: &str, kind: &str) -> Option<KubernetesVersion> {
    let of_kind = |it: &&(&str, &[&str], u32)| it.0 == api_version && it.1.contains(&kind);
    REMOVED.iter().find(of_kind).map(|(_, _, minor)| KubernetesVersion { major: 1, minor: *minor })
}

#[cfg(test)]
mod tests {
    use super::REMOVED;
    use crate::object::{KubernetesVersion, schema};

    #[test]
    fn lists_only_what_no_embedded_version_serves() {
        for (api_version, kinds, minor) in REMOVED {
            assert!(*minor <= KubernetesVersion::SUPPORTED.0.minor, "{api_version}");
            for kind in *kinds {
                assert_eq!(schema::served(api_version, kind), None, "{api_version} {kind}");
            }
        }
    }
}
