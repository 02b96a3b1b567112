//! What a pod says of itself as a whole: policies, names it refers to, its name in the network and those it knows.
//!
//! Source: `ValidatePodSpec`, `validatePodDNSConfig`, `ValidateHostAliases` in `pkg/apis/core/validation`.

use crate::diagnostic::house_rule::MISLEADING_SETTING;
use crate::validate::field::{DUPLICATE_ENTRY, Field, Found, OUT_OF_RANGE, unique, unique_as};
use crate::validate::names::{self, INVALID_ADDRESS, INVALID_NAME};

/// Checks a pod's specification apart from its containers, its volumes, its rights and its place.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    spec.get("restartPolicy").one_of(&["Always", "OnFailure", "Never"], found);
    spec.get("preemptionPolicy").one_of(&["Never", "PreemptLowerPriority"], found);
    spec.get("activeDeadlineSeconds").within(1, 2_147_483_647, found);
    let grace = spec.get("terminationGracePeriodSeconds");
    if let Some(seconds) = grace.number().filter(|it| *it < 0) {
        let message = format!("Invalid value: {seconds}: Kubernetes takes it in a template, and as 1 in its pods");
        found.push(grace.house_rule(MISLEADING_SETTING, message, "give 0 or more"));
    }
    for name in ["serviceAccountName", "priorityClassName", "runtimeClassName", "nodeName"] {
        spec.get(name).syntax(INVALID_NAME, names::dns_subdomain, found);
    }
    for gate in spec.get("readinessGates").items() {
        gate.get("conditionType").syntax_even_empty(INVALID_NAME, names::qualified_name, found);
    }
    hostname(spec, found);
    dns(spec, found);
    aliases(spec, found);
    pull_secrets(spec, found);
    claims(spec, found);
}

fn hostname(spec: &Field<'_>, found: &mut Found) {
    // The controller of a StatefulSet puts its own names there.
    if spec.object.id.kind != "StatefulSet" {
        for name in ["hostname", "subdomain"] {
            spec.get(name).syntax(INVALID_NAME, names::dns_label, found);
        }
    }
    let own = spec.get("hostnameOverride");
    own.syntax(INVALID_NAME, names::dns_subdomain, found);
    if own.text().is_some_and(|it| it.len() > 64) {
        found.push(own.invalid(INVALID_NAME, "must be no more than 64 characters"));
    }
    for other in ["setHostnameAsFQDN", "hostNetwork"] {
        if own.is_set() && spec.get(other).is_true() {
            found.push(own.forbidden(&format!("may not be specified when {other} is true")).help("keep one of them"));
        }
    }
}

fn aliases(spec: &Field<'_>, found: &mut Found) {
    let aliases = spec.get("hostAliases").items();
    for alias in &aliases {
        address(&alias.get("ip"), found);
        for name in alias.get("hostnames").items() {
            name.syntax_even_empty(INVALID_NAME, names::dns_subdomain, found);
        }
    }
    // Only server-side apply refuses two of one address.
    unique(DUPLICATE_ENTRY, aliases.iter().filter_map(|it| Some((it.get("ip").text()?, it.get("ip")))), found);
}

fn pull_secrets(spec: &Field<'_>, found: &mut Found) {
    let secrets = spec.get("imagePullSecrets").items();
    for secret in &secrets {
        if secret.get("name").is_empty() {
            let what = "a secret without a name, which Kubernetes takes and no kubelet finds";
            found.push(secret.house_rule(MISLEADING_SETTING, what, "name it, or take it out"));
        }
    }
    let names =
        secrets.iter().filter_map(|it| it.get("name").filled().map(|name| (name, format!("{name:?}"), it.clone())));
    unique_as(DUPLICATE_ENTRY, names, found);
}

/// Checks the claims to devices, and that containers use claims that there are.
fn claims(spec: &Field<'_>, found: &mut Found) {
    let claims = spec.get("resourceClaims").items();
    let names: Vec<Field<'_>> = claims.iter().map(|it| it.get("name")).collect();
    for claim in &claims {
        claim.get("name").syntax(INVALID_NAME, names::dns_label, found);
        claim.exactly_one(&["resourceClaimName", "resourceClaimTemplateName"], found);
    }
    unique(DUPLICATE_ENTRY, names.iter().filter_map(|it| Some((it.text()?, it.clone()))), found);
    for container in super::all_containers(spec) {
        for used in container.at("resources.claims").items() {
            let name = used.get("name");
            if name.is_set() && !names.iter().any(|it| it.text() == name.text()) {
                let message = name.not_found(super::mounts::UNKNOWN_VOLUME);
                let known: Vec<&str> = names.iter().filter_map(Field::text).collect();
                found.push(message.help(format!("must be one of the names in `resourceClaims`: {}", known.join(", "))));
            }
        }
    }
}

