//! Where the pods of a component may run.

use super::{Recorder, metadata, whole};
use crate::source::Traced;
use crate::spec::{Component, Match, NodeAffinity as Nodes, PodAffinity as Pods, Spec, Spread, Toleration as Declared};
use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm,
    PodAntiAffinity, PreferredSchedulingTerm, Toleration, TopologySpreadConstraint, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use std::collections::BTreeMap;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Returns the labels that nodes must have.
pub(super) fn node_selector(at: &mut Recorder, component: &Component) -> Option<BTreeMap<String, String>> {
    metadata::user(at, "nodeSelector", &[&component.pod.placement.node_selector])
}

/// Returns the taints that do not keep pods away.
pub(super) fn tolerations(at: &mut Recorder, component: &Component) -> Option<Vec<Toleration>> {
    at.list("tolerations", &component.pod.placement.tolerations, toleration)
}

fn toleration(at: &mut Recorder, declared: &Declared) -> Toleration {
    let value = at.take_some("value", declared.value.as_ref());
    let (operator, rule) = match (&declared.key, &value) {
        (_, Some(_)) => ("Equal", "a toleration with a value is of that value alone"),
        (Some(_), None) => ("Exists", "a toleration without a value is of every value"),
        (None, None) => ("Exists", "`*` is every taint"),
    };
    Toleration {
        key: at.take_some("key", declared.key.as_ref()),
        operator: Some(at.derived("operator", &declared.origin, rule, operator.to_owned())),
        value,
        effect: at.take_some("effect", declared.effect.as_ref()),
        toleration_seconds: at.take_some("tolerationSeconds", declared.seconds.as_ref()),
    }
}

/// Returns how evenly pods are spread.
pub(super) fn spreads(at: &mut Recorder, spec: &Spec, component: &Component) -> Option<Vec<TopologySpreadConstraint>> {
    at.list("topologySpreadConstraints", &component.pod.placement.spreads, |at, it: &Spread| TopologySpreadConstraint {
        topology_key: at.take("topologyKey", &it.topology),
        max_skew: whole(at.take("maxSkew", &it.max_skew)),
        when_unsatisfiable: at.take("whenUnsatisfiable", &it.when),
        min_domains: at.take_some("minDomains", it.min_domains.as_ref()).map(whole),
        label_selector: Some(LabelSelector {
            match_labels: Some(metadata::selector(at, "labelSelector.matchLabels", spec, component)),
            match_expressions: None,
        }),
        ..TopologySpreadConstraint::default()
    })
}

/// Returns which nodes and which other pods matter.
pub(super) fn affinity(at: &mut Recorder, component: &Component) -> Option<Affinity> {
    let placement = &component.pod.placement;
    let affinity = at.block("affinity", |at| Affinity {
        node_affinity: at.block("nodeAffinity", |at| nodes(at, &placement.nodes)),
        pod_affinity: at.block("podAffinity", |at| {
            let (required, preferred) = pods(at, &placement.near);
            (required.is_some() || preferred.is_some()).then_some(PodAffinity {
                required_during_scheduling_ignored_during_execution: required,
                preferred_during_scheduling_ignored_during_execution: preferred,
            })
        }),
        pod_anti_affinity: at.block("podAntiAffinity", |at| {
            let (required, preferred) = pods(at, &placement.apart);
            (required.is_some() || preferred.is_some()).then_some(PodAntiAffinity {
                required_during_scheduling_ignored_during_execution: required,
                preferred_during_scheduling_ignored_during_execution: preferred,
            })
        }),
    });
    let any =
        affinity.node_affinity.is_some() || affinity.pod_affinity.is_some() || affinity.pod_anti_affinity.is_some();
    any.then_some(affinity)
}

/// Splits a list into what is needed, and what is preferred with its weight.
fn split<T>(items: &[T], weight: impl Fn(&T) -> Option<&Traced<i64>>) -> (Vec<&T>, Vec<(&T, &Traced<i64>)>) {
    let needed = items.iter().filter(|it| weight(it).is_none()).collect();
    let preferred = items.iter().filter_map(|it| Some((it, weight(it)?))).collect();
    (needed, preferred)
}

fn nodes(at: &mut Recorder, declared: &[Nodes]) -> Option<NodeAffinity> {
    let (needed, preferred) = split(declared, |it| it.weight.as_ref());
    let terms = at.list(&format!("{REQUIRED}.nodeSelectorTerms"), &needed, |at, it| node_term(at, it));
    let preferred = at.list(PREFERRED, &preferred, |at, (it, weight)| PreferredSchedulingTerm {
        weight: whole(at.take("weight", weight)),
        preference: at.block("preference", |at| node_term(at, it)),
    });
    (terms.is_some() || preferred.is_some()).then(|| NodeAffinity {
        required_during_scheduling_ignored_during_execution: terms
            .map(|node_selector_terms| NodeSelector { node_selector_terms }),
        preferred_during_scheduling_ignored_during_execution: preferred,
    })
}

fn node_term(at: &mut Recorder, declared: &Nodes) -> NodeSelectorTerm {
    NodeSelectorTerm { match_expressions: at.list("matchExpressions", &declared.matches, matching), match_fields: None }
}

fn matching(at: &mut Recorder, declared: &Match) -> NodeSelectorRequirement {
    NodeSelectorRequirement {
        key: at.take("key", &declared.key),
        operator: at.take("operator", &declared.operator),
        values: at.list("values", &declared.values, |at, it| at.take("", it)),
    }
}

type PodTerms = (Option<Vec<PodAffinityTerm>>, Option<Vec<WeightedPodAffinityTerm>>);

fn pods(at: &mut Recorder, declared: &[Pods]) -> PodTerms {
    let (needed, preferred) = split(declared, |it| it.weight.as_ref());
    let needed = at.list(REQUIRED, &needed, |at, it| pod_term(at, it));
    let preferred = at.list(PREFERRED, &preferred, |at, (it, weight)| WeightedPodAffinityTerm {
        weight: whole(at.take("weight", weight)),
        pod_affinity_term: at.block("podAffinityTerm", |at| pod_term(at, it)),
    });
    (needed, preferred)
}

fn pod_term(at: &mut Recorder, declared: &Pods) -> PodAffinityTerm {
    let labels = at.take("labelSelector.matchLabels", &declared.selector);
    PodAffinityTerm {
        label_selector: Some(LabelSelector {
            match_labels: Some(labels.into_iter().collect()),
            match_expressions: None,
        }),
        topology_key: at.take("topologyKey", &declared.topology),
        ..PodAffinityTerm::default()
    }
}
