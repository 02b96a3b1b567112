//! A review in, a page for the terminal out.
//!
//! What matters most stands first: the sentence, the environments, the findings, what is removed; then the changes,
//! grouped by where they are the same; then what else a reviewer must know, and how much was looked at.

use super::difference::Difference;
use super::notes::Notes;
use super::page::{Page, Paint, Part, padded, parts_width};
use super::wording;
use crate::change::{
    Baseline, EnvironmentSummary, Finding, ImageChange, Operation, Review, ReviewedChange, ReviewedField, Severity,
};
use crate::diagnostic::excerpt::Style;
use crate::diagnostic::visible;

/// The longest image reference that is shown whole.
const LONGEST_IMAGE: usize = 100;

/// Writes a review as wide as the terminal is; below 40 columns, 40 wide.
pub fn terminal(review: &Review, width: usize, style: Style) -> String {
    let mut page = Page::new(width, style);
    if wording::is_quiet(review) {
        let headline = review.headline.trim_end_matches('.');
        page.paragraph(0, 2, &[plain(format!("{headline}; {}", wording::compared(review)))]);
        waived(&mut page, review);
        return page.into_text();
    }
    page.paragraph(0, 0, &[(Paint::Bold, review.headline.clone())]);
    environments(&mut page, review);
    findings(&mut page, review);
    let printed = match review.baseline {
        Baseline::FirstCompile => &[],
        Baseline::Commit { .. } => review.changes.as_slice(),
    };
    let notes = Notes::among(printed, review);
    match review.baseline {
        Baseline::FirstCompile => created(&mut page, review),
        Baseline::Commit { .. } => changes(&mut page, &notes, review),
    }
    other_notes(&mut page, &notes, review);
    new_images(&mut page, review);
    required(&mut page, review);
    waived(&mut page, review);
    page.blank();
    page.paragraph(0, 2, &[plain(wording::accounting(&review.accounting, review))]);
    if !review.not_checked.is_empty() {
        page.paragraph(0, 2, &[plain(wording::not_checked(review))]);
    }
    page.paragraph(0, 2, &[(Paint::Dim, wording::compared(review))]);
    page.into_text()
}

fn plain(text: impl Into<String>) -> Part {
    (Paint::Plain, text.into())
}

fn paint(severity: Severity) -> Paint {
    match severity {
        Severity::Note => Paint::Dim,
        Severity::Warn => Paint::Yellow,
        Severity::Outage | Severity::Loss | Severity::Block => Paint::Red,
    }
}

/// `! warn`, in its colour.
fn severity(severity: Severity) -> Part {
    (paint(severity), format!("{} {}", wording::symbol(severity), severity.name()))
}

/// The columns of the table of environments.
const COLUMNS: [&str; 7] = ["environment", "created", "changed", "removed", "restarts", "requests", "worst"];

/// One row of the table of environments.
type Row = [String; COLUMNS.len()];

/// Prints one row for each environment: a table where it fits, with shorter cells if it must be, otherwise sentences.
fn environments(page: &mut Page, review: &Review) {
    page.blank();
    let row = |it: &EnvironmentSummary| -> Row {
        let number = |number: usize| if number == 0 { String::new() } else { number.to_string() };
        let worst = it.worst.map_or(String::new(), |it| severity(it).1);
        let requests = wording::requests(&it.name, &review.capacity);
        let counts = (number(it.created), number(it.updated), number(it.deleted));
        [it.name.clone(), counts.0, counts.1, counts.2, wording::restarts(it), requests, worst]
    };
    let mut rows: Vec<Row> = review.environments.iter().map(row).collect();
    if !table(page, &rows, review) {
        for (row, summary) in rows.iter_mut().zip(&review.environments) {
            row[4] = wording::restarts_counted(summary);
        }
        if !table(page, &rows, review) {
            environment_sentences(page, review);
        }
    }
}

/// Prints a table if there is room for it, and says whether there was. A column without content is left out.
fn table(page: &mut Page, rows: &[Row], review: &Review) -> bool {
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| {
            let widest = rows.iter().map(|row| visible::width(&visible::escape(&row[column]))).max().unwrap_or(0);
            if widest == 0 { 0 } else { widest.max(COLUMNS[column].len()) }
        })
        .collect();
    let used: Vec<usize> = (0..COLUMNS.len()).filter(|column| widths[*column] > 0).collect();
    let total: usize = used.iter().map(|column| widths[*column] + 2).sum();
    if total > page.width() {
        return false;
    }
    let cell = |column: usize, text: &str| match column {
        1..=3 => format!("  {text:>width$}", width = widths[column]),
        _ => format!("  {}", padded(text, widths[column])),
    };
    let heads: Vec<Part> = used.iter().map(|column| (Paint::Dim, cell(*column, COLUMNS[*column]))).collect();
    page.row(0, 0, &heads, &[], "");
    for (row, summary) in rows.iter().zip(&review.environments) {
        let cells = used.iter().map(|column| {
            let dash = if row[*column].is_empty() { "-" } else { &row[*column] };
            match (*column, summary.worst) {
                (6, Some(worst)) => (paint(worst), cell(*column, dash)),
                _ => plain(cell(*column, dash)),
            }
        });
        page.row(0, 0, &cells.collect::<Vec<_>>(), &[], "");
    }
    true
}

