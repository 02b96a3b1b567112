//! Words that every report uses: plurals, places, amounts, names. Text comes out as it went in; each report escapes it
//! for its own sink.

use crate::change::{
    Accounting, Baseline, CapacityChange, Demand, EnvironmentSummary, Finding, ImageChange, Operation, RequiredObject,
    Review, ReviewedChange, Severity, SourceLine, WaivedRule,
};
use crate::object::ObjectId;
use crate::object::id::ENVIRONMENT;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many names stand in a list before it is abbreviated.
const LONGEST_LIST: usize = 8;

/// `1 pod`, `3 pods`.
pub(super) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `todo-dev, todo-prod`, or `all 12 environments`, or the first few and how many more.
pub(super) fn environments(names: &[String], review: &Review) -> String {
    if names.len() == review.environments.len() && names.len() > 3 {
        return format!("all {} environments", names.len());
    }
    abbreviated(names)
}

/// The names of a list, or the first few and how many more.
pub(super) fn abbreviated(names: &[String]) -> String {
    let shown = names.iter().take(LONGEST_LIST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LONGEST_LIST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Heads the changes that are the same in these environments.
pub(super) fn same_in(names: &[String], review: &Review) -> String {
    match names {
        [only] if review.environments.len() > 1 => format!("{only} only"),
        [only] => only.clone(),
        several => format!("same in {}", environments(several, review)),
    }
}

/// `Deployment/todo-backend`, with the namespace where it is not that of an environment.
pub(super) fn object(id: &ObjectId, review: &Review) -> String {
    match &id.namespace {
        Some(namespace) if !review.environments.iter().any(|it| it.namespace == *namespace) => {
            format!("{} in namespace {namespace}", id.short())
        }
        Some(_) | None => id.short(),
    }
}

/// What a finding is about, `Deployment/todo-backend` or `environment todo-qa`, and where, `in todo-dev, todo-prod`;
/// empty where the subject says it.
pub(super) fn subject(finding: &Finding, review: &Review) -> (String, String) {
    if finding.is_of_environment() {
        return (format!("environment {}", finding.object.name), String::new());
    }
    (object(&finding.object, review), format!("in {}", environments(&finding.environments, review)))
}

/// `base/app.kdl:12`; a line of the baseline, `base/app.kdl:12 (before)`: its number counts there.
pub(super) fn source(line: &SourceLine) -> String {
    let before = if line.removed { " (before)" } else { "" };
    format!("{}:{}{before}", line.file, line.line)
}

/// The sign of an operation, as in a diff.
pub(super) fn sign(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "+",
        Operation::Update => "~",
        Operation::Delete => "-",
    }
}

/// A severity in one character, for those who scan.
pub(super) fn symbol(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "·",
        Severity::Warn => "!",
        Severity::Outage => "▲",
        Severity::Loss | Severity::Block => "✗",
    }
}

/// `3 created, 1 removed`; `no change`.
pub(super) fn operations(summary: &EnvironmentSummary) -> String {
    let parts = [(summary.created, "created"), (summary.updated, "changed"), (summary.deleted, "removed")];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "no change".to_owned() } else { parts.join(", ") }
}

/// `todo-backend (3 pods), node-agent (on its nodes)`; empty where nothing restarts.
pub(super) fn restarts(summary: &EnvironmentSummary) -> String {
    let one = |(name, pods): &(String, u64)| match pods {
        0 => format!("{name} (on its nodes)"),
        _ => format!("{name} ({})", count(*pods, "pod")),
    };
    let names: Vec<String> = summary.restarts.iter().map(one).collect();
    abbreviated(&names)
}

/// `todo-backend (3 pods)` for one workload, `2 workloads (6 pods)` for more.
pub(super) fn restarts_counted(summary: &EnvironmentSummary) -> String {
    match summary.restarts.len() {
        0 | 1 => restarts(summary),
        more => {
            let workloads = count(more as u64, "workload");
            match summary.restarts.iter().map(|(_, pods)| pods).sum() {
                0 => workloads,
                pods => format!("{workloads} ({})", count(pods, "pod")),
            }
        }
    }
}

/// How an environment's requests change: `+500m CPU, +512Mi`; empty where they do not.
pub(super) fn requests(name: &str, changes: &[CapacityChange]) -> String {
    let Some(change) = changes.iter().find(|it| it.environment == name) else { return String::new() };
    let delta_cpu = change.after.cpu_milli.saturating_sub(change.before.cpu_milli);
    let delta_memory = change.after.memory_bytes.saturating_sub(change.before.memory_bytes);
    let mut parts = Vec::new();
    if delta_cpu != 0 {
        parts.push(format!("{} CPU", signed(delta_cpu, cpu)));
    }
    if delta_memory != 0 {
        parts.push(signed(delta_memory, memory));
    }
    parts.join(", ")
}

/// The CPU that workloads ask for: `500m`, `2`.
pub(super) fn cpu_of(demand: &Demand) -> String {
    total(demand.cpu_milli, cpu)
}

/// The memory that workloads ask for: `512Mi`.
pub(super) fn memory_of(demand: &Demand) -> String {
    total(demand.memory_bytes, memory)
}

