//! Who changes the number of pods, complete.

use super::Label;
use crate::object::Quantity;
use crate::source::{Origin, Traced};

/// Who changes the number of pods.
#[derive(Clone, Debug)]
pub struct Autoscale {
    /// The object's name.
    pub name: Traced<String>,
    /// The fewest pods.
    pub minimum: Traced<i64>,
    /// The most pods.
    pub maximum: Traced<i64>,
    /// The share of the CPU request to keep, in percent.
    pub cpu: Option<Traced<i64>>,
    /// The share of the memory request to keep, in percent.
    pub memory: Option<Traced<i64>>,
    /// Shares of one container's requests, by container.
    pub containers: Vec<ContainerMetric>,
    /// Numbers that others measure, by name.
    pub metrics: Vec<Metric>,
    /// How pods are added.
    pub scale_up: Option<Scaling>,
    /// How pods are taken away.
    pub scale_down: Option<Scaling>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// The shares of one container's requests to keep.
#[derive(Clone, Debug)]
pub struct ContainerMetric {
    /// The container's name.
    pub container: Traced<String>,
    /// The share of its CPU request, in percent.
    pub cpu: Option<Traced<i64>>,
    /// The share of its memory request, in percent.
    pub memory: Option<Traced<i64>>,
}

/// A number that others measure.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its name, by which an overlay can change it.
    pub name: Traced<String>,
    /// The name under which it is measured.
    pub metric: Traced<String>,
    /// The labels of those of its series that are meant; all where none.
    pub selector: Vec<Label>,
    /// `pods`, `object` or `external`, as it was said.
    pub kind: Traced<String>,
    /// Whose number it is.
    pub source: MetricSource,
    /// Where to keep it.
    pub goal: MetricGoal,
    /// The lines that declare it.
    pub origin: Origin,
}

/// Whose number a metric is.
#[derive(Clone, Debug)]
pub enum MetricSource {
    /// The component's own pods'.
    Pods,
    /// One object's.
    Object(Box<MetricObject>),
    /// Something's outside the cluster.
    External,
}

/// The object whose number a metric is.
#[derive(Clone, Debug)]
pub struct MetricObject {
    /// The version of its API.
    pub api_version: Traced<String>,
    /// Its kind.
    pub kind: Traced<String>,
    /// Its name.
    pub name: Traced<String>,
}

/// Where to keep a metric.
#[derive(Clone, Debug)]
pub enum MetricGoal {
    /// The number itself.
    Value(Traced<Quantity>),
    /// The number divided by the number of pods.
    Average(Traced<Quantity>),
}

/// How the number of pods may change in one direction.
#[derive(Clone, Debug)]
pub struct Scaling {
    /// Seconds of which the safest wish counts.
    pub stabilization: Option<Traced<i64>>,
    /// Which of several policies counts.
    pub select: Option<Traced<String>>,
    /// The bounds on one change.
    pub policies: Vec<ScalingPolicy>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// A bound on how much may change in some time.
#[derive(Clone, Debug)]
pub struct ScalingPolicy {
    /// `Pods` or `Percent`.
    pub unit: Traced<String>,
    /// How many of them.
    pub value: Traced<i64>,
    /// In how many seconds.
    pub period: Traced<i64>,
}
