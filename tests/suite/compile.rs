//! Cases under `tests/cases/compile`: a spec and the tree that it compiles to.

use crate::support::cases;
use crate::support::golden::Failures;
use todo_gitops::object::{FieldPath, leaves};
use todo_gitops::pipeline;

#[test]
fn every_case_compiles_to_its_tree() {
    let mut failures = Failures::default();
    for case in cases::all("compile") {
        let sources = cases::sources(&[&case.path]);
        let compiled = pipeline::compile(&sources, &cases::settings());
        if compiled.diagnostics.is_empty() {
            failures.tree(&case.path.join("expected"), &compiled.tree().files);
        } else {
            let messages: Vec<&str> = compiled.diagnostics.iter().map(|it| it.message.as_str()).collect();
            failures.push(format!("{}: {}", case.name, messages.join("; ")));
        }
    }
    failures.finish();
}

#[test]
fn every_leaf_of_every_object_has_an_origin() {
    let mut failures = Failures::default();
    for kind in ["compile", "errors", "review"] {
        for case in cases::all(kind) {
            let template = cases::project_path("tests/cases/project");
            let sources = cases::sources(&[&case.path, &case.path.join("before"), &template]);
            for set in pipeline::compile(&sources, &cases::settings()).sets {
                for object in &set.objects {
                    leaves(&object.body, &mut |path: &FieldPath, _| {
                        let origin = object.origin(path);
                        if !origin.is_some_and(|it| it.span.is_some() || it.rule.is_some()) {
                            failures.push(format!("{}: {} {path} has no origin", case.name, object.id));
                        }
                    });
                    for path in object.origins.dangling(&object.body) {
                        failures
                            .push(format!("{}: {} has an origin for {path}, which it has not", case.name, object.id));
                    }
                }
            }
        }
    }
    failures.finish();
}
