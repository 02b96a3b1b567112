//! Web origins that a change newly allows, item by item of the lists of origins.

use super::Rule;
use super::workload::{Pods, items, text};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[ORIGIN_EXPOSURE], find }];

const ORIGIN_EXPOSURE: ImpactCode = ImpactCode {
    name: "origin-exposure",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Allow-Origin",
};

/// One list of allowed origins: where it stands and what is in it.
struct OriginList<'a> {
    object: &'a Object,
    path: FieldPath,
    /// The path with containers and entries by name, so that it is the same setting wherever they stand.
    shown: String,
    origins: BTreeSet<&'a str>,
}

/// Returns the lists of origins: settings with `ORIGIN` in their name, their values separated by commas,
/// semicolons or blanks, or written as a list of JSON.
fn origin_lists<'a>(environment: &EnvironmentComparison<'a>, side: Side) -> Vec<OriginList<'a>> {
    let mut lists = Vec::new();
    let mut add = |object: &'a Object, path: FieldPath, name: &str, value: Option<&'a Value>| {
        let Some(value) = value.and_then(Value::as_str).filter(|_| name.to_uppercase().contains("ORIGIN")) else {
            return;
        };
        let origins = value.split(is_between).map(|it| it.trim_end_matches('/')).filter(|it| is_origin(it)).collect();
        let shown = path.display_in(&object.body);
        lists.push(OriginList { object, path, shown, origins });
    };
    for config in environment.of_kind(side, "ConfigMap") {
        for (name, value) in config.field("data").and_then(Value::as_object).into_iter().flatten() {
            add(config, FieldPath::default().field("data").field(name), name, Some(value));
        }
    }
    for pods in Pods::all(environment, side) {
        for (path, container) in pods.containers() {
            for (index, entry) in items(container, "env").iter().enumerate() {
                let path = path.field("env").index(index).field("value");
                add(pods.object, path, text(entry, "name"), entry.get("value"));
            }
        }
    }
    lists
}

/// True for what may stand between two origins of a list.
fn is_between(character: char) -> bool {
    matches!(character, ',' | ';' | '"' | '\'' | '[' | ']') || character.is_whitespace()
}

fn is_origin(text: &str) -> bool {
    matches!(text, "*" | "null") || text.contains("://")
}

fn host(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, it)| it);
    let end = authority.find([':', '/']).unwrap_or(authority.len());
    &authority[..end]
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host.starts_with('[')
}

/// Returns the hosts that an environment answers to.
fn own_hosts<'a>(environment: &EnvironmentComparison<'a>) -> BTreeSet<&'a str> {
    let rules = environment.of_kind(Side::After, "Ingress").filter_map(|it| it.field("spec"));
    rules.flat_map(|it| items(it, "rules")).map(|it| text(it, "host")).filter(|it| !it.is_empty()).collect()
}

