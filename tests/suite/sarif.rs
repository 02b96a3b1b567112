//! The SARIF form: what the standard's own schema says of it, and that hostile text changes none of its structure.

use crate::example_review::{first, huge, quiet, rich};
use crate::payloads::PAYLOADS;
use crate::report::each_text;
use crate::review::reviewed_with_sources;
use crate::support::cases::{self, project_path};
use crate::support::golden::Failures;
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use todo_gitops::change::Review;
use todo_gitops::diagnostic::visible;
use todo_gitops::report;
use todo_gitops::source::Sources;

/// The cases whose SARIF is compared byte for byte: several environments, a line that is gone, no line at all.
const GOLDEN: [&str; 3] = [
    "images-replicas-an-origin-and-a-service-in-three-environments",
    "environment-removed-takes-its-namespace",
    "claims-that-cannot-change",
];

/// The schema of the standard, ready to use.
struct Standard {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Standard {
    fn load() -> Self {
        let text = std::fs::read_to_string(project_path("tests/schemas/sarif-schema-2.1.0.json")).unwrap();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource("sarif.json", serde_json::from_str(&text).unwrap()).unwrap();
        let mut schemas = Schemas::new();
        let index = compiler.compile("sarif.json", &mut schemas).unwrap();
        Self { schemas, index }
    }

    /// Holds a log against the schema, and against what GitHub asks for beyond it.
    fn check(&self, text: &str) -> Result<(), String> {
        let log: Value = serde_json::from_str(text).map_err(|it| it.to_string())?;
        self.schemas.validate(&log, self.index).map_err(|it| it.to_string())?;
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let mut prints = BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            let place = &result["locations"][0]["physicalLocation"];
            let region = |name: &str| place["region"][name].as_u64().unwrap_or_default();
            let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
            let wrong = [
                (rules.get(index).map(|it| &it["id"]) != Some(&result["ruleId"]), "another rule"),
                (place["artifactLocation"]["uri"].as_str().is_none_or(str::is_empty), "no file"),
                (region("startLine") == 0 || region("startColumn") == 0, "no line"),
                (region("endColumn") < region("startColumn"), "a line that ends before it starts"),
                (result["message"]["text"].as_str().is_none_or(str::is_empty), "no message"),
                (!prints.insert(print.to_owned()), "the fingerprint of another"),
            ];
            if let Some((_, what)) = wrong.iter().find(|(is_wrong, _)| *is_wrong) {
                return Err(format!("a result has {what}: {result:#}"));
            }
        }
        Ok(())
    }
}

fn sarif(review: &Review) -> String {
    report::sarif(review, &Sources::new(vec![]), "apps/todo/")
}

#[test]
fn every_case_is_sarif_that_the_standard_takes() {
    let standard = Standard::load();
    let mut failures = Failures::default();
    for case in cases::all("review") {
        let Some((review, sources)) = reviewed_with_sources(&case, &mut failures) else { continue };
        let text = report::sarif(&review, &sources, "");
        if let Err(error) = standard.check(&text) {
            failures.push(format!("{}: {error}", case.name));
        }
        let log: Value = serde_json::from_str(&text).unwrap();
        if log["runs"][0]["results"].as_array().unwrap().len() != review.findings.len() {
            failures.push(format!("{}: not every finding is a result", case.name));
        }
        if GOLDEN.contains(&case.name.as_str()) {
            // A release is no reason to bless.
            let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
            let text = text.replace(&version, "\"semanticVersion\": \"0.0.0\"");
            failures.text(&case.path.join("expected.sarif"), &text);
        }
    }
    for review in [rich(), first(), quiet(), huge()] {
        if let Err(error) = standard.check(&sarif(&review)) {
            failures.push(error);
        }
    }
    failures.finish();
}

#[test]
fn the_schema_would_notice_a_wrong_log() {
    let standard = Standard::load();
    let mut log: Value = serde_json::from_str(&sarif(&rich())).unwrap();
    assert_eq!(standard.check(&log.to_string()), Ok(()));
    for (pointer, wrong) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/results/0/level", json!("block")),
        ("/runs/0/results/0/message", json!("text")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/results/1/ruleIndex", json!(0)),
    ] {
        let right = std::mem::replace(log.pointer_mut(pointer).unwrap(), wrong);
        assert!(standard.check(&log.to_string()).is_err(), "{pointer}");
        *log.pointer_mut(pointer).unwrap() = right;
    }
}

#[test]
fn more_results_than_a_code_host_keeps_are_left_out_and_counted() {
    let mut review = rich();
    while review.findings.len() < 5_001 {
        review.findings.extend_from_within(..);
    }
    let all = review.findings.len();
    let log: Value = serde_json::from_str(&sarif(&review)).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 5_000);
    let note = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    let expected = format!("5000 of {all} findings are results, the worst first; {} are left out.", all - 5_000);
    assert_eq!(*note, Value::from(expected));
}

#[test]
fn a_fingerprint_outlives_a_line_that_moves() {
    let prints = |review: &Review| {
        let log: Value = serde_json::from_str(&sarif(review)).unwrap();
        let of = |it: &Value| it["partialFingerprints"].clone();
        log["runs"][0]["results"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let mut moved = rich();
    for finding in &mut moved.findings {
        finding.message += " and more";
        finding.source.iter_mut().for_each(|it| it.line += 7);
    }
    assert_eq!(prints(&moved), prints(&rich()));
    moved.findings[0].object.name += "-2";
    assert_ne!(prints(&moved), prints(&rich()));
}

#[test]
fn hostile_text_stays_text_in_sarif() {
    let skeleton = |text: &str| {
        assert!(text.chars().all(|it| it == '\n' || !visible::is_deceptive(it)));
        let mut log: Value = serde_json::from_str(text).unwrap();
        blank(&mut log);
        log
    };
    let standard = Standard::load();
    // There is one sink for all fields, so it is enough to fill them all at once.
    let filled = |text: &str| {
        let mut review = rich();
        each_text(&mut review, &mut |place| place.replace_range(.., text));
        sarif(&review)
    };
    let harmless = skeleton(&filled("x"));
    for payload in PAYLOADS {
        let text = filled(payload);
        assert_eq!(skeleton(&text), harmless, "{payload:?}");
        if let Err(error) = standard.check(&text) {
            assert!(error.contains("the fingerprint of another"), "{payload:?}: {error}");
        }
        let log: Value = serde_json::from_str(&text).unwrap();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let message = result["message"]["text"].as_str().unwrap();
            assert!(!message.contains("](") && !message.contains("@e"), "{message}");
        }
    }
}

/// Takes every text away; what is left is the structure.
fn blank(value: &mut Value) {
    match value {
        Value::String(text) => text.clear(),
        Value::Array(items) => items.iter_mut().for_each(blank),
        Value::Object(map) => map.values_mut().for_each(blank),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
