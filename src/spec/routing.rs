//! How a component is reached, complete.

use super::Label;
use crate::source::{Origin, Traced};

/// A component's address in the cluster.
#[derive(Clone, Debug)]
pub struct Service {
    /// The object's name, which is its short DNS name.
    pub name: Traced<String>,
    /// `ClusterIP`, `NodePort` or `LoadBalancer`.
    pub kind: Traced<String>,
    /// The ports, by the name of the container's port.
    pub exposures: Vec<Exposure>,
    /// Labels on the Service alone.
    pub labels: Vec<Label>,
    /// Annotations on the Service alone.
    pub annotations: Vec<Label>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// One port of a Service.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// The name of the container's port, and of the Service's.
    pub name: Traced<String>,
    /// The Service's port.
    pub port: Traced<i64>,
    /// The protocol of the container's port.
    pub protocol: Traced<String>,
    /// The port on every node.
    pub node_port: Option<Traced<i64>>,
}

/// A component's addresses outside the cluster.
#[derive(Clone, Debug)]
pub struct Ingress {
    /// The object's name.
    pub name: Traced<String>,
    /// The controller that serves it.
    pub class: Option<Traced<String>>,
    /// The addresses.
    pub hosts: Vec<Host>,
    /// Labels on the Ingress alone.
    pub labels: Vec<Label>,
    /// Annotations on the Ingress alone.
    pub annotations: Vec<Label>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// One address.
#[derive(Clone, Debug)]
pub struct Host {
    /// The host name.
    pub host: Traced<String>,
    /// The path.
    pub path: Traced<String>,
    /// How the path is compared.
    pub path_type: Traced<String>,
    /// The name of the Service's port.
    pub port: Traced<String>,
    /// The Secret with its certificate.
    pub tls: Option<Traced<String>>,
}
