//! Cases under `tests/cases/parity`: a project, and its environments beside each other in every form.
//!
//! A case that has a file `all` shows every field.

use crate::support::cases;
use crate::support::golden::Failures;
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::parity::Rows;
use todo_gitops::{pipeline, report};

#[test]
fn every_case_shows_what_differs() {
    let mut failures = Failures::default();
    for case in cases::all("parity") {
        let sources = cases::sources(&[&case.path]);
        let compiled = pipeline::compile(&sources);
        for diagnostic in compiled.diagnostics.iter().filter(|it| it.is_error()) {
            failures.push(format!("{}: {}", case.name, diagnostic.message));
        }
        let rows = if case.path.join("all").exists() { Rows::All } else { Rows::Differing };
        let parity = pipeline::parity(&compiled, &sources, rows);
        failures.text(&case.path.join("expected.txt"), &report::parity_text(&parity, 80, Style::Plain));
        failures.text(&case.path.join("expected-wide.txt"), &report::parity_text(&parity, 160, Style::Plain));
        failures.text(&case.path.join("expected.json"), &report::parity_json(&parity));
    }
    failures.finish();
}

#[test]
fn every_row_has_a_cell_for_each_environment() {
    for case in cases::all("parity") {
        let sources = cases::sources(&[&case.path]);
        let parity = pipeline::parity(&pipeline::compile(&sources), &sources, Rows::All);
        for row in &parity.rows {
            assert_eq!(row.cells.len(), parity.environments.len(), "{}: {}", case.name, row.path);
        }
        let counted: usize = parity.rows.iter().map(|it| 1 + it.also.len()).sum();
        assert_eq!(counted, parity.accounting.fields, "{}", case.name);
    }
}
