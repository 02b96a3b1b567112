//! The nodes that say who may talk to whom.

use super::NodeRule;
use super::component::LABEL;
use super::slot::{Kind, Slot};

pub(super) static ISOLATION: NodeRule = NodeRule {
    arguments: &[Slot::required("boundary", Kind::Choice(&["namespace", "component"]))],
    ..NodeRule::single("isolation")
};

pub(super) static ALLOW: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("from", Kind::Name),
        Slot::optional("to", Kind::Name),
        Slot::optional("port", Kind::Text),
        Slot::optional("protocol", Kind::Choice(&["TCP", "UDP", "SCTP"])),
    ],
    children: &[&EXCEPT, &PODS],
    ..NodeRule::keyed("allow")
};

static EXCEPT: NodeRule = NodeRule { arguments: &[Slot::list("range", Kind::Range)], ..NodeRule::single("except") };

static PODS: NodeRule = NodeRule { children: &[&LABEL], ..NodeRule::single("pods") };
