//! Files and storage: the claims of the app, a component's volumes, and where its containers see them.

use super::one_of;
use super::pod::Surroundings;
use super::{
    CONFLICTING_SETTINGS, Context, HOST_PATH, MISSING_SETTING, UNKNOWN_CLAIM, UNUSED_VOLUME, argument, data, declared,
    file, labels, property_number, property_text, variables, workload,
};
use crate::diagnostic::Diagnostic;
use crate::object::{Waived, Waiver};
use crate::source::Traced;
use crate::spec::{
    Claim, ConfigMap, ConfigValue, DataKind, Entry, Item, Mount, Node, Pod, PodFact, PodFile, Token, Volume,
    VolumeData, VolumeSource,
};

/// Reads the claims of the app, by name.
pub(super) fn claims(app: &Node) -> Vec<Claim> {
    let claim = |it: &Node| {
        let (labels, annotations) = (labels(it, "labels"), labels(it, "annotations"));
        Some(Claim { storage: workload::claim(it)?, labels, annotations })
    };
    let mut claims: Vec<Claim> = app.children_named("claim").filter_map(claim).collect();
    claims.sort_by(|a, b| a.storage.name.value.cmp(&b.storage.name.value));
    claims
}

/// Reads the ConfigMaps of a component's files, by name.
pub(super) fn files(component: &Node, object_name: &Traced<String>, context: &mut Context<'_>) -> Vec<ConfigMap> {
    let mut files: Vec<ConfigMap> = component
        .children_named("files")
        .map(|block| ConfigMap {
            name: name_of_files(block, object_name),
            values: contents(block, context),
            origin: declared(block),
        })
        .collect();
    files.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    files
}

fn name_of_files(block: &Node, object_name: &Traced<String>) -> Traced<String> {
    let name = argument(block, 0);
    let rule = "the ConfigMap of files is called after the component's objects and the files";
    Traced::new(format!("{}-{}", object_name.value, name.value), name.origin.derived(rule))
}

fn contents(block: &Node, context: &mut Context<'_>) -> Vec<ConfigValue> {
    if block.children.is_empty() {
        let message = format!("`{}` has no file", block.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add `\"NAME\" \"its text\"` or `\"NAME\" from=\"PATH\"`"));
    }
    let mut values: Vec<ConfigValue> = block.children.iter().filter_map(|it| content(it, context)).collect();
    values.sort_by(|a, b| a.key.value.cmp(&b.key.value));
    values
}

fn content(node: &Node, context: &mut Context<'_>) -> Option<ConfigValue> {
    let key = Traced::new(node.name.value.clone(), node.origin.clone());
    let value = match (node.argument(0), property_text(node, "from")) {
        (Some(text), None) => text.text(),
        (None, Some(path)) => {
            let found = file::find(&path, context)?;
            let rule = "the content of the file that this line names";
            Traced::new(context.sources.file(found).text.clone(), path.origin.derived(rule))
        }
        (Some(text), Some(path)) => {
            let message = format!("file `{}` has a text and `from=`", key.value);
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(path.origin.span, "");
            let help = "keep one of them; an overlay that changes which says `(replace)`";
            context.diagnostics.push(diagnostic.at_some(text.span(), "and this").help(help));
            return None;
        }
        (None, None) => {
            let message = format!("file `{}` has no content", key.value);
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            context.diagnostics.push(diagnostic.help("add its text, or `from=\"PATH\"` of a file beside this one"));
            return None;
        }
    };
    Some(ConfigValue { key, value })
}

/// Reads a component's volumes, those of its files among them, by name.
pub(super) fn read(component: &Node, around: &Surroundings<'_>, context: &mut Context<'_>) -> Vec<Volume> {
    let of_files = component.children_named("files").map(|block| Volume {
        name: argument(block, 0),
        source: VolumeSource::Data {
            data: VolumeData {
                kind: DataKind::ConfigMap,
                name: name_of_files(block, around.object_name),
                optional: None,
                items: Vec::new(),
            },
            mode: property_number(block, "mode"),
        },
        origin: declared(block),
    });
    let mut volumes: Vec<Volume> = of_files.collect();
    for node in component.children_named("volume") {
        let source = source(node, around, context);
        volumes.extend(source.map(|source| Volume { name: argument(node, 0), source, origin: declared(node) }));
    }
    volumes.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    volumes
}

/// The settings of a volume that only some sources have.
const SETTINGS: &[(&str, &[&str])] = &[
    ("medium", &["empty-dir"]),
    ("size", &["empty-dir"]),
    ("type", &["host-path"]),
    ("reason", &["host-path"]),
    ("mode", &["config", "secret", "projected"]),
    ("optional", &["config", "secret"]),
    ("read-only", &["claim"]),
    ("item", &["config", "secret"]),
];

fn source(node: &Node, around: &Surroundings<'_>, context: &mut Context<'_>) -> Option<VolumeSource> {
    let text = |name: &str| property_text(node, name);
    let projected = node.child("projected");
    let is_empty = node.property("empty-dir").filter(|it| it.flag().value);
    let named = |name: &'static str| node.property(name).map(|it| (name, it.span()));
    let settings = [
        named("claim"),
        is_empty.map(|it| ("empty-dir", it.span())),
        named("config"),
        named("secret"),
        named("host-path"),
        projected.map(|it| ("projected", Some(it.span()))),
    ];
    let ways = "`claim=`, `empty-dir=#true`, `config=`, `secret=`, `host-path=` or `{ projected { … } }`";
    let chosen = one_of::choose(node, settings, "what is in it", ways, context)?;
    misplaced(node, chosen, context);
    let data = |kind: DataKind, name: Traced<String>, context: &mut Context<'_>| VolumeSource::Data {
        data: volume_data(node, kind, name, around, context),
        mode: property_number(node, "mode"),
    };
    Some(match chosen {
        "claim" => {
            let name = text("claim")?;
            check_claim(&name, context);
            VolumeSource::Claim { name, read_only: node.property("read-only").map(Entry::flag) }
        }
        "empty-dir" => VolumeSource::EmptyDir { medium: text("medium"), size: variables::quantity(node, "size") },
        "config" => data(DataKind::ConfigMap, text("config")?, context),
        "secret" => data(DataKind::Secret, text("secret")?, context),
        "host-path" => {
            let path = text("host-path")?;
            of_node(node, &path, around, context);
            VolumeSource::HostPath { path, kind: text("type") }
        }
        _ => of_projected(projected?, property_number(node, "mode"), around, context),
    })
}

