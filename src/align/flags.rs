//! A row in, what makes its difference worth a look out.

use super::Found;
use crate::object::{ImageReference, ObjectSet};
use crate::parity::{ComparedObject, Flag, Reason};
use serde_json::Value;
use std::cmp::Ordering;

/// Returns what is odd about a row.
pub(super) fn of(object: &ComparedObject, found: &Found<'_>, reason: Reason, sets: &[ObjectSet]) -> Vec<Flag> {
    let mut flags = Vec::new();
    match reason {
        Reason::Same | Reason::Named | Reason::Derived => return flags,
        Reason::Unexplained => flags.push(Flag::Unexplained),
        Reason::NotEverywhere if is_setting(object, &found.path) => flags.extend(alone(found, sets)),
        Reason::NotEverywhere | Reason::OwnValue | Reason::Overridden => {}
    }
    if found.path.rsplit('.').next() == Some("image") {
        flags.extend(images(found, sets));
    }
    flags
}

/// True for a key of a ConfigMap, and for a variable: what a program reads, and may miss.
fn is_setting(object: &ComparedObject, path: &str) -> bool {
    (object.kind == "ConfigMap" && path.starts_with("data")) || path.contains(".env[")
}

/// Says which environment stands alone with a setting, or without it.
fn alone(found: &Found<'_>, sets: &[ObjectSet]) -> Option<Flag> {
    let named = |has: bool| -> Vec<&str> {
        let columns = found.fields.iter().zip(sets).filter(|(it, _)| it.value.is_some() == has);
        columns.map(|(_, set)| set.environment.name.as_str()).collect()
    };
    match (named(true).as_slice(), named(false).as_slice()) {
        ([only], [_, ..]) => Some(Flag::OnlyIn((*only).to_owned())),
        ([_, _, ..], [missing]) => Some(Flag::MissingIn((*missing).to_owned())),
        _ => None,
    }
}

/// Compares the images of environments: what is protected runs what was tried elsewhere before.
fn images(found: &Found<'_>, sets: &[ObjectSet]) -> Option<Flag> {
    let images: Vec<(ImageReference<'_>, &ObjectSet)> = found
        .fields
        .iter()
        .zip(sets)
        .filter_map(|(it, set)| Some((ImageReference::parse(it.value.and_then(Value::as_str)?), set)))
        .collect();
    let program = |it: &ImageReference<'_>| it.repository.rsplit('/').next().unwrap_or_default().to_owned();
    let (first, _) = images.first()?;
    if images.iter().any(|(it, _)| program(it) != program(first)) {
        return Some(Flag::OtherImages);
    }
    let (protected, open): (Vec<_>, Vec<_>) = images.iter().partition(|(_, set)| set.environment.protected);
    let is_newer = |a: &ImageReference<'_>, b: &ImageReference<'_>| {
        versions(*a).zip(versions(*b)).is_some_and(|(a, b)| a.cmp(&b) == Ordering::Greater)
    };
    // Newer than all of them: what one environment has tried may be live, whatever the others still run.
    let (newest, set) =
        protected.iter().find(|(it, _)| !open.is_empty() && open.iter().all(|(b, _)| is_newer(it, b)))?;
    let (_, other) = open.iter().find(|(it, _)| is_newer(newest, it))?;
    Some(Flag::NewerWhereProtected { protected: set.environment.name.clone(), other: other.environment.name.clone() })
}

/// Returns the numbers of a tag such as `1.10.2` or `v2.0`; none for one that does not begin so.
fn versions(image: ImageReference<'_>) -> Option<Vec<u64>> {
    let tag = image.tag?;
    let plain = tag.strip_prefix('v').unwrap_or(tag);
    let numbers = plain.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = numbers.split('.').map(|it| it.parse().ok()).collect::<Option<Vec<u64>>>()?;
    // `1.2` and `1.2.0` are one version.
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}
