//! The house rules: checks that are ours to set and to waive. Each comes in with the severity that it has unless a policy
//! says otherwise.
//!
//! A check is a house rule where the API server takes what breaks it (it never works, or we advise against it), and where
//! it depends on a cluster that we cannot ask. What the server surely refuses is none, and neither is what our own
//! output cannot hold: two objects of one identity, two files of one name, the value of a secret.

use super::Code;

/// An autoscaler scales a workload that does not exist.
pub const AUTOSCALER_TARGET_MISSING: Code = Code::error("autoscaler-target-missing");
/// An autoscaler measures a share of requests that a container does not make.
pub const AUTOSCALER_WITHOUT_REQUESTS: Code = Code::error("autoscaler-without-requests");
/// An account may do what is named, and not everything.
pub const BROAD_PERMISSION: Code = Code::error("broad-permission");
/// A disruption budget never lets a pod go, so that no node can be drained.
pub const BUDGET_BLOCKS_DRAIN: Code = Code::warning("budget-blocks-drain");
/// No workload has the labels that a disruption budget selects.
pub const BUDGET_SELECTS_NOTHING: Code = Code::error("budget-selects-nothing");
/// More is requested than the cluster has after the reserve.
pub const CAPACITY_EXCEEDED: Code = Code::error("capacity-exceeded");
/// More is requested than the target share of what the cluster has.
pub const CAPACITY_OVER_TARGET: Code = Code::warning("capacity-over-target");
/// No value that looks like a credential in a ConfigMap or a plain environment variable.
pub const CREDENTIAL_IN_CONFIG: Code = Code::error("credential-in-config").confidential();
/// Two autoscalers scale the same workload.
pub const DUPLICATE_AUTOSCALER: Code = Code::error("duplicate-autoscaler");
/// Two Ingresses claim the same host and path.
pub const ROUTE_COLLISION: Code = Code::error("route-collision");
/// An Ingress forwards to a Service, or to a port of it, that does not exist.
pub const INGRESS_BACKEND_MISSING: Code = Code::error("ingress-backend-missing");
/// An image is not written as an image can be.
pub const INVALID_IMAGE: Code = Code::error("invalid-image");
/// A text holds what a reader does not see.
pub const INVISIBLE_CHARACTER: Code = Code::error("invisible-character");
/// The image has a tag or a digest.
pub const MISSING_IMAGE_TAG: Code = Code::error("missing-image-tag");
/// A `ConfigMap` or `Secret` has not the key to which an object refers.
pub const CONFIG_KEY_MISSING: Code = Code::error("config-key-missing");
/// Liveness and readiness probes are set.
pub const MISSING_PROBE: Code = Code::error("missing-probe");
/// An object refers to another that the environment does not have.
pub const MISSING_REFERENCE: Code = Code::error("missing-reference");
/// Requests and limits for CPU and memory are set.
pub const MISSING_RESOURCES: Code = Code::error("missing-resources");
/// A protected environment does not run `latest`.
pub const MUTABLE_IMAGE_TAG: Code = Code::error("mutable-image-tag");
/// Two Services ask for the same port of every node.
pub const NODE_PORT_COLLISION: Code = Code::error("node-port-collision");
/// A node port is of the range that a cluster gives out unless it is told otherwise.
pub const NODE_PORT_OUT_OF_RANGE: Code = Code::error("node-port-out-of-range");
/// A quantity is one that Kubernetes reads, but otherwise than it looks.
pub const ODD_QUANTITY: Code = Code::error("odd-quantity");
/// A protected environment allows neither every origin nor an unencrypted one.
pub const ORIGIN_EXPOSURE: Code = Code::error("origin-exposure");
/// Two workloads select the same pods.
pub const OVERLAPPING_SELECTORS: Code = Code::error("overlapping-selectors");
/// No workload has the labels to which a network policy applies.
pub const POLICY_SELECTS_NOTHING: Code = Code::error("policy-selects-nothing");
/// A probe names a port that its container does not have.
pub const PROBE_PORT_MISSING: Code = Code::error("probe-port-missing");
/// A workload fixes the number of replicas that an autoscaler decides.
pub const REPLICAS_OWNED_BY_AUTOSCALER: Code = Code::error("replicas-owned-by-autoscaler");
/// Containers run as a user other than root, without added privileges.
pub const RUNS_AS_ROOT: Code = Code::error("runs-as-root");
/// A field is set that only the API server may set.
pub const SERVER_OWNED_FIELD: Code = Code::error("server-owned-field");
/// No workload has the labels that a Service selects.
pub const SERVICE_SELECTS_NOTHING: Code = Code::error("service-selects-nothing");
/// A Service forwards to a port that the selected pods do not have.
pub const TARGET_PORT_MISSING: Code = Code::error("target-port-missing");
/// The kind has no such field.
pub const UNKNOWN_FIELD: Code = Code::error("unknown-field");
/// An object is of an API version that the next versions of Kubernetes serve too.
pub const API_DEPRECATED: Code = Code::warning("api-deprecated");
/// A network policy that denies all outgoing traffic says so.
pub const EGRESS_DENIED: Code = Code::warning("egress-denied");
/// The certificates of an Ingress are for its hosts.
pub const HOST_WITHOUT_CERTIFICATE: Code = Code::warning("host-without-certificate");
/// A protected environment has what the others have.
pub const MISSING_IN_PROTECTED: Code = Code::warning("missing-in-protected");
/// A Service without a selector has endpoints from somewhere else.
pub const SERVICE_WITHOUT_SELECTOR: Code = Code::warning("service-without-selector");
/// The project has the definition of every custom resource, so that it can be checked.
pub const UNCHECKED_CUSTOM_RESOURCE: Code = Code::warning("unchecked-custom-resource");
/// A class that only the cluster can have is declared.
pub const UNDECLARED_CLASS: Code = Code::warning("undeclared-class");
/// A protected environment is no weaker than the others.
pub const WEAKER_IN_PROTECTED: Code = Code::warning("weaker-in-protected");

