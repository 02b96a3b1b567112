//! NetworkPolicies: one for the namespace, which denies, and one for each component, which allows.
//!
//! Policies only ever add up to what is allowed
//! (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>), so the one that selects every pod sets
//! the rule and the others widen it.

use super::metadata::{self, Own};
use super::{Recorder, whole};
use crate::object::Object;
use crate::source::{Origin, Traced};
use crate::spec::{Allowance, Component, Direction, Isolation, Peer, Spec};
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The label that the API server puts on every namespace.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";
const BY_ISOLATION: &str = "isolation denies all traffic across its boundary";
const DNS: &str = "pods may always ask the cluster's DNS";

/// Returns the policy that selects every pod of the namespace.
pub(super) fn isolation(spec: &Spec) -> Option<Object> {
    let isolation = spec.isolation.as_ref()?;
    let origin = &isolation.origin;
    let mut at = Recorder::new(origin, BY_ISOLATION);
    let name = spec.app.name.clone().map(|it| format!("{it}-isolation"));
    let origin_of_name = name.origin.derived("objects of the app are called after it");
    let name = Traced::new(name.value, origin_of_name);
    let metadata = metadata::of_app(&mut at, spec, &name, Own::default());
    let within = isolation.value == Isolation::Namespace;
    let spec = at.block("spec", |at| {
        at.derived("podSelector", origin, BY_ISOLATION, ());
        at.derived("policyTypes", origin, BY_ISOLATION, ());
        let same_namespace = |at: &mut Recorder, path: &str| {
            at.derived(path, origin, "pods of the namespace may talk to each other", ());
            vec![NetworkPolicyPeer { pod_selector: Some(LabelSelector::default()), ..NetworkPolicyPeer::default() }]
        };
        let ingress = within
            .then(|| vec![NetworkPolicyIngressRule { from: Some(same_namespace(at, "ingress[0].from")), ports: None }]);
        let mut egress = Vec::new();
        if within {
            egress.push(NetworkPolicyEgressRule { to: Some(same_namespace(at, "egress[0].to")), ports: None });
        }
        egress.push(dns(at, &format!("egress[{}]", egress.len()), origin));
        NetworkPolicySpec {
            pod_selector: Some(LabelSelector::default()),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress,
            egress: Some(egress),
        }
    });
    Some(at.finish(&NetworkPolicy { metadata, spec: Some(spec) }))
}

/// Returns the policy that allows a component's traffic.
pub(super) fn of_component(spec: &Spec, component: &Component) -> Option<Object> {
    let mut allowances: Vec<&Allowance> = component.allowances.iter().collect();
    allowances.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let first = allowances.first()?;
    let mut at = Recorder::new(&first.origin, "what a component allows is a NetworkPolicy");
    let metadata = metadata::of_component(&mut at, spec, component, &component.object_name, Own::default());
    let of = |direction| allowances.iter().copied().filter(move |it| it.direction == direction);
    let policy = at.block("spec", |at| {
        let pod_selector = LabelSelector {
            match_labels: Some(metadata::selector(at, "podSelector.matchLabels", spec, component)),
            match_expressions: None,
        };
        let ingress: Vec<_> = of(Direction::From).enumerate().map(|(index, it)| incoming(at, index, it)).collect();
        let mut egress: Vec<_> = of(Direction::To).enumerate().map(|(index, it)| outgoing(at, index, it)).collect();
        if !egress.is_empty() && spec.isolation.is_none() {
            // This policy alone closes all other ways out, and names must still be found.
            egress.push(dns(at, &format!("egress[{}]", egress.len()), &first.origin));
        }
        let directions = [("Ingress", ingress.is_empty()), ("Egress", egress.is_empty())];
        let types = directions.into_iter().filter(|(_, empty)| !empty).map(|(name, _)| name.to_owned()).collect();
        at.derived("policyTypes", &first.origin, "a policy governs the directions it has rules for", ());
        NetworkPolicySpec {
            pod_selector: Some(pod_selector),
            policy_types: Some(types),
            ingress: (!ingress.is_empty()).then_some(ingress),
            egress: (!egress.is_empty()).then_some(egress),
        }
    });
    Some(at.finish(&NetworkPolicy { metadata, spec: Some(policy) }))
}

fn incoming(at: &mut Recorder, index: usize, allowance: &Allowance) -> NetworkPolicyIngressRule {
    at.block(&format!("ingress[{index}]"), |at| {
        let from = peers(at, "from", allowance);
        let ports = ports(at, allowance);
        if from.is_none() && ports.is_none() {
            at.derived("", &allowance.peer.origin, "everyone may call", ());
        }
        NetworkPolicyIngressRule { from, ports }
    })
}

fn outgoing(at: &mut Recorder, index: usize, allowance: &Allowance) -> NetworkPolicyEgressRule {
    at.block(&format!("egress[{index}]"), |at| {
        let to = peers(at, "to", allowance);
        let ports = ports(at, allowance);
        if to.is_none() && ports.is_none() {
            at.derived("", &allowance.peer.origin, "everyone may be called", ());
        }
        NetworkPolicyEgressRule { to, ports }
    })
}

