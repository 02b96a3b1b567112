//! The nodes that say how a component is reached.

use super::NodeRule;
use super::component::{ANNOTATIONS, LABELS};
use super::slot::{Kind, Slot};

pub(super) static SERVICE: NodeRule = NodeRule {
    arguments: &[Slot::optional("type", Kind::Choice(&["ClusterIP", "NodePort", "LoadBalancer"]))],
    properties: &[Slot::optional("name", Kind::Name)],
    children: &[&EXPOSE, &LABELS, &ANNOTATIONS],
    ..NodeRule::single("service")
};

static EXPOSE: NodeRule = NodeRule {
    arguments: &[Slot::required("port name", Kind::Name)],
    properties: &[Slot::optional("port", Kind::PORT), Slot::optional("node-port", Kind::PORT)],
    ..NodeRule::keyed("expose")
};

pub(super) static INGRESS: NodeRule = NodeRule {
    properties: &[Slot::optional("class", Kind::Name), Slot::optional("name", Kind::Name)],
    children: &[&HOST, &LABELS, &ANNOTATIONS],
    ..NodeRule::single("ingress")
};

static HOST: NodeRule = NodeRule {
    arguments: &[Slot::required("host", Kind::Name)],
    properties: &[
        Slot::optional("path", Kind::Path),
        Slot::optional("path-type", Kind::Choice(&["Exact", "Prefix", "ImplementationSpecific"])),
        Slot::optional("port", Kind::Name),
        Slot::optional("tls", Kind::Name),
    ],
    ..NodeRule::keyed("host")
};