/// A waiver that excuses from nothing.
pub const UNUSED_WAIVER: Code = Code::warning("unused-waiver");
/// A waiver whose last day is over.
pub const EXPIRED_WAIVER: Code = Code::error("expired-waiver");
/// A waiver whose last day is near.
pub const EXPIRING_WAIVER: Code = Code::note("expiring-waiver");

/// The Service that gives a `StatefulSet`'s pods their names is there.
pub const GOVERNING_SERVICE_MISSING: Code = Code::error("governing-service-missing");
/// The name of an environment variable is one that every program can read.
pub const INVALID_VARIABLE_NAME: Code = Code::error("invalid-variable-name");
/// A setting does what it looks like.
pub const MISLEADING_SETTING: Code = Code::error("misleading-setting");
/// A name leaves room for what controllers put behind it.
pub const NAME_TOO_LONG: Code = Code::error("name-too-long");
/// An object is small enough for the ways in which it may be applied.
pub const OBJECT_TOO_LARGE: Code = Code::warning("object-too-large");
/// A rollout can replace pods that share a claim.
pub const SINGLE_WRITER_VOLUME_DEADLOCK: Code = Code::error("single-writer-volume-deadlock");
/// A route of the Gateway API forwards to a Service, or to a port of it, that does not exist.
pub const ROUTE_BACKEND_MISSING: Code = Code::error("route-backend-missing");
/// A container that may not start as root has the user id of another.
pub const ROOT_NEVER_STARTS: Code = Code::error("root-never-starts");
/// A schedule has a date that exists.
pub const SCHEDULE_NEVER_RUNS: Code = Code::error("schedule-never-runs");
/// A name can be a file name and stand in a log.
pub const UNSAFE_NAME: Code = Code::error("unsafe-name");

/// Every house rule, by name.
pub const HOUSE_RULES: &[Code] = &[
    API_DEPRECATED,
    AUTOSCALER_TARGET_MISSING,
    AUTOSCALER_WITHOUT_REQUESTS,
    BROAD_PERMISSION,
    BUDGET_BLOCKS_DRAIN,
    BUDGET_SELECTS_NOTHING,
    CAPACITY_EXCEEDED,
    CAPACITY_OVER_TARGET,
    CONFIG_KEY_MISSING,
    CREDENTIAL_IN_CONFIG,
    DUPLICATE_AUTOSCALER,
    EGRESS_DENIED,
    GOVERNING_SERVICE_MISSING,
    HOST_WITHOUT_CERTIFICATE,
    INGRESS_BACKEND_MISSING,
    INVALID_IMAGE,
    INVALID_VARIABLE_NAME,
    INVISIBLE_CHARACTER,
    MISLEADING_SETTING,
    MISSING_IMAGE_TAG,
    MISSING_IN_PROTECTED,
    MISSING_PROBE,
    MISSING_REFERENCE,
    MISSING_RESOURCES,
    MUTABLE_IMAGE_TAG,
    NAME_TOO_LONG,
    NODE_PORT_COLLISION,
    NODE_PORT_OUT_OF_RANGE,
    OBJECT_TOO_LARGE,
    ODD_QUANTITY,
    ORIGIN_EXPOSURE,
    OVERLAPPING_SELECTORS,
    POLICY_SELECTS_NOTHING,
    PROBE_PORT_MISSING,
    REPLICAS_OWNED_BY_AUTOSCALER,
    ROOT_NEVER_STARTS,
    ROUTE_BACKEND_MISSING,
    ROUTE_COLLISION,
    RUNS_AS_ROOT,
    SCHEDULE_NEVER_RUNS,
    SERVER_OWNED_FIELD,
    SERVICE_SELECTS_NOTHING,
    SERVICE_WITHOUT_SELECTOR,
    SINGLE_WRITER_VOLUME_DEADLOCK,
    TARGET_PORT_MISSING,
    UNCHECKED_CUSTOM_RESOURCE,
    UNDECLARED_CLASS,
    UNKNOWN_FIELD,
    UNSAFE_NAME,
    WEAKER_IN_PROTECTED,
];

/// Says how a component is excused from a rule: the last help of its messages.
pub fn or_waive(code: Code) -> String {
    format!("or say why it may: `waive {} reason=\"…\"` in the component", code.name)
}

/// Says how what belongs to no component is excused from a rule.
pub fn or_waive_in_app(code: Code) -> String {
    format!("or say why it may: `waive {} reason=\"…\"` in the app or the environment", code.name)
}

#[cfg(test)]
mod tests {
    use super::HOUSE_RULES;

    #[test]
    fn house_rules_are_in_order() {
        assert!(HOUSE_RULES.is_sorted_by_key(|it| it.name));
    }
}
