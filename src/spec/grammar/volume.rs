//! The nodes of files and storage: volumes, where containers see them, and what they are made of.

use super::NodeRule;
use super::component::{ANNOTATIONS, LABELS};
use super::slot::{Kind, Slot};

/// What storage is asked for.
pub(super) const STORAGE: &[Slot] = &[
    Slot::required("size", Kind::Quantity),
    Slot::optional("access", Kind::Choice(&["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"])),
    Slot::optional("class", Kind::Name),
    Slot::optional("volume-mode", Kind::Choice(&["Filesystem", "Block"])),
];

/// Storage of the app, which outlives its pods.
pub(super) static CLAIM: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: STORAGE,
    children: &[&LABELS, &ANNOTATIONS],
    ..NodeRule::keyed("claim")
};

pub(super) static FILES: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("mode", Kind::Mode)],
    children: &[&FILE],
    ..NodeRule::keyed("files")
};

static FILE: NodeRule = NodeRule {
    arguments: &[Slot::optional("text", Kind::Text)],
    properties: &[Slot::optional("from", Kind::Name)],
    ..NodeRule::free()
};

pub(super) static VOLUME: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[
        Slot::optional("claim", Kind::Name),
        Slot::optional("empty-dir", Kind::Flag),
        Slot::optional("medium", Kind::Choice(&["Memory", "HugePages"])),
        Slot::optional("size", Kind::Quantity),
        Slot::optional("config", Kind::Name),
        Slot::optional("secret", Kind::Name),
        Slot::optional("host-path", Kind::Path),
        Slot::optional("type", Kind::Choice(HOST_PATH_TYPES)),
        Slot::optional("reason", Kind::Sentence),
        Slot::optional("mode", Kind::Mode),
        Slot::optional("optional", Kind::Flag),
        Slot::optional("read-only", Kind::Flag),
    ],
    children: &[&ITEM, &PROJECTED],
    ..NodeRule::keyed("volume")
};

const HOST_PATH_TYPES: &[&str] =
    &["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];

static ITEM: NodeRule = NodeRule {
    arguments: &[Slot::required("key", Kind::Text)],
    properties: &[Slot::optional("path", Kind::Name), Slot::optional("mode", Kind::Mode)],
    ..NodeRule::keyed("item")
};

static PROJECTED: NodeRule = NodeRule {
    children: &[&PROJECTED_SECRET, &PROJECTED_CONFIG, &PROJECTED_FIELD, &PROJECTED_RESOURCE, &PROJECTED_TOKEN],
    ..NodeRule::single("projected")
};

static PROJECTED_SECRET: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("optional", Kind::Flag)],
    children: &[&ITEM],
    ..NodeRule::keyed("secret")
};

static PROJECTED_CONFIG: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("optional", Kind::Flag)],
    children: &[&ITEM],
    ..NodeRule::keyed("config")
};

static PROJECTED_FIELD: NodeRule = NodeRule {
    arguments: &[Slot::required("field", Kind::Name)],
    properties: &[Slot::required("path", Kind::Name), Slot::optional("mode", Kind::Mode)],
    ..NodeRule::keyed("field")
};

static PROJECTED_RESOURCE: NodeRule = NodeRule {
    arguments: &[Slot::required("resource", Kind::Name)],
    properties: &[
        Slot::required("path", Kind::Name),
        Slot::optional("container", Kind::Name),
        Slot::optional("divisor", Kind::Quantity),
        Slot::optional("mode", Kind::Mode),
    ],
    ..NodeRule::keyed("resource")
};

static PROJECTED_TOKEN: NodeRule = NodeRule {
    arguments: &[Slot::required("path", Kind::Name)],
    properties: &[Slot::optional("audience", Kind::Name), Slot::optional("expires", Kind::Integer(600, 2_147_483_647))],
    ..NodeRule::keyed("token")
};

pub(super) static MOUNT: NodeRule = NodeRule {
    arguments: &[Slot::required("path", Kind::Path)],
    properties: &[
        Slot::required("volume", Kind::Name),
        Slot::optional("sub-path", Kind::Name),
        Slot::optional("read-only", Kind::Flag),
        Slot::optional("propagation", Kind::Choice(&["None", "HostToContainer", "Bidirectional"])),
    ],
    ..NodeRule::keyed("mount")
};
