//! What goes with an object that is removed.

use super::reference::service_use;
use super::workload::{Pods, items, text};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Operation, Severity, Side};
use crate::object::Object;
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[CLAIM_REMOVED, CRD_REMOVED], find: stored_removed },
    Rule { codes: &[SERVICE_REMOVED], find: service_removed },
    Rule { codes: &[NAMESPACE_REMOVED], find: namespace_removed },
    Rule { codes: &[WORKLOAD_RENAMED], find: workload_renamed },
];

const CLAIM_REMOVED: ImpactCode = ImpactCode {
    name: "claim-removed",
    severity: Severity::Loss,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming",
};
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

/// Iterates the objects of an environment that this change creates or removes.
fn with_operation<'a>(
    environment: &'a EnvironmentComparison<'a>,
    operation: Operation,
) -> impl Iterator<Item = &'a Object> {
    let side = if operation == Operation::Delete { Side::Before } else { Side::After };
    let changes = environment.changes.changes.iter().filter(move |it| it.operation == operation);
    changes.filter_map(move |it| environment.object(side, &it.id))
}

/// Finds removed objects that take with them what nothing rendered here can bring back.
fn stored_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let removed = || with_operation(environment, Operation::Delete);
        let namespaces: Vec<&str> =
            removed().filter(|it| it.id.kind == "Namespace").map(|it| it.id.name.as_str()).collect();
        for object in removed() {
            let (code, message, help) = match (object.id.group.as_str(), object.id.kind.as_str()) {
                // What goes with a whole Namespace is said once, for the Namespace.
                ("", "PersistentVolumeClaim")
                    if !object.id.namespace.as_deref().is_some_and(|it| namespaces.contains(&it)) =>
                {
                    let message =
                        "is removed with its data: the volume is deleted too, unless its reclaim policy is `Retain`";
                    (CLAIM_REMOVED, message, "save the data first, or set the reclaim policy of the volume to `Retain`")
                }
                ("apiextensions.k8s.io", "CustomResourceDefinition") => {
                    let message =
                        "is removed with every object of its kind: those of all namespaces, also what others made";
                    let help = "list them first with `kubectl get NAME --all-namespaces`, and keep the definition while there are any";
                    (CRD_REMOVED, message, help)
                }
                _ => continue,
            };
            let finding = Finding::new(code, environment.name(), &object.id, message);
            let line = input.declaration(Side::Before, object);
            findings.push(finding.help(help.replace("NAME", &object.id.name)).from_line(line));
        }
    }
    findings
}

fn service_removed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for service in with_operation(environment, Operation::Delete).filter(|it| it.id.kind == "Service") {
            let users = service_users(input, environment, service);
            // What goes with a whole environment is said once, for the environment.
            if users.is_empty() && environment.after.is_none() {
                continue;
            }
            let released = released(service);
            let (severity, still) = match users.as_slice() {
                [] => (Severity::Warn, "nothing rendered here refers to it".to_owned()),
                users => (Severity::Outage, format!("still used by {}", wording::list(users))),
            };
            let message = format!("is removed: its name stops resolving{released}; {still}");
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
        for namespace in with_operation(environment, Operation::Delete).filter(|it| it.id.kind == "Namespace") {
            let inside = |it: &&Object| it.id.namespace.as_deref() == Some(namespace.id.name.as_str());
            let inside: Vec<&Object> = environment.objects(Side::Before).iter().filter(inside).collect();
            let rendered = wording::count_of(&inside, "rendered object");
            let message = format!("is removed with everything in it: {rendered}, and all that others keep there");
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

fn workload_renamed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (old, new) in workload_pairs(environment) {
            let (from, to) = (&old.id, &new.id);
            let what = if from.kind == to.kind {
                "an object cannot be renamed"
            } else {
                "the kind of an object cannot change"
            };
            let message = format!(
                "replaces {}: {what}, so the old pods go and new ones start, and the old may be gone first",
                from.short()
            );
            let help = format!(
                "keep the old name and kind, or add {} in one change and remove {} in the next",
                to.short(),
                from.short()
            );
            let line = input.declaration(Side::After, new);
            let finding = Finding::new(WORKLOAD_RENAMED, environment.name(), to, message).at("metadata.name");
            findings.push(finding.help(help).from_line(line));
        }
    }
    findings
}

/// Returns each removed workload with the created one of its namespace that takes its place.
fn workload_pairs<'a>(environment: &'a EnvironmentComparison<'a>) -> impl Iterator<Item = (&'a Object, &'a Object)> {
    let neighbours = environment.changes.renames.iter().filter(|it| it.before.namespace == it.after.namespace);
    neighbours.filter_map(|it| {
        let old = environment.object(Side::Before, &it.before).filter(|it| Pods::of(it).is_some())?;
        Some((old, environment.object(Side::After, &it.after)?))
    })
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_of, review_one, with};
    use crate::change::Severity;
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
    }
}
