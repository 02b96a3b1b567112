//! A merged tree in, a complete spec out: defaults are set, names are looked up, bounds are checked.
//!
//! One file for each part of the spec. What is read here has been checked against the grammar, so a value has the type
//! that its slot says; what a value means together with others is checked here.

mod access;
mod autoscale;
mod cluster;
mod component;
mod config;
mod container;
mod data;
mod file;
mod gitops;
mod image;
mod labels;
mod ingress;
mod limits;
mod lifecycle;
mod manifest;
mod network;
mod one_of;
mod order;
mod origins;
mod placement;
mod pod;
mod policy;
mod probe;
mod required;
mod routing;
mod secret;
mod security;
mod settings;
mod variables;
mod volume;
mod workload;

pub(super) use container::ports_of_service;
use labels::labels;
pub(super) use routing::{service_name, service_port};

use crate::diagnostic::{Code, Diagnostic, Policy};
use crate::object::{self, ObjectId, Quantity, Waived};
use crate::source::{FileId, Origin, Sources, Traced};
use crate::spec::{App, Entry, Environment, External, Isolation, Node, Sealed, Secret, Spec};
use std::collections::BTreeSet;

/// A value that no layer sets.
pub const MISSING_VALUE: Code = Code::error("missing-value").in_each_environment();
/// A number outside the bounds that the spec sets for it.
pub const OUT_OF_BOUNDS: Code = Code::error("out-of-bounds");
/// Bounds that leave no number.
pub const EMPTY_BOUNDS: Code = Code::error("empty-bounds");
/// An environment's cluster is not declared.
pub const UNKNOWN_CLUSTER: Code = Code::error("unknown-cluster");
/// A Secret that is not declared.
pub const UNKNOWN_SECRET: Code = Code::error("unknown-secret");
/// A key that the declared Secret does not have.
pub const UNKNOWN_SECRET_KEY: Code = Code::error("unknown-secret-key");
/// A ConfigMap that is not declared.
pub const UNKNOWN_CONFIG: Code = Code::error("unknown-config");
/// A key that the ConfigMap does not have.
pub const UNKNOWN_CONFIG_KEY: Code = Code::error("unknown-config-key");
/// Storage that is not declared.
pub const UNKNOWN_CLAIM: Code = Code::error("unknown-claim");
/// A volume that no container mounts.
pub const UNUSED_VOLUME: Code = Code::warning("unused-volume");
/// A volume is a path of the node, and nobody says why.
pub const HOST_PATH: Code = Code::error("host-path");
/// A container that the component does not have.
pub const UNKNOWN_CONTAINER: Code = Code::error("unknown-container");
/// A port that the component does not have.
pub const UNKNOWN_PORT: Code = Code::error("unknown-port");
/// A component that does not exist.
pub const UNKNOWN_COMPONENT: Code = Code::error("unknown-component");
/// A rule that does not exist, or that is not ours to set or to waive.
pub const UNKNOWN_RULE: Code = Code::error("unknown-rule");
/// Two settings that exclude each other.
pub const CONFLICTING_SETTINGS: Code = Code::error("conflicting-settings");
/// A node that needs another one beside it.
pub const MISSING_SETTING: Code = Code::error("missing-setting");
/// A verb that Kubernetes does not have.
pub const UNKNOWN_VERB: Code = Code::error("unknown-verb");
/// A config value that is not of the type its key declares.
pub const WRONG_CONFIG_TYPE: Code = Code::error("wrong-config-type");
/// A version of Kubernetes whose schemas are not known.
pub const UNSUPPORTED_KUBERNETES_VERSION: Code = Code::error("unsupported-kubernetes-version");

