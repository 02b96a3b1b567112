//! How far one image is from another.

use crate::object::ImageReference;
use std::cmp::Ordering;

/// What kind of step leads from one image to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The same repository of another registry.
    Registry,
    /// Another repository.
    Repository,
    /// To an older version.
    Downgrade,
    /// To another major version.
    Major,
    /// To another minor version, or to a release of another year where years are the versions.
    Minor,
    /// To another patch version, or from a pre-release to its release.
    Patch,
    /// To another tag; which is newer cannot be said.
    Tag,
    /// Another digest or none, or no tag to compare.
    Digest,
    /// To the same image, written in another way.
    Same,
}

/// Returns what kind of step leads from one image to another. Where there is a digest, it alone says which image it is.
pub(super) fn between(before: ImageReference<'_>, after: ImageReference<'_>) -> Step {
    let (old, new) = (place(before.repository), place(after.repository));
    if old.1 != new.1 {
        return Step::Repository;
    }
    if old.0 != new.0 {
        return Step::Registry;
    }
    if before.digest.is_some() && before.digest == after.digest {
        return Step::Same;
    }
    let tag = |it: ImageReference<'_>| it.tag.map(str::to_owned).or(it.digest.is_none().then(|| "latest".to_owned()));
    match (tag(before), tag(after)) {
        (Some(old), Some(new)) if old != new => between_tags(&old, &new),
        (Some(_), Some(_)) if before.digest == after.digest => Step::Same,
        _ => Step::Digest,
    }
}

fn between_tags(before: &str, after: &str) -> Step {
    let (Some(old), Some(new)) = (Version::parse(before), Version::parse(after)) else { return Step::Tag };
    if old.is_calendar() != new.is_calendar() {
        return Step::Tag;
    }
    match old.cmp(&new) {
        Some(Ordering::Greater) => Step::Downgrade,
        Some(Ordering::Equal) | None => Step::Tag,
        Some(Ordering::Less) if old.numbers[0] != new.numbers[0] => {
            if old.is_calendar() {
                Step::Minor
            } else {
                Step::Major
            }
        }
        Some(Ordering::Less) if old.numbers.get(1) != new.numbers.get(1) => Step::Minor,
        Some(Ordering::Less) => Step::Patch,
    }
}

/// Returns the registry and the path of a repository. `nginx` is `docker.io/library/nginx`. Source: `splitDockerDomain` of
/// `github.com/distribution/reference`.
fn place(repository: &str) -> (&str, String) {
    let is_registry = |it: &str| it.contains(['.', ':']) || it == "localhost" || it.chars().any(char::is_uppercase);
    let (registry, path) = match repository.split_once('/') {
        Some((registry, path)) if is_registry(registry) => (registry, path),
        Some(_) | None => ("docker.io", repository),
    };
    let registry = if registry == "index.docker.io" { "docker.io" } else { registry };
    let is_official = registry == "docker.io" && !path.contains('/');
    (registry, if is_official { format!("library/{path}") } else { path.to_owned() })
}

impl Step {
    /// Its name in every report.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Repository => "repository",
            Self::Downgrade => "downgrade",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::Tag => "tag",
            Self::Digest => "digest",
            Self::Same => "same",
        }
    }
}

/// A version: `1.4.2`, `v1.4.2`, `1.5.0-rc.1`, `1.5.0+build`, `2024.10.1`; also `16.4` and `16`, of which the rest is
/// open, and `16.4-alpine`, a variant of it.
#[derive(Debug, PartialEq, Eq)]
struct Version<'a> {
    /// One to three.
    numbers: Vec<u64>,
    pre_release: Option<&'a str>,
    variant: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(tag: &'a str) -> Option<Self> {
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let tag = tag.split_once('+').map_or(tag, |(it, _)| it);
        let (core, suffix) = match tag.split_once('-') {
            Some((core, suffix)) => (core, Some(suffix)),
            None => (tag, None),
        };
        let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit()).then(|| it.parse().ok())?;
        let numbers: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
        // A large number alone is a build or a date, of which nothing is known.
        let is_version = matches!(numbers.as_slice(), [0..100] | [_, _] | [_, _, _]);
        let (pre_release, variant) = match suffix {
            Some(suffix) if numbers.len() == 3 && is_pre_release(suffix) => (Some(suffix), None),
            suffix => (None, suffix),
        };
        is_version.then_some(Self { numbers, pre_release, variant })
    }

    fn is_calendar(&self) -> bool {
        (1990..2200).contains(&self.numbers[0])
    }

    /// Compares what both say: `1.27` may be any of `1.27.3`. None where that does not decide.
    fn cmp(&self, other: &Self) -> Option<Ordering> {
        let said = self.numbers.len().min(other.numbers.len());
        match self.numbers[..said].cmp(&other.numbers[..said]) {
            Ordering::Equal if self.numbers.len() != other.numbers.len() || self.variant != other.variant => None,
            Ordering::Equal => Some(match (self.pre_release, other.pre_release) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(left), Some(right)) => compare_pre_releases(left, right),
            }),
            order @ (Ordering::Less | Ordering::Greater) => Some(order),
        }
    }
}

