//! Parts in, one complete spec per environment out.
//!
//! The rules by which an overlay changes the base, which [`merge`] carries out node by node:
//!
//! - Two nodes are the same when their names are, and, for nodes that have several of a kind (`component`, `port`,
//!   `probe` …), their first arguments. Order never matters for that.
//! - A node without a mark must exist below. Its values replace the values in the same places below; values that it
//!   does not mention stay; the nodes inside it are merged by these same rules.
//! - A list of values (`keys A B`, a config key with several values) is one value: it is replaced as a whole.
//! - `(add)` must not exist below, and is taken as it is. `(remove)` must exist below, and goes with all it holds.
//!   `(replace)` must exist below, and nothing of that stays.
//! - A value that equals the one it replaces is a warning: one of the two lines is not needed.
//! - Every value keeps the line that set it and the lines that lost to it, the nearest first.
//!
//! - `#null` as the value of an optional property takes away the one below, which must be there.
//!
//! An environment or a layer that extends another is merged into that one instead of the base, each once. What a layer
//! says of its environments themselves is merged too, but not their namespace.
//!
//! What is required is asked for after merging, so that a base may leave a value to its environments. Files of one
//! folder are put together; in them, nothing may be declared twice.

mod chain;
pub mod complete;
mod layers;
mod merge;
mod references;
mod removed;

use crate::diagnostic::{Code, Diagnostic};
use crate::object::Waived;
use crate::source::{FileId, Sources, Span};
use crate::spec::{Lineage, Node, Part, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// A node, or a value of a list, that is declared twice in one layer.
pub const DUPLICATE_NODE: Code = Code::error("duplicate-node");
/// No file of the base declares the app.
pub const MISSING_APP: Code = Code::error("missing-app");
/// Two apps in one base.
pub const SEVERAL_APPS: Code = Code::error("several-apps");
/// There is nothing to compile for.
pub const NO_ENVIRONMENTS: Code = Code::error("no-environments");
/// An environment's file has another name than the environment in it.
pub const ENVIRONMENT_NAME_MISMATCH: Code = Code::error("environment-name-mismatch");
/// Two environments share one namespace.
pub const SHARED_NAMESPACE: Code = Code::error("shared-namespace");
/// A layer or an environment extends something that there is not.
pub const UNKNOWN_PARENT: Code = Code::error("unknown-parent");
/// A layer or an environment extends itself, by way of others or at once.
pub const EXTENDS_ITSELF: Code = Code::error("extends-itself");
/// No environment is made of a layer.
pub const UNUSED_LAYER: Code = Code::warning("unused-layer");
/// An overlay names something that the base does not have.
pub const NOTHING_TO_OVERRIDE: Code = Code::error("nothing-to-override");
/// An overlay adds something that the base has already.
pub const ALREADY_EXISTS: Code = Code::error("already-exists");
/// An overlay sets a value to what it is already.
pub const OVERRIDE_WITHOUT_EFFECT: Code = Code::warning("override-without-effect");
/// A `${…}` that is not written as a reference is.
pub const MALFORMED_REFERENCE: Code = Code::error("malformed-reference");
/// A `${…}` that names something that is not there.
pub const UNKNOWN_REFERENCE: Code = Code::error("unknown-reference");

/// A manifest beside the spec that no spec names.
pub const UNUSED_FILE: Code = Code::warning("unused-file");

/// The codes of merging; those of completing a spec are [`complete::CODES`].
pub const CODES: &[Code] = &[
    ALREADY_EXISTS,
    DUPLICATE_NODE,
    ENVIRONMENT_NAME_MISMATCH,
    EXTENDS_ITSELF,
    MALFORMED_REFERENCE,
    MISSING_APP,
    NOTHING_TO_OVERRIDE,
    NO_ENVIRONMENTS,
    OVERRIDE_WITHOUT_EFFECT,
    SEVERAL_APPS,
    SHARED_NAMESPACE,
    UNKNOWN_PARENT,
    UNKNOWN_REFERENCE,
    UNUSED_FILE,
    UNUSED_LAYER,
];

/// What a project declares.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The names of all environments, also of those in which something is wrong.
    pub environments: Vec<String>,
    /// One spec per environment, by name; without those in which something is wrong, and none where the project is.
    pub specs: Vec<Spec>,
    /// What is wrong, and what is worth a look.
    pub diagnostics: Vec<Diagnostic>,
    /// House rules about typed values that are broken and excused.
    pub waived: Vec<Waived>,
}

/// What an overlay makes of the base and of all that it extends.
#[derive(Clone)]
struct Merged {
    app: Node,
    /// The environment's own settings, with those it inherits.
    settings: Node,
    is_right: bool,
}

