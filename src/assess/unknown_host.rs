//! Hosts inside the cluster that a setting newly names, and that no Service here provides.
//!
//! Only what is surely meant for this cluster is looked at: `NAME.NAMESPACE.svc…`, and in URLs also `NAME.NAMESPACE` and
//! the bare `NAME`, for a namespace of these environments. What operators make of custom resources is not known, so a
//! name that begins with that of such a resource is left alone.

use super::Rule;
use super::host::{Form, Host, hosts};
use super::reference::config_uses;
use super::workload::{Pods, items, text};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object, kind};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[UNKNOWN_INTERNAL_HOST], find }];

const UNKNOWN_INTERNAL_HOST: ImpactCode = ImpactCode {
    name: "unknown-internal-host",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
};

/// One value of one object that may name hosts.
struct Setting<'a> {
    object: &'a Object,
    path: FieldPath,
    shown: String,
    value: &'a str,
    /// Names that the pods which read it know from their own list of hosts.
    aliases: BTreeSet<&'a str>,
}

/// A Service by its namespace and name.
type Place<'a> = (&'a str, &'a str);

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in input.environments.iter().filter(|it| it.after.is_some()) {
        let before = settings(environment, Side::Before);
        for setting in settings(environment, Side::After) {
            let old = before.iter().find(|it| it.object.id == setting.object.id && it.shown == setting.shown);
            let known: Vec<&str> = old.map_or_else(Vec::new, |it| hosts(it.value).iter().map(|it| it.name).collect());
            let mut told = BTreeSet::new();
            for host in hosts(setting.value).iter().filter(|it| !known.contains(&it.name)) {
                let Some(place) = place(input, environment, &setting, host) else { continue };
                if !told.insert(place) || is_provided(input, place) {
                    continue;
                }
                findings.push(finding(input, environment, &setting, host, place));
            }
        }
    }
    findings
}

fn finding(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    setting: &Setting<'_>,
    host: &Host<'_>,
    place: Place<'_>,
) -> Finding {
    let (namespace, name) = place;
    let is_own = setting.object.id.namespace.as_deref() == Some(namespace);
    let place_name = if is_own { "its namespace" } else { namespace };
    let message = format!(
        "names a host that nothing provides: `{}`, and no Service/{name} is rendered in {place_name} or declared",
        host.name
    );
    let near = nearest(input, place);
    let help = match near {
        Some(near) => {
            format!("did you mean `{near}`? If somebody else makes it, declare it: `external \"Service/{name}\"`")
        }
        None => format!("correct the name; if somebody else makes it, declare it: `external \"Service/{name}\"`"),
    };
    let finding = Finding::new(UNKNOWN_INTERNAL_HOST, environment.name(), &setting.object.id, message);
    finding.at(&setting.shown).help(help).from_line(input.line_of(Side::After, setting.object, &setting.path))
}

/// Returns the values of ConfigMaps and of variables, but for lists of origins: browsers have those, nobody calls them.
fn settings<'a>(environment: &EnvironmentComparison<'a>, side: Side) -> Vec<Setting<'a>> {
    let mut found = Vec::new();
    let pods: Vec<Pods<'a>> = Pods::all(environment, side).collect();
    for config in environment.of_kind(side, "ConfigMap") {
        let readers = pods.iter().filter(|it| {
            it.object.id.namespace == config.id.namespace
                && config_uses(**it).iter().any(|it| it.kind == "ConfigMap" && it.name == config.id.name)
        });
        let aliases: BTreeSet<&str> = readers.flat_map(|it| aliases(*it)).collect();
        for (name, value) in config.field("data").and_then(Value::as_object).into_iter().flatten() {
            let path = FieldPath::default().field("data").field(name);
            let shown = path.display_in(&config.body);
            let aliases = aliases.clone();
            let value = value.as_str().filter(|_| !is_of_origins(name));
            found.extend(value.map(|value| Setting { object: config, path, shown, value, aliases }));
        }
    }
    for pods in pods {
        for (path, container) in pods.containers() {
            for (index, entry) in items(container, "env").iter().enumerate() {
                let path = path.field("env").index(index).field("value");
                let shown = path.display_in(&pods.object.body);
                let value = entry.get("value").and_then(Value::as_str).filter(|_| !is_of_origins(text(entry, "name")));
                found.extend(value.map(|value| Setting {
                    object: pods.object,
                    path,
                    shown,
                    value,
                    aliases: aliases(pods),
                }));
            }
        }
    }
    found
}

