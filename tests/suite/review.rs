//! Cases under `tests/cases/review`: a project before and after a change, and the review in every form.

use crate::support::cases;
use crate::support::golden::Failures;
use todo_gitops::change::Baseline;
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::pipeline::{self, Previous};
use todo_gitops::report;

#[test]
fn every_case_is_reviewed_as_expected() {
    let mut failures = Failures::default();
    let template = cases::project_path("tests/cases/project");
    for case in cases::all("review") {
        let (before, after) = (case.path.join("before"), case.path.join("after"));
        let before = cases::sources(&[&before, &template]);
        let after = cases::sources(&[&after, &case.path.join("before"), &template]);
        let (old, new) = (pipeline::compile(&before), pipeline::compile(&after));
        for (when, compiled) in [("before", &old), ("after", &new)] {
            for diagnostic in compiled.diagnostics.iter().filter(|it| it.is_error()) {
                failures.push(format!("{} {when}: {}", case.name, diagnostic.message));
            }
        }
        let previous = Previous {
            baseline: Baseline::Commit { id: "0123456789abcdef0123456789abcdef01234567".into(), chosen: "HEAD".into() },
            tree: old.tree(),
            sources: Some(before),
            skipped: Vec::new(),
        };
        let Ok(review) = pipeline::review(&new, &new.tree(), &after, &previous) else {
            failures.push(format!("{}: the old tree cannot be read", case.name));
            continue;
        };
        failures.text(&case.path.join("expected.txt"), &report::terminal(&review, 100, Style::Plain));
        failures.text(&case.path.join("expected.md"), &report::markdown(&review));
        failures.text(&case.path.join("expected.json"), &report::json(&review));
    }
    failures.finish();
}
