//! Who is beyond the pods that we know, and which ports are open between them and a pod.

use super::{AddressSet, PortSet};

/// Somebody beyond the known pods, and the ports that are open between them and a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// Who.
    pub who: Who,
    /// The ports.
    pub ports: PortSet,
}

/// Somebody beyond the known pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Addresses outside of the cluster, and how they are written.
    Addresses(String, AddressSet),
    /// Every pod of the cluster.
    EveryPod,
    /// Every pod of the policy's own namespace.
    EveryNeighbour,
    /// Some pods of the policy's own namespace: `pods with app=web`.
    Neighbours(String),
    /// Some pods of other namespaces: `every pod of namespace monitoring`.
    Strangers(String),
}

impl Who {
    /// Names them in a sentence.
    pub fn name(&self) -> &str {
        match self {
            Self::Addresses(name, _) | Self::Neighbours(name) | Self::Strangers(name) => name,
            Self::EveryPod => "every pod of the cluster",
            Self::EveryNeighbour => "every pod of its namespace",
        }
    }

    /// True where these are, as far as can be told, all of the others.
    fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::EveryPod, Self::EveryPod | Self::EveryNeighbour | Self::Neighbours(_) | Self::Strangers(_))
            | (Self::EveryNeighbour, Self::Neighbours(_)) => true,
            (_, _) => self == other,
        }
    }
}

impl Beyond {
    /// Everybody there is.
    pub(super) fn everybody(ports: &PortSet) -> Vec<Self> {
        let every_address = Who::Addresses("every address".to_owned(), AddressSet::all());
        [every_address, Who::EveryPod].map(|who| Self { who, ports: ports.clone() }).into()
    }

    /// Returns what one list allows and the other does not: each with the ports that the other leaves closed.
    pub fn minus(list: &[Self], other: &[Self]) -> Vec<Self> {
        let left = |it: &Self| {
            let ports = match &it.who {
                Who::Addresses(_, addresses) => closed_to(addresses, &it.ports, other),
                Who::EveryPod | Who::EveryNeighbour | Who::Neighbours(_) | Who::Strangers(_) => {
                    let same = other.iter().filter(|known| known.who.includes(&it.who));
                    same.fold(it.ports.clone(), |left, known| left.minus(&known.ports))
                }
            };
            (!ports.is_empty()).then(|| Self { who: it.who.clone(), ports })
        };
        list.iter().filter_map(left).collect()
    }
}

/// Returns the ports that are closed to at least one of some addresses.
fn closed_to(addresses: &AddressSet, ports: &PortSet, other: &[Beyond]) -> PortSet {
    let mut left = vec![(addresses.clone(), ports.clone())];
    for known in other {
        let Who::Addresses(_, open) = &known.who else { continue };
        left = left
            .into_iter()
            .flat_map(|(addresses, ports)| {
                let rest = (addresses.minus(open), ports.clone());
                [rest, (addresses.intersection(open), ports.minus(&known.ports))]
            })
            .filter(|(addresses, ports)| !addresses.is_empty() && !ports.is_empty())
            .collect();
    }
    left.iter().fold(PortSet::default(), |all, (_, ports)| all.union(ports))
}

#[cfg(test)]
mod tests {
    use super::{Beyond, Who};
    use crate::object::reach::{AddressSet, PortSet};

    fn addresses(range: &str, port: u64) -> Beyond {
        let who = Who::Addresses(range.to_owned(), AddressSet::range(range));
        Beyond { who, ports: PortSet::range("TCP", port, port) }
    }

    #[test]
    fn what_was_open_before_is_not_new() {
        let check = |list: &[Beyond], other: &[Beyond], expected: &[&str]| {
            let left = Beyond::minus(list, other);
            let found: Vec<String> = left.iter().map(|it| format!("{} on {}", it.who.name(), it.ports)).collect();
            assert_eq!(found, expected);
        };
        check(&[addresses("10.0.0.0/8", 80)], &[], &["10.0.0.0/8 on 80/TCP"]);
        check(&[addresses("10.0.0.0/8", 80)], &[addresses("0.0.0.0/0", 80)], &[]);
        check(&[addresses("0.0.0.0/0", 80)], &[addresses("10.0.0.0/8", 80)], &["0.0.0.0/0 on 80/TCP"]);
        check(&[addresses("10.0.0.0/8", 80)], &[addresses("0.0.0.0/0", 81)], &["10.0.0.0/8 on 80/TCP"]);
        // Two halves are the whole.
        let halves = [addresses("10.0.0.0/9", 80), addresses("10.128.0.0/9", 80)];
        check(&[addresses("10.0.0.0/8", 80)], &halves, &[]);
        let pods = |who: Who| vec![Beyond { who, ports: PortSet::range("TCP", 80, 80) }];
        let some = || pods(Who::Neighbours("pods with app=a".to_owned()));
        check(&some(), &pods(Who::EveryNeighbour), &[]);
        check(&some(), &pods(Who::EveryPod), &[]);
        check(&pods(Who::EveryNeighbour), &some(), &["every pod of its namespace on 80/TCP"]);
        check(
            &pods(Who::Strangers("every pod of namespace a".to_owned())),
            &pods(Who::EveryNeighbour),
            &["every pod of namespace a on 80/TCP"],
        );
    }
}