/// A file that a spec names is no YAML, or YAML that is not read the same everywhere.
pub const INVALID_YAML: Code = Code::error("invalid-yaml");
/// A value of a YAML file that readers take for different things.
pub const AMBIGUOUS_YAML: Code = Code::error("ambiguous-yaml");
/// The fields of an object are not written as values, lists and maps.
pub const INVALID_MANIFEST: Code = Code::error("invalid-manifest");
/// An object does not say what it is.
pub const INCOMPLETE_MANIFEST: Code = Code::error("incomplete-manifest");
/// An encrypted object is given as a manifest.
pub const ENCRYPTED_MANIFEST: Code = Code::error("encrypted-manifest");
/// A file that is to be passed through as encrypted is not.
pub const NOT_ENCRYPTED: Code = Code::error("not-encrypted");
/// A path in the spec that leads to no file.
pub const UNKNOWN_FILE: Code = Code::error("unknown-file");
/// A file that the spec names and that is no text, or too large.
pub const UNREADABLE_FILE: Code = Code::error("unreadable-file");

/// Components that come after each other.
pub const DEPENDENCY_CYCLE: Code = Code::error("dependency-cycle");
/// An order that the GitOps controller does not keep.
pub const ORDER_NOT_KEPT: Code = Code::warning("order-not-kept");

/// Every code of this step.
pub const CODES: &[Code] = &[
    AMBIGUOUS_YAML,
    CONFLICTING_SETTINGS,
    DEPENDENCY_CYCLE,
    EMPTY_BOUNDS,
    ENCRYPTED_MANIFEST,
    HOST_PATH,
    INCOMPLETE_MANIFEST,
    INVALID_MANIFEST,
    INVALID_YAML,
    MISSING_SETTING,
    MISSING_VALUE,
    NOT_ENCRYPTED,
    ORDER_NOT_KEPT,
    OUT_OF_BOUNDS,
    UNKNOWN_CLAIM,
    UNKNOWN_CLUSTER,
    UNKNOWN_COMPONENT,
    UNKNOWN_CONFIG,
    UNKNOWN_CONFIG_KEY,
    UNKNOWN_CONTAINER,
    UNKNOWN_FILE,
    UNKNOWN_PORT,
    UNKNOWN_RULE,
    UNKNOWN_SECRET,
    UNKNOWN_SECRET_KEY,
    UNKNOWN_VERB,
    UNREADABLE_FILE,
    UNSUPPORTED_KUBERNETES_VERSION,
    UNUSED_VOLUME,
    WRONG_CONFIG_TYPE,
];

/// A spec, the rules about its values that it breaks and is excused from, and the files that it names.
pub(super) struct Completed {
    pub(super) spec: Spec,
    pub(super) waived: Vec<Waived>,
    pub(super) files: BTreeSet<FileId>,
}

/// What the parts of a spec are read with.
struct Context<'a> {
    /// The merged app.
    app: &'a Node,
    /// The app's name.
    app_name: String,
    /// The environment.
    environment: Environment,
    /// The declared Secrets.
    secrets: Vec<Secret>,
    /// The other objects that exist without us.
    external: Vec<External>,
    /// The claims that manifests make.
    written_claims: Vec<External>,
    /// The names of those that are encrypted and passed through.
    sealed: Vec<String>,
    /// All files, for the paths that the spec names.
    sources: &'a Sources,
    /// The files beside the spec that it names.
    files: BTreeSet<FileId>,
    /// How bad the house rules are.
    policy: Policy,
    diagnostics: &'a mut Vec<Diagnostic>,
    waived: Vec<Waived>,
}

impl Context<'_> {
    /// Returns the identity of an object of this environment.
    fn object(&self, group: &str, kind: &str, name: &str) -> ObjectId {
        let namespace = Some(self.environment.namespace.value.clone());
        ObjectId { group: group.to_owned(), kind: kind.to_owned(), namespace, name: name.to_owned() }
    }

    /// Iterates the objects that no node of their own declares: those of others, and those of manifests.
    fn others(&self) -> impl Iterator<Item = &External> {
        self.external.iter().chain(&self.written_claims)
    }
}

