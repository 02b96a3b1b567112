//! The table of environments: a row for each, or for those to which the same happens.

use super::comment::Comment;
use super::markup::{cell, plain};
use crate::change::{EnvironmentSummary, Review, Severity};
use crate::report::wording;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// From how many environments on the same rows are joined.
const MANY: usize = 6;

/// The cells of a row beside the names.
type Cells = [String; 6];

/// The columns beside the names, and how each is aligned.
const COLUMNS: [(&str, &str); 6] = [
    ("created", "--:"),
    ("changed", "--:"),
    ("removed", "--:"),
    ("restarts", "---"),
    ("requests", "---"),
    ("worst", "---"),
];

/// Environments to which the same happens.
struct Row<'a> {
    environments: Vec<&'a EnvironmentSummary>,
    cells: Cells,
}

impl Comment<'_> {
    pub(super) fn environments(&mut self) {
        let review = self.review;
        let rows = rows(review, self.rung.rows);
        let is_used = |column: usize| rows.iter().any(|it| it.cells[column] != "-");
        let used: Vec<usize> = (0..COLUMNS.len()).filter(|it| is_used(*it)).collect();
        let line = |first: &str, cell: &dyn Fn(usize) -> String| {
            let cells: Vec<String> = used.iter().map(|it| cell(*it)).collect();
            format!("| {} |", [&[first.to_owned()], cells.as_slice()].concat().join(" | "))
        };
        let head = line("environment", &|it| COLUMNS[it].0.to_owned());
        let align = line("---", &|it| COLUMNS[it].1.to_owned());
        let row = |_: &Self, it: &Row<'_>| line(&names(&it.environments, review), &|column| it.cells[column].clone());
        self.section_with("", &[&head, &align], &rows, row, rest);
    }
}

/// Joins environments where there are many. Where not all rows have room, the worst come first.
fn rows(review: &Review, room: usize) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut places: BTreeMap<(bool, Cells), usize> = BTreeMap::new();
    let is_joined = review.environments.len() >= MANY;
    for environment in &review.environments {
        let cells = cells(environment, review);
        let key = (environment.protected, cells.clone());
        match places.get(&key).filter(|_| is_joined).and_then(|it| rows.get_mut(*it)) {
            Some(row) => row.environments.push(environment),
            None => {
                places.insert(key, rows.len());
                rows.push(Row { environments: vec![environment], cells });
            }
        }
    }
    if rows.len() > room {
        rows.sort_by_key(|it| it.environments.first().map(|it| Reverse((it.worst, it.protected))));
    }
    rows
}

fn cells(it: &EnvironmentSummary, review: &Review) -> Cells {
    let number = |it: usize| if it == 0 { "-".to_owned() } else { it.to_string() };
    let text = |it: &str| if it.is_empty() { "-".to_owned() } else { cell(it) };
    [
        number(it.created),
        number(it.updated),
        number(it.deleted),
        text(&wording::restarts(it)),
        text(&wording::requests(&it.name, &review.capacity)),
        it.worst.map_or("-", Severity::name).to_owned(),
    ]
}

/// Names the environments of a row, protected ones in bold.
fn names(environments: &[&EnvironmentSummary], review: &Review) -> String {
    let names: Vec<String> = environments.iter().map(|it| it.name.clone()).collect();
    let names = plain(&wording::environments(&names, review));
    if environments.iter().all(|it| it.protected) { format!("**{names}**") } else { names }
}

/// Adds up the environments that have no row.
fn rest(rows: &[Row<'_>]) -> String {
    let environments: Vec<&&EnvironmentSummary> = rows.iter().flat_map(|it| &it.environments).collect();
    let sum = |count: fn(&EnvironmentSummary) -> usize| environments.iter().map(|it| count(it)).sum::<usize>();
    let (created, updated, deleted) = (sum(|it| it.created), sum(|it| it.updated), sum(|it| it.deleted));
    let worst = environments.iter().filter_map(|it| it.worst).max().map_or("none", Severity::name);
    let count = wording::count(environments.len() as u64, "more environment");
    format!("{count} ({created} created, {updated} changed, {deleted} removed, worst finding: {worst})")
}
