//! One rung in, the comment that is written on it out: what stands in which order, and what was left out.

use super::forge::Forge;
use super::images::Step;
use super::ladder::{Detail, Findings, Rung};
use super::markup::{plain, prose};
use crate::change::{Accounting, Baseline, Finding, Operation, Review, ReviewedChange};
use crate::diagnostic::visible::{escape, shorten};
use crate::report::repeated::Repeated;
use crate::report::wording;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The longest text in one place of a comment that has room for no list.
const TERSE: usize = 120;

/// A comment, whose end is kept apart: what there is room for goes before it.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Everything but the last line.
    pub(super) body: String,
    /// The accounting, what was not checked, and what was compared.
    pub(super) footer: String,
}

impl Written {
    /// Returns how many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.body.len() + self.footer.len()
    }
}

/// A comment while it is written.
pub(super) struct Comment<'a> {
    pub(super) review: &'a Review,
    pub(super) forge: Forge,
    pub(super) rung: Rung,
    /// How many bytes of rows there are for changes where not all of them have a row.
    pub(super) room: usize,
    /// The findings but those about trees that are not what their sources compile to, the worst first.
    pub(super) findings: Vec<&'a Finding>,
    pub(super) text: String,
    /// How many leaf changes have no row of their own.
    pub(super) omitted: usize,
    /// The images that have a row, and the environments that stand there.
    pub(super) images: BTreeMap<Step<'a>, &'a [String]>,
    /// The fields that one line of the spec changes in many objects.
    pub(super) repeated: Repeated<'a>,
    /// The environments that are held to the stricter rules.
    protected: BTreeSet<&'a str>,
}

impl<'a> Comment<'a> {
    /// Starts a comment; `room` is how many bytes of rows its last rungs may spend on changes.
    pub(super) fn new(review: &'a Review, forge: Forge, rung: Rung, room: usize) -> Self {
        let mut findings: Vec<&Finding> = review.drift_and_findings().1.iter().collect();
        findings.sort_by_key(|it| Reverse(it.severity));
        let protected = protected(review);
        let (text, images) = (String::new(), BTreeMap::new());
        let repeated = Repeated::among(&review.changes);
        Self { review, forge, rung, room, findings, text, omitted: 0, images, repeated, protected }
    }

    /// Writes it from top to bottom.
    pub(super) fn write(mut self) -> Written {
        let review = self.review;
        self.text += &self.forge.marker(&review.app);
        let heading = format!("### {}: {}", plain(&self.fitting(&review.app)), prose(&self.fitting(&review.headline)));
        self.line(&heading);
        if wording::is_quiet(review) {
            self.waived();
            return Written { footer: self.small_print(Vec::new()), body: self.text };
        }
        self.drift();
        self.alert();
        self.counts();
        self.environments();
        self.findings();
        let (removed, others): (Vec<_>, Vec<_>) =
            review.changes.iter().partition(|it| it.operation == Operation::Delete);
        let (created, updated): (Vec<_>, Vec<_>) = others.into_iter().partition(|it| it.operation == Operation::Create);
        self.objects("Removed", &removed);
        self.picture();
        self.images();
        self.fields(&updated);
        match review.baseline {
            Baseline::FirstCompile => self.created_kinds(&created),
            Baseline::Commit { .. } => self.objects("Created", &created),
        }
        self.new_images();
        self.required();
        self.waived();
        Written { footer: self.footer(), body: self.text }
    }

    /// Appends a line.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// True where there is more than the forge takes.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > self.forge.budget()
    }

    /// Cuts a text where there is no room for any list.
    pub(super) fn fitting(&self, text: &str) -> String {
        if self.rung.rows == 0 { shorten(&escape(text), TERSE) } else { text.to_owned() }
    }

    /// True where a change happens in an environment that is held to the stricter rules.
    pub(super) fn is_protected(&self, change: &ReviewedChange) -> bool {
        change.environments.iter().any(|it| self.protected.contains(it.as_str()))
    }

    /// True where findings are listed one by one.
    pub(super) fn has_each_finding(&self) -> bool {
        self.rung.findings == Findings::Each
    }

    /// True where a change has less than its object's name.
    pub(super) fn has_kinds_only(&self) -> bool {
        self.rung.detail == Detail::Kinds
    }

    /// Writes a titled list or table, as many rows as the rung allows, and what became of the rest.
    pub(super) fn section<T>(&mut self, title: &str, head: &[&str], items: &[T], row: impl Fn(&Self, &T) -> String) {
        self.section_with(title, head, items, row, |left_out| format!("{} more", left_out.len()));
    }

    /// Writes a section that says in its own words what is left out.
    pub(super) fn section_with<T>(
        &mut self,
        title: &str,
        head: &[&str],
        items: &[T],
        row: impl Fn(&Self, &T) -> String,
        rest: impl Fn(&[T]) -> String,
    ) {
        if items.is_empty() {
            return;
        }
        if !title.is_empty() {
            self.line(&format!("\n**{title}**"));
        }
        let (shown, left_out) = items.split_at(self.rung.rows.min(items.len()));
        if !shown.is_empty() {
            self.line("");
            for line in head {
                self.line(line);
            }
        }
        for item in shown {
            // A rung that has no room for all of it is not taken.
            if self.is_full() {
                return;
            }
            let row = row(self, item);
            self.line(&row);
        }
        if !left_out.is_empty() {
            self.line(&format!("\n{}, left out for want of room.", rest(left_out)));
        }
    }

    fn footer(&self) -> String {
        let told = self.review.accounting;
        let omitted = self.omitted.min(told.shown);
        let accounting = Accounting { shown: told.shown - omitted, omitted: told.omitted + omitted, ..told };
        let mut parts = vec![wording::accounting(&accounting, self.review)];
        if omitted > 0 {
            parts.push("the other forms of the review have them all".to_owned());
        }
        self.small_print(parts)
    }

    /// Writes the last line: some sentences, what was not looked at, and what was compared.
    fn small_print(&self, mut parts: Vec<String>) -> String {
        parts.extend(Some(wording::not_checked(self.review)).filter(|it| !it.is_empty()));
        parts.push(wording::compared(self.review));
        let parts: Vec<String> = parts.iter().map(|it| prose(&self.fitting(it))).collect();
        format!("\n{}\n", self.forge.small(&parts.join(" · ")))
    }
}

/// Names the environments that are held to the stricter rules.
pub(super) fn protected(review: &Review) -> BTreeSet<&str> {
    review.environments.iter().filter(|it| it.protected).map(|it| it.name.as_str()).collect()
}
