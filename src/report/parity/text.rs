//! Fields beside each other in, a page for the terminal out: a table where its columns have room, or else a list.

use super::{Parity, accounting, because, object, warning};
use crate::diagnostic::excerpt::Style;
use crate::diagnostic::visible::{escape, width};
use crate::parity::{Cell, Row};
use crate::report::difference::HIDDEN;
use crate::report::page::{Page, Paint, Part, padded};
use crate::report::wording::{abbreviated, count};
use serde_json::Value;

/// Stands for a field that an environment does not have.
const ABSENT: &str = "-";
/// Up to here, the names of environments have a column of their own.
const LONGEST_NAMES: usize = 30;
/// The widest value in a table; a longer one is shown in a list.
const WIDEST: usize = 60;

/// Writes the environments beside each other, as wide as the terminal is.
pub fn text(parity: &Parity, width: usize, style: Style) -> String {
    let mut page = Page::new(width, style);
    let mut component = None;
    let mut rest = parity.rows.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|it| it.object == first.object && it.component == first.component).count();
        let (rows, others) = rest.split_at(length);
        rest = others;
        if component == Some(&first.component) {
            page.blank();
        } else {
            page.heading(first.component.as_deref().unwrap_or(&parity.app));
            component = Some(&first.component);
        }
        match columns(rows, parity, page.width()) {
            Some(columns) => table(&mut page, rows, parity, &columns),
            None => list(&mut page, rows, parity),
        }
    }
    page.blank();
    page.paragraph(0, 2, &[plain(accounting(parity))]);
    page.into_text()
}

/// Returns the widths of a table's columns; none where it has no room.
fn columns(rows: &[Row], parity: &Parity, page: usize) -> Option<Vec<usize>> {
    let first = rows.iter().flat_map(|it| [width(&escape(&title(it))) + 2, width(&because(it, parity)) + 4]);
    let first = first.chain(rows.first().map(|it| width(&escape(&object(&it.object))))).max()?;
    let mut columns = vec![first];
    for (column, name) in parity.environments.iter().enumerate() {
        let cells = rows.iter().filter_map(|it| Some((it, it.cells.get(column)?)));
        let widest = cells.flat_map(|(row, it)| [width(&escape(&shown(row, it))), width(&source(it))]).max()?;
        if widest > WIDEST {
            return None;
        }
        columns.push(widest.max(width(&escape(name))));
    }
    let whole: usize = columns.iter().map(|it| it + 2).sum();
    (whole <= page + 2).then_some(columns)
}

fn table(page: &mut Page, rows: &[Row], parity: &Parity, columns: &[usize]) {
    let Some(first) = rows.first() else { return };
    let names = parity.environments.iter().map(String::clone);
    line(page, columns, 0, Paint::Bold, std::iter::once(object(&first.object)).chain(names));
    for row in rows {
        let values = row.cells.iter().map(|it| shown(row, it));
        line(page, columns, 2, Paint::Plain, std::iter::once(title(row)).chain(values));
        let sources = row.cells.iter().map(source);
        line(page, columns, 4, Paint::Dim, std::iter::once(because(row, parity)).chain(sources));
        notes(page, row);
    }
}

/// Writes one line of a table; the first cell is indented, and takes its column with that.
fn line(page: &mut Page, columns: &[usize], indent: usize, paint: Paint, cells: impl Iterator<Item = String>) {
    let mut text = String::new();
    for (at, (cell, column)) in cells.zip(columns).enumerate() {
        let column = if at == 0 { column.saturating_sub(indent) } else { *column };
        text += &padded(&cell, column);
        text += "  ";
    }
    page.whole(indent, &[(paint, text.trim_end().to_owned())]);
}

fn list(page: &mut Page, rows: &[Row], parity: &Parity) {
    let Some(first) = rows.first() else { return };
    page.paragraph(0, 2, &[(Paint::Bold, object(&first.object))]);
    for row in rows {
        page.row(2, 4, &[plain(title(row))], &[(Paint::Dim, format!("({})", because(row, parity)))], "");
        let groups: Vec<(String, &Cell)> =
            alike(row, parity).into_iter().map(|(names, cell)| (abbreviated(&names), cell)).collect();
        let longest = groups.iter().map(|(names, _)| width(&escape(names))).max().unwrap_or(0).min(LONGEST_NAMES);
        for (names, cell) in groups {
            let names = (Paint::Plain, padded(&names, longest));
            page.row(4, 6, &[names], &[plain(shown(row, cell))], &source(cell));
        }
        notes(page, row);
    }
}

/// Joins the environments that have the same value from the same line.
fn alike<'a>(row: &'a Row, parity: &Parity) -> Vec<(Vec<String>, &'a Cell)> {
    let mut groups: Vec<(Vec<String>, &Cell)> = Vec::new();
    for (cell, name) in row.cells.iter().zip(&parity.environments) {
        match groups.iter_mut().find(|(_, known)| *known == cell) {
            Some((names, _)) => names.push(name.clone()),
            None => groups.push((vec![name.clone()], cell)),
        }
    }
    groups
}

/// Writes what else is to be said about a row.
fn notes(page: &mut Page, row: &Row) {
    if !row.also.is_empty() {
        let more = count(row.also.len() as u64, "more field");
        page.paragraph(4, 6, &[(Paint::Dim, format!("and {more} from the same lines"))]);
    }
    for flag in &row.flags {
        page.paragraph(4, 6, &[(Paint::Yellow, format!("! {}", warning(flag)))]);
    }
}

fn title(row: &Row) -> String {
    if row.path.is_empty() { "the whole object".to_owned() } else { row.path.clone() }
}

/// Writes a value in one line: text as it is where that is unmistakable, anything else as JSON.
fn shown(row: &Row, cell: &Cell) -> String {
    match &cell.value {
        None => ABSENT.to_owned(),
        Some(_) if row.path.is_empty() => "there".to_owned(),
        Some(_) if is_secret(row) => HIDDEN.to_owned(),
        Some(Value::String(text)) if !text.is_empty() && text.trim() == text && text != ABSENT => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn source(cell: &Cell) -> String {
    cell.source.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// True for the fields that hold a Secret's data.
pub(super) fn is_secret(row: &Row) -> bool {
    row.object.kind == "Secret" && (row.path.starts_with("data") || row.path.starts_with("stringData"))
}

fn plain(text: String) -> Part {
    (Paint::Plain, text)
}
