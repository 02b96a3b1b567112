//! A review in, a comment for a pull request out: GitHub-flavoured Markdown that is updated in place.
//!
//! A comment has a limit, so there is a ladder: every field its own row; then one row for each object of an unprotected
//! environment; then for every object; then as many objects as there is room for, those of protected environments first,
//! and one line of kinds for the rest; then shorter and shorter lists. The first rung that fits is taken. Only whole rows are left out, each list says how many, and the accounting line counts them. The sentence,
//! the alert, the environments and the worst findings always stay.

use super::difference::Difference;
use super::markup::{cell_code, code, comment, plain, prose};
use super::wording;
use crate::change::{
    Accounting, Baseline, Finding, ImageChange, Operation, RequiredObject, Review, ReviewedChange, ReviewedField,
    Severity,
};

/// GitHub refuses a comment of more than 65,536 characters; the rest is for what a workflow adds.
const LIMIT: usize = 60_000;

/// What the headings of a table of changes take.
const HEADINGS: usize = 300;

/// How much is written of each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Fields,
    FieldsOfProtected,
    Objects,
    Kinds,
}

/// One rung of the ladder.
#[derive(Clone, Copy, Debug)]
struct Rung {
    detail: Detail,
    /// The most rows of a list.
    rows: usize,
}

const LADDER: [Rung; 9] = [
    Rung { detail: Detail::Fields, rows: usize::MAX },
    Rung { detail: Detail::FieldsOfProtected, rows: usize::MAX },
    Rung { detail: Detail::Objects, rows: usize::MAX },
    Rung { detail: Detail::Kinds, rows: usize::MAX },
    Rung { detail: Detail::Kinds, rows: 100 },
    Rung { detail: Detail::Kinds, rows: 25 },
    Rung { detail: Detail::Kinds, rows: 8 },
    Rung { detail: Detail::Kinds, rows: 3 },
    Rung { detail: Detail::Kinds, rows: 1 },
];

/// Writes a review as a comment that fits any pull request of GitHub.
pub fn markdown(review: &Review) -> String {
    let mut text = String::new();
    for rung in LADDER {
        text = Comment::new(review, rung, 0).write();
        let Some(left) = LIMIT.checked_sub(text.chars().count()) else { continue };
        if rung.detail == Detail::Kinds {
            let filled = Comment::new(review, rung, left.saturating_sub(HEADINGS)).write();
            return if filled.chars().count() <= LIMIT { filled } else { text };
        }
        return text;
    }
    text
}

/// A comment while it is written.
struct Comment<'a> {
    review: &'a Review,
    rung: Rung,
    /// How many characters of rows there are for changes where not all of them have a row.
    room: usize,
    text: String,
    /// How many leaf changes have no row of their own.
    omitted: usize,
}

impl<'a> Comment<'a> {
    fn new(review: &'a Review, rung: Rung, room: usize) -> Self {
        Self { review, rung, room, text: String::new(), omitted: 0 }
    }

