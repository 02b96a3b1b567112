//! The grammar's table as a list: every node that a spec can have, and the nodes it stands in.

use std::collections::BTreeMap;
use std::ops::Range;
use todo_gitops::spec::Node;
use todo_gitops::spec::grammar::{BASE_FILE, ENVIRONMENT_FILE, NodeRule};

/// One node of the language.
pub(crate) struct Known {
    /// Its entry in the table.
    pub(crate) rule: &'static NodeRule,
    /// The names of the nodes it may stand in.
    pub(crate) parents: Vec<&'static str>,
}

/// Tells entries of the table apart: two may have one name.
pub(crate) fn key(rule: &'static NodeRule) -> *const NodeRule {
    std::ptr::from_ref(rule)
}

/// Returns every node of the language, each once.
pub(crate) fn every_node() -> Vec<Known> {
    let mut seen = BTreeMap::new();
    let mut found: Vec<Known> = Vec::new();
    let mut waiting: Vec<(&NodeRule, &NodeRule)> = Vec::new();
    for file in [&BASE_FILE, &ENVIRONMENT_FILE] {
        waiting.extend(file.children.iter().rev().map(|child| (file, *child)));
    }
    while let Some((parent, rule)) = waiting.pop() {
        let index = *seen.entry(key(rule)).or_insert_with(|| {
            found.push(Known { rule, parents: Vec::new() });
            waiting.extend(rule.children.iter().rev().map(|child| (rule, *child)));
            found.len() - 1
        });
        if !found[index].parents.contains(&parent.name) {
            found[index].parents.push(parent.name);
        }
    }
    found
}

/// Adds to `used` the entries of all nodes, however deep, that are written within a range of bytes.
pub(crate) fn collect_used(nodes: &[Node], range: &Range<usize>, used: &mut Vec<*const NodeRule>) {
    for node in nodes {
        if range.contains(&node.span().range().start) {
            used.push(key(node.rule));
        }
        collect_used(&node.children, range, used);
    }
}
