//! Objects and the changes that a spec makes to them in; the changed objects out.
//!
//! - A patch names one object of its environment, `Kind/name`, or by its kind alone where that is enough; in a component
//!   only that component's objects are meant. Patches are applied one after the other, in the order of the spec.
//! - A field that is there gets the new value; maps are merged field by field; a field that is not there is added.
//!   `(remove)` takes a field away, `(replace)` puts a new one in its place, `(add)` adds one that must not be there.
//! - A list is replaced as a whole, unless Kubernetes itself merges its items by a key ([`schema::list_keys`]): then an
//!   item without a mark changes the item with the same key. In any list `(add)-` appends and `(remove)-` takes away.
//! - A patch that finds nothing, or that changes nothing, is an error: it is out of date.
//! - What names an object cannot be changed: it would be another object.
//!
//! Every changed leaf has the line of the patch as its origin, and what it was as overridden.

mod fields;
mod list;

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::object::located::Located;
use crate::object::schema::custom::CustomKinds;
use crate::object::schema::{self, Shape};
use crate::object::{FieldPath, KubernetesVersion, Object, ObjectSet, field_order};
use crate::source::Span;
use crate::spec::Patch;
use serde_json::Value;

/// A patch names an object, a field or an item that is not there.
pub const NOTHING_TO_PATCH: Code = Code::error("nothing-to-patch");
/// A patch changes nothing.
pub const PATCH_WITHOUT_EFFECT: Code = Code::error("patch-without-effect");
/// A patch changes what makes an object this object, or what is not ours to change.
pub const UNPATCHABLE: Code = Code::error("unpatchable");
/// A patch does not say which of several it means, or changes a value into one of another form.
pub const UNCLEAR_PATCH: Code = Code::error("unclear-patch");

/// Every code of this stage.
pub const CODES: &[Code] = &[NOTHING_TO_PATCH, PATCH_WITHOUT_EFFECT, UNCLEAR_PATCH, UNPATCHABLE];

/// Applies the patches of an environment to its objects.
pub fn objects(mut set: ObjectSet, patches: &[Patch]) -> (ObjectSet, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let version = set.environment.cluster.as_ref().map_or(KubernetesVersion::DEFAULT, |it| it.kubernetes);
    let custom = CustomKinds::of(&set.objects);
    for patch in patches {
        match target(patch, &set) {
            Ok(index) => set.objects[index] = patched(&set.objects[index], patch, version, &custom, &mut found),
            Err(message) => found.push(*message),
        }
    }
    let found = found.into_iter().map(|it| it.in_environment(&set.environment.name)).collect();
    (set, found)
}

/// Finds the one object that a patch means.
fn target(patch: &Patch, set: &ObjectSet) -> Result<usize, Box<Diagnostic>> {
    let wanted = patch.object.value.as_str();
    let new = |code, message: String| Diagnostic::new(code, message).at_some(patch.object.origin.span, "");
    let is_ours = |it: &Object| patch.component.is_none() || patch.component == it.component;
    let ours: Vec<(usize, &Object)> = set.objects.iter().enumerate().filter(|(_, it)| is_ours(it)).collect();
    let meant: Vec<(usize, &Object)> = ours.iter().copied().filter(|(_, it)| is_called(it, wanted)).collect();
    let place = patch.component.as_ref().map_or("this environment".to_owned(), |it| format!("component `{it}`"));
    match meant.as_slice() {
        [(index, object)] if object.sealed.is_none() => Ok(*index),
        [(_, object)] => {
            let message = format!("{} is encrypted and passed through as it is", object.id.short());
            Err(Box::new(new(UNPATCHABLE, message).help("change the file, and encrypt it again")))
        }
        [] => {
            let known: Vec<String> = ours.iter().flat_map(|(_, it)| [it.id.short(), it.id.kind.clone()]).collect();
            let message = new(NOTHING_TO_PATCH, format!("{place} has no object `{wanted}`"));
            let near = suggest::nearest(wanted, known.iter().map(String::as_str));
            let all = || {
                let names: Vec<String> = ours.iter().map(|(_, it)| it.id.short()).collect();
                format!("its objects are {}", names.join(", "))
            };
            Err(Box::new(message.help(near.map_or_else(all, |it| format!("did you mean `{it}`?")))))
        }
        several => {
            let names: Vec<String> = several.iter().map(|(_, it)| format!("`{}`", full_name(it))).collect();
            let message = format!("{place} has {} objects `{wanted}`", several.len());
            Err(Box::new(new(UNCLEAR_PATCH, message).help(format!("name one of them: {}", names.join(", ")))))
        }
    }
}

