//! What a broken rule comes to in a cluster: the table from which the codes of checks are made.

use super::Check;
use crate::change::DecidedBy::{Declared, Live, Trees};
use crate::change::ImpactCode;
use crate::change::Severity::{self, Block, Note, Outage, Warn};

/// Every check that has a finding of its own, by name.
pub(super) const CHECKS: &[Check] = &[
    row(
        ("autoscaler-target-missing", Outage, Trees),
        "scales what is not there",
        "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    ),
    row(
        ("autoscaler-without-requests", Warn, Trees),
        "measures requests that are not made",
        "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    ),
    row(
        ("broad-permission", Warn, Trees),
        "allows more than it names",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ),
    row(
        ("budget-selects-nothing", Warn, Trees),
        "protects no pod",
        "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    ),
    row(
        ("capacity-exceeded", Outage, Declared),
        "asks for more than the cluster has",
        "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    row(
        ("capacity-over-target", Warn, Declared),
        "asks for more than its share of the cluster",
        "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    row(
        ("config-key-missing", Outage, Trees),
        "reads a key that is not there",
        "https://kubernetes.io/docs/concepts/configuration/configmap/",
    ),
    row(
        ("credential-in-config", Warn, Trees),
        "holds what looks like a credential",
        "https://kubernetes.io/docs/concepts/configuration/secret/",
    ),
    row(
        ("duplicate-autoscaler", Warn, Trees),
        "scales what another autoscaler scales",
        "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    ),
    row(
        ("duplicate-object", Block, Declared),
        "is there twice",
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    ),
    row(
        ("egress-denied", Warn, Trees),
        "lets no traffic out",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ),
    row(
        ("governing-service-missing", Outage, Trees),
        "has no Service that names its pods",
        "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id",
    ),
    row(
        ("host-without-certificate", Warn, Trees),
        "serves a host without a certificate",
        "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
    ),
    row(
        ("ingress-backend-missing", Outage, Trees),
        "leads to what is not there",
        "https://kubernetes.io/docs/concepts/services-networking/ingress/",
    ),
    row(
        ("invalid-image", Outage, Trees),
        "runs an image that cannot be pulled",
        "https://github.com/distribution/reference",
    ),
    row(
        ("invalid-variable-name", Warn, Trees),
        "has a variable that not every program can read",
        "https://kubernetes.io/docs/concepts/configuration/configmap/",
    ),
    row(("invisible-character", Warn, Trees), "holds what a reader does not see", "https://trojansource.codes"),
    row(
        ("misleading-setting", Outage, Trees),
        "has a setting that does not do what it looks like",
        "https://kubernetes.io/docs/concepts/storage/volumes/",
    ),
    row(
        ("missing-image-tag", Warn, Trees),
        "runs an image without a tag",
        "https://kubernetes.io/docs/concepts/containers/images/",
    ),
    row(
        ("missing-in-protected", Warn, Declared),
        "lacks what other environments have",
        "https://kubernetes.io/docs/setup/production-environment/",
    ),
    row(
        ("missing-probe", Warn, Trees),
        "is not probed",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ),
    row(
        ("missing-reference", Outage, Declared),
        "refers to what is not there",
        "https://kubernetes.io/docs/concepts/configuration/configmap/",
    ),
    row(
        ("missing-resources", Warn, Trees),
        "does not say what it needs",
        "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    row(
        ("mutable-image-tag", Warn, Declared),
        "runs an image whose tag moves",
        "https://kubernetes.io/docs/concepts/containers/images/",
    ),
    row(
        ("name-too-long", Outage, Trees),
        "has a name that leaves no room for its pods",
        "https://github.com/kubernetes/kubernetes/issues/64023",
    ),
    row(
        ("node-port-out-of-range", Block, Live),
        "may ask for a node port that the cluster does not give",
        "https://kubernetes.io/docs/concepts/services-networking/service/",
    ),
    row(
        ("object-too-large", Warn, Live),
        "may be too large to be applied",
        "https://kubernetes.io/docs/reference/using-api/server-side-apply/",
    ),
    row(
        ("odd-quantity", Warn, Trees),
        "has a quantity that is not what it looks like",
        "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/",
    ),
    row(
        ("overlapping-selectors", Outage, Trees),
        "selects the pods of another workload",
        "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
    ),
    row(
        ("plaintext-secret", Warn, Trees),
        "stands in the repository with its values",
        "https://kubernetes.io/docs/concepts/configuration/secret/",
    ),
    row(
        ("pod-security-violation", Outage, Trees),
        "gets no pods from its namespace",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ),
    row(
        ("policy-selects-nothing", Warn, Trees),
        "applies to no pod",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ),
    row(
        ("probe-port-missing", Outage, Trees),
        "is probed at a port that it does not have",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ),
    row(
        ("root-never-starts", Outage, Trees),
        "never starts",
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    ),
    row(
        ("route-backend-missing", Outage, Trees),
        "leads to what is not there",
        "https://gateway-api.sigs.k8s.io/reference/spec/",
    ),
    row(
        ("route-collision", Warn, Declared),
        "serves what another serves",
        "https://kubernetes.io/docs/concepts/services-networking/ingress/",
    ),
    row(
        ("runs-as-root", Warn, Trees),
        "may do more than its program needs",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ),
    row(
        ("schedule-never-runs", Outage, Trees),
        "never runs",
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
    ),
    row(
        ("selector-template-mismatch", Block, Trees),
        "does not select its own pods",
        "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
    ),
    row(
        ("server-owned-field", Warn, Trees),
        "sets a field that is not its own",
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/#object-spec-and-status",
    ),
    row(
        ("service-without-selector", Warn, Trees),
        "selects no pods",
        "https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors",
    ),
    row(
        ("single-writer-volume-deadlock", Outage, Declared),
        "shares a claim that only one node can have",
        "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
    ),
    row(
        ("target-port-missing", Outage, Trees),
        "leads to a port that its pods do not have",
        "https://kubernetes.io/docs/concepts/services-networking/service/",
    ),
    row(
        ("unchecked-custom-resource", Note, Trees),
        "is taken on trust",
        "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation",
    ),
    row(
        ("undeclared-class", Warn, Live),
        "may name a class that the cluster does not have",
        "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
    ),
    row(
        ("unknown-field", Warn, Declared),
        "has a field that Kubernetes does not know",
        "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    ),
    row(
        ("unsafe-name", Warn, Trees),
        "has a name that cannot be a file's",
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names",
    ),
    row(
        ("weaker-in-protected", Warn, Declared),
        "is weaker than in other environments",
        "https://kubernetes.io/docs/setup/production-environment/",
    ),
];

const fn row(
    (name, severity, decided_by): (&'static str, Severity, crate::change::DecidedBy),
    words: &'static str,
    documentation: &'static str,
) -> Check {
    Check { code: ImpactCode { name, severity, decided_by, documentation }, words }
}

#[cfg(test)]
mod tests {
    use super::CHECKS;

    #[test]
    fn checks_are_in_order_and_short() {
        assert!(CHECKS.is_sorted_by_key(|it| it.code.name));
        assert!(CHECKS.iter().all(|it| it.words.len() <= 60));
    }
}
