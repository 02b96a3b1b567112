//! Names, namespaces and labels: the same for every kind.
//!
//! The labels are those of <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>. The
//! version is a label of objects and not of pods, so that a new version of the app does not restart what did not change.

use super::Recorder;
use crate::object::GitopsFacts;
use crate::source::Traced;
use crate::spec::environment::default_selector;
use crate::spec::{Component, Label, Spec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use std::collections::BTreeMap;

/// The annotation that says in which turn Argo CD applies an object.
const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

type Labels = BTreeMap<String, String>;

/// What the spec says for one object alone.
#[derive(Clone, Copy, Default)]
pub(super) struct Own<'a> {
    pub(super) labels: &'a [Label],
    pub(super) annotations: &'a [Label],
}

/// Returns the metadata of one of a component's objects.
pub(super) fn of_component(
    at: &mut Recorder,
    spec: &Spec,
    component: &Component,
    name: &Traced<String>,
    own: Own<'_>,
) -> ObjectMeta {
    let namespace = at.block("metadata", |at| at.take("namespace", &spec.environment.namespace));
    ObjectMeta { namespace: Some(namespace), ..of_component_in_cluster(at, spec, component, name, own) }
}

/// Returns the metadata of one of a component's objects that is in no namespace.
pub(super) fn of_component_in_cluster(
    at: &mut Recorder,
    spec: &Spec,
    component: &Component,
    name: &Traced<String>,
    own: Own<'_>,
) -> ObjectMeta {
    at.block("metadata", |at| {
        let mut labels = labels(at, spec, component);
        labels.extend(user(at, "labels", &[own.labels]).unwrap_or_default());
        let mut annotations = user(at, "annotations", &[&spec.annotations, own.annotations]).unwrap_or_default();
        if let Some(wave) = &component.wave {
            let rule = "a component's turn is one more than the last of those it comes after";
            annotations.extend([at.derived_key("annotations", SYNC_WAVE, &wave.origin, rule, &wave.value.to_string())]);
        }
        ObjectMeta {
            name: Some(at.take("name", name)),
            labels: Some(labels),
            annotations: (!annotations.is_empty()).then_some(annotations),
            ..ObjectMeta::default()
        }
    })
}

/// Returns the metadata of the object that makes a component's pods.
pub(super) fn of_workload(at: &mut Recorder, spec: &Spec, component: &Component) -> ObjectMeta {
    let own = Own { labels: &[], annotations: &component.annotations };
    of_component(at, spec, component, &component.object_name, own)
}

/// Returns the selector of a component's workload; the block is its `spec`.
pub(super) fn label_selector(at: &mut Recorder, spec: &Spec, component: &Component) -> LabelSelector {
    LabelSelector { match_labels: Some(selector(at, "selector.matchLabels", spec, component)), match_expressions: None }
}

/// Returns the name of a component's objects that are in no namespace.
pub(super) fn name_in_cluster(spec: &Spec, component: &Component) -> Traced<String> {
    let (namespace, name) = (&spec.environment.namespace, &component.object_name);
    let rule = "objects of the whole cluster are called after their namespace too, so that two environments have two";
    Traced::new(format!("{}-{}", namespace.value, name.value), name.origin.derived(rule))
}

/// Returns the metadata of an object that belongs to the app as a whole.
pub(super) fn of_app(at: &mut Recorder, spec: &Spec, name: &Traced<String>, own: Own<'_>) -> ObjectMeta {
    at.block("metadata", |at| {
        let mut labels = app_labels(at, spec);
        labels.extend(user(at, "labels", &[&spec.labels, own.labels]).unwrap_or_default());
        ObjectMeta {
            name: Some(at.take("name", name)),
            namespace: Some(at.take("namespace", &spec.environment.namespace)),
            labels: Some(labels),
            annotations: user(at, "annotations", &[&spec.annotations, own.annotations]),
            ..ObjectMeta::default()
        }
    })
}

