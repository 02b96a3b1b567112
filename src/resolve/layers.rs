//! Parts in; the base as one tree, its clusters, and one tree per environment out.

use super::{DUPLICATE_NODE, ENVIRONMENT_NAME_MISMATCH, MISSING_APP, NO_ENVIRONMENTS, SEVERAL_APPS, SHARED_NAMESPACE};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};
use crate::spec::grammar::{Form, Identity};
use crate::spec::{Node, Part, Spec};
use std::collections::BTreeMap;

/// The layers of a project.
pub(super) struct Layers {
    /// The app, joined over all base files.
    pub(super) app: Node,
    /// The clusters.
    pub(super) clusters: Vec<Node>,
    /// The environments, joined over their files, by name.
    pub(super) overlays: Vec<Node>,
}

/// Sorts parts into layers. Returns none where there is no app or no environment to go on with.
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
    if overlays.is_empty() {
        let diagnostic = Diagnostic::new(NO_ENVIRONMENTS, "no environment is declared").at_some(place, "");
        diagnostics.push(diagnostic.help("add environments/NAME.kdl with `environment NAME`"));
    }
    // One that is declared twice has been reported; the sort keeps the first before the second.
    overlays.sort_by_key(|it| it.identity().1);
    overlays.dedup_by(|second, first| second.is_same(first));
    let app = apps.into_iter().next()?;
    (!overlays.is_empty()).then_some(Layers { app, clusters, overlays })
}

/// Adds a node to its layer; the contents of a second one of the same name join the first.
fn join(layer: &mut Vec<Node>, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let Some(known) = layer.iter_mut().find(|it| it.is_same(node) && it.span().file != node.span().file) else {
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
    known.children.extend(node.children.iter().cloned());
}

/// Puts the patches of a layer in the order of the objects that they name: that of the lines has no meaning.
fn order_patches(node: &mut Node) {
    let key = |it: &Node| (it.rule.identity == Identity::Stacked).then(|| it.identity().1);
    node.children.sort_by_cached_key(key);
    node.children.iter_mut().filter(|it| it.rule.form == Form::Settings).for_each(order_patches);
}

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
        if matches!(node.rule.name, "keys" | "pod-network") {
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

/// Holds an environment's name against that of its file or folder.
fn check_file_name(node: &Node, file: FileId, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let source = sources.file(file);
    let (Some(expected), Some(written)) = (source.environment(), node.argument(0)) else { return };
    if written.text().value != expected {
        let message = format!("environment `{}` in `{}`", written.text().value, source.name);
        let diagnostic = Diagnostic::new(ENVIRONMENT_NAME_MISMATCH, message).at_some(written.span(), "");
        diagnostics.push(diagnostic.help(format!("call the environment `{expected}`, or rename the file")));
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
}
