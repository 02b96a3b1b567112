//! The language as a table: every node, what it takes, and what tells two of them apart.
//!
//! `parse` checks files against it, `resolve` merges by it, and a test holds `docs/language.md` against it.
//!
//! To add a node:
//! 1. write its [`NodeRule`] in the file of the thing it belongs to, and name it in the parent's `children`;
//! 2. read it in `resolve/complete` and give it a field in the type beside this folder;
//! 3. give it a heading in `docs/language.md` with an example, and a case under `tests/cases/compile`.

mod access;
mod autoscale;
mod component;
mod container;
mod kubernetes;
mod limits;
mod manifest;
mod network;
mod placement;
mod pod;
mod project;
mod routing;
mod secret;
mod slot;
mod variables;
mod volume;
mod workload;

pub use kubernetes::said_here;
pub use project::{BASE_FILE, ENVIRONMENT, ENVIRONMENT_FILE};
pub use slot::{Kind, Need, Slot, duration, is_range};

/// What the language says of one node.
#[derive(Debug)]
pub struct NodeRule {
    /// Its name; `KEY` for a node that is named freely, such as a config key.
    pub name: &'static str,
    /// What tells two of them apart.
    pub identity: Identity,
    /// Positional values, in order; the last may repeat.
    pub arguments: &'static [Slot],
    /// Named values.
    pub properties: &'static [Slot],
    /// Nodes that may stand inside.
    pub children: &'static [&'static Self],
    /// How what stands inside is read.
    pub form: Form,
}

/// How what stands in a node is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As settings of the language: every property and node is in the table.
    Settings,
    /// As fields of a Kubernetes object: a property is a node with one value, and nodes called `-` are items of a list.
    Body,
    /// As changes to the fields of an object: like a body, and marks speak of the object and not of the layer below.
    Patch,
}

/// What tells two nodes of one parent apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// There is at most one.
    Single,
    /// The first argument: `port http 8000`.
    FirstArgument,
    /// The first argument, and a layer above adds to what there is instead of changing it.
    Stacked,
    /// The first argument, and a property of this name: `waive config-key-missing object="ConfigMap/a"`.
    FirstArgumentAnd(&'static str),
    /// The node's own name, which is free: a config key.
    Name,
}

impl NodeRule {
    /// A node of which there is at most one, with nothing in it yet: the start of every entry of the table.
    pub const fn single(name: &'static str) -> Self {
        Self { name, identity: Identity::Single, arguments: &[], properties: &[], children: &[], form: Form::Settings }
    }

    /// A node that is named by its first argument.
    pub const fn keyed(name: &'static str) -> Self {
        Self { identity: Identity::FirstArgument, ..Self::single(name) }
    }

    /// A node that is named freely.
    pub const fn free() -> Self {
        Self::called("KEY")
    }

    /// A node that is named freely, and what its name stands for.
    pub const fn called(name: &'static str) -> Self {
        Self { identity: Identity::Name, ..Self::single(name) }
    }

    /// Returns the rule of a child.
    pub fn child(&self, name: &str) -> Option<&'static Self> {
        let exact = self.children.iter().find(|it| it.identity != Identity::Name && it.name == name);
        exact.or_else(|| self.children.iter().find(|it| it.identity == Identity::Name)).copied()
    }

    /// Returns the slot that the argument at a position fills.
    pub fn argument(&self, index: usize) -> Option<&'static Slot> {
        self.arguments.get(index).or_else(|| self.arguments.last().filter(|it| it.many))
    }

    /// Returns the slot of a property.
    pub fn property(&self, name: &str) -> Option<&'static Slot> {
        self.properties.iter().find(|it| it.name == name)
    }

    /// Returns how many arguments tell two of them apart.
    pub fn naming_arguments(&self) -> usize {
        match self.identity {
            Identity::Single | Identity::Name => 0,
            Identity::FirstArgument | Identity::FirstArgumentAnd(_) | Identity::Stacked => 1,
        }
    }

    /// True for a property that tells two of them apart.
    pub fn is_naming_property(&self, name: &str) -> bool {
        matches!(self.identity, Identity::FirstArgumentAnd(it) if it == name)
    }

    /// True where all arguments are one list of values, which a layer above replaces as a whole.
    pub fn is_list(&self) -> bool {
        self.arguments.first().is_some_and(|it| it.many)
    }
}
