//! Two lists: what must be in the cluster before this works, and the house rules that are waived.

use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::change::RequiredObject;
use crate::report::wording;

pub(super) const REQUIRED: Section =
    Section { name: "required", title: "Must exist", size: |plan| plan.review.required.len(), write: required };
pub(super) const WAIVED: Section =
    Section { name: "waived", title: "Waived house rules", size: |plan| plan.review.waived.len(), write: waived };

/// The most rows of a list.
const MOST: usize = 500;

fn required(html: &mut Html, plan: &Plan<'_>) {
    let all = &plan.review.required;
    let (new, old): (Vec<&RequiredObject>, Vec<_>) = all.iter().partition(|it| it.new);
    html.raw("<ul class=\"list\">\n");
    for it in new.into_iter().chain(old).take(MOST) {
        html.raw("<li");
        parts::positions(html, &it.environments, plan);
        html.raw("><p>").prose(&wording::required(it)).raw(" ");
        if it.new {
            html.raw("<span class=\"tag new\">new</span> ");
        }
        parts::environments(html, &it.environments, plan);
        html.raw("</p></li>\n");
    }
    html.raw("</ul>\n");
    if all.len() > MOST {
        parts::left_out(html, all.len() - MOST, "object");
    }
}

fn waived(html: &mut Html, plan: &Plan<'_>) {
    let all = &plan.review.waived;
    html.raw("<ul class=\"list\">\n");
    for it in all.iter().take(MOST) {
        html.raw("<li");
        parts::positions(html, &it.environments, plan);
        html.raw("><p><code class=\"code\">").text(&it.code).raw("</code> <span class=\"object-name\">");
        html.text(&wording::offender(it, plan.review)).raw("</span> ");
        if it.new {
            html.raw("<span class=\"tag new\">new</span> ");
        }
        parts::environments(html, &it.environments, plan);
        html.raw("</p>\n<p class=\"reason\">").prose(&wording::excuse(it)).raw("</p>\n<p class=\"cause\">");
        parts::source(html, &it.source, plan);
        html.raw("</p></li>\n");
    }
    html.raw("</ul>\n");
    if all.len() > MOST {
        parts::left_out(html, all.len() - MOST, "waiver");
    }
}
