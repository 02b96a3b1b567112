//! How the pods of a component come and go, complete.

use crate::object::Quantity;
use crate::source::{Origin, Traced};

/// What a component is, with what only this kind of workload has.
#[derive(Clone, Debug)]
pub enum Workload {
    /// Pods that are all alike.
    Deployment {
        /// How many.
        replicas: Traced<i64>,
        /// How a new version replaces the old one.
        rollout: Rollout,
    },
    /// Pods with a name and storage of their own.
    StatefulSet {
        /// How many.
        replicas: Traced<i64>,
        /// How a new version replaces the old one.
        rollout: Rollout,
        /// What tells the pods apart.
        stateful: Stateful,
    },
    /// One pod on each node.
    DaemonSet {
        /// How a new version replaces the old one.
        rollout: Rollout,
    },
    /// Pods that run to their end.
    Job(Job),
    /// Jobs at certain times.
    CronJob {
        /// When.
        cron: Cron,
        /// What each time.
        job: Job,
    },
}

/// How a new version replaces the old one.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// `RollingUpdate`, `Recreate` or `OnDelete`.
    pub strategy: Traced<String>,
    /// Pods that may be missing: a number or a share.
    pub max_unavailable: Option<Traced<String>>,
    /// Pods beyond the number: a number or a share.
    pub max_surge: Option<Traced<String>>,
    /// The ordinal from which on pods are replaced.
    pub partition: Option<Traced<i64>>,
    /// Seconds a pod must be ready before it counts.
    pub min_ready: Option<Traced<i64>>,
    /// Seconds after which a rollout has failed.
    pub deadline: Option<Traced<i64>>,
    /// Old versions that are kept to go back to.
    pub history: Option<Traced<i64>>,
}

/// What tells the pods of a StatefulSet apart.
#[derive(Clone, Debug)]
pub struct Stateful {
    /// The Service that gives each pod a DNS name.
    pub service: Option<Traced<String>>,
    /// `OrderedReady` or `Parallel`.
    pub pod_management: Option<Traced<String>>,
    /// What becomes of the storage with the StatefulSet.
    pub when_deleted: Option<Traced<String>>,
    /// What becomes of the storage with a pod.
    pub when_scaled: Option<Traced<String>>,
    /// The ordinal of the first pod.
    pub start: Option<Traced<i64>>,
    /// The storage of each pod.
    pub claims: Vec<ClaimTemplate>,
}

/// Storage that each pod of a StatefulSet has.
#[derive(Clone, Debug)]
pub struct ClaimTemplate {
    /// Its name, which is that of a volume.
    pub name: Traced<String>,
    /// How much.
    pub size: Traced<Quantity>,
    /// Who may mount it.
    pub access: Traced<String>,
    /// Who provides it.
    pub class: Option<Traced<String>>,
    /// `Filesystem` or `Block`.
    pub volume_mode: Option<Traced<String>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// Pods that run to their end.
#[derive(Clone, Debug)]
pub struct Job {
    /// How many must succeed.
    pub completions: Option<Traced<i64>>,
    /// How many run at once.
    pub parallelism: Option<Traced<i64>>,
    /// `NonIndexed` or `Indexed`.
    pub mode: Option<Traced<String>>,
    /// Failures that are borne.
    pub backoff_limit: Option<Traced<i64>>,
    /// Seconds after which it has failed.
    pub deadline: Option<Traced<i64>>,
    /// Seconds after which it is cleaned up.
    pub ttl: Option<Traced<i64>>,
    /// Whether its pods start their containers again.
    pub restart: Traced<String>,
    /// Whether it waits.
    pub suspend: Option<Traced<bool>>,
    /// Whether it runs, each time, before other components are changed.
    pub before_rollout: Option<Traced<String>>,
}

/// When Jobs start.
#[derive(Clone, Debug)]
pub struct Cron {
    /// Five fields, or a word such as `@daily`.
    pub schedule: Traced<String>,
    /// Where the clock is that the schedule goes by.
    pub time_zone: Option<Traced<String>>,
    /// What happens where the one before still runs.
    pub concurrency: Option<Traced<String>>,
    /// Seconds by which one may be late.
    pub starting_deadline: Option<Traced<i64>>,
    /// Jobs that succeeded and are kept.
    pub keep_successful: Option<Traced<i64>>,
    /// Jobs that failed and are kept.
    pub keep_failed: Option<Traced<i64>>,
    /// Whether none are started.
    pub suspend: Option<Traced<bool>>,
}

impl Workload {
    /// Returns the kind of the object.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Deployment { .. } => "Deployment",
            Self::StatefulSet { .. } => "StatefulSet",
            Self::DaemonSet { .. } => "DaemonSet",
            Self::Job(_) => "Job",
            Self::CronJob { .. } => "CronJob",
        }
    }

    /// Returns the Job that it is or starts; none where its pods run on.
    pub const fn job(&self) -> Option<&Job> {
        match self {
            Self::Job(job) | Self::CronJob { job, .. } => Some(job),
            Self::Deployment { .. } | Self::StatefulSet { .. } | Self::DaemonSet { .. } => None,
        }
    }
}
