//! Routes of the Gateway API. Whether the Services behind them are there is a matter of `references`.
//!
//! Source: the definition of `HTTPRoute` in `gateway.networking.k8s.io/v1` (`apis/v1/httproute_types.go`).

use super::cluster::between;
use super::field::{Field, Found, OUT_OF_RANGE};
use super::names::{self, INVALID_ADDRESS, INVALID_NAME, INVALID_PATH};
use super::pod::containers::port_number;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::house_rule::{ROUTE_COLLISION, or_waive};
use crate::object::{Object, ObjectSet};
use std::collections::BTreeMap;

const GROUP: &str = "gateway.networking.k8s.io";

/// How many items the lists of a route may have.
const MOST: [(&str, usize); 3] = [("hostnames", 16), ("parentRefs", 32), ("rules", 16)];

/// What a path of type `Exact` or `PathPrefix` may not have in it.
const REFUSED: [&str; 6] = ["//", "/./", "/../", "%2f", "%2F", "#"];

fn is_route(object: &Object) -> bool {
    object.id.kind == "HTTPRoute" && object.id.group == GROUP
}

/// Checks one object, if it is a route.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if !is_route(object) {
        return found;
    }
    let spec = Field::root(object).get("spec");
    for (name, most) in MOST {
        at_most(&spec.get(name), most, &mut found);
    }
    for host in spec.get("hostnames").items() {
        host.syntax(INVALID_ADDRESS, names::host, &mut found);
    }
    for parent in spec.get("parentRefs").items() {
        parent.get("name").syntax(INVALID_NAME, names::dns_subdomain, &mut found);
        parent.get("namespace").syntax(INVALID_NAME, names::dns_label, &mut found);
        parent.get("sectionName").syntax(INVALID_NAME, names::dns_subdomain, &mut found);
        port_number(&parent.get("port"), &mut found);
    }
    let rules = spec.get("rules").items();
    for rule in &rules {
        at_most(&rule.get("matches"), 64, &mut found);
        for one in rule.get("matches").items() {
            path(&one.get("path"), &mut found);
        }
    }
    if rules.iter().map(|it| it.get("matches").items().len()).sum::<usize>() > 128 {
        found.push(spec.get("rules").invalid(OUT_OF_RANGE, "the matches of all rules together may be 128"));
    }
    found
}

fn at_most(list: &Field<'_>, most: usize, found: &mut Found) {
    let count = list.items().len();
    if count > most {
        found.push(list.problem(OUT_OF_RANGE, format!("Too many: {count}: must have at most {most} items")));
    }
}

fn path(path: &Field<'_>, found: &mut Found) {
    path.get("type").one_of(&["Exact", "PathPrefix", "RegularExpression"], found);
    let value = path.get("value");
    let Some(text) = value.text() else { return };
    if text.len() > 1024 {
        found.push(value.problem(INVALID_PATH, "Too long: may not be more than 1024 bytes"));
    }
    if path.get("type").text() == Some("RegularExpression") {
        return;
    }
    if !text.starts_with('/') {
        found.push(value.invalid(INVALID_PATH, "must be an absolute path and start with '/'"));
    }
    if let Some(refused) = REFUSED.iter().find(|it| text.contains(**it)) {
        found.push(value.invalid(INVALID_PATH, format!("must not contain '{refused}'")));
    } else if let Some(refused) = ["/..", "/."].iter().find(|it| text.ends_with(**it)) {
        found.push(value.invalid(INVALID_PATH, format!("must not end with '{refused}'")));
    } else if !text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-/._~!$&'()*+,;=:@%".contains(&it)) {
        found.push(value.invalid(INVALID_PATH, "must only contain valid characters; others are written as %41"));
    }
}

