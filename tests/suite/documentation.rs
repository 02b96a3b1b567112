//! The documentation is true: its examples compile or fail as they say, and the reference has every node.
//!
//! The words behind ```` ```kdl ```` say what a block is: `base`, `layer` or `environment` for a whole file; without either,
//! its first node decides, and anything smaller than a file is put into a small project. `must-fail=CODE` names the
//! message that the block must cause. A block `yaml base/x.yaml` is a file beside the examples of its section. An
//! `environment` block is compiled on the `base` block before it in its section, and with the `layer` block before it,
//! where it extends one.

use crate::support::cases::project_path;
use crate::support::golden::Failures;
use crate::support::grammar::{Known, collect_used, every_node, key};
use crate::support::markdown::{Fence, fences, sections};
use crate::support::project::{compile, repository_files};
use kdl::KdlDocument;
use todo_gitops::pipeline;
use todo_gitops::source::Sources;
use todo_gitops::spec::grammar::BASE_FILE;

const REFERENCE: &str = "docs/language.md";

/// The project around an example: what examples may refer to.
const APP: &str = r#"
    secret todo-secrets { keys DATABASE_URL SECRET_KEY tls.crt tls.key }
    component backend {
        image todo-backend tag="1.0.0"
        replicas 2
        port http 8000
        config { LOG_LEVEL info }
        service
    }
"#;
const CLUSTER: &str = r#"cluster minikube { pod-network "10.244.0.0/16" }"#;
const ENVIRONMENT: &str = "environment example cluster=minikube";
/// What a component needs so that a single node of it makes sense.
const COMPONENT: [(&str, &str); 3] =
    [("image", "image todo-web tag=\"1.0.0\""), ("port", "port http 8080"), ("service", "service")];

/// What a block holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Base,
    Environment,
    Layer,
    /// Nodes of a node in a base file.
    Fragment,
}

/// One block as a project.
struct Example {
    place: String,
    /// The block itself.
    shown: String,
    files: Vec<(String, String)>,
    must_fail: Option<String>,
}

/// What a reader copies first must compile as it stands, under every check.
#[test]
fn the_first_example_of_a_page_is_a_whole_project() {
    for page in ["README.md", REFERENCE] {
        let text = std::fs::read_to_string(project_path(page)).unwrap();
        let fences = fences(&text);
        let first = |info: &str| fences.iter().find(|it| it.info == info).unwrap().text.clone();
        let (base, environment) = (first("kdl base"), first("kdl environment"));
        let name = environment.split_whitespace().nth(1).unwrap().to_owned();
        let files = [("base/app.kdl".to_owned(), base), (format!("environments/{name}.kdl"), environment)];
        let compiled = pipeline::compile(&Sources::new(files), &pipeline::Settings::default());
        assert_eq!(compiled.diagnostics, [], "{page}");
        assert!(!compiled.tree().files.is_empty());
    }
}

