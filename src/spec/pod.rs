//! The pods of a component, complete: their containers and what these share.

use super::{Container, Placement, Volume};
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
    /// Its files and storage, by name.
    pub volumes: Vec<Volume>,
    /// Where it may run.
    pub placement: Placement,
    /// Its end, its network, its names for hosts.
    pub settings: PodSettings,
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

/// What is about a pod as a whole. What is not set is Kubernetes' own.
#[derive(Clone, Debug)]
pub struct PodSettings {
    /// Seconds it has to stop.
    pub grace_period: Option<Traced<i64>>,
    /// Seconds after which it is stopped.
    pub active_deadline: Option<Traced<i64>>,
    /// Which pods have to make room for it.
    pub priority_class: Option<Traced<String>>,
    /// What runs its containers.
    pub runtime_class: Option<Traced<String>>,
    /// What chooses its node.
    pub scheduler: Option<Traced<String>>,
    /// Whether it has the network of its node.
    pub host_network: Option<Traced<bool>>,
    /// Whether it sees the processes of its node.
    pub host_pid: Option<Traced<bool>>,
    /// Whether it shares memory with processes of its node.
    pub host_ipc: Option<Traced<bool>>,
    /// Whether its containers see each other's processes.
    pub share_process_namespace: Option<Traced<bool>>,
    /// Whether it gets a variable for each Service.
    pub service_links: Option<Traced<bool>>,
    /// Whom it asks for addresses.
    pub dns_policy: Option<Traced<String>>,
    /// Its host name.
    pub hostname: Option<Traced<String>>,
    /// The Service under which its host name can be found.
    pub subdomain: Option<Traced<String>>,
    /// Names for addresses, by address.
    pub host_aliases: Vec<HostAlias>,
    /// How it looks up addresses.
    pub dns: Dns,
    /// Secrets with which its images are pulled, by name.
    pub pull_secrets: Vec<Traced<String>>,
}

/// Names for an address.
#[derive(Clone, Debug)]
pub struct HostAlias {
    /// The address.
    pub address: Traced<String>,
    /// The names.
    pub names: Vec<Traced<String>>,
}

/// How a pod looks up addresses.
#[derive(Clone, Debug, Default)]
pub struct Dns {
    /// Whom it asks, the first first.
    pub nameservers: Vec<Traced<String>>,
    /// The domains in which it looks, the first first.
    pub searches: Vec<Traced<String>>,
    /// Options of the resolver, by name.
    pub options: Vec<DnsOption>,
}

/// An option of the resolver.
#[derive(Clone, Debug)]
pub struct DnsOption {
    /// Its name.
    pub name: Traced<String>,
    /// Its value.
    pub value: Option<Traced<String>>,
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
