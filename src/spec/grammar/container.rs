//! Containers, and the nodes that say what one runs, what it asks for and what it may do.

use super::NodeRule;
use super::slot::{Kind, Slot};
pub(super) use super::variables::ENV;
use super::variables::ENV_FROM;

pub(super) static CONTAINER: NodeRule =
    NodeRule { arguments: &[Slot::required("name", Kind::Name)], children: RUNNING, ..NodeRule::keyed("container") };

pub(super) static SIDECAR: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("order", ORDER)],
    children: RUNNING,
    ..NodeRule::keyed("sidecar")
};

/// One that ends before the others start has nobody to listen to and nothing to probe.
pub(super) static INIT_CONTAINER: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("order", ORDER)],
    children: &[&IMAGE, &COMMAND, &ARGS, &WORKING_DIR, &ENV, &ENV_FROM, &RESOURCES, &CONTAINER_RUN_AS, &SECURITY],
    ..NodeRule::keyed("init-container")
};

const RUNNING: &[&NodeRule] = &[
    &IMAGE,
    &COMMAND,
    &ARGS,
    &WORKING_DIR,
    &PORT,
    &ENV,
    &ENV_FROM,
    &RESOURCES,
    &PROBE,
    &LIFECYCLE,
    &CONTAINER_RUN_AS,
    &SECURITY,
];

const ORDER: Kind = Kind::Integer(-1000, 1000);

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

pub(super) static WORKING_DIR: NodeRule =
    NodeRule { arguments: &[Slot::required("path", Kind::Name)], ..NodeRule::single("working-dir") };

pub(super) static PORT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name), Slot::required("number", Kind::PORT)],
    properties: &[Slot::optional("protocol", Kind::Choice(&["TCP", "UDP", "SCTP"]))],
    ..NodeRule::keyed("port")
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

pub(super) static LIFECYCLE: NodeRule = NodeRule {
    arguments: &[Slot::required("moment", Kind::Choice(&["post-start", "pre-stop"]))],
    properties: &[
        Slot::optional("http", Kind::Path),
        Slot::optional("port", Kind::Name),
        Slot::optional("sleep", Kind::Integer(1, 2_147_483_647)),
    ],
    children: &[&EXEC],
    ..NodeRule::keyed("lifecycle")
};

pub(super) static RUN_AS: NodeRule = NodeRule {
    properties: &[
        Slot::optional("user", Kind::WHOLE),
        Slot::optional("group", Kind::WHOLE),
        Slot::optional("fs-group", Kind::WHOLE),
        Slot::optional("fs-group-change-policy", Kind::Choice(&["Always", "OnRootMismatch"])),
    ],
    children: &[&SUPPLEMENTAL_GROUPS],
    ..NodeRule::single("run-as")
};

static SUPPLEMENTAL_GROUPS: NodeRule =
    NodeRule { arguments: &[Slot::list("group", Kind::WHOLE)], ..NodeRule::single("supplemental-groups") };

/// Groups of files and further groups are the whole pod's.
static CONTAINER_RUN_AS: NodeRule = NodeRule {
    properties: &[Slot::optional("user", Kind::WHOLE), Slot::optional("group", Kind::WHOLE)],
    ..NodeRule::single("run-as")
};

pub(super) static SECURITY: NodeRule = NodeRule {
    properties: &[
        Slot::optional("allow-root", Kind::Flag),
        Slot::optional("allow-privilege-escalation", Kind::Flag),
        Slot::optional("privileged", Kind::Flag),
        Slot::optional("read-only-root-filesystem", Kind::Flag),
        Slot::optional("seccomp", Kind::Choice(&["RuntimeDefault", "Localhost", "Unconfined"])),
        Slot::optional("profile", Kind::Name),
        Slot::optional("drop-capabilities", Kind::Flag),
    ],
    children: &[&CAPABILITY],
    ..NodeRule::single("security")
};

static CAPABILITY: NodeRule =
    NodeRule { arguments: &[Slot::required("name", Kind::Name)], ..NodeRule::keyed("capability") };
