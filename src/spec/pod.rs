//! The pods of a component, complete: their containers and what these share.

use super::Container;
use crate::source::Traced;

/// What every pod of a component is made of.
#[derive(Clone, Debug)]
pub struct Pod {
    /// The container that runs the component's program.
    pub main: Container,
    /// Those that run beside it, by name.
    pub containers: Vec<Container>,
    /// Those that start before it, in the order they start in.
    pub init_containers: Vec<InitContainer>,
    /// What its containers may do unless they say otherwise.
    pub security: PodSecurity,
}

/// A container that starts before the main one.
#[derive(Clone, Debug)]
pub struct InitContainer {
    /// The container.
    pub container: Container,
    /// Whether it keeps running beside the others once it has started.
    pub is_sidecar: bool,
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
    /// When files of mounted volumes are given to that group.
    pub fs_group_change_policy: Option<Traced<String>>,
    /// Groups beyond the first.
    pub supplemental_groups: Vec<Traced<i64>>,
    /// Whether the kubelet refuses to start it as root.
    pub run_as_non_root: Traced<bool>,
    /// The system calls it may make.
    pub seccomp: Seccomp,
}

/// The system calls that are let through.
#[derive(Clone, Debug)]
pub struct Seccomp {
    /// `RuntimeDefault`, `Localhost` or `Unconfined`.
    pub kind: Traced<String>,
    /// The file on the node that lists them, for `Localhost`.
    pub profile: Option<Traced<String>>,
}

impl Pod {
    /// Iterates all containers: the main one, those beside it, and those that start before it.
    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        let before = self.init_containers.iter().map(|it| &it.container);
        std::iter::once(&self.main).chain(&self.containers).chain(before)
    }
}