fn address(address: &Field<'_>, found: &mut Found) {
    if address.text().is_some_and(|it| it.parse::<std::net::IpAddr>().is_err()) {
        found.push(address.invalid(INVALID_ADDRESS, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
    }
}

fn dns(spec: &Field<'_>, found: &mut Found) {
    spec.get("dnsPolicy").one_of(&["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], found);
    let config = spec.get("dnsConfig");
    let (servers, searches) = (config.get("nameservers"), config.get("searches"));
    let none = spec.get("dnsPolicy").text() == Some("None");
    if none && servers.is_empty() {
        found.push(servers.required("must provide at least one DNS nameserver when `dnsPolicy` is None"));
    }
    if servers.items().len() > 3 {
        found.push(servers.invalid(OUT_OF_RANGE, "must not have more than 3 nameservers"));
    }
    for server in servers.items() {
        address(&server, found);
    }
    let domains = searches.items();
    if domains.len() > 32 {
        found.push(searches.invalid(OUT_OF_RANGE, "must not have more than 32 search paths"));
    }
    let characters: usize = domains.iter().filter_map(Field::text).map(|it| it.len() + 1).sum();
    if characters.saturating_sub(1) > 2048 {
        found.push(searches.invalid(OUT_OF_RANGE, "must not have more than 2048 characters (including spaces)"));
    }
    for search in &domains {
        search.syntax_even_empty(INVALID_ADDRESS, names::search_domain, found);
    }
    for option in config.get("options").items() {
        if option.get("name").is_empty() {
            found.push(option.get("name").required("must not be empty"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn pod(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with_pod(pointer, value))), expected);
    }

    #[test]
    fn checks_names_and_numbers() {
        pod("/serviceAccountName", json!("A"), &["invalid-name serviceAccountName RFC 1123 subdomain"]);
        pod("/hostname", json!("a.b"), &["invalid-name hostname must not contain dots"]);
        let in_a_set = with(with_pod("/hostname", json!("a.b")), "/kind", json!("StatefulSet"));
        expect(check(&object(in_a_set)), &[]);
        pod("/hostnameOverride", json!("a.b"), &[]);
        let long = format!("{}.a", "a".repeat(63));
        pod("/hostnameOverride", json!(long), &["invalid-name hostnameOverride no more than 64 characters"]);
        pod("/preemptionPolicy", json!("Always"), &["unsupported-value preemptionPolicy \"Always\""]);
        pod("/readinessGates", json!([{"conditionType": "a.b/c"}]), &[]);
        pod("/readinessGates", json!([{"conditionType": "a b"}]), &["invalid-name conditionType name part"]);
        pod("/activeDeadlineSeconds", json!(1), &[]);
        pod(
            "/activeDeadlineSeconds",
            json!(0),
            &["out-of-range activeDeadlineSeconds between 1 and 2147483647, inclusive"],
        );
        pod("/terminationGracePeriodSeconds", json!(0), &[]);
        pod("/terminationGracePeriodSeconds", json!(-1), &["misleading-setting terminationGracePeriodSeconds as 1 in"]);
        pod(
            "/hostAliases",
            json!([{"ip": "1.2.3", "hostnames": ["a"]}]),
            &["invalid-address ip must be a valid IP address"],
        );
        pod(
            "/hostAliases",
            json!([{"ip": "10.0.0.1", "hostnames": ["a"]}, {"ip": "10.0.0.1", "hostnames": ["b"]}]),
            &["duplicate-entry ip Duplicate value: \"10.0.0.1\""],
        );
        pod("/imagePullSecrets", json!([{"name": ""}]), &["misleading-setting imagePullSecrets without a name"]);
        pod("/imagePullSecrets", json!([{"name": "a"}]), &[]);
        pod(
            "/imagePullSecrets",
            json!([{"name": "a"}, {"name": "a"}]),
            &["duplicate-entry imagePullSecrets Duplicate value: \"a\""],
        );
    }

    #[test]
    fn checks_dns() {
        pod("/dnsPolicy", json!("None"), &["missing-value dnsConfig.nameservers at least one DNS nameserver"]);
        pod("/dnsConfig", json!({"nameservers": ["10.0.0.1", "10.0.0.2", "10.0.0.3"]}), &[]);
        pod(
            "/dnsConfig",
            json!({"nameservers": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]}),
            &["out-of-range nameservers must not have more than 3 nameservers"],
        );
        pod("/dnsConfig", json!({"searches": vec!["a"; 33]}), &["out-of-range searches more than 32 search paths"]);
        pod(
            "/dnsConfig",
            json!({"searches": [vec!["a"; 1025].join(".")]}),
            &["out-of-range searches more than 2048 characters", "invalid-address searches[0] no more than 253"],
        );
    }

    #[test]
    fn checks_claims_to_devices() {
        let claim = |used: &str, declared: Value| {
            let mut body = with_pod("/resourceClaims", declared);
            body["spec"]["template"]["spec"]["containers"][0]["resources"]["claims"] = json!([{"name": used}]);
            check(&object(body))
        };
        expect(claim("gpu", json!([{"name": "gpu", "resourceClaimName": "a"}])), &[]);
        expect(claim("gpu", json!([])), &["unknown-volume claims Not found: \"gpu\""]);
        expect(
            claim("gpu", json!([{"name": "gpu"}])),
            &["not-exactly-one resourceClaims[gpu] must specify one of: `resourceClaimName`"],
        );
    }
}
