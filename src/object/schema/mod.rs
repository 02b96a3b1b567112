//! What the API server of each Kubernetes version knows of each built-in kind: its fields, their types, which are
//! required, and what names the items of its lists.
//!
//! The facts are the upstream OpenAPI definitions, embedded by `schemas/generate.py`. A version outside
//! [`KubernetesVersion::SUPPORTED`] is answered as the nearest one inside.

pub mod custom;
pub mod deprecated;
pub mod removed;
pub mod shape;
mod table;

use super::{FieldPath, KubernetesVersion};
pub use deprecated::{Deprecation, deprecation};
pub use shape::{Fields, List, ListKind, Shape, UnknownFields};
pub use table::DefinitionId;

/// The versions of Kubernetes that serve a kind, among those whose schemas are embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The first.
    pub first: KubernetesVersion,
    /// The last.
    pub last: KubernetesVersion,
}

/// Returns what an object of a kind looks like; none where that version does not serve it.
pub fn of_kind(version: KubernetesVersion, api_version: &str, kind: &str) -> Option<&'static Shape> {
    let entry = table::kind(api_version, kind).filter(|it| it.minors.contains(&embedded(version)))?;
    table::definition(entry.definition)?.shape(embedded(version))
}

/// Returns what the field at a path of a kind looks like.
pub fn of_field(version: KubernetesVersion, api_version: &str, kind: &str, path: &FieldPath) -> Option<&'static Shape> {
    of_kind(version, api_version, kind)?.at(version, path)
}

/// Returns the fields that name an item of the list at a path; none where its items have no name.
pub fn list_keys(
    version: KubernetesVersion,
    api_version: &str,
    kind: &str,
    path: &FieldPath,
) -> Option<&'static [String]> {
    let Shape::List(list) = of_field(version, api_version, kind, path)? else { return None };
    list.kind.keys()
}

/// True where that version serves the kind.
pub fn is_served(version: KubernetesVersion, api_version: &str, kind: &str) -> bool {
    table::kind(api_version, kind).is_some_and(|it| it.minors.contains(&embedded(version)))
}

/// Returns the versions that serve a kind; none where no embedded version does.
pub fn served(api_version: &str, kind: &str) -> Option<Served> {
    let minors = &table::kind(api_version, kind)?.minors;
    Some(Served { first: minor(*minors.start()), last: minor(*minors.end()) })
}

/// Returns the version that stopped serving a kind, also where that was before the oldest embedded one.
pub fn removed_in(api_version: &str, kind: &str) -> Option<KubernetesVersion> {
    match served(api_version, kind) {
        Some(Served { first: _, last }) if last < KubernetesVersion::SUPPORTED.1 => Some(minor(last.minor + 1)),
        Some(_) => None,
        None => removed::before_oldest(api_version, kind),
    }
}

/// Iterates the kinds that a version serves as `(apiVersion, kind)`, in that order.
pub fn kinds(version: KubernetesVersion) -> impl Iterator<Item = (&'static str, &'static str)> {
    let wanted = embedded(version);
    table::kinds().iter().filter(move |it| it.minors.contains(&wanted)).map(|it| (it.api_version, it.name))
}

/// Returns the API versions in which a version serves a kind.
pub fn api_versions(version: KubernetesVersion, kind: &str) -> Vec<&'static str> {
    kinds(version).filter(|(_, known)| *known == kind).map(|(api_version, _)| api_version).collect()
}

/// Returns the embedded versions in which the field at a path of a kind exists, ascending.
pub fn versions_of_field(api_version: &str, kind: &str, path: &FieldPath) -> Vec<KubernetesVersion> {
    let (oldest, newest) = KubernetesVersion::SUPPORTED;
    let has_field = |it: &KubernetesVersion| of_field(*it, api_version, kind, path).is_some();
    (oldest.minor..=newest.minor).map(minor).filter(has_field).collect()
}

/// True for an API group whose kinds users define themselves: one with a dot that no Kubernetes version has. One that
/// is a single slip away from a built-in group is taken for that.
pub fn is_custom_group(group: &str) -> bool {
    let mut built_in = table::kinds().iter().map(|it| group_of(it.api_version));
    // Nearly every object is of a group that is known, and of those there is nothing to measure.
    if !group.contains('.') || built_in.clone().any(|it| it == group) {
        return false;
    }
    built_in.all(|it| strsim::osa_distance(it, group) > 1)
}

/// Returns the group of an API version: `apps` of `apps/v1`, nothing for the core group.
pub fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Returns the minor version whose definitions stand for a version.
fn embedded(version: KubernetesVersion) -> u32 {
    let (oldest, newest) = KubernetesVersion::SUPPORTED;
    version.clamp(oldest, newest).minor
}

fn minor(minor: u32) -> KubernetesVersion {
    KubernetesVersion { major: 1, minor }
}

#[cfg(test)]
mod tests {
    use super::{
        FieldPath, KubernetesVersion, api_versions, is_custom_group, is_served, list_keys, minor, removed_in, served,
        versions_of_field,
    };

