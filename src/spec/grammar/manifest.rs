//! The nodes that hold Kubernetes objects as they are, or change those that were made.

use super::slot::{Kind, Slot};
use super::{Form, Identity, NodeRule};

pub(super) static MANIFEST: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("from", Kind::Name),
        Slot::optional("scope", Kind::Choice(&["Cluster", "Namespaced"])),
    ],
    children: &[&FIELD],
    ..NodeRule::keyed("manifest")
};

/// Any field of an object; its name is Kubernetes' own.
static FIELD: NodeRule =
    NodeRule { arguments: &[Slot::any("value")], children: &[&FIELD], form: Form::Body, ..NodeRule::called("FIELD") };

pub(super) static SEALED: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::required("from", Kind::Name)],
    ..NodeRule::keyed("sealed")
};

pub(super) static PATCH: NodeRule = NodeRule {
    identity: Identity::Stacked,
    arguments: &[Slot::required("object", Kind::Name)],
    children: &[&CHANGE],
    form: Form::Patch,
    ..NodeRule::keyed("patch")
};

/// Any field that a patch changes.
static CHANGE: NodeRule = NodeRule {
    arguments: &[Slot::any("value")],
    children: &[&CHANGE],
    form: Form::Patch,
    ..NodeRule::called("CHANGE")
};
