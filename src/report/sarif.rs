//! A review in, a SARIF 2.1.0 log out, from which a code host shows each finding at its line of the spec.
//!
//! The shape is that of [the standard](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html); what of it is
//! written is what [GitHub reads](https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support).

use super::json::safe;
use super::wording;
use crate::change::{Baseline, DecidedBy, Finding, ImpactCode, Review, Severity, SourceLine};
use crate::diagnostic::visible;
use crate::source::Sources;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Of a run with more results GitHub shows this many.
const MOST_RESULTS: usize = 5_000;
/// Stands for the root of the repository, from which the paths of files are given.
const ROOT: &str = "%SRCROOT%";

/// Writes a review as SARIF. `sources` is the spec of the new state; `prefix` is the project's place in its repository,
/// `apps/todo/`, and empty where it is the whole repository.
pub fn sarif(review: &Review, sources: &Sources, prefix: &str) -> String {
    let shown = &review.findings[..review.findings.len().min(MOST_RESULTS)];
    let rules = rules(shown);
    let lines = Lines { review, sources, prefix };
    let mut known = BTreeMap::new();
    let results: Vec<Value> = shown
        .iter()
        .map(|it| {
            let index = rules.iter().position(|rule| rule.name == it.code.name);
            let mut result = result(it, index.unwrap_or_default(), &lines);
            result["partialFingerprints"] = fingerprints(it, &mut known);
            result
        })
        .collect();
    safe(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "todo-gitops",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            } },
            // The app tells the projects of one repository apart: a run replaces only the earlier one of its own id.
            "automationDetails": { "id": format!("todo-gitops/{}/", review.app) },
            "originalUriBaseIds": { ROOT: { "description": { "text": "The root of the repository." } } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(review, shown.len()),
            }],
            "results": results,
            "properties": { "headline": review.headline, "compared": wording::compared(review) },
        }],
    }))
}

/// Returns the codes of some findings, in the order of their names.
fn rules(findings: &[Finding]) -> Vec<ImpactCode> {
    let by_name: BTreeMap<&str, ImpactCode> = findings.iter().map(|it| (it.code.name, it.code)).collect();
    by_name.into_values().collect()
}

fn rule(code: &ImpactCode) -> Value {
    let decided = match code.decided_by {
        DecidedBy::Trees => "from the manifests before and after the change",
        DecidedBy::Declared => "from the manifests and what the spec declares about the cluster and its controller",
        DecidedBy::Live => "by the state of the cluster, which nobody has looked at: it may happen",
    };
    // What can only be settled in the cluster is right less often.
    let precision = match code.decided_by {
        DecidedBy::Trees => "very-high",
        DecidedBy::Declared => "high",
        DecidedBy::Live => "medium",
    };
    let problem = match level(code.severity) {
        "note" => "recommendation",
        other => other,
    };
    let mut words = code.name.replace('-', " ");
    words[..1].make_ascii_uppercase();
    json!({
        "id": code.name,
        "shortDescription": { "text": words },
        "fullDescription": { "text": format!("{words}: usually {}, decided {decided}.", code.severity.name()) },
        "defaultConfiguration": { "level": level(code.severity) },
        "helpUri": code.documentation,
        "help": {
            "text": format!("Each result says what to do. Why it happens: {}", code.documentation),
            "markdown": format!("Each result says what to do. [Why it happens]({}).", code.documentation),
        },
        "properties": {
            "precision": precision,
            "problem.severity": problem,
            "tags": ["gitops", "kubernetes", code.severity.name()],
        },
    })
}

/// What SARIF calls a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warn => "warning",
        Severity::Outage | Severity::Loss | Severity::Block => "error",
    }
}

fn result(finding: &Finding, rule: usize, lines: &Lines<'_>) -> Value {
    let (subject, place) = wording::subject(finding, lines.review);
    let (file, region) = lines.of(finding);
    let mut text = vec![subject, place, finding.message.trim_end_matches('.').to_owned()];
    text.retain(|it| !it.is_empty());
    let mut sentences = vec![format!("{}.", text.join(" "))];
    if !finding.help.is_empty() {
        sentences.push(format!("Help: {}.", finding.help.trim_end_matches('.')));
    }
    if let Some(line) = finding.source.as_ref().filter(|it| it.removed) {
        sentences.push(format!("Before the change it was declared at {}:{}.", line.file, line.line));
    }
    let object = finding.object.short();
    json!({
        "ruleId": finding.code.name,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": message(&sentences.join(" ")) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&format!("{}{file}", lines.prefix)), "uriBaseId": ROOT },
                "region": region,
            },
            "logicalLocations": [{
                "name": object,
                "fullyQualifiedName": format!("{object} {}", finding.path).trim_end(),
                "kind": "object",
            }],
        }],
        "properties": {
            "severity": finding.severity.name(),
            "decidedBy": finding.code.decided_by.name(),
            "environments": finding.environments,
        },
    })
}

