//! The files of a project in, who inherits from whom out.
//!
//! An environment or layer extends at most one other, so that what applies to it is a chain in one order.

use super::{Literal, Node, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Which layers and environments each environment is made of.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    /// The environments that inherit what a name says, by that name.
    heirs: BTreeMap<String, BTreeSet<String>>,
    layers: BTreeSet<String>,
}

impl Lineage {
    /// Reads what the nodes of a project's files extend. A name that no file declares has heirs too: its file may be
    /// one that cannot be read.
    pub fn of(parts: &[Part]) -> Self {
        let mut parents: BTreeMap<String, String> = BTreeMap::new();
        let (mut environments, mut layers) = (BTreeSet::new(), BTreeSet::new());
        for node in parts.iter().flat_map(|it| &it.nodes) {
            let Some(name) = node.identity().1 else { continue };
            match node.rule.name {
                "environment" => environments.insert(name.clone()),
                "layer" => layers.insert(name.clone()),
                _ => continue,
            };
            if let Some(parent) = parent(node) {
                parents.insert(name, parent);
            }
        }
        let mut heirs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for environment in &environments {
            let mut next = Some(environment);
            while let Some(name) = next {
                // A name that comes again is a cycle, which is reported where chains are put in order.
                let is_new = heirs.entry(name.clone()).or_default().insert(environment.clone());
                next = parents.get(name).filter(|_| is_new);
            }
        }
        Self { heirs, layers }
    }

    /// Returns the environments to which what a layer or an environment says applies, by name: with itself, where it is
    /// an environment.
    pub fn heirs(&self, name: &str) -> Vec<String> {
        self.heirs.get(name).into_iter().flatten().cloned().collect()
    }

    /// True for the name of a layer.
    pub fn is_layer(&self, name: &str) -> bool {
        self.layers.contains(name)
    }
}

/// Returns the name that a layer or an environment extends.
pub fn parent(node: &Node) -> Option<String> {
    node.property("extends").filter(|it| it.value != Literal::Null).map(|it| it.text().value)
}

#[cfg(test)]
mod tests {
    use super::Lineage;
    use crate::parse;
    use crate::source::Sources;

    #[test]
    fn what_a_name_says_applies_to_those_that_extend_it() {
        let files = [
            ("common", "layer common"),
            ("live", "layer live extends=common"),
            ("prod", "environment prod extends=live"),
            ("canary", "environment canary extends=prod"),
            ("dev", "environment dev extends=gone"),
            ("round", "environment round extends=trip"),
            ("trip", "layer trip extends=round"),
        ];
        let files = files.map(|(name, text)| (format!("environments/{name}.kdl"), text.to_owned()));
        let (parts, _) = parse::project(&Sources::new(files));
        let lineage = Lineage::of(&parts);
        let check = |name: &str, expected: &[&str]| assert_eq!(lineage.heirs(name), expected, "{name}");
        check("common", &["canary", "prod"]);
        check("live", &["canary", "prod"]);
        check("prod", &["canary", "prod"]);
        check("canary", &["canary"]);
        check("gone", &["dev"]);
        check("trip", &["round"]);
        check("nobody", &[]);
        assert!(lineage.is_layer("live") && !lineage.is_layer("prod"));
    }
}
