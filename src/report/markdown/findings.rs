//! The findings: the worst as the only alert, how many there are, then those to look at, then what is expected.

use super::comment::Comment;
use super::forge::Alert;
use super::markup::{code, link, plain, prose};
use crate::change::{Finding, Severity};
use crate::report::wording;
use std::collections::{BTreeMap, BTreeSet};

/// One or several findings of a list.
struct Entry<'a>(Vec<&'a Finding>);

impl Comment<'_> {
    /// Writes the worst finding as the comment's only alert, where it asks for a look.
    pub(super) fn alert(&mut self) {
        let Some(worst) = self.alerted() else { return };
        let kind = match worst.severity {
            Severity::Note | Severity::Warn => Alert::Warning,
            Severity::Outage | Severity::Loss | Severity::Block => Alert::Caution,
        };
        let mut lines = vec![self.sentence(worst)];
        lines.extend(self.help(worst));
        lines.push(references(worst));
        let alert = self.forge.alert(kind, &lines);
        self.line(&format!("\n{alert}"));
    }

    fn alerted(&self) -> Option<&'_ Finding> {
        self.findings.first().copied().filter(|it| it.severity > Severity::Note)
    }

    /// Counts the findings and the removals: whatever is left out below, how much of it there is stands here.
    pub(super) fn counts(&mut self) {
        let removed: usize = self.review.environments.iter().map(|it| it.deleted).sum();
        if self.alerted().is_none() && removed == 0 {
            return;
        }
        let mut sentences = Vec::new();
        if !self.findings.is_empty() {
            sentences.push(format!("Findings: {}.", severities(&self.findings)));
        }
        if removed > 0 {
            let places = self.review.environments.iter().filter(|it| it.deleted > 0);
            let places: Vec<String> = places.map(|it| it.name.clone()).collect();
            let places = self.fitting(&wording::environments(&places, self.review));
            sentences.push(format!("Objects removed: {removed}, from {}.", plain(&places)));
        }
        self.line(&format!("\n{}", sentences.join(" ")));
    }

    pub(super) fn findings(&mut self) {
        let skipped = usize::from(self.alerted().is_some());
        let (look, expected): (Vec<&Finding>, Vec<&Finding>) =
            self.findings[skipped..].iter().partition(|it| it.severity > Severity::Note);
        for (title, findings) in [("Look at these too", look), ("What to expect", expected)] {
            let entries = self.entries(&findings);
            let rest = |left_out: &[Entry<'_>]| {
                let left_out: Vec<&Finding> = left_out.iter().flat_map(|it| &it.0).copied().collect();
                format!("{} more", severities(&left_out))
            };
            self.section_with(title, &[], &entries, Self::row, rest);
        }
    }

    /// Makes entries of findings. What breaks or loses something is always one of its own.
    fn entries<'a>(&self, findings: &[&'a Finding]) -> Vec<Entry<'a>> {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        let mut places: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
        for finding in findings {
            let is_joined = !self.has_each_finding() && finding.severity < Severity::Outage;
            let key = (finding.severity, finding.code.name);
            match places.get(&key).filter(|_| is_joined).and_then(|it| entries.get_mut(*it)) {
                Some(entry) => entry.0.push(finding),
                None => {
                    places.insert(key, entries.len());
                    entries.push(Entry(vec![finding]));
                }
            }
        }
        entries
    }

    fn row(&self, entry: &Entry<'_>) -> String {
        match entry.0.as_slice() {
            [] => String::new(),
            [finding] => {
                let help = self.help(finding).map(|it| format!("{}{it}", self.forge.line_break())).unwrap_or_default();
                format!("- {} ({}){help}", self.sentence(finding), references(finding))
            }
            [first, ..] => {
                let names: BTreeSet<String> = entry.0.iter().map(|it| wording::subject(it, self.review).0).collect();
                let names = plain(&wording::abbreviated(&names.into_iter().collect::<Vec<_>>()));
                let severity = first.severity.name();
                format!("- **{severity}** {}, {} times: {names}", linked_code(first), entry.0.len())
            }
        }
    }

    /// Writes what happens, and where.
    fn sentence(&self, finding: &Finding) -> String {
        let (subject, place) = wording::subject(finding, self.review);
        let place = if place.is_empty() { place } else { format!(" {}", plain(&self.fitting(&place))) };
        let message = self.fitting(finding.message.trim_end_matches('.'));
        format!("**{}** {}{place} {}.", finding.severity.name(), code(&subject), prose(&message))
    }

    /// Writes what to do, where anything is to be done.
    fn help(&self, finding: &Finding) -> Option<String> {
        let help = self.fitting(finding.help.trim_end_matches('.'));
        (!help.is_empty()).then(|| format!("What to do: {}.", prose(&help)))
    }
}

/// Writes what a finding rests on: its code with Kubernetes' page, the field, the line of the spec.
fn references(finding: &Finding) -> String {
    let mut parts = vec![linked_code(finding)];
    // A note needs no action, so nobody looks for its field.
    if !finding.path.is_empty() && finding.severity > Severity::Note {
        parts.push(code(&finding.path));
    }
    parts.extend(finding.source.as_ref().map(|it| code(&wording::source(it))));
    parts.join(", ")
}

fn linked_code(finding: &Finding) -> String {
    link(&code(finding.code.name), finding.code.documentation)
}

/// `1 block, 2 warn, 14 note`: how many findings of each severity.
fn severities(findings: &[&Finding]) -> String {
    let count = |severity: Severity| findings.iter().filter(|it| it.severity == severity).count();
    let counts = Severity::ALL.map(|it| (count(it), it.name()));
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}"));
    counts.collect::<Vec<_>>().join(", ")
}
