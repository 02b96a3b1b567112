//! Address ranges, `10.0.0.0/8`.

use std::net::IpAddr;

/// A range of addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    /// The address as a number, and how many bits an address of its family has.
    bits: u128,
    width: u32,
    prefix: u32,
}

impl Range {
    /// Reads a range. Leading zeros are refused: readers disagree whether they mean octal.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let plain = !prefix.is_empty() && prefix.bytes().all(|it| it.is_ascii_digit());
        let prefix: u32 = plain.then(|| prefix.parse().ok()).flatten()?;
        let (bits, width) = match address.parse().ok()? {
            IpAddr::V4(it) => (u128::from(u32::from(it)), 32),
            IpAddr::V6(it) => (u128::from(it), 128),
        };
        (prefix <= width).then_some(Self { bits, width, prefix })
    }

    /// True where the other range is inside this one and smaller.
    pub(super) fn strictly_contains(self, other: Self) -> bool {
        let network = |it: u128| it.checked_shr(self.width - self.prefix).unwrap_or(0);
        self.width == other.width && other.prefix > self.prefix && network(self.bits) == network(other.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn compares_ranges() {
        let check = |outer, inner, expected| {
            let (outer, inner) = (Range::parse(outer).unwrap(), Range::parse(inner).unwrap());
            assert_eq!(outer.strictly_contains(inner), expected, "{outer:?} {inner:?}");
        };
        check("10.0.0.0/8", "10.1.0.0/16", true);
        check("10.0.0.0/8", "10.0.0.0/8", false);
        check("10.0.0.0/8", "11.0.0.0/16", false);
        check("0.0.0.0/0", "11.0.0.0/16", true);
        check("::/0", "fd00::/8", true);
        check("::/0", "10.0.0.0/8", false);
        for text in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0/8", "010.0.0.0/8", "x/8", "/8", "10.0.0.0/"] {
            assert!(Range::parse(text).is_none(), "{text}");
        }
    }
}
