//! What the API server will not accept, so that the sync fails: fields that cannot change once their object exists.

mod claim;
mod code;
mod fixed;
mod service;
mod way_out;

use super::{Rule, wording};
use crate::change::{
    Comparison, DecidedBy, EnvironmentComparison, FieldChange, Finding, ImpactCode, ObjectChange, Operation,
};
use crate::change::{Severity, Side};
use crate::object::{FieldPath, Object, ObjectId, Segment};
use fixed::{FIXED, Fixed};

pub(super) const RULES: &[Rule] = &[
    Rule { codes: code::ALL, find: changed },
    Rule { codes: &[JOB_RUNS_AGAIN, REPLACED_BY_FORCE], find: replaced },
    Rule { codes: claim::CODES, find: claim::find },
];

const JOB_RUNS_AGAIN: ImpactCode = ImpactCode {
    name: "job-runs-again",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/",
};
const REPLACED_BY_FORCE: ImpactCode = ImpactCode {
    name: "replaced-by-force",
    severity: Severity::Outage,
    decided_by: DecidedBy::Declared,
    documentation: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#force-sync",
};

/// An object that is in both trees and differs.
struct Update<'a> {
    before: &'a Object,
    after: &'a Object,
    change: &'a ObjectChange,
}

/// What the API server makes of a changed field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It takes the change.
    Taken,
    /// It refuses the change.
    Refused,
    /// It refuses the change unless this is so, which only the cluster knows.
    RefusedUnless(&'static str),
    /// It keeps what there was.
    Ignored(&'static str),
}

impl<'a> Update<'a> {
    /// Iterates the updates of an environment.
    fn all(environment: &'a EnvironmentComparison<'a>) -> impl Iterator<Item = Self> {
        let updated = environment.changes.changes.iter().filter(|it| it.operation == Operation::Update);
        updated.filter_map(|it| Self::of(environment, it))
    }

    fn of(environment: &EnvironmentComparison<'a>, change: &'a ObjectChange) -> Option<Self> {
        let object = |side| environment.object(side, &change.id);
        Some(Self { before: object(Side::Before)?, after: object(Side::After)?, change })
    }

    /// Returns the text of a field before and after; none where it is missing or empty.
    fn texts(&self, path: &str) -> (Option<&'a str>, Option<&'a str>) {
        let text = |it: &'a Object| it.field(path).and_then(serde_json::Value::as_str).filter(|it| !it.is_empty());
        (text(self.before), text(self.after))
    }

    /// Returns what is not simply taken, with the entry of the table that says so.
    fn refusals(&self) -> Vec<(&'static Fixed, Vec<(&'a FieldChange, Answer)>)> {
        let id = &self.change.id;
        let entries = FIXED.iter().filter(|it| it.kinds.contains(&(id.group.as_str(), id.kind.as_str())));
        let answers = entries.map(|entry| {
            let fields = self.change.fields.iter().filter(|it| !fixed::means_the_same(it));
            let answered = fields.map(|it| (it, (entry.answer)(self, it))).filter(|(_, it)| *it != Answer::Taken);
            (entry, answered.collect::<Vec<_>>())
        });
        answers.filter(|(_, it)| !it.is_empty()).collect()
    }
}

/// True where the API server surely refuses to change an object in place, so that no rollout begins.
pub(super) fn is_refused(environment: &EnvironmentComparison<'_>, id: &ObjectId) -> bool {
    let Some(update) = environment.change(id).and_then(|it| Update::of(environment, it)) else { return false };
    update.refusals().iter().flat_map(|it| &it.1).any(|(_, answer)| *answer == Answer::Refused)
}

/// True where an object cannot change in place and is deleted and made again instead.
pub(super) fn is_replaced(environment: &EnvironmentComparison<'_>, id: &ObjectId) -> bool {
    is_refused(environment, id)
        && environment.object(Side::After, id).is_some_and(|it| way_out::replacement(it).is_some())
}

