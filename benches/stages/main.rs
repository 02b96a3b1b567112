//! What each stage costs: `just bench`, or `just bench lower` for the stages of that name.
//!
//! Every stage is measured alone, on what the stages before it made: once for this repository's own app, which is what
//! one waits for on save, and once for a synthetic one that is large enough to show how the cost grows.
//!
//! To add a stage: one function here, which prepares its input outside of `bench`.

mod large_project;

use divan::Bencher;
use std::path::Path;
use todo_gitops::change::Baseline;
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::object::ObjectSet;
use todo_gitops::pipeline::Previous;
use todo_gitops::source::Sources;
use todo_gitops::spec::{Part, Spec};
use todo_gitops::tree::{Existing, ManifestTree, OnDisk, Scope};
use todo_gitops::{diff, draw, lower, parse, pipeline, relate, render, report, resolve, snapshot, validate, write};

fn main() {
    divan::main();
}

/// The specs to measure with.
const PROJECTS: [Project; 2] =
    [Project { name: "own", read: own }, Project { name: "50x20", read: large_project::sources }];

#[divan::bench(args = PROJECTS)]
fn parsing(bencher: Bencher<'_, '_>, project: Project) {
    let sources = (project.read)();
    bencher.bench_local(|| parse::project(&sources));
}

#[divan::bench(args = PROJECTS)]
fn resolving(bencher: Bencher<'_, '_>, project: Project) {
    let (sources, parts) = parts(project);
    bencher.bench_local(|| resolve::project(&parts, &sources));
}

#[divan::bench(args = PROJECTS)]
fn lowering(bencher: Bencher<'_, '_>, project: Project) {
    let specs = specs(project);
    bencher.bench_local(|| specs.iter().map(lower::objects).collect::<Vec<_>>());
}

#[divan::bench(args = PROJECTS)]
fn validating(bencher: Bencher<'_, '_>, project: Project) {
    let sets = sets(project);
    bencher.bench_local(|| {
        let outcomes: Vec<_> = sets.iter().map(validate::environment).collect();
        (outcomes, validate::project(&sets.iter().collect::<Vec<_>>()))
    });
}

#[divan::bench(args = PROJECTS)]
fn rendering(bencher: Bencher<'_, '_>, project: Project) {
    let sets = sets(project);
    bencher.bench_local(|| tree(&sets));
}

#[divan::bench(args = PROJECTS)]
fn planning(bencher: Bencher<'_, '_>, project: Project) {
    let tree = tree(&sets(project));
    let entries = tree.files.iter().map(|(path, text)| (path.clone(), Existing::Ours(text.clone().into_bytes())));
    let on_disk = OnDisk { entries: entries.collect() };
    bencher.bench_local(|| write::plan(&on_disk, &tree, &Scope::Everything));
}

#[divan::bench(args = PROJECTS)]
fn snapshotting(bencher: Bencher<'_, '_>, project: Project) {
    let tree = tree(&sets(project));
    bencher.bench_local(|| snapshot::objects(&tree));
}

/// The same, with the YAML library that reads what people write: the alternative to a reader of our own.
#[divan::bench(args = PROJECTS)]
fn snapshotting_with_serde_saphyr(bencher: Bencher<'_, '_>, project: Project) {
    let tree = tree(&sets(project));
    bencher.bench_local(|| {
        let read = |it: &String| serde_saphyr::from_str::<serde_json::Value>(it).expect("a manifest is YAML");
        tree.files.values().map(read).collect::<Vec<_>>()
    });
}

#[divan::bench(args = PROJECTS)]
fn rendering_with_serde_yaml(bencher: Bencher<'_, '_>, project: Project) {
    let sets = sets(project);
    bencher.bench_local(|| {
        let objects = sets.iter().flat_map(|it| &it.objects);
        objects.map(|it| serde_yaml::to_string(&it.body).expect("an object is YAML")).collect::<Vec<_>>()
    });
}

