//! Hosts and paths that Ingresses and routes of the Gateway API serve, and the listeners of gateways.

use super::{HOST_REMOVED, NEW_EXPOSURE};
use crate::assess::wording;
use crate::assess::workload::{items, text};
use crate::change::{Comparison, EnvironmentComparison, Finding, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What no host is said of.
const ANY_HOST: &str = "*";

/// One path of one host, and the Service that it leads to.
struct Served<'a> {
    object: &'a Object,
    field: FieldPath,
    host: &'a str,
    path: &'a str,
    /// True where all below the path is served too.
    is_prefix: bool,
    service: &'a str,
}

pub(super) fn find(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>) -> Vec<Finding> {
    let mut findings = hosts(input, environment);
    findings.extend(unencrypted(input, environment));
    findings.extend(listeners(input, environment));
    findings
}

/// Reports hosts and paths that come, and hosts that go.
fn hosts(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>) -> Vec<Finding> {
    let (before, after) = (served(environment, Side::Before), served(environment, Side::After));
    let names = |list: &[Served<'_>]| list.iter().map(|it| it.host.to_owned()).collect::<BTreeSet<String>>();
    let (old, new) = (names(&before), names(&after));
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for it in &after {
        let is_new_host = !old.contains(it.host);
        if !is_new_host && before.iter().any(|known| known.covers(it)) {
            continue;
        }
        let shown = if it.host == ANY_HOST { "every host" } else { it.host };
        let message = if is_new_host {
            let paths: BTreeSet<&str> = after.iter().filter(|other| other.host == it.host).map(|it| it.path).collect();
            let paths: Vec<&str> = paths.into_iter().collect();
            let insecure = if encrypted(environment, Side::After).contains(it.host) { "" } else { ", without TLS" };
            format!("serves a new host: `{shown}`, path {}{insecure}", wording::quoted(&paths))
        } else {
            let service =
                if it.service.is_empty() { String::new() } else { format!(", which leads to Service/{}", it.service) };
            format!("serves more of a host: `{}` of `{shown}`{service}", it.path)
        };
        if told.insert((it.object.id.clone(), message.clone())) {
            let help = "make sure that everything behind it may be seen by those who can reach it";
            let finding = Finding::new(NEW_EXPOSURE, environment.name(), &it.object.id, message).help(help);
            let line = input.line_of(Side::After, it.object, &it.field);
            findings.push(finding.at(it.field.display_in(&it.object.body)).from_line(line));
        }
    }
    for host in old.difference(&new) {
        let Some(it) = before.iter().find(|it| it.host == host) else { continue };
        let shown = if host == ANY_HOST { "every host" } else { host };
        let message = format!("no longer serves `{shown}`: nothing here answers to that host any more");
        let help = "keep the old host beside the new one until nobody asks for it, or redirect it";
        let finding = Finding::new(HOST_REMOVED, environment.name(), &it.object.id, message).help(help);
        let line = match environment.object(Side::After, &it.object.id) {
            Some(after) => input.line_of(Side::After, after, &FieldPath::parse("spec").unwrap_or_default()),
            None => input.declaration(Side::Before, it.object),
        };
        findings.push(
            finding.at(if it.object.id.kind == "Ingress" { "spec.rules" } else { "spec.hostnames" }).from_line(line),
        );
    }
    findings
}

impl Served<'_> {
    /// True where everything that the other serves was served by this one already.
    fn covers(&self, other: &Self) -> bool {
        let below = |it: &str| {
            it.strip_prefix(self.path.trim_end_matches('/')).is_some_and(|it| it.is_empty() || it.starts_with('/'))
        };
        let is_path = self.path == other.path || (self.is_prefix && below(other.path));
        self.host == other.host && is_path && self.service == other.service && (self.is_prefix || !other.is_prefix)
    }
}

fn served<'a>(environment: &EnvironmentComparison<'a>, side: Side) -> Vec<Served<'a>> {
    let mut found = Vec::new();
    for object in environment.objects(side) {
        let spec = object.body.get("spec").unwrap_or(&Value::Null);
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => of_ingress(object, spec, &mut found),
            ("gateway.networking.k8s.io", kind) if kind.ends_with("Route") => of_route(object, spec, &mut found),
            _ => {}
        }
    }
    found
}

fn of_ingress<'a>(object: &'a Object, spec: &'a Value, found: &mut Vec<Served<'a>>) {
    let root = FieldPath::default().field("spec");
    let service =
        |backend: Option<&'a Value>| backend.and_then(|it| it.pointer("/service/name")?.as_str()).unwrap_or_default();
    if let Some(backend) = spec.get("defaultBackend") {
        let field = root.field("defaultBackend");
        found.push(Served {
            object,
            field,
            host: ANY_HOST,
            path: "/",
            is_prefix: true,
            service: service(Some(backend)),
        });
    }
    for (index, rule) in items(spec, "rules").iter().enumerate() {
        let host = Some(text(rule, "host")).filter(|it| !it.is_empty()).unwrap_or(ANY_HOST);
        let rule_field = root.field("rules").index(index);
        for (index, path) in rule.get("http").map_or(&[][..], |it| items(it, "paths")).iter().enumerate() {
            let field = rule_field.field("http").field("paths").index(index);
            let is_prefix = text(path, "pathType") != "Exact";
            let shown = Some(text(path, "path")).filter(|it| !it.is_empty()).unwrap_or("/");
            found.push(Served { object, field, host, path: shown, is_prefix, service: service(path.get("backend")) });
        }
    }
}

