//! The whole review in one sentence: the worst first, then what restarts, then what grows or shrinks.

use super::without_restart::ROLLOUT_RESUMED;
use super::wording::{count, count_of, list};
use crate::change::{
    Baseline, CapacityChange, Comparison, EnvironmentComparison, EnvironmentSummary, Finding, Severity,
};
use std::collections::BTreeMap;

/// The most environments whose numbers of pods are told one by one.
const MOST_RESIZED: usize = 3;

/// Writes the headline.
pub(super) fn sentence(
    input: &Comparison<'_>,
    environments: &[EnvironmentSummary],
    findings: &[Finding],
    capacity: &[CapacityChange],
) -> String {
    let first = match input.baseline {
        Baseline::FirstCompile => Some(first_compile(environments)),
        Baseline::Commit { .. } => None,
    };
    let changed: usize = environments.iter().map(|it| it.created + it.updated + it.deleted).sum();
    let mut parts = worst(findings);
    if first.is_none() && changed == 0 && parts.is_empty() {
        return "no changes".to_owned();
    }
    parts.extend(gone(input, findings.first()));
    parts.extend(new(input, environments, capacity));
    // On a first compile nothing restarts and everything grows: it says neither.
    parts.extend(first);
    parts.extend(restarts(environments));
    parts.extend(growth(input, capacity));
    if changed == 0 && input.baseline != Baseline::FirstCompile {
        parts.push("no object changes".to_owned());
    }
    if parts.is_empty() {
        let is_resumed = findings.iter().any(|it| it.code == ROLLOUT_RESUMED);
        let what = if is_resumed { "what was held back may restart" } else { "nothing restarts" };
        parts.push(format!("{}, {what}", counts(environments)));
    }
    format!("{}.", parts.join("; "))
}

/// The worst finding, and how many more are as bad or want a look.
fn worst(findings: &[Finding]) -> Vec<String> {
    let serious: Vec<&Finding> = findings.iter().filter(|it| it.severity >= Severity::Warn).collect();
    // The first of the worst: what comes before them all in the list need not be one.
    let Some(finding) = serious.iter().rev().max_by_key(|it| it.severity) else { return Vec::new() };
    let what = finding.message.split_once(": ").map_or(finding.message.as_str(), |(it, _)| it);
    let object = finding.object.short();
    let mut parts = vec![match finding.environments.as_slice() {
        [only] if finding.is_of_environment() => format!("{only} {what}"),
        // A Namespace of the environment's name says where it is.
        [only] if *only == finding.object.name => format!("{object} {what}"),
        environments => format!("{object} in {} {what}", list(environments)),
    }];
    let more = u64::try_from(serious.len() - 1).unwrap_or(u64::MAX);
    if more > 0 {
        parts.push(format!("{} to look at", count(more, "more finding")));
    }
    parts
}

/// Environments that go as a whole, unless the worst finding says it.
fn gone(input: &Comparison<'_>, worst: Option<&Finding>) -> Option<String> {
    let is_said = |name: &str| {
        let is_whole = |it: &Finding| it.object.kind == "Namespace" || it.is_of_environment();
        worst.is_some_and(|it| {
            it.severity >= Severity::Warn && is_whole(it) && it.environments.iter().any(|it| it == name)
        })
    };
    let removed = input.environments.iter().filter(|it| it.before.is_some() && it.after.is_none());
    let names: Vec<&str> = removed.map(EnvironmentComparison::name).filter(|it| !is_said(it)).collect();
    (!names.is_empty()).then(|| format!("{} {} removed", list(&names), is(names.len())))
}

/// Environments that come as a whole, and how much comes with them.
fn new(input: &Comparison<'_>, rows: &[EnvironmentSummary], capacity: &[CapacityChange]) -> Option<String> {
    if input.baseline == Baseline::FirstCompile {
        return None;
    }
    let added = input.environments.iter().filter(|it| it.before.is_none() && it.after.is_some());
    let names: Vec<&str> = added.map(EnvironmentComparison::name).collect();
    let objects: usize = rows.iter().filter(|it| names.contains(&it.name.as_str())).map(|it| it.objects).sum();
    let objects = count(u64::try_from(objects).unwrap_or(u64::MAX), "object");
    let pods: u64 = capacity.iter().filter(|it| names.contains(&it.environment.as_str())).map(|it| it.after.pods).sum();
    let pods = if pods == 0 { String::new() } else { format!(" and {}", count(pods, "pod")) };
    (!names.is_empty()).then(|| format!("{} {} new with {objects}{pods}", list(&names), is(names.len())))
}

fn is(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn restarts(environments: &[EnvironmentSummary]) -> Option<String> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for environment in environments {
        for (workload, _) in &environment.restarts {
            by_name.entry(workload).or_default().push(&environment.name);
        }
    }
    let names: Vec<&str> = by_name.keys().copied().collect();
    let mut places: Vec<&str> = by_name.values().flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    let place = if let [only] = places.as_slice() { (*only).to_owned() } else { count_of(&places, "environment") };
    match names.as_slice() {
        [] => None,
        [only] => Some(format!("{only} restarts in {place}")),
        [_, _] => Some(format!("{} restart in {place}", list(&names))),
        more => Some(format!("{} restart in {place}", count_of(more, "workload"))),
    }
}

/// Environments that were there before and have another number of pods.
fn growth(input: &Comparison<'_>, capacity: &[CapacityChange]) -> Vec<String> {
    let is_kept =
        |name: &str| input.environments.iter().any(|it| it.name() == name && it.before.is_some() && it.after.is_some());
    let resized = capacity.iter().filter(|it| it.before.pods != it.after.pods && is_kept(&it.environment));
    let part = |it: &CapacityChange| {
        let verb = if it.after.pods > it.before.pods { "grows" } else { "shrinks" };
        format!("{} {verb} from {} to {}", it.environment, it.before.pods, count(it.after.pods, "pod"))
    };
    let resized: Vec<&CapacityChange> = resized.collect();
    if resized.len() > MOST_RESIZED {
        return vec![format!("{} have another number of pods", count_of(&resized, "environment"))];
    }
    resized.into_iter().map(part).collect()
}

fn first_compile(environments: &[EnvironmentSummary]) -> String {
    let objects: usize = environments.iter().map(|it| it.objects).sum();
    let objects = count(u64::try_from(objects).unwrap_or(u64::MAX), "object");
    format!("first compile of {} with {objects}, nothing to compare with", count_of(environments, "environment"))
}

fn counts(environments: &[EnvironmentSummary]) -> String {
    let total = |of: fn(&EnvironmentSummary) -> usize| environments.iter().map(of).sum::<usize>();
    let kinds =
        [(total(|it| it.created), "created"), (total(|it| it.updated), "changed"), (total(|it| it.deleted), "removed")];
    let said: Vec<String> =
        kinds.iter().filter(|it| it.0 > 0).map(|(number, what)| format!("{number} {what}")).collect();
    let places: Vec<&str> =
        environments.iter().filter(|it| it.created + it.updated + it.deleted > 0).map(|it| it.name.as_str()).collect();
    let all: usize = kinds.iter().map(|it| it.0).sum();
    let noun = if all == 1 { "object" } else { "objects" };
    let place = if let [only] = places.as_slice() { (*only).to_owned() } else { count_of(&places, "environment") };
    match said.as_slice() {
        [only] => format!("{} in {place}", only.replacen(' ', &format!(" {noun} "), 1)),
        more => format!("{all} {noun} in {place}: {}", list(more)),
    }
}
