//! A review in, the JSON document of `docs/review-json.md` out: a contract with its own shape, so that our types may
//! change and it does not.

use super::difference::{HIDDEN, is_secret};
use crate::change::{self, Baseline, Operation, Review};
use crate::diagnostic::visible;
use crate::object::ObjectId;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// The version of the contract. It grows when a field is removed or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Writes a review as JSON, with a line break at its end. Every value is exact; characters that a terminal would obey or
/// hide are written as `\u` escapes.
pub fn json(review: &Review) -> String {
    safe(&Document::of(review))
}

/// Writes a review as JSON on one line, for a page that holds it.
pub(super) fn embedded(review: &Review) -> String {
    // The document is made of strings, numbers and lists alone, which can always be written.
    serde_json::to_string(&Document::of(review)).unwrap_or_default()
}

/// Writes a document so that it can be shown on a terminal.
pub(super) fn safe(document: &impl Serialize) -> String {
    // The document is made of strings, numbers and lists alone, which can always be written.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    let mut safe = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        if character != '\n' && visible::is_deceptive(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe.push('\n');
    safe
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    app: &'a str,
    base: Option<Base<'a>>,
    head: &'a str,
    headline: &'a str,
    environments: Vec<Environment<'a>>,
    changes: Vec<Change<'a>>,
    findings: Vec<Finding<'a>>,
    capacity: Vec<Capacity<'a>>,
    images: Vec<Image<'a>>,
    waived: Vec<Waived<'a>>,
    required: Vec<Required<'a>>,
    accounting: Accounting,
    not_checked: &'a [String],
}

#[derive(Serialize)]
struct Base<'a> {
    commit: &'a str,
    chosen: &'a str,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    namespace: &'a str,
    protected: bool,
    created: usize,
    updated: usize,
    deleted: usize,
    objects: usize,
    restarts: Vec<Restart<'a>>,
    worst: Option<&'static str>,
}

#[derive(Serialize)]
struct Restart<'a> {
    workload: &'a str,
    pods: u64,
}

#[derive(Serialize)]
struct Change<'a> {
    environments: &'a [String],
    object: Object<'a>,
    operation: &'static str,
    source: Option<Source<'a>>,
    summary: &'a str,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
struct Object<'a> {
    group: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct Source<'a> {
    file: &'a str,
    line: u32,
    removed: bool,
}

#[derive(Serialize)]
struct Field<'a> {
    path: &'a str,
    before: Option<Value>,
    after: Option<Value>,
    source: Option<Source<'a>>,
    derived: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    code: &'a str,
    severity: &'static str,
    decided_by: &'static str,
    environments: &'a [String],
    object: Object<'a>,
    path: &'a str,
    message: &'a str,
    help: &'a str,
    source: Option<Source<'a>>,
    documentation: &'a str,
}

#[derive(Serialize)]
struct Capacity<'a> {
    environment: &'a str,
    before: Demand,
    after: Demand,
    peak: Demand,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Demand {
    cpu_milli: i128,
    memory_bytes: i128,
    pods: u64,
}

#[derive(Serialize)]
struct Image<'a> {
    environments: &'a [String],
    workload: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
    step: &'a str,
}

#[derive(Serialize)]
struct Waived<'a> {
    code: &'a str,
    environments: &'a [String],
    object: Object<'a>,
    reason: &'a str,
    until: Option<String>,
    source: Source<'a>,
    new: bool,
}

#[derive(Serialize)]
struct Required<'a> {
    environments: &'a [String],
    kind: &'a str,
    name: &'a str,
    keys: &'a [String],
    new: bool,
}

#[derive(Serialize)]
struct Accounting {
    fields: usize,
    shown: usize,
    folded: usize,
    omitted: usize,
}

