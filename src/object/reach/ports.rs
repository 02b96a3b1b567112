//! Sets of ports, each of its protocol.

use super::intervals::Intervals;
use std::fmt;

/// The protocols that a port can have.
const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
/// A port and its protocol as one number.
const STEP: u128 = 1 << 16;
const LAST: u128 = STEP - 1;

/// A set of ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortSet(Intervals);

impl PortSet {
    /// Every port of every protocol.
    pub fn all() -> Self {
        Self(Intervals::of((0..).step_by(1 << 16).take(PROTOCOLS.len()).map(|base| (base + 1, base + LAST))))
    }

    /// The ports from the first to the last of a protocol; none where there is no such protocol.
    pub fn range(protocol: &str, first: u64, last: u64) -> Self {
        let base = (0..).step_by(1 << 16).zip(PROTOCOLS).find(|(_, name)| *name == protocol).map(|(base, _)| base);
        let within = |port: u64| u128::from(port).min(LAST);
        Self(base.map_or_else(Intervals::default, |base: u128| {
            Intervals::of([(base + within(first).max(1), base + within(last))])
        }))
    }

    /// True where no port is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns what is in one of the two.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// Returns what is in this one and not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(self.0.minus(&other.0))
    }

    /// Returns what is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0))
    }

    fn list(&self) -> String {
        let one = |(first, last): (u128, u128)| {
            let protocol = PROTOCOLS.iter().zip(0..).find(|(_, at)| first / STEP == *at).map_or("", |(name, _)| name);
            match (first % STEP, last % STEP) {
                (1, LAST) => format!("every {protocol} port"),
                (first, last) if first == last => format!("{first}/{protocol}"),
                (first, last) => format!("{first}-{last}/{protocol}"),
            }
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for PortSet {
    /// Writes `8000/TCP, 9000-9005/UDP`, `every port`, or `every port but 8000/TCP`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = Self::all().minus(self);
        if self.is_empty() {
            f.write_str("no port")
        } else if rest.is_empty() {
            f.write_str("every port")
        } else if rest.list().len() < self.list().len() {
            write!(f, "every port but {}", rest.list())
        } else {
            f.write_str(&self.list())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PortSet;

    #[test]
    fn writes_the_shorter_way() {
        let check = |set: PortSet, expected: &str| assert_eq!(set.to_string(), expected);
        let web = || PortSet::range("TCP", 8000, 8000);
        check(web(), "8000/TCP");
        check(web().union(&PortSet::range("TCP", 8001, 8001)), "8000-8001/TCP");
        check(web().union(&PortSet::range("UDP", 53, 53)), "8000/TCP, 53/UDP");
        check(PortSet::all(), "every port");
        check(PortSet::all().minus(&web()), "every port but 8000/TCP");
        check(PortSet::range("TCP", 1, 65535), "every TCP port");
        check(PortSet::range("TCP", 0, 70_000), "every TCP port");
        check(PortSet::range("ICMP", 1, 9), "no port");
        check(PortSet::range("TCP", 9, 1), "no port");
    }
}
