//! What environments ask for before, after, and at most in between: three bars for each resource.

use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::change::{CapacityChange, Demand};
use crate::report::wording;

pub(super) const SECTION: Section =
    Section { name: "capacity", title: "Capacity", size: |plan| plan.review.capacity.len(), write };

const WIDTH: u64 = 240;

/// A resource: its name, how much of it is asked for, and how that is written.
type Resource = (&'static str, fn(&Demand) -> u128, fn(u128) -> String);

const RESOURCES: [Resource; 2] = [
    ("CPU", |it| it.cpu_milli.max(0).unsigned_abs(), wording::cpu),
    ("memory", |it| it.memory_bytes.max(0).unsigned_abs(), wording::memory),
];

fn write(html: &mut Html, plan: &Plan<'_>) {
    html.raw("<p class=\"legend\"><span class=\"item\"><span class=\"pod before\"></span> before</span>");
    html.raw(" <span class=\"item\"><span class=\"pod steady\"></span> after</span>");
    html.raw(" <span class=\"item\"><span class=\"pod passing\"></span> at most in between</span></p>\n");
    html.raw("<div class=\"scroll\" role=\"region\" aria-labelledby=\"capacity-title\" tabindex=\"0\">\n");
    html.raw("<table class=\"rows pictures\">\n<thead><tr><th scope=\"col\">environment</th>");
    html.raw("<th scope=\"col\">requests</th><th scope=\"col\">before</th><th scope=\"col\">after</th>");
    html.raw("<th scope=\"col\">at most in between</th><th scope=\"col\">picture</th></tr></thead>\n");
    let changes = &plan.review.capacity;
    for it in changes {
        html.raw("<tbody");
        parts::positions(html, std::slice::from_ref(&it.environment), plan);
        html.raw(">\n");
        for (index, resource) in RESOURCES.into_iter().enumerate() {
            html.raw("<tr>");
            if index == 0 {
                html.raw("<th scope=\"rowgroup\" rowspan=\"2\">").text(&it.environment).raw("</th>");
            }
            of_resource(html, it, resource, most(changes, resource));
            html.raw("</tr>\n");
        }
        html.raw("</tbody>\n");
    }
    html.raw("</table>\n</div>\n");
}

/// Returns the largest amount of all environments, so that their bars can be compared.
fn most(changes: &[CapacityChange], (_, amount, _): Resource) -> u128 {
    let amounts = changes.iter().flat_map(|it| [&it.before, &it.after, &it.peak]).map(amount);
    amounts.max().unwrap_or_default().max(1)
}

fn of_resource(html: &mut Html, it: &CapacityChange, (name, amount, shown): Resource, most: u128) {
    let states =
        [("before", "before", &it.before), ("after", "after", &it.after), ("peak", "at most in between", &it.peak)];
    html.raw("<td>").raw(name).raw("</td>");
    for (_, label, demand) in states {
        html.raw("<td class=\"figure\" data-of=\"").raw(label).raw("\">").text(&shown(amount(demand))).raw("</td>");
    }
    html.raw("<td><svg class=\"picture\" role=\"img\" width=\"").number(WIDTH).raw("\" height=\"30\" viewBox=\"0 0 ");
    html.number(WIDTH).raw(" 30\"><title>").raw(name).raw(" ").text(&shown(amount(&it.before))).raw(" before, ");
    html.text(&shown(amount(&it.after))).raw(" after, at most ").text(&shown(amount(&it.peak)));
    html.raw(" in between</title>");
    for (index, (class, _, demand)) in states.into_iter().enumerate() {
        let width = amount(demand).saturating_mul(u128::from(WIDTH)) / most;
        html.raw("<rect class=\"").raw(class).raw("\" x=\"0\" y=\"").count(index * 10 + 1).raw("\" width=\"");
        html.number(width.max(1)).raw("\" height=\"7\" rx=\"1\"/>");
    }
    html.raw("</svg></td>");
}
