//! The nodes of a component: one program and how it runs.

use super::NodeRule;
use super::manifest::{MANIFEST, PATCH};
use super::network::ALLOW;
use super::routing::{INGRESS, SERVICE};
use super::slot::{Kind, Slot};

pub(super) static COMPONENT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    children: &[
        &NAME,
        &IMAGE,
        &COMMAND,
        &ARGS,
        &REPLICAS,
        &PORT,
        &CONFIG,
        &ENV,
        &RESOURCES,
        &PROBE,
        &RUN_AS,
        &SECURITY,
        &ROLLOUT,
        &AUTOSCALE,
        &DISRUPTION_BUDGET,
        &SERVICE,
        &INGRESS,
        &ALLOW,
        &SERVICE_ACCOUNT,
        &LABELS,
        &ANNOTATIONS,
        &SELECTOR,
        &MANIFEST,
        &PATCH,
        &WAIVE,
    ],
    ..NodeRule::keyed("component")
};

static NAME: NodeRule = NodeRule { arguments: &[Slot::required("name", Kind::Name)], ..NodeRule::single("name") };

static IMAGE: NodeRule = NodeRule {
    arguments: &[Slot::required("repository", Kind::Name)],
    properties: &[
        Slot::optional("tag", Kind::Text),
        Slot::optional("digest", Kind::Name),
        Slot::optional("pull", Kind::Choice(&["Always", "IfNotPresent", "Never"])),
    ],
    ..NodeRule::single("image")
};

static COMMAND: NodeRule = NodeRule { arguments: &[Slot::list("word", Kind::Text)], ..NodeRule::single("command") };

static ARGS: NodeRule = NodeRule { arguments: &[Slot::list("word", Kind::Text)], ..NodeRule::single("args") };

static REPLICAS: NodeRule = NodeRule {
    arguments: &[Slot::required("count", Kind::WHOLE)],
    properties: &[Slot::optional("min", Kind::WHOLE), Slot::optional("max", Kind::WHOLE)],
    ..NodeRule::single("replicas")
};

static PORT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name), Slot::required("number", Kind::PORT)],
    properties: &[Slot::optional("protocol", Kind::Choice(&["TCP", "UDP", "SCTP"]))],
    ..NodeRule::keyed("port")
};

static CONFIG: NodeRule = NodeRule {
    properties: &[Slot::optional("name", Kind::Name)],
    children: &[&CONFIG_VALUE],
    ..NodeRule::single("config")
};

static CONFIG_VALUE: NodeRule = NodeRule {
    arguments: &[Slot::list("value", Kind::Text)],
    properties: &[Slot::optional("type", Kind::Choice(&["string", "integer", "number", "boolean", "url", "origin"]))],
    ..NodeRule::free()
};

static ENV: NodeRule = NodeRule { children: &[&VARIABLE], ..NodeRule::single("env") };

static VARIABLE: NodeRule = NodeRule {
    arguments: &[Slot::optional("value", Kind::Text)],
    properties: &[
        Slot::optional("secret", Kind::Name),
        Slot::optional("key", Kind::Text),
        Slot::optional("field", Kind::Name),
    ],
    ..NodeRule::free()
};

static RESOURCES: NodeRule = NodeRule { children: &[&REQUESTS, &LIMITS], ..NodeRule::single("resources") };

static REQUESTS: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("requests") };

static LIMITS: NodeRule = NodeRule { properties: AMOUNTS, ..NodeRule::single("limits") };

const AMOUNTS: &[Slot] = &[
    Slot::optional("cpu", Kind::Quantity),
    Slot::optional("memory", Kind::Quantity),
    Slot::optional("ephemeral-storage", Kind::Quantity),
];

static PROBE: NodeRule = NodeRule {
    arguments: &[Slot::required("kind", Kind::Choice(&["liveness", "readiness", "startup"]))],
    properties: &[
        Slot::optional("http", Kind::Text),
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

static RUN_AS: NodeRule = NodeRule {
    properties: &[
        Slot::optional("user", Kind::WHOLE),
        Slot::optional("group", Kind::WHOLE),
        Slot::optional("fs-group", Kind::WHOLE),
    ],
    ..NodeRule::single("run-as")
};

static SECURITY: NodeRule = NodeRule {
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

static ROLLOUT: NodeRule = NodeRule {
    arguments: &[Slot::optional("strategy", Kind::Choice(&["RollingUpdate", "Recreate"]))],
    properties: &[
        Slot::optional("max-unavailable", Kind::Count),
        Slot::optional("max-surge", Kind::Count),
        Slot::optional("min-ready", Kind::WHOLE),
        Slot::optional("deadline", Kind::WHOLE),
    ],
    ..NodeRule::single("rollout")
};

static AUTOSCALE: NodeRule = NodeRule {
    properties: &[
        Slot::required("min", Kind::Integer(1, 2_147_483_647)),
        Slot::required("max", Kind::Integer(1, 2_147_483_647)),
        Slot::optional("cpu", Kind::Percent),
        Slot::optional("memory", Kind::Percent),
        Slot::optional("name", Kind::Name),
    ],
    ..NodeRule::single("autoscale")
};

static DISRUPTION_BUDGET: NodeRule = NodeRule {
    properties: &[
        Slot::optional("min-available", Kind::Count),
        Slot::optional("max-unavailable", Kind::Count),
        Slot::optional("name", Kind::Name),
    ],
    ..NodeRule::single("disruption-budget")
};

static SERVICE_ACCOUNT: NodeRule = NodeRule {
    arguments: &[Slot::optional("name", Kind::Name)],
    properties: &[Slot::optional("create", Kind::Flag), Slot::optional("mount-token", Kind::Flag)],
    ..NodeRule::single("service-account")
};

pub(super) static LABELS: NodeRule = NodeRule { children: &[&LABEL], ..NodeRule::single("labels") };

pub(super) static ANNOTATIONS: NodeRule = NodeRule { children: &[&LABEL], ..NodeRule::single("annotations") };

static SELECTOR: NodeRule = NodeRule { children: &[&LABEL], ..NodeRule::single("selector") };

static LABEL: NodeRule = NodeRule { arguments: &[Slot::required("value", Kind::Text)], ..NodeRule::free() };

static WAIVE: NodeRule = NodeRule {
    arguments: &[Slot::required("rule", Kind::Name)],
    properties: &[Slot::required("reason", Kind::Sentence)],
    ..NodeRule::keyed("waive")
};
