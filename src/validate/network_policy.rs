//! Network policies.
//!
//! Source: `ValidateNetworkPolicySpec` in `pkg/apis/networking/validation`.

use super::addresses::Range;
use super::field::{FORBIDDEN_FIELD, Field, Found, OUT_OF_RANGE};
use super::names::INVALID_ADDRESS;
use super::pod::containers::{port_number, port_number_or_name};
use super::selector;
use super::service::selected;
use crate::diagnostic::house_rule::{EGRESS_DENIED, POLICY_SELECTS_NOTHING};
use crate::object::Selector;
use crate::object::{Object, ObjectSet};

/// Checks one object, if it is a network policy.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "NetworkPolicy" || object.id.group != "networking.k8s.io" {
        return found;
    }
    let spec = Field::root(object).get("spec");
    selector::check(&spec.get("podSelector"), &mut found);
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            for port in rule.get("ports").items() {
                one_port(&port, &mut found);
            }
            for peer in rule.get(peers).items() {
                one_peer(&peer, &mut found);
            }
        }
    }
    let types = spec.get("policyTypes");
    if types.items().len() > 2 {
        found.push(types.invalid(OUT_OF_RANGE, "may not specify more than two policyTypes"));
    }
    for kind in types.items() {
        kind.one_of(&["Ingress", "Egress"], &mut found);
    }
    denied_egress(&spec, &mut found);
    found
}

/// Reports a policy that lets traffic in and, by a type without a rule, nothing out. One without any rule denies on
/// purpose, and so does one whose list of outgoing traffic is written down as empty.
fn denied_egress(spec: &Field<'_>, found: &mut Found) {
    let outgoing = spec.get("policyTypes").items().into_iter().find(|it| it.text() == Some("Egress"));
    if let Some(kind) = outgoing
        && !spec.get("ingress").is_empty()
        && !spec.get("egress").is_set()
    {
        let message = "no rule allows outgoing traffic, so all of it is denied, also that to DNS";
        let help = "write `egress: []` if that is meant, or take `Egress` out of `policyTypes`";
        found.push(kind.house_rule(EGRESS_DENIED, message, help));
    }
}

fn one_port(item: &Field<'_>, found: &mut Found) {
    item.get("protocol").one_of(&["TCP", "UDP", "SCTP"], found);
    let (port, end) = (item.get("port"), item.get("endPort"));
    port_number_or_name(&port, found);
    if !end.is_set() {
        return;
    }
    if port.text().is_some() {
        found.push(end.problem(FORBIDDEN_FIELD, "Invalid value: may not be specified when `port` is non-numeric"));
    } else if !port.is_set() {
        found.push(end.problem(FORBIDDEN_FIELD, "Invalid value: may not be specified when `port` is not specified"));
    } else {
        if end.number() < port.number() {
            found.push(end.invalid(OUT_OF_RANGE, "must be greater than or equal to `port`"));
        }
        port_number(&end, found);
    }
}

