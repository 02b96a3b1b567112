//! What a cluster can hold, and how much of it the workloads of its environments ask for.

use super::demand::{Demand, Load, Requests, Runs, WorkloadDemand};
use super::{Cluster, ObjectSet, Quantity};
use crate::source::{Span, Traced};

/// What a cluster can hold.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// Cores in total.
    pub cpu: Traced<Quantity>,
    /// Bytes in total.
    pub memory: Traced<Quantity>,
    /// Cores that the workloads may not use.
    pub reserve_cpu: Quantity,
    /// Bytes that the workloads may not use.
    pub reserve_memory: Quantity,
    /// The share of what is left that the workloads should not exceed, in percent.
    pub target_percent: u32,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Cores.
    Cpu,
    /// Bytes.
    Memory,
}

/// Whether an amount fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is within the target share.
    Within,
    /// It is more than the target share, and fits.
    OverTarget,
    /// It is more than there is after the reserve.
    Exceeded,
}

/// How much of what there is after the reserve an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// In percent, rounded away from the target, so that 70.4% are not 70%; none of nothing.
    pub percent: Option<u64>,
    /// Whether it fits.
    pub verdict: Verdict,
}

/// What all environments ask for, each for itself and on the clusters that they share.
#[derive(Clone, Debug, Default)]
pub struct CapacityPlan {
    /// The environments, by name.
    pub environments: Vec<EnvironmentPlan>,
    /// The clusters whose capacity is declared, by name.
    pub clusters: Vec<ClusterPlan>,
}

/// What one environment asks for.
#[derive(Clone, Debug)]
pub struct EnvironmentPlan {
    /// Its name.
    pub name: String,
    /// The cluster that it names.
    pub cluster: Option<String>,
    /// Its workloads.
    pub demand: Demand,
    /// All of them together.
    pub loads: Loads,
}

/// What the environments of one cluster ask for.
#[derive(Clone, Debug)]
pub struct ClusterPlan {
    /// Its name.
    pub name: String,
    /// What it can hold.
    pub capacity: Capacity,
    /// Its environments, by name.
    pub environments: Vec<(String, Loads)>,
    /// All of them together.
    pub together: Loads,
}

/// What some workloads ask for, in the situations that they get into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loads {
    /// What always runs, at the autoscalers' minimum.
    pub least: Load,
    /// What always runs, at the autoscalers' maximum.
    pub scaled: Load,
    /// Jobs while they run.
    pub jobs: Load,
    /// At the autoscalers' maximum and with all jobs running: what the checks hold against the target.
    pub most: Load,
    /// That, while all workloads are replaced at once.
    pub peak: Load,
}

impl Resource {
    /// Both, in the order in which Kubernetes names them.
    pub const ALL: [Self; 2] = [Self::Cpu, Self::Memory];

    /// Its name in Kubernetes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }

    /// Returns how much of it is requested.
    pub fn requested(self, requests: Requests) -> Quantity {
        match self {
            Self::Cpu => requests.cpu,
            Self::Memory => requests.memory,
        }
    }

    /// Returns how much of it may be used; none where there is no bound.
    pub fn limit(self, load: Load) -> Option<Quantity> {
        match self {
            Self::Cpu => load.limits.cpu,
            Self::Memory => load.limits.memory,
        }
    }
}

impl Capacity {
    /// Returns how much there is in total.
    pub fn total(&self, resource: Resource) -> Quantity {
        self.declared(resource).value
    }

    /// Returns the line that says how much there is.
    pub fn span(&self, resource: Resource) -> Option<Span> {
        self.declared(resource).origin.span
    }

    /// Returns how much the workloads may not use.
    pub fn reserve(&self, resource: Resource) -> Quantity {
        match resource {
            Resource::Cpu => self.reserve_cpu,
            Resource::Memory => self.reserve_memory,
        }
    }

    /// Returns how much the workloads may use.
    pub fn available(&self, resource: Resource) -> Quantity {
        self.total(resource).minus(self.reserve(resource))
    }

