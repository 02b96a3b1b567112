//! Cells in, an aligned table on a page out; on a page too narrow for it, a few lines for each row.

use super::page::{Page, Paint};
use crate::diagnostic::visible::{escape, width};

/// Where the text of a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows under titles. The first column names the row.
pub(super) struct Table {
    columns: Vec<(Align, String)>,
    rows: Vec<(Paint, Vec<String>)>,
}

const GAP: usize = 2;

impl Table {
    pub(super) fn new(columns: &[(Align, &str)]) -> Self {
        Self { columns: columns.iter().map(|(align, title)| (*align, (*title).to_owned())).collect(), rows: Vec::new() }
    }

    /// Adds a row; a cell for each column.
    pub(super) fn row(&mut self, paint: Paint, cells: Vec<String>) {
        self.rows.push((paint, cells));
    }

    /// Writes the table, indented.
    pub(super) fn write(&self, indent: usize, page: &mut Page) {
        let widths: Vec<usize> = (0..self.columns.len()).map(|it| self.width_of(it)).collect();
        let whole = indent + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if whole > page.width() {
            self.stack(indent, page);
            return;
        }
        let titles: Vec<String> = self.columns.iter().map(|(_, title)| title.clone()).collect();
        self.line(indent, Paint::Dim, &titles, &widths, page);
        for (paint, cells) in &self.rows {
            self.line(indent, *paint, cells, &widths, page);
        }
    }

    fn width_of(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column)).map(|it| width(&escape(it)));
        cells.chain(self.columns.get(column).map(|(_, title)| width(title))).max().unwrap_or(0)
    }

    fn line(&self, indent: usize, paint: Paint, cells: &[String], widths: &[usize], page: &mut Page) {
        let mut text = String::new();
        for (index, (cell, (align, _))) in cells.iter().zip(&self.columns).enumerate() {
            let blank = " ".repeat(widths.get(index).copied().unwrap_or(0).saturating_sub(width(&escape(cell))));
            text += if index == 0 { "" } else { "  " };
            let (first, last) = match align {
                Align::Left => (cell, &blank),
                Align::Right => (&blank, cell),
            };
            text += first;
            text += last;
        }
        page.row(indent, indent, &[(paint, text.trim_end().to_owned())], &[], "");
    }

    /// Writes each row as its name and, below, the title and value of every cell.
    fn stack(&self, indent: usize, page: &mut Page) {
        if let Some((_, title)) = self.columns.first() {
            page.paragraph(indent, indent + 2, &[(Paint::Dim, title.clone())]);
        }
        for (paint, cells) in &self.rows {
            let name = cells.first().cloned().unwrap_or_default();
            page.paragraph(indent, indent + 2, &[(*paint, name)]);
            let named = self.columns.iter().zip(cells).skip(1).filter(|(_, cell)| !cell.is_empty());
            let told: Vec<String> = named
                .map(|((_, title), cell)| if title.is_empty() { cell.clone() } else { format!("{title} {cell}") })
                .collect();
            page.paragraph(indent + 2, indent + 2, &[(Paint::Plain, told.join(", "))]);
        }
    }
}
