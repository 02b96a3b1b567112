//! Parts in; the base as one tree, its clusters, and one tree per environment and layer out.

use super::{DUPLICATE_NODE, ENVIRONMENT_NAME_MISMATCH, MISSING_APP, NO_ENVIRONMENTS, SEVERAL_APPS, SHARED_NAMESPACE};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};
use crate::spec::grammar::{Form, Identity};
use crate::spec::{Mark, Node, Part, Spec};
use std::collections::BTreeMap;

/// The layers of a project.
pub(super) struct Layers {
    /// The app, joined over all base files.
    pub(super) app: Node,
    /// The clusters.
    pub(super) clusters: Vec<Node>,
    /// The environments and layers, joined over their files, by name.
    pub(super) overlays: Vec<Node>,
}

/// Sorts parts. Returns none where there is no app or no environment to go on with.
pub(super) fn of(parts: &[Part], sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Option<Layers> {
    let (mut apps, mut clusters, mut overlays) = (Vec::<Node>::new(), Vec::<Node>::new(), Vec::<Node>::new());
    for part in parts {
        for node in &part.nodes {
            match node.rule.name {
                "app" => join(&mut apps, node, diagnostics),
                "cluster" => clusters.push(node.clone()),
                _ => {
                    check_file_name(node, part.file, sources, diagnostics);
                    join(&mut overlays, node, diagnostics);
                }
            }
        }
    }
    for node in apps.iter_mut().chain(&mut overlays) {
        order_patches(node);
    }
    for nodes in [&apps, &clusters, &overlays] {
        duplicates(nodes, diagnostics);
    }
    let place = sources.iter().next().map(|(file, _)| Span::new(file, 0, 0));
    if let Some((first, second)) =
        apps.first().and_then(|first| Some((first, apps.iter().find(|it| !it.is_same(first))?)))
    {
        let message = format!("`{}` and `{}` in one project", first.describe(), second.describe());
        let diagnostic =
            Diagnostic::new(SEVERAL_APPS, message).at(second.span(), "a second app").at(first.span(), "the first");
        diagnostics.push(
            diagnostic.help("a project has one app: give both the same name, or move one to a project of its own"),
        );
    }
    if apps.is_empty() {
        let diagnostic = Diagnostic::new(MISSING_APP, "no file in base/ declares the app").at_some(place, "");
        diagnostics.push(diagnostic.help("add `app NAME { component NAME { … } }`"));
    }
    let has_environments = overlays.iter().any(|it| it.rule.name == "environment");
    if !has_environments {
        let diagnostic = Diagnostic::new(NO_ENVIRONMENTS, "no environment is declared").at_some(place, "");
        diagnostics.push(diagnostic.help("add environments/NAME.kdl with `environment NAME`"));
    }
    // One that is declared twice has been reported; the sort keeps the first before the second.
    overlays.sort_by_key(|it| it.identity().1);
    overlays.dedup_by(|second, first| {
        let is_twice = second.identity().1 == first.identity().1;
        if is_twice && !second.is_same(first) {
            diagnostics.push(one_name(second, first));
        }
        is_twice
    });
    let app = apps.into_iter().next()?;
    has_environments.then_some(Layers { app, clusters, overlays })
}

fn one_name(second: &Node, first: &Node) -> Diagnostic {
    let message = format!("`{}` and `{}` have one name", first.describe(), second.describe());
    let diagnostic = Diagnostic::new(DUPLICATE_NODE, message).at(second.span(), "the second");
    diagnostic.at(first.span(), "the first").help("give the layer another name: `extends=` names one of the two")
}

/// Adds a node to its layer; the contents of one of the same name in another file are joined, and so are those of
/// components inside, where both files do the same to what is below.
fn join(layer: &mut Vec<Node>, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let mark = |it: &Node| it.mark.as_ref().map(|it| it.value);
    let joins = |it: &Node| {
        it.is_same(node)
            && it.span().file != node.span().file
            && mark(it) == mark(node)
            && mark(node) != Some(Mark::Remove)
    };
    let Some(known) = layer.iter_mut().find(|it| joins(it)) else {
        layer.push(node.clone());
        return;
    };
    for (name, entry) in &node.properties {
        match known.properties.get(name) {
            None => {
                known.properties.insert(name, entry.clone());
            }
            Some(first) => {
                let message = format!("`{name}` of `{}` is set in two files", node.describe());
                let diagnostic = Diagnostic::new(DUPLICATE_NODE, message).at_some(entry.span(), "set again here");
                diagnostics.push(diagnostic.at_some(first.span(), "first set here").help("keep one of the two"));
            }
        }
    }
    for child in &node.children {
        if child.rule.name == "component" {
            join(&mut known.children, child, diagnostics);
        } else {
            known.children.push(child.clone());
        }
    }
}

/// Puts the patches of a layer in the order of the objects that they name: that of the lines has no meaning.
fn order_patches(node: &mut Node) {
    let key = |it: &Node| (it.rule.identity == Identity::Stacked).then(|| it.identity().1);
    node.children.sort_by_cached_key(key);
    node.children.iter_mut().filter(|it| it.rule.form == Form::Settings).for_each(order_patches);
}

/// The lists in which a second time means nothing.
const SETS: [&str; 9] =
    ["except", "groups", "keys", "names", "pod-network", "resources", "source-ranges", "urls", "verbs"];

/// Reports what is declared twice in one layer.
fn duplicates(nodes: &[Node], diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<_, &Node> = BTreeMap::new();
    for node in nodes {
        if node.is_item() {
            // Items of a list may be alike.
        } else if let Some(first) = seen.get(&node.identity()) {
            let message = format!("`{}` is declared twice", node.describe());
            let diagnostic = Diagnostic::new(DUPLICATE_NODE, message).at(node.span(), "declared again here");
            diagnostics.push(diagnostic.at(first.span(), "first declared here").help("keep one of the two"));
        } else {
            seen.insert(node.identity(), node);
        }
        if SETS.contains(&node.rule.name) && node.rule.is_list() {
            duplicate_values(node, diagnostics);
        }
        duplicates(&node.children, diagnostics);
    }
}

/// Reports a value that a list of names has twice.
fn duplicate_values(node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for (index, entry) in node.arguments.iter().enumerate() {
        if let Some(first) = node.arguments[..index].iter().find(|it| it.value == entry.value) {
            let message = format!("{} is in this `{}` twice", entry.value, node.name.value);
            let diagnostic = Diagnostic::new(DUPLICATE_NODE, message).at_some(entry.span(), "again here");
            diagnostics.push(diagnostic.at_some(first.span(), "first here").help("keep one of the two"));
        }
    }
}

/// Holds an environment's or a layer's name against that of its file or folder.
fn check_file_name(node: &Node, file: FileId, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let source = sources.file(file);
    let (Some(expected), Some(written)) = (source.environment(), node.argument(0)) else { return };
    if written.text().value != expected {
        let what = node.rule.name;
        let message = format!("{what} `{}` in `{}`", written.text().value, source.name);
        let diagnostic = Diagnostic::new(ENVIRONMENT_NAME_MISMATCH, message).at_some(written.span(), "");
        diagnostics.push(diagnostic.help(format!("call the {what} `{expected}`, or rename the file")));
    }
}

/// Reports environments that would write into one folder.
pub(super) fn check_namespaces(specs: &[Spec], diagnostics: &mut Vec<Diagnostic>) {
    for (index, spec) in specs.iter().enumerate() {
        let namespace = &spec.environment.namespace;
        let Some(first) = specs[..index].iter().find(|it| it.environment.namespace.value == namespace.value) else {
            continue;
        };
        let message = format!(
            "environments `{}` and `{}` share the namespace `{}`",
            first.environment.name.value, spec.environment.name.value, namespace.value
        );
        let diagnostic = Diagnostic::new(SHARED_NAMESPACE, message)
            .at_some(namespace.origin.span, "")
            .at_some(first.environment.namespace.origin.span, "taken here");
        diagnostics.push(diagnostic.help("give one of them another `namespace=`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::source::Sources;

    #[test]
    fn reports_each_mistake_once() {
        let check = |base: &str, environment: &str, expected: &[&str]| {
            let sources = Sources::new([
                ("base/app.kdl".to_owned(), base.to_owned()),
                ("environments/dev.kdl".to_owned(), environment.to_owned()),
            ]);
            let (parts, found) = parse::project(&sources);
            assert_eq!(found, [], "{base} {environment}");
            let found = crate::resolve::project(&parts, &sources).diagnostics;
            let found: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
            assert_eq!(found, expected, "{base} {environment}");
        };
        check("app a\napp a", "environment dev", &["`app a` is declared twice"]);
        check("app a\napp b", "environment dev", &["`app a` and `app b` in one project"]);
        check("app a", "environment dev\nenvironment dev", &["`environment dev` is declared twice"]);
        check("app a { secret s { keys A B A } }", "environment dev", &["\"A\" is in this `keys` twice"]);
        check("app a", "environment dv", &["environment `dv` in `environments/dev.kdl`"]);
        check("app a\ncluster c { capacity cpu=1 }", "environment dev", &["`capacity` has no memory"]);
        check("app a\ncluster c { capacity cpu=1 }", "environment dev cluster=c", &["`capacity` has no memory"]);
    }

    #[test]
    fn components_of_several_files_are_joined_where_they_do_the_same() {
        let check = |first: &str, second: &str, expected: &[&str]| {
            let file = |name: &str, inside: &str| {
                (format!("environments/dev/{name}.kdl"), format!("environment dev {{ {inside} }}"))
            };
            let base = "app a { component b { image i; replicas 1; config { A 1 } } }";
            let sources =
                Sources::new([("base/app.kdl".to_owned(), base.to_owned()), file("1", first), file("2", second)]);
            let (parts, found) = parse::project(&sources);
            assert_eq!(found, [], "{first} {second}");
            let found = crate::resolve::project(&parts, &sources).diagnostics;
            let found: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
            assert_eq!(found, expected, "{first} {second}");
        };
        let twice = ["`component b` is declared twice"];
        check("component b { replicas 2 }", "component b { config { A 2 } }", &[]);
        check("(add)component c { image i }", "(add)component c { replicas 2 }", &[]);
        check("(replace)component b { image j }", "(replace)component b { replicas 2 }", &[]);
        check("component b { replicas 2 }", "component b { replicas 3 }", &["`replicas` is declared twice"]);
        check("(replace)component b { image i; replicas 1 }", "component b { replicas 2 }", &twice);
        check(
            "component b { config { A 2 }; config { A 3 } }",
            "component b { replicas 2 }",
            &["`config` is declared twice"],
        );
        check("component b { replicas 2 }; component b { config { A 2 } }", "", &twice);
    }
}
