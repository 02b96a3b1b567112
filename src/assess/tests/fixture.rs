//! Small comparisons for the tests of the rules.

use crate::assess::review;
use crate::change::{Baseline, Comparison, EnvironmentComparison, Finding, Review};
use crate::diff;
use crate::object::{Cluster, Environment, ExternalObject, KubernetesVersion, Object};
use crate::source::{FileId, Origin, Sources, Span};
use serde_json::{Value, json};

/// Two states of one environment, by its name.
pub(in crate::assess) type States = (&'static str, Option<Vec<Value>>, Option<Vec<Value>>);

/// An object in the environment's namespace, which is filled in.
pub(in crate::assess) fn object(api: &str, kind: &str, name: &str, fields: &Value) -> Value {
    let mut body = json!({"apiVersion": api, "kind": kind, "metadata": {"name": name}});
    for (field, value) in fields.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

/// A Deployment of one container of the same name, with labels `app: NAME`.
pub(in crate::assess) fn deployment(name: &str, replicas: u64, container: Value) -> Value {
    let mut container = container;
    container["name"] = json!(name);
    let labels = json!({"app": name});
    let spec = json!({
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    });
    object("apps/v1", "Deployment", name, &json!({"spec": spec}))
}

/// Changes one field, by its JSON pointer; a null takes it away.
pub(in crate::assess) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = parent.split('/').skip(1).fold(&mut body, |it, name| match it {
        Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
        it @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => &mut it[name],
    });
    if value.is_null() {
        parent.as_object_mut().unwrap().shift_remove(name);
    } else {
        parent[name.replace("~1", "/")] = value;
    }
    body
}

/// Reviews states of environments on one cluster; `prod` is protected.
pub(in crate::assess) fn review_of(states: &[States]) -> Review {
    review_with(states, &[])
}

/// The same where every environment declares Secrets that it does not make, each with its keys.
pub(in crate::assess) fn review_with(states: &[States], secrets: &[(&str, &[&str])]) -> Review {
    let secret = |(name, keys): &(&str, &[&str])| ExternalObject {
        kind: "Secret".to_owned(),
        name: (*name).to_owned(),
        keys: keys.iter().map(|it| (*it).to_owned()).collect(),
        span: None,
    };
    review_where(states, |it| it.external = secrets.iter().map(secret).collect())
}

/// Reviews one environment, `dev`, on a cluster of this version.
pub(in crate::assess) fn review_on(version: KubernetesVersion, before: &[Value], after: &[Value]) -> Review {
    review_where(&[("dev", Some(before.to_vec()), Some(after.to_vec()))], |it| {
        it.cluster.as_mut().unwrap().kubernetes = version;
    })
}

/// The same where more is declared about every environment.
pub(in crate::assess) fn review_where(states: &[States], declare: impl Fn(&mut Environment)) -> Review {
    let sources = Sources::new([("base/app.kdl".to_owned(), "app todo\n".to_owned())]);
    let file: FileId = sources.iter().next().unwrap().0;
    let mut environments: Vec<Environment> = states.iter().map(|it| environment(it.0, file)).collect();
    environments.iter_mut().for_each(declare);
    let objects = |name: &str, bodies: &Option<Vec<Value>>| -> Option<Vec<Object>> {
        let mut objects: Vec<Object> = bodies
            .as_ref()?
            .iter()
            .map(|body| {
                let mut body = body.clone();
                if !["ClusterRole", "ClusterRoleBinding", "Namespace"].iter().any(|it| body["kind"] == *it) {
                    body["metadata"]["namespace"] = json!(name);
                }
                let mut object = Object::from_body(body).unwrap();
                object.origins.record(crate::object::FieldPath::default(), Origin::line(Span::new(file, 0, 3)));
                object
            })
            .collect();
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        Some(objects)
    };
    let sides: Vec<_> = states.iter().map(|it| (objects(it.0, &it.1), objects(it.0, &it.2))).collect();
    let is_first = states.iter().all(|it| it.1.is_none());
    let input = Comparison {
        app: "todo",
        baseline: if is_first {
            Baseline::FirstCompile
        } else {
            Baseline::Commit { id: "4f2c1aa".to_owned(), chosen: "HEAD".to_owned() }
        },
        head: "working tree",
        environments: environments
            .iter()
            .zip(&sides)
            .map(|(environment, (before, after))| {
                let (before, after) = (before.as_deref(), after.as_deref());
                let changes = diff::objects(before.unwrap_or_default(), after.unwrap_or_default());
                let environment_before = before.is_some().then_some(environment);
                EnvironmentComparison { environment, environment_before, before, after, changes }
            })
            .collect(),
        waived: Vec::new(),
        verdicts: Vec::new(),
        drifts: Vec::new(),
        hidden: crate::change::Hidden::default(),
        sources: &sources,
        baseline_sources: None,
    };
    review(&input)
}

/// Reviews `dev` where the declared minor version of its cluster may change too.
pub(in crate::assess) fn review_versions(before: (u32, &[Value]), after: (u32, &[Value])) -> Review {
    let sources = Sources::new([("base/app.kdl".to_owned(), "app todo\n".to_owned())]);
    let span = Span::new(sources.iter().next().unwrap().0, 0, 3);
    let at = |minor: u32| {
        let kubernetes = crate::object::KubernetesVersion { major: 1, minor };
        let name = "minikube".to_owned();
        let cluster = Cluster { name, kubernetes, capacity: None, storage_classes: Vec::new(), span };
        Environment { cluster: Some(cluster), ..Environment::undeclared("dev") }
    };
    let objects = |bodies: &[Value]| bodies.iter().map(|it| Object::from_body(it.clone()).unwrap()).collect::<Vec<_>>();
    let (old, new) = (at(before.0), at(after.0));
    let (before, after) = (objects(before.1), objects(after.1));
    let changes = diff::objects(&before, &after);
    let environment = EnvironmentComparison {
        environment: &new,
        environment_before: Some(&old),
        before: Some(&before),
        after: Some(&after),
        changes,
    };
    review(&Comparison {
        app: "todo",
        baseline: Baseline::Commit { id: "4f2c1aa".to_owned(), chosen: "HEAD".to_owned() },
        head: "working tree",
        environments: vec![environment],
        waived: Vec::new(),
        verdicts: Vec::new(),
        drifts: Vec::new(),
        hidden: crate::change::Hidden::default(),
        sources: &sources,
        baseline_sources: None,
    })
}

fn environment(name: &str, file: FileId) -> Environment {
    let span = Span::new(file, 0, 3);
    let cluster = Cluster {
        name: "minikube".to_owned(),
        kubernetes: crate::object::KubernetesVersion::DEFAULT,
        capacity: None,
        storage_classes: Vec::new(),
        span,
    };
    Environment { protected: name == "prod", cluster: Some(cluster), span: Some(span), ..Environment::undeclared(name) }
}

/// Reviews one environment, `dev`.
pub(in crate::assess) fn review_one(before: &[Value], after: &[Value]) -> Review {
    review_of(&[("dev", Some(before.to_vec()), Some(after.to_vec()))])
}

/// The same where more is declared about the environment.
pub(in crate::assess) fn review_declared(
    before: &[Value],
    after: &[Value],
    declare: impl Fn(&mut Environment),
) -> Review {
    review_where(&[("dev", Some(before.to_vec()), Some(after.to_vec()))], declare)
}

/// Asserts which messages a code has, each written as `Kind/name message`.
#[track_caller]
pub(in crate::assess) fn expect(review: &Review, code: &str, expected: &[&str]) {
    let text = |it: &Finding| format!("{} {}", it.object.short(), it.message);
    for finding in &review.findings {
        let headline = finding.message.split(": ").next().unwrap_or_default();
        assert!(headline.chars().count() <= 70, "too long for the headline: {headline}");
    }
    let found: Vec<String> = review.findings.iter().filter(|it| it.code.name == code).map(text).collect();
    assert_eq!(found, expected, "{code}");
}

/// A `ConfigMap` of this data, `web-config`.
pub(in crate::assess) fn config(data: &Value) -> Value {
    object("v1", "ConfigMap", "web-config", &json!({"data": data}))
}

/// A Deployment of this container, which may read it.
pub(in crate::assess) fn reader(container: Value) -> Value {
    deployment("web", 1, container)
}

/// A container with every key of `web-config` in its environment.
pub(in crate::assess) fn from_all() -> Value {
    json!({"image": "web:1", "envFrom": [{"configMapRef": {"name": "web-config"}}]})
}

/// A container with one key of `web-config` in its environment.
pub(in crate::assess) fn from_key(key: &str, optional: bool) -> Value {
    let reference = json!({"name": "web-config", "key": key, "optional": optional});
    json!({"image": "web:1", "env": [{"name": "A", "valueFrom": {"configMapKeyRef": reference}}]})
}

/// A Deployment of so many replicas; none where an autoscaler decides.
pub(in crate::assess) fn web(replicas: Option<u64>) -> Value {
    let body = deployment("web", 1, json!({"image": "web:1"}));
    with(body, "/spec/replicas", replicas.map_or(Value::Null, |it| json!(it)))
}

/// An autoscaler of that Deployment with this minimum.
pub(in crate::assess) fn scaler(minimum: u64) -> Value {
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
    let spec = json!({"scaleTargetRef": target, "minReplicas": minimum, "maxReplicas": 5});
    object("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": spec}))
}
