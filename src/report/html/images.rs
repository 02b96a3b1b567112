//! The images that change.

use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::report::wording;

pub(super) const SECTION: Section =
    Section { name: "images", title: "Images", size: |plan| plan.review.images.len(), write };

/// The most rows.
const MOST: usize = 500;

fn write(html: &mut Html, plan: &Plan<'_>) {
    html.raw("<div class=\"scroll\" role=\"region\" aria-labelledby=\"images-title\" tabindex=\"0\">\n");
    html.raw("<table class=\"rows\">\n<thead><tr><th scope=\"col\">workload</th><th scope=\"col\">image</th>");
    html.raw("<th scope=\"col\">from</th><th scope=\"col\">to</th><th scope=\"col\">step</th>");
    html.raw("<th scope=\"col\">where</th></tr></thead>\n<tbody>\n");
    let images = &plan.review.images;
    for it in images.iter().take(MOST) {
        let (repository, before, after) = wording::image(it);
        html.raw("<tr");
        parts::positions(html, &it.environments, plan);
        html.raw("><th scope=\"row\">").text(&it.workload).raw("</th><td data-of=\"image\"><code>").text(&repository);
        html.raw("</code></td><td data-of=\"from\"><code>").text(&before);
        html.raw("</code></td><td data-of=\"to\"><code>").text(&after);
        html.raw("</code></td><td data-of=\"step\">").text(&it.step).raw("</td><td>");
        parts::environments(html, &it.environments, plan);
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n</div>\n");
    if images.len() > MOST {
        parts::left_out(html, images.len() - MOST, "image");
    }
}