fn environment_sentences(page: &mut Page, review: &Review) {
    let widest = review.environments.iter().map(|it| visible::width(&visible::escape(&it.name))).max().unwrap_or(0);
    let hanging = if widest + 4 <= page.width() / 2 { widest + 4 } else { 4 };
    for summary in &review.environments {
        let mut parts = vec![(Paint::Bold, format!("{}  ", padded(&summary.name, hanging.saturating_sub(4))))];
        if let Some(worst) = summary.worst {
            let (paint, text) = severity(worst);
            parts.push((paint, format!("{text}; ")));
        }
        let told = [
            ("restarts", wording::restarts(summary)),
            ("requests", wording::requests(&summary.name, &review.capacity)),
        ];
        let told = told.iter().filter(|(_, text)| !text.is_empty()).map(|(word, text)| format!("; {word} {text}"));
        parts.push(plain(std::iter::once(wording::operations(summary)).chain(told).collect::<String>()));
        page.paragraph(2, hanging, &parts);
    }
}

/// Prints what wants a look; the notes stand beside what they explain.
fn findings(page: &mut Page, review: &Review) {
    for finding in review.findings.iter().filter(|it| it.severity > Severity::Note) {
        page.blank();
        one_finding(page, finding, review);
    }
}

fn one_finding(page: &mut Page, finding: &Finding, review: &Review) {
    let indent = if page.width() >= 60 { 10 } else { 2 };
    let mark = severity(finding.severity);
    let (subject, place) = wording::subject(finding, review);
    let first = [(mark.0, padded(&mark.1, 10)), (Paint::Bold, subject)];
    page.row(0, indent, &first, &[plain(place)], finding.code.name);
    page.paragraph(indent, indent, &[plain(&*finding.message)]);
    if !finding.help.is_empty() {
        page.paragraph(indent, indent + 6, &[(Paint::Green, "help: ".to_owned()), plain(&*finding.help)]);
    }
    let source = finding.source.as_ref().map(wording::source).unwrap_or_default();
    let place: Vec<&str> = [finding.path.as_str(), &source].into_iter().filter(|it| !it.is_empty()).collect();
    if !place.is_empty() {
        page.paragraph(indent, indent + 2, &[(Paint::Dim, place.join("  "))]);
    }
}

/// Prints how many objects of each kind each environment gets: the whole of a first compile is in the tree.
fn created(page: &mut Page, review: &Review) {
    page.heading("created");
    let widest = review.environments.iter().map(|it| visible::width(&visible::escape(&it.name))).max().unwrap_or(0);
    for summary in &review.environments {
        let kinds = wording::kinds(review.changes.iter().filter(|it| it.environments.contains(&summary.name)));
        let objects = wording::count(summary.created as u64, "object");
        let parts = [(Paint::Bold, padded(&summary.name, widest)), plain(format!("  {objects}: {kinds}"))];
        page.paragraph(2, 4, &parts);
    }
}

fn changes(page: &mut Page, notes: &Notes<'_>, review: &Review) {
    let (removed, others): (Vec<_>, Vec<_>) = review.changes.iter().partition(|it| it.operation == Operation::Delete);
    if !removed.is_empty() {
        page.heading("removed");
        for change in removed {
            let where_ = format!("in {}", wording::environments(&change.environments, review));
            one_object(page, change, &[where_], review);
            notes.of(change).into_iter().for_each(|it| note(page, it, &[]));
        }
    }
    // A change of derived fields alone is counted as folded, and needs a line only where a note explains it. Where nothing
    // else says why an object is in the diff, its folded fields do.
    let is_told = |it: &&ReviewedChange| {
        it.whole_objects() > 0 || it.fields.iter().any(|it| !it.derived) || !notes.of(it).is_empty()
    };
    for (names, changes) in wording::groups(others.into_iter().filter(is_told), review) {
        page.heading(&wording::same_in(names, review));
        for change in changes {
            one_object(page, change, &[], review);
            fields(page, change, review);
            for finding in notes.of(change) {
                let place = (finding.environments != change.environments)
                    .then(|| (Paint::Bold, format!("{}  ", wording::environments(&finding.environments, review))));
                note(page, finding, place.as_slice());
            }
        }
    }
}