/// Reports settings that mean nothing for this source.
fn misplaced(node: &Node, chosen: &str, context: &mut Context<'_>) {
    for (name, sources) in SETTINGS.iter().filter(|(_, sources)| !sources.contains(&chosen)) {
        let place = node.property(name).map(Entry::span).or_else(|| node.child(name).map(|it| Some(it.span())));
        let Some(place) = place else { continue };
        let message = format!("`{name}` of `{}` has no meaning for `{chosen}`", node.describe());
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(place, "");
        let homes: Vec<String> = sources.iter().map(|it| format!("`{it}`")).collect();
        context.diagnostics.push(diagnostic.help(format!("remove it; it is for {}", homes.join(", "))));
    }
}

fn check_claim(name: &Traced<String>, context: &mut Context<'_>) {
    let ours = context.app.children_named("claim").map(|it| argument(it, 0).value);
    let external = context.others().filter(|it| it.kind == "PersistentVolumeClaim").map(|it| it.name.clone());
    let known: Vec<String> = ours.chain(external).collect();
    if known.contains(&name.value) {
        return;
    }
    let wanted = &name.value;
    let diagnostic = Diagnostic::new(UNKNOWN_CLAIM, format!("no claim is called `{wanted}`"));
    context.diagnostics.push(
        diagnostic
            .at_some(name.origin.span, "")
            .suggest(wanted, known.iter().map(String::as_str))
            .help(format!("declare it in the app: `claim {wanted} size=\"1Gi\"`"))
            .help(format!("or, where it exists without us, `external \"PersistentVolumeClaim/{wanted}\"`")),
    );
}

/// Asks why a volume is a path of the node, and keeps the answer for the review.
fn of_node(node: &Node, path: &Traced<String>, around: &Surroundings<'_>, context: &mut Context<'_>) {
    let message = format!("`{}` is `{}` of its node", node.describe(), path.value);
    let help = "files of a node outlive its pods, belong to other programs, and are a way out of the container: take \
                another volume, or add `reason=\"…\"`, which the review shows";
    let message = Diagnostic::new(HOST_PATH, message).at_some(path.origin.span, "").help(help).about(&around.workload);
    let Some((reason, span)) = node.property("reason").and_then(|it| Some((it.text().value, it.span()?))) else {
        context.diagnostics.push(message);
        return;
    };
    let environment = &context.environment.name.value;
    let waiver = Waiver { code: HOST_PATH.name.to_owned(), reason, until: None, object: None, span };
    context.waived.push(Waived::new(message.in_environment(environment), &waiver, environment));
}

