//! What merging will do: one block for each finding, what needs a look first and notes after it.

use super::anchor::Anchor;
use super::escape::Html;
use super::plan::Plan;
use super::{Section, parts};
use crate::change::{DecidedBy, Finding, Severity};
use crate::report::wording;

pub(super) const SECTION: Section =
    Section { name: "findings", title: "Findings", size: |plan| plan.findings.len(), write };

/// From how many notes on they are folded.
const MANY_NOTES: usize = 30;

fn write(html: &mut Html, plan: &Plan<'_>) {
    let (notes, serious): (Vec<_>, Vec<_>) = plan.findings.iter().partition(|(_, it)| it.severity == Severity::Note);
    for (anchor, it) in serious {
        finding(html, plan, anchor, it);
    }
    let is_folded = notes.len() > MANY_NOTES;
    if is_folded {
        html.raw("<details>\n<summary>").count(notes.len()).raw(" notes</summary>\n");
    }
    for (anchor, it) in notes {
        finding(html, plan, anchor, it);
    }
    if is_folded {
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
    let place = plan.place_of(it);
    if let Some(place) = place {
        html.raw(" <a class=\"field\" href=\"#").anchor(place).raw("\"><code>");
    } else {
        html.raw(" <code class=\"field\">");
    }
    html.text(if it.path.is_empty() { "the change" } else { &it.path });
    html.raw(if place.is_some() { "</code></a>" } else { "</code>" });
    if let Some(line) = &it.source {
        html.raw(" ");
        parts::source(html, line, plan);
    }
    html.raw("</p>\n</article>\n");
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
