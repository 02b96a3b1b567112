//! The old and the new value of a field in, both out with the words that differ marked.

use super::escape::Html;
use crate::change::ReviewedField;
use crate::diagnostic::visible;
use crate::object::ObjectId;
use crate::report::difference::Difference;
use similar::{ChangeTag, TextDiff};

/// Two texts with less in common than this share are shown without marks: everything would be marked.
const LEAST_ALIKE: f32 = 0.35;
/// The longest text that is looked at word by word.
const LONGEST: usize = 2_000;

/// One side of two texts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The old one.
    Old,
    /// The new one.
    New,
}

/// Writes what differs in a field.
pub(super) fn write(html: &mut Html, object: &ObjectId, field: &ReviewedField) {
    match Difference::of(object, field) {
        Difference::Values { before, after } => {
            html.raw("<del>");
            marked(html, &before, &after, Part::Old);
            html.raw("</del> → <ins>");
            marked(html, &before, &after, Part::New);
            html.raw("</ins>");
        }
        Difference::Lines { summary, lines, more } => {
            html.text(&summary);
            for (sign, line) in lines {
                html.raw("<samp>");
                match sign {
                    '+' => html.raw("<ins>+ ").text(&line).raw("</ins>"),
                    '-' => html.raw("<del>- ").text(&line).raw("</del>"),
                    _ => html.raw("  ").text(&line),
                };
                html.raw("</samp>");
            }
            if more > 0 {
                html.raw("<samp>… ").count(more).raw(" more</samp>");
            }
        }
    }
}

/// Writes one of two texts and marks what the other does not have.
pub(super) fn marked(html: &mut Html, before: &str, after: &str, part: Part) {
    let whole = match part {
        Part::Old => before,
        Part::New => after,
    };
    if before.len().max(after.len()) > LONGEST {
        html.text(whole);
        return;
    }
    let (before, after) = (visible::escape(before), visible::escape(after));
    let diff = TextDiff::from_unicode_words(before.as_str(), after.as_str());
    if diff.ratio() < LEAST_ALIKE {
        html.text(whole);
        return;
    }
    let mut run: Option<(bool, String)> = None;
    for change in diff.iter_all_changes() {
        let is_marked = match (change.tag(), part) {
            (ChangeTag::Equal, _) => false,
            (ChangeTag::Delete, Part::Old) | (ChangeTag::Insert, Part::New) => true,
            (ChangeTag::Delete, Part::New) | (ChangeTag::Insert, Part::Old) => continue,
        };
        match &mut run {
            Some((marked, text)) if *marked == is_marked => text.push_str(change.value()),
            _ => {
                flush(html, run.take());
                run = Some((is_marked, change.value().to_owned()));
            }
        }
    }
    flush(html, run);
}

fn flush(html: &mut Html, run: Option<(bool, String)>) {
    match run {
        Some((true, text)) => html.raw("<mark>").text(&text).raw("</mark>"),
        Some((false, text)) => html.text(&text),
        None => html,
    };
}
