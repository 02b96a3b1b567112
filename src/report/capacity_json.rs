//! What a project asks of its clusters in, a JSON document out: the contract stands in `docs/capacity.md`.

use super::json::safe;
use crate::object::Quantity;
use crate::object::capacity::{Capacity, CapacityPlan, Loads, Resource, Verdict};
use crate::object::demand::{self, Limits, Requests, Runs, WorkloadDemand};
use serde::Serialize;

/// The version of the contract. It grows when a field is removed or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Writes the plan as JSON, with a line break at its end.
pub fn capacity_json(plan: &CapacityPlan) -> String {
    // The document is made of strings, numbers and lists alone, which can always be written.
    safe(&Document::of(plan))
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    environments: Vec<Environment<'a>>,
    clusters: Vec<Cluster<'a>>,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    cluster: Option<&'a str>,
    workloads: Vec<Workload<'a>>,
    #[serde(flatten)]
    loads: Situations,
}

#[derive(Serialize)]
struct Workload<'a> {
    component: Option<&'a str>,
    kind: &'a str,
    name: &'a str,
    runs: &'static str,
    each: Amounts,
    least: Load,
    most: Load,
    peak: Load,
}

#[derive(Serialize)]
struct Cluster<'a> {
    name: &'a str,
    capacity: Amount,
    reserve: Amount,
    available: Amount,
    target: u32,
    environments: Vec<&'a str>,
    #[serde(flatten)]
    loads: Situations,
    shares: Vec<Share>,
}

/// What runs in each situation.
#[derive(Serialize)]
struct Situations {
    least: Load,
    scaled: Load,
    jobs: Load,
    most: Load,
    peak: Load,
}

#[derive(Serialize)]
struct Load {
    pods: u64,
    #[serde(flatten)]
    amounts: Amounts,
}

#[derive(Serialize)]
struct Amounts {
    requests: Amount,
    limits: Amount,
}

/// Null where there is no bound.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    cpu_milli: Option<i128>,
    memory_bytes: Option<i128>,
}

#[derive(Serialize)]
struct Share {
    situation: &'static str,
    resource: &'static str,
    of: &'static str,
    percent: Option<u64>,
    verdict: &'static str,
}

impl<'a> Document<'a> {
    fn of(plan: &'a CapacityPlan) -> Self {
        let environments = plan.environments.iter().map(|it| Environment {
            name: &it.name,
            cluster: it.cluster.as_deref(),
            workloads: it.demand.workloads.iter().map(Workload::of).collect(),
            loads: Situations::of(&it.loads),
        });
        let clusters = plan.clusters.iter().map(|it| Cluster {
            name: &it.name,
            capacity: Amount::from(|resource| Some(it.capacity.total(resource))),
            reserve: Amount::from(|resource| Some(it.capacity.reserve(resource))),
            available: Amount::from(|resource| Some(it.capacity.available(resource))),
            target: it.capacity.target_percent,
            environments: it.environments.iter().map(|(name, _)| name.as_str()).collect(),
            loads: Situations::of(&it.together),
            shares: shares(&it.capacity, &it.together),
        });
        Self { version: VERSION, environments: environments.collect(), clusters: clusters.collect() }
    }
}

impl<'a> Workload<'a> {
    fn of(it: &'a WorkloadDemand) -> Self {
        Self {
            component: it.component.as_deref(),
            kind: &it.workload.kind,
            name: &it.workload.name,
            runs: match it.runs {
                Runs::Always => "always",
                Runs::OnEveryNode => "on-every-node",
                Runs::UntilDone => "until-done",
            },
            each: Amounts::of(it.pod, it.limits),
            least: Load::of(it.load(it.replicas.minimum)),
            most: Load::of(it.load(it.replicas.maximum)),
            peak: Load::of(it.load(it.replicas.maximum.saturating_add(it.surge))),
        }
    }
}

impl Situations {
    fn of(it: &Loads) -> Self {
        Self {
            least: Load::of(it.least),
            scaled: Load::of(it.scaled),
            jobs: Load::of(it.jobs),
            most: Load::of(it.most),
            peak: Load::of(it.peak),
        }
    }
}

impl Load {
    fn of(it: demand::Load) -> Self {
        Self { pods: it.pods, amounts: Amounts::of(it.requests, it.limits) }
    }
}

impl Amounts {
    fn of(requests: Requests, limits: Limits) -> Self {
        Self {
            requests: Amount::from(|it| Some(it.requested(requests))),
            limits: Amount { cpu_milli: limits.cpu.map(Quantity::milli), memory_bytes: limits.memory.map(bytes) },
        }
    }
}

impl Amount {
    fn from(of: impl Fn(Resource) -> Option<Quantity>) -> Self {
        Self { cpu_milli: of(Resource::Cpu).map(Quantity::milli), memory_bytes: of(Resource::Memory).map(bytes) }
    }
}

fn bytes(quantity: Quantity) -> i128 {
    let milli = quantity.milli();
    milli.div_euclid(1000) + i128::from(milli.rem_euclid(1000) != 0)
}

/// Holds what runs at most, and while all is replaced, against what there is; limits without a bound are left out.
fn shares(capacity: &Capacity, loads: &Loads) -> Vec<Share> {
    let mut shares = Vec::new();
    for (situation, load) in [("most", loads.most), ("peak", loads.peak)] {
        for resource in Resource::ALL {
            let amounts = [("requests", Some(resource.requested(load.requests))), ("limits", resource.limit(load))];
            for (of, amount) in amounts {
                let Some(amount) = amount else { continue };
                let share = capacity.share(resource, amount);
                let verdict = match share.verdict {
                    Verdict::Within => "within-target",
                    Verdict::OverTarget => "over-target",
                    Verdict::Exceeded => "exceeded",
                };
                shares.push(Share { situation, resource: resource.name(), of, percent: share.percent, verdict });
            }
        }
    }
    shares
}