fn is_of_origins(name: &str) -> bool {
    name.to_uppercase().contains("ORIGIN")
}

/// Returns the names that pods know from `hostAliases`.
fn aliases(pods: Pods<'_>) -> BTreeSet<&str> {
    items(pods.spec(), "hostAliases").iter().flat_map(|it| items(it, "hostnames")).filter_map(Value::as_str).collect()
}

/// Returns the Service that a name surely means; none where it may be something else.
fn place<'a>(
    input: &'a Comparison<'_>,
    environment: &'a EnvironmentComparison<'_>,
    setting: &'a Setting<'_>,
    host: &Host<'a>,
) -> Option<Place<'a>> {
    let labels: Vec<&str> = host.name.split('.').collect();
    if labels.iter().any(|it| !is_label(it)) || setting.aliases.contains(host.name) {
        return None;
    }
    let ours = |namespace: &str| {
        input.environments.iter().any(|it| it.after.is_some() && it.environment.namespace == namespace)
    };
    let own = setting.object.id.namespace.as_deref().unwrap_or(&environment.environment.namespace);
    match labels.as_slice() {
        // In front of the Service may stand a pod of a StatefulSet.
        [.., name, namespace, "svc"] | [.., name, namespace, "svc", "cluster", "local"] if ours(namespace) => {
            Some((namespace, name))
        }
        [.., name, namespace] if host.form == Form::Url && ours(namespace) => Some((namespace, name)),
        [name]
            if host.form == Form::Url && *name != "localhost" && is_network_url(setting.value, name) && ours(own) =>
        {
            Some((own, name))
        }
        _ => None,
    }
}

fn is_label(label: &str) -> bool {
    label.starts_with(|it: char| it.is_ascii_lowercase())
        && label.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
}

