//! The lists at the end: images that are new, what must exist, and the rules that are waived.

use super::comment::Comment;
use super::markup::{code, plain, prose};
use crate::change::RequiredObject;
use crate::report::wording;

impl Comment<'_> {
    /// Writes the images that some environments did not have before, one row for each workload.
    pub(super) fn new_images(&mut self) {
        let review = self.review;
        self.section("New images", &[], &wording::new_images(review), |_, it| {
            let version = |(version, names): &(&str, &[String])| {
                format!("{} in {}", code(version), plain(&wording::environments(names, review)))
            };
            let versions = it.versions.iter().map(version).collect::<Vec<_>>().join(", ");
            let repository = if it.repository.is_empty() { String::new() } else { format!("{} ", code(it.repository)) };
            format!("- {}: {repository}{versions}", plain(it.workload))
        });
    }

    /// Writes what must be in the cluster before this can work, and had not to be before.
    pub(super) fn required(&mut self) {
        let review = self.review;
        let new: Vec<&RequiredObject> = review.required.iter().filter(|it| it.new).collect();
        self.section("Must exist before this is synced", &[], &new, |_, it| {
            let environments = wording::environments(&it.environments, review);
            format!("- {} in {}", prose(&wording::required(it)), plain(&environments))
        });
    }

    /// Writes the house rules that are excused from, with the reason.
    pub(super) fn waived(&mut self) {
        let review = self.review;
        self.section("Waived house rules", &[], &review.waived, |_, it| {
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
}
