//! The findings of a review in, what wants a look before merging out; the notes stand beside what they explain.

use super::{plain, severity};
use crate::change::{Finding, Review, Severity};
use crate::report::page::{Page, Paint};
use crate::report::wording;
use std::collections::BTreeSet;

/// Prints how bad it gets, so that nobody has to look for what is not there.
pub(super) fn verdict(page: &mut Page, review: &Review) {
    page.sentence(0, 0, &[plain(wording::verdict(review))]);
}

/// Prints every finding that is more than a note, after what is committed and not compiled; the page that says why below
/// the first of its code.
pub(super) fn findings(page: &mut Page, review: &Review) {
    let mut linked = BTreeSet::new();
    let (drift, others) = review.drift_and_findings();
    if !drift.is_empty() {
        page.heading(wording::DRIFT);
    }
    let others = others.iter().filter(|it| it.severity > Severity::Note);
    for (index, finding) in drift.iter().chain(others).enumerate() {
        if index > 0 || drift.is_empty() {
            page.blank();
        }
        let indent = if page.width() >= 60 { 10 } else { 2 };
        one(page, indent, finding, review);
        if linked.insert(finding.code.name) {
            link(page, indent, finding.code.documentation);
        }
    }
}

fn one(page: &mut Page, indent: usize, finding: &Finding, review: &Review) {
    let (paint, mark) = severity(finding.severity);
    let (subject, place) = wording::subject(finding, review);
    let first = [(paint, page.padded(&mark, 10)), (Paint::Bold, subject)];
    page.row(0, indent, &first, &[plain(place)], finding.code.name);
    page.sentence(indent, indent, &[plain(&*finding.message)]);
    if !finding.help.is_empty() {
        page.sentence(indent, indent + 6, &[(Paint::Green, "help: ".to_owned()), plain(&*finding.help)]);
    }
    let source = finding.source.as_ref().map(wording::source).unwrap_or_default();
    let place: Vec<&str> = [&*source, &*finding.path].into_iter().filter(|it| !it.is_empty()).collect();
    if !place.is_empty() {
        page.paragraph(indent, indent + 6, &[(Paint::Dim, format!("at:   {}", place.join("  ")))]);
    }
}

/// Prints a link on one line, even if it stands out: one that is broken can be neither clicked nor copied.
fn link(page: &mut Page, indent: usize, link: &str) {
    let labelled = format!("see:  {link}");
    let fits = |indent: usize, text: &str| indent + page.width_of(text) <= page.width();
    let (indent, text) = if fits(indent, &labelled) {
        (indent, &*labelled)
    } else if fits(2, link) {
        (2.max(page.width() - page.width_of(link)).min(indent), link)
    } else {
        (indent, &*labelled)
    };
    page.whole(indent, &[(Paint::Dim, text.to_owned())]);
}
