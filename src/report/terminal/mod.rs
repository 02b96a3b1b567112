//! A review in, a page for the terminal out.
//!
//! What matters most stands first: the sentence, how bad it gets, the environments, the findings, what must be there
//! before; then the changes, what is removed before what else changes, grouped by where they are the same; then what
//! else a reviewer may want to know, and how much was looked at.
//!
//! Each section is a file: `environments`, `findings`, `changes`, and `lists` for the short ones.

mod changes;
mod environments;
mod findings;
mod lists;

use super::notes::Notes;
use super::page::{Page, Paint, Part};
use super::wording;
use crate::change::{Baseline, Review, Severity};
use crate::diagnostic::excerpt::Style;

/// Writes a review as wide as the terminal is; below 40 columns, 40 wide.
pub fn terminal(review: &Review, width: usize, style: Style) -> String {
    let mut page = Page::new(width, style);
    if wording::is_quiet(review) {
        let headline = review.headline.trim_end_matches('.');
        page.sentence(0, 2, &[plain(format!("{headline}; {}", wording::compared(review)))]);
        not_checked(&mut page, review);
        lists::waived(&mut page, review);
        return page.into_text();
    }
    page.sentence(0, 0, &[(Paint::Bold, review.headline.clone())]);
    findings::verdict(&mut page, review);
    environments::environments(&mut page, review);
    findings::findings(&mut page, review);
    lists::required(&mut page, review);
    // The whole of a first compile is in the tree, and its changes are counted instead of told.
    let printed = match review.baseline {
        Baseline::FirstCompile => &[],
        Baseline::Commit { .. } => review.changes.as_slice(),
    };
    let notes = Notes::among(printed, review);
    match review.baseline {
        Baseline::FirstCompile => lists::created(&mut page, review),
        Baseline::Commit { .. } => changes::changes(&mut page, &notes, review),
    }
    environments::requests(&mut page, review);
    lists::other_notes(&mut page, &notes, review);
    lists::new_images(&mut page, review);
    lists::waived(&mut page, review);
    footer(&mut page, review);
    page.into_text()
}

/// Prints what the page stands for and what it does not.
fn footer(page: &mut Page, review: &Review) {
    page.blank();
    page.sentence(0, 2, &[plain(wording::accounting(&review.accounting, review))]);
    not_checked(page, review);
    page.sentence(0, 2, &[(Paint::Dim, wording::compared(review))]);
}

/// Prints what the review could not look at: where nothing changed, it is all that the page has to say.
fn not_checked(page: &mut Page, review: &Review) {
    if !review.not_checked.is_empty() {
        page.sentence(0, 2, &[plain(wording::not_checked(review))]);
    }
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