fn one_peer(peer: &Field<'_>, found: &mut Found) {
    let block = peer.get("ipBlock");
    let selectors = [peer.get("podSelector"), peer.get("namespaceSelector")];
    let selects = selectors.iter().any(Field::is_set);
    if peer.value.is_object() && !selects && !block.is_set() {
        found.push(peer.required("must specify a peer"));
    }
    if selects && block.is_set() {
        found.push(peer.forbidden("may not specify both ipBlock and another peer"));
    }
    for selector in &selectors {
        selector::check(selector, found);
    }
    let cidr = block.get("cidr");
    let Some(text) = cidr.text() else { return };
    let Some(range) = Range::parse(text) else {
        found.push(cidr.invalid(INVALID_ADDRESS, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
        return;
    };
    for except in block.get("except").items() {
        match except.text().map(Range::parse) {
            Some(None) => found.push(except.invalid(INVALID_ADDRESS, "must be a valid CIDR value")),
            Some(Some(inner)) if !range.strictly_contains(inner) => {
                found.push(except.invalid(INVALID_ADDRESS, "must be a strict subset of `cidr`"));
            }
            Some(Some(_)) | None => {}
        }
    }
}

/// Checks that the policies of an environment apply to something.
pub(super) fn check_targets(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    for object in set.of_kind("NetworkPolicy").filter(|it| it.id.group == "networking.k8s.io") {
        let field = Field::root(object).at("spec.podSelector");
        let selector = Selector::of(field.value);
        if !selector.is_empty() && selected(set, object, &selector).is_empty() {
            let message = "no workload of this environment has these labels, so the policy protects nothing";
            let help = "the selector must equal labels of a pod template in the same namespace";
            found.push(field.house_rule(POLICY_SELECTS_NOTHING, message, help));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, deployment, expect, object, set};
    use super::{check, check_targets};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn policy(spec: Value) -> Value {
        any("networking.k8s.io/v1", "NetworkPolicy", "web", &json!({"spec": spec}))
    }

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn ingress(rule: Value, expected: &[&str]) {
        expect(check(&object(policy(json!({"podSelector": {}, "ingress": [rule]})))), expected);
    }

    #[test]
    fn checks_ports() {
        let port = |port: Value| json!({"ports": [port]});
        ingress(port(json!({"port": "http", "protocol": "TCP"})), &[]);
        ingress(port(json!({"port": 80, "endPort": 80})), &[]);
        ingress(
            port(json!({"port": 80, "endPort": 79})),
            &["out-of-range endPort must be greater than or equal to `port`"],
        );
        ingress(port(json!({"port": "http", "endPort": 79})), &["forbidden-field endPort when `port` is non-numeric"]);
        ingress(port(json!({"endPort": 79})), &["forbidden-field endPort when `port` is not specified"]);
        ingress(port(json!({"port": 0})), &["invalid-port port must be between 1 and 65535"]);
        ingress(port(json!({"protocol": "HTTP"})), &["unsupported-value protocol Unsupported value: \"HTTP\""]);
    }

    #[test]
    fn checks_peers_and_types() {
        let from = |peer: Value| json!({"from": [peer]});
        let block = |cidr: &str, except: &str| from(json!({"ipBlock": {"cidr": cidr, "except": [except]}}));
        ingress(from(json!({"podSelector": {}, "namespaceSelector": {}})), &[]);
        ingress(from(json!({})), &["missing-value from[0] must specify a peer"]);
        ingress(
            from(json!({"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}})),
            &["forbidden-field from[0] both ipBlock and another peer"],
        );
        ingress(block("10.0.0.0/8", "10.1.0.0/16"), &[]);
        ingress(block("10.0.0.0/8", "10.0.0.0/8"), &["invalid-address except must be a strict subset of `cidr`"]);
        ingress(block("10.0.0.0", "10.0.0.0/8"), &["invalid-address cidr valid CIDR value"]);
        let types = |types: Value| check(&object(policy(json!({"podSelector": {}, "policyTypes": types}))));
        expect(types(json!(["Ingress", "Egress"])), &[]);
        expect(types(json!(["ingress"])), &["unsupported-value policyTypes Unsupported value: \"ingress\""]);
        expect(types(json!(["Ingress", "Egress", "Egress"])), &["out-of-range policyTypes more than two policyTypes"]);
    }

    #[test]
    fn asks_that_denying_all_egress_is_said() {
        let types = |types: Value, rest: Value| {
            let mut spec = json!({"podSelector": {}, "policyTypes": types});
            spec.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            check(&object(policy(spec)))
        };
        let both = json!(["Ingress", "Egress"]);
        expect(types(both.clone(), json!({"ingress": [{}]})), &["egress-denied policyTypes all of it is denied"]);
        expect(types(both.clone(), json!({"ingress": [{}], "egress": []})), &[]);
        expect(types(both.clone(), json!({"ingress": [{}], "egress": [{}]})), &[]);
        expect(types(both, json!({})), &[]);
        expect(types(json!(["Egress"]), json!({})), &[]);
        expect(types(json!(["Ingress"]), json!({"ingress": [{}]})), &[]);
    }

    #[test]
    fn warns_of_policies_without_pods() {
        let check = |selector: Value, expected: &[&str]| {
            expect(check_targets(&set([deployment(), policy(json!({"podSelector": selector}))])), expected);
        };
        check(json!({}), &[]);
        check(json!({"matchLabels": {"app": "web"}}), &[]);
        check(json!({"matchLabels": {"app": "api"}}), &["policy-selects-nothing spec.podSelector protects nothing"]);
    }
}