/// Adds what lets Argo CD apply an object before all others; within one wave, custom resources come last.
pub(super) fn before_all(at: &mut Recorder, spec: &Spec, metadata: ObjectMeta) -> ObjectMeta {
    let Some(gitops) = spec.gitops.as_ref().filter(|it| matches!(it.value, GitopsFacts::ArgoCd { .. })) else {
        return metadata;
    };
    let rule = "what fills a Secret, and the namespace it is in, come before the pods that read it";
    let mut annotations = metadata.annotations.unwrap_or_default();
    annotations.extend([at.derived_key("metadata.annotations", SYNC_WAVE, &gitops.origin, rule, "-1")]);
    ObjectMeta { annotations: Some(annotations), ..metadata }
}

/// Returns the labels that every object has; the block is `metadata`.
pub(super) fn app_labels(at: &mut Recorder, spec: &Spec) -> Labels {
    let app = &spec.app.name;
    let environment = &spec.environment.name;
    let managed = "objects are labelled with the tool that manages them";
    at.rule("labels[\"app.kubernetes.io/managed-by\"]", managed, ());
    Labels::from([
        at.derived_key(
            "labels",
            "app.kubernetes.io/instance",
            &environment.origin,
            "objects are labelled with their environment",
            &environment.value,
        ),
        ("app.kubernetes.io/managed-by".to_owned(), "todo-gitops".to_owned()),
        at.derived_key(
            "labels",
            "app.kubernetes.io/part-of",
            &app.origin,
            "objects are labelled with their app",
            &app.value,
        ),
    ])
}

/// Returns the labels of a component's objects; the block is `metadata`.
fn labels(at: &mut Recorder, spec: &Spec, component: &Component) -> Labels {
    let mut labels = component_labels(at, spec, component);
    if let Some(version) = &spec.app.version {
        let rule = "objects are labelled with the version of their app";
        labels.extend([at.derived_key("labels", "app.kubernetes.io/version", &version.origin, rule, &version.value)]);
    }
    labels.extend(user(at, "labels", &[&spec.labels, &component.labels]).unwrap_or_default());
    labels
}

/// Returns the labels of a component's pods; the block is the template's `metadata`.
pub(super) fn pod_labels(at: &mut Recorder, spec: &Spec, component: &Component) -> Labels {
    let mut labels = component_labels(at, spec, component);
    labels.extend(of_pods(at, "labels", &[&spec.labels, &component.labels]));
    // Last, because a pod that its own Deployment does not select is rejected.
    labels.extend(selector(at, "labels", spec, component));
    labels
}

fn component_labels(at: &mut Recorder, spec: &Spec, component: &Component) -> Labels {
    let (name, object_name) = (&component.name, &component.object_name);
    let mut labels = app_labels(at, spec);
    let called = "objects are labelled with the name of the program";
    labels.extend([
        at.derived_key(
            "labels",
            "app.kubernetes.io/component",
            &name.origin,
            "objects are labelled with their component",
            &name.value,
        ),
        at.derived_key("labels", "app.kubernetes.io/name", &object_name.origin, called, &object_name.value),
    ]);
    labels
}

/// Returns the labels by which a component's pods are found, into the map at `path`.
pub(super) fn selector(at: &mut Recorder, path: &str, spec: &Spec, component: &Component) -> Labels {
    if !component.selector.is_empty() {
        return component.selector.iter().map(|it| at.take_key(path, &it.key, &it.value)).collect();
    }
    let name = &component.object_name;
    let rule = "pods are found by name and instance, which never change";
    default_selector(&name.value, &spec.environment.name.value)
        .iter()
        .map(|(key, value)| at.derived_key(path, key, &name.origin, rule, value))
        .collect()
}

/// Returns those labels or annotations of the spec that pods have too, later lists over earlier ones.
pub(super) fn of_pods(at: &mut Recorder, path: &str, lists: &[&[Label]]) -> Labels {
    let all = lists.iter().copied().flatten().filter(|it| it.pods);
    all.map(|it| at.take_key(path, &it.key, &it.value)).collect()
}

/// Returns labels or annotations that the spec sets, later lists over earlier ones; none where there are none.
pub(super) fn user(at: &mut Recorder, path: &str, lists: &[&[Label]]) -> Option<Labels> {
    let labels: Labels = lists.iter().copied().flatten().map(|it| at.take_key(path, &it.key, &it.value)).collect();
    (!labels.is_empty()).then_some(labels)
}
