//! Every object that changes: its fields, and the lines of its files.

use super::anchor::Anchor;
use super::escape::Html;
use super::plan::{ChangePart, ObjectPart, Plan};
use super::{Section, lines, matrix, parts, value};
use crate::change::{Operation, ReviewedChange, ReviewedField};
use crate::object::leaves;
use crate::report::wording;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const SECTION: Section =
    Section { name: "changes", title: "Changes", size: |plan| plan.objects.len(), write };

/// From how many objects on they are folded by kind.
const MANY: usize = 60;
/// The most fields that have a row of their own.
const MOST_FIELDS: usize = 10_000;

fn write(html: &mut Html, plan: &Plan<'_>) {
    let mut room = lines::Room::of(plan);
    // The buttons stand before all that they switch, so that the style sheet alone can do it.
    html.raw("<input type=\"radio\" name=\"view\" id=\"unified\" checked><label for=\"unified\">unified</label>\n");
    html.raw("<input type=\"radio\" name=\"view\" id=\"split\"><label for=\"split\">side by side</label>\n");
    html.raw("<div class=\"objects\">\n");
    let mut fields = MOST_FIELDS;
    if plan.objects.len() <= MANY {
        for object in &plan.objects {
            write_object(html, plan, object, &mut fields, &mut room);
        }
    } else {
        for (kind, objects) in by_kind(plan) {
            html.raw("<details class=\"kind-group\">\n<summary>").text(kind).raw(" <span class=\"size\">");
            html.count(objects.len()).raw("</span></summary>\n");
            for object in objects {
                write_object(html, plan, object, &mut fields, &mut room);
            }
            html.raw("</details>\n");
        }
    }
    html.raw("</div>\n");
    if room.omitted() > 0 {
        html.raw("<p class=\"left-out\">").text(&wording::count(room.omitted() as u64, "rendered line"));
        html.raw(" left out for want of room; git shows them.</p>\n");
    }
}

/// Returns how many leaf changes have no row, over all environments.
pub(super) fn omitted_fields(plan: &Plan<'_>) -> usize {
    let changes = plan.objects.iter().flat_map(|it| &it.changes).map(|it| it.change);
    let fields = changes.flat_map(|it| it.fields.iter().map(|field| (field, it.environments.len())));
    let omitted = fields.skip(MOST_FIELDS).filter(|(field, _)| !field.is_folded());
    omitted.map(|(field, environments)| environments * leaf_count(field)).sum()
}

/// Returns how many leaves a field stands for, as the review counts them.
fn leaf_count(field: &ReviewedField) -> usize {
    let count = |value: Option<&Value>| {
        let mut count = 0;
        if let Some(value) = value {
            leaves(value, &mut |_, _| count += 1);
        }
        count
    };
    count(field.before.as_ref()).max(count(field.after.as_ref()))
}

fn by_kind<'p, 'a>(plan: &'p Plan<'a>) -> Vec<(&'a str, Vec<&'p ObjectPart<'a>>)> {
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut kinds: Vec<(&str, Vec<&ObjectPart<'_>>)> = Vec::new();
    for object in &plan.objects {
        let at = *index.entry(&object.id.kind).or_insert(kinds.len());
        match kinds.get_mut(at) {
            Some((_, objects)) => objects.push(object),
            None => kinds.push((&object.id.kind, vec![object])),
        }
    }
    kinds
}

fn write_object(html: &mut Html, plan: &Plan<'_>, object: &ObjectPart<'_>, fields: &mut usize, room: &mut lines::Room) {
    html.raw("<article class=\"object\" tabindex=\"-1\" id=\"").anchor(&object.anchor).raw("\"");
    parts::positions(html, &object.environments(), plan);
    html.raw(">\n<h3>");
    parts::object(html, object.id);
    html.raw(" ");
    parts::permalink(html, &object.anchor, "object");
    html.raw("</h3>\n");
    for part in &object.changes {
        write_change(html, plan, part, fields);
    }
    for manifest in &object.manifests {
        lines::write(html, plan, manifest, room);
    }
    html.raw("</article>\n");
}

fn write_change(html: &mut Html, plan: &Plan<'_>, part: &ChangePart<'_>, room: &mut usize) {
    let change = part.change;
    html.raw("<div class=\"change\" id=\"").anchor(&part.anchor).raw("\">\n<h4><span class=\"operation ");
    html.raw(matrix::operation(change.operation)).raw("\">").raw(wording::sign(change.operation)).raw(" ");
    html.raw(matrix::operation(change.operation)).raw("</span> <span class=\"where\">");
    html.text(&wording::same_in(&change.environments, plan.review)).raw("</span></h4>\n");
    match change.operation {
        Operation::Create | Operation::Delete => summary(html, plan, change),
        Operation::Update => {
            if change.renamed_from.is_some() {
                summary(html, plan, change);
            }
            html.raw(
                "<table class=\"fields\">\n<thead><tr><th scope=\"col\">field</th><th scope=\"col\">from → to</th>",
            );
            html.raw("<th scope=\"col\">source</th></tr></thead>\n<tbody>\n");
            let shown = change.fields.len().min(*room);
            *room -= shown;
            for (field, anchor) in change.fields.iter().zip(&part.fields).take(shown) {
                html.raw("<tr id=\"").anchor(anchor);
                html.raw(if field.is_folded() { "\" class=\"derived\">" } else { "\">" });
                write_field(html, plan, part, field, anchor);
                html.raw("</tr>\n");
            }
            html.raw("</tbody>\n</table>\n");
            if shown < change.fields.len() {
                parts::left_out(html, change.fields.len() - shown, "field");
            }
        }
    }
    html.raw("</div>\n");
}

/// Writes what an object is or was, and the line that declares it.
fn summary(html: &mut Html, plan: &Plan<'_>, change: &ReviewedChange) {
    html.raw("<p class=\"summary\">").text(&change.summary).raw(" ");
    if let Some(line) = &change.source {
        parts::source(html, line, plan);
    }
    html.raw("</p>\n");
}

/// Writes the cells of a field.
fn write_field(html: &mut Html, plan: &Plan<'_>, part: &ChangePart<'_>, field: &ReviewedField, anchor: &Anchor) {
    html.raw("<th scope=\"row\"><code>").text(&field.path).raw("</code>");
    if field.derived {
        html.raw(" <span class=\"tag\">derived</span>");
    }
    if let Some(equivalent) = field.equivalent {
        html.raw(" <span class=\"tag\">same ").raw(equivalent.name()).raw("</span>");
    }
    html.raw(" ");
    parts::permalink(html, anchor, "field");
    html.raw("</th><td class=\"value\">");
    value::write(html, &part.change.object, field);
    html.raw("</td><td class=\"cause\">");
    if let Some(line) = &field.source {
        parts::source(html, line, plan);
    }
    html.raw("</td>");
}
