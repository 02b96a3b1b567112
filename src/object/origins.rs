//! Why each leaf of an object is what it is.

use super::{FieldPath, leaves};
use crate::source::{Origin, Span};
use serde_json::Value;
use std::collections::BTreeMap;

/// The origins of an object's fields. What is recorded for a block holds for every leaf in it that has no record of
/// its own.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    records: Vec<(FieldPath, Origin)>,
    /// The place of the last record for a path.
    index: BTreeMap<FieldPath, usize>,
    absent: Vec<(FieldPath, Origin)>,
}

impl Origins {
    /// Records the origin of the field or block at a path. A later record for the same path replaces an earlier one.
    pub fn record(&mut self, path: FieldPath, origin: Origin) {
        self.index.insert(path.clone(), self.records.len());
        self.records.push((path, origin));
    }

    /// Returns the origin of a leaf: its own record, or that of the smallest block around it.
    pub fn of(&self, path: &FieldPath) -> Option<&Origin> {
        let mut around = Some(path.clone());
        while let Some(path) = around {
            if let Some(origin) = self.exactly(&path) {
                return Some(origin);
            }
            around = path.parent();
        }
        None
    }

    /// Returns what is recorded for this very path.
    pub fn exactly(&self, path: &FieldPath) -> Option<&Origin> {
        self.index.get(path).map(|it| &self.records[*it].1)
    }

    /// Records why a field that a reader may look for is left out.
    pub fn record_absent(&mut self, path: FieldPath, origin: Origin) {
        self.absent.push((path, origin));
    }

    /// Takes over from another version of an object what is said about fields that are left out and still are.
    pub fn keep_absent(&mut self, other: &Self, body: &Value) {
        self.absent.extend(other.absent.iter().filter(|(path, _)| path.find(body).is_none()).cloned());
    }

    /// Returns why a field is left out, where there is something to say about it.
    pub fn absence_of(&self, path: &FieldPath) -> Option<&Origin> {
        self.absent.iter().find(|(known, _)| known == path).map(|(_, origin)| origin)
    }

    /// Returns the line of a leaf, or of what left it out; where a rule without a line made it, that of the smallest
    /// block around it.
    pub fn nearest_span(&self, path: &FieldPath) -> Option<Span> {
        let with_line = |it: &FieldPath| {
            let around = self.records.iter().filter(|(known, origin)| it.starts_with(known) && origin.span.is_some());
            around.max_by_key(|(known, _)| known.segments().len()).and_then(|(_, origin)| origin.span)
        };
        // Below the path too: a missing field is reported at a block, and what is known may be its first child.
        self.absence_of(path)
            .and_then(|it| it.span)
            .or_else(|| with_line(path))
            .or_else(|| self.records.iter().filter(|(known, _)| known.starts_with(path)).find_map(|(_, it)| it.span))
            .or_else(|| self.records.iter().find_map(|(_, it)| it.span))
    }

    /// Returns the leaves of an object that no record covers: always none for a compiled object.
    pub fn missing(&self, body: &Value) -> Vec<FieldPath> {
        let mut missing = Vec::new();
        leaves(body, &mut |path, _| {
            if self.of(path).is_none() {
                missing.push(path.clone());
            }
        });
        missing
    }

    /// Returns the recorded paths that lead to nothing in the object: always none for a compiled object.
    pub fn dangling(&self, body: &Value) -> Vec<FieldPath> {
        self.records.iter().map(|(path, _)| path).filter(|path| path.find(body).is_none()).cloned().collect()
    }
}
