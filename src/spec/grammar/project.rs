//! The nodes at the top: the app, its clusters, and an environment.

use super::component::{ANNOTATIONS, COMPONENT, LABELS, SHARED_CONFIG};
use super::limits::{LIMIT_RANGE, QUOTA};
use super::manifest::{MANIFEST, PATCH, SEALED};
use super::network::ISOLATION;
use super::routing::EXTERNAL_SERVICE;
use super::secret::{EXTERNAL, SECRET};
use super::slot::{Kind, Slot};
use super::volume::CLAIM;
use super::workload::GITOPS;
use super::{Identity, NodeRule};
use crate::diagnostic::Level;

/// What a file in `base/` may hold.
pub static BASE_FILE: NodeRule = NodeRule { children: &[&APP, &CLUSTER], ..NodeRule::single("base") };

/// What a file in `environments/` may hold.
pub static ENVIRONMENT_FILE: NodeRule =
    NodeRule { children: &[&ENVIRONMENT, &LAYER], ..NodeRule::single("environment file") };

static APP: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("version", Kind::Text)],
    children: APP_CHILDREN,
    ..NodeRule::keyed("app")
};

/// The same nodes in the app and in every environment: an overlay is written as the base is.
const APP_CHILDREN: &[&NodeRule] = &[
    &COMPONENT,
    &SECRET,
    &SHARED_CONFIG,
    &CLAIM,
    &EXTERNAL,
    &EXTERNAL_SERVICE,
    &LABELS,
    &ANNOTATIONS,
    &ISOLATION,
    &POD_SECURITY,
    &QUOTA,
    &LIMIT_RANGE,
    &GITOPS,
    &POLICY,
    &WAIVE,
    &MANIFEST,
    &SEALED,
    &PATCH,
];

/// One environment.
pub static ENVIRONMENT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("cluster", Kind::Name),
        Slot::optional("namespace", Kind::Name),
        Slot::optional("protected", Kind::Flag),
        Slot::optional("create-namespace", Kind::Flag),
        Slot::optional("version", Kind::Text),
        Slot::optional("extends", Kind::Name),
    ],
    children: APP_CHILDREN,
    ..NodeRule::keyed("environment")
};

/// What several environments have in common. It has no `namespace`, which no two environments may share.
static LAYER: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("cluster", Kind::Name),
        Slot::optional("protected", Kind::Flag),
        Slot::optional("create-namespace", Kind::Flag),
        Slot::optional("version", Kind::Text),
        Slot::optional("extends", Kind::Name),
    ],
    children: APP_CHILDREN,
    ..NodeRule::keyed("layer")
};

static POD_SECURITY: NodeRule = NodeRule {
    arguments: &[Slot::required("level", Kind::Choice(&["privileged", "baseline", "restricted"]))],
    ..NodeRule::single("pod-security")
};

static POLICY: NodeRule = NodeRule { children: &[&RULE], ..NodeRule::single("policy") };

static RULE: NodeRule =
    NodeRule { arguments: &[Slot::required("level", Kind::Choice(Level::WORDS))], ..NodeRule::free() };

/// As in a component, for what belongs to none.
static WAIVE: NodeRule = NodeRule {
    identity: Identity::FirstArgumentAnd("object"),
    arguments: &[Slot::required("rule", Kind::Name)],
    properties: &[
        Slot::required("reason", Kind::Sentence),
        Slot::optional("until", Kind::Date),
        Slot::optional("object", Kind::Name),
    ],
    ..NodeRule::keyed("waive")
};

static CLUSTER: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("kubernetes", Kind::Version)],
    children: &[&POD_NETWORK, &CAPACITY, &STORAGE_CLASS],
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

static STORAGE_CLASS: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("default", Kind::Flag),
        Slot::optional("expandable", Kind::Flag),
        Slot::optional("reclaim", Kind::Choice(&["Delete", "Retain"])),
    ],
    ..NodeRule::keyed("storage-class")
};

static RESERVE: NodeRule = NodeRule {
    properties: &[Slot::optional("cpu", Kind::Quantity), Slot::optional("memory", Kind::Quantity)],
    ..NodeRule::single("reserve")
};
