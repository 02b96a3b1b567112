//! One row for each environment: how much changes, what restarts, what it asks for.

use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::report::wording;

pub(super) const SECTION: Section =
    Section { name: "environments", title: "Environments", size: |plan| plan.review.environments.len(), write };

fn write(html: &mut Html, plan: &Plan<'_>) {
    html.raw("<div class=\"scroll\" role=\"region\" aria-labelledby=\"environments-title\" tabindex=\"0\">\n");
    html.raw("<table class=\"rows\">\n<thead><tr><th scope=\"col\">environment</th>");
    html.raw("<th scope=\"col\" class=\"number\">created</th><th scope=\"col\" class=\"number\">changed</th>");
    html.raw("<th scope=\"col\" class=\"number\">removed</th><th scope=\"col\">restarts</th>");
    html.raw("<th scope=\"col\">requests</th><th scope=\"col\">worst</th></tr></thead>\n<tbody>\n");
    for (at, it) in plan.review.environments.iter().enumerate() {
        html.raw("<tr data-in=\"").count(at).raw("\"><th scope=\"row\">").text(&it.name);
        if it.protected {
            html.raw(" <span class=\"tag\">protected</span>");
        }
        html.raw("</th>");
        for (name, number) in [("created", it.created), ("changed", it.updated), ("removed", it.deleted)] {
            html.raw("<td data-of=\"").raw(name).raw(if number == 0 {
                "\" class=\"number none\">"
            } else {
                "\" class=\"number\">"
            });
            html.count(number).raw("</td>");
        }
        html.raw("<td data-of=\"restarts\">")
            .text(&or_nothing(wording::restarts(it)))
            .raw("</td><td data-of=\"requests\">");
        html.text(&or_nothing(wording::requests(&it.name, &plan.review.capacity))).raw("</td><td data-of=\"worst\">");
        match it.worst {
            Some(worst) => parts::severity(html, worst),
            None => {
                html.raw("-");
            }
        }
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n</div>\n");
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}
