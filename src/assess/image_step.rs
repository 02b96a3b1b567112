//! How far one image is from another.

use crate::object::ImageReference;
use std::cmp::Ordering;

/// What kind of step leads from one image to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Another repository or registry.
    Repository,
    /// To an older version.
    Downgrade,
    /// To another major version.
    Major,
    /// To another minor version.
    Minor,
    /// To another patch version, or from a pre-release to its release.
    Patch,
    /// To another tag; which is newer cannot be said.
    Tag,
    /// The same tag, another digest or none.
    Digest,
}

/// Returns what kind of step leads from one image to another.
pub(super) fn between(before: ImageReference<'_>, after: ImageReference<'_>) -> Step {
    if before.repository != after.repository {
        return Step::Repository;
    }
    if before.tag == after.tag {
        return Step::Digest;
    }
    let versions = (before.tag.and_then(Version::parse), after.tag.and_then(Version::parse));
    let (Some(old), Some(new)) = versions else { return Step::Tag };
    match old.cmp(&new) {
        Ordering::Greater => Step::Downgrade,
        Ordering::Equal => Step::Tag,
        Ordering::Less if old.numbers[0] != new.numbers[0] => Step::Major,
        Ordering::Less if old.numbers[1] != new.numbers[1] => Step::Minor,
        Ordering::Less => Step::Patch,
    }
}

impl Step {
    /// Its name in every report.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Downgrade => "downgrade",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::Tag => "tag",
            Self::Digest => "digest",
        }
    }
}

/// A semantic version: `1.4.2`, `v1.4.2`, `1.5.0-rc.1`, `1.5.0+build`.
#[derive(Debug, PartialEq, Eq)]
struct Version<'a> {
    numbers: [u64; 3],
    pre_release: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(tag: &'a str) -> Option<Self> {
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let tag = tag.split_once('+').map_or(tag, |(it, _)| it);
        let (core, pre_release) = match tag.split_once('-') {
            Some((core, pre_release)) => (core, Some(pre_release)),
            None => (tag, None),
        };
        let mut parts = core.split('.');
        let mut number = || parts.next().filter(|it| it.bytes().all(|it| it.is_ascii_digit()))?.parse().ok();
        let numbers = [number()?, number()?, number()?];
        parts.next().is_none().then_some(Self { numbers, pre_release })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.pre_release, other.pre_release) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => compare_pre_releases(left, right),
        })
    }
}

/// Semantic Versioning 2.0.0, rule 11: numbers by value and before words, and the shorter of two equal starts first.
fn compare_pre_releases(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => left.cmp(right),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, between};
    use crate::object::ImageReference;

    #[test]
    fn names_the_step() {
        let check = |before: &str, after: &str, expected: Step| {
            let step = between(ImageReference::parse(before), ImageReference::parse(after));
            assert_eq!(step, expected, "{before} → {after}");
        };
        check("web:1.4.2", "web:1.5.0", Step::Minor);
        check("web:1.4.2", "web:1.4.10", Step::Patch);
        check("web:v1.4.2", "web:2.0.0", Step::Major);
        check("web:1.5.0", "web:1.4.9", Step::Downgrade);
        check("web:2.0.0", "web:1.9.9", Step::Downgrade);
        check("web:1.5.0-rc.1", "web:1.5.0", Step::Patch);
        check("web:1.5.0", "web:1.5.0-rc.1", Step::Downgrade);
        check("web:1.5.0-rc.9", "web:1.5.0-rc.10", Step::Patch);
        check("web:1.5.0-rc.1", "web:1.5.0-beta.1", Step::Downgrade);
        check("web:1.5.0+a", "web:1.5.0+b", Step::Tag);
        check("web:1.5", "web:1.6", Step::Tag);
        check("web:abc", "web:1.5.0", Step::Tag);
        check("web:1.5.0", "web:latest", Step::Tag);
        check("web:1.5.0@sha256:a", "web:1.5.0", Step::Digest);
        check("web:1.5.0", "other/web:1.5.0", Step::Repository);
    }
}
