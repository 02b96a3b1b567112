//! Cases under `tests/cases/errors`: a spec in which something is wrong, and what is said about it.

use crate::support::cases;
use crate::support::golden::Failures;
use todo_gitops::diagnostic::excerpt::{self, Style};
use todo_gitops::pipeline;

#[test]
fn every_case_says_what_is_expected() {
    let mut failures = Failures::default();
    let template = cases::project_path("tests/cases/project");
    for case in cases::all("errors") {
        let sources = cases::sources(&[&case.path, &template]);
        let compiled = pipeline::compile(&sources);
        if compiled.diagnostics.is_empty() {
            failures.push(format!("{}: nothing is wrong", case.name));
        }
        let text = excerpt::print(&compiled.diagnostics, &sources, Style::Plain);
        failures.text(&case.path.join("expected.txt"), &text);
    }
    failures.finish();
}

#[test]
fn there_are_at_least_eighty_cases() {
    assert!(cases::all("errors").len() >= 80);
}
