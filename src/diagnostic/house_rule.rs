//! The rules that are ours and not the API server's, so that a spec can waive one for a component with a reason.

use super::Code;

/// Requests and limits for CPU and memory are set.
pub const MISSING_RESOURCES: Code = Code::error("missing-resources");
/// Liveness and readiness probes are set.
pub const MISSING_PROBE: Code = Code::error("missing-probe");
/// Containers run as a user other than root, without added privileges.
pub const RUNS_AS_ROOT: Code = Code::error("runs-as-root");
/// The image has a tag or a digest.
pub const MISSING_IMAGE_TAG: Code = Code::error("missing-image-tag");
/// A protected environment does not run `latest`.
pub const MUTABLE_IMAGE_TAG: Code = Code::error("mutable-image-tag");
/// No value that looks like a credential in a ConfigMap or a plain environment variable.
pub const CREDENTIAL_IN_CONFIG: Code = Code::error("credential-in-config").confidential();
/// A node port is of the range that a cluster gives out unless it is told otherwise.
pub const NODE_PORT_OUT_OF_RANGE: Code = Code::error("node-port-out-of-range");
/// A protected environment allows neither every origin nor an unencrypted one.
pub const ORIGIN_NOT_ALLOWED: Code = Code::error("origin-not-allowed");

/// An autoscaler measures a share of requests that every container makes.
pub const AUTOSCALER_WITHOUT_REQUESTS: Code = Code::error("autoscaler-without-requests");
/// An account may do what is named, and not everything.
pub const BROAD_PERMISSION: Code = Code::error("broad-permission");
/// A disruption budget lets a pod go, so that a node can be drained.
pub const BUDGET_BLOCKS_DRAIN: Code = Code::warning("budget-blocks-drain");
/// A disruption budget selects pods.
pub const BUDGET_SELECTS_NOTHING: Code = Code::error("budget-selects-nothing");
/// An object is of an API version that the next versions of Kubernetes serve too.
pub const DEPRECATED_API: Code = Code::warning("deprecated-api");
/// A workload has one autoscaler.
pub const DUPLICATE_AUTOSCALER: Code = Code::error("duplicate-autoscaler");
/// A network policy that denies all outgoing traffic says so.
pub const EGRESS_DENIED: Code = Code::warning("egress-denied");
/// A host and path is served by one Ingress.
pub const HOST_COLLISION: Code = Code::error("host-collision");
/// The certificates of an Ingress are for its hosts.
pub const HOST_WITHOUT_CERTIFICATE: Code = Code::warning("host-without-certificate");
/// A protected environment has what the others have.
pub const MISSING_IN_PROTECTED: Code = Code::warning("missing-in-protected");
/// A network policy selects pods.
pub const POLICY_SELECTS_NOTHING: Code = Code::warning("policy-selects-nothing");
/// The number of replicas is decided by the autoscaler alone.
pub const REPLICAS_OWNED_BY_AUTOSCALER: Code = Code::error("replicas-owned-by-autoscaler");
/// A Service selects pods.
pub const SERVICE_SELECTS_NOTHING: Code = Code::error("service-selects-nothing");
/// A Service without a selector has endpoints from somewhere else.
pub const SERVICE_WITHOUT_SELECTOR: Code = Code::warning("service-without-selector");
/// The pods that a Service selects have the ports to which it forwards.
pub const TARGET_PORT_MISSING: Code = Code::error("target-port-missing");
/// A class that only the cluster can have is declared.
pub const UNDECLARED_CLASS: Code = Code::warning("undeclared-class");
/// A protected environment is no weaker than the others.
pub const WEAKER_IN_PROTECTED: Code = Code::warning("weaker-in-protected");

/// A waiver that excuses its component from nothing.
pub const UNUSED_WAIVER: Code = Code::warning("unused-waiver");

/// Every house rule, by name.
pub const HOUSE_RULES: &[Code] = &[
    AUTOSCALER_WITHOUT_REQUESTS,
    BROAD_PERMISSION,
    BUDGET_BLOCKS_DRAIN,
    BUDGET_SELECTS_NOTHING,
    CREDENTIAL_IN_CONFIG,
    DEPRECATED_API,
    DUPLICATE_AUTOSCALER,
    EGRESS_DENIED,
    HOST_COLLISION,
    HOST_WITHOUT_CERTIFICATE,
    MISSING_IMAGE_TAG,
    MISSING_IN_PROTECTED,
    MISSING_PROBE,
    MISSING_RESOURCES,
    MUTABLE_IMAGE_TAG,
    NODE_PORT_OUT_OF_RANGE,
    ORIGIN_NOT_ALLOWED,
    POLICY_SELECTS_NOTHING,
    REPLICAS_OWNED_BY_AUTOSCALER,
    RUNS_AS_ROOT,
    SERVICE_SELECTS_NOTHING,
    SERVICE_WITHOUT_SELECTOR,
    TARGET_PORT_MISSING,
    UNDECLARED_CLASS,
    WEAKER_IN_PROTECTED,
];

/// Says how a component is excused from a rule: the last help of its messages.
pub fn or_waive(code: Code) -> String {
    format!("or say why it may: `waive {} reason=\"…\"` in the component", code.name)
}
