//! The fields of a patch and a map in; the changed map out.

use super::{Context, NOTHING_TO_PATCH, PATCH_WITHOUT_EFFECT, UNCLEAR_PATCH, UNPATCHABLE, list};
use crate::diagnostic::suggest;
use crate::object::located::{Content, Located};
use crate::object::{FieldPath, Segment, kind};
use crate::source::{Origin, Span};
use crate::spec::{Mark, Node, body};

/// Applies the fields inside a patch, or inside one of its fields, to a map.
pub(super) fn apply(nodes: &[Node], map: &mut Located, path: &mut FieldPath, context: &mut Context<'_>) {
    for node in nodes {
        path.push(Segment::Field(node.name.value.clone()));
        field(node, map, path, context);
        path.pop();
    }
}

fn field(node: &Node, map: &mut Located, path: &mut FieldPath, context: &mut Context<'_>) {
    let name = &node.name.value;
    if let Some(why) = protected(path, context) {
        return context.push(
            UNPATCHABLE,
            node.span(),
            format!("`{at}` cannot be patched", at = context.shown(path)),
            why,
        );
    }
    let Content::Map(fields) = &mut map.content else { return };
    let known = fields.iter().position(|(it, _)| it == name);
    match (known, node.mark.as_ref().map(|it| it.value)) {
        (Some(index), Some(Mark::Remove)) => {
            fields.remove(index);
            // What is left of a map without fields is an empty map, and this line made it so.
            if fields.is_empty() {
                map.origin = Some(Origin::line(node.span()));
            }
        }
        (Some(index), Some(Mark::Replace)) => replace(node, &mut fields[index].1, path, context),
        (Some(index), None) => value(node, &mut fields[index].1, path, context),
        (Some(_), Some(Mark::Add)) => {
            let message = format!("`{at}` is there already", at = context.shown(path));
            context.push(UNCLEAR_PATCH, node.span(), message, "remove `(add)` to change it, or write `(replace)`");
        }
        (None, None | Some(Mark::Add)) => {
            let new = new(node, context);
            fields.push((name.clone(), new));
        }
        (None, Some(mark @ (Mark::Remove | Mark::Replace))) => {
            let message = format!("nothing to {}: there is no `{at}`", mark.name(), at = context.shown(path));
            let help = match suggest::nearest(name, fields.iter().map(|(it, _)| it.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None if mark == Mark::Remove => "remove the line if it is gone already".to_owned(),
                None => "write it without the mark if it is new".to_owned(),
            };
            context.push(NOTHING_TO_PATCH, node.span(), message, help);
        }
    }
}

/// Changes a value that is there.
pub(super) fn value(node: &Node, old: &mut Located, path: &mut FieldPath, context: &mut Context<'_>) {
    let items = node.children.iter().any(Node::is_item);
    match &old.content {
        Content::Map(_) if node.arguments.is_empty() && !items => {
            if node.children.is_empty() {
                let message = format!("`{at}` is not changed", at = context.shown(path));
                let help = "name the fields to change inside it, or empty it with `(replace)`";
                return context.push(PATCH_WITHOUT_EFFECT, node.span(), message, help);
            }
            apply(&node.children, old, path, context);
        }
        Content::List(_) if items => list::apply(node, old, path, context),
        Content::List(_) if node.arguments.len() > 1 => replace(node, old, path, context),
        Content::List(_) if node.arguments.len() == 1 => {
            let message = format!("`{at}` is a list, and this is one value", at = context.shown(path));
            let name = &node.name.value;
            let help = format!("write `{name} {{ - … }}` for a list of one, or `{name} {{ (add)- … }}` to append");
            context.push(UNCLEAR_PATCH, node.span(), message, help);
        }
        Content::Scalar(_) if node.arguments.len() == 1 => replace(node, old, path, context),
        Content::Scalar(_) | Content::List(_) | Content::Map(_) => {
            let message = format!("`{at}` is {}, and this is something else", old.describe(), at = context.shown(path));
            let help = "write `(replace)` if it is to become something else";
            context.push(UNCLEAR_PATCH, node.span(), message, help);
        }
    }
}

/// Puts a new value in the place of an old one.
pub(super) fn replace(node: &Node, old: &mut Located, path: &FieldPath, context: &mut Context<'_>) {
    let mut new = new(node, context);
    if new.value() == old.value() {
        let message = format!("`{at}` is that already", at = context.shown(path));
        return context.push(PATCH_WITHOUT_EFFECT, node.span(), message, "remove the line");
    }
    overridden(&mut new, old);
    *old = new;
}

/// Reads a value that is new as a whole. Marks that need something to work on are mistakes in it.
pub(super) fn new(node: &Node, context: &mut Context<'_>) -> Located {
    refuse_marks(&node.children, context);
    let mut mistakes = Vec::new();
    let located = body::value(node, &mut mistakes);
    for mistake in mistakes {
        context.push(UNCLEAR_PATCH, mistake.span, mistake.message, mistake.help);
    }
    located
}

fn refuse_marks(nodes: &[Node], context: &mut Context<'_>) {
    for node in nodes {
        if let Some(mark) = node.mark.as_ref().filter(|it| it.value != Mark::Add) {
            let message = format!("nothing to {}: what is around it is new", mark.value.name());
            context.push(NOTHING_TO_PATCH, mark.span, message, "remove the line, or the mark");
        }
        refuse_marks(&node.children, context);
    }
}

/// Notes in every part of a new value what it replaced.
pub(super) fn overridden(new: &mut Located, old: &Located) {
    match (&mut new.content, &old.content) {
        (Content::Map(fields), Content::Map(_)) => {
            for (name, it) in fields {
                if let Some(old) = old.get(name) {
                    overridden(it, old);
                }
            }
        }
        (Content::List(items), Content::List(olds)) => {
            let first = olds.iter().find_map(Located::span);
            for item in items {
                lost(item, first.into_iter().collect());
            }
        }
        (_, _) => lost(new, lines(old)),
    }
}

/// Returns the lines of a value: the one that set it, and those that had lost to that.
fn lines(old: &Located) -> Vec<Span> {
    match &old.origin {
        Some(origin) => origin.span.into_iter().chain(origin.overrides.iter().copied()).collect(),
        None => old.span().into_iter().collect(),
    }
}

fn lost(new: &mut Located, lines: Vec<Span>) {
    let is_leaf = match &mut new.content {
        Content::Scalar(_) => true,
        Content::List(items) => {
            for item in items.iter_mut() {
                lost(item, lines.clone());
            }
            items.is_empty()
        }
        Content::Map(fields) => {
            for (_, field) in fields.iter_mut() {
                lost(field, lines.clone());
            }
            fields.is_empty()
        }
    };
    if let Some(origin) = new.origin.as_mut().filter(|_| is_leaf) {
        origin.overrides.extend(lines);
    }
}

/// Says why a field cannot be changed.
fn protected(path: &FieldPath, context: &Context<'_>) -> Option<&'static str> {
    let object = context.object;
    let is_made = object.origins.of(&FieldPath::default().field("kind")).is_some_and(|it| it.rule.is_some());
    match path.to_string().as_str() {
        "apiVersion" | "kind" | "metadata.name" | "metadata.namespace" => {
            Some("it says which object this is; write another object with `manifest`")
        }
        "spec.selector" if kind::pod_template(&object.id.kind).is_some() => {
            Some("the API server lets no selector change; set `selector` in the component before the first rollout")
        }
        "data" | "binaryData" if object.id.kind == "ConfigMap" && is_made => {
            Some("pods restart by the checksum of what the spec says; set the key where the spec has it")
        }
        _ => None,
    }
}
