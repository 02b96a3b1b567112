//! What runs pods: the node of each workload, with its autoscaler and its disruption budgets as lines of it.

use super::draft::{self, Key};
use super::field::{self, items, shown, text};
use crate::graph::{Family, Node, Presence};
use crate::object::{Object, ObjectSet, Selector, demand};
use serde_json::Value;

/// A workload with its pod template.
#[derive(Clone, Debug)]
pub(super) struct Workload<'a> {
    /// The object.
    pub(super) object: &'a Object,
    /// What it is called in the picture.
    pub(super) name: String,
    /// Its pod template.
    pub(super) template: &'a Value,
}

impl<'a> Workload<'a> {
    /// Returns the workloads of an environment, in their order.
    pub(super) fn all(set: &'a ObjectSet) -> Vec<Self> {
        let template = |object: &'a Object| object.pod_template().unwrap_or(&Value::Null);
        set.workloads().map(|it| Self { object: it, name: field::name(it, set), template: template(it) }).collect()
    }

    /// Returns the key of its node.
    pub(super) fn key(&self) -> Key {
        Key::of(&self.bare_node())
    }

    /// Returns its node.
    pub(super) fn node(&self, set: &ObjectSet) -> Node {
        Node { details: self.details(set), ..self.bare_node() }
    }

    /// Returns the labels of its pods.
    pub(super) fn labels(&self) -> &'a Value {
        self.template.pointer("/metadata/labels").unwrap_or(&Value::Null)
    }

    /// Iterates its containers, those that run before the others included.
    pub(super) fn containers(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        items(self.template, "/spec/initContainers").chain(items(self.template, "/spec/containers"))
    }

    /// Returns the number of a port that goes by a name.
    pub(super) fn port(&self, name: &str) -> Option<u64> {
        let ports = self.containers().flat_map(|it| items(it, "/ports"));
        ports.into_iter().find(|it| text(it, "/name") == Some(name))?.get("containerPort")?.as_u64()
    }

    fn bare_node(&self) -> Node {
        draft::node(Family::Workload, &self.object.id.kind, &self.name, Presence::Made)
    }

    fn details(&self, set: &ObjectSet) -> Vec<String> {
        let body = &self.object.body;
        let mut details = Vec::new();
        match self.object.id.kind.as_str() {
            "CronJob" => {
                let schedule = text(body, "/spec/schedule").map(str::to_owned);
                let zone = text(body, "/spec/timeZone").map(|it| format!(" {it}")).unwrap_or_default();
                details.extend(schedule.map(|it| it + &zone));
                if body.pointer("/spec/suspend") == Some(&Value::Bool(true)) {
                    details.push("suspended".to_owned());
                }
            }
            "DaemonSet" => details.push("a pod on every node".to_owned()),
            "Job" => {}
            _ => details.push(pods(self.object, set)),
        }
        details.extend(self.budgets(set));
        details
    }

    /// Returns what its disruption budgets promise.
    fn budgets(&self, set: &ObjectSet) -> Vec<String> {
        let selects = |it: &&Object| {
            let selector = it.body.pointer("/spec/selector");
            it.id.namespace == self.object.id.namespace
                && selector.is_some_and(|it| Selector::of(it).matches(self.labels()))
        };
        let promises = set.of_kind("PodDisruptionBudget").filter(selects).flat_map(|it| {
            let bound = |name| it.body.pointer(&format!("/spec/{name}")).and_then(shown);
            let most = bound("maxUnavailable").map(|it| format!("at most {it} unavailable"));
            most.into_iter().chain(bound("minAvailable").map(|it| format!("at least {it} available")))
        });
        promises.collect()
    }
}

/// Says how many pods there are: `3 pods`, or `1–3 pods, autoscaled`.
fn pods(object: &Object, set: &ObjectSet) -> String {
    let count = demand::replicas(object, set);
    if demand::autoscaler(object, set).is_some() {
        return format!("{}–{} pods, autoscaled", count.minimum, count.maximum);
    }
    if count.maximum == 1 { "1 pod".to_owned() } else { format!("{} pods", count.maximum) }
}
