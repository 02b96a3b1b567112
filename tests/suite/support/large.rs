//! A large change, made up: fifty components in twenty environments, of which each gets another setting and another
//! number of pods in every environment, no two the same. It touches 2,000 objects, and nothing of it can be joined.

use std::fmt::Write as _;
use todo_gitops::change::{Baseline, Review};
use todo_gitops::pipeline::{self, Detail, Previous, Settings};
use todo_gitops::source::Sources;

const COMPONENTS: usize = 50;
const ENVIRONMENTS: usize = 20;

/// How many objects the change touches: of each component a Deployment and a `ConfigMap`.
pub(crate) const OBJECTS: usize = 2 * COMPONENTS * ENVIRONMENTS;

/// Reviews the change.
pub(crate) fn review() -> Review {
    let (before, after) = (sources(0), sources(1));
    let old = pipeline::compile(&before, &Settings::default());
    let new = pipeline::compile(&after, &Settings::default());
    let id = "0123456789abcdef0123456789abcdef01234567".to_owned();
    let baseline = Baseline::Commit { id, chosen: "HEAD".to_owned() };
    let previous =
        Previous { baseline, tree: old.tree(), sources: Some(before), skipped: Vec::new(), drifts: Vec::new() };
    pipeline::review(&new, &new.tree(), &after, &previous, Detail::Lines).unwrap()
}

/// Writes the spec before (0) and after (1) the change.
fn sources(step: usize) -> Sources {
    let environments = (0..ENVIRONMENTS).map(|it| (format!("environments/stage-{it:02}.kdl"), environment(it, step)));
    Sources::new(std::iter::once(("base/app.kdl".to_owned(), app())).chain(environments))
}

fn app() -> String {
    let mut text = "app shop version=\"1.0.0\" {\n".to_owned();
    for number in 0..COMPONENTS {
        let component = format!(
            r#"    component part-{number:02} {{
        image "registry.example.com/part-{number:02}" tag="1.0.0"
        replicas 2 min=1 max=9
        port http 8080
        config {{
            POOL_SIZE 5 type=integer
        }}
        resources {{
            requests cpu="10m" memory="32Mi"
            limits cpu="100m" memory="64Mi"
        }}
        probe liveness http="/health"
        probe readiness http="/health"
        service ClusterIP
    }}
"#
        );
        text.push_str(&component);
    }
    text + "}\n"
}

fn environment(environment: usize, step: usize) -> String {
    let protected = if environment == 7 { " protected=#true" } else { "" };
    let mut text = format!("environment stage-{environment:02}{protected} {{\n");
    for component in 0..COMPONENTS {
        // Another value for every component, environment and step.
        let size = 10 + step + 2 * (component + COMPONENTS * environment);
        let replicas = 2 + (component + environment) % 5 + step;
        let overlay = format!(
            "    component part-{component:02} {{\n        replicas {replicas}\n        config {{\n            POOL_SIZE {size}\n        }}\n    }}\n"
        );
        let _ = text.write_str(&overlay);
    }
    text + "}\n"
}
