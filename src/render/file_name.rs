//! An object's identity in, the path of its file out.
//!
//! `<folder>/<kind>-<name>.yaml`, `<folder>/_<kind>-<name>.yaml` for an object without a namespace, and
//! `<kind>.<group>` for a kind that is not Kubernetes' own. Names that differ give paths that differ, on file systems
//! that ignore case too, and none gives a path that leads elsewhere or that a system reserves. What is left, such as two
//! kinds that differ in case only, is a collision and an error.

use crate::diagnostic::{Code, Diagnostic};
use crate::object::{FieldPath, Object, ObjectId, ObjectSet, kind};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const FILE_NAME_COLLISION: Code = Code::error("file-name-collision");

/// What this stage says about objects that it cannot write.
pub const CODES: &[Code] = &[FILE_NAME_COLLISION];

/// What Windows reserves as the part of a file name before its first dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// File systems allow 255 bytes: a name and its extension that are longer are cut and marked by their hash.
const LONGEST_STEM: usize = 250;

/// Returns the path of an object's file below the rendered directory.
pub fn path(id: &ObjectId, folder: &str) -> String {
    let name = id.kind.to_ascii_lowercase();
    let is_built_in = kind::is_built_in_group(&id.group);
    let kind = if is_built_in { name } else { format!("{name}.{}", id.group) };
    let mark = if id.namespace.is_none() { "_" } else { "" };
    let stem = format!("{mark}{}", component(&format!("{kind}-{}", id.name)));
    let stem = if stem.len() > LONGEST_STEM { shortened(&stem) } else { stem };
    format!("{}/{stem}.yaml", component(folder))
}

/// Reports the objects that would be written to the file of another one. The same object made twice is not meant: that
/// is found before.
pub fn collisions(set: &ObjectSet) -> Vec<Diagnostic> {
    let mut taken: BTreeMap<String, &Object> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for object in &set.objects {
        let path = path(&object.id, &set.environment.namespace);
        if let Some(other) = taken.get(&path).filter(|it| it.id != object.id) {
            let name = FieldPath::default().field("metadata").field("name");
            let message = format!("would be written to `{path}`, as would {}", other.id);
            let other_line = other.origins.nearest_span(&name);
            let diagnostic = object
                .diagnostic(FILE_NAME_COLLISION, &name, message)
                .at_some(other_line, format!("{} is declared here", other.id.short()))
                .help("give one of them another name")
                .in_environment(&set.environment.name);
            diagnostics.push(diagnostic);
        } else {
            taken.insert(path, object);
        }
    }
    diagnostics
}

/// Makes text safe as one component of a path: what is not `a-z`, `0-9`, `.` or `-` becomes `_` and two hex digits.
fn component(text: &str) -> String {
    let stem = text.split('.').next().unwrap_or_default();
    let numbered = |it: &str| it.len() == 4 && it.ends_with(|it: char| it.is_ascii_digit());
    let is_device = DEVICES.contains(&stem) || (numbered(stem) && (stem.starts_with("com") || stem.starts_with("lpt")));
    let last = text.len().wrapping_sub(1);
    let mut out = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        let is_safe = match byte {
            b'a'..=b'z' | b'0'..=b'9' => at > 0 || !is_device,
            b'-' => at > 0,
            b'.' => at > 0 && at < last,
            _ => false,
        };
        if is_safe {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "_{byte:02x}");
        }
    }
    out
}

fn shortened(stem: &str) -> String {
    let mut short = stem[..200].to_owned();
    short.push('-');
    for byte in Sha256::digest(stem.as_bytes()).iter().take(8) {
        let _ = write!(short, "{byte:02x}");
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{collisions, component, path};
    use crate::object::{Environment, Object, ObjectId, ObjectSet};
    use serde_json::json;

    fn id(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> ObjectId {
        ObjectId {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    #[test]
    fn a_path_names_kind_and_name() {
        let check = |group, kind, namespace, name, expected| {
            assert_eq!(path(&id(group, kind, namespace, name), "todo-prod"), expected);
        };
        let here = Some("todo-prod");
        check("apps", "Deployment", here, "todo-backend", "todo-prod/deployment-todo-backend.yaml");
        check("", "Namespace", None, "todo-prod", "todo-prod/_namespace-todo-prod.yaml");
        check("cert-manager.io", "Certificate", here, "todo", "todo-prod/certificate.cert-manager.io-todo.yaml");
        check("rbac.authorization.k8s.io", "Role", here, "Admin:x", "todo-prod/role-_41dmin_3ax.yaml");
        check("example", "Con", None, "a", "todo-prod/__63on.example-a.yaml");
        check("events.k8s.io", "Event", here, "a", "todo-prod/event.events.k8s.io-a.yaml");
    }

    #[test]
    fn a_component_leads_nowhere_else() {
        let check = |text, expected| assert_eq!(component(text), expected);
        check("todo-prod", "todo-prod");
        check("..", "_2e_2e");
        check("../x", "_2e._2fx");
        check("-rf", "_2drf");
        check("con", "_63on");
        check("aux.x", "_61ux.x");
        check("com1", "_63om1");
        check("comb", "comb");
        check("console", "console");
        check("A_b\\", "_41_5fb_5c");
        check("é", "_c3_a9");
        check("", "");
    }

    #[test]
    fn a_long_name_is_cut_and_marked() {
        let long = path(&id("", "ConfigMap", Some("x"), &"a".repeat(253)), "x");
        let other = path(&id("", "ConfigMap", Some("x"), &format!("{}b", "a".repeat(252))), "x");
        assert_eq!(long.len(), "x/".len() + 200 + 1 + 16 + ".yaml".len());
        assert_ne!(long, other);
        assert_eq!(path(&id("", "ConfigMap", Some("x"), &"a".repeat(240)), "x").len(), 257);
    }

    #[test]
    fn two_objects_in_one_file_are_reported() {
        let object = |kind: &str, name: &str| {
            let body =
                json!({"apiVersion": "x.example/v1", "kind": kind, "metadata": {"name": name, "namespace": "n"}});
            Object::from_body(body).unwrap()
        };
        let environment = Environment::undeclared("n");
        let set = ObjectSet { environment, objects: vec![object("FOO", "a"), object("Foo", "A"), object("Foo", "a")] };
        let messages: Vec<String> = collisions(&set).into_iter().map(|it| it.message).collect();
        assert_eq!(
            messages,
            ["Foo/a `metadata.name`: would be written to `n/foo.x.example-a.yaml`, as would FOO/a in n"]
        );
    }
}
