//! One object in; a message for every string out that holds what a reviewer does not see.
//!
//! In names and keys nothing may be invisible. A value may hold tabs, line breaks and characters without width, which
//! scripts and emoji need and which are written as escapes; but nothing that steers a terminal or turns the text
//! around. The API server would accept all of it in a `ConfigMap`, a NUL too.

use crate::diagnostic::house_rule::INVISIBLE_CHARACTER;
use crate::diagnostic::{Code, Diagnostic};
use crate::object::invisible::{Invisible, code_point};
use crate::object::{FieldPath, Object, Segment};
use serde_json::Value;

/// What this rule says.
pub const CODES: &[Code] = &[INVISIBLE_CHARACTER];

/// Maps whose keys and values are the user's own: a key `name` there names nothing.
const DATA: [&str; 8] =
    ["annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector", "selector", "stringData"];

/// Reports the invisible characters in an object's names, keys and values.
pub fn check(object: &Object) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    walk(&object.body, &mut FieldPath::default(), &mut |path, role, text| {
        let mut found: Vec<char> = text.chars().filter(|it| is_refused(*it, role)).collect();
        found.sort_unstable();
        found.dedup();
        if !found.is_empty() {
            let names: Vec<String> = found.into_iter().map(code_point).collect();
            let noun = if names.len() == 1 { "character" } else { "characters" };
            let message = format!("invisible {noun} {} in a {}", names.join(", "), role.name());
            let help = "type the text again: what was pasted holds more than it shows";
            diagnostics.push(object.diagnostic(INVISIBLE_CHARACTER, path, message).help(help));
        }
    });
    diagnostics
}

/// What a string is in its object.
#[derive(Clone, Copy)]
enum Role {
    Key,
    Name,
    Value,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Name => "name",
            Self::Value => "value",
        }
    }
}

fn is_refused(it: char, role: Role) -> bool {
    let Some(kind) = Invisible::of(it) else { return false };
    match (kind, role) {
        (_, Role::Key | Role::Name) | (Invisible::Direction, Role::Value) => true,
        (Invisible::Control, Role::Value) => !matches!(it, '\t' | '\n' | '\r'),
        (Invisible::ZeroWidth | Invisible::Break | Invisible::Noncharacter, Role::Value) => false,
    }
}

fn walk(value: &Value, path: &mut FieldPath, visit: &mut impl FnMut(&FieldPath, Role, &str)) {
    match value {
        Value::String(text) => visit(path, if is_name(path) { Role::Name } else { Role::Value }, text),
        Value::Object(map) => {
            for (key, value) in map {
                path.push(Segment::Field(key.clone()));
                visit(path, Role::Key, key);
                walk(value, path, visit);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                path.push(Segment::Index(index));
                walk(value, path, visit);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// True for a field that names an object, or a part of one.
fn is_name(path: &FieldPath) -> bool {
    let Some(field) = path.last_field() else { return false };
    let in_data = path.parent().is_some_and(|it| it.last_field().is_some_and(|map| DATA.contains(&map)));
    let names = matches!(field, "apiVersion" | "generateName" | "kind" | "name" | "namespace");
    (names || field.ends_with("Name")) && !in_data
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::object::Object;
    use serde_json::{Value, json};

    fn messages(name: &str, data: &Value) -> Vec<String> {
        let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data});
        check(&Object::from_body(body).unwrap()).into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn values_may_hold_what_scripts_need() {
        let none: [String; 0] = [];
        for text in ["a\tb\r\nc", "é 👩\u{200d}💻", "\u{feff}text", "\u{2028}", ""] {
            assert_eq!(messages("x", &json!({"a": text, "name": text})), none, "{text:?}");
        }
    }

    #[test]
    fn values_may_not_steer_or_turn() {
        let check = |text, expected| {
            let expected = format!("ConfigMap/x `data.a`: invisible {expected} in a value");
            assert_eq!(messages("x", &json!({"a": text})), [expected]);
        };
        check("a\0", "character U+0000");
        check("\u{1b}[2J", "character U+001B");
        check("\u{7f}", "character U+007F");
        check("\u{85}", "character U+0085");
        check("\u{202e}x\u{2066}\u{202e}", "characters U+202E, U+2066");
    }

    #[test]
    fn names_and_keys_are_wholly_visible() {
        assert_eq!(
            messages("x\u{200b}", &json!({"a\tb": "", "c\u{feff}": ""})),
            [
                "ConfigMap/x\u{200b} `metadata.name`: invisible character U+200B in a name",
                "ConfigMap/x\u{200b} `data[\"a\\tb\"]`: invisible character U+0009 in a key",
                "ConfigMap/x\u{200b} `data[\"c\\u{feff}\"]`: invisible character U+FEFF in a key",
            ]
        );
    }
}
