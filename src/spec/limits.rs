//! What a namespace may use, complete.

use crate::object::Quantity;
use crate::source::{Origin, Traced};

/// What all pods of a namespace may use together.
#[derive(Clone, Debug)]
pub struct Quota {
    /// The object's name.
    pub name: Traced<String>,
    /// The amounts, by resource.
    pub amounts: Vec<Amount>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// What one thing of a namespace may use.
#[derive(Clone, Debug)]
pub struct LimitRange {
    /// The object's name.
    pub name: Traced<String>,
    /// The bounds, one of each sort.
    pub limits: Vec<Limit>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// What one container, pod or claim may use; each list by resource, empty where nothing is said.
#[derive(Clone, Debug)]
pub struct Limit {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    pub of: Traced<String>,
    /// The limit of a container that sets none.
    pub default: Vec<Amount>,
    /// The request of a container that sets none.
    pub default_request: Vec<Amount>,
    /// The least.
    pub min: Vec<Amount>,
    /// The most.
    pub max: Vec<Amount>,
    /// How many times its request a limit may be.
    pub max_ratio: Vec<Amount>,
}

/// An amount of one resource.
#[derive(Clone, Debug)]
pub struct Amount {
    /// The resource, `requests.cpu`.
    pub resource: String,
    /// How much.
    pub amount: Traced<Quantity>,
}
