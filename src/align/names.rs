//! Texts of an environment in, the same texts without its name and namespace out.

use crate::object::ObjectId;
use crate::object::set::Environment;
use crate::parity::ComparedObject;

/// Stands for an environment's name.
const NAME: &str = "<environment>";
/// Stands for an environment's namespace.
const NAMESPACE: &str = "<namespace>";

/// Names an object as every environment names it.
pub(super) fn object(id: &ObjectId, environment: &Environment) -> ComparedObject {
    let is_own_namespace = id.group.is_empty() && id.kind == "Namespace" && id.name == environment.namespace;
    let name = if is_own_namespace { NAMESPACE.to_owned() } else { replaced(&id.name, &environment.name, NAME) };
    ComparedObject { group: id.group.clone(), kind: id.kind.clone(), name }
}

/// Returns a text without the environment's namespace, and without its name: a text may mean either where the two are
/// one word.
pub(super) fn without(text: &str, environment: &Environment) -> [String; 2] {
    let (name, namespace) = (environment.name.as_str(), environment.namespace.as_str());
    [
        replaced(&replaced(text, namespace, NAMESPACE), name, NAME),
        replaced(&replaced(text, name, NAME), namespace, NAMESPACE),
    ]
}

/// Replaces a name where it stands as a word of its own.
fn replaced(text: &str, name: &str, sign: &str) -> String {
    if name.is_empty() {
        return text.to_owned();
    }
    let is_inside = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
    let mut result = String::with_capacity(text.len());
    let mut rest = 0;
    for (at, found) in text.match_indices(name) {
        let after = at + found.len();
        if is_inside(text[..at].chars().next_back()) || is_inside(text[after..].chars().next()) {
            continue;
        }
        result += &text[rest..at];
        result += sign;
        rest = after;
    }
    result + &text[rest..]
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn replaces_whole_words() {
        let check = |text: &str, expected: &str| assert_eq!(replaced(text, "dev", "*"), expected, "{text}");
        check("dev", "*");
        check("todo-dev.example.com/dev", "todo-*.example.com/*");
        check("devices and udev", "devices and udev");
        check("", "");
        check("é-dev-é", "é-*-é");
    }
}