/// True where `text` names the object: `Deployment`, `Deployment/web`, or with its group `Deployment.apps/web`.
fn is_called(object: &Object, text: &str) -> bool {
    let (kind, name) = text.split_once('/').map_or((text, None), |(kind, name)| (kind, Some(name)));
    let (kind, group) = kind.split_once('.').map_or((kind, None), |(kind, group)| (kind, Some(group)));
    kind == object.id.kind && group.is_none_or(|it| it == object.id.group) && name.is_none_or(|it| it == object.id.name)
}

fn full_name(object: &Object) -> String {
    let group = if object.id.group.is_empty() { String::new() } else { format!(".{}", object.id.group) };
    format!("{}{group}/{}", object.id.kind, object.id.name)
}

/// What a patch is applied with.
struct Context<'a> {
    object: &'a Object,
    version: KubernetesVersion,
    custom: &'a CustomKinds,
    found: &'a mut Vec<Diagnostic>,
}

impl Context<'_> {
    fn push(&mut self, code: Code, span: Span, message: impl AsRef<str>, help: impl Into<String>) {
        let message = format!("{}: {}", self.object.id.short(), message.as_ref());
        self.found.push(Diagnostic::new(code, message).at(span, "").help(help));
    }

    /// Writes a path for a message.
    fn shown(&self, path: &FieldPath) -> String {
        path.display_in(&self.object.body)
    }

    /// Returns the fields that name an item of the list at a path.
    fn list_keys(&self, path: &FieldPath) -> Option<Vec<String>> {
        let api_version = self.object.body.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let kind = &self.object.id.kind;
        if let Some(keys) = schema::list_keys(self.version, api_version, kind, path) {
            return Some(keys.to_vec());
        }
        let schema = self.custom.schema(api_version, kind)?;
        let Shape::List(list) = schema.shape.at(self.version, path)? else { return None };
        list.kind.keys().map(<[String]>::to_vec)
    }
}

fn patched(
    object: &Object,
    patch: &Patch,
    version: KubernetesVersion,
    custom: &CustomKinds,
    found: &mut Vec<Diagnostic>,
) -> Object {
    let mut body = Located::of(object);
    let mut context = Context { object, version, custom, found };
    fields::apply(&patch.node.children, &mut body, &mut FieldPath::default(), &mut context);
    let (body, mut origins) = body.into_parts();
    let body = field_order::canonical(body);
    origins.keep_absent(&object.origins, &body);
    Object { body, origins, ..object.clone() }
}

#[cfg(test)]
mod tests {
    use super::objects;
    use crate::object::{Environment, FieldPath, Object, ObjectSet};
    use crate::parse;
    use crate::source::{Origin, Sources, Traced};
    use crate::spec::Patch;
    use serde_json::{Value, json};

