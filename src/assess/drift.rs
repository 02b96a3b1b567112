//! Committed trees that are not what their sources compile to, as findings: an edit by hand, or the work of another
//! version of the compiler. They come before all others, because what others say is about what is committed.

use super::Rule;
use super::wording::{count_of, list};
use crate::change::{
    Comparison, DecidedBy, Drift, EnvironmentComparison, FieldChange, Finding, Hidden, ImpactCode, Operation, Severity,
    Side,
};
use crate::object::{FieldPath, ObjectId};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[RENDERED_DRIFT], find }];

const RENDERED_DRIFT: ImpactCode = ImpactCode {
    name: "rendered-drift",
    severity: Severity::Warn,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/",
};

/// The most objects of an environment that are told one by one.
const MOST_OBJECTS: usize = 5;
/// The most fields of an object that are told one by one.
const MOST_FIELDS: usize = 3;
/// The longest value that is told as it is.
const LONGEST_VALUE: usize = 60;

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut together: BTreeMap<(&str, bool), Vec<&Drift>> = BTreeMap::new();
    let after: BTreeMap<(&str, &ObjectId), &Drift> = of_side(input, Side::After).map(|it| (of(it), it)).collect();
    // What is so still is said once, of the tree that is to be merged.
    let is_still_so = |it: &&Drift| after.get(&of(it)).is_some_and(|now| now.change == it.change);
    let before = of_side(input, Side::Before).filter(|it| !is_still_so(it));
    for drift in before.chain(of_side(input, Side::After)) {
        together.entry((&drift.environment, drift.side == Side::After)).or_default().push(drift);
    }
    let told = |((environment, _), drifts): ((&str, bool), Vec<&Drift>)| {
        if drifts.len() > MOST_OBJECTS {
            return vec![of_many(environment, &drifts)];
        }
        drifts.into_iter().map(|it| of_one(input, it)).collect()
    };
    together.into_iter().flat_map(told).collect()
}

fn of_side<'a>(input: &'a Comparison<'_>, side: Side) -> impl Iterator<Item = &'a Drift> {
    input.drifts.iter().filter(move |it| it.side == side)
}

fn of(drift: &Drift) -> (&str, &ObjectId) {
    (&drift.environment, &drift.change.id)
}

/// What is said of a state, and what is to be done.
fn words(side: Side) -> (&'static str, &'static str) {
    match side {
        Side::Before => {
            ("was not what its sources compiled to", "what was edited by hand and is meant belongs in the sources")
        }
        Side::After => ("is not what the sources compile to", "run `todo-gitops compile` and commit the result"),
    }
}

fn of_many(environment: &str, drifts: &[&Drift]) -> Finding {
    let side = drifts.first().map_or(Side::After, |it| it.side);
    let (_, help) = words(side);
    let what = match side {
        Side::Before => "were not what its sources compiled to",
        Side::After => "are not what the sources compile to",
    };
    let mut named: Vec<String> = drifts.iter().take(MOST_OBJECTS).map(|it| it.change.id.short()).collect();
    named.push(format!("{} more", drifts.len().saturating_sub(MOST_OBJECTS)));
    let message = format!("has {} that {what}: {}", count_of(drifts, "object"), list(&named));
    Finding::new(RENDERED_DRIFT, environment, &ObjectId::environment(environment), message).help(help)
}

fn of_one(input: &Comparison<'_>, drift: &Drift) -> Finding {
    let (what, help) = words(drift.side);
    let environment = input.environments.iter().find(|it| it.name() == drift.environment);
    let reason = match (drift.change.operation, drift.side) {
        (Operation::Create, Side::Before) => format!("they made none, and {}", fate(environment, &drift.change.id)),
        (Operation::Create, Side::After) => "it is in the tree, and they make none".to_owned(),
        (Operation::Delete, Side::Before) => {
            format!("it was not in the tree, and {}", fate(environment, &drift.change.id))
        }
        (Operation::Delete, Side::After) => "they make it, and it is not in the tree".to_owned(),
        (Operation::Update, _) => fields(&input.hidden, environment, drift),
    };
    let message = format!("{what}: {reason}");
    let finding = Finding::new(RENDERED_DRIFT, &drift.environment, &drift.change.id, message).help(help);
    let [field] = drift.change.fields.as_slice() else { return finding };
    let side = Side::After;
    let object = environment.and_then(|it| it.object(side, &drift.change.id));
    finding.at(&field.shown).from_line(object.and_then(|it| input.line_of(side, it, &field.path)))
}