    fn every_version() -> impl Iterator<Item = KubernetesVersion> {
        let (oldest, newest) = KubernetesVersion::SUPPORTED;
        (oldest.minor..=newest.minor).map(minor)
    }

    #[test]
    fn every_version_serves_what_every_application_needs() {
        for version in every_version() {
            for (api_version, kind) in [
                ("apps/v1", "Deployment"),
                ("autoscaling/v2", "HorizontalPodAutoscaler"),
                ("networking.k8s.io/v1", "Ingress"),
                ("networking.k8s.io/v1", "NetworkPolicy"),
                ("policy/v1", "PodDisruptionBudget"),
                ("v1", "ConfigMap"),
                ("v1", "Namespace"),
                ("v1", "Service"),
                ("v1", "ServiceAccount"),
            ] {
                assert!(is_served(version, api_version, kind), "{version} {api_version} {kind}");
            }
        }
    }

    #[test]
    fn knows_from_when_to_when_a_kind_is_served() {
        let check = |api_version, kind, expected: Option<(u32, u32)>, removed: Option<u32>| {
            let found = served(api_version, kind).map(|it| (it.first.minor, it.last.minor));
            assert_eq!(found, expected, "{api_version} {kind}");
            assert_eq!(removed_in(api_version, kind).map(|it| it.minor), removed, "{api_version} {kind}");
        };
        check("apps/v1", "Deployment", Some((25, 37)), None);
        check("autoscaling/v2beta2", "HorizontalPodAutoscaler", Some((25, 25)), Some(26));
        check("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", Some((25, 28)), Some(29));
        check("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", Some((26, 31)), Some(32));
        check("networking.k8s.io/v1", "ServiceCIDR", Some((33, 37)), None);
        check("policy/v1beta1", "PodDisruptionBudget", None, Some(25));
        check("extensions/v1beta1", "Ingress", None, Some(22));
        check("apps/v1beta1", "Service", None, None);
        check("apps/v1", "Deploy", None, None);
        assert_eq!(api_versions(minor(25), "HorizontalPodAutoscaler").len(), 3);
        assert_eq!(api_versions(minor(37), "HorizontalPodAutoscaler"), ["autoscaling/v1", "autoscaling/v2"]);
    }

    #[test]
    fn answers_for_versions_outside_as_for_the_nearest() {
        let check = |major, minor, expected| {
            let version = KubernetesVersion { major, minor };
            assert_eq!(is_served(version, "autoscaling/v2beta2", "HorizontalPodAutoscaler"), expected, "{version}");
        };
        check(1, 24, true);
        check(1, 25, true);
        check(1, 26, false);
        check(1, 99, false);
        check(2, 0, false);
    }

    #[test]
    fn knows_what_names_the_items_of_a_list() {
        let check = |api_version, kind, path, expected: Option<&[&str]>| {
            for version in every_version() {
                let keys = list_keys(version, api_version, kind, &FieldPath::parse(path).unwrap());
                assert_eq!(keys.map(|it| it.iter().map(String::as_str).collect::<Vec<_>>()).as_deref(), expected);
            }
        };
        check("apps/v1", "Deployment", "spec.template.spec.containers", Some(&["name"]));
        check("apps/v1", "Deployment", "spec.template.spec.containers[0].ports", Some(&["containerPort", "protocol"]));
        check("apps/v1", "Deployment", "spec.template.spec.containers[0].volumeMounts", Some(&["mountPath"]));
        check("apps/v1", "Deployment", "spec.template.spec.containers[0].args", None);
        check("v1", "Service", "spec.ports", Some(&["port", "protocol"]));
        check("v1", "Service", "spec.selector", None);
        check("v1", "Service", "spec.nothing", None);
    }

    #[test]
    fn knows_in_which_versions_a_field_exists() {
        let check = |path, expected: Option<(u32, u32)>| {
            let versions = versions_of_field("apps/v1", "Deployment", &FieldPath::parse(path).unwrap());
            let ends = versions.first().map(|it| it.minor).zip(versions.last().map(|it| it.minor));
            assert_eq!(ends, expected, "{path}");
        };
        check("spec.replicas", Some((25, 37)));
        check("spec.template.spec.containers[0].resizePolicy", Some((27, 37)));
        check("spec.template.metadata.labels.anything", Some((25, 37)));
        check("spec.template.spec.nothing", None);
    }

    #[test]
    fn tells_custom_groups_from_mistyped_ones() {
        let check = |group, expected| assert_eq!(is_custom_group(group), expected, "{group}");
        check("example.com", true);
        check("monitoring.coreos.com", true);
        check("gateway.networking.k8s.io", true);
        check("cluster.x-k8s.io", true);
        check("networking.k8s.io", false);
        check("netwroking.k8s.io", false);
        check("networking.k8s.oi", false);
        check("apps", false);
        check("", false);
    }
}
