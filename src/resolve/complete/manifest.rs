//! The nodes that hold Kubernetes objects as they are, or change them, in; the objects as they are written out.

use super::{
    AMBIGUOUS_YAML, CONFLICTING_SETTINGS, Context, ENCRYPTED_MANIFEST, INCOMPLETE_MANIFEST, INVALID_MANIFEST,
    INVALID_YAML, MISSING_SETTING, NOT_ENCRYPTED, argument, file, property_text,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::object::document::{self, Mistake, MistakeKind};
use crate::object::located::Content;
use crate::object::{FieldPath, Located, Object, Waiver, kind, schema, sealed};
use crate::source::{FileId, Origin, Span, Traced};
use crate::spec::{ConfigMap, ConfigValue, External, Manifest, Node, Patch, Scope, Sealed, body};
use serde_json::Value;

/// Reads the manifests of the app, or of one of its components.
pub(super) fn manifests(node: &Node, component: Option<(&str, &[Waiver])>, context: &mut Context<'_>) -> Vec<Manifest> {
    let read = |it: &Node| manifest(it, component, context);
    let mut manifests: Vec<Manifest> = node.children_named("manifest").map(read).collect();
    manifests.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    manifests
}

/// Reads the changes to objects that stand in the app, or in one of its components: in the order of their layers.
pub(super) fn patches(node: &Node, component: Option<&str>, context: &mut Context<'_>) -> Vec<Patch> {
    let mut patches = Vec::new();
    for patch in node.children_named("patch") {
        if patch.children.is_empty() {
            let message = format!("`{}` changes nothing", patch.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(patch.span(), "");
            context.diagnostics.push(diagnostic.help("write the fields to change into its block, or remove it"));
            continue;
        }
        let component = component.map(str::to_owned);
        patches.push(Patch { object: argument(patch, 0), component, node: patch.clone() });
    }
    patches
}

fn manifest(node: &Node, component: Option<(&str, &[Waiver])>, context: &mut Context<'_>) -> Manifest {
    let from = property_text(node, "from");
    let bodies = match &from {
        Some(from) if node.has_block => {
            let message = format!("`{}` has a file and a body", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(node.span(), "");
            let help = "keep one of them; to change what the file says, write a `patch`";
            context.diagnostics.push(diagnostic.at_some(from.origin.span, "the file").help(help));
            Vec::new()
        }
        Some(from) => of_file(from, context),
        None if node.has_block => of_body(node, context),
        None => {
            let message = format!("`{}` has neither a file nor a body", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            context
                .diagnostics
                .push(diagnostic.help("add `from=\"file.yaml\"`, or write the object's fields into its block"));
            Vec::new()
        }
    };
    let scope = property_text(node, "scope")
        .map(|it| it.map(|text| if text == "Cluster" { Scope::Cluster } else { Scope::Namespaced }));
    let mut expanded = Vec::new();
    for body in bodies {
        expand(body, &mut expanded);
    }
    let objects: Vec<Object> = expanded.into_iter().filter_map(|it| object(it, node.span(), context)).collect();
    if let Some(scope) = &scope {
        check_scope(scope, &objects, context);
    }
    let component = component.map(|(name, waivers)| (name.to_owned(), waivers.to_vec()));
    Manifest { name: argument(node, 0), scope, objects, component }
}

/// Reads the documents of a file.
fn of_file(from: &Traced<String>, context: &mut Context<'_>) -> Vec<Located> {
    let Some(file) = file::find(from, context) else { return Vec::new() };
    let text = &context.sources.file(file).text;
    let found = document::read(text, Some(file));
    // What is encrypted is not for us to correct.
    if found.documents.iter().any(sealed::is_encrypted) {
        return found.documents;
    }
    for mistake in &found.mistakes {
        context.diagnostics.push(yaml(mistake, file, text));
    }
    if !found.mistakes.is_empty() {
        return Vec::new();
    }
    if found.documents.is_empty() {
        let message = format!("`{}` holds no object", context.sources.file(file).name);
        let diagnostic = Diagnostic::new(INCOMPLETE_MANIFEST, message).at_some(from.origin.span, "");
        context.diagnostics.push(diagnostic.help("write the object into it, or remove the node"));
    }
    found.documents
}

/// A message about what cannot be read of a file. Where that may be a Secret, its lines are not shown.
fn yaml(mistake: &Mistake, file: FileId, text: &str) -> Diagnostic {
    let code = match mistake.kind {
        MistakeKind::Invalid => INVALID_YAML,
        MistakeKind::Ambiguous => AMBIGUOUS_YAML,
    };
    let code = if speaks_of_a_secret(text) { code.confidential() } else { code };
    let place = |(start, end): (usize, usize)| Span::new(file, start, end);
    let message = if code.confidential { hidden(mistake.kind).to_owned() } else { mistake.message.clone() };
    let diagnostic = Diagnostic::new(code, message).at(place(mistake.place), "");
    let diagnostic = match mistake.other {
        Some((other, text)) => diagnostic.at(place(other), text),
        None => diagnostic,
    };
    if code.confidential {
        diagnostic.help("the line is not shown, because the file speaks of a Secret")
    } else {
        diagnostic.help(mistake.help.as_str())
    }
}

/// True where some line says `kind: Secret`, in any form.
fn speaks_of_a_secret(text: &str) -> bool {
    text.match_indices("Secret").any(|(at, word)| {
        let quotes = [' ', '\t', '"', '\''];
        let before = text[..at].trim_end_matches(quotes).strip_suffix(':').map(|it| it.trim_end_matches(quotes));
        let ends = !text[at + word.len()..].starts_with(|it: char| it.is_alphanumeric());
        ends && before.is_some_and(|it| it.ends_with("kind"))
    })
}

fn hidden(kind: MistakeKind) -> &'static str {
    match kind {
        MistakeKind::Invalid => "this is no YAML that every reader understands",
        MistakeKind::Ambiguous => "readers of YAML disagree on what this value is; put it in quotes",
    }
}

/// Reads the fields that are written in KDL.
fn of_body(node: &Node, context: &mut Context<'_>) -> Vec<Located> {
    let mut mistakes = Vec::new();
    let located = body::map(&node.children, Some(node.origin.clone()), &mut mistakes);
    for mistake in mistakes {
        let diagnostic = Diagnostic::new(INVALID_MANIFEST, mistake.message).at(mistake.span, "");
        context.diagnostics.push(diagnostic.help(mistake.help));
    }
    vec![located]
}

/// Takes the objects out of a `List`.
fn expand(body: Located, objects: &mut Vec<Located>) {
    let is_list = body.text("kind") == Some("List") && body.text("apiVersion") == Some("v1");
    match body.get("items").map(|it| &it.content) {
        Some(Content::List(items)) if is_list => {
            for item in items.clone() {
                expand(item, objects);
            }
        }
        Some(Content::Scalar(_) | Content::List(_) | Content::Map(_)) | None => objects.push(body),
    }
}

/// Makes an object of a body that says what it is.
fn object(body: Located, node: Span, context: &mut Context<'_>) -> Option<Object> {
    let place = body.span().unwrap_or(node);
    let mut wrong = |code: Code, message: String, help: &str| {
        context.diagnostics.push(Diagnostic::new(code, message).at(place, "").help(help));
    };
    if sealed::is_encrypted(&body) {
        let message = "this object is encrypted, and labels that are added to it would break that".to_owned();
        wrong(ENCRYPTED_MANIFEST, message, "pass it through as it is, with `sealed NAME from=\"…\"`");
        return None;
    }
    if !matches!(body.content, Content::Map(_)) {
        let message = format!("this is {}, and no object", body.describe());
        wrong(INCOMPLETE_MANIFEST, message, "an object is a map with `apiVersion`, `kind` and `metadata`");
        return None;
    }
    let named = body.get("metadata").and_then(|it| it.text("name")).is_some_and(|it| !it.is_empty());
    let has = |field: &str| body.text(field).is_some_and(|it| !it.is_empty());
    let missing = [("apiVersion", has("apiVersion")), ("kind", has("kind")), ("metadata.name", named)];
    let missing: Vec<String> = missing.iter().filter(|(_, is)| !is).map(|(it, _)| format!("`{it}`")).collect();
    if !missing.is_empty() {
        let message = format!("this object has no text in {}", missing.join(" and "));
        let help = if body.get("metadata").is_some_and(|it| it.get("generateName").is_some()) {
            "give it a `name`: what is generated would be a new object at every sync"
        } else {
            "every object says what it is and what it is called"
        };
        wrong(INCOMPLETE_MANIFEST, message, help);
        return None;
    }
    let (value, origins) = body.into_parts();
    Object::from_body(value).map(|it| Object { origins, ..it })
}

/// Reports a scope that contradicts what Kubernetes says of a kind.
fn check_scope(scope: &Traced<Scope>, objects: &[Object], context: &mut Context<'_>) {
    for object in objects {
        let group = schema::group_of(object.body.get("apiVersion").and_then(|it| it.as_str()).unwrap_or_default());
        let known = kind::is_built_in_group(group).then(|| kind::is_cluster_scoped(&object.id.kind));
        let wrong = match (scope.value, known) {
            (Scope::Cluster, Some(false)) => "Kubernetes keeps it in a namespace",
            (Scope::Namespaced, Some(true)) => "Kubernetes keeps it in the cluster as a whole",
            (Scope::Cluster, None | Some(true)) if object.id.namespace.is_some() => "it has a namespace",
            (Scope::Cluster | Scope::Namespaced, None | Some(_)) => continue,
        };
        let message = format!("`scope=` does not fit {}: {wrong}", object.id.short());
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(scope.origin.span, "");
        context.diagnostics.push(diagnostic.help("remove `scope=`; it is for kinds of which nothing else tells"));
    }
}

/// Reads the encrypted Secrets.
pub(super) fn sealed(app: &Node, context: &mut Context<'_>) -> Vec<Sealed> {
    let mut found = Vec::new();
    for node in app.children_named("sealed") {
        let Some(from) = property_text(node, "from") else { continue };
        let Some(file) = file::find(&from, context) else { continue };
        match sealed::read(&context.sources.file(file).text, Some(file)) {
            Ok(object) => {
                check_namespace(&object, &from, context);
                found.push(Sealed { name: argument(node, 0), object });
            }
            Err(refusal) => {
                let message = format!("`{}` is not passed through: {}", from.value, refusal.message);
                let diagnostic = Diagnostic::new(NOT_ENCRYPTED, message).at_some(from.origin.span, "");
                context.diagnostics.push(diagnostic.help(refusal.help));
            }
        }
    }
    found.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    found
}

/// Reports an encrypted Secret that is not made for this namespace: it cannot be moved, because the namespace is part
/// of what is encrypted, or of what its authentication code covers.
fn check_namespace(object: &Object, from: &Traced<String>, context: &mut Context<'_>) {
    let wanted = &context.environment.namespace.value;
    let what = match &object.id.namespace {
        Some(own) if own == wanted => return,
        Some(own) => format!("is for namespace `{own}`"),
        None => "names no namespace".to_owned(),
    };
    let message = format!("{} {what}, and this environment is `{wanted}`", object.id.short());
    let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(from.origin.span, "");
    let place = object.origins.nearest_span(&crate::object::FieldPath::default().field("metadata"));
    context.diagnostics.push(
        diagnostic.at_some(place, "the encrypted object").help(format!("encrypt it again, for namespace `{wanted}`")),
    );
}

/// Returns a claim that a manifest makes, for components to mount.
pub(super) fn claim(object: &Object) -> Option<External> {
    let is_claim = object.id.group.is_empty() && object.id.kind == "PersistentVolumeClaim";
    let (kind, name) = (object.id.kind.clone(), object.id.name.clone());
    is_claim.then(|| External { kind, name, keys: Vec::new(), origin: place(object, &["metadata", "name"]) })
}

/// Returns a ConfigMap that a manifest makes, for components to read.
pub(super) fn config_map(object: &Object) -> Option<ConfigMap> {
    if !object.id.group.is_empty() || object.id.kind != "ConfigMap" {
        return None;
    }
    let mut values = Vec::new();
    for block in ["data", "binaryData"] {
        for (key, value) in object.field(block).and_then(Value::as_object).into_iter().flatten() {
            let origin = place(object, &[block, key]);
            let value = Traced::new(value.as_str().unwrap_or_default().to_owned(), origin.clone());
            values.push(ConfigValue { key: Traced::new(key.clone(), origin), value });
        }
    }
    let origin = place(object, &["metadata", "name"]);
    Some(ConfigMap { name: Traced::new(object.id.name.clone(), origin.clone()), values, origin })
}

/// Returns the lines of a field.
fn place(object: &Object, path: &[&str]) -> Origin {
    let path = path.iter().fold(FieldPath::default(), |path, name| path.field(name));
    object.origin(&path).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::speaks_of_a_secret;

    #[test]
    fn a_secret_is_known_before_it_can_be_read() {
        for text in ["kind: Secret", "a: [\nkind:   'Secret'\n", "{\"kind\": \"Secret\"}", "kind : Secret # x"] {
            assert!(speaks_of_a_secret(text), "{text}");
        }
        for text in
            ["kind: SecretStore", "imagePullSecrets: []", "secretName: Secret", "# Secret", "kind: ExternalSecret"]
        {
            assert!(!speaks_of_a_secret(text), "{text}");
        }
    }
}
