//! Layers and environments in, each with what it extends out, in an order in which nothing comes before its parent.

use super::{EXTENDS_ITSELF, UNKNOWN_PARENT, UNUSED_LAYER};
use crate::diagnostic::{Diagnostic, suggest};
use crate::spec::Node;
use crate::spec::lineage::{self, Lineage};
use std::collections::BTreeMap;

/// One layer or environment, and the place of what it extends in the list it stands in.
pub(super) struct Link<'a> {
    pub(super) node: &'a Node,
    pub(super) name: String,
    /// None where it extends nothing but the base.
    pub(super) parent: Option<usize>,
}

/// How far a chain has been followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// It is being followed: who meets it again goes round.
    Open,
    /// It stands in the list.
    At(usize),
    /// It extends something that cannot be had.
    Broken,
}

/// Puts overlays in order. Those that extend nothing that there is, and all that extend them, are reported and left out.
pub(super) fn order<'a>(overlays: &'a [Node], lineage: &Lineage, diagnostics: &mut Vec<Diagnostic>) -> Vec<Link<'a>> {
    let by_name: BTreeMap<String, &Node> = overlays.iter().map(|it| (name(it), it)).collect();
    let mut progress: BTreeMap<&str, Progress> = BTreeMap::new();
    let mut links = Vec::new();
    for start in by_name.keys() {
        // From the start to the first that is known, or that extends nothing.
        let mut open: Vec<(&str, &Node)> = Vec::new();
        let mut next = by_name.get_key_value(start).map(|(name, node)| (name.as_str(), *node));
        let mut end = None;
        while let Some((name, node)) = next {
            if let Some(known) = progress.get(name) {
                end = Some(*known);
                if *known == Progress::Open {
                    let round = open.iter().position(|it| it.0 == name).unwrap_or(0);
                    diagnostics.extend(cycle(&open[round..], lineage));
                }
                break;
            }
            progress.insert(name, Progress::Open);
            open.push((name, node));
            let parent = lineage::parent(node);
            next = parent.as_ref().and_then(|it| by_name.get_key_value(it)).map(|(name, node)| (name.as_str(), *node));
            if let (Some(parent), None) = (parent, next) {
                diagnostics.push(unknown(node, &parent, &by_name, lineage));
                end = Some(Progress::Broken);
            }
        }
        for (name, node) in open.into_iter().rev() {
            let parent = match end {
                None => None,
                Some(Progress::At(index)) => Some(index),
                Some(Progress::Open | Progress::Broken) => {
                    progress.insert(name, Progress::Broken);
                    continue;
                }
            };
            links.push(Link { node, name: name.to_owned(), parent });
            let here = Progress::At(links.len() - 1);
            progress.insert(name, here);
            end = Some(here);
        }
    }
    links
}

/// Reports layers that no environment is made of.
pub(super) fn unused(overlays: &[Node], lineage: &Lineage, diagnostics: &mut Vec<Diagnostic>) {
    for layer in overlays.iter().filter(|it| it.rule.name == "layer" && lineage.heirs(&name(it)).is_empty()) {
        let name = name(layer);
        let message = format!("no environment extends `layer {name}`");
        let diagnostic = Diagnostic::new(UNUSED_LAYER, message).at(layer.span(), "");
        diagnostics.push(diagnostic.help(format!("write `environment NAME extends={name}`, or delete the layer")));
    }
}

fn name(node: &Node) -> String {
    node.identity().1.unwrap_or_default()
}

fn cycle(round: &[(&str, &Node)], lineage: &Lineage) -> Option<Diagnostic> {
    let (name, first) = round.first()?;
    let names: Vec<String> = round.iter().map(|(_, it)| it.describe()).collect();
    let message = match names.as_slice() {
        [only] => format!("`{only}` extends itself"),
        several => format!("`{}` extends itself by way of `{}`", several[0], several[1..].join("`, `")),
    };
    let mut diagnostic = Diagnostic::new(EXTENDS_ITSELF, message);
    for (at, (_, node)) in round.iter().enumerate() {
        let text = if at == 0 { "" } else { "which goes on here" };
        diagnostic = diagnostic.at_some(node.property("extends").and_then(super::super::spec::node::Entry::span), text);
    }
    diagnostic.environments = lineage.heirs(name);
    let help = format!("remove one `extends=`; `{}` needs a way to the base", first.describe());
    Some(diagnostic.help(help))
}

fn unknown(node: &Node, parent: &str, known: &BTreeMap<String, &Node>, lineage: &Lineage) -> Diagnostic {
    let message = format!("`{}` extends `{parent}`, and no layer or environment is called so", node.describe());
    let place = node.property("extends").and_then(super::super::spec::node::Entry::span);
    let mut diagnostic = Diagnostic::new(UNKNOWN_PARENT, message).at_some(place, "");
    diagnostic.environments = lineage.heirs(&name(node));
    let own = name(node);
    let others: Vec<&str> = known.keys().map(String::as_str).filter(|it| *it != own).collect();
    if let Some(near) = suggest::nearest(parent, others.iter().copied()) {
        let place = known.get(near).map(|it| it.span());
        return diagnostic.at_some(place, "this is the nearest").help(format!("did you mean `{near}`?"));
    }
    diagnostic.help(match others.as_slice() {
        [] => "there is no other; remove `extends=`".to_owned(),
        names => format!("there are `{}`", names.join("`, `")),
    })
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::source::Sources;

    #[test]
    fn says_what_is_wrong_with_a_chain_once() {
        let check = |overlays: &[&str], expected: &[&str]| {
            let name = |it: &str| it.split(' ').nth(1).unwrap().to_owned();
            let files = overlays.iter().map(|it| (format!("environments/{}.kdl", name(it)), (*it).to_owned()));
            let base = ("base/a.kdl".to_owned(), "app a".to_owned());
            let sources = Sources::new(files.chain([base]));
            let (parts, found) = parse::project(&sources);
            assert_eq!(found, [], "{overlays:?}");
            let project = crate::resolve::project(&parts, &sources);
            let found: Vec<String> = project.diagnostics.into_iter().map(|it| it.message).collect();
            assert_eq!(found, expected, "{overlays:?}");
        };
        check(&["layer l", "environment e extends=l"], &[]);
        check(&["layer k", "layer l extends=k", "environment e extends=l", "environment f extends=e"], &[]);
        check(&["environment e extends=e"], &["`environment e` extends itself"]);
        check(
            &["environment a extends=z", "layer z extends=y", "layer y extends=z"],
            &["`layer z` extends itself by way of `layer y`"],
        );
        check(
            &["environment a extends=z", "environment b extends=a"],
            &["`environment a` extends `z`, and no layer or environment is called so"],
        );
        check(
            &["layer k", "layer l extends=k", "environment e"],
            &["no environment extends `layer k`", "no environment extends `layer l`"],
        );
        check(&["layer l"], &["no environment is declared"]);
    }
}
