//! The nodes that are about a pod as a whole.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static POD: NodeRule = NodeRule {
    properties: &[
        Slot::optional("grace-period", Kind::WHOLE),
        Slot::optional("active-deadline", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("priority-class", Kind::Name),
        Slot::optional("runtime-class", Kind::Name),
        Slot::optional("scheduler", Kind::Name),
        Slot::optional("host-network", Kind::Flag),
        Slot::optional("host-pid", Kind::Flag),
        Slot::optional("host-ipc", Kind::Flag),
        Slot::optional("share-process-namespace", Kind::Flag),
        Slot::optional("service-links", Kind::Flag),
        Slot::optional("dns-policy", Kind::Choice(&["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])),
        Slot::optional("hostname", Kind::Name),
        Slot::optional("subdomain", Kind::Name),
    ],
    ..NodeRule::single("pod")
};

pub(super) static HOST_ALIAS: NodeRule = NodeRule {
    arguments: &[Slot::required("address", Kind::Name), Slot::list("name", Kind::Name)],
    ..NodeRule::keyed("host-alias")
};

pub(super) static DNS: NodeRule = NodeRule { children: &[&NAMESERVER, &SEARCH, &OPTION], ..NodeRule::single("dns") };

static NAMESERVER: NodeRule =
    NodeRule { arguments: &[Slot::list("address", Kind::Name)], ..NodeRule::single("nameserver") };

static SEARCH: NodeRule = NodeRule { arguments: &[Slot::list("domain", Kind::Name)], ..NodeRule::single("search") };

static OPTION: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("value", Kind::Value)],
    ..NodeRule::keyed("option")
};

pub(super) static IMAGE_PULL_SECRET: NodeRule =
    NodeRule { arguments: &[Slot::required("secret", Kind::Name)], ..NodeRule::keyed("image-pull-secret") };
