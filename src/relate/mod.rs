//! The objects of an environment in, who talks to whom and what depends on what out.
//!
//! - Outside: whoever reaches a `LoadBalancer`, a node port, an `Ingress` or a `Gateway`, and whoever a network policy
//!   names who is not of this namespace.
//! - A Service leads to the workloads whose pods it selects.
//! - A workload calls a Service where a value of its environment, of its config or of its command names it as a host
//!   (see `call`); where only a policy says so, it *may* call it. A call to a workload that a Service stands before is
//!   shown at the Service.
//! - What a workload needs is a node for each kind and each set of users: the three `ConfigMap`s of one workload are one.
//! - An autoscaler and a disruption budget are lines of their workload.
//!
//! To add a family of objects: write `src/relate/<family>.rs` with a function that adds nodes and edges to the draft,
//! and call it here.

mod call;
mod dependency;
mod draft;
mod field;
mod policy;
mod route;
mod service;
mod workload;

use crate::graph::Graph;
use crate::object::ObjectSet;
use draft::Draft;
use service::Service;
use workload::Workload;

/// Returns the graph of an environment.
pub fn graph(set: &ObjectSet) -> Graph {
    let workloads: Vec<Workload<'_>> = Workload::all(set);
    let services: Vec<Service<'_>> = Service::all(set);
    let mut draft = Draft::default();
    for it in &workloads {
        draft.node(it.node(set));
    }
    service::add(&services, &workloads, &mut draft);
    route::add(set, &services, &mut draft);
    dependency::add(set, &workloads, &mut draft);
    call::add(set, &services, &workloads, &mut draft);
    policy::add(set, &services, &workloads, &mut draft);
    draft.finish(&set.environment)
}