/// Prints a note below what it explains.
fn note(page: &mut Page, finding: &Finding, place: &[Part]) {
    let mut parts = vec![plain("· ")];
    parts.extend_from_slice(place);
    parts.push(plain(format!("{}  ", finding.message)));
    parts.push((Paint::Dim, finding.code.name.to_owned()));
    page.paragraph(4, 6, &parts);
}

/// Prints the notes that explain no single change.
fn other_notes(page: &mut Page, notes: &Notes<'_>, review: &Review) {
    if !notes.others().is_empty() {
        page.heading("notes");
    }
    for finding in notes.others() {
        let (subject, place) = wording::subject(finding, review);
        let place = if place.is_empty() { place } else { format!(" {place}") };
        let text = format!("{place} {}  ", finding.message);
        let parts = [plain("· "), (Paint::Bold, subject), plain(text), (Paint::Dim, finding.code.name.to_owned())];
        page.paragraph(2, 4, &parts);
    }
}

/// Prints the line of an object: its sign, what it is, and where it is declared.
fn one_object(page: &mut Page, change: &ReviewedChange, more: &[String], review: &Review) {
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

fn fields(page: &mut Page, change: &ReviewedChange, review: &Review) {
    let shown: Vec<&ReviewedField> = change.fields.iter().filter(|it| !it.is_folded()).collect();
    let rows: Vec<(String, Difference, String)> = shown
        .iter()
        .map(|it| {
            let source = it.source.as_ref().map(wording::source).unwrap_or_default();
            (it.path.clone(), image(it, review).unwrap_or_else(|| Difference::of(&change.object, it)), source)
        })
        .collect();
    // Paths are aligned where the widest still leaves room for its value.
    let widest = rows.iter().map(|(path, _, _)| visible::width(&visible::escape(path))).max().unwrap_or(0);
    let aligned = if widest <= page.width() / 2 { widest } else { 0 };
    for (path, difference, source) in &rows {
        let (values, lines, more) = match difference {
            Difference::Values { before, after } => {
                (vec![plain(before), (Paint::Dim, " → ".to_owned()), (Paint::Bold, after.clone())], &[][..], 0)
            }
            Difference::Lines { summary, lines, more } => (vec![plain(summary)], lines.as_slice(), *more),
        };
        let fits = aligned + parts_width(&values) + visible::width(source) + 8 <= page.width();
        page.row(4, 6, &[plain(padded(path, if fits { aligned } else { 0 }))], &values, source);
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
    for (what, fields) in wording::folds(change) {
        let parts = [(Paint::Dim, format!("· {what}: {}", wording::abbreviated(&fields)))];
        page.paragraph(4, 6, &parts);
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

/// Prints the images that some environments did not have before; a changed one stands with its field.
fn new_images(page: &mut Page, review: &Review) {
    let images = wording::new_images(review);
    if images.is_empty() {
        return;
    }
    page.heading("new images");
    for image in images {
        let is_named_alike = image.repository == image.workload;
        let repository = if is_named_alike || image.repository.is_empty() {
            String::new()
        } else {
            format!("{}  ", visible::shorten(image.repository, LONGEST_IMAGE))
        };
        let version = |(version, names): &(&str, &[String])| {
            format!("{} in {}", visible::shorten(version, LONGEST_IMAGE), wording::environments(names, review))
        };
        let versions: Vec<String> = image.versions.iter().map(version).collect();
        let first = [(Paint::Bold, image.workload.to_owned())];
        page.row(2, 4, &first, &[plain(format!("{repository}{}", versions.join(", ")))], "");
    }
}

fn required(page: &mut Page, review: &Review) {
    let new: Vec<_> = review.required.iter().filter(|it| it.new).collect();
    if new.is_empty() {
        return;
    }
    page.heading("must exist before this is synced");
    for object in new {
        let where_ = format!("in {}", wording::environments(&object.environments, review));
        page.row(2, 4, &[plain(wording::required(object))], &[], &where_);
    }
}

fn waived(page: &mut Page, review: &Review) {
    if review.waived.is_empty() {
        return;
    }
    page.heading("waived house rules");
    for rule in &review.waived {
        let object = wording::offender(rule, review);
        let where_ = wording::environments(&rule.environments, review);
        let first = [(Paint::Bold, rule.code.clone()), plain(format!("  {object} in {where_}"))];
        page.row(2, 4, &first, &[plain(format!("reason: {}", wording::excuse(rule)))], &wording::source(&rule.source));
    }
}