fn changed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for update in Update::all(environment).filter(|it| way_out::replacement(it.after).is_none()) {
            let found = update.refusals().into_iter().map(|it| refused(input, environment, &update, it.0, &it.1));
            findings.extend(found);
        }
    }
    findings
}

fn refused(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    update: &Update<'_>,
    entry: &Fixed,
    answers: &[(&FieldChange, Answer)],
) -> Finding {
    let fields: Vec<&FieldChange> = answers.iter().map(|it| it.0).collect();
    let names = wording::quoted(&blocks(&fields));
    let worst = answers.iter().map(|it| it.1).find(|it| *it == Answer::Refused);
    let worst = worst.or(answers.first().map(|it| it.1)).unwrap_or(Answer::Refused);
    let since = if entry.code == code::CONFIG_DATA { "`immutable` was set" } else { "the object was created" };
    let (message, severity) = match worst {
        Answer::Taken | Answer::Refused => {
            (format!("is rejected by the API server: {names} cannot change after {since}"), entry.code.severity)
        }
        Answer::RefusedUnless(condition) => (
            format!("may be rejected by the API server: {names} cannot change after {since}, unless {condition}"),
            Severity::Warn,
        ),
        Answer::Ignored(effect) => (format!("{effect}: {names} cannot change after {since}"), Severity::Warn),
    };
    let help = way_out::of(entry, update, &fields);
    let finding = Finding::new(entry.code, environment.name(), &update.change.id, message).with_severity(severity);
    at_fields(input, update, finding, &fields).help(help)
}

/// Names the fields that a finding is about, and the line of the first.
fn at_fields(input: &Comparison<'_>, update: &Update<'_>, finding: Finding, fields: &[&FieldChange]) -> Finding {
    let blocks = blocks(fields);
    let path = match (fields, blocks.as_slice()) {
        ([only], _) => only.shown.as_str(),
        (_, [block]) => block,
        _ => "",
    };
    let line = match (fields, blocks.as_slice()) {
        ([_, _, ..], [block]) => FieldPath::parse(block).and_then(|it| input.line_of(Side::After, update.after, &it)),
        _ => None,
    };
    let of_first = || {
        let first = fields.first()?;
        input
            .line_of(Side::After, update.after, &first.path)
            .or_else(|| input.line_of(Side::Before, update.before, &first.path_before))
    };
    finding.at(path).from_line(line.or_else(of_first))
}

/// Names the blocks that fields are in, each once: `spec.template`, `data`.
fn blocks(fields: &[&FieldChange]) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for field in fields {
        let steps = field.path.segments();
        let depth = if steps.first() == Some(&Segment::Field("spec".to_owned())) { 2 } else { 1 };
        let mut block = field.path.clone();
        while block.segments().len() > depth {
            block.pop();
        }
        let block = block.to_string();
        if !blocks.contains(&block) {
            blocks.push(block);
        }
    }
    blocks
}

fn replaced(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for update in Update::all(environment) {
            let Some(replacement) = way_out::replacement(update.after) else { continue };
            let refusals = update.refusals();
            let answers = refusals.iter().flat_map(|it| &it.1);
            let fields: Vec<&FieldChange> =
                answers.filter(|it| !matches!(it.1, Answer::Ignored(_))).map(|it| it.0).collect();
            if fields.is_empty() {
                continue;
            }
            let id = &update.change.id;
            let finding = if id.kind == "Job" {
                let message = format!("runs again: it is deleted and created anew, as {replacement} says");
                Finding::new(JOB_RUNS_AGAIN, environment.name(), id, message)
            } else {
                let names = wording::quoted(&blocks(&fields));
                let message = format!(
                    "is deleted and created anew: {names} cannot change in place, and {replacement} says to replace it"
                );
                let is_storage = id.kind == "PersistentVolumeClaim";
                let severity = if is_storage { Severity::Loss } else { REPLACED_BY_FORCE.severity };
                let help = format!("take the annotation away to keep what is there, or keep {names} as before");
                Finding::new(REPLACED_BY_FORCE, environment.name(), id, message).with_severity(severity).help(help)
            };
            findings.push(at_fields(input, &update, finding, &fields));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
