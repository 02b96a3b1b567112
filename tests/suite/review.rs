//! Cases under `tests/cases/review`: a project before and after a change, and the review in every form.

use crate::html;
use crate::support::cases::{self, Case};
use crate::support::golden::Failures;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use todo_gitops::assess;
use todo_gitops::change::{Baseline, LineKind, Review};
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::object::Object;
use todo_gitops::pipeline::{self, Compiled, Detail, Previous};
use todo_gitops::source::Sources;
use todo_gitops::tree::{ManifestTree, Scope};
use todo_gitops::{render, report, snapshot};

/// The case whose review is also shown on a narrow and on a wide terminal.
pub(crate) const AT_EVERY_WIDTH: &str = "images-replicas-an-origin-and-a-service-in-three-environments";

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
    Some(reviewed_with_sources(case, failures)?.0)
}

/// Returns the review of a case, and the spec of its new state.
pub(crate) fn reviewed_with_sources(case: &Case, failures: &mut Failures) -> Option<(Review, Sources)> {
    let (before, after) = states(case, failures);
    let previous = if case.path.join("first-compile").exists() {
        Previous {
            baseline: Baseline::FirstCompile,
            tree: ManifestTree::default(),
            sources: None,
            skipped: Vec::new(),
            drifts: Vec::new(),
        }
    } else {
        let id = "0123456789abcdef0123456789abcdef01234567".to_owned();
        Previous {
            baseline: Baseline::Commit { id, chosen: "HEAD".to_owned() },
            tree: before.tree,
            sources: Some(before.sources),
            skipped: Vec::new(),
            drifts: Vec::new(),
        }
    };
    let previous = if case.path.join("edited-by-hand").exists() { drifted(previous, &after) } else { previous };
    match pipeline::review(&after.compiled, &after.tree, &after.sources, &previous, Detail::Lines) {
        Ok(review) => Some((review, after.sources)),
        Err(unreadable) => {
            failures.push(format!("{}: {unreadable:?}", case.name));
            None
        }
    }
}

/// Finds what the trees hold and their specs do not compile to.
fn drifted(mut previous: Previous, after: &State) -> Previous {
    let compiled = pipeline::compile(&after.sources, &cases::settings());
    previous.drifts = pipeline::drift_of_baseline(&previous, &Scope::Everything).unwrap();
    previous.drifts.extend(pipeline::drift_of_disk(&after.tree, &compiled, &Scope::Everything));
    previous
}

/// Returns the review of one case.
pub(crate) fn of_case(name: &str) -> Review {
    let mut failures = Failures::default();
    let case = cases::all("review").into_iter().find(|it| it.name == name).unwrap();
    let found = review(&case, &mut failures);
    failures.finish();
    found.unwrap()
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
        failures.text(&case.path.join("expected.md"), &report::markdown(&review, report::Forge::GitHub));
        failures.text(&case.path.join("expected.json"), &report::json(&review));
        html::check(&review, &case.name);
        let page = case.path.join("expected.html");
        if page.exists() {
            failures.text(&page, &without_own(&report::html(&review)));
        }
    }
    failures.finish();
}

#[test]
fn a_manifest_at_another_path_changes_nothing() {
    let template = cases::project_path("tests/cases/project");
    let mut failures = Failures::default();
    let state = State::of(&[&template], &mut failures);
    // An older layout: a folder for each kind.
    let elsewhere = |path: &String| path.replace("/configmap-", "/config/").replace("/deployment-", "/workloads/");
    let files = state.tree.files.iter().map(|(path, text)| (elsewhere(path), text.clone())).collect();
    let tree = ManifestTree { files };
    assert_ne!(tree.files, state.tree.files);
    let id = "0123456789abcdef0123456789abcdef01234567".to_owned();
    let baseline = Baseline::Commit { id, chosen: "HEAD".to_owned() };
    let previous =
        Previous { baseline, tree, sources: Some(state.sources.clone()), skipped: Vec::new(), drifts: Vec::new() };
    let review = pipeline::review(&state.compiled, &state.tree, &state.sources, &previous, Detail::Fields).unwrap();
    assert_eq!((review.changes, review.findings, review.accounting.fields), (Vec::new(), Vec::new(), 0));
    failures.finish();
}

/// Takes the style, the script and the policy that allows them out of a page: they have files and a test of their own.
fn without_own(page: &str) -> String {
    let mut text = page.to_owned();
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
    for (begin, end) in [(policy, "\">"), ("<style>", "</style>"), ("<script>", "</script>")] {
        let start = text.find(begin).unwrap() + begin.len();
        let length = text[start..].find(end).unwrap();
        text.replace_range(start..start + length, "");
    }
    text
}

/// The codes that a case's review raises, and those that it nearly raises: the lines of its `nearly.txt`.
type Codes = (BTreeSet<String>, BTreeSet<String>);

fn codes_of_cases() -> BTreeMap<String, Codes> {
    let codes = |case: Case| {
        let text = fs::read_to_string(case.path.join("expected.json")).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let code = |it: &Value| it["code"].as_str().unwrap().to_owned();
        let raised = document["findings"].as_array().unwrap().iter().map(code).collect();
        let nearly = fs::read_to_string(case.path.join("nearly.txt")).unwrap_or_default();
        (case.name, (raised, nearly.lines().map(str::to_owned).collect()))
    };
    cases::all("review").into_iter().map(codes).collect()
}

