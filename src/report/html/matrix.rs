//! What changes where: a row for each field, a column for each environment, every cell a link to the change.
//!
//! Neighbours with the same change share a cell. Where there are too many fields for rows of their own, a row is an
//! object, and where there are too many objects, a kind.

use super::anchor::Anchor;
use super::escape::Html;
use super::plan::{ChangePart, ObjectPart, Plan};
use super::{Section, parts};
use crate::change::{Operation, ReviewedField};
use crate::diagnostic::visible;
use crate::report::difference::Difference;
use crate::report::wording;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const SECTION: Section =
    Section { name: "matrix", title: "What changes where", size: |plan| plan.objects.len(), write };

/// The most rows of fields, and then of objects.
const MOST_ROWS: usize = 250;
/// The longest value in a cell.
const LONGEST: usize = 22;
/// A common start that is shorter is not worth an ellipsis.
const SHORTEST_START: usize = 8;

/// What stands in an environment's column.
#[derive(Clone)]
struct Cell<'a> {
    to: &'a Anchor,
    text: String,
    operation: Operation,
    /// What it stands for: cells of the same things are one cell; none for a number of things that may differ.
    of: Vec<&'a Anchor>,
}

impl Cell<'_> {
    fn is_same(&self, other: Option<&Self>) -> bool {
        !self.of.is_empty() && other.is_some_and(|it| it.of == self.of)
    }
}

/// A row without its name: what stands in each column.
type Cells<'a> = Vec<Option<Cell<'a>>>;

fn write(html: &mut Html, plan: &Plan<'_>) {
    let fields: usize = plan.objects.iter().map(|it| rows_of_fields(it).max(1)).sum();
    html.raw("<div class=\"scroll\" role=\"region\" aria-labelledby=\"matrix-title\" tabindex=\"0\">\n");
    html.raw("<table class=\"matrix\">\n<thead><tr><th scope=\"col\">object and field</th>");
    for (at, environment) in plan.review.environments.iter().enumerate() {
        html.raw("<th scope=\"col\" data-in=\"").count(at).raw("\">").text(&environment.name).raw("</th>");
    }
    html.raw("</tr></thead>\n");
    if fields <= MOST_ROWS {
        for object in &plan.objects {
            by_field(html, plan, object);
        }
    } else if plan.objects.len() <= MOST_ROWS {
        html.raw("<tbody>\n");
        for object in &plan.objects {
            let name = |html: &mut Html| parts::object(html, object.id);
            row(html, "object", &name, &of_object(plan, object));
        }
        html.raw("</tbody>\n");
    } else {
        by_kind(html, plan);
    }
    html.raw("</table>\n</div>\n");
}

fn rows_of_fields(object: &ObjectPart<'_>) -> usize {
    object.changes.iter().map(|it| it.change.fields.iter().filter(|it| !it.is_folded()).count()).sum()
}

/// Writes the rows of one object: what became of it as a whole beside its name, and a row for each field.
fn by_field(html: &mut Html, plan: &Plan<'_>, object: &ObjectPart<'_>) {
    let columns = plan.review.environments.len();
    let mut whole: Cells<'_> = vec![None; columns];
    let mut fields: Vec<(&str, Cells<'_>)> = Vec::new();
    let mut derived = 0;
    for part in &object.changes {
        let positions = plan.positions(&part.change.environments);
        match part.change.operation {
            Operation::Create | Operation::Delete => {
                for at in positions {
                    whole[at] = Some(of_change(part));
                }
            }
            Operation::Update => {
                if part.change.renamed_from.is_some() {
                    for at in &positions {
                        whole[*at] = Some(of_change(part));
                    }
                }
                for (field, anchor) in part.change.fields.iter().zip(&part.fields) {
                    if field.is_folded() {
                        derived += 1;
                        continue;
                    }
                    let cell =
                        Cell { to: anchor, text: brief(object, field), operation: Operation::Update, of: vec![anchor] };
                    let known = fields.iter().position(|(path, _)| *path == field.path);
                    let known = known.unwrap_or_else(|| {
                        fields.push((&field.path, vec![None; columns]));
                        fields.len() - 1
                    });
                    for at in &positions {
                        fields[known].1[*at] = Some(cell.clone());
                    }
                }
            }
        }
    }
    html.raw("<tbody>\n");
    if fields.is_empty() && derived > 0 {
        whole = of_object(plan, object);
    }
    row(html, "object", &|html| parts::object(html, object.id), &whole);
    for (path, cells) in &fields {
        let name = |html: &mut Html| {
            html.raw("<code>").text(path).raw("</code>");
        };
        row(html, "field", &name, cells);
    }
    html.raw("</tbody>\n");
}

/// Writes one row, equal neighbours in one cell.
fn row(html: &mut Html, class: &'static str, name: &dyn Fn(&mut Html), cells: &Cells<'_>) {
    html.raw("<tr class=\"").raw(class).raw("\"><th scope=\"row\">");
    name(html);
    html.raw("</th>");
    let is_blank = cells.iter().all(Option::is_none);
    let mut at = 0;
    while at < cells.len() {
        let same = |it: &&Option<Cell<'_>>| cells[at].as_ref().is_some_and(|cell| cell.is_same(it.as_ref()));
        let same = cells[at..].iter().take_while(same).count().max(1);
        html.raw("<td");
        if same > 1 {
            html.raw(" colspan=\"").count(same).raw("\"");
        }
        match &cells[at] {
            // An object whose fields have rows of their own has nothing to say itself.
            None if is_blank => {
                html.raw(" class=\"blank\">");
            }
            None => {
                html.raw(" class=\"same\"><span aria-label=\"unchanged\">=</span>");
            }
            Some(cell) => {
                html.raw(" class=\"").raw(operation(cell.operation));
                html.raw(if same > 1 { "\"><span class=\"run\"><a href=\"#" } else { "\"><a href=\"#" });
                html.anchor(cell.to).raw("\">").text(&cell.text).raw("</a>");
                if same > 1 {
                    html.raw(" <small>same</small></span>");
                }
            }
        }
        html.raw("</td>");
        at += same;
    }
    html.raw("</tr>\n");
}

/// The class of an operation, and the word for it.
pub(super) fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "created",
        Operation::Update => "changed",
        Operation::Delete => "removed",
    }
}