/// Returns the other environment that an origin belongs to: the one that answers to its host, or one that allowed it
/// before, when this one did not.
fn owner<'a>(input: &'a Comparison<'_>, here: &EnvironmentComparison<'_>, origin: &str) -> Option<&'a str> {
    let others = || input.environments.iter().filter(|it| it.name() != here.name());
    if is_loopback(host(origin)) || own_hosts(here).contains(host(origin)) {
        return None;
    }
    let answers = others().find(|it| own_hosts(it).contains(host(origin)));
    let allows =
        |it: &&EnvironmentComparison<'_>, side| origin_lists(it, side).iter().any(|it| it.origins.contains(origin));
    answers
        .or_else(|| others().find(|it| allows(it, Side::Before) && allows(it, Side::After)))
        .map(EnvironmentComparison::name)
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let before = origin_lists(environment, Side::Before);
        for list in origin_lists(environment, Side::After) {
            let known = before.iter().find(|it| it.object.id == list.object.id && it.shown == list.shown);
            for origin in list.origins.iter().filter(|it| !known.is_some_and(|known| known.origins.contains(*it))) {
                let reason = if *origin == "*" {
                    "every website may call it with a visitor's browser".to_owned()
                } else if *origin == "null" {
                    "files and sandboxed frames, which everybody can make, have this origin".to_owned()
                } else if host(origin).contains('*') {
                    "whoever gets a name that it matches may call it with a visitor's browser".to_owned()
                } else if origin.starts_with("http://") && environment.environment.protected {
                    "whoever sits on the network path can change an unencrypted page and so call it".to_owned()
                } else if let Some(owner) = owner(input, environment, origin) {
                    format!("it is an origin of {owner}, whose pages can then call this environment")
                } else {
                    continue;
                };
                let message = format!("allows the origin `{origin}`: {reason}");
                let help = "allow only the origins of this environment, each with https";
                let finding =
                    Finding::new(ORIGIN_EXPOSURE, environment.name(), &list.object.id, message).at(&list.shown);
                findings.push(finding.help(help).from_line(input.line_of(Side::After, list.object, &list.path)));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{States, deployment, expect, object, review_of};
    use serde_json::{Value, json};

    fn allow(origins: &str) -> Option<Vec<Value>> {
        let config = object("v1", "ConfigMap", "api", &json!({"data": {"CORS_ORIGINS": origins}}));
        (!origins.is_empty()).then(|| vec![config])
    }

    #[test]
    fn new_origins_are_looked_at_one_by_one() {
        let check = |states: &[States], expected: &[&str]| expect(&review_of(states), "origin-exposure", expected);
        let star = "ConfigMap/api allows the origin `*`: every website may call it with a visitor's browser";
        let open = "ConfigMap/api allows the origin `http://a.example`: whoever sits on the network path can change an unencrypted page and so call it";
        let foreign = "ConfigMap/api allows the origin `https://todo.example`: it is an origin of prod, whose pages can then call this environment";
        check(&[("dev", allow("https://a.example"), allow("https://a.example,*"))], &[star]);
        check(&[("dev", allow("*"), allow("*, https://a.example"))], &[]);
        check(&[("prod", allow("https://own.example"), allow("http://a.example"))], &[open]);
        check(&[("dev", allow("https://own.example"), allow("http://a.example"))], &[]);
        check(&[("prod", allow("https://own.example"), allow("https://a.example"))], &[]);
        check(&[("prod", allow("http://a.example"), allow("https://own.example"))], &[]);
        check(&[("prod", None, allow("http://a.example"))], &[open]);
        let message = |origin: &str, reason: &str| format!("ConfigMap/api allows the origin `{origin}`: {reason}");
        let null = message("null", "files and sandboxed frames, which everybody can make, have this origin");
        check(&[("dev", allow("https://a.example"), allow("https://a.example null"))], &[&null]);
        let matching =
            message("https://*.a.example", "whoever gets a name that it matches may call it with a visitor's browser");
        check(
            &[("dev", allow("https://a.example"), allow("[\"https://a.example\", \"https://*.a.example\"]"))],
            &[&matching],
        );
        check(&[("prod", allow("https://a.example"), allow("https://a.example;http://a.example"))], &[open]);
        check(&[("dev", allow("https://a.example,*"), allow("[\"*\", \"https://a.example\"]"))], &[]);
        let prod = || ("prod", allow("https://todo.example"), allow("https://todo.example"));
        check(&[prod(), ("dev", allow("https://own.example"), allow("https://todo.example"))], &[foreign]);
        check(&[prod(), ("dev", None, allow("https://todo.example"))], &[foreign]);
        check(&[prod(), ("dev", allow("https://todo.example"), allow("https://todo.example"))], &[]);
        let site = || {
            let spec = json!({"rules": [{"host": "todo.example"}]});
            Some(vec![object("networking.k8s.io/v1", "Ingress", "web", &json!({"spec": spec}))])
        };
        check(&[("prod", None, site()), ("dev", None, allow("https://todo.example"))], &[foreign]);
        check(
            &[
                ("prod", allow("https://own.example"), allow("https://b.example")),
                ("dev", allow("https://own.example"), allow("https://b.example")),
            ],
            &[],
        );
        let web = |place: usize| {
            let mut env = vec![json!({"name": "A", "value": "1"})];
            env.insert(place, json!({"name": "ALLOWED_ORIGINS", "value": "*"}));
            Some(vec![deployment("web", 1, json!({"image": "web:1", "env": env}))])
        };
        check(&[("dev", web(0), web(1))], &[]);
        check(
            &[("dev", Some(vec![]), web(1))],
            &["Deployment/web allows the origin `*`: every website may call it with a visitor's browser"],
        );
        let local = "http://localhost:3000";
        check(&[("staging", allow(local), allow(local)), ("dev", allow("https://own.example"), allow(local))], &[]);
    }
}