/// Returns the other side; none for anyone.
fn peers(at: &mut Recorder, path: &str, allowance: &Allowance) -> Option<Vec<NetworkPolicyPeer>> {
    let labels =
        |labels: BTreeMap<String, String>| LabelSelector { match_labels: Some(labels), match_expressions: None };
    let peer = match &allowance.peer.value {
        Peer::Anyone => return None,
        Peer::Outside { pod_network } => {
            at.derived(path, &allowance.peer.origin, "outside is every address that is not a pod's", ());
            return Some(outside(at, path, pod_network, &allowance.except));
        }
        Peer::Component { selector } => {
            at.take(path, &allowance.peer);
            NetworkPolicyPeer {
                pod_selector: Some(labels(selector.iter().cloned().collect())),
                ..NetworkPolicyPeer::default()
            }
        }
        Peer::Namespace(name) => {
            at.take(path, &allowance.peer);
            let pods = metadata::user(at, &format!("{path}[0].podSelector.matchLabels"), &[&allowance.pods]);
            NetworkPolicyPeer {
                namespace_selector: Some(labels(BTreeMap::from([(NAMESPACE_NAME.to_owned(), name.clone())]))),
                pod_selector: pods.map(labels),
                ip_block: None,
            }
        }
        Peer::Range(cidr) => {
            at.take(path, &allowance.peer);
            let except: Vec<&Traced<String>> = allowance.except.iter().collect();
            let except = ranges(at, &format!("{path}[0].ipBlock.except"), 0, &except);
            NetworkPolicyPeer {
                ip_block: Some(IPBlock { cidr: cidr.clone(), except: (!except.is_empty()).then_some(except) }),
                ..NetworkPolicyPeer::default()
            }
        }
    };
    Some(vec![peer])
}

/// Returns all addresses but those of pods and those that are taken out, for each family of addresses that pods have: in
/// another family nothing could be told apart.
fn outside(at: &mut Recorder, path: &str, pod_network: &[String], except: &[Traced<String>]) -> Vec<NetworkPolicyPeer> {
    let is_six = |it: &str| it.contains(':');
    let families = [("0.0.0.0/0", false), ("::/0", true)];
    let present = families.into_iter().filter(|(_, six)| pod_network.iter().any(|it| is_six(it) == *six));
    present
        .enumerate()
        .map(|(index, (cidr, six))| {
            let mut out: Vec<String> = pod_network.iter().filter(|it| is_six(it) == six).cloned().collect();
            let own: Vec<&Traced<String>> = except.iter().filter(|it| is_six(&it.value) == six).collect();
            out.extend(ranges(at, &format!("{path}[{index}].ipBlock.except"), out.len(), &own));
            NetworkPolicyPeer {
                ip_block: Some(IPBlock { cidr: cidr.to_owned(), except: Some(out) }),
                ..NetworkPolicyPeer::default()
            }
        })
        .collect()
}

/// Returns ranges that stand in the list at `path`, from the item `first` on.
fn ranges(at: &mut Recorder, path: &str, first: usize, ranges: &[&Traced<String>]) -> Vec<String> {
    ranges.iter().enumerate().map(|(index, it)| at.take(&format!("{path}[{}]", first + index), it)).collect()
}

/// Returns the port; none for every port.
fn ports(at: &mut Recorder, allowance: &Allowance) -> Option<Vec<NetworkPolicyPort>> {
    let port = allowance.port.as_ref()?;
    at.block("ports[0]", |at| {
        Some(vec![NetworkPolicyPort {
            port: Some(IntOrString::Int(whole(at.take("port", port)))),
            protocol: Some(at.take("protocol", &allowance.protocol)),
            end_port: None,
        }])
    })
}

/// Returns the rule that lets pods find names: kubeadm, and every distribution that follows it, labels the cluster's DNS
/// `k8s-app: kube-dns` in `kube-system`.
fn dns(at: &mut Recorder, path: &str, origin: &Origin) -> NetworkPolicyEgressRule {
    at.derived(path, origin, DNS, ());
    let selector = |key: &str, value: &str| {
        Some(LabelSelector {
            match_labels: Some(BTreeMap::from([(key.to_owned(), value.to_owned())])),
            match_expressions: None,
        })
    };
    let port = |protocol: &str| NetworkPolicyPort {
        port: Some(IntOrString::Int(53)),
        protocol: Some(protocol.to_owned()),
        end_port: None,
    };
    NetworkPolicyEgressRule {
        to: Some(vec![NetworkPolicyPeer {
            namespace_selector: selector(NAMESPACE_NAME, "kube-system"),
            pod_selector: selector("k8s-app", "kube-dns"),
            ip_block: None,
        }]),
        ports: Some(vec![port("UDP"), port("TCP")]),
    }
}
