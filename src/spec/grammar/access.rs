//! The nodes that say what a component may ask of the API server.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static PERMISSION: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("cluster", Kind::Flag)],
    children: &[&VERBS, &RESOURCES, &GROUPS, &NAMES, &URLS],
    ..NodeRule::keyed("permission")
};

static VERBS: NodeRule = NodeRule { arguments: &[Slot::list("verb", Kind::Name)], ..NodeRule::single("verbs") };

static RESOURCES: NodeRule =
    NodeRule { arguments: &[Slot::list("resource", Kind::Name)], ..NodeRule::single("resources") };

// Text, because the core group's name is empty.
static GROUPS: NodeRule = NodeRule { arguments: &[Slot::list("group", Kind::Text)], ..NodeRule::single("groups") };

static NAMES: NodeRule = NodeRule { arguments: &[Slot::list("name", Kind::Name)], ..NodeRule::single("names") };

static URLS: NodeRule = NodeRule { arguments: &[Slot::list("url", Kind::Name)], ..NodeRule::single("urls") };
