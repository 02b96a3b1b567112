//! In which API group Kubernetes has a resource: what a role calls a kind.

/// Resources and their groups, from `kubectl api-resources` of Kubernetes 1.34, by group and name. `events` is in
/// `events.k8s.io` too; the core group is the one that clients use.
const RESOURCES: [(&str, &[&str]); 18] = [
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "persistentvolumes",
            "pods",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
            "services",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("apps", &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("authentication.k8s.io", &["tokenreviews"]),
    ("authorization.k8s.io", &["localsubjectaccessreviews", "selfsubjectaccessreviews", "subjectaccessreviews"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("batch", &["cronjobs", "jobs"]),
    ("certificates.k8s.io", &["certificatesigningrequests"]),
    ("coordination.k8s.io", &["leases"]),
    ("discovery.k8s.io", &["endpointslices"]),
    ("networking.k8s.io", &["ingressclasses", "ingresses", "networkpolicies"]),
    ("node.k8s.io", &["runtimeclasses"]),
    ("policy", &["poddisruptionbudgets"]),
    ("rbac.authorization.k8s.io", &["clusterrolebindings", "clusterroles", "rolebindings", "roles"]),
    ("scheduling.k8s.io", &["priorityclasses"]),
    ("storage.k8s.io", &["csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"]),
];

/// The resources of the whole cluster. `namespaces` is not among them: a role in a namespace can be about that one.
const OF_CLUSTER: [&str; 21] = [
    "apiservices",
    "certificatesigningrequests",
    "clusterrolebindings",
    "clusterroles",
    "csidrivers",
    "csinodes",
    "customresourcedefinitions",
    "ingressclasses",
    "mutatingwebhookconfigurations",
    "nodes",
    "persistentvolumes",
    "priorityclasses",
    "runtimeclasses",
    "selfsubjectaccessreviews",
    "storageclasses",
    "subjectaccessreviews",
    "tokenreviews",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
    "volumeattachments",
];

/// True for a resource of Kubernetes itself that is in no namespace, and for a part of one.
pub fn is_of_cluster(resource: &str) -> bool {
    OF_CLUSTER.contains(&whole(resource))
}

/// Returns the resource that a part belongs to: `pods` of `pods/log`.
fn whole(resource: &str) -> &str {
    resource.split('/').next().unwrap_or_default()
}

/// Returns the group of a resource or of a part of one, such as `pods/log`; none for one that is not Kubernetes' own.
pub fn group(resource: &str) -> Option<&'static str> {
    RESOURCES.iter().find(|(_, names)| names.contains(&whole(resource))).map(|(group, _)| *group)
}

/// Iterates the names of the resources that are known here.
pub fn names() -> impl Iterator<Item = &'static str> {
    RESOURCES.iter().flat_map(|(_, names)| names.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::{OF_CLUSTER, group, is_of_cluster, names};
    use crate::object::kind::is_built_in_group;

    #[test]
    fn knows_the_groups_of_resources() {
        let check = |resource: &str, expected: Option<&str>| assert_eq!(group(resource), expected, "{resource}");
        check("pods", Some(""));
        check("pods/log", Some(""));
        check("deployments/scale", Some("apps"));
        check("ingresses", Some("networking.k8s.io"));
        check("deployment", None);
        check("*", None);
        check("", None);
        assert!(names().filter_map(group).all(is_built_in_group));
    }

    #[test]
    fn knows_what_is_in_no_namespace() {
        for (resource, expected) in
            [("nodes", true), ("nodes/proxy", true), ("pods", false), ("namespaces", false), ("widgets", false)]
        {
            assert_eq!(is_of_cluster(resource), expected, "{resource}");
        }
        assert!(OF_CLUSTER.iter().all(|it| group(it).is_some()));
    }
}