/// True for what comes before a release, and false for a variant such as `alpine`.
fn is_pre_release(suffix: &str) -> bool {
    let word = suffix.split(['.', '-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let word = word.trim_end_matches(|it: char| it.is_ascii_digit());
    matches!(word, "" | "a" | "alpha" | "b" | "beta" | "dev" | "m" | "nightly" | "pre" | "preview" | "rc" | "snapshot")
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
        check("web:1.5", "web:1.6", Step::Minor);
        check("web:15", "web:16", Step::Major);
        check("web:15", "web:14", Step::Downgrade);
        check("web:41", "web:142", Step::Tag);
        check("web:20240101", "web:20250101", Step::Tag);
        check("web:1.27", "web:1.27.3", Step::Tag);
        check("web:1.27.3", "web:1.27", Step::Tag);
        check("web:1.27.3", "web:1.28", Step::Minor);
        check("web:16.4-alpine", "web:17.0-alpine", Step::Major);
        check("web:16.4-alpine", "web:16.4-bookworm", Step::Tag);
        check("web:16.4", "web:16.4-alpine", Step::Tag);
        check("web:1.5.0-alpine", "web:1.5.0", Step::Tag);
        check("web:1.5.0-rc1", "web:1.5.0-rc2", Step::Patch);
        check("web:1.5.0-1", "web:1.5.0-2", Step::Patch);
        check("web:2024.12.1", "web:2025.1.0", Step::Minor);
        check("web:2024.1.1", "web:2024.2.0", Step::Minor);
        check("web:2025.1.0", "web:2024.12.1", Step::Downgrade);
        check("web:2025.1.0", "web:3.0.0", Step::Tag);
        check("web:v1.2.3", "web:1.2.3", Step::Tag);
        check("web:V2.0.0", "web:2.0.0", Step::Tag);
        check("web:1..2", "web:1.2", Step::Tag);
        check("web:1.2.3.4", "web:2.2.3.4", Step::Tag);
        check("web:abc", "web:1.5.0", Step::Tag);
        check("web:1.5.0", "web:latest", Step::Tag);
        check("web:1.5.0@sha256:a", "web:1.5.0", Step::Digest);
        check("web:1.5.0", "other/web:1.5.0", Step::Repository);
    }

    #[test]
    fn an_image_has_several_names() {
        let check = |before: &str, after: &str, expected: Step| {
            let step = between(ImageReference::parse(before), ImageReference::parse(after));
            assert_eq!(step, expected, "{before} → {after}");
        };
        check("web:1", "docker.io/library/web:1", Step::Same);
        check("index.docker.io/web:1", "docker.io/web:1", Step::Same);
        check("team/web:1", "docker.io/team/web:1", Step::Same);
        check("web", "web:latest", Step::Same);
        check("web:1", "localhost/library/web:1", Step::Registry);
        check("ghcr.io/team/web:1", "registry.example.com:5000/team/web:2", Step::Registry);
        check("ghcr.io/team/web:1", "ghcr.io/other/web:1", Step::Repository);
        check("web:1@sha256:a", "web:2@sha256:a", Step::Same);
        check("web@sha256:a", "web@sha256:b", Step::Digest);
        check("web:1@sha256:a", "web@sha256:b", Step::Digest);
        check("web:1.0.0@sha256:a", "web:2.0.0@sha256:b", Step::Major);
        check("web@sha256:a", "web:1", Step::Digest);
        check("web@sha256:a", "web", Step::Digest);
    }
}
