//! API versions that are served and will not be for ever. What is not served at all is refused by [`super::structure`].

use super::field::{Field, Found};
use crate::diagnostic::house_rule::API_DEPRECATED;
use crate::object::{KubernetesVersion, Object, schema};

/// Checks the API version of one object against what a version of Kubernetes deprecates.
pub(super) fn check(object: &Object, version: KubernetesVersion) -> Found {
    let field = Field::root(object).get("apiVersion");
    let kind = object.id.kind.as_str();
    let deprecated = field.text().and_then(|it| Some((it, schema::deprecation(version, it, kind)?)));
    let Some((api_version, deprecated)) = deprecated else { return Found::new() };
    let until = deprecated.removed_in.map_or_else(String::new, |it| format!(", unavailable in {it}"));
    let message = format!("{kind} of `{api_version}` is deprecated in Kubernetes {version}{until}");
    let help = match deprecated.replacement {
        Some((newer, Some(other))) => format!("use {other} of `{newer}`"),
        Some((newer, None)) => format!("use `{newer}`"),
        None => "nothing takes its place: leave it out".to_owned(),
    };
    vec![field.house_rule(API_DEPRECATED, message, &help)]
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object};
    use super::check;
    use crate::object::KubernetesVersion;
    use serde_json::json;

    #[test]
    fn warns_of_what_will_go() {
        let check = |minor, api_version, kind, expected: &[&str]| {
            let version = KubernetesVersion { major: 1, minor };
            expect(check(&object(any(api_version, kind, "a", &json!({}))), version), expected);
        };
        check(37, "apps/v1", "Deployment", &[]);
        check(37, "example.com/v1alpha1", "Thing", &[]);
        let found = "api-deprecated apiVersion HorizontalPodAutoscaler of `autoscaling/v2beta2` is deprecated in \
                     Kubernetes 1.25, unavailable in 1.26";
        check(25, "autoscaling/v2beta2", "HorizontalPodAutoscaler", &[found]);
        check(26, "autoscaling/v2beta2", "HorizontalPodAutoscaler", &[]);
        check(32, "v1", "Endpoints", &[]);
        check(33, "v1", "Endpoints", &["api-deprecated apiVersion is deprecated in Kubernetes 1.33"]);
    }
}
