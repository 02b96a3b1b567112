//! Asks for what must be set once all layers are merged.

use super::MISSING_VALUE;
use crate::diagnostic::Diagnostic;
use crate::spec::Node;
use crate::spec::grammar::{Need, Slot};

/// Reports every required value that no layer sets.
pub(super) fn check(node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let named_by = node.rule.naming_arguments();
    for (index, slot) in node.rule.arguments.iter().enumerate().skip(named_by) {
        if slot.need == Need::Required && node.argument(index).is_none() {
            diagnostics.push(missing(node, slot, &format!("{} {}", node.describe(), example(slot))));
        }
    }
    for slot in node.rule.properties {
        if slot.need == Need::Required && node.property(slot.name).is_none() {
            diagnostics.push(missing(node, slot, &format!("{} {}={}", node.describe(), slot.name, example(slot))));
        }
    }
    for child in &node.children {
        // An autoscaler owns the number, so none need be said.
        let owned = child.rule.name == "replicas" && node.child("autoscale").is_some();
        if !owned {
            check(child, diagnostics);
        }
    }
}

fn missing(node: &Node, slot: &Slot, example: &str) -> Diagnostic {
    let message = format!("`{}` has no {}", node.describe(), slot.name);
    Diagnostic::new(MISSING_VALUE, message)
        .at(node.span(), "")
        .help(format!("set it here or in the environments: `{example}`; expected {}", slot.kind.describe()))
}

/// Stands for a value in an example.
fn example(slot: &Slot) -> String {
    slot.name.to_uppercase().replace(' ', "-")
}
