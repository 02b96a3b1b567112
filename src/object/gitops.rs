//! What is declared about who applies the rendered tree. What is not declared is not known, and no default stands for it.

/// The controller, with those of its settings that decide what a change does.
///
/// No others do: Flux deletes before it asks for health, whatever `spec.wait` says (kustomize-controller, `reconcile`), and
/// `spec.deletionPolicy` is about the Kustomization itself; of the sync options of Argo CD, `Replace=true` alone deletes
/// nothing, and there is no `Force=true` of an Application (argo-cd, `autoSync`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitopsFacts {
    /// Argo CD.
    ArgoCd {
        /// Whether it deletes what is gone from the tree: `automated.prune`.
        prune: Option<bool>,
        /// Whether it does so after all else is healthy: `PruneLast=true`.
        prune_last: Option<bool>,
    },
    /// Flux.
    Flux {
        /// Whether it deletes what is gone from the tree: `spec.prune`.
        prune: Option<bool>,
        /// Whether it replaces what cannot be changed: `spec.force`.
        force: Option<bool>,
    },
}

impl GitopsFacts {
    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ArgoCd { .. } => "Argo CD",
            Self::Flux { .. } => "Flux",
        }
    }

    /// Returns whether it deletes what is gone from the tree; none where nobody says.
    pub const fn prunes(self) -> Option<bool> {
        match self {
            Self::ArgoCd { prune, .. } | Self::Flux { prune, .. } => prune,
        }
    }
}