    fn deployment() -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "n"},
            "spec": {"replicas": 2, "strategy": {"type": "Recreate"}, "template": {"spec": {
                "containers": [
                    {"name": "a", "args": ["x", "y"], "ports": [{"containerPort": 80, "protocol": "TCP"}]},
                    {"name": "b"},
                ],
                "tolerations": [{"key": "k", "operator": "Exists"}],
            }}},
        })
    }

    /// Applies what stands in a patch of the Deployment; returns it with the messages and the text of all sources.
    fn patched(inside: &str) -> (Object, Vec<String>, Sources) {
        let text = format!("app a {{ patch \"Deployment/web\" {{ {inside} }} }}");
        let sources = Sources::new([("base/a.kdl".to_owned(), text)]);
        let (parts, found) = parse::project(&sources);
        assert_eq!(found, [], "{inside}");
        let node = parts[0].nodes[0].children[0].clone();
        let object = Traced::new("Deployment/web".to_owned(), node.origin.clone());
        let mut target = Object::from_body(deployment()).unwrap();
        target.origins.record(FieldPath::default(), Origin::rule("it is there"));
        let set = ObjectSet { environment: Environment::undeclared("n"), objects: vec![target] };
        let (set, found) = objects(set, &[Patch { object, component: None, node }]);
        let messages = found.into_iter().map(|it| it.message).collect();
        (set.objects.into_iter().next().unwrap(), messages, sources)
    }

    #[test]
    fn changes_what_it_names_and_nothing_else() {
        let check = |inside: &str, pointer: &str, expected: Value| {
            let (object, found, _) = patched(inside);
            assert_eq!(found, [""; 0], "{inside}");
            let mut wanted = deployment();
            match (wanted.pointer_mut(pointer), expected) {
                (Some(place), expected) => *place = expected,
                (None, expected) => {
                    let (parent, name) = pointer.rsplit_once('/').unwrap();
                    wanted.pointer_mut(parent).unwrap()[name] = expected;
                }
            }
            assert_eq!(object.body.to_string(), crate::object::field_order::canonical(wanted).to_string(), "{inside}");
            assert_eq!((object.origins.missing(&object.body), object.origins.dangling(&object.body)), (vec![], vec![]));
        };
        let pod = |inside: &str| format!("spec {{ template {{ spec {{ {inside} }} }} }}");
        let containers = |inside: &str| pod(&format!("containers {{ {inside} }}"));
        check("spec { replicas 3 }", "/spec/replicas", json!(3));
        check("spec { paused #true }", "/spec/paused", json!(true));
        check("spec { (replace)strategy { type RollingUpdate } }", "/spec/strategy", json!({"type": "RollingUpdate"}));
        check("spec { strategy { (remove)type } }", "/spec/strategy", json!({}));
        check("spec { (add)minReadySeconds 5 }", "/spec/minReadySeconds", json!(5));
        let first = "/spec/template/spec/containers/0";
        check(
            &containers("- name=a { args z }; - name=b { tty #true }").replace("args z", "(replace)args z w"),
            "/spec/template/spec/containers",
            json!([{"name": "a", "args": ["z", "w"], "ports": [{"containerPort": 80, "protocol": "TCP"}]},
                   {"name": "b", "tty": true}]),
        );
        check(&containers("- name=a { args { - z } }"), &format!("{first}/args"), json!(["z"]));
        check(&containers("- name=a { args { (add)- z; (remove)- x } }"), &format!("{first}/args"), json!(["y", "z"]));
        check(
            &containers("- name=a { ports { - containerPort=80 hostPort=8080 } }"),
            &format!("{first}/ports/0/hostPort"),
            json!(8080),
        );
        check(&containers("(remove)- name=a"), "/spec/template/spec/containers", json!([{"name": "b"}]));
        check(
            &containers("(replace)- name=b image=i"),
            "/spec/template/spec/containers/1",
            json!({"name": "b", "image": "i"}),
        );
        check(&pod("tolerations { (remove)- key=k }"), "/spec/template/spec/tolerations", json!([]));
        check(
            &pod("tolerations { - operator=Exists }"),
            "/spec/template/spec/tolerations",
            json!([{"operator": "Exists"}]),
        );
        check(
            &pod("volumes { (add)- name=v { emptyDir { } } }"),
            "/spec/template/spec/volumes",
            json!([{"name": "v", "emptyDir": {}}]),
        );
    }

    #[test]
    fn refuses_what_it_cannot_find_or_must_not_change() {
        let check = |inside: &str, expected: &[&str]| {
            let (object, found, _) = patched(inside);
            assert_eq!(found, expected, "{inside}");
            assert_eq!(object.body, deployment(), "{inside}");
        };
        let pod = |inside: &str| format!("spec {{ template {{ spec {{ {inside} }} }} }}");
        check("spec { replicas 2 }", &["Deployment/web: `spec.replicas` is that already"]);
        check("spec { (remove)paused }", &["Deployment/web: nothing to remove: there is no `spec.paused`"]);
        check(
            "spec { replicas { a b } }",
            &["Deployment/web: `spec.replicas` is a number, and this is something else"],
        );
        check("metadata namespace=m", &["Deployment/web: `metadata.namespace` cannot be patched"]);
        check("spec { (remove)selector }", &["Deployment/web: `spec.selector` cannot be patched"]);
        check(
            &pod("tolerations { - key=k; (add)- key=l }"),
            &[
                "Deployment/web: the items of `spec.template.spec.tolerations` have no key, so that it is not clear which of \
             them are meant",
            ],
        );
        check(
            &pod("containers { - name=c { tty #true } }"),
            &["Deployment/web: `spec.template.spec.containers` has no item `c`"],
        );
        check(&pod("containers { - name=a }"), &["Deployment/web: `spec.template.spec.containers[a]` is not changed"]);
        check(
            &pod("containers { (add)- name=a }"),
            &["Deployment/web: `spec.template.spec.containers` has an item `a` already"],
        );
        check(
            &pod("containers { - tty=#true }"),
            &["Deployment/web: an item of `spec.template.spec.containers` is known by name, and this one has none"],
        );
    }

    #[test]
    fn a_new_value_has_its_own_line_and_what_it_replaced() {
        let (object, _, sources) = patched("spec { replicas 3; strategy { (remove)type } }");
        let line = |path: &str| {
            let origin = object.origin(&FieldPath::parse(path).unwrap()).unwrap();
            (origin.rule, origin.span.map(|it| sources.text(it)))
        };
        assert_eq!(line("spec.replicas"), (None, Some("3")));
        assert_eq!(line("spec.strategy"), (None, Some("type")));
        assert_eq!(line("kind"), (Some("it is there"), None));
    }
}
