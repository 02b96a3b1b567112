//! What goes with an object that is removed.

use super::pruning::Turn;
use super::reference::service_use;
use super::workload::{Pods, items, text};
use super::{Rule, claims, pruning, wording};
use crate::change::{
    Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Operation, Rename, Severity, Side,
};
use crate::object::Object;
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[CRD_REMOVED], find: definition_removed },
    Rule { codes: &[SERVICE_REMOVED], find: service_removed },
    Rule { codes: &[NAMESPACE_REMOVED], find: namespace_removed },
    Rule { codes: &[WORKLOAD_RENAMED], find: workload_renamed },
];

const CRD_REMOVED: ImpactCode = ImpactCode {
    name: "crd-removed",
    severity: Severity::Loss,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition",
};
const SERVICE_REMOVED: ImpactCode = ImpactCode {
    name: "service-removed",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services",
};
const NAMESPACE_REMOVED: ImpactCode = ImpactCode {
    name: "namespace-removed",
    severity: Severity::Loss,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace",
};
const WORKLOAD_RENAMED: ImpactCode = ImpactCode {
    name: "workload-renamed",
    severity: Severity::Outage,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
};

/// Group and kind of what defines custom resources.
const DEFINITION: (&str, &str) = ("apiextensions.k8s.io", "CustomResourceDefinition");

/// Iterates the objects of an environment that this change creates or removes.
pub(super) fn with_operation<'a>(
    environment: &'a EnvironmentComparison<'a>,
    operation: Operation,
) -> impl Iterator<Item = &'a Object> {
    let side = if operation == Operation::Delete { Side::Before } else { Side::After };
    let changes = environment.changes.changes.iter().filter(move |it| it.operation == operation);
    changes.filter_map(move |it| environment.object(side, &it.id))
}

/// Iterates the objects of an environment that this change removes from the cluster: those that nothing keeps there.
pub(super) fn gone<'a>(environment: &'a EnvironmentComparison<'a>) -> impl Iterator<Item = &'a Object> {
    with_operation(environment, Operation::Delete).filter(|it| pruning::goes(environment, it))
}

/// True where an object goes with its Namespace, for which that is said.
pub(super) fn goes_with_namespace(environment: &EnvironmentComparison<'_>, object: &Object) -> bool {
    let is_its = |it: &Object| it.id.kind == "Namespace" && object.id.namespace.as_ref() == Some(&it.id.name);
    gone(environment).any(is_its)
}

fn definition_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let is_definition = |it: &&Object| (it.id.group.as_str(), it.id.kind.as_str()) == DEFINITION;
        for object in gone(environment).filter(is_definition) {
            let condition = pruning::condition(environment, object);
            let message = format!(
                "is removed with every object of its kind: those of all namespaces, also what others made{condition}"
            );
            let help = format!(
                "list them first with `kubectl get {} --all-namespaces`, and keep the definition while there are any",
                object.id.name
            );
            let finding = Finding::new(CRD_REMOVED, environment.name(), &object.id, message).help(help);
            findings.push(finding.from_line(input.declaration(Side::Before, object)));
        }
    }
    findings
}

fn service_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for service in gone(environment).filter(|it| it.id.kind == "Service") {
            let users = service_users(input, environment, service);
            // What goes with a whole environment or Namespace is said once, for that.
            let is_said = environment.after.is_none() || goes_with_namespace(environment, service);
            if users.is_empty() && is_said {
                continue;
            }
            let released = released(service);
            let (severity, still) = match users.as_slice() {
                [] => (Severity::Warn, "nothing rendered here refers to it".to_owned()),
                users => (Severity::Outage, format!("still used by {}", wording::list(users))),
            };
            let condition = pruning::condition(environment, service);
            let message = format!("is removed: its name stops resolving{released}; {still}{condition}");
            let help = match severity {
                Severity::Outage => {
                    "point its users elsewhere in the same change, or keep the Service until they are gone"
                }
                Severity::Note | Severity::Warn | Severity::Loss | Severity::Block => {
                    "make sure that no client outside this repository uses it"
                }
            };
            let finding = Finding::new(SERVICE_REMOVED, environment.name(), &service.id, message).help(help);
            findings.push(finding.with_severity(severity).from_line(input.declaration(Side::Before, service)));
        }
    }
    findings
}

