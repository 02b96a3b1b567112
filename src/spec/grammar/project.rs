//! The nodes at the top: the app, its clusters, and an environment.

use super::NodeRule;
use super::component::{ANNOTATIONS, COMPONENT, LABELS};
use super::manifest::{MANIFEST, PATCH, SEALED};
use super::network::ISOLATION;
use super::slot::{Kind, Slot};

/// What a file in `base/` may hold.
pub static BASE_FILE: NodeRule = NodeRule { children: &[&APP, &CLUSTER], ..NodeRule::single("base") };

/// What a file in `environments/` may hold.
pub static ENVIRONMENT_FILE: NodeRule = NodeRule { children: &[&ENVIRONMENT], ..NodeRule::single("environment file") };

static APP: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("version", Kind::Text)],
    children: APP_CHILDREN,
    ..NodeRule::keyed("app")
};

/// The same nodes in the app and in every environment: an overlay is written as the base is.
const APP_CHILDREN: &[&NodeRule] =
    &[&COMPONENT, &SECRET, &LABELS, &ANNOTATIONS, &ISOLATION, &POD_SECURITY, &MANIFEST, &SEALED, &PATCH];

/// One environment.
pub static ENVIRONMENT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("cluster", Kind::Name),
        Slot::optional("namespace", Kind::Name),
        Slot::optional("protected", Kind::Flag),
        Slot::optional("create-namespace", Kind::Flag),
        Slot::optional("version", Kind::Text),
    ],
    children: APP_CHILDREN,
    ..NodeRule::keyed("environment")
};

static SECRET: NodeRule =
    NodeRule { arguments: &[Slot::required("name", Kind::Name)], children: &[&KEYS], ..NodeRule::keyed("secret") };

static KEYS: NodeRule = NodeRule { arguments: &[Slot::list("key", Kind::Text)], ..NodeRule::single("keys") };

static POD_SECURITY: NodeRule = NodeRule {
    arguments: &[Slot::required("level", Kind::Choice(&["privileged", "baseline", "restricted"]))],
    ..NodeRule::single("pod-security")
};

static CLUSTER: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("kubernetes", Kind::Version)],
    children: &[&POD_NETWORK, &CAPACITY],
    ..NodeRule::keyed("cluster")
};

static POD_NETWORK: NodeRule =
    NodeRule { arguments: &[Slot::list("range", Kind::Range)], ..NodeRule::single("pod-network") };

static CAPACITY: NodeRule = NodeRule {
    properties: &[
        Slot::required("cpu", Kind::Quantity),
        Slot::required("memory", Kind::Quantity),
        Slot::optional("target", Kind::Percent),
    ],
    children: &[&RESERVE],
    ..NodeRule::single("capacity")
};

static RESERVE: NodeRule = NodeRule {
    properties: &[Slot::optional("cpu", Kind::Quantity), Slot::optional("memory", Kind::Quantity)],
    ..NodeRule::single("reserve")
};
