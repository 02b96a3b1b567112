//! Cases under `tests/cases/errors`: a spec in which something is wrong, and what is said about it.

use crate::support::cases;
use crate::support::golden::Failures;
use std::collections::BTreeSet;
use todo_gitops::diagnostic::excerpt::{self, Style};
use todo_gitops::diagnostic::house_rule::HOUSE_RULES;
use todo_gitops::diagnostic::{Code, Diagnostic};
use todo_gitops::{parse, patch, pipeline, render, resolve, validate};

/// The codes that no case shows, each with its reason.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("annotations-too-large", "a case would be a file of 256 KiB"),
    ("config-too-large", "a case would be a file of 1 MiB"),
    ("file-name-collision", "the names that Kubernetes takes have files of their own"),
    ("invalid-secret", "a spec has no way to write the value of a secret"),
    ("object-too-large", "a case would be a file of 256 KiB"),
    ("secret-too-large", "a spec has no way to write the value of a secret"),
    ("unreadable-file", "a case is text; `tests/suite/bad_input.rs` shows it"),
];

#[test]
fn every_case_says_what_is_expected() {
    let mut failures = Failures::default();
    let template = cases::project_path("tests/cases/project");
    for case in cases::all("errors") {
        let sources = cases::sources(&[&case.path, &template]);
        let compiled = pipeline::compile(&sources, &cases::settings());
        if compiled.diagnostics.is_empty() {
            failures.push(format!("{}: nothing is wrong", case.name));
        }
        let text = excerpt::print(&compiled.diagnostics, &sources, Style::Plain);
        failures.text(&case.path.join("expected.txt"), &text);
    }
    failures.finish();
}

#[test]
fn every_code_is_shown_by_a_case() {
    let shown: BTreeSet<&str> = all().iter().flat_map(|(_, found)| found).map(|it| it.code.name).collect();
    let known: BTreeSet<&str> = codes().iter().map(|it| it.name).collect();
    let excused: BTreeSet<&str> = NOT_SHOWN.iter().map(|(name, _)| *name).collect();
    assert_eq!(known.difference(&shown).copied().collect::<BTreeSet<_>>(), excused, "without a case, and NOT_SHOWN");
    assert!(shown.is_subset(&known), "{:?} are in no list of codes", shown.difference(&known).collect::<Vec<_>>());
    assert!(NOT_SHOWN.is_sorted(), "NOT_SHOWN is in order of names");
}

#[test]
fn one_place_has_one_message_of_a_kind() {
    // Two probes may be missing at one place; what two families say of one text is a mistake of ours.
    let may_repeat = ["missing-probe"];
    for (case, found) in all() {
        for (at, message) in found.iter().enumerate().filter(|(_, it)| !may_repeat.contains(&it.code.name)) {
            let same = |it: &&Diagnostic| it.code == message.code && it.labels.first() == message.labels.first();
            assert_eq!(found[..at].iter().find(same), None, "{case}: {}", message.message);
        }
    }
}

#[test]
fn credentials_are_not_printed() {
    for case in cases::all("errors") {
        let text = std::fs::read_to_string(case.path.join("expected.txt")).unwrap();
        for secret in ["hunter2", "s3cr3t", "tok-5f2b"] {
            assert!(!text.contains(secret), "{}: {secret}", case.name);
        }
        assert!(text.contains("***") || !case.name.starts_with("credential-"), "{}", case.name);
    }
}

#[test]
fn house_rules_say_how_to_be_excused() {
    let rules: BTreeSet<&str> = HOUSE_RULES.iter().map(|it| it.name).collect();
    for (case, found) in all() {
        for message in found.iter().filter(|it| rules.contains(it.code.name)) {
            let way = format!("waive {} reason=", message.code.name);
            assert!(message.help.iter().any(|it| it.contains(&way)), "{case}: {}", message.message);
        }
    }
}

/// Returns what is said about each case.
fn all() -> Vec<(String, Vec<Diagnostic>)> {
    let template = cases::project_path("tests/cases/project");
    let found = |case: cases::Case| {
        let sources = cases::sources(&[&case.path, &template]);
        (case.name, pipeline::compile(&sources, &cases::settings()).diagnostics)
    };
    cases::all("errors").into_iter().map(found).collect()
}

/// Returns the codes of all messages about a spec.
fn codes() -> Vec<Code> {
    let mut codes = validate::codes();
    for list in [parse::CODES, patch::CODES, resolve::CODES, resolve::complete::CODES, render::CODES, HOUSE_RULES] {
        codes.extend_from_slice(list);
    }
    codes
}
