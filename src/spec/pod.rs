//! The pods of a component, complete: their containers and what these share.

use super::Container;
use crate::source::Traced;

/// What every pod of a component is made of.
#[derive(Clone, Debug)]
pub struct Pod {
    /// The container that runs the component's program.
    pub main: Container,
    /// What its containers may do unless they say otherwise.
    pub security: PodSecurity,
}

/// What all containers of a pod may do.
#[derive(Clone, Debug)]
pub struct PodSecurity {
    /// User id.
    pub user: Option<Traced<i64>>,
    /// Group id.
    pub group: Option<Traced<i64>>,
    /// Group that owns mounted volumes.
    pub fs_group: Option<Traced<i64>>,
    /// Whether the kubelet refuses to start it as root.
    pub run_as_non_root: Traced<bool>,
    /// The system calls it may make.
    pub seccomp: Traced<String>,
}
