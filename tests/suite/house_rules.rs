//! `docs/diagnostics.md` says of every house rule that it is one, and how bad it is.

use crate::support::cases::project_path;
use std::collections::BTreeMap;
use std::fs;
use todo_gitops::diagnostic::house_rule::HOUSE_RULES;
use todo_gitops::diagnostic::{Code, Severity};

fn page() -> String {
    fs::read_to_string(project_path("docs/diagnostics.md")).unwrap()
}

fn severity(code: &Code) -> &'static str {
    match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

#[test]
fn the_table_has_every_house_rule() {
    let page = page();
    let rows =
        page.lines().skip_while(|it| *it != "## House rules").take_while(|it| *it != "## Messages about the spec");
    let rows: Vec<String> = rows
        .filter(|it| it.starts_with("| [`"))
        .map(|it| it.split(" | ").take(2).collect::<Vec<_>>().join(" | "))
        .collect();
    let expected: Vec<String> =
        HOUSE_RULES.iter().map(|it| format!("| [`{0}`](#{0}) | {1}", it.name, severity(it))).collect();
    assert_eq!(rows, expected);
}

#[test]
fn every_section_says_whether_it_is_of_a_house_rule() {
    let page = page();
    let mut said = BTreeMap::new();
    for section in page.split("\n### `").skip(1) {
        let (code, text) = section.split_once('`').unwrap();
        let is_house_rule = text.trim_start().lines().next().is_some_and(|it| it.contains(", house rule.**"));
        let of_it = text.trim_start().split([',', '.', '*']).find(|it| !it.is_empty()).unwrap_or_default();
        if is_house_rule {
            said.insert(code.to_owned(), of_it.to_lowercase());
        }
    }
    let expected: BTreeMap<String, String> =
        HOUSE_RULES.iter().map(|it| (it.name.to_owned(), severity(it).to_owned())).collect();
    assert_eq!(said, expected);
}
