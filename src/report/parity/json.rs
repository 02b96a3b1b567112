//! Fields beside each other in, the JSON document of `docs/parity.md` out.

use super::text::is_secret;
use super::{because, warning};
use crate::parity::{self, Parity};
use crate::report::json::safe;
use serde::Serialize;
use serde_json::Value;

/// The version of the contract. It grows when a field is removed or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Writes the environments beside each other as JSON, with a line break at its end.
pub fn json(parity: &Parity) -> String {
    let document = Document {
        version: VERSION,
        app: &parity.app,
        environments: &parity.environments,
        rows: parity.rows.iter().map(|it| Row::of(it, parity)).collect(),
        accounting: Accounting {
            fields: parity.accounting.fields,
            same: parity.accounting.same,
            named: parity.accounting.named,
            derived: parity.accounting.derived,
        },
    };
    safe(&document)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    app: &'a str,
    environments: &'a [String],
    rows: Vec<Row<'a>>,
    accounting: Accounting,
}

#[derive(Serialize)]
struct Accounting {
    fields: usize,
    same: usize,
    named: usize,
    derived: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    component: Option<&'a str>,
    object: Object<'a>,
    path: &'a str,
    reason: &'a str,
    because: String,
    cells: Vec<Cell<'a>>,
    flags: Vec<Flag<'a>>,
    also: Vec<SameLines<'a>>,
}

#[derive(Serialize)]
struct Object<'a> {
    group: &'a str,
    kind: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Cell<'a> {
    environment: &'a str,
    present: bool,
    value: Option<&'a Value>,
    source: Option<Source<'a>>,
    rule: Option<&'a str>,
}

#[derive(Serialize)]
struct Source<'a> {
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Flag<'a> {
    code: &'a str,
    message: String,
}

#[derive(Serialize)]
struct SameLines<'a> {
    object: Object<'a>,
    path: &'a str,
}

impl<'a> Row<'a> {
    fn of(row: &'a parity::Row, parity: &'a Parity) -> Self {
        let cell = |(cell, environment): (&'a parity::Cell, &'a String)| Cell {
            environment,
            present: cell.value.is_some(),
            value: cell.value.as_ref().filter(|_| !is_secret(row) && !row.path.is_empty()),
            source: cell.source.as_ref().map(|it| Source { file: &it.file, line: it.line }),
            rule: cell.rule,
        };
        Self {
            component: row.component.as_deref(),
            object: Object::of(&row.object),
            path: &row.path,
            reason: row.reason.name(),
            because: because(row, parity),
            cells: row.cells.iter().zip(&parity.environments).map(cell).collect(),
            flags: row.flags.iter().map(|it| Flag { code: it.name(), message: warning(it) }).collect(),
            also: row.also.iter().map(|it| SameLines { object: Object::of(&it.object), path: &it.path }).collect(),
        }
    }
}

impl<'a> Object<'a> {
    fn of(object: &'a parity::ComparedObject) -> Self {
        Self { group: &object.group, kind: &object.kind, name: &object.name }
    }
}
