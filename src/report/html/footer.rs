//! The end of the page: what was not checked, and that every change is accounted for.

use super::changes;
use super::escape::Html;
use super::plan::Plan;
use crate::change::Accounting;
use crate::report::wording;

pub(super) fn write(html: &mut Html, plan: &Plan<'_>) {
    let review = plan.review;
    let told = review.accounting;
    let omitted = changes::omitted_fields(plan).min(told.shown);
    let accounting = Accounting { shown: told.shown - omitted, omitted: told.omitted + omitted, ..told };
    html.raw("<footer>\n");
    if !review.not_checked.is_empty() {
        html.raw("<section aria-labelledby=\"not-checked\">\n<h2 id=\"not-checked\">Not checked</h2>\n<ul>\n");
        for it in &review.not_checked {
            html.raw("<li>").prose(it).raw("</li>\n");
        }
        html.raw("</ul>\n</section>\n");
    }
    html.raw("<p class=\"accounting\">").text(&wording::accounting(&accounting, review)).raw("</p>\n");
    html.raw("<p>").prose(&wording::compared(review));
    html.raw(". The whole report is in this file as JSON, in the element <code>review</code>.</p>\n</footer>\n");
}
