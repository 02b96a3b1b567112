//! Calls that a network policy lets through
//! (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>).
//!
//! What holds for every pod of the namespace is a note, and that pods may ask for names is left out. What a policy lets
//! reach a port is shown at the Service that leads to that port, where there is one.

use super::draft::{self, Draft, Key};
use super::field::{items, shown, text};
use super::service::{Service, outside, with_protocol};
use super::workload::Workload;
use crate::graph::{EdgeKind, Family, Presence};
use crate::object::{Object, ObjectSet, Selector};
use serde_json::Value;

/// Which side of a call a policy's pods are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

/// One end of an allowed call.
#[derive(Clone, Debug)]
enum End<'a> {
    /// Every pod of the namespace.
    EveryPod,
    /// One workload of the environment.
    Workload(Workload<'a>),
    /// Somebody else: what, and who.
    Other(String, String),
    /// Every address beyond the cluster.
    Outside,
}

/// A port that a policy names.
#[derive(Clone, Copy, Debug)]
struct Port<'a>(&'a Value);

/// What a drawing of policies needs to know.
struct Scene<'a> {
    namespace: &'a str,
    services: &'a [Service<'a>],
    workloads: &'a [Workload<'a>],
}

/// The port of the cluster's DNS.
const DNS: u64 = 53;
/// The label that the API server puts on every namespace.
const NAMESPACE_NAME: &str = "/matchLabels/kubernetes.io~1metadata.name";

/// Adds what the policies of an environment let through.
pub(super) fn add(set: &ObjectSet, services: &[Service<'_>], workloads: &[Workload<'_>], draft: &mut Draft) {
    let scene = Scene { namespace: &set.environment.namespace, services, workloads };
    // What another namespace lets its pods do is not about this one.
    let namespace = Some(scene.namespace);
    for policy in set.of_kind("NetworkPolicy").filter(|it| it.id.namespace.as_deref() == namespace) {
        for own in own_ends(policy, workloads) {
            for (direction, rules, peers) in
                [(Direction::Ingress, "/spec/ingress", "/from"), (Direction::Egress, "/spec/egress", "/to")]
            {
                for rule in items(&policy.body, rules) {
                    let ports: Vec<Port<'_>> = items(rule, "/ports").map(Port).collect();
                    if !ports.is_empty() && ports.iter().all(|it| it.0.get("port") == Some(&DNS.into())) {
                        continue;
                    }
                    for peer in scene.peers(rule, peers) {
                        match direction {
                            Direction::Ingress => scene.allow(&peer, &own, &ports, draft),
                            Direction::Egress => scene.allow(&own, &peer, &ports, draft),
                        }
                    }
                }
            }
        }
    }
}

/// Returns the pods that a policy is about. Without a selector, or with one that says nothing, those are all.
fn own_ends<'a>(policy: &Object, workloads: &[Workload<'a>]) -> Vec<End<'a>> {
    let selector = policy.body.pointer("/spec/podSelector").map(Selector::of).filter(|it| !it.is_empty());
    let Some(selector) = selector else { return vec![End::EveryPod] };
    let here = workloads.iter().filter(|it| it.object.id.namespace == policy.id.namespace);
    here.filter(|it| selector.matches(it.labels())).map(|it| End::Workload(it.clone())).collect()
}