#[test]
fn every_code_has_a_case_that_raises_it_and_one_that_must_not() {
    let cases = codes_of_cases();
    let mut failures = Failures::default();
    let codes: Vec<&str> = assess::codes().iter().map(|it| it.name).collect();
    for code in &codes {
        if !cases.values().any(|(raised, _)| raised.contains(*code)) {
            failures.push(format!("no case raises `{code}`"));
        }
        if !cases.values().any(|(_, nearly)| nearly.contains(*code)) {
            failures.push(format!("no case has `{code}` in its `nearly.txt`: one that nearly raises it and must not"));
        }
    }
    for (name, (raised, nearly)) in &cases {
        for code in nearly {
            if raised.contains(code) {
                failures.push(format!("`{name}` raises `{code}`, which stands in its `nearly.txt`"));
            }
            if !codes.contains(&code.as_str()) {
                failures.push(format!("`{name}`: there is no code `{code}`, which stands in its `nearly.txt`"));
            }
        }
    }
    failures.finish();
}

/// Writes the registry of codes as a table, each with the first case that raises it and the first that nearly does.
fn table_of_codes(page: &str) -> String {
    let cases = codes_of_cases();
    let mut table = "| finding | usually | decided by | raised in | nearly in |\n|---|---|---|---|---|\n".to_owned();
    for code in assess::codes() {
        let name = code.name;
        // A house rule of the same name has the first heading.
        let headings = page.lines().filter(|it| *it == format!("### `{name}`")).count();
        let anchor = if headings > 1 { format!("{name}-{}", headings - 1) } else { name.to_owned() };
        let case = |is_it: fn(&Codes, &str) -> bool| {
            let found = cases.iter().find(|(_, codes)| is_it(codes, name)).map_or("-", |it| it.0.as_str());
            format!("[{}](../tests/cases/review/{found})", found.replace('-', " "))
        };
        let (raised, nearly) = (case(|it, name| it.0.contains(name)), case(|it, name| it.1.contains(name)));
        let (severity, decided) = (code.severity.name(), code.decided_by.name());
        writeln!(table, "| [`{name}`](#{anchor}) | `{severity}` | {decided} | {raised} | {nearly} |").unwrap();
    }
    table
}

#[test]
fn the_table_of_codes_is_that_of_the_registry() {
    let path = cases::project_path("docs/diagnostics.md");
    let page = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- table of findings: made by a test -->\n\n", "\n<!-- end of the table -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let mut failures = Failures::default();
    failures.text(&path, &format!("{before}{begin}{}{end}{after}", table_of_codes(&page)));
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

/// Every value of the case about credentials that no reader of a review may see, neither the whole nor a piece.
const CREDENTIALS: [&str; 16] = [
    "Fo9vXk3aTi7wBs1c",
    "Zq7vKw2mXp9rTb4n",
    "Ha3xLs8dWe5yCu1j",
    "Mg6kRf0tVn2bQz7w",
    "Ex4pJd9sYh3aOi8c",
    "Bt5nGk1vSr7mLx2q",
    "Uw8cFz3hNj6eKp0y",
    "Td2gXa7lPv5oRq9m",
    "Ik1sDw6uZb8fHy3t",
    "Vc9rQe4jMo7nXg2k",
    "Sy0bTl5wKa1zFp6d",
    "Nh7uCi2xGv9eJr4q",
    "Ol3mYs8gBd5tWk0v",
    "Pz6fEn1jRu4xHc7a",
    "Gx2qIb9wLd7kVo5s",
    "Jm8yTe3rAf6uNz1h",
];

#[test]
fn no_form_of_a_review_shows_a_credential() {
    let mut failures = Failures::default();
    let name = "values-that-look-like-credentials-are-hidden";
    let case = cases::all("review").into_iter().find(|it| it.name == name).unwrap();
    let (review, sources) = reviewed_with_sources(&case, &mut failures).unwrap();
    failures.finish();
    let forges = [
        report::Forge::GitHub,
        report::Forge::GitLab,
        report::Forge::Gitea,
        report::Forge::Plain,
        report::Forge::JobSummary,
    ];
    let mut forms: Vec<(String, String)> = vec![
        ("terminal".to_owned(), report::terminal(&review, 300, Style::Plain)),
        ("json".to_owned(), report::json(&review)),
        ("html".to_owned(), report::html(&review)),
        ("sarif".to_owned(), report::sarif(&review, &sources, "")),
        ("value".to_owned(), format!("{review:?}")),
    ];
    forms.extend(forges.map(|it| (format!("{it:?}"), report::markdown(&review, it))));
    for (form, text) in forms {
        // SARIF has findings alone, and none of them needs a value.
        assert!(text.contains("hidden value") || form == "sarif", "{form} says nothing of a value");
        for credential in CREDENTIALS {
            for start in 0..=credential.len() - 6 {
                let piece = &credential[start..start + 6];
                assert!(!text.contains(piece), "{form} shows `{piece}` of `{credential}`");
            }
        }
    }
}

#[test]
fn the_file_of_a_renamed_object_is_compared_with_that_of_the_old_one() {
    let review = of_case("config-with-its-hash-in-the-name-shows-its-keys");
    let name = "reports-config-2bdk84hm5t";
    let file = review.manifests.iter().find(|it| it.object.name == name).unwrap();
    let changed = file.hunks.iter().flatten().filter(|it| it.kind != LineKind::Kept);
    let lines: Vec<(LineKind, &str)> = changed.map(|it| (it.kind, it.path.as_str())).collect();
    let twice = |path| [(LineKind::Removed, path), (LineKind::Added, path)];
    assert_eq!(lines, [twice("metadata.name"), twice("data.TIMEOUT")].concat());
    assert!(review.manifests.iter().all(|it| it.object.name != "reports-config-7f9c4d5b8k"));
}
