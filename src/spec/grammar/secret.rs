//! The nodes for what exists without us, and for Secrets that another tool fills.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static SECRET: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("store", Kind::Name),
        Slot::optional("store-kind", Kind::Choice(&["SecretStore", "ClusterSecretStore"])),
        Slot::optional("refresh", Kind::Duration),
        Slot::optional("path", Kind::Text),
        Slot::optional("type", Kind::Name),
    ],
    children: &[&KEYS, &KEY],
    ..NodeRule::keyed("secret")
};

static KEYS: NodeRule = NodeRule { arguments: &[Slot::list("key", Kind::Text)], ..NodeRule::single("keys") };

static KEY: NodeRule = NodeRule {
    arguments: &[Slot::required("key", Kind::Text)],
    properties: &[
        Slot::optional("path", Kind::Text),
        Slot::optional("property", Kind::Text),
        Slot::optional("version", Kind::Text),
    ],
    ..NodeRule::keyed("key")
};

pub(super) static EXTERNAL: NodeRule = NodeRule {
    arguments: &[Slot::required("object", Kind::Object)],
    children: &[&KEYS],
    ..NodeRule::keyed("external")
};
