//! Cases under `tests/cases/capacity`: a spec, and what its workloads ask for of their clusters.

use crate::support::cases;
use crate::support::golden::Failures;
use serde_json::Value;
use std::collections::BTreeSet;
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::object::ObjectSet;
use todo_gitops::object::capacity::CapacityPlan;
use todo_gitops::{pipeline, report};

/// Returns the plan of a case; what does not fit is no failure here.
fn plan(case: &cases::Case) -> CapacityPlan {
    let template = cases::project_path("tests/cases/project");
    let compiled = pipeline::compile(&cases::sources(&[&case.path, &template]), &cases::settings());
    let sets: Vec<&ObjectSet> = compiled.sets.iter().collect();
    assert!(!sets.is_empty(), "{}: {:?}", case.name, compiled.diagnostics);
    CapacityPlan::of(&sets)
}

#[test]
fn every_case_is_added_up_as_expected() {
    let mut failures = Failures::default();
    for case in cases::all("capacity") {
        let plan = plan(&case);
        failures.text(&case.path.join("expected.txt"), &report::capacity(&plan, 100, Style::Plain));
        failures.text(&case.path.join("expected.json"), &report::capacity_json(&plan));
    }
    failures.finish();
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for case in cases::all("capacity") {
        let plan = plan(&case);
        for width in [40, 60, 80] {
            let text = report::capacity(&plan, width, Style::Plain);
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{} at {width}: {line}", case.name);
            }
        }
    }
}

#[test]
fn colour_only_adds() {
    for case in cases::all("capacity") {
        let plan = plan(&case);
        let coloured = report::capacity(&plan, 100, Style::Colour);
        let stripped = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(stripped, report::capacity(&plan, 100, Style::Plain), "{}", case.name);
    }
}

#[test]
fn the_page_names_every_field() {
    fn names(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| {
                into.insert(name.clone());
                names(value, into);
            }),
            Value::Array(items) => items.iter().for_each(|it| names(it, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let page = std::fs::read_to_string(cases::project_path("docs/capacity.md")).unwrap();
    let mut used = BTreeSet::new();
    for case in cases::all("capacity") {
        names(&serde_json::from_str(&report::capacity_json(&plan(&case))).unwrap(), &mut used);
    }
    let missing: Vec<&String> = used.iter().filter(|it| !page.contains(&format!("`{it}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
