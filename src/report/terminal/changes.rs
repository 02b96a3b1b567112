//! The changes of a review in, each object with its fields out: what is removed first, then what is the same in the most
//! environments.

use super::plain;
use crate::change::{Finding, ImageChange, Operation, Review, ReviewedChange, ReviewedField};
use crate::diagnostic::visible;
use crate::report::difference::Difference;
use crate::report::notes::Notes;
use crate::report::page::{Page, Paint, Part};
use crate::report::repeated::{Repeated, RepeatedField};
use crate::report::wording;

/// The longest image reference that is shown whole.
pub(super) const LONGEST_IMAGE: usize = 100;

/// Prints the changes, and below each what it brings about.
pub(super) fn changes(page: &mut Page, notes: &Notes<'_>, review: &Review) {
    let (removed, others): (Vec<_>, Vec<_>) = review.changes.iter().partition(|it| it.operation == Operation::Delete);
    if !removed.is_empty() {
        page.heading("removed");
        for change in removed {
            let where_ = format!("in {}", wording::environments(&change.environments, review));
            object(page, change, &[where_], review);
            notes.of(change).into_iter().for_each(|it| note(page, it, &[]));
        }
    }
    // A change of derived fields alone is counted as folded, and needs a line only where a note explains it. Where nothing
    // else says why an object is in the diff, its folded fields do.
    let repeated = Repeated::among(&review.changes);
    let is_told = |it: &&ReviewedChange| {
        let is_shown = |field: &ReviewedField| !field.derived && !repeated.has(it, field);
        it.whole_objects() > 0 || it.fields.iter().any(is_shown) || !notes.of(it).is_empty()
    };
    for (names, changes) in wording::groups(others.into_iter(), review) {
        let told: Vec<&ReviewedChange> = changes.into_iter().filter(is_told).collect();
        let repeated_here: Vec<&RepeatedField<'_>> = repeated.of(names).collect();
        if told.is_empty() && repeated_here.is_empty() {
            continue;
        }
        page.heading(&wording::same_in(names, review));
        for it in repeated_here {
            many_objects(page, it, review);
        }
        for change in told {
            object(page, change, &[], review);
            fields(page, change, &repeated, review);
            for finding in notes.of(change) {
                let place = (finding.environments != change.environments)
                    .then(|| (Paint::Bold, format!("{}  ", wording::environments(&finding.environments, review))));
                note(page, finding, place.as_slice());
            }
        }
    }
}

/// Prints a field that one line of the spec changes in many objects.
fn many_objects(page: &mut Page, repeated: &RepeatedField<'_>, review: &Review) {
    let objects: Vec<String> = repeated.changes.iter().map(|it| wording::object(&it.object, review)).collect();
    let count = wording::count(objects.len() as u64, "object");
    page.row(0, 2, &[(Paint::Bold, format!("{} {count}", wording::sign(Operation::Update)))], &[], "");
    rows(page, repeated.change, &[repeated.field], review);
    page.paragraph(4, 6, &[(Paint::Dim, format!("· of {}", objects.join(", ")))]);
}

/// Prints a note below what it explains.
fn note(page: &mut Page, finding: &Finding, place: &[Part]) {
    let mut parts = vec![plain("· ")];
    parts.extend_from_slice(place);
    parts.push(plain(&*finding.message));
    page.sentence_and(4, 6, &parts, finding.code.name);
}

/// Prints the line of an object: its sign, what it is, and where it is declared.
fn object(page: &mut Page, change: &ReviewedChange, more: &[String], review: &Review) {
    let paint = match change.operation {
        Operation::Create => Paint::Green,
        Operation::Update => Paint::Bold,
        Operation::Delete => Paint::Red,
    };
    let first = [(paint, format!("{} {}", wording::sign(change.operation), wording::object(&change.object, review)))];
    let rest: Vec<&str> = std::iter::once(change.summary.as_str())
        .chain(more.iter().map(String::as_str))
        .filter(|it| !it.is_empty())
        .collect();
    let rest: Vec<Part> = if rest.is_empty() { Vec::new() } else { vec![plain(rest.join("  "))] };
    let source = change.source.as_ref().map(wording::source).unwrap_or_default();
    page.row(0, 2, &first, &rest, &source);
}

/// Prints the fields of an object that stand nowhere else.
fn fields(page: &mut Page, change: &ReviewedChange, repeated: &Repeated<'_>, review: &Review) {
    let is_shown = |it: &&ReviewedField| !it.is_folded() && !repeated.has(change, it);
    rows(page, change, &change.fields.iter().filter(is_shown).collect::<Vec<_>>(), review);
    for (what, fields) in wording::folds(change) {
        let parts = [(Paint::Dim, format!("· {what}: {}", wording::abbreviated(&fields)))];
        page.paragraph(4, 6, &parts);
    }
}

/// Prints a line for each field, and those of its text below it.
fn rows(page: &mut Page, change: &ReviewedChange, shown: &[&ReviewedField], review: &Review) {
    let rows: Vec<(String, Difference, String)> = shown
        .iter()
        .map(|it| {
            let source = it.source.as_ref().map(wording::source).unwrap_or_default();
            (it.path.clone(), image(it, review).unwrap_or_else(|| Difference::of(&change.object, it)), source)
        })
        .collect();
    // Paths are aligned where the widest still leaves room for its value.
    let widest = rows.iter().map(|(path, _, _)| page.width_of(path)).max().unwrap_or(0);
    let aligned = if widest <= page.width() / 2 { widest } else { 0 };
    for (path, difference, source) in &rows {
        let (values, lines, more) = match difference {
            Difference::Values { before, after } => {
                (vec![plain(before), (Paint::Dim, " → ".to_owned()), (Paint::Bold, after.clone())], &[][..], 0)
            }
            Difference::Lines { summary, lines, more } => (vec![plain(summary)], lines.as_slice(), *more),
        };
        let fits = aligned + page.width_of_parts(&values) + page.width_of(source) + 8 <= page.width();
        page.row(4, 6, &[plain(page.padded(path, if fits { aligned } else { 0 }))], &values, source);
        for (sign, line) in lines {
            let paint = match sign {
                '+' => Paint::Green,
                '-' => Paint::Red,
                _ => Paint::Dim,
            };
            page.paragraph(6, 8, &[(paint, format!("{sign} {line}"))]);
        }
        if more > 0 {
            page.paragraph(6, 8, &[(Paint::Dim, format!("… {} more", wording::count(more as u64, "line")))]);
        }
    }
}

/// Returns the two sides of a field that is an image: the repository once, and what kind of step it is.
fn image(field: &ReviewedField, review: &Review) -> Option<Difference> {
    let sides = (field.before.as_ref()?.as_str(), field.after.as_ref()?.as_str());
    let is_same = |it: &&ImageChange| (it.before.as_deref(), it.after.as_deref()) == sides;
    let (_, last) = field.path.rsplit_once('.')?;
    let change = review.images.iter().filter(|_| last == "image").find(is_same)?;
    let (repository, before, after) = wording::image(change);
    let before = if repository.is_empty() { before } else { format!("{repository}:{before}") };
    let shown = |it: &str| visible::shorten(&visible::escape(it), LONGEST_IMAGE);
    Some(Difference::Values { before: shown(&before), after: format!("{} ({})", shown(&after), change.step) })
}
