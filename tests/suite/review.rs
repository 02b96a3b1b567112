//! Cases under `tests/cases/review`: a project before and after a change, and the review in every form.

use crate::support::cases::{self, Case};
use crate::support::golden::Failures;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use todo_gitops::assess;
use todo_gitops::change::{Baseline, Review};
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::object::Object;
use todo_gitops::pipeline::{self, Compiled, Previous};
use todo_gitops::source::Sources;
use todo_gitops::tree::ManifestTree;
use todo_gitops::{render, report, snapshot};

/// For each code, the case that nearly raises it and must not.
const NEARLY: &[(&str, &str)] = &[
    ("availability-reduced", "one-pod-less-keeps-availability"),
    ("budget-blocks-drain", "budget-below-the-replicas-lets-nodes-drain"),
    ("capacity-change", "requests-in-another-unit-change-no-capacity"),
    ("claim-expansion-unsupported", "changes-that-the-api-server-takes"),
    ("claim-removed", "changes-that-the-api-server-takes"),
    ("claim-shrunk", "changes-that-the-api-server-takes"),
    ("config-not-picked-up", "config-change-restarts-its-readers"),
    ("config-removed-in-use", "optional-setting-removed-while-in-use"),
    ("crd-removed", "changes-that-the-api-server-takes"),
    ("daemonset-rollout", "daemon-set-replaced-by-hand-waits"),
    ("image-change", "image-tag-change-restarts-workload"),
    ("immutable-claim-field", "changes-that-the-api-server-takes"),
    ("immutable-class-field", "changes-that-the-api-server-takes"),
    ("immutable-cluster-ip", "changes-that-the-api-server-takes"),
    ("immutable-config-data", "changes-that-the-api-server-takes"),
    ("immutable-job-field", "job-before-the-rollout-runs-again"),
    ("immutable-priority-class", "changes-that-the-api-server-takes"),
    ("immutable-quota-scopes", "changes-that-the-api-server-takes"),
    ("immutable-role-ref", "changes-that-the-api-server-takes"),
    ("immutable-secret-type", "changes-that-the-api-server-takes"),
    ("immutable-service-field", "changes-that-the-api-server-takes"),
    ("immutable-statefulset-field", "stateful-set-rolls-one-pod-after-another"),
    ("immutable-storage-class", "changes-that-the-api-server-takes"),
    ("immutable-workload-selector", "label-change-leaves-the-selector-alone"),
    ("job-runs-again", "job-image-change-is-rejected"),
    ("last-network-policy-removed", "allowance-removed-keeps-the-isolation"),
    ("namespace-removed", "component-removed-keeps-the-namespace"),
    ("next-run-only", "image-tag-change-restarts-workload"),
    ("no-restart", "image-tag-change-restarts-workload"),
    ("node-port-collision", "same-node-port-in-another-cluster"),
    ("origin-exposure", "origin-of-nobody-else-is-let-in"),
    ("recreate-downtime", "recreate-strategy-alone-stops-no-pod"),
    ("replaced-by-force", "larger-claim-template-is-rejected"),
    ("replicas-handed-over", "autoscaler-takes-a-single-replica-over"),
    ("replicas-owned-by-autoscaler", "autoscaler-takes-the-replicas-over"),
    ("rolling-restart", "replicas-change-restarts-nothing"),
    ("rollout-withheld", "daemon-set-rolls-node-by-node"),
    ("security-loosened", "another-user-than-root-loosens-nothing"),
    ("security-tightened", "container-allowed-to-run-as-root"),
    ("service-removed", "environment-removed-takes-its-namespace"),
    ("service-selects-nothing", "selector-change-is-rejected"),
    ("service-type-change", "service-port-added-keeps-its-type"),
    ("statefulset-rollout", "larger-claim-template-is-rejected"),
    ("workload-renamed", "component-added-beside-another"),
];

/// The case whose review is also shown on a narrow and on a wide terminal.
const AT_EVERY_WIDTH: &str = "images-replicas-an-origin-and-a-service-in-three-environments";

/// One state of a case's project.
struct State {
    sources: Sources,
    compiled: Compiled,
    tree: ManifestTree,
}

