//! How many pods there are while workloads restart or grow: a row of pods for each workload.

use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::change::{Restart, RolloutChange};
use crate::report::wording;

pub(super) const SECTION: Section =
    Section { name: "rollout", title: "Rollout", size: |plan| plan.review.rollouts.len(), write };

/// The most workloads that have a picture.
const MOST: usize = 300;
/// How many pods are drawn one by one.
const MOST_PODS: u64 = 24;
const STEP: u64 = 14;
const WIDTH: u64 = MOST_PODS * STEP;

fn write(html: &mut Html, plan: &Plan<'_>) {
    html.raw("<p class=\"legend\"><span class=\"item\"><span class=\"pod steady\"></span> always there</span>");
    html.raw(" <span class=\"item\"><span class=\"pod passing\"></span> there for a time</span>");
    html.raw(" <span class=\"item\"><span class=\"tick\"></span> as many as there were</span></p>\n");
    html.raw("<div class=\"scroll\" role=\"region\" aria-labelledby=\"rollout-title\" tabindex=\"0\">\n");
    html.raw("<table class=\"rows pictures\">\n<thead><tr><th scope=\"col\">workload</th><th scope=\"col\">where</th>");
    html.raw("<th scope=\"col\">pods</th><th scope=\"col\">between</th><th scope=\"col\">picture</th></tr></thead>\n<tbody>\n");
    let rollouts = &plan.review.rollouts;
    for it in rollouts.iter().take(MOST) {
        html.raw("<tr");
        parts::positions(html, &it.environments, plan);
        html.raw("><th scope=\"row\">").text(&it.workload).raw("</th><td>");
        parts::environments(html, &it.environments, plan);
        html.raw("</td><td class=\"figure\" data-of=\"pods\">").text(&pods(it));
        html.raw("</td><td class=\"figure\" data-of=\"between\">").text(&between(it));
        html.raw("</td><td>");
        picture(html, it);
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n</div>\n");
    if rollouts.len() > MOST {
        parts::left_out(html, rollouts.len() - MOST, "workload");
    }
}

/// `3 → 5`, or `3 restart`.
fn pods(it: &RolloutChange) -> String {
    match (it.before == it.after, it.restarts) {
        (true, Restart::Replaced) => format!("{}, replaced", it.after),
        (true, Restart::RunOn) => it.after.to_string(),
        (false, Restart::Replaced) => format!("{} → {}, replaced", it.before, it.after),
        (false, Restart::RunOn) => format!("{} → {}", it.before, it.after),
    }
}

fn between(it: &RolloutChange) -> String {
    if it.least == it.most { format!("always {}", it.most) } else { format!("{} and {}", it.least, it.most) }
}

/// Draws the pods that are always there, those that are there for a time, and a mark behind as many as there were.
fn picture(html: &mut Html, it: &RolloutChange) {
    let most = it.most.max(it.before).max(1);
    html.raw("<svg class=\"picture\" role=\"img\" width=\"").number(WIDTH + 4).raw("\" height=\"24\" viewBox=\"-2 0 ");
    html.number(WIDTH + 4).raw(" 24\"><title>").text(&wording::count(it.before, "pod")).raw(" before, ");
    html.number(it.after).raw(" after; between ").number(it.least).raw(" and ").number(it.most);
    html.raw(" at a time in between</title>");
    let at = |pods: u64| if most <= MOST_PODS { pods * STEP } else { pods * WIDTH / most };
    if most <= MOST_PODS {
        for pod in 0..it.most {
            html.raw("<rect class=\"").raw(if pod < it.least { "steady" } else { "passing" }).raw("\" x=\"");
            html.number(pod * STEP + 1).raw("\" y=\"5\" width=\"").number(STEP - 3);
            html.raw("\" height=\"14\" rx=\"2\"/>");
        }
    } else {
        for (class, from, to) in [("steady", 0, it.least), ("passing", it.least, it.most)] {
            html.raw("<rect class=\"").raw(class).raw("\" x=\"").number(at(from)).raw("\" y=\"5\" width=\"");
            html.number(at(to) - at(from)).raw("\" height=\"14\" rx=\"2\"/>");
        }
    }
    html.raw("<path class=\"tick\" d=\"M").number(at(it.before)).raw(" 0V24\"/></svg>");
}
