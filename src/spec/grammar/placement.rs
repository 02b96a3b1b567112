//! The nodes that say where pods may run.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static NODE_SELECTOR: NodeRule = NodeRule { children: &[&NODE_LABEL], ..NodeRule::single("node-selector") };

static NODE_LABEL: NodeRule = NodeRule { arguments: &[Slot::required("value", Kind::Value)], ..NodeRule::free() };

pub(super) static TOLERATION: NodeRule = NodeRule {
    arguments: &[Slot::required("taint", Kind::Name)],
    properties: &[
        Slot::optional("value", Kind::Value),
        Slot::optional("effect", Kind::Choice(&["NoSchedule", "PreferNoSchedule", "NoExecute"])),
        Slot::optional("seconds", Kind::WHOLE),
    ],
    ..NodeRule::keyed("toleration")
};

pub(super) static SPREAD: NodeRule = NodeRule {
    arguments: &[Slot::required("topology", Kind::Name)],
    properties: &[
        Slot::optional("max-skew", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("when", Kind::Choice(&["DoNotSchedule", "ScheduleAnyway"])),
        Slot::optional("min-domains", Kind::Integer(1, 2_147_483_647)),
    ],
    ..NodeRule::keyed("spread")
};

const WEIGHT: Slot = Slot::optional("weight", Kind::Integer(1, 100));

pub(super) static NODE_AFFINITY: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[WEIGHT],
    children: &[&MATCH],
    ..NodeRule::keyed("node-affinity")
};

static MATCH: NodeRule = NodeRule {
    arguments: &[
        Slot::required("label", Kind::Name),
        Slot::required("operator", Kind::Choice(&["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"])),
        Slot::rest("value", Kind::Value),
    ],
    ..NodeRule::keyed("match")
};

pub(super) static POD_AFFINITY: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: OTHER_PODS,
    ..NodeRule::keyed("pod-affinity")
};

pub(super) static POD_ANTI_AFFINITY: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: OTHER_PODS,
    ..NodeRule::keyed("pod-anti-affinity")
};

const OTHER_PODS: &[Slot] = &[Slot::optional("component", Kind::Name), Slot::optional("topology", Kind::Name), WEIGHT];
