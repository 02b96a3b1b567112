//! The environment variables of a container, complete.

use crate::object::Quantity;
use crate::source::Traced;

/// One environment variable.
#[derive(Clone, Debug)]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: Traced<String>,
    /// Where its value comes from.
    pub source: VariableSource,
}

/// Where the value of an environment variable comes from.
#[derive(Clone, Debug)]
pub enum VariableSource {
    /// It is written here.
    Literal(Traced<String>),
    /// A key of a Secret or a ConfigMap.
    Key {
        /// Which of the two.
        kind: DataKind,
        /// The object.
        name: Traced<String>,
        /// The key.
        key: Traced<String>,
        /// Whether the container starts without it.
        optional: Option<Traced<bool>>,
    },
    /// A field of the pod itself.
    Field(Traced<String>),
    /// What a container asks for or may not exceed.
    Resource {
        /// `limits.cpu`.
        resource: Traced<String>,
        /// The container; the one that has the variable otherwise.
        container: Option<Traced<String>>,
        /// The unit it is given in.
        divisor: Option<Traced<Quantity>>,
    },
}

/// An object all of whose keys are variables.
#[derive(Clone, Debug)]
pub struct EnvironmentSource {
    /// What it is.
    pub kind: DataKind,
    /// The object.
    pub name: Traced<String>,
    /// What the names of the variables start with, before the key.
    pub prefix: Option<Traced<String>>,
    /// Whether the container starts without it.
    pub optional: Option<Traced<bool>>,
}

/// The kinds of objects that hold data for containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataKind {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}
