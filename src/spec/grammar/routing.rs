//! The nodes that say how a component is reached.

use super::NodeRule;
use super::component::{ANNOTATIONS, LABELS};
use super::slot::{Kind, Slot};

const SERVICE_TYPE: Slot = Slot::optional("type", Kind::Choice(&["ClusterIP", "NodePort", "LoadBalancer"]));

pub(super) static SERVICE: NodeRule = NodeRule {
    arguments: &[SERVICE_TYPE],
    properties: SERVICE_OPTIONS,
    children: SERVICE_CHILDREN,
    ..NodeRule::single("service")
};

pub(super) static ADDITIONAL_SERVICE: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name), SERVICE_TYPE],
    // It has its name as an argument.
    properties: SERVICE_OPTIONS.split_at(1).1,
    children: SERVICE_CHILDREN,
    ..NodeRule::keyed("additional-service")
};

const SERVICE_OPTIONS: &[Slot] = &[
    Slot::optional("name", Kind::Name),
    Slot::optional("headless", Kind::Flag),
    Slot::optional("publish-not-ready", Kind::Flag),
    Slot::optional("session-affinity", Kind::Choice(&["None", "ClientIP"])),
    Slot::optional("session-timeout", Kind::Integer(1, 86_400)),
    Slot::optional("external-traffic", Kind::Choice(&["Cluster", "Local"])),
    Slot::optional("internal-traffic", Kind::Choice(&["Cluster", "Local"])),
    Slot::optional("traffic-distribution", Kind::Choice(&["PreferClose", "PreferSameZone", "PreferSameNode"])),
    Slot::optional("ip-family-policy", Kind::Choice(&["SingleStack", "PreferDualStack", "RequireDualStack"])),
    Slot::optional("load-balancer-class", Kind::Name),
    Slot::optional("allocate-node-ports", Kind::Flag),
];

const SERVICE_CHILDREN: &[&NodeRule] = &[&EXPOSE, &SOURCE_RANGES, &LABELS, &ANNOTATIONS];

static EXPOSE: NodeRule = NodeRule {
    arguments: &[Slot::required("port name", Kind::Name)],
    properties: &[
        Slot::optional("port", Kind::PORT),
        Slot::optional("node-port", Kind::PORT),
        Slot::optional("app-protocol", Kind::Name),
    ],
    ..NodeRule::keyed("expose")
};

static SOURCE_RANGES: NodeRule =
    NodeRule { arguments: &[Slot::list("range", Kind::Range)], ..NodeRule::single("source-ranges") };

pub(super) static EXTERNAL_SERVICE: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::required("host", Kind::Name)],
    children: &[&LABELS, &ANNOTATIONS],
    ..NodeRule::keyed("external-service")
};

pub(super) static INGRESS: NodeRule = NodeRule {
    properties: &[Slot::optional("class", Kind::Name), Slot::optional("name", Kind::Name)],
    children: &[&HOST, &LABELS, &ANNOTATIONS],
    ..NodeRule::single("ingress")
};

const INGRESS_PATH_TYPE: Kind = Kind::Choice(&["Exact", "Prefix", "ImplementationSpecific"]);

static HOST: NodeRule = NodeRule {
    arguments: &[Slot::required("host", Kind::Name)],
    properties: &[
        Slot::optional("path", Kind::Path),
        Slot::optional("path-type", INGRESS_PATH_TYPE),
        Slot::optional("port", Kind::Name),
        Slot::optional("tls", Kind::Name),
    ],
    children: &[&HOST_PATH],
    ..NodeRule::keyed("host")
};

static HOST_PATH: NodeRule = NodeRule {
    arguments: &[Slot::required("path", Kind::Path)],
    properties: &[Slot::optional("type", INGRESS_PATH_TYPE), Slot::optional("port", Kind::Name)],
    ..NodeRule::keyed("path")
};

pub(super) static HTTP_ROUTE: NodeRule = NodeRule {
    properties: &[Slot::optional("name", Kind::Name)],
    children: &[&GATEWAY, &ROUTE_HOST, &ROUTE_PATH, &LABELS, &ANNOTATIONS],
    ..NodeRule::single("http-route")
};

static GATEWAY: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("namespace", Kind::Name),
        Slot::optional("section", Kind::Name),
        Slot::optional("port", Kind::PORT),
    ],
    ..NodeRule::keyed("gateway")
};

static ROUTE_HOST: NodeRule = NodeRule { arguments: &[Slot::required("host", Kind::Name)], ..NodeRule::keyed("host") };

static ROUTE_PATH: NodeRule = NodeRule {
    arguments: &[Slot::required("path", Kind::Path)],
    properties: &[
        Slot::optional("type", Kind::Choice(&["PathPrefix", "Exact", "RegularExpression"])),
        Slot::optional("port", Kind::Name),
    ],
    ..NodeRule::keyed("path")
};
