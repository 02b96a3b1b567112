//! Where a pod may run, and the rest of its specification: affinity, tolerations, spread, DNS, names it refers to.
//!
//! Source: `validateAffinity`, `ValidateTolerations`, `validateTopologySpreadConstraints`, `validateDNSPolicy` in
//! `pkg/apis/core/validation`.

use crate::validate::field::{DUPLICATE_ENTRY, Field, Found, OUT_OF_RANGE, unique_as};
use crate::validate::names::{self, INVALID_ADDRESS, INVALID_LABEL, INVALID_NAME};
use crate::validate::selector;

const AFFINITY_LISTS: (&str, &str) =
    ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution");
const NODE_OPERATORS: [&str; 6] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

/// Checks a pod's specification apart from its containers and volumes.
pub(super) fn check(spec: &Field<'_>, found: &mut Found) {
    spec.get("restartPolicy").one_of(&["Always", "OnFailure", "Never"], found);
    spec.get("dnsPolicy").one_of(&["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], found);
    spec.get("activeDeadlineSeconds").within(1, 2_147_483_647, found);
    // Kubernetes refuses it on a pod and takes it in a template.
    spec.get("terminationGracePeriodSeconds").at_least(0, found);
    for name in ["serviceAccountName", "priorityClassName", "runtimeClassName", "nodeName"] {
        spec.get(name).syntax(INVALID_NAME, names::dns_subdomain, found);
    }
    for name in ["hostname", "subdomain"] {
        spec.get(name).syntax(INVALID_NAME, names::dns_label, found);
    }
    selector::labels(&spec.get("nodeSelector"), found);
    affinity(&spec.get("affinity"), found);
    for toleration in spec.get("tolerations").items() {
        self::toleration(&toleration, found);
    }
    spread(&spec.get("topologySpreadConstraints"), found);
    dns(spec, found);
    for alias in spec.get("hostAliases").items() {
        address(&alias.get("ip"), found);
        for name in alias.get("hostnames").items() {
            name.syntax(INVALID_NAME, names::dns_subdomain, found);
        }
    }
    let secrets = spec.get("imagePullSecrets").items();
    for secret in &secrets {
        if secret.get("name").is_empty() {
            found.push(secret.get("name").required(""));
        }
    }
    let names =
        secrets.iter().filter_map(|it| it.get("name").filled().map(|name| (name, format!("{name:?}"), it.clone())));
    unique_as(DUPLICATE_ENTRY, names, found);
}

fn address(address: &Field<'_>, found: &mut Found) {
    if address.text().is_some_and(|it| it.parse::<std::net::IpAddr>().is_err()) {
        found.push(address.invalid(INVALID_ADDRESS, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
    }
}

fn affinity(affinity: &Field<'_>, found: &mut Found) {
    let (required, preferred) = AFFINITY_LISTS;
    let node = affinity.get("nodeAffinity");
    let terms = node.get(required).get("nodeSelectorTerms");
    if node.get(required).is_set() && terms.is_empty() {
        found.push(terms.required("must have at least one node selector term"));
    }
    for term in terms.items() {
        node_term(&term, found);
    }
    for weighted in node.get(preferred).items() {
        weight(&weighted, found);
        node_term(&weighted.get("preference"), found);
    }
    for name in ["podAffinity", "podAntiAffinity"] {
        let pods = affinity.get(name);
        for term in pods.get(required).items() {
            pod_term(&term, found);
        }
        for weighted in pods.get(preferred).items() {
            weight(&weighted, found);
            pod_term(&weighted.get("podAffinityTerm"), found);
        }
    }
}

fn weight(weighted: &Field<'_>, found: &mut Found) {
    let weight = weighted.get("weight");
    if weight.number().is_some_and(|it| !(1..=100).contains(&it)) {
        found.push(weight.invalid(OUT_OF_RANGE, "must be in the range 1-100"));
    }
}

fn node_term(term: &Field<'_>, found: &mut Found) {
    for list in ["matchExpressions", "matchFields"] {
        for expression in term.get(list).items() {
            selector::requirement(&expression, &NODE_OPERATORS, found);
        }
    }
    for expression in term.get("matchExpressions").items() {
        expression.get("key").syntax(INVALID_LABEL, names::qualified_name, found);
    }
}

fn pod_term(term: &Field<'_>, found: &mut Found) {
    selector::check(&term.get("labelSelector"), found);
    selector::check(&term.get("namespaceSelector"), found);
    topology_key(term, found);
}

fn topology_key(holder: &Field<'_>, found: &mut Found) {
    let key = holder.get("topologyKey");
    if key.text() == Some("") {
        found.push(key.required("can not be empty"));
    }
    key.syntax(INVALID_LABEL, names::qualified_name, found);
}

fn toleration(toleration: &Field<'_>, found: &mut Found) {
    let (key, operator) = (toleration.get("key"), toleration.get("operator"));
    let (value, effect) = (toleration.get("value"), toleration.get("effect"));
    key.syntax(INVALID_LABEL, names::qualified_name, found);
    operator.one_of(&["Equal", "Exists", ""], found);
    effect.one_of(&["", "NoSchedule", "PreferNoSchedule", "NoExecute"], found);
    let exists = operator.text() == Some("Exists");
    if key.is_empty() && !exists {
        let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        found.push(operator.invalid(OUT_OF_RANGE, detail));
    }
    if exists && !value.is_empty() {
        found.push(value.forbidden("value must be empty when `operator` is 'Exists'"));
    }
    value.syntax(INVALID_LABEL, names::label_value, found);
    if toleration.get("tolerationSeconds").is_set() && effect.text() != Some("NoExecute") {
        found.push(effect.invalid(OUT_OF_RANGE, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
}

fn spread(constraints: &Field<'_>, found: &mut Found) {
    let items = constraints.items();
    for constraint in &items {
        let skew = constraint.get("maxSkew");
        if skew.number().is_some_and(|it| it <= 0) {
            found.push(skew.invalid(OUT_OF_RANGE, "must be greater than zero"));
        }
        topology_key(constraint, found);
        let when = constraint.get("whenUnsatisfiable");
        when.one_of(&["DoNotSchedule", "ScheduleAnyway"], found);
        let domains = constraint.get("minDomains");
        if domains.number().is_some_and(|it| it <= 0) {
            found.push(domains.invalid(OUT_OF_RANGE, "must be greater than zero"));
        }
        if domains.is_set() && when.text() == Some("ScheduleAnyway") {
            found.push(domains.forbidden("can only use minDomains if whenUnsatisfiable=DoNotSchedule"));
        }
        for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            constraint.get(name).one_of(&["Honor", "Ignore"], found);
        }
        selector::check(&constraint.get("labelSelector"), found);
    }
    let keyed = items.iter().filter_map(|it| {
        let key = (it.get("topologyKey").text()?, it.get("whenUnsatisfiable").text()?);
        Some((key, format!("\"{{{}, {}}}\"", key.0, key.1), it.clone()))
    });
    unique_as(DUPLICATE_ENTRY, keyed, found);
}

fn dns(spec: &Field<'_>, found: &mut Found) {
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
    let names = searches.items();
    if names.len() > 32 {
        found.push(searches.invalid(OUT_OF_RANGE, "must not have more than 32 search paths"));
    }
    let characters: usize = names.iter().filter_map(Field::text).map(|it| it.len() + 1).sum();
    if characters.saturating_sub(1) > 2048 {
        found.push(searches.invalid(OUT_OF_RANGE, "must not have more than 2048 characters (including spaces)"));
    }
    for option in config.get("options").items() {
        if option.get("name").is_empty() {
            found.push(option.get("name").required("must not be empty"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    fn pod(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with_pod(pointer, value))), expected);
    }

    #[test]
    fn checks_names_and_numbers() {
        pod("/serviceAccountName", json!("A"), &["invalid-name serviceAccountName RFC 1123 subdomain"]);
        pod("/hostname", json!("a.b"), &["invalid-name hostname must not contain dots"]);
        pod("/nodeSelector", json!({"a b": "x"}), &["invalid-label nodeSelector name part must consist"]);
        pod("/activeDeadlineSeconds", json!(1), &[]);
        pod(
            "/activeDeadlineSeconds",
            json!(0),
            &["out-of-range activeDeadlineSeconds between 1 and 2147483647, inclusive"],
        );
        pod("/terminationGracePeriodSeconds", json!(-1), &["out-of-range terminationGracePeriodSeconds equal to 0"]);
        pod(
            "/hostAliases",
            json!([{"ip": "1.2.3", "hostnames": ["a"]}]),
            &["invalid-address ip must be a valid IP address"],
        );
        pod("/imagePullSecrets", json!([{"name": ""}]), &["missing-value name Required value"]);
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
            json!({"searches": ["a".repeat(2049)]}),
            &["out-of-range searches more than 2048 characters"],
        );
    }

    #[test]
    fn checks_placement() {
        pod("/tolerations", json!([{"operator": "Exists"}]), &[]);
        pod(
            "/tolerations",
            json!([{"operator": "Equal"}]),
            &["out-of-range operator must be Exists when `key` is empty"],
        );
        pod(
            "/tolerations",
            json!([{"key": "a", "operator": "Exists", "value": "b"}]),
            &["forbidden-field value must be empty"],
        );
        pod(
            "/tolerations",
            json!([{"key": "a", "tolerationSeconds": 5}]),
            &["out-of-range effect must be 'NoExecute'"],
        );
        let spread = |skew: i64, more: Value| {
            let mut it = json!({"maxSkew": skew, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"});
            it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            it
        };
        pod("/topologySpreadConstraints", json!([spread(1, json!({}))]), &[]);
        pod(
            "/topologySpreadConstraints",
            json!([spread(0, json!({}))]),
            &["out-of-range maxSkew must be greater than zero"],
        );
        pod(
            "/topologySpreadConstraints",
            json!([spread(1, json!({"minDomains": 2}))]),
            &["forbidden-field minDomains whenUnsatisfiable=DoNotSchedule"],
        );
        pod(
            "/topologySpreadConstraints",
            json!([spread(1, json!({})), spread(2, json!({}))]),
            &["duplicate-entry topologySpreadConstraints Duplicate value: \"{zone, ScheduleAnyway}\""],
        );
        let anti = |weight: i64, key: &str| {
            json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": weight, "podAffinityTerm": {"topologyKey": key}},
            ]}})
        };
        pod("/affinity", anti(100, "kubernetes.io/hostname"), &[]);
        pod("/affinity", anti(101, "kubernetes.io/hostname"), &["out-of-range weight must be in the range 1-100"]);
        pod("/affinity", anti(1, ""), &["missing-value topologyKey can not be empty"]);
        let node = |operator: &str, values: Value| {
            json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchExpressions": [{"key": "zone", "operator": operator, "values": values}]},
            ]}}})
        };
        pod("/affinity", node("In", json!(["a"])), &[]);
        pod("/affinity", node("In", json!([])), &["missing-value values must be specified when 'operator' is 'In'"]);
        pod("/affinity", node("Exists", json!(["a"])), &["forbidden-field values may not be specified"]);
        pod("/affinity", node("Gt", json!(["1", "2"])), &["missing-value values single value"]);
    }
}
