//! The short lists of a review in, a line for each entry out: what a first compile creates, notes that explain no single
//! change, new images, what must exist, and waived house rules.

use super::changes::LONGEST_IMAGE;
use super::plain;
use crate::change::Review;
use crate::diagnostic::visible;
use crate::report::notes::Notes;
use crate::report::page::{Page, Paint};
use crate::report::wording;

/// Prints how many objects of each kind each environment gets: the whole of a first compile is in the tree.
pub(super) fn created(page: &mut Page, review: &Review) {
    page.heading("created");
    let widest = review.environments.iter().map(|it| page.width_of(&it.name)).max().unwrap_or(0);
    for summary in &review.environments {
        let kinds = wording::kinds(review.changes.iter().filter(|it| it.environments.contains(&summary.name)));
        let objects = wording::count(summary.created as u64, "object");
        let parts = [(Paint::Bold, page.padded(&summary.name, widest)), plain(format!("  {objects}: {kinds}"))];
        page.sentence(2, 4, &parts);
    }
}

/// Prints the notes that explain no single change.
pub(super) fn other_notes(page: &mut Page, notes: &Notes<'_>, review: &Review) {
    if !notes.others().is_empty() {
        page.heading("notes");
    }
    for finding in notes.others() {
        let (subject, place) = wording::subject(finding, review);
        let place = if place.is_empty() { place } else { format!(" {place}") };
        let parts = [plain("· "), (Paint::Bold, subject), plain(format!("{place} {}", finding.message))];
        page.sentence_and(2, 4, &parts, finding.code.name);
    }
}

/// Prints the images that some environments did not have before; a changed one stands with its field.
pub(super) fn new_images(page: &mut Page, review: &Review) {
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

/// Prints what somebody must have made before any of this works.
pub(super) fn required(page: &mut Page, review: &Review) {
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

/// Prints the house rules that are waived, why, and for how long.
pub(super) fn waived(page: &mut Page, review: &Review) {
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