#[test]
fn every_example_does_what_it_says() {
    let mut wrong = Vec::new();
    for example in examples() {
        let compiled = compile(example.files);
        let codes: Vec<&str> = compiled.diagnostics.iter().map(|it| it.code.name).collect();
        match &example.must_fail {
            None if codes.is_empty() => {}
            // Only that: another message would show that the example is wrong in a way it does not say.
            Some(code) if !codes.is_empty() && codes.iter().all(|it| it == code) => {}
            None => wrong.push(format!("{}: must compile\n{}", example.place, compiled.messages())),
            Some(code) => wrong.push(format!("{}: must fail with {code}\n{}", example.place, compiled.messages())),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_node_is_in_an_example() {
    let mut used = Vec::new();
    for example in examples().into_iter().filter(|it| it.must_fail.is_none()) {
        let compiled = compile(example.files);
        for part in &compiled.parts {
            // What is around an example is no example.
            let Some(start) = compiled.text(part).find(&example.shown) else { continue };
            collect_used(&part.nodes, &(start..start + example.shown.len()), &mut used);
        }
    }
    let missing: Vec<&str> =
        every_node().iter().filter(|it| !used.contains(&key(it.rule))).map(|it| it.rule.name).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn the_reference_has_every_node() {
    let known = every_node();
    let page = page();
    let sections: Vec<_> = sections(&page).into_iter().filter(|it| it.heading.starts_with("### `")).collect();
    let mut wrong = Vec::new();
    for section in &sections {
        if !known.iter().any(|it| is_heading_of(&section.heading, it, &known)) {
            wrong.push(format!("{REFERENCE}:{}: no such node: {}", section.line, section.heading));
        }
    }
    for node in &known {
        let own: Vec<_> = sections.iter().filter(|it| is_heading_of(&it.heading, node, &known)).collect();
        let [section] = own.as_slice() else {
            let (name, parents) = (node.rule.name, &node.parents);
            wrong.push(format!("{REFERENCE}: {} headings for `{name}` in {parents:?}", own.len()));
            continue;
        };
        for slot in node.rule.arguments.iter().chain(node.rule.properties) {
            if !section.body.contains(&format!("`{}`", slot.name)) {
                wrong.push(format!("{REFERENCE}:{}: `{}` is not mentioned", section.line, slot.name));
            }
        }
        for child in node.rule.children {
            if !section.body.contains(&format!("`{}`", child.name)) {
                wrong.push(format!("{REFERENCE}:{}: child `{}` is not mentioned", section.line, child.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// True for ``### `port` ``, and, where several nodes have one name, for ``### `KEY` in `config` ``.
fn is_heading_of(heading: &str, node: &Known, known: &[Known]) -> bool {
    let words: Vec<&str> = heading.split('`').skip(1).step_by(2).collect();
    let several = known.iter().filter(|it| it.rule.name == node.rule.name).count() > 1;
    match words.as_slice() {
        [name] => *name == node.rule.name && !several,
        [name, parents @ ..] => {
            let all = parents.len() == node.parents.len() && node.parents.iter().all(|it| parents.contains(it));
            *name == node.rule.name && several && all
        }
        [] => false,
    }
}

fn page() -> String {
    repository_files(REFERENCE, ".md").into_iter().map(|(_, text)| text).collect()
}

/// Returns every KDL block of the documentation.
fn examples() -> Vec<Example> {
    let pages = repository_files("README.md", ".md").into_iter().chain(repository_files("docs", ".md"));
    // The cookbook quotes whole projects, and is held against those.
    let pages = pages.filter(|(name, _)| !name.starts_with("docs/cookbook/"));
    let found: Vec<Example> = pages.flat_map(|(name, text)| of_page(&name, &text)).collect();
    assert!(!found.is_empty(), "no examples");
    found
}

fn of_page(page: &str, text: &str) -> Vec<Example> {
    let all = fences(text);
    let blocks: Vec<&Fence> = all.iter().filter(|it| it.info.split(' ').next() == Some("kdl")).collect();
    let mut base: Option<&Fence> = None;
    let mut layer: Option<&Fence> = None;
    let mut examples = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("{page}:{}", block.line);
        let must_fail = block.info.split(' ').find_map(|it| it.strip_prefix("must-fail=")).map(str::to_owned);
        let files = match holds(block) {
            Holds::Fragment => vec![base_file(&around(&block.text)), environment_file(ENVIRONMENT)],
            Holds::Base => {
                base = Some(block);
                let next = blocks.get(index + 1).filter(|it| it.section == block.section);
                // Then it is compiled together with that one.
                if next.is_some_and(|it| holds(it) == Holds::Environment) {
                    continue;
                }
                vec![base_file(&complete(&block.text)), environment_file(ENVIRONMENT)]
            }
            Holds::Environment => {
                let below = base.filter(|it| it.section == block.section);
                let below = below.map_or_else(|| around_base(&KdlDocument::new()), |it| complete(&it.text));
                let extended = layer.filter(|it| it.section == block.section && extends(&block.text));
                let layer = extended.map(|it| environment_file(&it.text));
                [base_file(&below), environment_file(&block.text)].into_iter().chain(layer).collect()
            }
            Holds::Layer => {
                layer = Some(block);
                let below = base.filter(|it| it.section == block.section);
                let below = below.map_or_else(|| around_base(&KdlDocument::new()), |it| complete(&it.text));
                let next = blocks.get(index + 1).filter(|it| it.section == block.section && extends(&it.text));
                let environment = next.map_or(ENVIRONMENT, |it| it.text.as_str());
                vec![base_file(&below), environment_file(&block.text), environment_file(environment)]
            }
        };
        let beside = all.iter().filter(|it| it.section == block.section).filter_map(|it| {
            let name = it.info.strip_prefix("yaml ")?;
            Some((name.to_owned(), it.text.clone()))
        });
        let files = files.into_iter().chain(beside.filter(|(name, _)| is_named(name, &block.text))).collect();
        examples.push(Example { place, shown: block.text.clone(), files, must_fail });
    }
    examples
}

/// True where an example names a file.
fn is_named(file: &str, example: &str) -> bool {
    file.rsplit('/').next().is_some_and(|it| example.contains(it))
}

fn holds(block: &Fence) -> Holds {
    let first = document(&block.text).nodes().first().map(|it| it.name().value().to_owned());
    let words: Vec<&str> = block.info.split(' ').collect();
    match first.as_deref() {
        _ if words.contains(&"base") => Holds::Base,
        _ if words.contains(&"environment") => Holds::Environment,
        _ if words.contains(&"layer") => Holds::Layer,
        Some("app" | "cluster") => Holds::Base,
        Some("environment") => Holds::Environment,
        Some("layer") => Holds::Layer,
        Some(_) | None => Holds::Fragment,
    }
}

/// True for an environment that extends a layer.
fn extends(text: &str) -> bool {
    document(text).get("environment").is_some_and(|it| it.get("extends").is_some())
}

/// Reads a block; one that is no KDL has no nodes.
fn document(text: &str) -> KdlDocument {
    KdlDocument::parse_v2(text).unwrap_or_default()
}

fn base_file(text: &str) -> (String, String) {
    ("base/app.kdl".to_owned(), text.to_owned())
}

fn environment_file(text: &str) -> (String, String) {
    let document = document(text);
    let name = document.get_arg("environment").or_else(|| document.get_arg("layer"));
    let name = name.and_then(|it| it.as_string()).unwrap_or("example").to_owned();
    (format!("environments/{name}.kdl"), text.to_owned())
}

/// Puts a fragment into the node it belongs to: a component where its first node may stand there, else the cluster or
/// the app.
fn around(fragment: &str) -> String {
    let document = document(fragment);
    let names: Vec<&str> = document.nodes().iter().map(|it| it.name().value()).collect();
    let takes = |parents: &[&str]| {
        let found = parents.iter().try_fold(&BASE_FILE, |rule, name| rule.child(name));
        names.first().is_none_or(|first| found.is_some_and(|it| it.child(first).is_some()))
    };
    if takes(&["app", "component"]) {
        let needed = COMPONENT.iter().filter(|(name, _)| !names.contains(name)).map(|(_, text)| format!("{text}\n"));
        let needed: String = needed.collect();
        format!("app example {{{APP}\ncomponent web {{\n{needed}{fragment}\n}}\n}}\n{CLUSTER}")
    } else if takes(&["cluster"]) {
        format!("app example {{{APP}}}\ncluster minikube {{\n{fragment}\n}}")
    } else {
        format!("app example {{\n{fragment}\n}}\n{CLUSTER}")
    }
}

/// Adds to a base file what a project needs beside it.
fn complete(text: &str) -> String {
    format!("{text}\n{}", around_base(&document(text)))
}

/// Returns what a base file lacks: the app, or the cluster.
fn around_base(document: &KdlDocument) -> String {
    let app = if document.get("app").is_none() { format!("app example {{{APP}}}\n") } else { String::new() };
    let cluster = if document.get("cluster").is_none() { CLUSTER } else { "" };
    app + cluster
}

/// A block `text FILE` stands in the file, line for line.
#[test]
fn every_quote_of_a_file_stands_in_it() {
    let quotes = |(name, text): (String, String)| {
        let is_quote = |it: &Fence| it.info.starts_with("text ");
        fences(&text).into_iter().filter(is_quote).map(move |it| (name.clone(), it)).collect::<Vec<_>>()
    };
    let quotes: Vec<(String, Fence)> = repository_files("docs", ".md").into_iter().flat_map(quotes).collect();
    assert!(!quotes.is_empty());
    let mut failures = Failures::default();
    for (page, quote) in quotes {
        let file = quote.info.trim_start_matches("text ");
        let text = std::fs::read_to_string(project_path(file)).unwrap_or_default();
        if !format!("\n{text}").contains(&format!("\n{}", quote.text)) {
            failures.push(format!("{page}:{}: does not stand in {file}:\n{}", quote.line, quote.text));
        }
    }
    failures.finish();
}
