//! Sets of addresses, of both families.

use super::intervals::Intervals;
use std::net::IpAddr;

/// A set of addresses. Those of IPv4 lie where IPv6 maps them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSet(Intervals);

/// Where IPv6 maps the addresses of IPv4: `::ffff:0:0/96`.
const MAPPED: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);
/// The ranges that pods have their addresses from, as nobody else does: RFC 1918, 6598 and 4193.
const PRIVATE: [&str; 5] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

impl AddressSet {
    /// Every address of both families.
    pub fn all() -> Self {
        Self(Intervals::of([(0, u128::MAX)]))
    }

    /// The addresses of a range, `10.0.0.0/8`, or of a single address; none of what is neither.
    pub fn range(text: &str) -> Self {
        let (address, prefix) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let Ok(address) = address.parse::<IpAddr>() else { return Self::default() };
        let (bits, width) = match address {
            IpAddr::V4(it) => (MAPPED.0 | u128::from(u32::from(it)), 32),
            IpAddr::V6(it) => (u128::from(it), 128),
        };
        let prefix: u32 = if prefix.is_empty() { width } else { prefix.parse().unwrap_or(width).min(width) };
        let host = 1_u128.checked_shl(width - prefix).map_or(u128::MAX, |it| it - 1);
        let found = Intervals::of([(bits & !host, bits | host)]);
        let mapped = Intervals::of([MAPPED]);
        // An address of IPv4 is not one of IPv6.
        Self(if address.is_ipv6() { found.minus(&mapped) } else { found })
    }

    /// The addresses of several ranges.
    pub fn ranges<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        texts.into_iter().fold(Self::default(), |all, it| Self(all.0.union(&Self::range(it).0)))
    }

    /// True where no address is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

    /// True where pods of a cluster may have addresses in it.
    pub fn may_hold_pods(&self) -> bool {
        !self.intersection(&Self::ranges(PRIVATE)).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::AddressSet;

    #[test]
    fn knows_what_lies_in_what() {
        let check = |outer: &str, inner: &str, expected: bool| {
            let left = AddressSet::range(inner).minus(&AddressSet::range(outer));
            assert_eq!(left.is_empty(), expected, "{inner} in {outer}");
        };
        check("10.0.0.0/8", "10.1.2.3", true);
        check("10.1.2.3/8", "10.9.0.0/16", true);
        check("10.0.0.0/8", "11.0.0.0/32", false);
        check("0.0.0.0/0", "10.0.0.0/8", true);
        check("::/0", "10.0.0.0/8", false);
        check("::/0", "2001:db8::/32", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("10.0.0.0/8", "nonsense", true);
        assert!(AddressSet::range("nonsense").is_empty() && !AddressSet::range("0.0.0.0/0").is_empty());
        let both = AddressSet::ranges(["0.0.0.0/0", "::/0"]);
        assert!(AddressSet::all().minus(&both).is_empty());
        let pods = |text: &str| AddressSet::range(text).may_hold_pods();
        assert!(pods("10.0.0.0/8") && pods("0.0.0.0/0") && pods("::/0") && !pods("203.0.113.0/24"));
    }
}