fn volume_data(
    node: &Node,
    kind: DataKind,
    name: Traced<String>,
    around: &Surroundings<'_>,
    context: &mut Context<'_>,
) -> VolumeData {
    let optional = node.property("optional").map(Entry::flag);
    let mut items: Vec<Item> = node.children_named("item").map(item).collect();
    items.sort_by(|a, b| a.key.value.cmp(&b.key.value));
    if optional.as_ref().is_none_or(|it| !it.value) {
        if items.is_empty() {
            data::find(kind, &name, around, context);
        }
        data::check_keys(kind, &name, items.iter().map(|it| &it.key), around, context);
    }
    VolumeData { kind, name, optional, items }
}

fn item(node: &Node) -> Item {
    let key = argument(node, 0);
    let path = property_text(node, "path").unwrap_or_else(|| {
        Traced::new(key.value.clone(), key.origin.derived("a file is called as its key unless told otherwise"))
    });
    Item { key, path, mode: property_number(node, "mode") }
}

fn of_projected(
    node: &Node,
    mode: Option<Traced<i64>>,
    around: &Surroundings<'_>,
    context: &mut Context<'_>,
) -> VolumeSource {
    if node.children.is_empty() {
        let diagnostic = Diagnostic::new(MISSING_SETTING, "`projected` has no source").at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `secret NAME`, `config NAME`, `field …` or `token …`"));
    }
    let mut data = Vec::new();
    for (name, kind) in [("config", DataKind::ConfigMap), ("secret", DataKind::Secret)] {
        data.extend(node.children_named(name).map(|it| volume_data(it, kind, argument(it, 0), around, context)));
    }
    data.sort_by(|a, b| (a.kind, &a.name.value).cmp(&(b.kind, &b.name.value)));
    let path = |it: &Node| property_text(it, "path").unwrap_or_else(|| Traced::new(String::new(), it.origin.clone()));
    let mut fields: Vec<PodFile> = Vec::new();
    for it in node.children.iter().filter(|it| matches!(it.rule.name, "field" | "resource")) {
        let fact = if it.rule.name == "field" {
            PodFact::Field(argument(it, 0))
        } else {
            let main = || {
                let rule = "a resource is that of the component's own container unless told otherwise";
                Traced::new(around.containers.first().cloned().unwrap_or_default(), it.origin.derived(rule))
            };
            let container = property_text(it, "container").unwrap_or_else(main);
            variables::check_container(&container, around, context);
            PodFact::Resource { resource: argument(it, 0), container, divisor: variables::quantity(it, "divisor") }
        };
        fields.push(PodFile { path: path(it), content: fact, mode: property_number(it, "mode") });
    }
    fields.sort_by(|a, b| a.path.value.cmp(&b.path.value));
    let mut tokens: Vec<Token> = node
        .children_named("token")
        .map(|it| Token {
            path: argument(it, 0),
            audience: property_text(it, "audience"),
            expires: property_number(it, "expires"),
        })
        .collect();
    tokens.sort_by(|a, b| a.path.value.cmp(&b.path.value));
    VolumeSource::Projected { data, fields, tokens, mode }
}

/// Reads where a container sees volumes, by path. That each of them exists is checked once all volumes are known.
pub(super) fn mounts(container: &Node) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = container
        .children_named("mount")
        .map(|it| Mount {
            path: argument(it, 0),
            volume: property_text(it, "volume").unwrap_or_else(|| Traced::new(String::new(), it.origin.clone())),
            sub_path: property_text(it, "sub-path"),
            read_only: it.property("read-only").map(Entry::flag),
            propagation: property_text(it, "propagation"),
        })
        .collect();
    mounts.sort_by(|a, b| a.path.value.cmp(&b.path.value));
    mounts
}

/// Reports volumes that no container sees.
pub(super) fn check_use(component: &Node, pod: &Pod, context: &mut Context<'_>) {
    let has_templates = workload::kind(component).value == "StatefulSet";
    let is_volume =
        |it: &&Node| matches!(it.rule.name, "volume" | "files") || (it.rule.name == "claim-template" && has_templates);
    for node in component.children.iter().filter(is_volume) {
        let name = argument(node, 0).value;
        if !pod.containers().any(|it| it.mounts.iter().any(|mount| mount.volume.value == name)) {
            let message = format!("no container mounts `{}`", node.describe());
            let diagnostic = Diagnostic::new(UNUSED_VOLUME, message).at(node.span(), "");
            context.diagnostics.push(diagnostic.help(format!("add `mount \"/PATH\" volume={name}`, or remove it")));
        }
    }
}
