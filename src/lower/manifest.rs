//! Objects as they are written, with what every object of an environment has: its namespace and the app's labels.
//!
//! What is written is never changed: a namespace or a label is added only where there is none.

use crate::object::schema::custom::CustomKinds;
use crate::object::{Located, Object, kind, schema};
use crate::object::{field_order, located::Content};
use crate::source::Origin;
use crate::spec::{Label, Manifest, Scope, Spec};
use serde_json::Value;

/// Returns the objects of all manifests of an environment, and its encrypted Secrets.
pub(super) fn objects(spec: &Spec) -> Vec<Object> {
    let manifests = || spec.manifests.iter().chain(spec.components.iter().flat_map(|it| &it.manifests));
    let custom = CustomKinds::of(manifests().flat_map(|it| &it.objects));
    let own = manifests().flat_map(|manifest| manifest.objects.iter().map(move |it| (manifest, it)));
    let own = own.map(|(manifest, it)| object(spec, manifest, it, &custom));
    own.chain(spec.sealed.iter().map(|it| it.object.clone())).collect()
}

fn object(spec: &Spec, manifest: &Manifest, written: &Object, custom: &CustomKinds) -> Object {
    let mut body = Located::of(written);
    if let Some(metadata) = field(&mut body, "metadata") {
        if is_namespaced(manifest, written, custom) {
            let namespace = &spec.environment.namespace;
            let rule = "objects are in the namespace of their environment";
            add(metadata, "namespace", &namespace.value, &namespace.origin.derived(rule));
        }
        let (app, environment) = (&spec.app.name, &spec.environment.name);
        let labels = [
            ("instance", &environment.value, environment.origin.derived("objects are labelled with their environment")),
            (
                "managed-by",
                &"todo-gitops".to_owned(),
                Origin::rule("objects are labelled with the tool that manages them"),
            ),
            ("part-of", &app.value, app.origin.derived("objects are labelled with their app")),
        ];
        let labels = labels.iter().map(|(name, value, it)| (format!("app.kubernetes.io/{name}"), *value, it));
        // The app's own labels first: they win over ours.
        let labels: Vec<_> = of_user(&spec.labels).chain(labels).collect();
        add_all(metadata, "labels", labels);
        add_all(metadata, "annotations", of_user(&spec.annotations).collect());
    }
    let (body, origins) = body.into_parts();
    let component = manifest.component.as_ref();
    let object = Object {
        origins,
        component: component.map(|(name, _)| name.clone()),
        waivers: component.map(|(_, waivers)| waivers.clone()).unwrap_or_default(),
        ..written.clone()
    };
    let body = field_order::canonical(body);
    let id = crate::object::ObjectId::of(&body).unwrap_or(object.id);
    Object { id, body, ..object }
}

fn of_user(labels: &[Label]) -> impl Iterator<Item = (String, &String, &Origin)> {
    labels.iter().map(|it| (it.key.clone(), &it.value.value, &it.value.origin))
}

/// True for an object of a kind that lies in a namespace: as Kubernetes, the project's own definition, or else the spec
/// says.
fn is_namespaced(manifest: &Manifest, object: &Object, custom: &CustomKinds) -> bool {
    let group = schema::group_of(object.body.get("apiVersion").and_then(Value::as_str).unwrap_or_default());
    if kind::is_built_in_group(group) {
        return !kind::is_cluster_scoped(&object.id.kind);
    }
    match (custom.kind(group, &object.id.kind), &manifest.scope) {
        (Some(known), _) => known.is_namespaced,
        (None, Some(scope)) => scope.value == Scope::Namespaced,
        (None, None) => true,
    }
}

fn field<'a>(located: &'a mut Located, name: &str) -> Option<&'a mut Located> {
    match &mut located.content {
        Content::Map(fields) => fields.iter_mut().find(|(known, _)| known == name).map(|(_, it)| it),
        Content::Scalar(_) | Content::List(_) => None,
    }
}

/// Adds a text to a map that has no such field.
fn add(map: &mut Located, name: &str, value: &str, origin: &Origin) {
    let Content::Map(fields) = &mut map.content else { return };
    if !fields.iter().any(|(known, _)| known == name) {
        let content = Content::Scalar(Value::String(value.to_owned()));
        fields.push((name.to_owned(), Located { content, origin: Some(origin.clone()) }));
    }
}

/// Adds texts to a map inside a map, which is made where it is missing.
fn add_all(map: &mut Located, name: &str, values: Vec<(String, &String, &Origin)>) {
    let Content::Map(fields) = &mut map.content else { return };
    if values.is_empty() {
        return;
    }
    if !fields.iter().any(|(known, _)| known == name) {
        fields.push((name.to_owned(), Located { content: Content::Map(Vec::new()), origin: None }));
    }
    let Some(inner) = field(map, name) else { return };
    for (key, value, origin) in values {
        add(inner, &key, value, origin);
    }
}
