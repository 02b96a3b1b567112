//! The top of the page: the review in one sentence, what was compared, and how many findings of each severity there are.

use super::escape::Html;
use super::parts;
use super::plan::Plan;
use crate::change::Severity;
use crate::report::wording;

pub(super) fn write(html: &mut Html, plan: &Plan<'_>) {
    let review = plan.review;
    html.raw("<header class=\"top\">\n<p class=\"title\"><b>").text(&review.app).raw("</b> change review</p>\n");
    html.raw("<p class=\"compared\">").prose(&wording::compared(review)).raw("</p>\n");
    html.raw("<h1>").prose(&capitalised(&review.headline)).raw("</h1>\n<ul class=\"counts\">\n");
    for severity in Severity::ALL {
        let mut of_severity = plan.findings.iter().filter(|(_, it)| it.severity == severity);
        let first = of_severity.next();
        let count = of_severity.count() + usize::from(first.is_some());
        html.raw("<li class=\"").raw(severity.name());
        html.raw(if first.is_some() { "\">" } else { " none\">" });
        if let Some((anchor, _)) = first {
            html.raw("<a href=\"#").anchor(anchor).raw("\">");
        }
        html.raw("<b>").count(count).raw("</b> ");
        parts::severity(html, severity);
        html.raw(if first.is_some() { "</a></li>\n" } else { "</li>\n" });
    }
    html.raw("</ul>\n</header>\n");
}

/// Begins a sentence as sentences begin, unless it begins with a name.
fn capitalised(sentence: &str) -> String {
    let first = sentence.split([' ', ',']).next().unwrap_or_default();
    let mut characters = sentence.chars();
    match characters.next() {
        Some(it) if ["no", "first"].contains(&first) => it.to_uppercase().chain(characters).collect(),
        Some(_) | None => sentence.to_owned(),
    }
}
