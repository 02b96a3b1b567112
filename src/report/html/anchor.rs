//! What is at a place of the page in, the name of that place out: the same for the same finding, object or field on every
//! run, and no two alike on one page.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many bytes of a digest make a name: enough that two of a page are hardly ever the same.
const BYTES: usize = 5;

/// The name of a place in the page: small letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor(String);

impl Anchor {
    /// A place that there is once.
    pub(super) fn fixed(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// Returns the name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The names that are given already.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    given: BTreeMap<String, usize>,
}

impl Anchors {
    /// Names a place after what is there. A second place that says the same gets a number behind its name.
    pub(super) fn name(&mut self, kind: &'static str, content: &[&str]) -> Anchor {
        let mut digest = Sha256::new();
        for part in content {
            // The length keeps `["ab", "c"]` and `["a", "bc"]` apart.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        let mut name = format!("{kind}-");
        for byte in digest.finalize().iter().take(BYTES) {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        let times = self.given.entry(name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            let _ = write!(name, "-{times}");
        }
        Anchor(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn names_are_stable_and_differ() {
        let mut anchors = Anchors::default();
        let first = anchors.name("field", &["ab", "c"]);
        assert_eq!(first.as_str(), "field-43ee655579");
        assert_ne!(anchors.name("field", &["a", "bc"]), first);
        assert_eq!(anchors.name("field", &["ab", "c"]).as_str(), "field-43ee655579-2");
    }
}
