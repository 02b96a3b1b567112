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
/// No value that looks like a credential in a `ConfigMap` or a plain environment variable.
pub const CREDENTIAL_IN_CONFIG: Code = Code::error("credential-in-config").confidential();
/// A node port is of the range that a cluster gives out unless it is told otherwise.
pub const NODE_PORT_OUT_OF_RANGE: Code = Code::error("node-port-out-of-range");
/// A protected environment allows neither every origin nor an unencrypted one.
pub const ORIGIN_NOT_ALLOWED: Code = Code::error("origin-not-allowed");
/// The Service that gives a `StatefulSet`'s pods their names is there.
pub const GOVERNING_SERVICE_MISSING: Code = Code::error("governing-service-missing");
/// An image is written as a registry can read it.
pub const INVALID_IMAGE: Code = Code::error("invalid-image");
/// The name of an environment variable is one that every program can read.
pub const INVALID_VARIABLE_NAME: Code = Code::error("invalid-variable-name");
/// A setting does what it looks like.
pub const MISLEADING_SETTING: Code = Code::error("misleading-setting");
/// A name leaves room for what controllers put behind it.
pub const NAME_TOO_LONG: Code = Code::error("name-too-long");
/// An object is small enough for the ways in which it may be applied.
pub const OBJECT_TOO_LARGE: Code = Code::warning("object-too-large");
/// A quantity means what it looks like.
pub const ODD_QUANTITY: Code = Code::error("odd-quantity");
/// A port that a probe names is one of its container.
pub const PROBE_PORT_MISSING: Code = Code::error("probe-port-missing");
/// A rollout can replace pods that share a claim.
pub const ROLLOUT_DEADLOCK: Code = Code::error("rollout-deadlock");
/// A container that may not start as root has the user id of another.
pub const ROOT_NEVER_STARTS: Code = Code::error("root-never-starts");
/// A schedule has a date that exists.
pub const SCHEDULE_NEVER_RUNS: Code = Code::error("schedule-never-runs");
/// What only the API server may set is left to it.
pub const SERVER_OWNED_FIELD: Code = Code::error("server-owned-field");
/// A name can be a file name and stand in a log.
pub const UNSAFE_NAME: Code = Code::error("unsafe-name");

/// A waiver that excuses its component from nothing.
pub const UNUSED_WAIVER: Code = Code::warning("unused-waiver");

/// Every house rule, by name.
pub const HOUSE_RULES: &[Code] = &[
    CREDENTIAL_IN_CONFIG,
    GOVERNING_SERVICE_MISSING,
    INVALID_IMAGE,
    INVALID_VARIABLE_NAME,
    MISLEADING_SETTING,
    MISSING_IMAGE_TAG,
    MISSING_PROBE,
    MISSING_RESOURCES,
    MUTABLE_IMAGE_TAG,
    NAME_TOO_LONG,
    NODE_PORT_OUT_OF_RANGE,
    OBJECT_TOO_LARGE,
    ODD_QUANTITY,
    ORIGIN_NOT_ALLOWED,
    PROBE_PORT_MISSING,
    ROLLOUT_DEADLOCK,
    ROOT_NEVER_STARTS,
    RUNS_AS_ROOT,
    SCHEDULE_NEVER_RUNS,
    SERVER_OWNED_FIELD,
    UNSAFE_NAME,
];

/// Says how a component is excused from a rule: the last help of its messages.
pub fn or_waive(code: Code) -> String {
    format!("or say why it may: `waive {} reason=\"…\"` in the component", code.name)
}
