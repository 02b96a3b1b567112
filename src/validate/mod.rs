//! Objects in, messages out.

pub mod structure;
pub mod text;

use crate::diagnostic::Diagnostic;
use crate::object::{KubernetesVersion, ObjectSet, Waived};

/// What the checks of one environment found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// House rules that are broken and excused.
    pub waived: Vec<Waived>,
}

/// Checks the objects of one environment.
pub fn environment(set: &ObjectSet) -> Outcome {
    let version = set.environment.cluster.as_ref().map_or(KubernetesVersion::DEFAULT, |it| it.kubernetes);
    let mut diagnostics = Vec::new();
    for object in &set.objects {
        diagnostics.extend(structure::check(object, version));
        diagnostics.extend(text::check(object));
    }
    let name = &set.environment.name;
    Outcome { diagnostics: diagnostics.into_iter().map(|it| it.in_environment(name)).collect(), waived: Vec::new() }
}

/// Checks environments that share clusters against each other.
pub fn cluster(_sets: &[&ObjectSet]) -> Vec<Diagnostic> {
    Vec::new()
}
