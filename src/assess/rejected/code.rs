//! The codes of fields that cannot change, by name.

use crate::change::{DecidedBy, ImpactCode, Severity};

pub(super) const ALL: &[ImpactCode] = &[
    CLAIM_FIELD,
    CLASS_FIELD,
    CLUSTER_IP,
    CONFIG_DATA,
    CRD_FIELD,
    JOB_FIELD,
    POD_SPEC,
    PRIORITY_CLASS,
    QUOTA_SCOPES,
    REVISION_HISTORY,
    ROLE_REF,
    SECRET_TYPE,
    SERVICE_FIELD,
    STATEFULSET_FIELD,
    STORAGE_CLASS,
    WORKLOAD_SELECTOR,
];

pub(super) const CLAIM_FIELD: ImpactCode = ImpactCode {
    name: "immutable-claim-field",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims",
};
pub(super) const CLASS_FIELD: ImpactCode = ImpactCode {
    name: "immutable-class-field",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-class-v1/",
};
pub(super) const CLUSTER_IP: ImpactCode = ImpactCode {
    name: "immutable-cluster-ip",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address",
};
pub(super) const CONFIG_DATA: ImpactCode = ImpactCode {
    name: "immutable-config-data",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable",
};
pub(super) const CRD_FIELD: ImpactCode = ImpactCode {
    name: "immutable-crd-field",
    severity: Severity::Block,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#upgrade-existing-objects-to-a-new-stored-version",
};
pub(super) const JOB_FIELD: ImpactCode = ImpactCode {
    name: "immutable-job-field",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup",
};
pub(super) const POD_SPEC: ImpactCode = ImpactCode {
    name: "immutable-pod-spec",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement",
};
pub(super) const PRIORITY_CLASS: ImpactCode = ImpactCode {
    name: "immutable-priority-class",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass",
};
pub(super) const QUOTA_SCOPES: ImpactCode = ImpactCode {
    name: "immutable-quota-scopes",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes",
};
pub(super) const REVISION_HISTORY: ImpactCode = ImpactCode {
    name: "immutable-revision-history",
    severity: Severity::Block,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#managing-revision-history",
};
pub(super) const ROLE_REF: ImpactCode = ImpactCode {
    name: "immutable-role-ref",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
};
pub(super) const SECRET_TYPE: ImpactCode = ImpactCode {
    name: "immutable-secret-type",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
};
pub(super) const SERVICE_FIELD: ImpactCode = ImpactCode {
    name: "immutable-service-field",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class",
};
pub(super) const STATEFULSET_FIELD: ImpactCode = ImpactCode {
    name: "immutable-statefulset-field",
    severity: Severity::Block,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations",
};
pub(super) const STORAGE_CLASS: ImpactCode = ImpactCode {
    name: "immutable-storage-class",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/storage/storage-classes/#storageclass-objects",
};
pub(super) const WORKLOAD_SELECTOR: ImpactCode = ImpactCode {
    name: "immutable-workload-selector",
    severity: Severity::Block,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
};