fn of_change<'a>(part: &'a ChangePart<'_>) -> Cell<'a> {
    let operation = part.change.operation;
    let text = if part.change.renamed_from.is_some() { "renamed" } else { self::operation(operation) };
    Cell { to: &part.anchor, text: text.to_owned(), operation, of: vec![&part.anchor] }
}

/// Returns one cell for each environment in which an object changes: what became of it, or how many fields differ.
fn of_object<'a>(plan: &Plan<'_>, object: &'a ObjectPart<'_>) -> Cells<'a> {
    let mut cells: Cells<'_> = vec![None; plan.review.environments.len()];
    let mut fields = vec![0; cells.len()];
    for part in &object.changes {
        for at in plan.positions(&part.change.environments) {
            fields[at] += part.change.fields.len();
            let mut cell = of_change(part);
            cell.to = &object.anchor;
            cell.of.extend(cells[at].iter().flat_map(|it| it.of.iter().copied()));
            if part.change.operation == Operation::Update && part.change.renamed_from.is_none() {
                cell.text = wording::count(fields[at] as u64, "field");
            }
            cells[at] = Some(cell);
        }
    }
    cells
}

/// Writes a row for each kind: how many of its objects change in each environment.
fn by_kind(html: &mut Html, plan: &Plan<'_>) {
    let mut kinds: BTreeMap<&str, (&Anchor, Vec<usize>)> = BTreeMap::new();
    for object in &plan.objects {
        let blank = || (&object.anchor, vec![0; plan.review.environments.len()]);
        let (_, counts) = kinds.entry(&object.id.kind).or_insert_with(blank);
        for at in plan.positions(&object.environments()) {
            counts[at] += 1;
        }
    }
    html.raw("<tbody>\n");
    for (kind, (first, counts)) in kinds {
        let text = |count: usize| wording::count(count as u64, "object");
        let cell = |count: &usize| {
            (*count > 0).then(|| Cell { to: first, text: text(*count), operation: Operation::Update, of: Vec::new() })
        };
        let name = |html: &mut Html| {
            html.raw("<span class=\"kind\">").text(kind).raw("</span>");
        };
        row(html, "object", &name, &counts.iter().map(cell).collect());
    }
    html.raw("</tbody>\n");
}

/// Writes a field's values so short that they fit a column: without the start that both have.
fn brief(object: &ObjectPart<'_>, field: &ReviewedField) -> String {
    // A whole list or mapping does not fit.
    let is_whole = |it: &Option<Value>| matches!(it, Some(Value::Object(_) | Value::Array(_)));
    match (&field.before, &field.after) {
        (None, after) if is_whole(after) => return "added".to_owned(),
        (before, None) if is_whole(before) => return "taken out".to_owned(),
        _ => {}
    }
    match Difference::of(object.id, field) {
        Difference::Lines { summary, .. } => summary,
        Difference::Values { before, after } => {
            let start = common_start(&before, &after);
            let cut = |it: &str| visible::shorten(&it[start..], LONGEST).replace(" characters ", " ");
            let mark = if start > 0 { "…" } else { "" };
            format!("{mark}{} → {}", cut(&before), cut(&after))
        }
    }
}

/// Returns how many bytes both begin with, up to a mark between words; none where that is little.
fn common_start(before: &str, after: &str) -> usize {
    let same = before.char_indices().zip(after.chars()).take_while(|((_, a), b)| a == b);
    let ends = same.filter(|((_, it), _)| "/:@=, ".contains(*it)).map(|((at, it), _)| at + it.len_utf8());
    ends.last().filter(|it| *it >= SHORTEST_START && *it < before.len().min(after.len())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::common_start;

    #[test]
    fn a_long_common_start_is_left_out() {
        let check = |before: &str, after: &str, expected: usize| assert_eq!(common_start(before, after), expected);
        check("example/todo:1.4", "example/todo:1.5", "example/todo:".len());
        check("a:1", "a:2", 0);
        check("example/todo:", "example/todo:1", 0);
        check("日本日本日本/x", "日本日本日本/y", "日本日本日本/".len());
    }
}
