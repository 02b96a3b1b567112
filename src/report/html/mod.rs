//! A review in, one HTML file out that needs nothing else: no network, no script to be read, and the JSON report in it.
//!
//! - Everything is there without scripts: sections, links between them, and details that open. The script adds a filter
//!   and keys.
//! - The policy in its head lets the browser obey this style and this script alone, and load nothing.
//! - A finding, an object and a field have the same name on every run, so that a link to one lasts.
//! - What would make the page too large is left out, and counted.
//!
//! To add a section: one file with `fn write(html, plan)`, a line in [`SECTIONS`], its look in `style.css`, and its texts in
//! the payload test.

mod anchor;
mod capacity;
mod changes;
mod environments;
mod escape;
mod findings;
mod footer;
mod header;
mod images;
mod lines;
mod lists;
mod matrix;
mod parts;
mod plan;
mod policy;
mod rollout;
mod value;

use crate::change::Review;
use anchor::Anchor;
use escape::Html;
use plan::Plan;

/// A section of the page.
struct Section {
    /// Its place.
    name: &'static str,
    /// Its heading.
    title: &'static str,
    /// How many things it tells; it is left out where there are none.
    size: fn(&Plan<'_>) -> usize,
    write: fn(&mut Html, &Plan<'_>),
}

/// The sections in the order of the page.
const SECTIONS: [Section; 9] = [
    findings::SECTION,
    matrix::SECTION,
    environments::SECTION,
    rollout::SECTION,
    capacity::SECTION,
    images::SECTION,
    changes::SECTION,
    lists::REQUIRED,
    lists::WAIVED,
];

/// Writes a review as a page for a browser.
pub fn html(review: &Review) -> String {
    let plan = Plan::of(review);
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"");
    html.text(&policy::content_security_policy()).raw("\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.raw("<title>").text(&review.app).raw(": ").text(&review.headline.replace('`', "")).raw("</title>\n");
    html.raw("<style>").raw(policy::STYLE).raw("</style>\n</head>\n<body>\n");
    html.raw("<a class=\"skip\" href=\"#main\">Skip to the review</a>\n");
    header::write(&mut html, &plan);
    html.raw("<div class=\"page\">\n");
    aside(&mut html, &plan);
    html.raw("<main id=\"main\" tabindex=\"-1\">\n");
    if plan.findings.is_empty() && plan.objects.is_empty() {
        html.raw("<p class=\"quiet\">Nothing that is rendered changes.</p>\n");
    }
    for section in sections(&plan) {
        let name = Anchor::fixed(section.name);
        html.raw("<section id=\"").anchor(&name).raw("\" aria-labelledby=\"").anchor(&name).raw("-title\">\n");
        html.raw("<h2 id=\"").anchor(&name).raw("-title\">").raw(section.title).raw("</h2>\n");
        (section.write)(&mut html, &plan);
        html.raw("</section>\n");
    }
    html.raw("</main>\n</div>\n");
    footer::write(&mut html, &plan);
    html.raw("<script type=\"application/json\" id=\"review\">");
    html.data(&super::json::embedded(review)).raw("</script>\n");
    html.raw("<script>").raw(policy::SCRIPT).raw("</script>\n</body>\n</html>\n");
    html.into_text()
}

fn sections<'p>(plan: &'p Plan<'_>) -> impl Iterator<Item = &'static Section> + 'p {
    SECTIONS.iter().filter(|it| (it.size)(plan) > 0)
}

/// Writes what stands beside the page: its sections, and the filter, which only a script can serve.
fn aside(html: &mut Html, plan: &Plan<'_>) {
    html.raw("<aside>\n<nav aria-label=\"Sections\">\n<ul>\n");
    for section in sections(plan) {
        html.raw("<li><a href=\"#").anchor(&Anchor::fixed(section.name)).raw("\">").raw(section.title);
        html.raw(" <span class=\"size\">").count((section.size)(plan)).raw("</span></a></li>\n");
    }
    html.raw("</ul>\n</nav>\n");
    html.raw("<form id=\"filter\" role=\"search\" aria-label=\"Filter\" hidden>\n");
    html.raw("<label for=\"words\">Filter <kbd>/</kbd></label>\n");
    html.raw("<input id=\"words\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"name, field, code\">\n");
    html.raw("<label for=\"least\">Severity</label>\n<select id=\"least\">\n");
    html.raw("<option value=\"0\">note and worse</option>\n<option value=\"1\">warn and worse</option>\n");
    html.raw("<option value=\"2\">outage and worse</option>\n<option value=\"3\">loss and worse</option>\n");
    html.raw("<option value=\"4\">block</option>\n</select>\n");
    html.raw("<fieldset>\n<legend>Environments</legend>\n");
    for (at, environment) in plan.review.environments.iter().enumerate() {
        html.raw("<label><input type=\"checkbox\" value=\"").count(at).raw("\" checked> ");
        html.text(&environment.name).raw("</label>\n");
    }
    html.raw("</fieldset>\n<p id=\"matches\" role=\"status\"></p>\n");
    html.raw("<p class=\"keys\"><kbd>j</kbd> <kbd>k</kbd> next and previous finding</p>\n</form>\n</aside>\n");
}
