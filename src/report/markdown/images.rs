//! The images that change, each with the line that sets it. What has a row here has none among the fields.

use super::comment::Comment;
use super::markup::{cell, cell_code};
use crate::change::{ImageChange, Review, ReviewedChange, ReviewedField, SourceLine};
use crate::report::wording;
use serde_json::Value;
use std::collections::BTreeMap;

/// A workload and its old and new image.
pub(super) type Step<'a> = (&'a str, &'a str, &'a str);

impl Comment<'_> {
    /// Writes the images that have another tag, digest or repository than before.
    pub(super) fn images(&mut self) {
        let review = self.review;
        let sources = sources(review);
        let head = ["| workload | image | from | to | step | where | source |", "|---|---|---|---|---|---|---|"];
        let changed: Vec<&ImageChange> =
            review.images.iter().filter(|it| it.before.is_some() && it.after.is_some()).collect();
        for image in changed.iter().take(self.rung.rows) {
            self.images.extend(step(image).map(|it| (it, image.environments.as_slice())));
        }
        self.section("Images", &head, &changed, |_, it| {
            let (repository, before, after) = wording::image(it);
            let source = step(it).and_then(|it| sources.get(&it));
            format!(
                "| {} | {} | {} | {} | {} | {} | {} |",
                cell(&it.workload),
                if repository.is_empty() { "-".to_owned() } else { cell_code(&repository) },
                cell_code(&before),
                cell_code(&after),
                if it.step.is_empty() { "-".to_owned() } else { cell(&it.step) },
                cell(&wording::environments(&it.environments, review)),
                source.map_or("-".to_owned(), |it| cell_code(&wording::source(it))),
            )
        });
    }

    /// True where a field is an image that has a row of its own.
    pub(super) fn is_among_images(&self, change: &ReviewedChange, field: &ReviewedField) -> bool {
        let rows = step_of(change, field).and_then(|it| self.images.get(&it));
        rows.is_some_and(|it| change.environments.iter().all(|name| it.contains(name)))
    }
}

fn step(image: &ImageChange) -> Option<Step<'_>> {
    // Where a pod has several containers, `workload/container`.
    let workload = image.workload.split('/').next()?;
    Some((workload, image.before.as_deref()?, image.after.as_deref()?))
}

fn step_of<'a>(change: &'a ReviewedChange, field: &'a ReviewedField) -> Option<Step<'a>> {
    let text = |it: &'a Option<Value>| it.as_ref().and_then(Value::as_str);
    let is_image = field.path.ends_with(".image");
    is_image.then_some((change.object.name.as_str(), text(&field.before)?, text(&field.after)?))
}

/// The line that sets each image.
fn sources(review: &Review) -> BTreeMap<Step<'_>, &SourceLine> {
    let fields = review.changes.iter().flat_map(|change| change.fields.iter().map(move |it| (change, it)));
    fields.filter_map(|(change, field)| Some((step_of(change, field)?, field.source.as_ref()?))).collect()
}
