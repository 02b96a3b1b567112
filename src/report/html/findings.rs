//! What merging will do: one block for each finding, the worst first.

use super::anchor::Anchor;
use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::change::{DecidedBy, Finding};
use crate::report::wording;
use std::collections::BTreeMap;

pub(super) const SECTION: Section =
    Section { name: "findings", title: "Findings", size: |plan| plan.findings.len(), write };

/// How many findings of one code stand open; the others are folded.
const MOST_ALIKE: usize = 12;

fn write(html: &mut Html, plan: &Plan<'_>) {
    let drifted = plan.findings.iter().take_while(|(_, it)| it.is_drift()).count();
    let (drift, mut rest) = plan.findings.split_at(drifted);
    if !drift.is_empty() {
        html.raw("<div class=\"drift\">\n<p><b>").text(wording::DRIFT).raw("</b></p>\n");
        with_severity(html, plan, drift);
        html.raw("</div>\n");
    }
    while let Some((_, first)) = rest.first() {
        let same = rest.iter().take_while(|(_, it)| it.severity == first.severity).count();
        let (of_severity, after) = rest.split_at(same);
        with_severity(html, plan, of_severity);
        rest = after;
    }
}

/// Writes findings that are equally bad: so many of each code, and then the others, folded by code.
fn with_severity(html: &mut Html, plan: &Plan<'_>, findings: &[(Anchor, &Finding)]) {
    let mut by_code: BTreeMap<&str, Vec<&(Anchor, &Finding)>> = BTreeMap::new();
    for it in findings {
        let alike = by_code.entry(it.1.code.name).or_default();
        alike.push(it);
        if alike.len() <= MOST_ALIKE {
            finding(html, plan, &it.0, it.1);
        }
    }
    for (code, alike) in by_code.iter().filter(|(_, it)| it.len() > MOST_ALIKE) {
        let folded = &alike[MOST_ALIKE..];
        html.raw("<details class=\"alike\">\n<summary>").count(folded.len()).raw(" more <code>").text(code);
        html.raw("</code></summary>\n");
        for (anchor, it) in folded {
            finding(html, plan, anchor, it);
        }
        html.raw("</details>\n");
    }
}

fn finding(html: &mut Html, plan: &Plan<'_>, anchor: &Anchor, it: &Finding) {
    html.raw("<article class=\"finding ").raw(it.severity.name()).raw("\" tabindex=\"-1\" id=\"").anchor(anchor);
    html.raw("\" data-rank=\"").number(parts::rank(it.severity)).raw("\"");
    parts::positions(html, &it.environments, plan);
    html.raw(">\n<h3>");
    parts::severity(html, it.severity);
    html.raw(" ");
    let (subject, place) = wording::subject(it, plan.review);
    html.raw("<span class=\"object-name\">").text(&subject).raw("</span> <span class=\"where\">").text(&place);
    html.raw("</span> ");
    parts::permalink(html, anchor, "finding");
    html.raw("</h3>\n<p class=\"message\">").prose(&it.message).raw("</p>\n");
    if !it.help.is_empty() {
        html.raw("<p class=\"help\"><b>What to do:</b> ").prose(&it.help).raw("</p>\n");
    }
    html.raw("<p class=\"cause\">");
    code(html, it);
    field(html, plan, it);
    if let Some(line) = &it.source {
        html.raw(" ");
        parts::source(html, line, plan);
    }
    html.raw("</p>\n</article>\n");
}

/// Writes the field that a finding is about, with a link to where it changes; of a whole change there is only the link.
fn field(html: &mut Html, plan: &Plan<'_>, it: &Finding) {
    let text = if it.path.is_empty() { "the change" } else { &it.path };
    match plan.place_of(it) {
        Some(place) => {
            html.raw(" <a class=\"field\" href=\"#").anchor(place).raw("\"><code>").text(text).raw("</code></a>");
        }
        None if it.path.is_empty() => {}
        None => {
            html.raw(" <code class=\"field\">").text(text).raw("</code>");
        }
    }
}

/// Writes the code with its page, and that only the cluster can tell where that is so.
fn code(html: &mut Html, it: &Finding) {
    // Codes and their pages are constants of the rules; a page is left out where it is no address of the web.
    if it.code.documentation.starts_with("https://") {
        html.raw("<a class=\"code\" rel=\"noreferrer\" href=\"").text(it.code.documentation).raw("\">");
        html.text(it.code.name).raw("</a>");
    } else {
        html.raw("<span class=\"code\">").text(it.code.name).raw("</span>");
    }
    match it.code.decided_by {
        DecidedBy::Trees => html,
        DecidedBy::Declared => html.raw(" <span class=\"decided\">by what is declared</span>"),
        DecidedBy::Live => html.raw(" <span class=\"decided\">only the cluster can tell</span>"),
    };
}
