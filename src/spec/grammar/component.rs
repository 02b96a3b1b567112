//! The nodes of a component: one program and how it runs.

use super::NodeRule;
use super::access::PERMISSION;
use super::autoscale::AUTOSCALE;
use super::container::{
    ARGS, COMMAND, CONTAINER, ENV, IMAGE, INIT_CONTAINER, LIFECYCLE, PORT, PROBE, RESOURCES, RUN_AS, SECURITY, SIDECAR,
    WORKING_DIR,
};
use super::manifest::{MANIFEST, PATCH};
use super::network::ALLOW;
use super::placement::{NODE_AFFINITY, NODE_SELECTOR, POD_AFFINITY, POD_ANTI_AFFINITY, SPREAD, TOLERATION};
use super::pod::{DNS, HOST_ALIAS, IMAGE_PULL_SECRET, POD};
use super::routing::{ADDITIONAL_SERVICE, HTTP_ROUTE, INGRESS, SERVICE};
use super::slot::{Kind, Slot};
use super::variables::ENV_FROM;
use super::volume::{FILES, MOUNT, VOLUME};
use super::workload::{AFTER, CLAIM_TEMPLATE, CRON, JOB, KINDS, REPLICAS, ROLLOUT, STATEFUL};

pub(super) static COMPONENT: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: &[Slot::optional("kind", KINDS)],
    children: &[
        &NAME,
        &IMAGE,
        &COMMAND,
        &ARGS,
        &WORKING_DIR,
        &REPLICAS,
        &PORT,
        &CONFIG,
        &ENV,
        &ENV_FROM,
        &FILES,
        &VOLUME,
        &MOUNT,
        &RESOURCES,
        &PROBE,
        &LIFECYCLE,
        &RUN_AS,
        &SECURITY,
        &CONTAINER,
        &SIDECAR,
        &INIT_CONTAINER,
        &POD,
        &IMAGE_PULL_SECRET,
        &HOST_ALIAS,
        &DNS,
        &NODE_SELECTOR,
        &TOLERATION,
        &SPREAD,
        &NODE_AFFINITY,
        &POD_AFFINITY,
        &POD_ANTI_AFFINITY,
        &ROLLOUT,
        &STATEFUL,
        &CLAIM_TEMPLATE,
        &JOB,
        &CRON,
        &AFTER,
        &AUTOSCALE,
        &DISRUPTION_BUDGET,
        &SERVICE,
        &ADDITIONAL_SERVICE,
        &INGRESS,
        &HTTP_ROUTE,
        &ALLOW,
        &SERVICE_ACCOUNT,
        &PERMISSION,
        &LABELS,
        &ANNOTATIONS,
        &SELECTOR,
        &MANIFEST,
        &PATCH,
        &WAIVE,
    ],
    ..NodeRule::keyed("component")
};

static NAME: NodeRule = NodeRule {
    arguments: &[Slot::optional("name", Kind::Name)],
    properties: &[Slot::optional("container", Kind::Name)],
    ..NodeRule::single("name")
};

static CONFIG: NodeRule = NodeRule {
    properties: &[Slot::optional("name", Kind::Name)],
    children: &[&CONFIG_VALUE],
    ..NodeRule::single("config")
};

/// A ConfigMap of the app, which several components may use.
pub(super) static SHARED_CONFIG: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    children: &[&CONFIG_VALUE],
    ..NodeRule::keyed("config")
};

static CONFIG_VALUE: NodeRule = NodeRule {
    arguments: &[Slot::list("value", Kind::Value)],
    properties: &[Slot::optional("type", Kind::Choice(&["string", "integer", "number", "boolean", "url", "origin"]))],
    ..NodeRule::free()
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

pub(super) static SELECTOR: NodeRule = NodeRule { children: &[&LABEL], ..NodeRule::single("selector") };

pub(super) static LABEL: NodeRule = NodeRule {
    arguments: &[Slot::required("value", Kind::Value)],
    properties: &[Slot::optional("pods", Kind::Flag)],
    ..NodeRule::free()
};

static WAIVE: NodeRule = NodeRule {
    arguments: &[Slot::required("rule", Kind::Name)],
    properties: &[Slot::required("reason", Kind::Sentence), Slot::optional("until", Kind::Date)],
    ..NodeRule::keyed("waive")
};
