//! What each stage costs: `just bench`, or `just bench lower` for the stages of that name.
//!
//! Every stage is measured alone, on what the stages before it made: once for this repository's own app, which is what
//! one waits for on save, and once for a synthetic one that is large enough to show how the cost grows.
//!
//! To add a stage: one function here, which prepares its input outside of `bench`.

mod large_project;

use divan::Bencher;
use std::path::Path;
use todo_gitops::source::Sources;
use todo_gitops::spec::{Part, Spec};
use todo_gitops::{lower, parse, resolve};

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
