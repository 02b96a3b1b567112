//! What one file said: nodes that are known to the grammar, each value with its origin.

use super::Literal;
use super::grammar::{Form, Identity, NodeRule};
use crate::source::{FileId, Origin, Span, Spanned, Traced};
use std::collections::BTreeMap;

/// What one file said.
#[derive(Clone, Debug)]
pub struct Part {
    /// The file.
    pub file: FileId,
    /// Its top-level nodes.
    pub nodes: Vec<Node>,
}

/// One node, as written or as merged.
#[derive(Clone, Debug)]
pub struct Node {
    /// What the grammar says of it.
    pub rule: &'static NodeRule,
    /// Its name as written: the rule's, or a free one such as a config key.
    pub name: Spanned<String>,
    /// What it does to the layer below.
    pub mark: Option<Spanned<Mark>>,
    /// Positional values.
    pub arguments: Vec<Entry>,
    /// Named values, by the name of their slot.
    pub properties: BTreeMap<&'static str, Entry>,
    /// Nodes inside.
    pub children: Vec<Self>,
    /// Whether it has a block, be it empty.
    pub has_block: bool,
    /// The lines that name it, the newest first.
    pub origin: Origin,
    /// What a layer above took out of it, for messages about what is missing then.
    pub removed: Vec<Removal>,
}

/// A node that was inside another until a layer above took it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Its name.
    pub name: String,
    /// What told it from its siblings.
    pub key: Option<String>,
    /// The line that took it out.
    pub span: Span,
}

/// One value with its origin.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The value.
    pub value: Literal,
    /// Where it was written, and what it replaced.
    pub origin: Origin,
}

/// What an overlay's node does beyond changing what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `(add)`: it must not exist below.
    Add,
    /// `(remove)`: it must exist below, and goes.
    Remove,
    /// `(replace)`: it must exist below, and nothing of it stays.
    Replace,
}

impl Mark {
    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

impl Entry {
    /// Returns the value as text; empty for `#null`, which the grammar does not let through.
    pub fn text(&self) -> Traced<String> {
        Traced::new(self.value.as_text().unwrap_or_default(), self.origin.clone())
    }

    /// Returns the value as a whole number; zero for anything else, which the grammar does not let through.
    pub fn integer(&self) -> Traced<i64> {
        let value = match &self.value {
            Literal::Integer { value, .. } => i64::try_from(*value).unwrap_or(0),
            Literal::Text(_) | Literal::Decimal(_) | Literal::Flag(_) | Literal::Null => 0,
        };
        Traced::new(value, self.origin.clone())
    }

    /// Returns the value as a flag; false for anything else, which the grammar does not let through.
    pub fn flag(&self) -> Traced<bool> {
        Traced::new(self.value == Literal::Flag(true), self.origin.clone())
    }

    /// Returns the line it was written in.
    pub fn span(&self) -> Option<Span> {
        self.origin.span
    }
}

impl Node {
    /// Returns what tells this node from its siblings: `component backend`, `replicas`, `LOG_LEVEL`.
    pub fn identity(&self) -> (&str, Option<String>) {
        let first = || self.arguments.first().and_then(|it| it.value.as_text());
        let key = match self.rule.identity {
            Identity::Single | Identity::Name => None,
            Identity::FirstArgument | Identity::Stacked => first(),
            Identity::FirstArgumentAnd(name) => {
                let more = self.property(name).map(|it| format!(" {name}={}", it.value)).unwrap_or_default();
                first().map(|it| it + &more)
            }
        };
        (&self.name.value, key)
    }

    /// Names the node for a message: `component backend`.
    pub fn describe(&self) -> String {
        match self.identity() {
            (name, Some(key)) => format!("{name} {key}"),
            (name, None) => name.to_owned(),
        }
    }

    /// True where both stand for the same thing. Items of a list never do.
    pub fn is_same(&self, other: &Self) -> bool {
        !self.is_item() && self.identity() == other.identity()
    }

    /// True for an item of a list in a Kubernetes object.
    pub fn is_item(&self) -> bool {
        self.rule.form != Form::Settings && self.rule.identity == Identity::Name && self.name.value == "-"
    }

    /// Returns the line that took a child out, by its name and what told it from its siblings.
    pub fn removal(&self, name: &str, key: Option<&str>) -> Option<Span> {
        let removed = self.removed.iter().rev();
        removed.into_iter().find(|it| it.name == name && it.key.as_deref() == key).map(|it| it.span)
    }

    /// Returns the first child of a name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.name.value == name)
    }

    /// Iterates the children of a name.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.children.iter().filter(move |it| it.name.value == name)
    }

    /// Returns a named value.
    pub fn property(&self, name: &str) -> Option<&Entry> {
        self.properties.get(name)
    }

    /// Returns a positional value.
    pub fn argument(&self, index: usize) -> Option<&Entry> {
        self.arguments.get(index)
    }

    /// Returns the place of the node's name.
    pub fn span(&self) -> Span {
        self.name.span
    }
}
