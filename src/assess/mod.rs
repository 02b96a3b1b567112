//! A comparison of two states in, the review of what merging does out.
//!
//! A rule looks at both trees and reports what this change brings about: never what was so before. Its message continues
//! the name of the object, "Service/web is removed: its name stops resolving", and what stands before the colon is
//! short enough for the headline.
//!
//! To add a rule:
//! 1. Write its code and its function `fn(&Comparison) -> Vec<Finding>` in the file of its family, with a table of
//!    examples that raise it and nearly raise it.
//! 2. Add both to that file's `RULES`; a new family also needs its line in `FAMILIES` below.
//! 3. Give the code a heading in `docs/diagnostics.md`.

mod api;
mod availability;
mod bounds;
mod budget;
mod callers;
mod capacity;
mod checks;
mod claims;
mod configuration;
mod consumer;
mod definition;
mod demand;
mod drift;
mod exposure;
mod freedom;
mod grouping;
mod hashed_config;
mod headline;
mod host;
mod image_step;
mod images;
mod isolation;
mod limits;
mod mass_removal;
mod missing_config;
mod origins;
mod pods;
mod privileges;
mod probe;
mod pruning;
mod quota;
mod reach;
mod reference;
mod rejected;
mod removal;
mod renames;
mod required;
mod reviewed_fields;
mod rights;
mod rollout;
mod schedule;
mod security;
mod service;
mod sets;
mod storage;
mod summary;
mod superseded;
mod sync_order;
mod traffic;
mod unknown_host;
mod without_restart;
mod wording;
mod workload;

use crate::change::{Comparison, EnvironmentComparison, Finding, ImpactCode, Review};
use std::cmp::Reverse;

/// A rule: the codes that it can raise and how it finds them.
struct Rule {
    codes: &'static [ImpactCode],
    find: fn(&Comparison<'_>) -> Vec<Finding>,
}

/// The rules of every family, by its file's name.
const FAMILIES: &[&[Rule]] = &[
    api::RULES,
    availability::RULES,
    bounds::RULES,
    budget::RULES,
    capacity::RULES,
    claims::RULES,
    configuration::RULES,
    definition::RULES,
    drift::RULES,
    exposure::RULES,
    hashed_config::RULES,
    images::RULES,
    isolation::RULES,
    limits::RULES,
    mass_removal::RULES,
    missing_config::RULES,
    origins::RULES,
    privileges::RULES,
    probe::RULES,
    pruning::RULES,
    quota::RULES,
    reach::RULES,
    rejected::RULES,
    removal::RULES,
    rights::RULES,
    rollout::RULES,
    schedule::RULES,
    security::RULES,
    service::RULES,
    sets::RULES,
    storage::RULES,
    superseded::RULES,
    sync_order::RULES,
    traffic::RULES,
    unknown_host::RULES,
    without_restart::RULES,
];

/// Returns every code, by name.
pub fn codes() -> Vec<ImpactCode> {
    let mut codes = codes_of_rules();
    codes.extend(checks::codes(&codes));
    codes.sort_unstable_by_key(|it| it.name);
    codes
}

fn codes_of_rules() -> Vec<ImpactCode> {
    rules().flat_map(|it| it.codes.iter().copied()).collect()
}

/// Reviews a change.
pub fn review(input: &Comparison<'_>) -> Review {
    let name = |it: &EnvironmentComparison<'_>| it.name().to_owned();
    if !input.environments.is_sorted_by_key(name) {
        // Rules may name "the first" environment: the order of the input must not show.
        let mut sorted = input.clone();
        sorted.environments.sort_by_key(name);
        return review(&sorted);
    }
    let findings = findings(input);
    let capacity = demand::changes(input);
    let rollouts = pods::changes(input);
    let images = images::changes(input);
    let required = required::objects(input);
    let changes = grouping::changes(input);
    let environments = summary::environments(input, &findings);
    let accounting = summary::accounting(input, &changes);
    let not_checked = summary::not_checked(input, &images, &required);
    let headline = headline::sentence(input, &environments, &findings, &capacity);
    Review {
        app: input.app.to_owned(),
        baseline: input.baseline.clone(),
        head: input.head.to_owned(),
        environments,
        changes,
        findings,
        capacity,
        rollouts,
        images,
        manifests: Vec::new(),
        waived: input.waived.clone(),
        required,
        accounting,
        not_checked,
        headline,
        picture: None,
    }
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten()
}

/// Returns what all rules find, the worst first, identical findings joined over environments.
fn findings(input: &Comparison<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = rules().flat_map(|it| (it.find)(input)).collect();
    found.extend(checks::findings(input, &codes_of_rules(), &found));
    for it in &mut found {
        for text in [&mut it.message, &mut it.help, &mut it.path] {
            *text = input.hidden.clean(text);
        }
    }
    let mut findings = grouping::join_findings(found);
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    findings
}

/// What is not what its sources compile to before all others; then the worst first, then by environment and object; the rest makes the order total.
fn sort_key(finding: &Finding) -> impl Ord {
    let Finding { code, severity, environments, object, path, message, help: _, source: _ } = finding;
    (!finding.is_drift(), Reverse(*severity), environments, &object.kind, &object.name, code, path, message, object)
}

#[cfg(test)]
mod tests;
