//! The nodes that say which environment variables a container gets.

use super::NodeRule;
use super::slot::{Kind, Slot};

pub(super) static ENV: NodeRule = NodeRule { children: &[&VARIABLE], ..NodeRule::single("env") };

static VARIABLE: NodeRule = NodeRule {
    arguments: &[Slot::optional("value", Kind::Value)],
    properties: &[
        Slot::optional("secret", Kind::Name),
        Slot::optional("config", Kind::Name),
        Slot::optional("key", Kind::Text),
        Slot::optional("optional", Kind::Flag),
        Slot::optional("field", Kind::Name),
        Slot::optional("resource", Kind::Name),
        Slot::optional("container", Kind::Name),
        Slot::optional("divisor", Kind::Quantity),
    ],
    ..NodeRule::free()
};

pub(super) static ENV_FROM: NodeRule =
    NodeRule { children: &[&SECRET_OF_VARIABLES, &CONFIG_OF_VARIABLES], ..NodeRule::single("env-from") };

static SECRET_OF_VARIABLES: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: SOURCE_OF_VARIABLES,
    ..NodeRule::keyed("secret")
};

static CONFIG_OF_VARIABLES: NodeRule = NodeRule {
    arguments: &[Slot::required("name", Kind::Name)],
    properties: SOURCE_OF_VARIABLES,
    ..NodeRule::keyed("config")
};

const SOURCE_OF_VARIABLES: &[Slot] = &[Slot::optional("prefix", Kind::Name), Slot::optional("optional", Kind::Flag)];