/// Returns the objects that still refer to a Service, here or from another environment.
fn service_users(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>, service: &Object) -> Vec<String> {
    let mut users = Vec::new();
    for other in &input.environments {
        for object in other.objects(Side::After) {
            let Some(path) = service_use(object, service) else { continue };
            let place = format!("{} `{}`", object.id.short(), path.display_in(&object.body));
            let is_here = other.name() == environment.name();
            users.push(if is_here { place } else { format!("{place} in {}", other.name()) });
        }
    }
    users
}

/// Says which addresses outside the cluster go with a Service.
fn released(service: &Object) -> String {
    let spec = service.body.get("spec").unwrap_or(&Value::Null);
    let ports: Vec<String> =
        items(spec, "ports").iter().filter_map(|it| it.get("nodePort")).map(Value::to_string).collect();
    match (text(spec, "type"), ports.as_slice()) {
        ("LoadBalancer", _) => " and its external address is released".to_owned(),
        (_, []) => String::new(),
        (_, [port]) => format!(" and node port {port} is released"),
        (_, ports) => format!(" and node ports {} are released", wording::list(ports)),
    }
}

fn namespace_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for namespace in gone(environment).filter(|it| it.id.kind == "Namespace") {
            let inside = |it: &&Object| it.id.namespace.as_deref() == Some(namespace.id.name.as_str());
            let inside: Vec<&Object> = environment.objects(Side::Before).iter().filter(inside).collect();
            let rendered = wording::count_of(&inside, "rendered object");
            let condition = pruning::condition(environment, namespace);
            let message =
                format!("is removed with everything in it: {rendered}, and all that others keep there{condition}");
            let help = "list what is in it first (`kubectl get all,pvc,secret -n NAMESPACE`), and keep the Namespace if anything must stay";
            let finding = Finding::new(NAMESPACE_REMOVED, environment.name(), &namespace.id, message);
            findings.push(
                finding
                    .help(help.replace("NAMESPACE", &namespace.id.name))
                    .from_line(input.declaration(Side::Before, namespace)),
            );
        }
    }
    findings
}

/// Returns the removed workloads that go, each with the created one of its namespace that takes its place.
pub(super) fn replaced<'a>(environment: &'a EnvironmentComparison<'a>) -> Vec<(Pods<'a>, Pods<'a>)> {
    let neighbours = environment.changes.renames.iter().filter(|it| it.before.namespace == it.after.namespace);
    let pair = |it: &'a Rename| {
        let old = environment.object(Side::Before, &it.before).filter(|it| pruning::goes(environment, it))?;
        Some((Pods::of(old)?, Pods::of(environment.object(Side::After, &it.after)?)?))
    };
    neighbours.filter_map(pair).collect()
}

