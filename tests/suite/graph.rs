//! Cases under `tests/cases/graph`: an environment, and its picture in every form.
//!
//! A case has a spec, in `base/` and `environments/`, or, for objects that are said more easily as they are, plain
//! `manifests.yaml`.

use crate::support::cases::{self, Case, project_path};
use crate::support::golden::Failures;
use crate::support::xml;
use serde::Deserialize as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use todo_gitops::graph::{EdgeKind, Family, Graph};
use todo_gitops::object::{Environment, Object, ObjectSet};
use todo_gitops::{draw, pipeline, relate};

/// Returns the objects of a case, one set for each environment.
fn sets(case: &Case) -> Vec<ObjectSet> {
    let Ok(text) = fs::read_to_string(case.path.join("manifests.yaml")) else {
        let compiled = pipeline::compile(&cases::sources(&[&case.path]), &cases::settings());
        assert_eq!(compiled.diagnostics, [], "{}", case.name);
        return compiled.sets;
    };
    let documents = serde_yaml::Deserializer::from_str(&text);
    let objects = documents.map(|it| {
        let mut body = Value::deserialize(it).unwrap();
        if body["metadata"]["namespace"].is_null() {
            body["metadata"]["namespace"] = json!(case.name);
        }
        Object::from_body(body).unwrap()
    });
    let mut objects: Vec<Object> = objects.collect();
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    vec![ObjectSet { environment: Environment::undeclared(&case.name), objects }]
}

/// Returns the objects of every project and every case that there is.
fn all_sets() -> Vec<(String, Vec<ObjectSet>)> {
    let mut all: Vec<_> = cases::all("graph").iter().map(|it| (it.name.clone(), sets(it))).collect();
    for folder in ["", "tests/cases/project"] {
        let sources = cases::sources(&[&project_path(folder)]);
        all.push((format!("project {folder}"), pipeline::compile(&sources, &cases::settings()).sets));
    }
    for case in cases::all("compile") {
        all.push((case.name.clone(), pipeline::compile(&cases::sources(&[&case.path]), &cases::settings()).sets));
    }
    all
}

#[test]
fn every_case_is_drawn_as_expected() {
    let mut failures = Failures::default();
    for case in cases::all("graph") {
        let graphs: Vec<Graph> = sets(&case).iter().map(relate::graph).collect();
        failures.text(&case.path.join("graph.md"), &draw::markdown(&graphs));
        failures.text(&case.path.join("graph.dot"), &draw::dot(&graphs));
        failures.text(&case.path.join("graph.svg"), &draw::svg(&graphs));
    }
    failures.finish();
}

/// The image on the page about pictures is the one that the page says how to make.
#[test]
fn the_image_of_the_documentation_is_up_to_date() {
    let sets = pipeline::compile(&cases::sources(&[&project_path("")]), &cases::settings()).sets;
    let graphs: Vec<Graph> = sets.iter().filter(|it| it.environment.name == "todo-prod").map(relate::graph).collect();
    let mut failures = Failures::default();
    failures.text(&project_path("docs/graph.svg"), &draw::svg(&graphs));
    failures.finish();
}

#[test]
fn every_workload_is_there_once_and_every_id_is_its_own() {
    for (name, sets) in all_sets() {
        for set in &sets {
            let graph = relate::graph(set);
            let drawn = graph.nodes.iter().filter(|it| it.family == Family::Workload);
            let drawn: Vec<String> = drawn.map(|it| format!("{}/{}", it.kind, it.names.join(" "))).collect();
            let namespace = |it: &Object| it.id.namespace.clone().filter(|it| *it != set.environment.namespace);
            let called = |it: &Object| namespace(it).map_or(String::new(), |it| it + "/") + &it.id.name;
            let mut wanted: Vec<String> = set.workloads().map(|it| format!("{}/{}", it.id.kind, called(it))).collect();
            wanted.sort();
            assert_eq!(drawn, wanted, "{name}");
            let ids: BTreeSet<&str> = graph.nodes.iter().map(|it| it.id.as_str()).collect();
            assert_eq!(ids.len(), graph.nodes.len(), "{name}");
            let is_word = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
            assert!(ids.iter().all(|it| it.chars().all(is_word) && it.contains('_')), "{name}: {ids:?}");
            let joined: BTreeSet<(usize, usize, EdgeKind)> =
                graph.edges.iter().map(|it| (it.from, it.to, it.kind)).collect();
            assert_eq!(joined.len(), graph.edges.len(), "{name}");
            assert!(graph.edges.iter().all(|it| it.from != it.to), "{name}");
        }
    }
}

#[test]
fn the_order_of_the_objects_does_not_matter() {
    for (name, sets) in all_sets() {
        for mut set in sets {
            let expected = relate::graph(&set);
            set.objects.reverse();
            let found = relate::graph(&set);
            assert_eq!(found, expected, "{name}");
        }
    }
}

#[test]
fn every_picture_is_well_formed() {
    for (name, sets) in all_sets() {
        let graphs: Vec<Graph> = sets.iter().map(relate::graph).collect();
        let svg = draw::svg(&graphs);
        let texts = xml::texts(&svg).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        for word in graphs.iter().flat_map(|it| &it.nodes).flat_map(|it| &it.names).filter(|it| it.len() < 20) {
            assert!(texts.iter().any(|it| it.contains(word.as_str())), "{name}: {word} is not in the picture");
        }
        for graph in &graphs {
            for line in draw::mermaid(graph).lines() {
                // Outside of labels there are only ids and signs, and in a label nothing ends it.
                let outside: String = line.split('"').step_by(2).collect();
                assert_eq!(line.matches('"').count() % 2, 0, "{name}: {line}");
                let is_sign = |it: char| it.is_ascii_alphanumeric() || " _[](){}|-=.>/,:".contains(it);
                assert!(outside.chars().all(is_sign), "{name}: {line}");
                let inside: String = line.split('"').skip(1).step_by(2).collect();
                assert!(!inside.replace("<br/>", "").contains(['<', '>', '`', '%', '{', '&']), "{name}: {line}");
            }
        }
    }
}

#[test]
fn an_empty_environment_is_a_picture_too() {
    let graph = relate::graph(&ObjectSet { environment: Environment::undeclared("empty"), objects: Vec::new() });
    assert_eq!(draw::mermaid(&graph), "flowchart LR\n    subgraph environment[\"empty\"]\n    end\n");
    for graphs in [&[][..], &[graph]] {
        xml::texts(&draw::svg(graphs)).unwrap();
        assert!(draw::dot(graphs).ends_with("}\n"));
    }
}