impl State {
    /// Compiles the layers of the first folder that has each, and lays the manifests of the first folder over it.
    fn of(folders: &[&Path], failures: &mut Failures) -> Self {
        let sources = cases::sources(folders);
        let mut compiled = pipeline::compile(&sources, &cases::settings());
        for diagnostic in compiled.diagnostics.iter().filter(|it| it.is_error()) {
            failures.push(format!("{}: {}", folders[0].display(), diagnostic.message));
        }
        let mut tree = compiled.tree();
        for (path, text) in cases::manifests(&folders[0].join("rendered")) {
            let object = snapshot::object(&path, &text).unwrap().unwrap();
            let (namespace, _) = path.split_once('/').unwrap();
            let set = compiled.sets.iter_mut().find(|it| it.environment.namespace == namespace);
            // Only a tree can hold what belongs to no environment of the spec.
            if let Some(set) = set {
                assert_eq!(render::path(&object.id, namespace), path, "{} is misnamed", folders[0].display());
                lay_over(&mut set.objects, object);
            }
            tree.files.insert(path, text);
        }
        Self { sources, compiled, tree }
    }
}

/// Puts an object in the place of the one of its identity, which knows its lines, or adds it.
fn lay_over(objects: &mut Vec<Object>, object: Object) {
    match objects.iter_mut().find(|it| it.id == object.id) {
        Some(place) => place.body = object.body,
        None => objects.push(object),
    }
    objects.sort_by(|a, b| a.id.cmp(&b.id));
}

fn states(case: &Case, failures: &mut Failures) -> (State, State) {
    let template = cases::project_path("tests/cases/project");
    let (before, after) = (case.path.join("before"), case.path.join("after"));
    (State::of(&[&before, &template], failures), State::of(&[&after, &before, &template], failures))
}

fn review(case: &Case, failures: &mut Failures) -> Option<Review> {
    let (before, after) = states(case, failures);
    let previous = if case.path.join("first-compile").exists() {
        Previous { baseline: Baseline::FirstCompile, tree: ManifestTree::default(), sources: None, skipped: Vec::new() }
    } else {
        let id = "0123456789abcdef0123456789abcdef01234567".to_owned();
        Previous {
            baseline: Baseline::Commit { id, chosen: "HEAD".to_owned() },
            tree: before.tree,
            sources: Some(before.sources),
            skipped: Vec::new(),
        }
    };
    match pipeline::review(&after.compiled, &after.tree, &after.sources, &previous) {
        Ok(review) => Some(review),
        Err(unreadable) => {
            failures.push(format!("{}: {unreadable:?}", case.name));
            None
        }
    }
}

#[test]
fn every_case_is_reviewed_as_expected() {
    let mut failures = Failures::default();
    for case in cases::all("review") {
        let Some(review) = review(&case, &mut failures) else { continue };
        let told = review.accounting;
        if told.fields != told.shown + told.folded {
            failures.push(format!("{}: not every change is accounted for: {told:?}", case.name));
        }
        failures.text(&case.path.join("expected.txt"), &report::terminal(&review, 100, Style::Plain));
        if case.name == AT_EVERY_WIDTH {
            for width in [80, 140] {
                let text = report::terminal(&review, width, Style::Plain);
                failures.text(&case.path.join(format!("expected-{width}.txt")), &text);
            }
        }
        failures.text(&case.path.join("expected.md"), &report::markdown(&review));
        failures.text(&case.path.join("expected.json"), &report::json(&review));
    }
    failures.finish();
}

#[test]
fn every_code_has_a_case_that_raises_it_and_one_that_must_not() {
    let mut raised: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases::all("review") {
        let text = fs::read_to_string(case.path.join("expected.json")).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let codes = document["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap().to_owned());
        raised.insert(case.name, codes.collect());
    }
    let mut failures = Failures::default();
    let named: Vec<&str> = NEARLY.iter().map(|(code, _)| *code).collect();
    let codes: Vec<&str> = assess::codes().iter().map(|it| it.name).collect();
    assert_eq!(named, codes, "every code, once, by name");
    for (code, nearly) in NEARLY {
        if !raised.values().any(|it| it.contains(*code)) {
            failures.push(format!("no case raises `{code}`"));
        }
        match raised.get(*nearly) {
            None => failures.push(format!("`{nearly}`, which must not raise `{code}`, does not exist")),
            Some(codes) if codes.contains(*code) => failures.push(format!("`{nearly}` raises `{code}`")),
            Some(_) => {}
        }
    }
    failures.finish();
}

#[test]
fn every_code_has_a_heading() {
    let page = fs::read_to_string(cases::project_path("docs/diagnostics.md")).unwrap();
    let headings: Vec<&str> = page.lines().filter_map(|it| it.strip_prefix("### `")?.strip_suffix('`')).collect();
    let mut failures = Failures::default();
    for code in assess::codes() {
        if !headings.contains(&code.name) {
            failures.push(format!("docs/diagnostics.md has no heading for `{}`", code.name));
        }
        if !page.contains(&format!("({})", code.documentation)) {
            failures.push(format!("docs/diagnostics.md does not link the page of `{}`", code.name));
        }
    }
    failures.finish();
}