/// Completes one environment's spec.
pub(super) fn spec(
    app: &Node,
    overlay: &Node,
    clusters: &[Node],
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Completed {
    required::check(app, diagnostics);
    labels::check(app, diagnostics);
    let environment = environment(overlay, clusters, diagnostics);
    let secrets = secret::secrets(app, diagnostics);
    let external = secret::external(app, diagnostics);
    let name = argument(app, 0);
    let policy = policy::read(app, diagnostics);
    let waivers = policy::waivers(app, diagnostics);
    let mut context = Context {
        app,
        app_name: name.value.clone(),
        environment,
        secrets,
        external,
        written_claims: Vec::new(),
        sealed: Vec::new(),
        sources,
        files: BTreeSet::new(),
        policy,
        diagnostics,
        waived: Vec::new(),
    };
    let sealed = manifest::sealed(app, &mut context);
    seal(&sealed, &mut context);
    let manifests = manifest::manifests(app, None, &mut context);
    // Before the components, because each may use what the manifests of another make.
    let own: Vec<component::Own> =
        app.children_named("component").map(|it| component::Own::read(it, &mut context)).collect();
    let written = || manifests.iter().chain(own.iter().flat_map(|it| &it.manifests)).flat_map(|it| &it.objects);
    context.written_claims = written().filter_map(manifest::claim).collect();
    let written_configs: Vec<_> = written().filter_map(manifest::config_map).collect();
    let of_components = app.children_named("component");
    let mut patches: Vec<_> =
        of_components.flat_map(|it| manifest::patches(it, Some(&argument(it, 0).value), &mut context)).collect();
    patches.extend(manifest::patches(app, None, &mut context));
    let configs = config::shared(app, &mut context);
    let shared: Vec<_> = configs.iter().chain(&written_configs).cloned().collect();
    let mut components: Vec<_> = app
        .children_named("component")
        .zip(own)
        .map(|(it, own)| component::read(it, own, &shared, &mut context))
        .collect();
    components.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let gitops = gitops::read(app, &mut context);
    order::assign(app, &mut components, gitops.as_ref(), &mut context);
    let Context { environment, secrets, external, policy, waived, files, .. } = context;
    let mut external_services: Vec<_> = app.children_named("external-service").map(routing::external_service).collect();
    external_services.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let isolation = app.child("isolation").map(|it| {
        argument(it, 0).map(|it| if it == "component" { Isolation::Component } else { Isolation::Namespace })
    });
    let pod_security = app.child("pod-security").map_or_else(
        || {
            Traced::rule(
                "restricted".to_owned(),
                "namespaces enforce the restricted Pod Security level unless told otherwise",
            )
        },
        |it| argument(it, 0),
    );
    let spec = Spec {
        quota: limits::quota(app, &name, diagnostics),
        limit_range: limits::limit_range(app, &name, diagnostics),
        app: App { name, version: app.property("version").map(Entry::text) },
        environment,
        labels: labels(app, "labels"),
        annotations: labels(app, "annotations"),
        isolation,
        pod_security,
        configs,
        written_configs,
        claims: volume::claims(app),
        gitops,
        secrets,
        external,
        external_services,
        policy,
        waivers,
        components,
        manifests,
        sealed,
        patches,
    };
    Completed { spec, waived, files }
}

/// Makes the Secrets that come out of encrypted ones known. One may be declared too, with no more keys than it has.
fn seal(sealed: &[Sealed], context: &mut Context<'_>) {
    for it in sealed {
        let Some((name, keys)) = object::sealed::secret(&it.object) else { continue };
        let origin = &it.name.origin;
        let keys = keys.into_iter().map(|key| Traced::new(key, origin.clone())).collect();
        let secret = Secret { name: Traced::new(name, origin.clone()), keys, source: None };
        if let Some(declared) = context.secrets.iter().position(|known| known.name.value == secret.name.value) {
            let declared = context.secrets.remove(declared);
            for key in declared.keys.iter().filter(|key| !secret.keys.iter().any(|it| it.value == key.value)) {
                let message = format!("the encrypted secret `{}` has no key `{}`", secret.name.value, key.value);
                let diagnostic = Diagnostic::new(UNKNOWN_SECRET_KEY, message).at_some(key.origin.span, "");
                let diagnostic = diagnostic.at_some(origin.span, "it is passed through here");
                context.diagnostics.push(diagnostic.help("encrypt it again with this key, or remove the key here"));
            }
        }
        context.sealed.push(secret.name.value.clone());
        context.secrets.push(secret);
    }
    context.secrets.sort_by(|a, b| a.name.value.cmp(&b.name.value));
}

/// Reads the environment's own settings.
fn environment(overlay: &Node, clusters: &[Node], diagnostics: &mut Vec<Diagnostic>) -> Environment {
    let name = argument(overlay, 0);
    let namespace = overlay.property("namespace").map_or_else(
        || Traced::new(name.value.clone(), name.origin.derived("the namespace is called as the environment")),
        Entry::text,
    );
    let create = overlay.property("create-namespace");
    if let Some((create, level)) = create.filter(|it| !it.flag().value).zip(overlay.child("pod-security")) {
        let message = "`pod-security` is a label of the Namespace, which this environment does not create";
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(level.span(), "");
        diagnostics.push(diagnostic.at_some(create.span(), "because of this").help("remove one of the two"));
    }
    let cluster_node = overlay.property("cluster").and_then(|it| cluster::find(it, clusters, diagnostics));
    Environment {
        namespace,
        create_namespace: create.is_none_or(|it| it.flag().value),
        protected: overlay.property("protected").is_some_and(|it| it.flag().value),
        cluster: cluster_node.map(|it| cluster::read(it, diagnostics)),
        pod_network: cluster_node
            .and_then(|it| it.child("pod-network"))
            .map(|it| it.arguments.iter().map(Entry::text).collect())
            .unwrap_or_default(),
        name,
    }
}

/// Checks a cluster that no environment names; the others are checked with their environments.
pub(super) fn unused_cluster(cluster: &Node, overlays: &[Node], diagnostics: &mut Vec<Diagnostic>) {
    let name = argument(cluster, 0).value;
    let named = |it: &Node| it.property("cluster").is_some_and(|it| it.text().value == name);
    if !overlays.iter().any(named) {
        cluster::read(cluster, diagnostics);
    }
}

/// Reads a positional value as text; empty, with the node's place, where it is missing and has been reported.
fn argument(node: &Node, index: usize) -> Traced<String> {
    node.argument(index).map_or_else(|| Traced::new(String::new(), node.origin.clone()), Entry::text)
}

/// Reads a positional value as a number; zero, with the node's place, where it is missing and has been reported.
fn number(node: &Node, index: usize) -> Traced<i64> {
    node.argument(index).map_or_else(|| Traced::new(0, node.origin.clone()), Entry::integer)
}

/// Reads a named value as a number.
fn property_number(node: &Node, name: &str) -> Option<Traced<i64>> {
    node.property(name).map(Entry::integer)
}

/// Reads a named value as text.
fn property_text(node: &Node, name: &str) -> Option<Traced<String>> {
    node.property(name).map(Entry::text)
}

/// Reads the values of a list; empty where there is none.
fn list(node: &Node, name: &str) -> Vec<Traced<String>> {
    node.child(name).map(|it| it.arguments.iter().map(Entry::text).collect()).unwrap_or_default()
}

/// Reads a named value as an amount; none where it is none, which the grammar does not let through.
fn property_quantity(node: &Node, name: &str) -> Option<Traced<Quantity>> {
    let text = property_text(node, name)?;
    Some(Traced::new(Quantity::parse(&text.value)?, text.origin))
}

/// Reads a share as a number of percent.
fn property_percent(node: &Node, name: &str) -> Option<Traced<i64>> {
    property_text(node, name).map(|it| it.map(|text| text.trim_end_matches('%').parse().unwrap_or(0)))
}

/// Where a node is declared.
fn declared(node: &Node) -> Origin {
    node.origin.clone()
}