fn total(amount: i128, write: fn(u128) -> String) -> String {
    format!("{}{}", if amount < 0 { "-" } else { "" }, write(amount.unsigned_abs()))
}

/// How bad it gets: `1 warn and 3 notes; no block, loss or outage.`
pub(super) fn verdict(review: &Review) -> String {
    let counts: Vec<(Severity, u64)> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, review.findings.iter().filter(|it| it.severity == severity).count() as u64))
        .collect();
    let told = |(severity, number): &(Severity, u64)| match severity {
        Severity::Note => count(*number, "note"),
        Severity::Block | Severity::Loss | Severity::Outage | Severity::Warn => {
            format!("{number} {}", severity.name())
        }
    };
    let words: Vec<String> = counts.iter().filter(|(_, number)| *number > 0).map(told).collect();
    let words = match words.as_slice() {
        [] => "no findings".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let absent: Vec<&str> =
        counts.iter().filter(|(it, number)| *number == 0 && *it >= Severity::Outage).map(|it| it.0.name()).collect();
    match absent.as_slice() {
        [] => format!("{words}."),
        [only] => format!("{words}; no {only}."),
        [first @ .., last] => format!("{words}; no {} or {last}.", first.join(", ")),
    }
}

fn signed(amount: i128, write: fn(u128) -> String) -> String {
    format!("{}{}", if amount < 0 { "-" } else { "+" }, write(amount.unsigned_abs()))
}

/// `500m`, `2`: thousandths of a core.
pub(super) fn cpu(milli: u128) -> String {
    if milli.is_multiple_of(1000) { (milli / 1000).to_string() } else { format!("{milli}m") }
}

/// `256Mi`: bytes in the largest unit in which they are whole.
pub(super) fn memory(bytes: u128) -> String {
    let units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
    let whole = units.iter().find(|(_, power)| bytes > 0 && bytes.is_multiple_of(1 << power));
    whole.map_or_else(|| bytes.to_string(), |(suffix, power)| format!("{}{suffix}", bytes >> power))
}

/// The old and the new image: the repository once where it stays the same.
pub(super) fn image(change: &ImageChange) -> (String, String, String) {
    let before = change.before.as_deref();
    let after = change.after.as_deref();
    match (before.and_then(repository), after.and_then(repository)) {
        (Some((old, from)), Some((new, to))) if old == new => (old.to_owned(), from.to_owned(), to.to_owned()),
        _ => {
            let whole = |it: Option<&str>| it.unwrap_or("(none)").to_owned();
            (String::new(), whole(before), whole(after))
        }
    }
}

/// An image that some environments did not have before.
pub(super) struct NewImage<'a> {
    /// The workload that runs it.
    pub(super) workload: &'a str,
    /// The repository; empty where the environments have it from several or with a digest.
    pub(super) repository: &'a str,
    /// What of it, a tag or the whole reference, and where.
    pub(super) versions: Vec<(&'a str, &'a [String])>,
}

/// Returns the images that are new, one entry for each workload.
pub(super) fn new_images(review: &Review) -> Vec<NewImage<'_>> {
    let mut found: Vec<NewImage<'_>> = Vec::new();
    for change in review.images.iter().filter(|it| it.before.is_none()) {
        let reference = change.after.as_deref().unwrap_or_default();
        let (repository, version) = repository(reference).unwrap_or(("", reference));
        match found.iter_mut().find(|it| it.workload == change.workload && it.repository == repository) {
            Some(image) => image.versions.push((version, &change.environments)),
            None => found.push(NewImage {
                workload: &change.workload,
                repository,
                versions: vec![(version, &change.environments)],
            }),
        }
    }
    found
}

/// Splits `registry:5000/app:1.2` into `registry:5000/app` and `1.2`.
fn repository(image: &str) -> Option<(&str, &str)> {
    if image.contains('@') {
        return None;
    }
    image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))
}

/// `Secret/todo-backend-secrets` and the keys it must have, each in backticks.
pub(super) fn required(object: &RequiredObject) -> String {
    let keys: Vec<String> = object.keys.iter().map(|it| format!("`{it}`")).collect();
    let with = match keys.len() {
        0 => "",
        1 => " with the key ",
        _ => " with the keys ",
    };
    format!("`{}/{}`{with}{}", object.kind, object.name, keys.join(", "))
}

/// `6 field changes, 1 object removed = 6 shown + 1 folded + 0 omitted`.
pub(super) fn accounting(it: &Accounting, review: &Review) -> String {
    let created: usize = review.environments.iter().map(|it| it.created).sum();
    let deleted: usize = review.environments.iter().map(|it| it.deleted).sum();
    let fields = it.fields.saturating_sub(created + deleted);
    let mut parts = Vec::new();
    if fields > 0 || created + deleted == 0 {
        parts.push(count(fields as u64, "field change"));
    }
    for (number, word) in [(created, "created"), (deleted, "removed")] {
        if number > 0 {
            parts.push(format!("{} {word}", count(number as u64, "object")));
        }
    }
    format!("{} = {} shown + {} folded + {} omitted", parts.join(", "), it.shown, it.folded, it.omitted)
}