impl<'a> Scene<'a> {
    /// Returns the other ends of a rule; one without any is about everyone.
    fn peers(&self, rule: &Value, list: &str) -> Vec<End<'a>> {
        let mut peers: Vec<End<'a>> = Vec::new();
        for peer in items(rule, list) {
            if let Some(range) = text(peer, "/ipBlock/cidr") {
                peers.push(if range == "0.0.0.0/0" || range == "::/0" {
                    End::Outside
                } else {
                    End::Other("addresses".to_owned(), range.to_owned())
                });
                continue;
            }
            let pods = peer.get("podSelector").unwrap_or(&Value::Null);
            match peer.get("namespaceSelector") {
                Some(namespaces) if text(namespaces, NAMESPACE_NAME) != Some(self.namespace) => {
                    peers.push(elsewhere(namespaces, pods));
                }
                _ if Selector::of(pods).is_empty() => peers.push(End::EveryPod),
                _ => {
                    let selector = Selector::of(pods);
                    let found = self.workloads.iter().filter(|it| selector.matches(it.labels()));
                    let found: Vec<End<'a>> = found.map(|it| End::Workload(it.clone())).collect();
                    let unknown = found.is_empty().then(|| End::Other("pods".to_owned(), labels(pods)));
                    peers.extend(found.into_iter().chain(unknown));
                }
            }
        }
        if items(rule, list).next().is_none() {
            peers.push(End::Other("anyone".to_owned(), "inside or outside".to_owned()));
        }
        peers
    }

    /// Adds that one end may call another.
    fn allow(&self, from: &End<'a>, to: &End<'a>, ports: &[Port<'_>], draft: &mut Draft) {
        if matches!(from, End::EveryPod) || matches!(to, End::EveryPod) {
            let numbers: Vec<String> = ports.iter().map(|it| it.shown()).collect();
            let on = if numbers.is_empty() { String::new() } else { format!(" on {}", numbers.join(", ")) };
            draft.note(match (from, to) {
                (End::EveryPod, End::EveryPod) => format!("pods of the namespace may call each other{on}"),
                _ => format!("{} may call {}{on}", from.named(), to.named()),
            });
            return;
        }
        let calling = from.key(Family::Caller, draft);
        let End::Workload(workload) = to else {
            let called = to.key(Family::Callee, draft);
            draft.edge(&calling, &called, EdgeKind::Allows, None);
            for port in ports {
                draft.edge(&calling, &called, EdgeKind::Allows, Some(port.shown()));
            }
            return;
        };
        let before: Vec<&Service<'_>> = self.services.iter().filter(|it| it.selects(workload)).collect();
        if ports.is_empty() {
            let through = if let [only] = before.as_slice() { only.key() } else { workload.key() };
            draft.edge(&calling, &through, EdgeKind::Allows, None);
        }
        for port in ports {
            let number = port.number(workload);
            let leads = |it: &&Service<'_>| {
                it.ports
                    .iter()
                    .find(|it| number.is_some() && it.target(workload) == number)
                    .map(|port| (it.key(), port.shown()))
            };
            let (to, label) = before.iter().find_map(leads).unwrap_or_else(|| (workload.key(), port.shown()));
            draft.edge(&calling, &to, EdgeKind::Allows, Some(label));
        }
    }
}

impl End<'_> {
    /// Returns the key of its node, on the side on which it stands.
    fn key(&self, side: Family, draft: &mut Draft) -> Key {
        match self {
            Self::Workload(it) => it.key(),
            Self::Other(kind, name) => draft.node(draft::node(side, kind, name, Presence::External)),
            Self::Outside | Self::EveryPod if side == Family::Caller => outside(draft),
            Self::Outside | Self::EveryPod => {
                draft.node(draft::node(side, "outside", "the cluster", Presence::External))
            }
        }
    }

    /// Names it in a sentence.
    fn named(&self) -> String {
        match self {
            Self::EveryPod => "every pod of the namespace".to_owned(),
            Self::Workload(it) => it.name.clone(),
            Self::Other(kind, _) if kind == "anyone" => kind.clone(),
            Self::Other(kind, name) => format!("{kind} {name}"),
            Self::Outside => "everyone outside the cluster".to_owned(),
        }
    }
}

impl Port<'_> {
    /// Returns its number in the pods of a workload.
    fn number(self, workload: &Workload<'_>) -> Option<u64> {
        let port = self.0.get("port")?;
        port.as_u64().or_else(|| workload.port(port.as_str()?))
    }

    /// Writes it as the policy says it: `8000`, `http`, `5000–5010/UDP`.
    fn shown(self) -> String {
        let first = self.0.get("port").and_then(shown).unwrap_or_else(|| "every port".to_owned());
        let last = self.0.get("endPort").and_then(shown).map(|it| format!("–{it}")).unwrap_or_default();
        with_protocol(&(first + &last), text(self.0, "/protocol"))
    }
}

/// Returns the pods of other namespaces that a peer selects.
fn elsewhere<'a>(namespaces: &Value, pods: &Value) -> End<'a> {
    let (kind, name) = match text(namespaces, NAMESPACE_NAME) {
        Some(name) => ("namespace", name.to_owned()),
        None if Selector::of(namespaces).is_empty() => ("pods", "of every namespace".to_owned()),
        None => ("namespaces", labels(namespaces)),
    };
    let pods = if Selector::of(pods).is_empty() { String::new() } else { format!(", {}", labels(pods)) };
    End::Other(kind.to_owned(), name + &pods)
}

/// Writes a selector in one line, in the form that `kubectl get --selector` takes.
fn labels(selector: &Value) -> String {
    let of_label = |(key, value): (&String, &Value)| format!("{key}={}", value.as_str().unwrap_or_default());
    let equal = selector.get("matchLabels").and_then(Value::as_object).into_iter().flatten().map(of_label);
    let expressions = items(selector, "/matchExpressions").map(|it| {
        let key = text(it, "/key").unwrap_or_default();
        let values: Vec<&str> = items(it, "/values").filter_map(Value::as_str).collect();
        let values = values.join(", ");
        match text(it, "/operator") {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key.to_owned(),
        }
    });
    equal.chain(expressions).collect::<Vec<_>>().join(",")
}
