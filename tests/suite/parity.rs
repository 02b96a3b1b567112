//! Cases under `tests/cases/parity`: a project, and its environments beside each other in every form.
//!
//! A case that has a file `all` shows every field.

use crate::payloads::PAYLOADS;
use crate::support::cases;
use crate::support::golden::Failures;
use serde_json::Value;
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::diagnostic::visible::{self, is_deceptive};
use todo_gitops::parity::{Cell, ComparedObject, Flag, Parity, Reason, Row, Rows};
use todo_gitops::{pipeline, report};

#[test]
fn every_case_shows_what_differs() {
    let mut failures = Failures::default();
    for case in cases::all("parity") {
        let sources = cases::sources(&[&case.path]);
        let compiled = pipeline::compile(&sources, &crate::support::cases::settings());
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
        let parity =
            pipeline::parity(&pipeline::compile(&sources, &crate::support::cases::settings()), &sources, Rows::All);
        for row in &parity.rows {
            assert_eq!(row.cells.len(), parity.environments.len(), "{}: {}", case.name, row.path);
        }
        let counted: usize = parity.rows.iter().map(|it| 1 + it.also.len()).sum();
        assert_eq!(counted, parity.accounting.fields, "{}", case.name);
    }
}

#[test]
fn no_text_of_a_spec_steers_the_terminal() {
    for payload in PAYLOADS {
        let text = || (*payload).to_owned();
        let cell = |value: Option<&str>| Cell { value: value.map(Value::from), ..Cell::default() };
        let row = |path: String| Row {
            component: Some(text()),
            object: ComparedObject { group: String::new(), kind: text(), name: text() },
            path,
            cells: vec![cell(Some(payload)), cell(None)],
            reason: Reason::NotEverywhere,
            flags: vec![Flag::OnlyIn(text())],
            also: Vec::new(),
        };
        let parity = Parity {
            app: text(),
            environments: vec![text(), "other".to_owned()],
            rows: vec![row(format!("data{payload}")), row(String::new())],
            ..Parity::default()
        };
        for width in [40, 80, 400] {
            let shown = report::parity_text(&parity, width, Style::Plain);
            assert!(!shown.chars().any(|it| it != '\n' && is_deceptive(it)), "{payload:?}: {shown:?}");
            assert!(shown.lines().all(|it| visible::width(it) <= width), "{payload:?}: {shown}");
        }
        let document = report::parity_json(&parity);
        assert!(!document.chars().any(|it| it != '\n' && is_deceptive(it)), "{payload:?}");
        let read: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(read["rows"][0]["cells"][0]["value"], *payload);
    }
}