#[divan::bench(args = PROJECTS)]
fn diffing(bencher: Bencher<'_, '_>, project: Project) {
    let (before, after) = (sets(project), changed(project));
    bencher.bench_local(|| {
        let pairs = before.iter().zip(&after);
        pairs.map(|(before, after)| diff::objects(&before.objects, &after.objects)).collect::<Vec<_>>()
    });
}

#[divan::bench(args = PROJECTS)]
fn relating(bencher: Bencher<'_, '_>, project: Project) {
    let sets = sets(project);
    bencher.bench_local(|| sets.iter().map(relate::graph).collect::<Vec<_>>());
}

/// The picture that we lay out ourselves.
#[divan::bench(args = PROJECTS)]
fn drawing(bencher: Bencher<'_, '_>, project: Project) {
    let graphs: Vec<_> = sets(project).iter().map(relate::graph).collect();
    bencher.bench_local(|| draw::svg(&graphs));
}

/// Everything that `compile` does between reading and writing.
#[divan::bench(args = PROJECTS)]
fn compiling(bencher: Bencher<'_, '_>, project: Project) {
    let sources = (project.read)();
    bencher.bench_local(|| pipeline::compile(&sources, &pipeline::Settings::default()).tree());
}

/// The comparison of a tree in which every image has changed, and the report of it.
#[divan::bench(args = PROJECTS)]
fn reviewing(bencher: Bencher<'_, '_>, project: Project) {
    let (before, after) = ((project.read)(), bumped(&(project.read)()));
    let compiled = pipeline::compile(&after, &pipeline::Settings::default());
    let tree = compiled.tree();
    let previous = Previous {
        baseline: Baseline::Commit { id: "0".repeat(40), chosen: "HEAD".to_owned() },
        tree: pipeline::compile(&before, &pipeline::Settings::default()).tree(),
        sources: Some(before),
        skipped: Vec::new(),
        drifts: Vec::new(),
    };
    bencher.bench_local(|| {
        let review = pipeline::review(&compiled, &tree, &after, &previous, pipeline::Detail::Fields)
            .expect("our own tree can be read");
        (
            report::terminal(&review, 100, Style::Plain),
            report::markdown(&review, report::Forge::GitHub),
            report::json(&review),
        )
    });
}

#[derive(Clone, Copy)]
struct Project {
    name: &'static str,
    read: fn() -> Sources,
}

impl std::fmt::Display for Project {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

fn parts(project: Project) -> (Sources, Vec<Part>) {
    let sources = (project.read)();
    let (parts, diagnostics) = parse::project(&sources);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    (sources, parts)
}

fn specs(project: Project) -> Vec<Spec> {
    let (sources, parts) = parts(project);
    let resolved = resolve::project(&parts, &sources);
    assert!(resolved.diagnostics.is_empty(), "{:#?}", resolved.diagnostics);
    resolved.specs
}

fn sets(project: Project) -> Vec<ObjectSet> {
    specs(project).iter().map(lower::objects).collect()
}

/// The objects after every image got another tag.
fn changed(project: Project) -> Vec<ObjectSet> {
    pipeline::compile(&bumped(&(project.read)()), &pipeline::Settings::default()).sets
}

fn bumped(sources: &Sources) -> Sources {
    let text = |text: &str| text.replace("tag=\"1.", "tag=\"2.");
    Sources::new(sources.iter().map(|(_, it)| (it.name.clone(), text(&it.text))))
}

fn tree(sets: &[ObjectSet]) -> ManifestTree {
    ManifestTree { files: sets.iter().flat_map(|it| render::tree(it).files).collect() }
}

/// This repository's own app.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads its input before it measures")]
fn own() -> Sources {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["base", "environments"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the folder is part of the repository") {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_name().expect("an entry has a name").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a spec is text");
            files.push((format!("{folder}/{name}"), text));
        }
    }
    Sources::new(files)
}