impl<'a> Document<'a> {
    fn of(review: &'a Review) -> Self {
        let base = match &review.baseline {
            Baseline::Commit { id, chosen } => Some(Base { commit: id, chosen }),
            Baseline::FirstCompile => None,
        };
        let accounting = review.accounting;
        Self {
            version: VERSION,
            app: &review.app,
            base,
            head: &review.head,
            headline: &review.headline,
            environments: review.environments.iter().map(Environment::of).collect(),
            changes: review.changes.iter().map(Change::of).collect(),
            findings: review.findings.iter().map(Finding::of).collect(),
            capacity: review.capacity.iter().map(Capacity::of).collect(),
            images: review.images.iter().map(Image::of).collect(),
            waived: review.waived.iter().map(Waived::of).collect(),
            required: review.required.iter().map(Required::of).collect(),
            accounting: Accounting {
                fields: accounting.fields,
                shown: accounting.shown,
                folded: accounting.folded,
                omitted: accounting.omitted,
            },
            not_checked: &review.not_checked,
        }
    }
}

impl<'a> Environment<'a> {
    fn of(it: &'a change::EnvironmentSummary) -> Self {
        Self {
            name: &it.name,
            namespace: &it.namespace,
            protected: it.protected,
            created: it.created,
            updated: it.updated,
            deleted: it.deleted,
            objects: it.objects,
            restarts: it.restarts.iter().map(|(workload, pods)| Restart { workload, pods: *pods }).collect(),
            worst: it.worst.map(change::Severity::name),
        }
    }
}

impl<'a> Change<'a> {
    fn of(it: &'a change::ReviewedChange) -> Self {
        let operation = match it.operation {
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Delete => "delete",
        };
        Self {
            environments: &it.environments,
            object: Object::of(&it.object),
            operation,
            source: it.source.as_ref().map(Source::of),
            summary: &it.summary,
            fields: it.fields.iter().map(|field| Field::of(&it.object, field)).collect(),
        }
    }
}

impl<'a> Object<'a> {
    fn of(it: &'a ObjectId) -> Self {
        Self { group: &it.group, kind: &it.kind, namespace: it.namespace.as_deref(), name: &it.name }
    }
}

impl<'a> Source<'a> {
    fn of(it: &'a change::SourceLine) -> Self {
        Self { file: &it.file, line: it.line, removed: it.removed }
    }
}

impl<'a> Field<'a> {
    fn of(object: &ObjectId, it: &'a change::ReviewedField) -> Self {
        let side = |value: &Option<Value>| match value {
            Some(_) if is_secret(object, &it.path) => Some(Value::from(HIDDEN)),
            value => value.clone(),
        };
        Self {
            path: &it.path,
            before: side(&it.before),
            after: side(&it.after),
            source: it.source.as_ref().map(Source::of),
            derived: it.derived,
        }
    }
}

impl<'a> Finding<'a> {
    fn of(it: &'a change::Finding) -> Self {
        Self {
            code: it.code.name,
            severity: it.severity.name(),
            decided_by: it.code.decided_by.name(),
            environments: &it.environments,
            object: Object::of(&it.object),
            path: &it.path,
            message: &it.message,
            help: &it.help,
            source: it.source.as_ref().map(Source::of),
            documentation: it.code.documentation,
        }
    }
}

impl<'a> Capacity<'a> {
    fn of(it: &'a change::CapacityChange) -> Self {
        let demand =
            |it: &change::Demand| Demand { cpu_milli: it.cpu_milli, memory_bytes: it.memory_bytes, pods: it.pods };
        Self {
            environment: &it.environment,
            before: demand(&it.before),
            after: demand(&it.after),
            peak: demand(&it.peak),
        }
    }
}

impl<'a> Image<'a> {
    fn of(it: &'a change::ImageChange) -> Self {
        Self {
            environments: &it.environments,
            workload: &it.workload,
            before: it.before.as_deref(),
            after: it.after.as_deref(),
            step: &it.step,
        }
    }
}

impl<'a> Waived<'a> {
    fn of(it: &'a change::WaivedRule) -> Self {
        Self {
            code: &it.code,
            environments: &it.environments,
            object: Object::of(&it.object),
            reason: &it.reason,
            until: it.until.map(|it| it.to_string()),
            source: Source::of(&it.source),
            new: it.new,
        }
    }
}

impl<'a> Required<'a> {
    fn of(it: &'a change::RequiredObject) -> Self {
        Self { environments: &it.environments, kind: &it.kind, name: &it.name, keys: &it.keys, new: it.new }
    }
}