/// Says what becomes of an object that only the tree or only the sources had.
fn fate(environment: Option<&EnvironmentComparison<'_>>, id: &ObjectId) -> &'static str {
    let is_in = |side| environment.is_some_and(|it| it.object(side, id).is_some());
    match (is_in(Side::Before), is_in(Side::After)) {
        (true, false) => "this change removes it",
        (false, true) => "this change adds it",
        (true, true) => "it stays",
        (false, false) => "it stays away",
    }
}

fn fields(hidden: &Hidden, environment: Option<&EnvironmentComparison<'_>>, drift: &Drift) -> String {
    let fields = &drift.change.fields;
    let after = environment.and_then(|it| it.object(Side::After, &drift.change.id));
    let id = &drift.change.id;
    let told = |it: &FieldChange| {
        let is_covered = |hidden: &Hidden| {
            hidden.covers(Side::Before, id, &it.path_before) || hidden.covers(Side::After, id, &it.path)
        };
        let is_hidden = id.kind == "Secret" || is_covered(&drift.hidden) || is_covered(hidden);
        let now = after.and_then(|object| find_again(&object.body, it));
        let (expected, found) = (it.before.as_ref(), it.after.as_ref());
        let (by_sources, in_tree) = (shown(expected, is_hidden), shown(found, is_hidden));
        let what = match (drift.side, expected, found) {
            (Side::After, Some(_), Some(_)) if is_hidden => format!("`{}` is not the value of the sources", it.shown),
            (Side::Before, Some(_), Some(_)) if is_hidden => {
                format!("`{}` was not the value of the sources", it.shown)
            }
            (Side::After, None, _) => format!("`{}` is only in the tree", it.shown),
            (Side::After, _, None) => format!("`{}` is not in the tree", it.shown),
            (Side::After, ..) => format!("`{}` is {in_tree} in the tree and {by_sources} by the sources", it.shown),
            (Side::Before, None, _) => format!("`{}` was put in", it.shown),
            (Side::Before, _, None) => format!("`{}` was taken out", it.shown),
            (Side::Before, ..) => format!("`{}` was {in_tree} and not {by_sources}", it.shown),
        };
        let end = match drift.side {
            Side::After => String::new(),
            Side::Before => end(now, expected, found, is_hidden),
        };
        (what, end)
    };
    let told: Vec<(String, String)> = fields.iter().take(MOST_FIELDS).map(told).collect();
    let alike = told.chunk_by(|a, b| a.1 == b.1 && !a.1.is_empty()).map(|group| {
        let whats: Vec<&str> = group.iter().map(|it| it.0.as_str()).collect();
        let ends: Vec<&str> = group.iter().map(|it| it.1.as_str()).take(1).filter(|it| !it.is_empty()).collect();
        [&[&*whats.join(", and ")], &*ends].concat().join(", ")
    });
    let mut told: Vec<String> = alike.collect();
    if fields.len() > MOST_FIELDS {
        told.push(format!("and {}", count_of(&fields[MOST_FIELDS..], "more field")));
    }
    told.join("; ")
}

/// Says what becomes of a field that the old tree and its sources had different.
fn end(now: Option<&Value>, expected: Option<&Value>, found: Option<&Value>, is_hidden: bool) -> String {
    if now == found {
        "which stays so".to_owned()
    } else if now == expected {
        "which this change sets back".to_owned()
    } else {
        format!("and is {} with this change", shown(now, is_hidden))
    }
}

/// Finds the value of a field in another state of its object, where a list item may stand elsewhere.
fn find_again<'a>(body: &'a Value, field: &FieldChange) -> Option<&'a Value> {
    let is_it = |path: &FieldPath| path.display_in(body) == field.shown;
    [&field.path, &field.path_before].into_iter().find(|it| is_it(it)).and_then(|it| it.find(body))
}

fn shown(value: Option<&Value>, is_hidden: bool) -> String {
    match value {
        None => "not there".to_owned(),
        Some(_) if is_hidden => "another value".to_owned(),
        Some(Value::String(text)) if text.chars().count() <= LONGEST_VALUE => format!("\"{text}\""),
        Some(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value.to_string(),
        Some(Value::String(_)) => "a long text".to_owned(),
        Some(Value::Array(_)) => "a list".to_owned(),
        Some(Value::Object(_)) => "a block".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{fields, shown};
    use crate::change::EnvironmentComparison;
    use crate::change::{Drift, FieldChange, Hidden, ObjectChange, Operation, Side};
    use crate::diff;
    use crate::object::{Environment, Object};
    use serde_json::{Value, json};

    fn config(level: &str) -> Object {
        let body =
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"LEVEL": level}});
        Object::from_body(body).unwrap()
    }

    #[test]
    fn a_field_tells_what_becomes_of_it() {
        let check = |side, now: &str, expected: &str| {
            let changes: Vec<ObjectChange> = diff::objects(&[config("info")], &[config("debug")]).changes;
            let change = changes.into_iter().next().unwrap();
            let drift = Drift { side, environment: "dev".to_owned(), change, hidden: Hidden::default() };
            let (environment, after) = (Environment::undeclared("dev"), [config(now)]);
            let comparison = EnvironmentComparison {
                environment: &environment,
                environment_before: None,
                before: None,
                after: Some(&after),
                changes: diff::objects(&[], &after),
            };
            assert_eq!(fields(&Hidden::default(), Some(&comparison), &drift), expected);
        };
        let was = "`data.LEVEL` was \"debug\" and not \"info\", ";
        check(Side::Before, "info", &format!("{was}which this change sets back"));
        check(Side::Before, "debug", &format!("{was}which stays so"));
        check(Side::Before, "warn", &format!("{was}and is \"warn\" with this change"));
        check(Side::After, "info", "`data.LEVEL` is \"debug\" in the tree and \"info\" by the sources");
    }

    #[test]
    fn many_fields_are_counted_and_secrets_not_told() {
        let field = |name: usize| FieldChange {
            equivalent: None,
            path: crate::object::FieldPath::default().field("data"),
            path_before: crate::object::FieldPath::default().field("data"),
            shown: format!("data.{name}"),
            before: Some(json!(1)),
            after: None,
            origin: None,
        };
        let id = config("a").id;
        let change = ObjectChange { id, operation: Operation::Update, fields: (0..5).map(field).collect() };
        let (hidden, environment) = (Hidden::default(), "dev".to_owned());
        let drift = Drift { side: Side::After, environment, change, hidden };
        let text = fields(&Hidden::default(), None, &drift);
        assert!(text.ends_with("`data.2` is not in the tree; and 2 more fields"), "{text}");
        let check = |value: Value, expected: &str| assert_eq!(shown(Some(&value), false), expected);
        check(json!("x".repeat(60)), &format!("\"{}\"", "x".repeat(60)));
        check(json!("x".repeat(61)), "a long text");
        check(json!([1]), "a list");
        assert_eq!(shown(Some(&json!("x")), true), "another value");
    }
}