/// `working tree compared with 4f2c1aab (HEAD)`, the commit in backticks.
pub(super) fn compared(review: &Review) -> String {
    match &review.baseline {
        Baseline::Commit { id, chosen } => {
            format!("{} compared with `{}` ({chosen})", review.head, id.chars().take(8).collect::<String>())
        }
        Baseline::FirstCompile => format!("{}, first compile: there is no commit to compare with", review.head),
    }
}

/// What breaks a house rule: an object, or all of an environment together.
pub(super) fn offender(rule: &WaivedRule, review: &Review) -> String {
    if rule.object.kind == ENVIRONMENT { "all objects together".to_owned() } else { object(&rule.object, review) }
}

/// Why a house rule may be broken, and for how long: `reason: a batch worker, until 2026-12-31`.
pub(super) fn excuse(rule: &WaivedRule) -> String {
    let until = rule.until.map(|it| format!(" (until {it})")).unwrap_or_default();
    let new = if rule.new { ", new with this change" } else { "" };
    format!("{}{until}{new}", rule.reason)
}

/// What the review did not look at; empty where it looked at everything.
pub(super) fn not_checked(review: &Review) -> String {
    if review.not_checked.is_empty() {
        String::new()
    } else {
        format!("not checked: {}", review.not_checked.join(", "))
    }
}

/// True where there is nothing to tell.
pub(super) fn is_quiet(review: &Review) -> bool {
    review.changes.is_empty() && review.findings.is_empty()
}

/// `1 Deployment, 3 NetworkPolicies`: the objects of some changes by kind.
pub(super) fn kinds<'a>(changes: impl Iterator<Item = &'a ReviewedChange>) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for change in changes {
        *kinds.entry(&change.object.kind).or_default() += 1;
    }
    kinds.iter().map(|(kind, number)| format!("{number} {}", plural(kind, *number))).collect::<Vec<_>>().join(", ")
}

/// Writes a kind for so many objects: `Ingresses`, `NetworkPolicies`.
fn plural(kind: &str, number: usize) -> String {
    match kind.strip_suffix('y') {
        _ if number == 1 => kind.to_owned(),
        Some(stem) if stem.ends_with(|it: char| !"aeiou".contains(it)) => format!("{stem}ies"),
        _ if kind.ends_with('s') => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

/// Changes that are the same in some environments.
pub(super) type Group<'a> = (&'a [String], Vec<&'a ReviewedChange>);

/// Groups changes by the environments they are the same in: those in the most environments first, then in the order of
/// the environments.
pub(super) fn groups<'a>(changes: impl Iterator<Item = &'a ReviewedChange>, review: &Review) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<&[String], Vec<&ReviewedChange>> = BTreeMap::new();
    for change in changes {
        groups.entry(&change.environments).or_default().push(change);
    }
    let mut groups: Vec<Group<'_>> = groups.into_iter().collect();
    let position = |name: &String| review.environments.iter().position(|it| it.name == *name);
    groups.sort_by_cached_key(|(names, _)| (Reverse(names.len()), names.iter().map(position).collect::<Vec<_>>()));
    groups
}

#[cfg(test)]
mod tests {
    use super::{cpu, image, memory, plural, repository, signed};
    use crate::change::ImageChange;

    #[test]
    fn amounts_have_the_largest_unit_in_which_they_are_whole() {
        assert_eq!(cpu(500), "500m");
        assert_eq!(cpu(2000), "2");
        assert_eq!(memory(512 << 20), "512Mi");
        assert_eq!(memory(1 << 30), "1Gi");
        assert_eq!(memory(0), "0");
        assert_eq!(memory(1025), "1025");
        assert_eq!(signed(-250, cpu), "-250m");
    }

    #[test]
    fn kinds_have_a_plural() {
        assert_eq!(plural("Ingress", 1), "Ingress");
        assert_eq!(plural("Ingress", 2), "Ingresses");
        assert_eq!(plural("NetworkPolicy", 3), "NetworkPolicies");
        assert_eq!(plural("Gateway", 2), "Gateways");
        assert_eq!(plural("ConfigMap", 2), "ConfigMaps");
    }

    #[test]
    fn an_image_has_a_repository_and_a_tag() {
        assert_eq!(repository("registry:5000/app:1.2"), Some(("registry:5000/app", "1.2")));
        assert_eq!(repository("registry:5000/app"), None);
        assert_eq!(repository("app@sha256:00"), None);
        let change = |before: Option<&str>, after: Option<&str>| {
            image(&ImageChange {
                environments: Vec::new(),
                workload: String::new(),
                before: before.map(str::to_owned),
                after: after.map(str::to_owned),
                step: String::new(),
            })
        };
        assert_eq!(change(Some("a:1"), Some("a:2")), ("a".into(), "1".into(), "2".into()));
        assert_eq!(change(Some("a:1"), Some("b:1")), (String::new(), "a:1".into(), "b:1".into()));
        assert_eq!(change(None, Some("b:1")), (String::new(), "(none)".into(), "b:1".into()));
    }
}
