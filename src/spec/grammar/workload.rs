//! The nodes that say how a component's pods come and go.

use super::NodeRule;
use super::slot::{Kind, Slot};
use super::volume::STORAGE;

/// What a component may be.
pub(super) const KINDS: Kind = Kind::Choice(&["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]);

const RETENTION: Kind = Kind::Choice(&["Retain", "Delete"]);

pub(super) static REPLICAS: NodeRule = NodeRule {
    arguments: &[Slot::required("count", Kind::WHOLE)],
    properties: &[Slot::optional("min", Kind::WHOLE), Slot::optional("max", Kind::WHOLE)],
    ..NodeRule::single("replicas")
};

pub(super) static ROLLOUT: NodeRule = NodeRule {
    arguments: &[Slot::optional("strategy", Kind::Choice(&["RollingUpdate", "Recreate", "OnDelete"]))],
    properties: &[
        Slot::optional("max-unavailable", Kind::Count),
        Slot::optional("max-surge", Kind::Count),
        Slot::optional("partition", Kind::WHOLE),
        Slot::optional("min-ready", Kind::WHOLE),
        Slot::optional("deadline", Kind::WHOLE),
        Slot::optional("history", Kind::WHOLE),
    ],
    ..NodeRule::single("rollout")
};

pub(super) static STATEFUL: NodeRule = NodeRule {
    properties: &[
        Slot::optional("service", Kind::Name),
        Slot::optional("pod-management", Kind::Choice(&["OrderedReady", "Parallel"])),
        Slot::optional("when-deleted", RETENTION),
        Slot::optional("when-scaled", RETENTION),
        Slot::optional("start", Kind::WHOLE),
    ],
    ..NodeRule::single("stateful")
};

pub(super) static CLAIM_TEMPLATE: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: STORAGE,
    ..NodeRule::keyed("claim-template")
};

pub(super) static JOB: NodeRule = NodeRule {
    properties: &[
        Slot::optional("completions", Kind::WHOLE),
        Slot::optional("parallelism", Kind::WHOLE),
        Slot::optional("mode", Kind::Choice(&["NonIndexed", "Indexed"])),
        Slot::optional("backoff-limit", Kind::WHOLE),
        Slot::optional("deadline", Kind::WHOLE),
        Slot::optional("ttl", Kind::WHOLE),
        Slot::optional("restart", Kind::Choice(&["Never", "OnFailure"])),
        Slot::optional("suspend", Kind::Flag),
        Slot::optional("run", Kind::Choice(&["before-rollout"])),
    ],
    ..NodeRule::single("job")
};

pub(super) static CRON: NodeRule = NodeRule {
    arguments: &[Slot::required("schedule", Kind::Text)],
    properties: &[
        Slot::optional("time-zone", Kind::Name),
        Slot::optional("concurrency", Kind::Choice(&["Allow", "Forbid", "Replace"])),
        Slot::optional("starting-deadline", Kind::WHOLE),
        Slot::optional("keep-successful", Kind::WHOLE),
        Slot::optional("keep-failed", Kind::WHOLE),
        Slot::optional("suspend", Kind::Flag),
    ],
    ..NodeRule::single("cron")
};

pub(super) static AFTER: NodeRule =
    NodeRule { arguments: &[Slot::list("component", Kind::Name)], ..NodeRule::single("after") };

pub(super) static GITOPS: NodeRule = NodeRule {
    arguments: &[Slot::required("controller", Kind::Choice(&["argo-cd", "flux"]))],
    properties: &[
        Slot::optional("prune", Kind::Flag),
        Slot::optional("prune-last", Kind::Flag),
        Slot::optional("force", Kind::Flag),
    ],
    ..NodeRule::single("gitops")
};
