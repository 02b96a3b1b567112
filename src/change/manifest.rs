//! The lines of an object's file that differ, and the line of the spec that each of them comes from.

use super::{Operation, SourceLine};
use crate::object::ObjectId;

/// How the file of an object changes, in every environment where it changes alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestChange {
    /// The environments, in order.
    pub environments: Vec<String>,
    /// The object; its namespace is none where the environments differ in it.
    pub object: ObjectId,
    /// Created, changed or removed.
    pub operation: Operation,
    /// The file of the first environment, below the rendered directory.
    pub file: String,
    /// The parts of it that differ, each with the lines around it, as they are in the first environment.
    pub hunks: Vec<Vec<ManifestLine>>,
}

/// One line of a rendered file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestLine {
    /// Whether it went, came or stayed.
    pub kind: LineKind,
    /// Its number in the old file, from 1; none where it is not in there, or where the file is not shown as it is.
    pub before: Option<u32>,
    /// Its number in the new file.
    pub after: Option<u32>,
    /// The line, without its line break.
    pub text: String,
    /// The field that stands in it, as shown to people; empty for none, and where the line stayed.
    pub path: String,
    /// The line of the spec that it comes from; none where the line stayed.
    pub source: Option<QuotedLine>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// It is the same in both files.
    Kept,
    /// It is in the old file only.
    Removed,
    /// It is in the new file only.
    Added,
}

/// A line of the spec and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedLine {
    /// Where it stands.
    pub line: SourceLine,
    /// What it says, without the blanks around it.
    pub text: String,
}

/// How many pods of a workload there are while it goes from its old state to its new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolloutChange {
    /// The environments, in order.
    pub environments: Vec<String>,
    /// The workload, `Deployment/todo-backend`.
    pub workload: String,
    /// How many there were.
    pub before: u64,
    /// How many there will be.
    pub after: u64,
    /// The fewest that are there for work in between.
    pub least: u64,
    /// The most that there are in between.
    pub most: u64,
    /// Whether its pods are replaced.
    pub restarts: Restart,
}

/// Whether pods are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Restart {
    /// Every pod is replaced.
    Replaced,
    /// Pods come or go, and those that stay run on.
    RunOn,
}
