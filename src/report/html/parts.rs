//! Small pieces that several sections have: names of objects, environments, lines of the spec, links.

use super::anchor::Anchor;
use super::escape::Html;
use super::plan::Plan;
use crate::change::{Severity, SourceLine};
use crate::object::ObjectId;
use crate::report::wording;

/// Writes `in dev, prod`.
pub(super) fn environments(html: &mut Html, names: &[String], plan: &Plan<'_>) {
    html.raw("<span class=\"where\">").text(&wording::environments(names, plan.review)).raw("</span>");
}

/// Writes an object's kind and name.
pub(super) fn object(html: &mut Html, id: &ObjectId) {
    html.raw("<span class=\"object-name\"><span class=\"kind\">").text(&id.kind).raw("/</span>");
    html.text(&id.name).raw("</span>");
}

/// Writes where a line of the spec stands, and what it says where that is known.
pub(super) fn source(html: &mut Html, line: &SourceLine, plan: &Plan<'_>) {
    html.raw("<span class=\"source\"><code class=\"line\">").text(&wording::source(line)).raw("</code>");
    if let Some(quote) = plan.quote(line) {
        html.raw(" <code class=\"quote\">").text(quote).raw("</code>");
    }
    html.raw("</span>");
}

/// Writes the link of something to itself, which shows where it is pointed at.
pub(super) fn permalink(html: &mut Html, anchor: &Anchor, what: &'static str) {
    html.raw("<a class=\"permalink\" href=\"#").anchor(anchor).raw("\" aria-label=\"Link to this ").raw(what);
    html.raw("\">#</a>");
}

/// Writes in which environments something is, for the filter.
pub(super) fn positions(html: &mut Html, names: &[String], plan: &Plan<'_>) {
    html.raw(" data-in=\"");
    for (index, position) in plan.positions(names).into_iter().enumerate() {
        html.raw(if index > 0 { " " } else { "" }).count(position);
    }
    html.raw("\"");
}

/// Writes a severity as a word with its sign.
pub(super) fn severity(html: &mut Html, severity: Severity) {
    html.raw("<span class=\"severity ").raw(severity.name()).raw("\"><span aria-hidden=\"true\">");
    html.raw(wording::symbol(severity)).raw("</span> ").raw(severity.name()).raw("</span>");
}

/// A severity as a number, from 0 for the mildest.
pub(super) fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Note => 0,
        Severity::Warn => 1,
        Severity::Outage => 2,
        Severity::Loss => 3,
        Severity::Block => 4,
    }
}

/// Writes that some of a list is left out, and where it is.
pub(super) fn left_out(html: &mut Html, number: usize, what: &str) {
    html.raw("<p class=\"left-out\">").text(&wording::count(number as u64, what));
    html.raw(" left out for want of room; the report at the end of this file has everything but rendered lines.</p>\n");
}
