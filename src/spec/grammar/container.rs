//! The nodes of a container: what it runs, and what it gets.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static IMAGE: NodeRule = NodeRule {
    arguments: &[Slot::required("repository", Kind::Name)],
    properties: &[
        Slot::optional("tag", Kind::Text),
        Slot::optional("digest", Kind::Name),
        Slot::optional("pull", Kind::Choice(&["Always", "IfNotPresent", "Never"])),
    ],
    ..NodeRule::single("image")
};

pub(super) static COMMAND: NodeRule =
    NodeRule { arguments: &[Slot::list("word", Kind::Text)], ..NodeRule::single("command") };

pub(super) static ARGS: NodeRule =
    NodeRule { arguments: &[Slot::list("word", Kind::Text)], ..NodeRule::single("args") };

pub(super) static PORT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name), Slot::required("number", Kind::PORT)],
    properties: &[Slot::optional("protocol", Kind::Choice(&["TCP", "UDP", "SCTP"]))],
    ..NodeRule::keyed("port")
};

pub(super) static ENV: NodeRule = NodeRule { children: &[&VARIABLE], ..NodeRule::single("env") };

static VARIABLE: NodeRule = NodeRule {
    arguments: &[Slot::optional("value", Kind::Value)],
    properties: &[
        Slot::optional("secret", Kind::Name),
        Slot::optional("key", Kind::Text),
        Slot::optional("field", Kind::Name),
    ],
    ..NodeRule::free()
};

pub(super) static RESOURCES: NodeRule = NodeRule { children: &[&REQUESTS, &LIMITS], ..NodeRule::single("resources") };

static REQUESTS: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("requests") };

static LIMITS: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("limits") };

const AMOUNTS: &[Slot] = &[
    Slot::optional("cpu", Kind::Quantity),
    Slot::optional("memory", Kind::Quantity),
    Slot::optional("ephemeral-storage", Kind::Quantity),
];

pub(super) static PROBE: NodeRule = NodeRule {
    arguments: &[Slot::required("kind", Kind::Choice(&["liveness", "readiness", "startup"]))],
    properties: &[
        Slot::optional("http", Kind::Path),
        Slot::optional("tcp", Kind::Flag),
        Slot::optional("grpc", Kind::Flag),
        Slot::optional("port", Kind::Name),
        Slot::optional("delay", Kind::WHOLE),
        Slot::optional("period", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("timeout", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("failures", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("successes", Kind::Integer(1, 2_147_483_647)),
    ],
    children: &[&EXEC],
    ..NodeRule::keyed("probe")
};

static EXEC: NodeRule = NodeRule { arguments: &[Slot::list("word", Kind::Text)], ..NodeRule::single("exec") };

pub(super) static RUN_AS: NodeRule = NodeRule {
    properties: &[
        Slot::optional("user", Kind::WHOLE),
        Slot::optional("group", Kind::WHOLE),
        Slot::optional("fs-group", Kind::WHOLE),
    ],
    ..NodeRule::single("run-as")
};

pub(super) static SECURITY: NodeRule = NodeRule {
    properties: &[
        Slot::optional("allow-root", Kind::Flag),
        Slot::optional("allow-privilege-escalation", Kind::Flag),
        Slot::optional("privileged", Kind::Flag),
        Slot::optional("read-only-root-filesystem", Kind::Flag),
        Slot::optional("seccomp", Kind::Choice(&["RuntimeDefault", "Unconfined"])),
        Slot::optional("drop-capabilities", Kind::Flag),
    ],
    children: &[&CAPABILITY],
    ..NodeRule::single("security")
};

static CAPABILITY: NodeRule =
    NodeRule { arguments: &[Slot::required("name", Kind::Name)], ..NodeRule::keyed("capability") };