/// Resolves a project.
pub fn project(parts: &[Part], sources: &Sources) -> Project {
    let mut project = Project::default();
    let Some(layers) = layers::of(parts, sources, &mut project.diagnostics) else { return project };
    let lineage = Lineage::of(parts);
    let links = chain::order(&layers.overlays, &lineage, &mut project.diagnostics);
    // A file that cannot be read may be the one that extends a layer, and so may one that says the wrong name.
    if project.diagnostics.is_empty() && sources.iter().all(|(file, _)| parts.iter().any(|it| it.file == file)) {
        chain::unused(&layers.overlays, &lineage, &mut project.diagnostics);
    }
    let mut below: BTreeMap<usize, Merged> = BTreeMap::new();
    let mut settings: Vec<Node> = Vec::new();
    let mut named: BTreeSet<FileId> = BTreeSet::new();
    for (index, link) in links.iter().enumerate() {
        let merged = merged(link, &links, &below, &layers.app, &lineage, &mut project.diagnostics);
        if links.iter().any(|it| it.parent == Some(index)) {
            below.insert(index, merged.clone());
        }
        if link.node.rule.name == "environment" {
            settings.push(merged.settings.clone());
            named.extend(complete_one(merged, &layers.clusters, sources, &mut project));
        }
    }
    project.environments.sort();
    project.specs.sort_by(|a, b| a.environment.name.value.cmp(&b.environment.name.value));
    project.waived.sort_by(|a, b| a.environment.cmp(&b.environment));
    for cluster in &layers.clusters {
        complete::unused_cluster(cluster, &settings, &mut project.diagnostics);
    }
    unused_files(parts, &named, sources, &mut project.diagnostics);
    layers::check_namespaces(&project.specs, &mut project.diagnostics);
    // What is wrong in the project as a whole would be found again in every spec.
    if project.diagnostics.iter().any(|it| it.is_error() && it.environments.is_empty()) {
        project.specs.clear();
    }
    project
}

/// Merges one overlay into what it extends. What is wrong with it is wrong for all that it applies to.
fn merged(
    link: &chain::Link<'_>,
    links: &[chain::Link<'_>],
    below: &BTreeMap<usize, Merged>,
    base: &Node,
    lineage: &Lineage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Merged {
    let mut found = Vec::new();
    let parent = link.parent.and_then(|it| Some((below.get(&it)?, links.get(it)?)));
    let mut app = parent.map_or(base, |(merged, _)| &merged.app).clone();
    let place = parent.map(|(_, it)| format!("`{}`", it.node.describe()));
    merge::overlay(&mut app, link.node, place.as_deref(), &mut found);
    let settings = merge::settings(parent.map(|(merged, _)| &merged.settings), link.node, &mut found);
    let is_right = parent.is_none_or(|(merged, _)| merged.is_right) && found.iter().all(|it| !it.is_error());
    let heirs = lineage.heirs(&link.name);
    diagnostics.extend(found.into_iter().map(|it| Diagnostic { environments: heirs.clone(), ..it }));
    Merged { app, settings, is_right }
}

/// Completes the spec of one environment. Returns the files beside the spec that it names.
fn complete_one(merged: Merged, clusters: &[Node], sources: &Sources, project: &mut Project) -> BTreeSet<FileId> {
    let Merged { mut app, settings, is_right } = merged;
    let mut found = Vec::new();
    references::resolve(&mut app, &settings, &mut found);
    let completed = complete::spec(&app, &settings, clusters, sources, &mut found);
    removed::explain(&app, &mut found);
    let name = settings.identity().1.unwrap_or_default();
    project.waived.extend(completed.waived);
    let found: Vec<Diagnostic> = found.into_iter().filter_map(|it| completed.spec.policy.applied(it)).collect();
    if is_right && found.iter().all(|it| !it.is_error()) {
        project.specs.push(completed.spec);
    }
    project.diagnostics.extend(found.into_iter().map(|it| it.in_environment(&name)));
    project.environments.push(name);
    completed.files
}

/// Reports the YAML files beside the spec that no environment names, where all of the spec is known.
fn unused_files(parts: &[Part], named: &BTreeSet<FileId>, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let is_known = |file: FileId| parts.iter().any(|it| it.file == file);
    if diagnostics.iter().any(Diagnostic::is_error) || !sources.iter().all(|(file, _)| is_known(file)) {
        return;
    }
    let is_manifest = |it: &str| it.rsplit('.').next().is_some_and(|it| it == "yaml" || it == "yml");
    for (file, source) in sources.files().filter(|(file, it)| is_manifest(&it.name) && !named.contains(file)) {
        let message = format!("nothing in the spec names `{}`", source.name);
        let diagnostic = Diagnostic::new(UNUSED_FILE, message).at(Span::new(file, 0, 0), "");
        let name = source.name.rsplit('/').next().unwrap_or_default();
        diagnostics
            .push(diagnostic.help(format!("render it with `manifest NAME from=\"{name}\"`, or move it elsewhere")));
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::source::Sources;

    /// Returns the messages about an app and what an environment says of it, without those of parsing.
    pub(super) fn messages(app: &str, environment: &str) -> Vec<String> {
        let sources = Sources::new([
            ("base/app.kdl".to_owned(), format!("app shop {{\n{app}\n}}")),
            ("environments/dev.kdl".to_owned(), format!("environment dev {environment}")),
        ]);
        let (parts, found) = parse::project(&sources);
        assert_eq!(found, [], "{app} {environment}");
        super::project(&parts, &sources).diagnostics.into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn a_project_without_mistakes_has_no_messages() {
        assert_eq!(messages("component a { image i }", "{ component a { image tag=1 } }"), Vec::<String>::new());
    }
}