fn workload_renamed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (old, new) in replaced(environment) {
            let (from, to, new) = (&old.object.id, &new.object.id, new.object);
            let what = if from.kind == to.kind {
                "an object cannot be renamed"
            } else {
                "the kind of an object cannot change"
            };
            let (severity, order) = match pruning::turn(environment, old.object) {
                Turn::First => (Severity::Outage, "the old pods go before the new ones start: Argo CD prunes first"),
                Turn::Between => (
                    Severity::Outage,
                    "the old pods go while the new ones start: Flux prunes before it asks for health",
                ),
                Turn::Last => (Severity::Warn, "the old pods go once the new ones are healthy: both run for a while"),
                Turn::Unknown => {
                    (Severity::Outage, "the old pods go and new ones start, and the old may be gone first")
                }
            };
            let claims = claims::of_removed(environment, old.object);
            let (severity, data) = claims.map_or((severity, String::new()), |it| it.of_renamed(severity));
            let condition = pruning::condition(environment, old.object);
            let message = format!("replaces {}: {what}, so {order}{data}{condition}", from.short());
            let help = format!(
                "keep the old name and kind, or add {} in one change and remove {} in the next",
                to.short(),
                from.short()
            );
            let line = input.declaration(Side::After, new);
            let finding = Finding::new(WORKLOAD_RENAMED, environment.name(), to, message).at("metadata.name");
            findings.push(finding.with_severity(severity).help(help).from_line(line));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_declared, review_of, review_one, with};
    use crate::change::Severity;
    use crate::object::GitopsFacts;
    use serde_json::{Value, json};

    fn service(name: &str) -> Value {
        let ports = json!([{"port": 80, "nodePort": 30080}]);
        object("v1", "Service", name, &json!({"spec": {"type": "NodePort", "ports": ports}}))
    }

    #[test]
    fn a_removed_service_is_missed_by_those_who_name_it() {
        let check = |user: Option<Value>, severity: Severity, expected: &str| {
            let mut before = vec![service("debug")];
            before.extend(user.clone());
            let after: Vec<Value> = user.into_iter().collect();
            let review = review_one(&before, &after);
            let start = "Service/debug is removed: its name stops resolving and node port 30080 is released; ";
            expect(&review, "service-removed", &[&format!("{start}{expected}")]);
            assert_eq!(review.findings.iter().find(|it| it.code.name == "service-removed").unwrap().severity, severity);
        };
        let nothing = "nothing rendered here refers to it";
        check(None, Severity::Warn, nothing);
        let backend = json!({"service": {"name": "debug", "port": {"number": 80}}});
        let rules = json!([{"host": "a.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]);
        let ingress = object("networking.k8s.io/v1", "Ingress", "web", &json!({"spec": {"rules": rules}}));
        let place = "still used by Ingress/web `spec.rules[a.example].http.paths[//Prefix].backend.service.name`";
        check(Some(ingress), Severity::Outage, place);
        let config = |value: &str| object("v1", "ConfigMap", "config", &json!({"data": {"URL": value}}));
        check(Some(config("http://debug:80")), Severity::Outage, "still used by ConfigMap/config `data.URL`");
        check(Some(config("http://debug.dev.svc:80")), Severity::Outage, "still used by ConfigMap/config `data.URL`");
        check(Some(config("debug mode on")), Severity::Warn, nothing);
        check(Some(config("http://debugger")), Severity::Warn, nothing);
        let web = deployment("web", 1, json!({"image": "a", "env": [{"name": "HOST", "value": "debug"}]}));
        check(
            Some(web),
            Severity::Outage,
            "still used by Deployment/web `spec.template.spec.containers[web].env[HOST].value`",
        );
    }

    #[test]
    fn other_environments_use_the_long_name() {
        let config = |value: &str| object("v1", "ConfigMap", "config", &json!({"data": {"URL": value}}));
        let check = |value: &str, expected: &str| {
            let review = review_of(&[
                ("dev", Some(vec![service("api")]), Some(vec![])),
                ("prod", Some(vec![config(value)]), Some(vec![config(value)])),
            ]);
            let start = "Service/api is removed: its name stops resolving and node port 30080 is released; ";
            expect(&review, "service-removed", &[&format!("{start}{expected}")]);
        };
        check("http://api.dev.svc", "still used by ConfigMap/config `data.URL` in prod");
        check("http://api", "nothing rendered here refers to it");
    }

    #[test]
    fn a_namespace_takes_everything_with_it() {
        let namespace = object("v1", "Namespace", "dev", &json!({}));
        let before = vec![namespace.clone(), service("api")];
        let message =
            "Namespace/dev is removed with everything in it: 1 rendered object, and all that others keep there";
        let review = review_of(&[("dev", Some(before.clone()), None)]);
        expect(&review, "namespace-removed", &[message]);
        expect(&review, "service-removed", &[]);
        assert_eq!(review.headline, "Namespace/dev is removed with everything in it.");
        expect(&review_one(&before, &[service("api")]), "namespace-removed", &[message]);
        expect(&review_one(&before, std::slice::from_ref(&namespace)), "namespace-removed", &[]);
    }

    #[test]
    fn a_new_name_is_a_removal_and_a_creation() {
        let rich = |name: &str, image: &str| {
            let probe = json!({"httpGet": {"path": "/", "port": 80}, "periodSeconds": 10, "failureThreshold": 3});
            let mut body =
                deployment(name, 2, json!({"image": image, "livenessProbe": probe, "readinessProbe": probe}));
            body["spec"]["template"]["spec"]["containers"][0]["name"] = json!("main");
            body
        };
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "workload-renamed", expected);
        };
        let renamed = "Deployment/site replaces Deployment/web: an object cannot be renamed, so the old pods go and new ones start, and the old may be gone first";
        check(&[rich("web", "web:1")], &[rich("site", "web:1")], &[renamed]);
        check(&[rich("web", "web:1")], &[rich("site", "web:2")], &[renamed]);
        let kind = "StatefulSet/web replaces Deployment/web: the kind of an object cannot change, so the old pods go and new ones start, and the old may be gone first";
        check(&[rich("web", "web:1")], &[with(rich("web", "web:1"), "/kind", json!("StatefulSet"))], &[kind]);
        let other = deployment("other", 1, json!({"image": "other:1"}));
        check(&[rich("web", "web:1")], std::slice::from_ref(&other), &[]);
        check(&[rich("web", "web:1")], &[rich("web", "web:1"), rich("site", "web:1")], &[]);
        check(&[rich("web", "web:1")], &[], &[]);
        let declared =
            |facts: Option<GitopsFacts>, annotation: Option<&str>, severity: Severity, expected: Option<&str>| {
                let options = annotation.map_or(Value::Null, |it| json!({"argocd.argoproj.io/sync-options": it}));
                let before = with(rich("web", "web:1"), "/metadata/annotations", options);
                let review = review_declared(&[before], &[rich("site", "web:1")], |it| it.gitops = facts);
                let message = expected
                    .map(|it| format!("Deployment/site replaces Deployment/web: an object cannot be renamed, so {it}"));
                expect(&review, "workload-renamed", &message.as_deref().into_iter().collect::<Vec<_>>());
                let found = review.findings.iter().find(|it| it.code.name == "workload-renamed");
                assert!(found.is_none_or(|it| it.severity == severity));
            };
        let argo = |prune, prune_last| Some(GitopsFacts::ArgoCd { prune, prune_last });
        let flux = |prune| Some(GitopsFacts::Flux { prune, force: None });
        let unknown = "the old pods go and new ones start, and the old may be gone first";
        let first = "the old pods go before the new ones start: Argo CD prunes first";
        let between = "the old pods go while the new ones start: Flux prunes before it asks for health";
        let last = "the old pods go once the new ones are healthy: both run for a while";
        declared(argo(Some(true), Some(false)), None, Severity::Outage, Some(first));
        declared(argo(Some(true), None), None, Severity::Outage, Some(unknown));
        declared(argo(None, Some(true)), None, Severity::Warn, Some(last));
        declared(argo(Some(true), Some(false)), Some("PruneLast=true"), Severity::Warn, Some(last));
        declared(argo(Some(false), None), None, Severity::Warn, None);
        declared(flux(Some(true)), Some("PruneLast=true"), Severity::Outage, Some(between));
        declared(flux(None), None, Severity::Outage, Some(unknown));
        declared(flux(Some(false)), None, Severity::Warn, None);
        declared(None, Some("Prune=false"), Severity::Warn, None);
        let confirmed = format!("{unknown}; Argo CD waits until somebody confirms it");
        declared(None, Some("Prune=confirm"), Severity::Outage, Some(&confirmed));
    }
}
