//! This repository's own project: it compiles without a word, and its committed tree is what it compiles to.

use crate::support::cases::{project_path, sources};
use crate::support::golden::Failures;
use todo_gitops::diagnostic::excerpt::{self, Style};
use todo_gitops::pipeline;

#[test]
fn our_own_project_compiles_to_its_committed_tree() {
    let sources = sources(&[&project_path("")]);
    let compiled = pipeline::compile(&sources, &pipeline::Settings::default());
    assert_eq!(excerpt::print(&compiled.diagnostics, &sources, Style::Plain), "");
    let environments: Vec<&str> = compiled.sets.iter().map(|it| it.environment.name.as_str()).collect();
    assert_eq!(environments, ["todo-dev", "todo-prod", "todo-staging"]);
    let mut failures = Failures::default();
    failures.tree(&project_path("rendered"), &compiled.tree().files);
    failures.finish();
}
