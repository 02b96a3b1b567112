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
    /// How it hands on what reaches it.
    pub options: ServiceOptions,
    /// The ports, by the name of the container's port.
    pub exposures: Vec<Exposure>,
    /// Labels on the Service alone.
    pub labels: Vec<Label>,
    /// Annotations on the Service alone.
    pub annotations: Vec<Label>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// How a Service hands on what reaches it; where nothing is set, as Kubernetes does by itself.
#[derive(Clone, Debug, Default)]
pub struct ServiceOptions {
    /// Whether it has no address of its own, so that its name leads to every pod.
    pub headless: Option<Traced<bool>>,
    /// Whether its name leads to pods that are not ready.
    pub publish_not_ready: Option<Traced<bool>>,
    /// Whether a caller stays with one pod.
    pub session_affinity: Option<Traced<String>>,
    /// Seconds for which it stays.
    pub session_timeout: Option<Traced<i64>>,
    /// Whether traffic from outside stays on the node that it reaches.
    pub external_traffic: Option<Traced<String>>,
    /// Whether traffic from inside stays on its node.
    pub internal_traffic: Option<Traced<String>>,
    /// Which pods are near enough to be preferred.
    pub traffic_distribution: Option<Traced<String>>,
    /// How many families of addresses it has.
    pub ip_family_policy: Option<Traced<String>>,
    /// The controller that makes its load balancer.
    pub load_balancer_class: Option<Traced<String>>,
    /// Whether a load balancer needs ports on every node.
    pub allocate_node_ports: Option<Traced<bool>>,
    /// The addresses that may call its load balancer; all where none.
    pub source_ranges: Vec<Traced<String>>,
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
    /// The protocol that is spoken over it.
    pub app_protocol: Option<Traced<String>>,
}

/// A name in the namespace for a host outside the cluster.
#[derive(Clone, Debug)]
pub struct ExternalService {
    /// The object's name, which is its short DNS name.
    pub name: Traced<String>,
    /// The host.
    pub host: Traced<String>,
    /// Labels on the Service alone.
    pub labels: Vec<Label>,
    /// Annotations on the Service alone.
    pub annotations: Vec<Label>,
    /// The lines that declare it.
    pub origin: Origin,
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
    /// Its paths, at least one.
    pub paths: Vec<HostPath>,
    /// The Secret with its certificate.
    pub tls: Option<Traced<String>>,
}

/// One path of an address.
#[derive(Clone, Debug)]
pub struct HostPath {
    /// The path.
    pub path: Traced<String>,
    /// How the path is compared.
    pub kind: Traced<String>,
    /// The name of the Service's port.
    pub port: Traced<String>,
}

/// A component's addresses at a gateway.
#[derive(Clone, Debug)]
pub struct HttpRoute {
    /// The object's name.
    pub name: Traced<String>,
    /// The gateways that serve it, by name.
    pub gateways: Vec<Gateway>,
    /// The host names.
    pub hosts: Vec<Traced<String>>,
    /// The paths, the same for every host name.
    pub paths: Vec<RoutePath>,
    /// Labels on the route alone.
    pub labels: Vec<Label>,
    /// Annotations on the route alone.
    pub annotations: Vec<Label>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// A gateway that serves a route.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Its name.
    pub name: Traced<String>,
    /// Its namespace; the environment's own where none.
    pub namespace: Option<Traced<String>>,
    /// The one of its listeners that is meant; every one where none.
    pub section: Option<Traced<String>>,
    /// The port of the listeners that are meant; every one where none.
    pub port: Option<Traced<i64>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// One path of a route.
#[derive(Clone, Debug)]
pub struct RoutePath {
    /// The path.
    pub path: Traced<String>,
    /// How the path is compared.
    pub kind: Traced<String>,
    /// The Service's port.
    pub port: Traced<i64>,
}

impl Service {
    /// True where it leads to the pods themselves.
    pub fn is_headless(&self) -> bool {
        self.options.headless.as_ref().is_some_and(|it| it.value)
    }
}
