//! The nodes that bound what a namespace may use.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static QUOTA: NodeRule = NodeRule {
    properties: &[Slot::optional("name", Kind::Name)],
    children: &[&QUOTA_AMOUNT],
    ..NodeRule::single("quota")
};

static QUOTA_AMOUNT: NodeRule = NodeRule { arguments: &[Slot::required("amount", Kind::Quantity)], ..NodeRule::free() };

pub(super) static LIMIT_RANGE: NodeRule = NodeRule {
    properties: &[Slot::optional("name", Kind::Name)],
    children: &[&LIMIT],
    ..NodeRule::single("limit-range")
};

static LIMIT: NodeRule = NodeRule {
    arguments: &[Slot::required("of", Kind::Choice(&["Container", "Pod", "PersistentVolumeClaim"]))],
    children: &[&DEFAULT, &DEFAULT_REQUEST, &MIN, &MAX, &MAX_RATIO],
    ..NodeRule::keyed("limit")
};

static DEFAULT: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("default") };

static DEFAULT_REQUEST: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("default-request") };

static MIN: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("min") };

static MAX: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("max") };

static MAX_RATIO: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("max-ratio") };

const AMOUNTS: &[Slot] = &[
    Slot::optional("cpu", Kind::Quantity),
    Slot::optional("memory", Kind::Quantity),
    Slot::optional("ephemeral-storage", Kind::Quantity),
    Slot::optional("storage", Kind::Quantity),
];
