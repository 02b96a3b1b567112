//! Holds `docs/review.schema.json` against every JSON report there is, and shows that it would notice a wrong one.

use crate::example_review::{first, quiet, rich};
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use todo_gitops::report;

const SCHEMA: &str = include_str!("../../docs/review.schema.json");

/// The schema, ready to use.
struct Contract {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Contract {
    fn load() -> Self {
        let mut compiler = Compiler::new();
        compiler.add_resource("review.schema.json", serde_json::from_str(SCHEMA).unwrap()).unwrap();
        let mut schemas = Schemas::new();
        let index = compiler.compile("review.schema.json", &mut schemas).unwrap();
        Self { schemas, index }
    }

    fn check(&self, document: &Value) -> Result<(), String> {
        self.schemas.validate(document, self.index).map_err(|it| it.to_string())
    }
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_report_keeps_the_contract() {
    let contract = Contract::load();
    for review in [rich(), quiet(), first()] {
        contract.check(&document(&report::json(&review))).unwrap();
    }
    for path in golden_reports() {
        let text = fs::read_to_string(&path).unwrap();
        contract.check(&document(&text)).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
    }
}

/// Every golden JSON report: the one made by hand, and those of the cases.
fn golden_reports() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = vec![root.join("golden/report/rich.json")];
    for case in fs::read_dir(root.join("cases/review")).into_iter().flatten() {
        found.extend(Some(case.unwrap().path().join("expected.json")).filter(|it| it.exists()));
    }
    found.sort();
    found
}

#[test]
fn the_rich_review_sets_every_field() {
    fn visit(value: &Value, path: &str, seen: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| visit(value, &format!("{path}.{key}"), seen)),
            Value::Array(items) => items.iter().for_each(|it| visit(it, &format!("{path}[]"), seen)),
            Value::Null => {}
            Value::String(_) | Value::Bool(_) | Value::Number(_) => seen.push(path.to_owned()),
        }
    }
    let mut seen = Vec::new();
    visit(&document(&report::json(&rich())), "", &mut seen);
    for path in [
        ".base.commit",
        ".environments[].worst",
        ".environments[].restarts[].pods",
        ".changes[].source.line",
        ".changes[].fields[].before",
        ".changes[].fields[].after",
        ".changes[].fields[].source.line",
        ".findings[].source.file",
        ".capacity[].peak.memoryBytes",
        ".capacity[].peak.storageBytes",
        ".images[].before",
        ".images[].after",
        ".waived[].source.removed",
        ".required[].keys[]",
        ".notChecked[]",
    ] {
        assert!(seen.iter().any(|it| it == path), "{path} is set nowhere");
    }
}

#[test]
fn every_field_that_is_missing_or_unknown_or_wrong_is_noticed() {
    let contract = Contract::load();
    let good = document(&report::json(&rich()));
    let mut mutants = 0;
    let mut shapes = BTreeSet::new();
    for pointer in objects(&good, String::new()) {
        // One object of each shape is enough.
        if !shapes.insert(pointer.replace(|it: char| it.is_ascii_digit(), "")) {
            continue;
        }
        let keys: Vec<String> = good.pointer(&pointer).and_then(Value::as_object).unwrap().keys().cloned().collect();
        for key in keys {
            let mut mutant = good.clone();
            mutant.pointer_mut(&pointer).and_then(Value::as_object_mut).unwrap().remove(&key);
            assert!(contract.check(&mutant).is_err(), "{pointer}/{key} may be missing");
            mutants += 1;
        }
        let mut mutant = good.clone();
        mutant.pointer_mut(&pointer).and_then(Value::as_object_mut).unwrap().insert("surprise".into(), json!(1));
        assert!(contract.check(&mutant).is_err(), "{pointer} may have a surprise");
    }
    assert!(mutants > 80, "{mutants}");
    for (pointer, wrong) in [
        ("/version", json!(2)),
        ("/environments/0/worst", json!("fatal")),
        ("/environments/0/created", json!(-1)),
        ("/changes/0/operation", json!("replace")),
        ("/changes/0/source/line", json!(0)),
        ("/changes/0/environments", json!("todo-dev")),
        ("/findings/0/severity", json!("error")),
        ("/findings/0/code", json!("Service Removed")),
        ("/capacity/0/peak/cpuMilli", json!("250m")),
        ("/notChecked/0", json!(null)),
    ] {
        let mut mutant = good.clone();
        *mutant.pointer_mut(pointer).unwrap() = wrong;
        assert!(contract.check(&mutant).is_err(), "{pointer}");
    }
}

/// The pointers of all objects that the contract describes: values of fields are the user's.
fn objects(value: &Value, pointer: String) -> Vec<String> {
    let is_value = |key: &str| pointer.contains("/fields/") && (key == "before" || key == "after");
    match value {
        Value::Object(map) => {
            let inner = map.iter().filter(|(key, _)| !is_value(key));
            let inner: Vec<String> =
                inner.flat_map(|(key, value)| objects(value, format!("{pointer}/{key}"))).collect();
            std::iter::once(pointer).chain(inner).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, it)| objects(it, format!("{pointer}/{index}"))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[test]
fn the_documentation_names_every_field() {
    fn properties(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(map) => {
                for (key, value) in map {
                    if key == "properties" {
                        found.extend(value.as_object().unwrap().keys().cloned());
                    }
                    properties(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|it| properties(it, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let documentation = include_str!("../../docs/review-json.md");
    let mut found = Vec::new();
    properties(&serde_json::from_str(SCHEMA).unwrap(), &mut found);
    for name in found {
        assert!(documentation.contains(&format!("`{name}`")), "{name} is not documented");
    }
}

#[test]
fn the_example_in_the_documentation_keeps_the_contract() {
    let documentation = include_str!("../../docs/review-json.md");
    let example = documentation.split("```json\n").nth(1).and_then(|it| it.split("```").next()).unwrap();
    Contract::load().check(&document(example)).unwrap();
}
