//! The rendered lines that differ, old and new beside each other, and beside them the line of the spec that they come
//! from. The style sheet shows the same rows side by side or one below the other.

use super::escape::Html;
use super::parts;
use super::plan::Plan;
use super::value::{Part, marked};
use crate::change::{LineKind, ManifestChange, ManifestLine, Operation, QuotedLine, SourceLine};
use std::collections::BTreeMap;

/// The most lines of all files together.
const MOST_LINES: usize = 6_000;
/// Up to how many lines of all files together each file is unfolded.
const UNFOLDED: usize = 400;

/// How many more lines there is room for.
pub(super) struct Room {
    left: usize,
    omitted: usize,
    is_unfolded: bool,
}

impl Room {
    /// All the room of a page.
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        let lines: usize = plan.review.manifests.iter().flat_map(|it| &it.hunks).map(Vec::len).sum();
        Self { left: MOST_LINES, omitted: 0, is_unfolded: lines <= UNFOLDED }
    }

    /// Returns how many lines found no room.
    pub(super) fn omitted(&self) -> usize {
        self.omitted
    }

    /// True where there is room for a whole file.
    fn has_room(&mut self, lines: usize) -> bool {
        let left = self.left.checked_sub(lines);
        self.left = left.unwrap_or(self.left);
        self.omitted += if left.is_some() { 0 } else { lines };
        left.is_some()
    }
}

/// Writes what differs in a file.
pub(super) fn write(html: &mut Html, plan: &Plan<'_>, manifest: &ManifestChange, room: &mut Room) {
    let lines: usize = manifest.hunks.iter().map(Vec::len).sum();
    if lines == 0 || !room.has_room(lines) {
        return;
    }
    let count = |kind| manifest.hunks.iter().flatten().filter(|it| it.kind == kind).count();
    html.raw(if room.is_unfolded { "<details class=\"file\" open>" } else { "<details class=\"file\">" });
    html.raw("\n<summary><code class=\"path\">rendered/").text(&manifest.file).raw("</code> <span class=\"delta\">");
    html.raw("<span class=\"plus\">+").count(count(LineKind::Added)).raw("</span> <span class=\"minus\">-");
    html.count(count(LineKind::Removed)).raw("</span></span> ");
    parts::environments(html, &manifest.environments, plan);
    // A file that came or went as a whole has one side.
    let sides = if manifest.operation == Operation::Update { "two" } else { "one" };
    html.raw("</summary>\n<table class=\"lines ")
        .raw(sides)
        .raw("\">\n<thead><tr><th scope=\"col\">line</th><th scope=\"col\">before</th>");
    html.raw(
        "<th scope=\"col\">line</th><th scope=\"col\">after</th><th scope=\"col\">from the line</th></tr></thead>\n",
    );
    for hunk in &manifest.hunks {
        html.raw("<tbody>\n");
        let mut above = None;
        for (old, new) in rows(hunk) {
            row(html, old, new, &mut above);
        }
        html.raw("</tbody>\n");
    }
    html.raw("</table>\n</details>\n");
}

/// Pairs lines: those that stayed with themselves, and among those that went and came together the ones of one field.
fn rows(hunk: &[ManifestLine]) -> Vec<(Option<&ManifestLine>, Option<&ManifestLine>)> {
    let mut rows = Vec::new();
    let mut rest = hunk;
    while let Some(first) = rest.first() {
        if first.kind == LineKind::Kept {
            rows.push((Some(first), Some(first)));
            rest = &rest[1..];
            continue;
        }
        let length = rest.iter().take_while(|it| it.kind != LineKind::Kept).count();
        let (block, after) = rest.split_at(length);
        rest = after;
        let (old, new): (Vec<_>, Vec<_>) = block.iter().partition(|it| it.kind == LineKind::Removed);
        pair(&old, &new, &mut rows);
    }
    rows
}

fn pair<'a>(
    old: &[&'a ManifestLine],
    new: &[&'a ManifestLine],
    rows: &mut Vec<(Option<&'a ManifestLine>, Option<&'a ManifestLine>)>,
) {
    // Each line of a text of several lines has the same field: they are paired in their order.
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, line) in old.iter().enumerate().rev() {
        places.entry(&line.path).or_default().push(at);
    }
    let mut next = 0;
    for line in new {
        let partner = places.get_mut(line.path.as_str()).and_then(Vec::pop).filter(|it| *it >= next);
        if let Some(at) = partner {
            rows.extend(old[next..at].iter().map(|it| (Some(*it), None)));
            next = at + 1;
        }
        rows.push((partner.map(|at| old[at]), Some(*line)));
    }
    rows.extend(old[next..].iter().map(|it| (Some(*it), None)));
}

fn row<'a>(
    html: &mut Html,
    old: Option<&'a ManifestLine>,
    new: Option<&'a ManifestLine>,
    above: &mut Option<&'a QuotedLine>,
) {
    let is_kept = new.is_some_and(|it| it.kind == LineKind::Kept);
    html.raw(match (old, new) {
        _ if is_kept => "<tr class=\"kept\">",
        (Some(_), Some(_)) => "<tr class=\"both\">",
        (Some(_), None) => "<tr class=\"gone\">",
        (None, _) => "<tr class=\"come\">",
    });
    number(html, "<td class=\"number old\">", old.and_then(|it| it.before));
    html.raw("<td class=\"text old\">");
    if let Some(line) = old {
        side(html, line, new.filter(|_| !is_kept), Part::Old);
    }
    html.raw("</td>");
    number(html, "<td class=\"number new\">", new.and_then(|it| it.after));
    html.raw("<td class=\"text new\">");
    if let Some(line) = new {
        side(html, line, old.filter(|_| !is_kept), Part::New);
    }
    html.raw("</td><td class=\"source\">");
    let source = new.or(old).and_then(|it| it.source.as_ref());
    // The same line is not said twice in a row.
    if let Some(it) = source.filter(|it| *above != Some(*it)) {
        html.raw("<code class=\"line\">").text(&place(&it.line)).raw("</code> <code class=\"quote\">");
        html.text(&it.text).raw("</code>");
    }
    *above = source;
    html.raw("</td></tr>\n");
}

/// `base/app.kdl:3`; which of the two states it is of, the side says.
fn place(line: &SourceLine) -> String {
    format!("{}:{}", line.file, line.line)
}

fn number(html: &mut Html, open: &'static str, number: Option<u32>) {
    html.raw(open);
    if let Some(number) = number {
        html.number(number);
    }
    html.raw("</td>");
}

fn side(html: &mut Html, line: &ManifestLine, other: Option<&ManifestLine>, part: Part) {
    let (open, close) = match (line.kind, part) {
        (LineKind::Kept, _) => ("", ""),
        (_, Part::Old) => ("<del>", "</del>"),
        (_, Part::New) => ("<ins>", "</ins>"),
    };
    html.raw(open);
    match (other, part) {
        (None, _) => {
            html.text(&line.text);
        }
        (Some(other), Part::Old) => marked(html, &line.text, &other.text, part),
        (Some(other), Part::New) => marked(html, &other.text, &line.text, part),
    }
    html.raw(close);
}
