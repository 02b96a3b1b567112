//! What is removed, created and changed: a row for each object or field, as far as there is room.

use super::comment::Comment;
use super::ladder::Detail;
use super::markup::{cell, cell_code, code, plain};
use crate::change::{Operation, Review, ReviewedChange, ReviewedField, SourceLine};
use crate::report::difference::Difference;
use crate::report::repeated::RepeatedField;
use crate::report::wording;

/// An object that comes or goes, in all its environments.
struct Whole<'a> {
    name: String,
    source: Option<&'a SourceLine>,
    /// Where, and what it is there in a few words.
    places: Vec<(&'a [String], &'a str)>,
}

impl Comment<'_> {
    /// Writes created or removed objects, one row each. What is removed keeps its names longer than the rest.
    pub(super) fn objects(&mut self, title: &str, changes: &[&ReviewedChange]) {
        let review = self.review;
        let removed = changes.iter().any(|it| it.operation == Operation::Delete);
        if self.has_kinds_only() && !removed {
            return self.kinds(title, changes);
        }
        let objects = joined(changes, review);
        self.section(title, &[], &objects, |_, it| {
            let place = |(names, summary): &(&[String], &str)| {
                let summary = if summary.is_empty() { String::new() } else { format!(" ({summary})") };
                format!("{}{summary}", wording::environments(names, review))
            };
            let places = it.places.iter().map(place).collect::<Vec<_>>().join(", ");
            let source = it.source.map(|it| format!(", {}", code(&wording::source(it)))).unwrap_or_default();
            format!("- {} in {}{source}", code(&it.name), plain(&places))
        });
        let left_out = objects.iter().skip(self.rung.rows).flat_map(|it| &it.places);
        self.omitted += left_out.map(|it| it.0.len()).sum::<usize>();
    }

    /// Writes how many objects of each kind there are.
    fn kinds(&mut self, title: &str, changes: &[&ReviewedChange]) {
        if changes.is_empty() {
            return;
        }
        let kinds = self.fitting(&wording::kinds(changes.iter().copied()));
        self.line(&format!("\n**{title}**\n\n- {}", plain(&kinds)));
        let leaves = |it: &&ReviewedChange| it.environments.len() * (self.listed(it).count() + it.whole_objects());
        self.omitted += changes.iter().map(leaves).sum::<usize>();
    }

    /// Writes what a first compile creates: the whole of it is in the tree.
    pub(super) fn created_kinds(&mut self, changes: &[&ReviewedChange]) {
        self.section("Created", &[], &self.review.environments, |_, environment| {
            let here = changes.iter().copied().filter(|it| it.environments.contains(&environment.name));
            format!("- {}: {}", plain(&environment.name), plain(&wording::kinds(here)))
        });
    }

    /// Writes the fields that change, those of protected environments first.
    pub(super) fn fields(&mut self, changes: &[&ReviewedChange]) {
        let review = self.review;
        let ordered = wording::groups(changes.iter().copied(), review).into_iter().flat_map(|(_, changes)| changes);
        let (protected, others): (Vec<_>, Vec<_>) = ordered.partition(|it| self.is_protected(it));
        let mut rows = Vec::new();
        let mut left_out = Vec::new();
        let mut omitted = 0;
        let budget = self.forge.budget();
        let mut size = 0;
        for repeated in self.repeated.iter() {
            let row = self.repeated_row(repeated);
            size += row.len() + 1;
            if self.has_kinds_only() && size > self.room {
                omitted += repeated.changes.len() * repeated.change.environments.len();
            } else {
                rows.push(row);
            }
        }
        for change in protected.into_iter().chain(others).filter(|it| self.is_listed(it)) {
            let with_fields = match self.rung.detail {
                Detail::Fields | Detail::Kinds => true,
                Detail::FieldsOfProtected => self.is_protected(change),
                Detail::Objects => false,
            };
            let written = if with_fields { self.field_rows(change) } else { vec![self.object_row(change)] };
            size += written.iter().map(|it| it.len() + 1).sum::<usize>();
            // Once one is left out, so are all that follow: the order is the importance.
            if self.has_kinds_only() && size > self.room {
                left_out.push(change);
                continue;
            }
            if !with_fields {
                omitted += self.listed(change).count() * change.environments.len();
            }
            rows.extend(written);
            // A rung that has no room for all of it is not taken.
            if size > budget {
                break;
            }
        }
        self.omitted += omitted;
        if !rows.is_empty() {
            self.line("\n**Fields**\n\n| where | field | from | to | source |\n|---|---|---|---|---|");
            for row in &rows {
                self.line(row);
            }
        }
        self.kinds(if rows.is_empty() { "Changed" } else { "Changed too, left out for want of room" }, &left_out);
        self.folded(changes);
    }

    /// Says which objects have fields that follow from others and have no row.
    fn folded(&mut self, changes: &[&ReviewedChange]) {
        let with_folded = |it: &&&ReviewedChange| it.fields.iter().any(ReviewedField::is_folded);
        let place = |it: &&ReviewedChange| {
            let (object, places) = (wording::object(&it.object, self.review), &it.environments);
            format!("{} of {object} in {}", wording::folded(it), wording::environments(places, self.review))
        };
        let places: Vec<String> = changes.iter().filter(with_folded).map(place).collect();
        if !places.is_empty() && self.rung.rows > 0 {
            let places = plain(&wording::abbreviated(&places));
            self.line(&format!("\nFolded, because they follow from the rest or mean the same: {places}."));
        }
    }

    /// True where a change gets a row here.
    fn is_listed(&self, change: &ReviewedChange) -> bool {
        change.renamed_from.is_some() || self.listed(change).next().is_some()
    }

    /// Iterates the fields that get a row here: what is derived or means the same is folded, and images stand among the images.
    fn listed<'b>(&self, change: &'b ReviewedChange) -> impl Iterator<Item = &'b ReviewedField> {
        change
            .fields
            .iter()
            .filter(|it| !it.is_folded() && !self.is_among_images(change, it) && !self.repeated.has(change, it))
    }

    /// Writes one row for each field; the object stands in the first.
    fn field_rows(&self, change: &ReviewedChange) -> Vec<String> {
        let review = self.review;
        let places = cell(&wording::environments(&change.environments, review));
        let line_break = self.forge.line_break();
        let mut object = format!("{}{line_break}", cell_code(&wording::object(&change.object, review)));
        let row = |field: &ReviewedField| {
            let source = field.source.as_ref().map_or("-".to_owned(), |it| cell_code(&wording::source(it)));
            let (from, to) = sides(&Difference::of(&change.object, field), line_break);
            let object = std::mem::take(&mut object);
            format!("| {places} | {object}{} | {from} | {to} | {source} |", cell_code(&field.path))
        };
        let rows = self.listed(change).map(row);
        self.renamed_row(change).into_iter().chain(rows).collect()
    }

    /// Writes one row for a field that one line of the spec changes in many objects.
    fn repeated_row(&self, repeated: &RepeatedField<'_>) -> String {
        let (change, field) = (repeated.change, repeated.field);
        let places = cell(&wording::environments(&change.environments, self.review));
        let line_break = self.forge.line_break();
        let names: Vec<String> = repeated.changes.iter().map(|it| wording::object(&it.object, self.review)).collect();
        let count = wording::count(names.len() as u64, "object");
        let objects = cell(&self.fitting(&format!("{count}: {}", wording::abbreviated(&names))));
        let source = field.source.as_ref().map_or("-".to_owned(), |it| cell_code(&wording::source(it)));
        let (from, to) = sides(&Difference::of(&change.object, field), line_break);
        format!("| {places} | {objects}{line_break}{} | {from} | {to} | {source} |", cell_code(&field.path))
    }

    /// Writes one row for an object that takes the place of another.
    fn renamed_row(&self, change: &ReviewedChange) -> Option<String> {
        change.renamed_from.as_ref()?;
        let places = cell(&wording::environments(&change.environments, self.review));
        let object = cell_code(&wording::object(&change.object, self.review));
        let source = change.source.as_ref().map_or("-".to_owned(), |it| cell_code(&wording::source(it)));
        Some(format!("| {places} | {object} | {} | - | {source} |", cell(&change.summary)))
    }

    /// Writes one row for an object whose fields are left out.
    fn object_row(&self, change: &ReviewedChange) -> String {
        let places = cell(&wording::environments(&change.environments, self.review));
        let object = cell_code(&wording::object(&change.object, self.review));
        let fields = wording::count(self.listed(change).count() as u64, "field");
        format!("| {places} | {object} | {fields} | - | - |")
    }
}

/// Joins what is the same object declared by the same line.
fn joined<'a>(changes: &[&'a ReviewedChange], review: &Review) -> Vec<Whole<'a>> {
    let mut objects: Vec<Whole<'a>> = Vec::new();
    for change in changes {
        let place = (change.environments.as_slice(), change.summary.as_str());
        let (name, source) = (wording::object(&change.object, review), change.source.as_ref());
        match objects.last_mut().filter(|it| it.name == name && it.source == source) {
            Some(object) => object.places.push(place),
            None => objects.push(Whole { name, source, places: vec![place] }),
        }
    }
    objects
}

/// Writes the two cells of a field.
fn sides(difference: &Difference, line_break: &str) -> (String, String) {
    match difference {
        Difference::Values { before, after } => (cell_code(before), cell_code(after)),
        Difference::Lines { summary, lines, more } => {
            let mut cells: Vec<String> =
                lines.iter().map(|(sign, line)| cell_code(&format!("{sign} {line}"))).collect();
            if *more > 0 {
                cells.push(format!("… {} more", wording::count(*more as u64, "line")));
            }
            (cell(summary), if cells.is_empty() { "-".to_owned() } else { cells.join(line_break) })
        }
    }
}
