//! Order has no meaning: neither that of files, nor of the nodes in a block, nor how an app is spread over files.
//!
//! Only values behind a node keep their order: `command`, `args`, `exec`, the values of one config key, and the items
//! of a list in a Kubernetes object.

use crate::support::grammar::{collect_used, every_node, key};
use crate::support::project::{compile, repository_files};
use kdl::{KdlDocument, KdlNode};
use std::path::Path;

const SEEDS: u64 = 40;

type Files = Vec<(String, String)>;

#[test]
fn order_does_not_matter_in_this_repository() {
    let mut files = repository_files("base", ".kdl");
    files.extend(repository_files("environments", ".kdl"));
    check(&files);
}

#[test]
fn order_does_not_matter_with_every_node() {
    let files = every_node_project();
    check(&files);
    let mut used = Vec::new();
    for part in &compile(files.clone()).parts {
        collect_used(&part.nodes, &(0..usize::MAX), &mut used);
    }
    let missing: Vec<&str> =
        every_node().iter().filter(|it| !used.contains(&key(it.rule))).map(|it| it.rule.name).collect();
    assert!(missing.is_empty(), "support/every-node lacks {missing:?}");
}

/// Returns a made-up project that uses every node.
fn every_node_project() -> Files {
    vec![
        ("base/app.kdl".to_owned(), include_str!("support/every-node/base.kdl").to_owned()),
        ("base/objects.yaml".to_owned(), include_str!("support/every-node/objects.yaml").to_owned()),
        ("base/sealed.yaml".to_owned(), include_str!("support/every-node/sealed.yaml").to_owned()),
        ("environments/common.kdl".to_owned(), include_str!("support/every-node/common.kdl").to_owned()),
        ("environments/live.kdl".to_owned(), include_str!("support/every-node/live.kdl").to_owned()),
    ]
}

/// Compiles a project in many orders and compares every object.
fn check(files: &Files) {
    let expected = compile(files.clone());
    assert!(expected.diagnostics.is_empty(), "\n{}", expected.messages());
    let expected = expected.bodies();
    assert!(expected.len() > 5, "nothing is compared");
    for seed in 1..=SEEDS {
        let shuffled = shuffled(files, &mut Dice(seed));
        let found = compile(shuffled);
        assert!(found.diagnostics.is_empty(), "seed {seed}\n{}", found.messages());
        for (found, expected) in found.bodies().iter().zip(&expected) {
            assert_eq!(found, expected, "seed {seed}");
        }
        assert_eq!(found.bodies().len(), expected.len(), "seed {seed}");
    }
}

/// Returns the same project in another order: nodes of every block, nodes spread over files, and files.
fn shuffled(files: &Files, dice: &mut Dice) -> Files {
    let mut result = Files::new();
    for (name, text) in files {
        if Path::new(name).extension().is_none_or(|it| it != "kdl") {
            result.push((name.clone(), text.clone()));
            continue;
        }
        let mut document = KdlDocument::parse_v2(text).expect("the project is KDL");
        shuffle_nodes(&mut document, dice);
        // Two files of one layer: each top-level node in both, its children spread over them.
        let mut halves = [KdlDocument::new(), KdlDocument::new()];
        for node in document.nodes() {
            let first = dice.below(2);
            halves[first].nodes_mut().push(node.clone());
            if matches!(node.name().value(), "app" | "environment" | "layer") {
                let (mine, other) = split(node, dice);
                *halves[first].nodes_mut().last_mut().expect("just pushed") = mine;
                halves[1 - first].nodes_mut().push(other);
            }
        }
        let stem = name.trim_end_matches(".kdl");
        for (half, suffix) in halves.iter().zip(["a", "b"]).filter(|(half, _)| !half.nodes().is_empty()) {
            let name =
                if name.starts_with("base/") { format!("{stem}-{suffix}.kdl") } else { format!("{stem}/{suffix}.kdl") };
            result.push((name, half.to_string()));
        }
    }
    dice.shuffle(&mut result);
    result
}

/// Deals the children of a node to two nodes of its name; the first keeps the properties.
fn split(node: &KdlNode, dice: &mut Dice) -> (KdlNode, KdlNode) {
    let (mut mine, mut other) = (node.clone(), node.clone());
    other.entries_mut().retain(|it| it.name().is_none());
    let (mut kept, mut moved) = (KdlDocument::new(), KdlDocument::new());
    for child in node.children().into_iter().flat_map(KdlDocument::nodes) {
        if child.name().value() == "component" && child.ty().is_none() && dice.below(2) == 0 {
            // A component may be spread over files, too.
            let (mine, other) = split(child, dice);
            kept.nodes_mut().push(mine);
            moved.nodes_mut().push(other);
            continue;
        }
        let half = if dice.below(2) == 0 { &mut kept } else { &mut moved };
        half.nodes_mut().push(child.clone());
    }
    mine.set_children(kept);
    other.set_children(moved);
    (mine, other)
}

/// Shuffles the nodes of every block, each on lines of its own.
fn shuffle_nodes(document: &mut KdlDocument, dice: &mut Dice) {
    // The items of a list have an order.
    if !document.nodes().iter().any(|it| it.name().value() == "-") {
        dice.shuffle(document.nodes_mut());
    }
    for node in document.nodes_mut() {
        if let Some(format) = node.format_mut() {
            "\n".clone_into(&mut format.leading);
            "\n".clone_into(&mut format.terminator);
        }
        if let Some(children) = node.children_mut() {
            shuffle_nodes(children, dice);
        }
    }
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (self.0 >> 29);
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % count
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = self.below(index + 1);
            items.swap(index, other);
        }
    }
}