/// True where a bare name stands behind a scheme that surely leads over the network. Behind others (`file://`, `s3://`,
/// `secret://`) it is a name of another kind.
fn is_network_url(value: &str, name: &str) -> bool {
    const SCHEMES: [&str; 14] = [
        "http",
        "https",
        "grpc",
        "ws",
        "wss",
        "tcp",
        "redis",
        "rediss",
        "postgres",
        "postgresql",
        "mysql",
        "amqp",
        "nats",
        "mongodb",
    ];
    value.match_indices(name).any(|(at, _)| {
        let before = &value[..at];
        let Some((scheme, between)) = before.rsplit_once("://") else { return false };
        // Between the scheme and the host there may be a user.
        let is_authority =
            between.is_empty() || (between.ends_with('@') && !between.contains(['/', ' ', '\n', '"', '\'']));
        let scheme = scheme.rsplit(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
        is_authority && SCHEMES.contains(&scheme)
    })
}

/// True where a Service of that name is rendered, declared, or may be made by an operator.
fn is_provided(input: &Comparison<'_>, (namespace, name): Place<'_>) -> bool {
    // The API server's own, which every cluster has.
    let is_own = namespace == "default" && name == "kubernetes";
    is_own
        || input.environments.iter().any(|it| {
            let declared = it.environment.external.iter().any(|it| it.kind == "Service" && it.name == name);
            let is_here = it.environment.namespace == namespace;
            let made = |object: &Object| {
                let is_in = object.id.namespace.as_deref() == Some(namespace);
                let is_service = object.id.kind == "Service" && object.id.group.is_empty() && object.id.name == name;
                let is_operated =
                    !kind::is_built_in_group(&object.id.group) && name.starts_with(object.id.name.as_str());
                is_in && (is_service || is_operated)
            };
            (declared && is_here) || it.objects(Side::After).iter().any(made)
        })
}

/// Returns the name of a Service of the namespace that is a slip away.
fn nearest<'a>(input: &'a Comparison<'_>, (namespace, name): Place<'_>) -> Option<&'a str> {
    let services = input.environments.iter().flat_map(|it| it.of_kind(Side::After, "Service"));
    let here = services.filter(|it| it.id.namespace.as_deref() == Some(namespace)).map(|it| it.id.name.as_str());
    here.map(|it| (strsim::osa_distance(it, name), it)).filter(|(distance, _)| *distance <= 2).min().map(|(_, it)| it)
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_of, review_one, with};
    use serde_json::{Value, json};

    fn service(name: &str) -> Value {
        object("v1", "Service", name, &json!({"spec": {"ports": [{"port": 80}]}}))
    }

    fn config(value: &str) -> Value {
        object("v1", "ConfigMap", "config", &json!({"data": {"URL": value}}))
    }

    /// Reviews a setting that newly has a value, beside Service `api` in `dev`.
    #[track_caller]
    fn check(value: &str, missing: Option<(&str, &str)>) {
        let review = review_one(&[service("api"), config("")], &[service("api"), config(value)]);
        let message = missing.map(|(host, name)| {
            format!("ConfigMap/config names a host that nothing provides: `{host}`, and no Service/{name} is rendered in its namespace or declared")
        });
        expect(&review, "unknown-internal-host", message.as_deref().as_slice());
    }

    #[test]
    fn only_what_is_surely_meant_here_is_looked_at() {
        check("http://api:80", None);
        check("http://apis:80", Some(("apis", "apis")));
        check("postgresql://user:secret@db:5432/shop", Some(("db", "db")));
        check("http://apis.dev", Some(("apis.dev", "apis")));
        check("apis.dev.svc", Some(("apis.dev.svc", "apis")));
        check("say apis.dev.svc.cluster.local: it is there", Some(("apis.dev.svc.cluster.local", "apis")));
        check("db-0.apis.dev.svc", Some(("db-0.apis.dev.svc", "apis")));
        check("db-0.api.dev.svc", None);
        check("api.dev.svc.cluster.local.", None);
        // Another namespace, another domain, a word, a file, a bucket, the pod itself.
        check("http://apis.other", None);
        check("apis.other.svc", None);
        check("https://apis.example.com", None);
        check("apis", None);
        check("apis:80", None);
        check("config.dev", None);
        check("file://apis/x", None);
        check("s3://apis/x", None);
        check("http://localhost:80", None);
        check("http://10.0.0.1", None);
        check("http://$(HOST):80", None);
        check("http://${HOST}", None);
        check("", None);
    }

    #[test]
    fn what_was_named_before_is_not_new() {
        let of = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "unknown-internal-host", expected);
        };
        let message = "ConfigMap/config names a host that nothing provides: `apis`, and no Service/apis is rendered in its namespace or declared";
        of(&[config("http://apis")], &[config("http://apis/v2")], &[]);
        of(&[], &[config("http://apis")], &[message]);
        // What goes is told where it goes.
        of(&[config("http://apis"), service("apis")], &[config("http://apis")], &[]);
        of(&[], &[config("http://apis"), service("apis")], &[]);
        let cluster = object("postgresql.cnpg.io/v1", "Cluster", "apis", &json!({}));
        of(&[], &[config("http://apis-rw"), cluster], &[]);
        let aliased = |names: Value| {
            let web = deployment("web", 1, json!({"image": "a:1", "env": [{"name": "URL", "value": "http://apis"}]}));
            with(web, "/spec/template/spec/hostAliases", json!([{"ip": "10.0.0.1", "hostnames": names}]))
        };
        of(&[], &[aliased(json!(["apis"]))], &[]);
        let message = "Deployment/web names a host that nothing provides: `apis`, and no Service/apis is rendered in its namespace or declared";
        of(&[], &[aliased(json!(["other"]))], &[message]);
    }

    #[test]
    fn services_of_other_environments_are_known() {
        let states = |after: &str| {
            [
                ("dev", Some(vec![]), Some(vec![config(after)])),
                ("prod", Some(vec![service("api")]), Some(vec![service("api")])),
            ]
        };
        expect(&review_of(&states("http://api.prod")), "unknown-internal-host", &[]);
        expect(
            &review_of(&states("http://apis.prod")),
            "unknown-internal-host",
            &[
                "ConfigMap/config names a host that nothing provides: `apis.prod`, and no Service/apis is rendered in prod or declared",
            ],
        );
        let review = review_of(&states("http://apis.prod"));
        let found = review.findings.iter().find(|it| it.code.name == "unknown-internal-host").unwrap();
        assert!(found.help.starts_with("did you mean `api`?"), "{}", found.help);
    }
}
