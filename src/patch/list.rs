//! The items of a patch and a list in; the changed list out.

use super::{Context, NOTHING_TO_PATCH, PATCH_WITHOUT_EFFECT, UNCLEAR_PATCH, fields};
use crate::diagnostic::suggest;
use crate::object::located::{Content, Located};
use crate::object::{FieldPath, Segment};
use crate::source::Origin;
use crate::spec::{Mark, Node, body};
use serde_json::Value;

/// Applies the items of a field to a list.
pub(super) fn apply(node: &Node, list: &mut Located, path: &mut FieldPath, context: &mut Context<'_>) {
    let keys = context.list_keys(path);
    let marked = node.children.iter().filter(|it| it.mark.is_some()).count();
    if keys.is_none() && marked == 0 {
        return fields::replace(node, list, path, context);
    }
    if keys.is_none() && marked < node.children.len() {
        let message = format!(
            "the items of `{at}` have no key, so that it is not clear which of them are meant",
            at = context.shown(path)
        );
        let help = "mark each item with `(add)` or `(remove)`, or none to replace the whole list";
        return context.push(UNCLEAR_PATCH, node.span(), message, help);
    }
    for item in &node.children {
        let Content::List(items) = &mut list.content else { return };
        // What is wrong in it is told where it is used.
        let own = body::value(item, &mut Vec::new());
        let key = keys.as_ref().map(|keys| key(&own, keys));
        if let (Some(keys), Some(None)) = (&keys, &key) {
            let message = format!(
                "an item of `{at}` is known by {}, and this one has none",
                keys.join(" and "),
                at = context.shown(path)
            );
            context.push(UNCLEAR_PATCH, item.span(), message, format!("write `- {}=…`", keys.join("=… ")));
            continue;
        }
        let key = key.flatten();
        let is_it = |it: &Located| match (&keys, &key) {
            (Some(keys), Some(wanted)) => self::key(it, keys).as_ref() == Some(wanted),
            _ => has_all(&it.value(), &own.value()),
        };
        let found: Vec<usize> = (0..items.len()).filter(|index| is_it(&items[*index])).collect();
        let shown = key.unwrap_or_else(|| "this".to_owned());
        match (found.as_slice(), item.mark.as_ref().map(|it| it.value)) {
            ([], Some(Mark::Add)) => items.push(fields::new(item, context)),
            (_, Some(Mark::Add)) if keys.is_none() && !items.iter().any(|it| it.value() == own.value()) => {
                items.push(fields::new(item, context));
            }
            (_, Some(Mark::Add)) => {
                let message = format!("`{at}` has an item `{shown}` already", at = context.shown(path));
                context.push(UNCLEAR_PATCH, item.span(), message, "remove `(add)` to change it");
            }
            ([index], Some(Mark::Remove)) => {
                items.remove(*index);
                if items.is_empty() {
                    list.origin = Some(Origin::line(item.span()));
                }
            }
            ([index], Some(Mark::Replace)) => {
                path.push(Segment::Index(*index));
                fields::replace(item, &mut items[*index], path, context);
                path.pop();
            }
            ([index], None) => {
                path.push(Segment::Index(*index));
                change(item, &mut items[*index], keys.as_deref().unwrap_or_default(), path, context);
                path.pop();
            }
            ([], None | Some(Mark::Remove | Mark::Replace)) => {
                let known: Vec<String> =
                    items.iter().filter_map(|it| self::key(it, keys.as_deref().unwrap_or_default())).collect();
                let message = format!("`{at}` has no item `{shown}`", at = context.shown(path));
                let near = suggest::nearest(&shown, known.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if item.mark.is_none() => "write `(add)-` if it is new".to_owned(),
                    None => format!("its items are {}", known.join(", ")),
                };
                context.push(NOTHING_TO_PATCH, item.span(), message, help);
            }
            (several, None | Some(Mark::Remove | Mark::Replace)) => {
                let message = format!("`{at}` has {} items like `{shown}`", several.len(), at = context.shown(path));
                context.push(UNCLEAR_PATCH, item.span(), message, "say more of the one that is meant");
            }
        }
    }
}

/// Changes the fields of an item beyond those that name it.
fn change(item: &Node, old: &mut Located, keys: &[String], path: &mut FieldPath, context: &mut Context<'_>) {
    let more: Vec<Node> = item.children.iter().filter(|it| !keys.contains(&it.name.value)).cloned().collect();
    if more.is_empty() {
        let message = format!("`{}` is not changed", context.shown(path));
        return context.push(
            PATCH_WITHOUT_EFFECT,
            item.span(),
            message,
            "name the fields to change, or remove the line",
        );
    }
    fields::apply(&more, old, path, context);
}

/// Returns what names an item: `web`, `80/TCP`. The protocol of a port is TCP where it says nothing.
fn key(item: &Located, keys: &[String]) -> Option<String> {
    let part = |key: &String| match item.get(key).map(Located::value) {
        Some(Value::String(text)) => Some(text),
        Some(Value::Number(number)) => Some(number.to_string()),
        None if key == "protocol" => Some("TCP".to_owned()),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => None,
    };
    if keys.is_empty() {
        return None;
    }
    keys.iter().map(part).collect::<Option<Vec<_>>>().map(|it| it.join("/"))
}

/// True where an item has all that another says.
fn has_all(item: &Value, wanted: &Value) -> bool {
    match (item, wanted) {
        (Value::Object(item), Value::Object(wanted)) => {
            wanted.iter().all(|(name, it)| item.get(name).is_some_and(|own| has_all(own, it)))
        }
        (item, wanted) => item == wanted,
    }
}