fn of_route<'a>(object: &'a Object, spec: &'a Value, found: &mut Vec<Served<'a>>) {
    let root = FieldPath::default().field("spec");
    let hosts: Vec<&str> = items(spec, "hostnames").iter().filter_map(Value::as_str).collect();
    let hosts = if hosts.is_empty() { vec![ANY_HOST] } else { hosts };
    for (index, rule) in items(spec, "rules").iter().enumerate() {
        let field = root.field("rules").index(index);
        let backends: Vec<&str> = items(rule, "backendRefs").iter().map(|it| text(it, "name")).collect();
        // A rule without matches takes everything.
        let mut paths: Vec<(&str, bool)> = Vec::new();
        for it in items(rule, "matches") {
            let path = it.get("path");
            let value = path.map(|it| text(it, "value")).filter(|it| !it.is_empty()).unwrap_or("/");
            paths.push((value, path.is_none_or(|it| text(it, "type") != "Exact")));
        }
        if paths.is_empty() {
            paths.push(("/", true));
        }
        let backends = if backends.is_empty() { vec![""] } else { backends };
        for host in &hosts {
            for (path, is_prefix) in &paths {
                for service in &backends {
                    found.push(Served { object, field: field.clone(), host, path, is_prefix: *is_prefix, service });
                }
            }
        }
    }
}

/// Returns the hosts that are served with TLS: those that an Ingress has a certificate for. Of a route, the gateway
/// decides, which need not be ours.
fn encrypted(environment: &EnvironmentComparison<'_>, side: Side) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for it in served(environment, side) {
        let spec = it.object.body.get("spec").unwrap_or(&Value::Null);
        let is_named = |entry: &Value| {
            let mut hosts = items(entry, "hosts").iter().filter_map(Value::as_str);
            items(entry, "hosts").is_empty() || hosts.any(|name| is_for(name, it.host))
        };
        if it.object.id.kind != "Ingress" || items(spec, "tls").iter().any(is_named) {
            found.insert(it.host.to_owned());
        }
    }
    found
}

/// True where a name of a certificate is for a host: the same, or a wildcard for its first label.
fn is_for(name: &str, host: &str) -> bool {
    let below = |suffix: &str| host.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && rest == suffix);
    name == host || name.strip_prefix("*.").is_some_and(below)
}

/// Reports hosts that lose their certificate.
fn unencrypted(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>) -> Vec<Finding> {
    let (before, after) = (encrypted(environment, Side::Before), encrypted(environment, Side::After));
    let mut lost: BTreeMap<&str, &Object> = BTreeMap::new();
    let now = served(environment, Side::After);
    for it in now.iter().filter(|it| before.contains(it.host) && !after.contains(it.host)) {
        lost.entry(it.host).or_insert(it.object);
    }
    let finding = |(host, object): (&str, &Object)| {
        let message = format!("serves `{host}` without TLS: no certificate is for it any more");
        let help = "keep an entry of `tls` for every host that is served";
        let finding = Finding::new(NEW_EXPOSURE, environment.name(), &object.id, message).help(help);
        finding.at("spec.tls").from_line(input.line_of(
            Side::After,
            object,
            &FieldPath::parse("spec").unwrap_or_default(),
        ))
    };
    lost.into_iter().map(finding).collect()
}

/// Reports listeners of a gateway that are new, lose their encryption, or take routes from everywhere.
fn listeners(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (before, after) in
        environment.kept().filter(|(_, it)| it.id.kind == "Gateway" && it.id.group == "gateway.networking.k8s.io")
    {
        let list = |it: &'_ Object| it.body.get("spec").map_or(Vec::new(), |it| items(it, "listeners").to_vec());
        let old = list(before);
        for (index, listener) in list(after).iter().enumerate() {
            let name = text(listener, "name");
            let known = old.iter().find(|it| text(it, "name") == name);
            // Routes of the gateway's own namespace, if nothing else is said.
            let is_open =
                |it: &Value| it.pointer("/allowedRoutes/namespaces/from").and_then(Value::as_str) == Some("All");
            let is_encrypted = |it: &Value| matches!(text(it, "protocol"), "HTTPS" | "TLS");
            let message = match known {
                None => {
                    let port = listener.get("port").map(Value::to_string).unwrap_or_default();
                    let host = Some(text(listener, "hostname")).filter(|it| !it.is_empty()).unwrap_or("every host");
                    format!("opens a listener: `{name}` on port {port} with {} for {host}", text(listener, "protocol"))
                }
                Some(old) if is_open(listener) && !is_open(old) => {
                    format!(
                        "takes routes from every namespace: listener `{name}` no longer limits who may add hosts and paths"
                    )
                }
                Some(old) if is_encrypted(old) && !is_encrypted(listener) => {
                    format!("serves without TLS: listener `{name}` speaks {} now", text(listener, "protocol"))
                }
                Some(_) => continue,
            };
            let path = FieldPath::default().field("spec").field("listeners").index(index);
            let help = "open only what is to be reached, for the namespaces that are to use it";
            let finding = Finding::new(NEW_EXPOSURE, environment.name(), &after.id, message).help(help);
            findings.push(finding.at(path.display_in(&after.body)).from_line(input.line_of(Side::After, after, &path)));
        }
    }
    findings
}
