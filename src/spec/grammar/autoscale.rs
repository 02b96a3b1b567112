//! The nodes that say who changes the number of pods, by what, and how fast.

use super::NodeRule;
use super::component::SELECTOR;
use super::slot::{Kind, Slot};

pub(super) static AUTOSCALE: NodeRule = NodeRule {
    properties: &[
        Slot::required("min", Kind::Integer(1, 2_147_483_647)),
        Slot::required("max", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("cpu", Kind::Percent),
        Slot::optional("memory", Kind::Percent),
        Slot::optional("name", Kind::Name),
    ],
    children: &[&CONTAINER_METRIC, &METRIC, &SCALE_UP, &SCALE_DOWN],
    ..NodeRule::single("autoscale")
};

static CONTAINER_METRIC: NodeRule = NodeRule {
    arguments: &[Slot::required("container", Kind::Name)],
    properties: &[Slot::optional("cpu", Kind::Percent), Slot::optional("memory", Kind::Percent)],
    ..NodeRule::keyed("container-metric")
};

static METRIC: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::required("kind", Kind::Choice(&["pods", "object", "external"])),
        Slot::optional("metric", Kind::Name),
        Slot::optional("value", Kind::Quantity),
        Slot::optional("average-value", Kind::Quantity),
        Slot::optional("target", Kind::Object),
        Slot::optional("api-version", Kind::Name),
    ],
    children: &[&SELECTOR],
    ..NodeRule::keyed("metric")
};

static SCALE_UP: NodeRule = NodeRule { properties: SCALING, children: &[&POLICY], ..NodeRule::single("scale-up") };

static SCALE_DOWN: NodeRule = NodeRule { properties: SCALING, children: &[&POLICY], ..NodeRule::single("scale-down") };

const SCALING: &[Slot] = &[
    Slot::optional("stabilization", Kind::Integer(0, 3600)),
    Slot::optional("select", Kind::Choice(&["Max", "Min", "Disabled"])),
];

static POLICY: NodeRule = NodeRule {
    arguments: &[Slot::required("unit", Kind::Choice(&["Pods", "Percent"]))],
    properties: &[
        Slot::required("value", Kind::Integer(1, 2_147_483_647)),
        Slot::required("period", Kind::Integer(1, 1800)),
    ],
    ..NodeRule::keyed("policy")
};