/// Reports routes of one cluster that claim the same host and path of one gateway: of two, the older one is served.
pub(super) fn collisions(sets: &[&ObjectSet]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut first: BTreeMap<_, (&ObjectSet, Field<'_>)> = BTreeMap::new();
    for set in sets {
        for object in set.objects.iter().filter(|it| is_route(it)) {
            for (key, place) in claims(object) {
                let Some((earlier, other)) = first.get(&key) else {
                    first.insert(key, (*set, place));
                    continue;
                };
                // A route may say a thing twice.
                if other.object.id == object.id {
                    continue;
                }
                let (_, host, path, _) = &key;
                let message = format!("{} already serves {host}{path}", other.object.id);
                let message = place.problem(ROUTE_COLLISION, message).at_some(other.span(), "served here");
                let help = "a gateway serves the older of the two: change `host` or `path`, or make it of \
                            `${environment.name}`";
                found.push(between(message.help(help).help(or_waive(ROUTE_COLLISION)), earlier, set));
            }
        }
    }
    found
}

/// What a route claims: a gateway, a host, a path, and how that is compared.
type Claim = (String, String, String, String);

fn claims(route: &Object) -> Vec<(Claim, Field<'_>)> {
    let spec = Field::root(route).get("spec");
    let own = route.id.namespace.as_deref().unwrap_or_default();
    let text = |field: &Field<'_>, default: &str| field.text().unwrap_or(default).to_owned();
    let mut claims = Vec::new();
    for parent in spec.get("parentRefs").items() {
        let namespace = text(&parent.get("namespace"), own);
        let (name, section) = (text(&parent.get("name"), ""), text(&parent.get("sectionName"), ""));
        // Another listener of a gateway is another place: one may redirect to the other.
        let port = parent.get("port").number().unwrap_or_default();
        let gateway = format!("{namespace}/{name}/{section}/{port}");
        for host in spec.get("hostnames").items() {
            for one in spec.get("rules").items().iter().flat_map(|it| it.get("matches").items()) {
                // What else a match asks for tells two of them apart in ways that are not looked at here.
                let only_path = one.entries().iter().all(|(name, _)| *name == "path");
                if only_path {
                    let (path, kind) = (text(&one.at("path.value"), "/"), text(&one.at("path.type"), "PathPrefix"));
                    claims.push(((gateway.clone(), text(&host, ""), path, kind), host.clone()));
                }
            }
        }
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object, set, with};
    use super::{check, collisions};
    use crate::object::ObjectSet;
    use serde_json::{Value, json};

    fn route() -> Value {
        let spec = json!({
            "parentRefs": [{"name": "public", "namespace": "gateways"}],
            "hostnames": ["shop.example.com"],
            "rules": [{
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"group": "", "kind": "Service", "name": "web", "port": 80}],
            }],
        });
        any("gateway.networking.k8s.io/v1", "HTTPRoute", "web", &json!({"spec": spec}))
    }

    #[test]
    fn checks_hosts_parents_and_counts() {
        let verdicts = |pointer: &str, value: Value, expected: &[&str]| {
            expect(check(&object(with(route(), pointer, value))), expected);
        };
        let many = |count: usize| Value::Array((0..count).map(|it| json!(format!("h{it}.example.com"))).collect());
        verdicts("/spec/hostnames", json!(["*.example.com"]), &[]);
        verdicts("/spec/hostnames", json!(["10.0.0.1"]), &["invalid-address spec.hostnames not an IP"]);
        verdicts("/spec/hostnames", json!(["https://a"]), &["invalid-address spec.hostnames without scheme"]);
        verdicts("/spec/hostnames", many(16), &[]);
        verdicts("/spec/hostnames", many(17), &["out-of-range spec.hostnames at most 16"]);
        verdicts("/spec/parentRefs/0/name", json!("A"), &["invalid-name parentRefs[0].name RFC 1123"]);
        verdicts("/spec/parentRefs/0/namespace", json!("a.b"), &["invalid-name parentRefs[0].namespace dots"]);
        let rules = |count: usize, matches: usize| {
            let one = json!({"matches": vec![json!({"path": {"value": "/"}}); matches]});
            Value::Array(vec![one; count])
        };
        verdicts("/spec/rules", rules(16, 8), &[]);
        verdicts("/spec/rules", rules(17, 1), &["out-of-range spec.rules at most 16"]);
        verdicts("/spec/rules", rules(1, 65), &["out-of-range matches at most 64"]);
        verdicts("/spec/rules", rules(3, 43), &["out-of-range spec.rules may be 128"]);
    }

    #[test]
    fn checks_paths() {
        let verdicts = |kind: &str, path: &str, expected: &[&str]| {
            let body = with(route(), "/spec/rules/0/matches/0/path", json!({"type": kind, "value": path}));
            expect(check(&object(body)), expected);
        };
        for path in ["/", "/a/b", "/a%20b", "/a.b..c", &format!("/{}", "a".repeat(1023))] {
            verdicts("Exact", path, &[]);
        }
        verdicts("PathPrefix", "a", &["invalid-path path.value start with '/'"]);
        verdicts("PathPrefix", "/a//b", &["invalid-path path.value '//'"]);
        verdicts("PathPrefix", "/a/../b", &["invalid-path path.value '/../'"]);
        verdicts("Exact", "/a/..", &["invalid-path path.value end with '/..'"]);
        verdicts("Exact", "/a b", &["invalid-path path.value valid characters"]);
        verdicts("RegularExpression", "/[a-z]+//?", &[]);
        verdicts("Exact", &format!("/{}", "a".repeat(1024)), &["invalid-path path.value more than 1024"]);
        verdicts("Prefix", "/", &["unsupported-value path.type PathPrefix"]);
    }

    #[test]
    fn finds_two_routes_for_one_place() {
        let in_environment = |name: &str, body: Value| -> ObjectSet {
            let mut set = set([with(body, "/metadata/namespace", json!(name))]);
            name.clone_into(&mut set.environment.name);
            set
        };
        let verdicts = |second: Value, expected: &[&str]| {
            let (dev, prod) = (in_environment("dev", route()), in_environment("prod", second));
            expect(collisions(&[&dev, &prod]), expected);
        };
        let served = "route-collision spec.hostnames HTTPRoute/web in dev already serves shop.example.com/";
        verdicts(route(), &[served]);
        verdicts(with(route(), "/spec/hostnames/0", json!("other.example.com")), &[]);
        verdicts(with(route(), "/spec/rules/0/matches/0/path/value", json!("/api")), &[]);
        verdicts(with(route(), "/spec/rules/0/matches/0/path/type", json!("Exact")), &[]);
        verdicts(with(route(), "/spec/parentRefs/0/name", json!("private")), &[]);
        verdicts(with(route(), "/spec/parentRefs/0/sectionName", json!("http")), &[]);
        // Without a namespace, each has the gateway of its own.
        let own = with(route(), "/spec/parentRefs/0/namespace", json!(null));
        let (dev, prod) = (in_environment("dev", own.clone()), in_environment("prod", own));
        expect(collisions(&[&dev, &prod]), &[]);
    }
}
