//! The addresses of a Service inside and outside of the cluster.
//!
//! Source: `ValidateServiceClusterIPsRelatedFields` in `pkg/apis/core/validation`, and `initIPFamilyFields` in
//! `pkg/registry/core/service/storage`.

use crate::validate::field::{DUPLICATE_NAME, Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE, unique};
use crate::validate::names::INVALID_ADDRESS;
use std::net::IpAddr;

/// Checks the addresses of a Service, and the families that they are of.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    let (families, addresses) = (spec.get("ipFamilies"), spec.get("clusterIPs"));
    for family in families.items() {
        family.one_of(&["IPv4", "IPv6"], found);
    }
    unique(DUPLICATE_NAME, families.items().into_iter().filter_map(|it| Some((it.text()?, it))), found);
    spec.get("ipFamilyPolicy").one_of(&["SingleStack", "PreferDualStack", "RequireDualStack"], found);
    let items = addresses.items();
    if items.len() > 2 {
        found.push(addresses.invalid(OUT_OF_RANGE, "may only hold up to 2 values"));
    }
    let read = |it: &Field<'_>| it.text().and_then(|it| it.parse::<IpAddr>().ok());
    for address in items.iter().chain([&spec.get("clusterIP")]) {
        if address.filled().is_some_and(|it| it != "None") && read(address).is_none() {
            found.push(
                address.invalid(INVALID_ADDRESS, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
            );
        }
    }
    if let [first, second] = items.as_slice()
        && let (Some(a), Some(b)) = (read(first), read(second))
        && a.is_ipv4() == b.is_ipv4()
    {
        found.push(second.invalid(INVALID_ADDRESS, "may specify no more than one IP for each IP family"));
    }
    match (items.first(), spec.get("clusterIP").filled()) {
        (Some(first), Some(own)) if first.text() != Some(own) => {
            found.push(
                first.invalid(INVALID_ADDRESS, "first value must match `clusterIP`").help("leave `clusterIPs` out"),
            );
        }
        (Some(_), None) => {
            let message = addresses.invalid(INVALID_ADDRESS, "must be empty when `clusterIP` is not specified");
            found.push(message.help("write the first of them as `clusterIP` too"));
        }
        _ => {}
    }
    let is_headless = |it: &Field<'_>| it.text() == Some("None");
    if items.len() > 1 && items.iter().any(is_headless) {
        let message = addresses.invalid(INVALID_ADDRESS, "'None' must be the first and only value");
        found.push(message.help("leave `clusterIPs` out"));
    }
    for (index, (address, family)) in items.iter().zip(families.items()).enumerate() {
        let wanted = family.text().unwrap_or_default();
        let mistaken =
            read(address).is_some_and(|it| matches!((it, wanted), (IpAddr::V4(_), "IPv6") | (IpAddr::V6(_), "IPv4")));
        if mistaken {
            let detail = format!("expected an {wanted} value as indicated by `ipFamilies[{index}]`");
            found.push(address.invalid(INVALID_ADDRESS, detail).at_some(family.span(), "the family"));
        }
    }
    let policy = spec.get("ipFamilyPolicy");
    let endless = is_headless(&spec.get("clusterIP")) && spec.get("selector").is_empty();
    if policy.text() == Some("SingleStack") || !policy.is_set() && !endless {
        for (count, what) in [(items.len(), "cluster IPs"), (families.items().len(), "IP families")] {
            if count > 1 {
                let detail =
                    format!("must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified");
                found.push(policy.invalid(NOT_EXACTLY_ONE, detail).help("say `ipFamilyPolicy`, or keep one of them"));
            }
        }
    }
    for address in spec.get("externalIPs").items() {
        match read(&address) {
            None => found.push(address.invalid(INVALID_ADDRESS, "must be a valid IP address")),
            Some(it) if it.is_loopback() || it.is_unspecified() || is_link_local(it) => {
                let detail = "may not be unspecified (0.0.0.0), in the loopback range, or in a link-local range";
                found.push(address.invalid(INVALID_ADDRESS, detail));
            }
            Some(_) => {}
        }
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_link_local() || it.octets()[..3] == [224, 0, 0],
        IpAddr::V6(it) => it.is_unicast_link_local() || it.segments()[0] & 0xff0f == 0xff02,
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::field::Field;
    use crate::validate::fixture::{expect, object, service, with};
    use serde_json::{Value, json};

    fn verdicts(spec: Value, expected: &[&str]) {
        let object = object(with(service(), "/spec", spec));
        let mut found = Vec::new();
        check(&Field::root(&object).get("spec"), &mut found);
        expect(found, expected);
    }

    #[test]
    fn checks_cluster_addresses() {
        verdicts(json!({"clusterIP": "10.0.0.1"}), &[]);
        verdicts(json!({"clusterIP": "None", "clusterIPs": ["None"]}), &[]);
        verdicts(json!({"clusterIP": "10.0.0"}), &["invalid-address clusterIP must be a valid IP address"]);
        let both = json!({"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1", "fd00::1"], "ipFamilyPolicy": "RequireDualStack"});
        verdicts(both.clone(), &[]);
        verdicts(
            with(both.clone(), "/clusterIP", json!(null)),
            &["invalid-address clusterIPs must be empty when `clusterIP`"],
        );
        verdicts(
            with(both.clone(), "/clusterIP", json!("10.0.0.2")),
            &["invalid-address clusterIPs[0] first value must match"],
        );
        verdicts(
            with(both.clone(), "/clusterIPs/1", json!("10.0.0.2")),
            &["invalid-address clusterIPs[1] no more than one IP for each"],
        );
        verdicts(
            with(both, "/ipFamilyPolicy", json!("SingleStack")),
            &[
                "not-exactly-one ipFamilyPolicy must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs",
            ],
        );
        verdicts(
            json!({"clusterIP": "None", "clusterIPs": ["None", "10.0.0.1"], "ipFamilyPolicy": "RequireDualStack"}),
            &["invalid-address clusterIPs 'None' must be the first and only value"],
        );
        verdicts(
            json!({"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ipFamilies": ["IPv6"]}),
            &["invalid-address clusterIPs[0] expected an IPv6 value as indicated by `ipFamilies[0]`"],
        );
    }

    #[test]
    fn checks_families() {
        verdicts(json!({"ipFamilies": ["IPv4"]}), &[]);
        verdicts(json!({"ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "PreferDualStack"}), &[]);
        verdicts(
            json!({"ipFamilies": ["IPv4", "IPv6"], "selector": {"a": "b"}}),
            &["not-exactly-one ipFamilyPolicy when multiple IP families are specified"],
        );
        // Without a selector, a headless Service has both families where no policy says otherwise.
        verdicts(json!({"ipFamilies": ["IPv4", "IPv6"], "clusterIP": "None"}), &[]);
        verdicts(
            json!({"ipFamilies": ["IPv4", "IPv4"], "ipFamilyPolicy": "PreferDualStack"}),
            &["duplicate-name ipFamilies[1] Duplicate value: \"IPv4\""],
        );
        verdicts(json!({"ipFamilies": ["ipv4"]}), &["unsupported-value ipFamilies \"ipv4\""]);
        verdicts(json!({"ipFamilyPolicy": "Dual"}), &["unsupported-value ipFamilyPolicy \"Dual\""]);
    }

    #[test]
    fn checks_external_addresses() {
        verdicts(json!({"externalIPs": ["203.0.113.1"]}), &[]);
        for special in ["127.0.0.1", "0.0.0.0", "169.254.0.1", "224.0.0.1", "::1", "fe80::1", "ff02::1"] {
            verdicts(json!({"externalIPs": [special]}), &["invalid-address externalIPs loopback range"]);
        }
        verdicts(json!({"externalIPs": ["host"]}), &["invalid-address externalIPs must be a valid IP address"]);
    }
}