    /// Holds an amount against what the workloads may use.
    pub fn share(&self, resource: Resource, amount: Quantity) -> Share {
        let available = self.available(resource);
        let percent = amount.percent_of(available);
        let target = u64::from(self.target_percent);
        if amount > available {
            Share { percent, verdict: Verdict::Exceeded }
        } else if percent.is_some_and(|it| it > target) {
            Share { percent, verdict: Verdict::OverTarget }
        } else {
            Share { percent: amount.whole_percent_of(available), verdict: Verdict::Within }
        }
    }

    fn declared(&self, resource: Resource) -> &Traced<Quantity> {
        match resource {
            Resource::Cpu => &self.cpu,
            Resource::Memory => &self.memory,
        }
    }
}

impl Loads {
    /// Nothing in any situation.
    const ZERO: Self =
        Self { least: Load::ZERO, scaled: Load::ZERO, jobs: Load::ZERO, most: Load::ZERO, peak: Load::ZERO };

    /// Returns what the workloads of an environment ask for.
    pub fn of(demand: &Demand) -> Self {
        let stays = |it: &WorkloadDemand| it.runs != Runs::UntilDone;
        Self {
            least: demand.load(|it| if stays(it) { it.replicas.minimum } else { 0 }),
            scaled: demand.load(|it| if stays(it) { it.replicas.maximum } else { 0 }),
            jobs: demand.load(|it| if stays(it) { 0 } else { it.replicas.maximum }),
            most: demand.load(|it| it.replicas.maximum),
            peak: demand.load(|it| it.replicas.maximum.saturating_add(it.surge)),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            least: self.least.plus(other.least),
            scaled: self.scaled.plus(other.scaled),
            jobs: self.jobs.plus(other.jobs),
            most: self.most.plus(other.most),
            peak: self.peak.plus(other.peak),
        }
    }
}

impl CapacityPlan {
    /// Adds up what the objects of environments ask for.
    pub fn of(sets: &[&ObjectSet]) -> Self {
        let environment = |set: &&ObjectSet| {
            let demand = Demand::of(set);
            let cluster = set.environment.cluster.as_ref().map(|it| it.name.clone());
            EnvironmentPlan { name: set.environment.name.clone(), cluster, loads: Loads::of(&demand), demand }
        };
        let environments: Vec<EnvironmentPlan> = sets.iter().map(environment).collect();
        let cluster = |group: &Vec<&ObjectSet>| {
            let Cluster { name, capacity, .. } = group.first()?.environment.cluster.as_ref()?;
            let of = |set: &&ObjectSet| (set.environment.name.clone(), Loads::of(&Demand::of(set)));
            let environments: Vec<(String, Loads)> = group.iter().map(of).collect();
            let together = environments.iter().map(|(_, it)| *it).fold(Loads::ZERO, Loads::plus);
            Some(ClusterPlan { name: name.clone(), capacity: capacity.clone()?, environments, together })
        };
        Self { clusters: ObjectSet::by_cluster(sets).iter().filter_map(cluster).collect(), environments }
    }
}

#[cfg(test)]
mod tests {
    use super::{Capacity, Resource, Verdict};
    use crate::object::Quantity;
    use crate::source::{Origin, Traced};

    #[test]
    fn a_share_is_rounded_away_from_the_target() {
        let quantity = |text| Quantity::parse(text).unwrap();
        let traced = |text| Traced::new(quantity(text), Origin::default());
        let capacity = Capacity {
            cpu: traced("4"),
            memory: traced("8Gi"),
            reserve_cpu: quantity("1"),
            reserve_memory: quantity("2Gi"),
            target_percent: 70,
        };
        let check = |resource, amount, percent, verdict| {
            let share = capacity.share(resource, quantity(amount));
            assert_eq!((share.percent, share.verdict), (Some(percent), verdict), "{amount}");
        };
        check(Resource::Cpu, "900m", 30, Verdict::Within);
        check(Resource::Cpu, "1800m", 60, Verdict::Within);
        check(Resource::Memory, "2048Mi", 33, Verdict::Within);
        check(Resource::Cpu, "2100m", 70, Verdict::Within);
        check(Resource::Cpu, "2101m", 71, Verdict::OverTarget);
        check(Resource::Cpu, "3", 100, Verdict::OverTarget);
        check(Resource::Cpu, "3001m", 101, Verdict::Exceeded);
    }
}