    fn write(mut self) -> String {
        let review = self.review;
        self.line(&format!("<!-- todo-gitops:review app={} v=1 -->", comment(&review.app)));
        self.line(&format!("### {}", prose(&review.headline)));
        if wording::is_quiet(review) {
            self.waived();
            self.line("");
            self.line(&format!("<sub>{}</sub>", prose(&wording::compared(review))));
            return self.text;
        }
        self.alert();
        self.environments();
        self.findings();
        let (removed, others): (Vec<_>, Vec<_>) =
            review.changes.iter().partition(|it| it.operation == Operation::Delete);
        let (created, updated): (Vec<_>, Vec<_>) = others.into_iter().partition(|it| it.operation == Operation::Create);
        self.objects("Removed", &removed);
        self.images();
        self.fields(&updated);
        match review.baseline {
            Baseline::FirstCompile => self.created_kinds(&created),
            Baseline::Commit { .. } => self.objects("Created", &created),
        }
        self.new_images();
        self.required();
        self.waived();
        self.footer();
        self.text
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Writes a titled list or table, as many rows as the rung allows.
    fn section<T>(&mut self, title: &str, head: &[&str], items: &[T], row: impl Fn(&T) -> String) {
        if items.is_empty() {
            return;
        }
        if !title.is_empty() {
            self.line(&format!("\n**{title}**"));
        }
        self.line("");
        for line in head {
            self.line(line);
        }
        for item in items.iter().take(self.rung.rows) {
            self.line(&row(item));
        }
        if items.len() > self.rung.rows {
            self.line(&format!("\n{} more left out for want of room.", items.len() - self.rung.rows));
        }
    }

    /// Writes the worst finding as the comment's only alert, where it asks for a look.
    fn alert(&mut self) {
        let Some(worst) = self.review.findings.first() else { return };
        let kind = match worst.severity {
            Severity::Note => return,
            Severity::Warn => "WARNING",
            Severity::Outage | Severity::Loss | Severity::Block => "CAUTION",
        };
        self.line(&format!("\n> [!{kind}]\n> {}", sentence(worst, self.review)));
    }

    fn findings(&mut self) {
        let review = self.review;
        let alerted = review.findings.first().is_some_and(|it| it.severity >= Severity::Warn);
        let rest = &review.findings[usize::from(alerted)..];
        self.section("Findings", &[], rest, |it| format!("- {}", sentence(it, review)));
    }

    fn environments(&mut self) {
        let review = self.review;
        let head = [
            "| environment | created | changed | removed | restarts | requests | worst |",
            "|---|--:|--:|--:|---|---|---|",
        ];
        self.section("", &head, &review.environments, |it| {
            let name = if it.protected { format!("**{}**", plain(&it.name)) } else { plain(&it.name) };
            format!(
                "| {name} | {} | {} | {} | {} | {} | {} |",
                it.created,
                it.updated,
                it.deleted,
                or_dash(&wording::restarts(it)),
                or_dash(&wording::requests(&it.name, &review.capacity)),
                it.worst.map_or("-", Severity::name),
            )
        });
    }

    /// Writes created or removed objects, one row each. What is removed keeps its names longer than the rest.
    fn objects(&mut self, title: &str, changes: &[&ReviewedChange]) {
        let review = self.review;
        let removed = changes.iter().any(|it| it.operation == Operation::Delete);
        if self.rung.detail == Detail::Kinds && !removed {
            return self.kinds(title, changes);
        }
        self.section(title, &[], changes, |it| {
            let summary = if it.summary.is_empty() { String::new() } else { format!(", {}", prose(&it.summary)) };
            format!(
                "- {} in {}{summary}{}",
                code(&wording::object(&it.object, review)),
                plain(&wording::environments(&it.environments, review)),
                it.source.as_ref().map(|it| format!(", {}", code(&wording::source(it)))).unwrap_or_default()
            )
        });
        self.omitted += changes.iter().skip(self.rung.rows).map(|it| it.environments.len()).sum::<usize>();
    }

    /// Writes how many objects of each kind there are.
    fn kinds(&mut self, title: &str, changes: &[&ReviewedChange]) {
        let kinds = wording::kinds(changes.iter().copied());
        let kinds: &[String] = if kinds.is_empty() { &[] } else { &[kinds] };
        self.section(title, &[], kinds, |it| format!("- {}", plain(it)));
        let leaves = |it: &&ReviewedChange| it.environments.len() * (shown_fields(it).count() + whole_objects(it));
        self.omitted += changes.iter().map(leaves).sum::<usize>();
    }

    /// Writes what a first compile creates: the whole of it is in the tree.
    fn created_kinds(&mut self, changes: &[&ReviewedChange]) {
        self.section("Created", &[], &self.review.environments, |environment| {
            let here = changes.iter().copied().filter(|it| it.environments.contains(&environment.name));
            format!("- {}: {}", plain(&environment.name), plain(&wording::kinds(here)))
        });
    }

    fn images(&mut self) {
        let review = self.review;
        let head = ["| workload | image | from | to | step | where |", "|---|---|---|---|---|---|"];
        let changed: Vec<&ImageChange> =
            review.images.iter().filter(|it| it.before.is_some() && it.after.is_some()).collect();
        self.section("Images", &head, &changed, |it| {
            let (repository, before, after) = wording::image(it);
            format!(
                "| {} | {} | {} | {} | {} | {} |",
                plain(&it.workload),
                if repository.is_empty() { "-".to_owned() } else { cell_code(&repository) },
                cell_code(&before),
                cell_code(&after),
                or_dash(&it.step),
                plain(&wording::environments(&it.environments, review)),
            )
        });
    }

    /// Writes the images that some environments did not have before, one row for each workload.
    fn new_images(&mut self) {
        let review = self.review;
        self.section("New images", &[], &wording::new_images(review), |it| {
            let version = |(version, names): &(&str, &[String])| {
                format!("{} in {}", code(version), plain(&wording::environments(names, review)))
            };
            let versions: Vec<String> = it.versions.iter().map(version).collect();
            let repository = if it.repository.is_empty() { String::new() } else { format!("{} ", code(it.repository)) };
            format!("- {}: {repository}{}", plain(it.workload), versions.join(", "))
        });
    }

    fn fields(&mut self, changes: &[&ReviewedChange]) {
        let review = self.review;
        let ordered = wording::groups(changes.iter().copied(), review).into_iter().flat_map(|(_, changes)| changes);
        let (protected, others): (Vec<_>, Vec<_>) = ordered.partition(|it| is_protected(it, review));
        let mut rows = Vec::new();
        let mut left_out = Vec::new();
        let mut room = self.room;
        for change in protected.into_iter().chain(others) {
            let with_fields = match self.rung.detail {
                Detail::Fields | Detail::Kinds => true,
                Detail::FieldsOfProtected => is_protected(change, review),
                Detail::Objects => false,
            };
            let written = if with_fields { field_rows(change, review) } else { object_row(change, review) };
            if self.rung.detail == Detail::Kinds {
                let size: usize = written.iter().map(|it| it.chars().count() + 1).sum();
                // Once one is left out, so are all that follow: the order is the importance.
                if !left_out.is_empty() || size > room {
                    left_out.push(change);
                    continue;
                }
                room -= size;
            }
            if !with_fields {
                self.omitted += shown_fields(change).count() * change.environments.len();
            }
            rows.extend(written);
        }
        let head = ["| where | field | from | to | source |", "|---|---|---|---|---|"];
        let limit = std::mem::replace(&mut self.rung.rows, usize::MAX);
        self.section("Fields", &head, &rows, String::clone);
        self.rung.rows = limit;
        self.kinds(if rows.is_empty() { "Changed" } else { "Changed too, left out for want of room" }, &left_out);
    }

    fn required(&mut self) {
        let review = self.review;
        let new: Vec<&RequiredObject> = review.required.iter().filter(|it| it.new).collect();
        self.section("Must exist before this is synced", &[], &new, |it| {
            let environments = wording::environments(&it.environments, review);
            format!("- {} in {}", prose(&wording::required(it)), plain(&environments))
        });
    }

    fn waived(&mut self) {
        let review = self.review;
        self.section("Waived house rules", &[], &review.waived, |it| {
            format!(
                "- {} for {} in {}: {} ({})",
                code(&it.code),
                code(&wording::offender(it, review)),
                plain(&wording::environments(&it.environments, review)),
                prose(&wording::excuse(it)),
                code(&wording::source(&it.source)),
            )
        });
    }

    fn footer(&mut self) {
        let told = self.review.accounting;
        let omitted = self.omitted.min(told.shown);
        let accounting = Accounting { shown: told.shown - omitted, omitted: told.omitted + omitted, ..told };
        let mut parts = vec![wording::accounting(&accounting, self.review)];
        if omitted > 0 {
            parts.push("the terminal and JSON reports have them all".to_owned());
        }
        parts.extend(Some(wording::not_checked(self.review)).filter(|it| !it.is_empty()));
        parts.push(wording::compared(self.review));
        let parts: Vec<String> = parts.iter().map(|it| prose(it)).collect();
        self.line(&format!("\n<sub>{}</sub>", parts.join(" · ")));
    }
}

fn sentence(finding: &Finding, review: &Review) -> String {
    let help = if finding.help.is_empty() { String::new() } else { format!(" Help: {}.", prose(&finding.help)) };
    let source = finding.source.as_ref().map(|it| format!(", {}", code(&wording::source(it)))).unwrap_or_default();
    // A note needs no action, so nobody looks for its field.
    let has_path = !finding.path.is_empty() && finding.severity > Severity::Note;
    let path = if has_path { format!(", {}", code(&finding.path)) } else { String::new() };
    let (subject, place) = wording::subject(finding, review);
    let place = if place.is_empty() { place } else { format!(" {}", plain(&place)) };
    format!(
        "**{}** {}{place} {}.{help} ({}{path}{source})",
        finding.severity.name(),
        code(&subject),
        prose(finding.message.trim_end_matches('.')),
        code(finding.code.name),
    )
}

fn is_protected(change: &ReviewedChange, review: &Review) -> bool {
    review.environments.iter().any(|it| it.protected && change.environments.contains(&it.name))
}

/// Writes one row for each field, and one for those that are derived.
fn field_rows(change: &ReviewedChange, review: &Review) -> Vec<String> {
    let where_ = plain(&wording::environments(&change.environments, review));
    let object = cell_code(&wording::object(&change.object, review));
    let shown = shown_fields(change).map(|field| {
        let source = field.source.as_ref().map_or("-".to_owned(), |it| cell_code(&wording::source(it)));
        let (from, to) = sides(&Difference::of(&change.object, field));
        format!("| {where_} | {object}<br>{} | {from} | {to} | {source} |", cell_code(&field.path))
    });
    let itself = (change.whole_objects() > 0).then(|| {
        format!(
            "| {where_} | {object} | {} | - | {} |",
            plain(&change.summary),
            change.source.as_ref().map_or("-".to_owned(), |it| cell_code(&wording::source(it)))
        )
    });
    let folded = wording::folded(change);
    let folded = (!folded.is_empty()).then(|| format!("| {where_} | {object}<br>{} | - | - | - |", plain(&folded)));
    itself.into_iter().chain(shown).chain(folded).collect()
}

/// Writes one row for an object whose fields are left out.
fn object_row(change: &ReviewedChange, review: &Review) -> Vec<String> {
    let where_ = plain(&wording::environments(&change.environments, review));
    let object = cell_code(&wording::object(&change.object, review));
    let fields = wording::count(change.fields.len() as u64, "field");
    vec![format!("| {where_} | {object} | {fields} | - | - |")]
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { plain(text) }
}

/// A created or removed object is one change, though it has no fields.
fn whole_objects(change: &ReviewedChange) -> usize {
    change.whole_objects()
}

fn shown_fields(change: &ReviewedChange) -> impl Iterator<Item = &ReviewedField> {
    change.fields.iter().filter(|it| !it.is_folded())
}

/// Writes the two cells of a field.
fn sides(difference: &Difference) -> (String, String) {
    match difference {
        Difference::Values { before, after } => (cell_code(before), cell_code(after)),
        Difference::Lines { summary, lines, more } => {
            let mut cells: Vec<String> =
                lines.iter().map(|(sign, line)| cell_code(&format!("{sign} {line}"))).collect();
            if *more > 0 {
                cells.push(format!("… {} more", wording::count(*more as u64, "line")));
            }
            (plain(summary), if cells.is_empty() { "-".to_owned() } else { cells.join("<br>") })
        }
    }
}
