//! Nodes that spell out a Kubernetes object in; the object's fields, each with its line, out.
//!
//! | written | is |
//! |---|---|
//! | `a 1` | a scalar |
//! | `a 1 2` | a list of scalars |
//! | `a { - 1 }`, `a { - x=1; - x=2 }` | a list of one, a list of maps |
//! | `a { - }` | an empty list |
//! | `a { b 1 }`, `a b=1` | a map |
//! | `a { }` | an empty map |

use super::{Entry, Literal, Node};
use crate::object::located::{Content, Located};
use crate::source::{Origin, Span};
use serde_json::{Number, Value};

/// Something that is no field of an object.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The place.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Returns the map that the nodes inside a node are.
pub fn map(nodes: &[Node], origin: Option<Origin>, mistakes: &mut Vec<Mistake>) -> Located {
    if let Some(item) = nodes.iter().find(|it| it.is_item()) {
        let message = "an item of a list, where a map is expected".to_owned();
        mistakes.push(Mistake { span: item.span(), message, help: "name the field that it stands in".to_owned() });
    }
    let field = |it: &Node| (it.name.value.clone(), value(it, mistakes));
    Located { content: Content::Map(nodes.iter().map(field).collect()), origin }
}

/// Returns the value of a field, or of an item of a list.
pub fn value(node: &Node, mistakes: &mut Vec<Mistake>) -> Located {
    let origin = Some(node.origin.clone());
    let mut wrong = |message: String, help: &str| {
        mistakes.push(Mistake { span: node.span(), message, help: help.to_owned() });
    };
    let name = &node.name.value;
    let items = node.children.iter().filter(|it| it.is_item()).count();
    if !node.arguments.is_empty() && node.has_block {
        wrong(format!("`{name}` has a value and a block"), "a field is a value, a list or a map");
    } else if !node.arguments.is_empty() && !node.children.is_empty() {
        wrong(format!("`{name}` has a value and fields"), "a field is a value, a list or a map");
    } else if items > 0 && items < node.children.len() {
        wrong(format!("`{name}` has items and fields"), "a list has items called `-`, and nothing else");
    } else if node.arguments.is_empty() && node.children.is_empty() && !node.has_block {
        wrong(
            format!("`{name}` has no value"),
            "write `{ }` behind it for an empty map, `{ - }` for an empty list, or `\"\"` for an empty text",
        );
    }
    let content = match node.arguments.as_slice() {
        [] if items > 0 => Content::List(self::items(&node.children, mistakes)),
        // What stands in it beside items has been reported.
        [] => return map(&node.children, origin, mistakes),
        [only] => return scalar(only, mistakes),
        several => Content::List(several.iter().map(|it| scalar(it, mistakes)).collect()),
    };
    Located { content, origin }
}

/// Returns the items of a list; a single one without anything in it stands for none.
fn items(nodes: &[Node], mistakes: &mut Vec<Mistake>) -> Vec<Located> {
    match nodes {
        [only] if is_nothing(only) => Vec::new(),
        several => several.iter().map(|it| value(it, mistakes)).collect(),
    }
}

fn is_nothing(node: &Node) -> bool {
    node.arguments.is_empty() && node.children.is_empty() && !node.has_block
}

/// Returns one value as Kubernetes stores it.
pub fn scalar(entry: &Entry, mistakes: &mut Vec<Mistake>) -> Located {
    let value = match &entry.value {
        Literal::Text(text) => Some(Value::String(text.clone())),
        Literal::Integer { value, .. } => i64::try_from(*value)
            .map(Number::from)
            .or_else(|_| u64::try_from(*value).map(Number::from))
            .ok()
            .map(Value::Number),
        Literal::Decimal(spelling) => {
            spelling.replace('_', "").parse().ok().and_then(Number::from_f64).map(Value::Number)
        }
        Literal::Flag(flag) => Some(Value::Bool(*flag)),
        Literal::Null => Some(Value::Null),
    };
    let value = value.unwrap_or_else(|| {
        if let Some(span) = entry.span() {
            let message = format!("{} is larger than any number of Kubernetes", entry.value.describe());
            mistakes.push(Mistake { span, message, help: "put it in quotes if the text is meant".to_owned() });
        }
        Value::Null
    });
    Located { content: Content::Scalar(value), origin: Some(entry.origin.clone()) }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::source::Sources;
    use serde_json::{Value, json};

    fn read(inside: &str) -> (Value, Vec<String>) {
        let text = format!("app a {{ manifest m {{ {inside} }} }}");
        let (parts, found) = parse::project(&Sources::new([("base/a.kdl".to_owned(), text)]));
        assert_eq!(found, [], "{inside}");
        let mut mistakes = Vec::new();
        let located = super::map(&parts[0].nodes[0].children[0].children, None, &mut mistakes);
        assert_eq!(located.clone().into_parts().1.dangling(&located.value()), []);
        (located.value(), mistakes.into_iter().map(|it| it.message).collect())
    }

    #[test]
    fn reads_every_form() {
        let check = |inside: &str, expected: Value| assert_eq!(read(inside), (expected, vec![]), "{inside}");
        check(
            "a 1; b \"1\"; c 1.5; d #true; e #null; f x",
            json!({"a": 1, "b": "1", "c": 1.5, "d": true, "e": null, "f": "x"}),
        );
        check("a 1 2; b { - 1 }; c { - }; d { - 1; - 2 }", json!({"a": [1, 2], "b": [1], "c": [], "d": [1, 2]}));
        check("a { }; b { c { } }; d e=1 { f 2 }", json!({"a": {}, "b": {"c": {}}, "d": {"e": 1, "f": 2}}));
        check("a { - b=1; - b=2 { c 3 }; - { } }", json!({"a": [{"b": 1}, {"b": 2, "c": 3}, {}]}));
        check("a { - 1 2; - { - 3 }; - { - } }", json!({"a": [[1, 2], [3], []]}));
        check("\"a.b/c\" 0x10; name x; from y", json!({"a.b/c": 16, "name": "x", "from": "y"}));
        check("a 18446744073709551615; b -1; c 1_000; d 1e3", json!({"a": u64::MAX, "b": -1, "c": 1000, "d": 1000.0}));
    }

    #[test]
    fn says_what_is_no_field() {
        let check = |inside: &str, expected: &str| assert_eq!(read(inside).1, [expected], "{inside}");
        check("a", "`a` has no value");
        check("- 1", "an item of a list, where a map is expected");
        check("a 1 { }", "`a` has a value and a block");
        check("a 1 b=2", "`a` has a value and fields");
        check("a { - 1; b 2 }", "`a` has items and fields");
        check("a { b c=1 { - 2 } }", "`b` has items and fields");
        check("a { -; - 1 }", "`-` has no value");
        check("a 18446744073709551616", "the number 18446744073709551616 is larger than any number of Kubernetes");
    }
}
