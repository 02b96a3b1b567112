//! API versions that a Kubernetes version still serves and asks to leave: what to write instead, and by when.
//!
//! A pre-release version of an API is deprecated as soon as a later one is served
//! ([deprecation policy](https://kubernetes.io/docs/reference/using-api/deprecation-policy/)), which the embedded
//! schemas tell. The rest is a table.

use super::super::KubernetesVersion;
use super::{api_versions, group_of, is_served, removed_in};

/// What is known about a deprecated API version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// The version that stops serving it, as far as it is known.
    pub removed_in: Option<KubernetesVersion>,
    /// The API version to write instead, and the kind where it is another; none where nothing takes its place.
    pub replacement: Option<(&'static str, Option<&'static str>)>,
}

/// API version, kind, the minor version of Kubernetes that deprecated it, and what takes its place.
type Row = (&'static str, &'static str, u32, Option<(&'static str, Option<&'static str>)>);

/// Kinds that are deprecated although no later version of them exists.
const DEPRECATED: &[Row] = &[
    ("v1", "ComponentStatus", 19, None),
    ("v1", "Endpoints", 33, Some(("discovery.k8s.io/v1", Some("EndpointSlice")))),
];

/// Returns what is known about a kind of an API version that is served and deprecated; none for any other.
pub fn deprecation(version: KubernetesVersion, api_version: &str, kind: &str) -> Option<Deprecation> {
    if !is_served(version, api_version, kind) {
        return None;
    }
    let known = DEPRECATED.iter().find(|it| it.0 == api_version && it.1 == kind);
    if let Some((_, _, minor, replacement)) = known {
        let since = KubernetesVersion { major: 1, minor: *minor };
        return (since <= version).then_some(Deprecation { removed_in: None, replacement: *replacement });
    }
    let own = Stage::of(api_version)?;
    let later = api_versions(version, kind).into_iter().filter(|it| group_of(it) == group_of(api_version));
    let (_, latest) = later.filter_map(|it| Some((Stage::of(it)?, it))).max().filter(|(stage, _)| *stage > own)?;
    // A later stable version takes nothing from an earlier one.
    let replaced = matches!(own, Stage::Alpha(..) | Stage::Beta(..));
    replaced.then(|| Deprecation { removed_in: removed_in(api_version, kind), replacement: Some((latest, None)) })
}

/// How far an API version has come: the version itself, and the number of its pre-release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha(u32, u32),
    Beta(u32, u32),
    Stable(u32),
}

impl Stage {
    fn of(api_version: &str) -> Option<Self> {
        let version = api_version.rsplit('/').next()?.strip_prefix('v')?;
        let numbers = |(major, minor): (&str, &str)| Some((major.parse().ok()?, minor.parse().ok()?));
        if let Some(parts) = version.split_once("alpha") {
            numbers(parts).map(|(major, minor)| Self::Alpha(major, minor))
        } else if let Some(parts) = version.split_once("beta") {
            numbers(parts).map(|(major, minor)| Self::Beta(major, minor))
        } else {
            version.parse().ok().map(Self::Stable)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPRECATED, deprecation};
    use crate::object::{KubernetesVersion, schema};

    #[test]
    fn knows_what_is_deprecated_when() {
        let check = |minor, api_version, kind, expected: Option<(Option<u32>, Option<&str>)>| {
            let found = deprecation(KubernetesVersion { major: 1, minor }, api_version, kind);
            let found = found.map(|it| (it.removed_in.map(|it| it.minor), it.replacement.map(|(version, _)| version)));
            assert_eq!(found, expected, "{minor} {api_version} {kind}");
        };
        check(25, "autoscaling/v2beta2", "HorizontalPodAutoscaler", Some((Some(26), Some("autoscaling/v2"))));
        // What is not served is an error, and another message.
        check(26, "autoscaling/v2beta2", "HorizontalPodAutoscaler", None);
        check(37, "autoscaling/v1", "HorizontalPodAutoscaler", None);
        check(37, "autoscaling/v2", "HorizontalPodAutoscaler", None);
        let flow = "flowcontrol.apiserver.k8s.io/v1beta2";
        check(25, flow, "FlowSchema", None);
        check(26, flow, "FlowSchema", Some((Some(29), Some("flowcontrol.apiserver.k8s.io/v1beta3"))));
        check(28, "storage.k8s.io/v1beta1", "VolumeAttributesClass", None);
        check(33, "storage.k8s.io/v1beta1", "VolumeAttributesClass", None);
        check(34, "storage.k8s.io/v1beta1", "VolumeAttributesClass", Some((Some(37), Some("storage.k8s.io/v1"))));
        check(37, "certificates.k8s.io/v1beta1", "ClusterTrustBundle", Some((None, Some("certificates.k8s.io/v1"))));
        check(32, "v1", "Endpoints", None);
        check(33, "v1", "Endpoints", Some((None, Some("discovery.k8s.io/v1"))));
        check(25, "v1", "ComponentStatus", Some((None, None)));
        check(37, "apps/v1", "Deployment", None);
        check(37, "example.com/v1beta1", "Thing", None);
    }

    #[test]
    fn lists_only_what_is_served() {
        for (api_version, kind, _, replacement) in DEPRECATED {
            let newest = KubernetesVersion::SUPPORTED.1;
            assert!(schema::is_served(newest, api_version, kind), "{api_version} {kind}");
            if let Some((api_version, other)) = replacement {
                assert!(schema::is_served(newest, api_version, other.unwrap_or(kind)), "{api_version} {kind}");
            }
        }
    }
}