/// Returns what a result is known by in the next run: what it says, of what and where, and no line number, so that lines
/// may move. GitHub reads the one with the name of its own.
fn fingerprints(finding: &Finding, known: &mut BTreeMap<String, usize>) -> Value {
    let id = &finding.object;
    let namespace = id.namespace.as_deref().unwrap_or_default();
    let of_object = [&id.group, &id.kind, namespace, &id.name, &finding.path];
    let mut hash = Sha256::new();
    let environments = finding.environments.iter().map(String::as_str);
    for part in std::iter::once(finding.code.name).chain(of_object).chain(environments) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let hash = hash.finalize();
    let first: [u8; 16] = std::array::from_fn(|it| hash[it]);
    let hash = format!("{:032x}", u128::from_be_bytes(first));
    let times = known.entry(hash.clone()).or_default();
    *times += 1;
    let print = format!("{hash}:{times}");
    json!({ "primaryLocationLineHash": print, "todoGitopsFinding/v1": print })
}

/// Says what a reader of the results alone would miss.
fn notifications(review: &Review, shown: usize) -> Vec<Value> {
    let mut texts = Vec::new();
    let left_out = review.findings.len() - shown;
    if left_out > 0 {
        let all = review.findings.len();
        texts.push(format!("{shown} of {all} findings are results, the worst first; {left_out} are left out."));
    }
    texts.extend(review.not_checked.iter().map(|it| format!("Not checked: {it}.")));
    if review.baseline == Baseline::FirstCompile {
        texts.push("There is no commit to compare with: everything is new.".to_owned());
    }
    texts.iter().map(|it| json!({ "level": "note", "message": { "text": message(it) } })).collect()
}

/// Writes a sentence for a code host, which would make a link of `[a](b)`, and tell a person who is mentioned.
fn message(text: &str) -> String {
    visible::escape(text).replace("](", "] (").replace('@', "@\u{200b}")
}

/// Writes a path as a relative URI.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte.into()),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

/// Where findings are shown: GitHub shows none without a place.
struct Lines<'a> {
    review: &'a Review,
    sources: &'a Sources,
    prefix: &'a str,
}

impl Lines<'_> {
    /// Returns the file of a finding and its region there.
    fn of(&self, finding: &Finding) -> (String, Value) {
        let (file, line) = match &finding.source {
            Some(line) if !line.removed => (line.file.clone(), line.line),
            // What is gone is near where it stood, or nowhere.
            Some(line) if self.text(&line.file).is_some() => {
                (line.file.clone(), line.line.min(self.last_line(&line.file)))
            }
            Some(_) | None => match self.of_object(finding) {
                Some(line) => (line.file.clone(), line.line),
                None => (self.file_of(finding), 1),
            },
        };
        let region = self.region(&file, line.max(1));
        (file, region)
    }

    /// Returns a line that changes the object of a finding.
    fn of_object(&self, finding: &Finding) -> Option<&SourceLine> {
        let id = &finding.object;
        let is_it = |it: &crate::object::ObjectId| (&it.group, &it.kind, &it.name) == (&id.group, &id.kind, &id.name);
        let changes = self.review.changes.iter().filter(|it| is_it(&it.object));
        let here = changes.filter(|it| it.environments.iter().any(|name| finding.environments.contains(name)));
        let lines = here.flat_map(|it| it.source.iter().chain(it.fields.iter().filter_map(|it| it.source.as_ref())));
        lines.into_iter().find(|it| !it.removed)
    }

    /// Returns the file that declares the environment of a finding, or else the first file of the spec.
    fn file_of(&self, finding: &Finding) -> String {
        let names = || self.sources.iter().map(|(_, it)| it);
        let of_it = names().find(|it| {
            it.environment().is_some_and(|name| finding.environments.first().is_some_and(|first| first == name))
        });
        of_it.or_else(|| names().next()).map_or_else(|| "base/app.kdl".to_owned(), |it| it.name.clone())
    }

    fn text(&self, file: &str) -> Option<&str> {
        self.sources.iter().find(|(_, it)| it.name == file).map(|(_, it)| it.text.as_str())
    }

    fn last_line(&self, file: &str) -> u32 {
        u32::try_from(self.text(file).unwrap_or_default().lines().count()).unwrap_or(u32::MAX)
    }

    /// Returns what a line holds from its first character to its last, where it can be looked at.
    fn region(&self, file: &str, line: u32) -> Value {
        let index = usize::try_from(line - 1).unwrap_or(usize::MAX);
        let text = self.text(file).and_then(|it| it.lines().nth(index)).unwrap_or_default().trim_end();
        let blanks = text.chars().take_while(|it| it.is_whitespace()).count();
        let (start, end) = (blanks + 1, text.chars().count() + 1);
        json!({ "startLine": line, "startColumn": start, "endLine": line, "endColumn": end.max(start) })
    }
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn a_path_is_a_relative_uri() {
        let check = |path, expected| assert_eq!(uri(path), expected);
        check("apps/todo/base/app.kdl", "apps/todo/base/app.kdl");
        check("a b/ü.kdl", "a%20b/%C3%BC.kdl");
        check("c:/x?y#z", "c%3A/x%3Fy%23z");
        check("../%2e", "../%252e");
    }

    #[test]
    fn a_message_links_to_nothing_and_tells_nobody() {
        let check = |text, expected| assert_eq!(message(text), expected);
        check("a [b](javascript:1) @everyone\n", "a [b] (javascript:1) @\u{200b}everyone\\n");
        check("containers[web].image", "containers[web].image");
    }
}
