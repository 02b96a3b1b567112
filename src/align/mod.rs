//! The objects of every environment in, their fields beside each other out.
//!
//! - Two objects are the same where their kinds are, and their names once the environment's own name is taken out.
//! - Two fields are the same where their paths are, list items by the keys that Kubernetes tells them apart by.
//! - An object that some environments lack is one row. So are fields that the same lines set to the same values.
//!
//! Why a field may differ is decided in [`reason`], and what is odd about it in [`flags`].

mod flags;
mod names;
mod reason;

use crate::object::{FieldPath, Object, ObjectSet, leaves};
use crate::parity::{Accounting, Cell, ComparedObject, Parity, Reason, Row, Rows, SameLines};
use crate::source::{Origin, Sources};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known about a row before it is judged: for each environment the value and its origin, where it has one.
struct Found<'a> {
    path: String,
    fields: Vec<Field<'a>>,
}

/// One field of one environment.
#[derive(Clone, Copy, Default)]
struct Field<'a> {
    value: Option<&'a Value>,
    origin: Option<&'a Origin>,
}

/// Lays the environments of a project beside each other.
pub fn environments(app: &str, sets: &[ObjectSet], sources: &Sources, wanted: Rows) -> Parity {
    let mut objects: BTreeMap<(Option<&str>, ComparedObject), Vec<Option<&Object>>> = BTreeMap::new();
    for (column, set) in sets.iter().enumerate() {
        for object in &set.objects {
            let key = (object.component.as_deref(), names::object(&object.id, &set.environment));
            objects.entry(key).or_insert_with(|| vec![None; sets.len()])[column] = Some(object);
        }
    }
    let mut parity = Parity {
        app: app.to_owned(),
        environments: sets.iter().map(|it| it.environment.name.clone()).collect(),
        ..Parity::default()
    };
    for ((component, id), objects) in objects {
        for found in fields(&objects) {
            let reason = reason::of(&found.fields, sets, sources);
            parity.accounting.count(reason);
            let is_shown = match wanted {
                Rows::All => true,
                Rows::Differing => !matches!(reason, Reason::Same | Reason::Named | Reason::Derived),
            };
            if is_shown {
                let row = Row {
                    component: component.map(str::to_owned),
                    object: id.clone(),
                    flags: flags::of(&id, &found, reason, sets),
                    cells: found.fields.iter().map(|it| cell(it, sources)).collect(),
                    path: found.path,
                    reason,
                    also: Vec::new(),
                };
                add(&mut parity.rows, row);
            }
        }
    }
    parity
}

/// Adds a row, or names it in the row of the same lines and values.
fn add(rows: &mut Vec<Row>, row: Row) {
    let has_lines = row.cells.iter().any(|it| it.source.is_some());
    let may_join = has_lines && row.reason != Reason::Same && !row.path.is_empty();
    let is_alike = |it: &&mut Row| it.cells == row.cells && it.reason == row.reason && it.flags == row.flags;
    match may_join.then(|| rows.iter_mut().find(is_alike)).flatten() {
        Some(known) => known.also.push(SameLines { object: row.object, path: row.path }),
        None => rows.push(row),
    }
}

/// Returns the fields of one object in every environment: in the order in which they come first.
fn fields<'a>(objects: &[Option<&'a Object>]) -> Vec<Found<'a>> {
    static PRESENT: Value = Value::Bool(true);
    if objects.iter().any(Option::is_none) {
        let top = FieldPath::default();
        let field = |it: Option<&'a Object>| match it {
            None => Field::default(),
            Some(object) => {
                // Every object has one, and it comes from the line that the object is made for.
                Field { value: Some(&PRESENT), origin: object.origin(&top.field("apiVersion")) }
            }
        };
        return vec![Found { path: String::new(), fields: objects.iter().copied().map(field).collect() }];
    }
    let mut found: Vec<Found<'a>> = Vec::new();
    let mut known: BTreeMap<String, (usize, FieldPath)> = BTreeMap::new();
    for (column, object) in objects.iter().enumerate() {
        let Some(object) = object else { continue };
        leaves(&object.body, &mut |path, _| {
            let text = path.display_in(&object.body);
            let (row, _) = known.entry(text.clone()).or_insert_with(|| {
                found.push(Found { path: text, fields: vec![Field::default(); objects.len()] });
                (found.len() - 1, path.clone())
            });
            found[*row].fields[column] = Field { value: path.find(&object.body), origin: object.origin(path) };
        });
    }
    // What is left out for a reason has an origin, too.
    for (row, path) in known.values() {
        for (field, object) in found[*row].fields.iter_mut().zip(objects).filter(|(it, _)| it.value.is_none()) {
            field.origin = object.and_then(|it| it.origins.absence_of(path));
        }
    }
    found
}

fn cell(field: &Field<'_>, sources: &Sources) -> Cell {
    Cell {
        value: field.value.cloned(),
        source: field.origin.and_then(|it| it.span).map(|it| sources.location(it)),
        rule: field.origin.and_then(|it| it.rule),
    }
}

impl Accounting {
    fn count(&mut self, reason: Reason) {
        self.fields += 1;
        match reason {
            Reason::Same => self.same += 1,
            Reason::Named => self.named += 1,
            Reason::Derived => self.derived += 1,
            Reason::OwnValue | Reason::Overridden | Reason::NotEverywhere | Reason::Unexplained => {}
        }
    }
}
