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

/// The project has the definition of every custom resource, so that it can be checked.
pub const UNCHECKED_CUSTOM_RESOURCE: Code = Code::warning("unchecked-custom-resource");

/// A waiver that excuses its component from nothing.
pub const UNUSED_WAIVER: Code = Code::warning("unused-waiver");

/// Every house rule, by name.
pub const HOUSE_RULES: &[Code] = &[
    CREDENTIAL_IN_CONFIG,
    MISSING_IMAGE_TAG,
    MISSING_PROBE,
    MISSING_RESOURCES,
    MUTABLE_IMAGE_TAG,
    NODE_PORT_OUT_OF_RANGE,
    ORIGIN_NOT_ALLOWED,
    RUNS_AS_ROOT,
    UNCHECKED_CUSTOM_RESOURCE,
];

/// Says how a component is excused from a rule: the last help of its messages.
pub fn or_waive(code: Code) -> String {
    format!("or say why it may: `waive {} reason=\"…\"` in the component", code.name)
}
