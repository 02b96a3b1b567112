//! `explain`: where a value comes from.

use super::arguments::Explain;
use super::{Console, ExitCode, Project};
use crate::diagnostic::{suggest, visible};
use crate::object::{FieldPath, Object, ObjectSet, kind, leaves};
use crate::source::{Origin, Sources, Span};
use serde_json::Value;

/// Runs the command.
pub(super) fn run(arguments: &Explain, project: &Project, console: &mut Console<'_>) -> ExitCode {
    let compiled = match project.compiled(&arguments.environments, console) {
        Ok(compiled) => compiled,
        Err(code) => return code,
    };
    let explained = explain(arguments, &compiled.sets, &project.sources);
    match explained {
        Ok(text) => {
            console.page(&text);
            ExitCode::Done
        }
        Err(message) => {
            console.message(&message);
            ExitCode::Wrong
        }
    }
}

/// Returns the explanation, or what is wrong with the question.
fn explain(arguments: &Explain, sets: &[ObjectSet], sources: &Sources) -> Result<String, String> {
    let found: Vec<(&ObjectSet, &Object)> = sets
        .iter()
        .flat_map(|set| set.objects.iter().map(move |object| (set, object)))
        .filter(|(_, object)| is_called(object, &arguments.object))
        .collect();
    if found.is_empty() {
        return Err(unknown_object(&arguments.object, sets));
    }
    let one_environment = arguments.environments.len() == 1;
    let Some(field) = &arguments.field else {
        return Ok(found.iter().map(|(set, object)| whole_object(set, object, sources)).collect::<Vec<_>>().join("\n"));
    };
    let paths: Vec<(&ObjectSet, &Object, FieldPath)> =
        found.iter().filter_map(|(set, object)| Some((*set, *object, path_in(field, object)?))).collect();
    match paths.as_slice() {
        [] => Err(unknown_field(field, &found)),
        [(set, object, path)] if one_environment => Ok(one_field(set, object, path, sources)),
        several => Ok(by_environment(field, sets, several, sources)),
    }
}

/// Returns the path of a field that the object has, or of one that is left out for a reason.
fn path_in(field: &str, object: &Object) -> Option<FieldPath> {
    FieldPath::parse_in(field, &object.body)
        .or_else(|| FieldPath::parse(field).filter(|it| object.origins.absence_of(it).is_some()))
}

/// True where `text` names the object: `deployment/todo-backend`, `deploy/todo-backend` as kubectl shortens it, or
/// `deployment.apps/todo-backend` as kubectl prints it.
fn is_called(object: &Object, text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, name)| {
        let kind = kind.to_lowercase();
        let (kind, group) = kind.split_once('.').map_or((kind.as_str(), None), |(kind, group)| (kind, Some(group)));
        let own = object.id.kind.to_lowercase();
        name == object.id.name
            && group.is_none_or(|it| it == object.id.group)
            && (own == kind || kind::short_name(&object.id.kind) == Some(kind) || plural(&own) == kind)
    })
}

fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    }
}

fn unknown_object(wanted: &str, sets: &[ObjectSet]) -> String {
    let mut known: Vec<String> = sets.iter().flat_map(|set| &set.objects).map(called).collect();
    known.sort();
    known.dedup();
    let near = suggest::nearest(wanted, known.iter().map(String::as_str));
    let help = near.map_or_else(|| format!("objects are {}", known.join(", ")), |it| format!("did you mean `{it}`?"));
    format!("error: no object is called `{wanted}`\nhelp: {help}\n")
}

fn called(object: &Object) -> String {
    format!("{}/{}", object.id.kind.to_lowercase(), object.id.name)
}

fn unknown_field(wanted: &str, found: &[(&ObjectSet, &Object)]) -> String {
    let mut known: Vec<String> = Vec::new();
    for (_, object) in found {
        leaves(&object.body, &mut |path, _| {
            let mut path = path.clone();
            while !path.segments().is_empty() {
                known.push(path.display_in(&object.body));
                path.pop();
            }
        });
    }
    known.sort();
    known.dedup();
    let last = wanted.rsplit('.').next().unwrap_or(wanted);
    let same_ending: Vec<&str> =
        known.iter().map(String::as_str).filter(|it| it.rsplit('.').next() == Some(last)).collect();
    let near = suggest::nearest(wanted, same_ending.iter().copied())
        .or_else(|| same_ending.first().copied())
        .or_else(|| suggest::nearest(wanted, known.iter().map(String::as_str)));
    let name = found.first().map(|(_, object)| object.id.short()).unwrap_or_default();
    let help = near.map_or_else(
        || format!("`explain {}` shows all its fields", name.to_lowercase()),
        |it| format!("did you mean `{it}`?"),
    );
    format!("error: {name} has no field `{wanted}`\nhelp: {help}\n")
}

/// Explains one field, or every field of a block.
fn one_field(set: &ObjectSet, object: &Object, path: &FieldPath, sources: &Sources) -> String {
    let title = format!("{} in {}\n", object.id.short(), set.environment.name);
    let value = path.find(&object.body);
    if value.is_some_and(is_block) {
        return title + &table(rows(object, path, sources));
    }
    let shown = value.map_or(LEFT_OUT.to_owned(), shown);
    let mut text = format!("{title}{}: {shown}\n\n", path.display_in(&object.body));
    let origin = if value.is_some() { object.origin(path) } else { object.origins.absence_of(path) };
    let Some(origin) = origin else { return text };
    let mut lines: Vec<[String; 3]> = Vec::new();
    if let Some(rule) = origin.rule {
        lines.push(["by rule".to_owned(), rule.to_owned(), String::new()]);
    }
    let how = if origin.rule.is_some() { "from" } else { "set by" };
    lines.extend(origin.span.map(|it| line(how, it, sources)));
    lines.extend(origin.overrides.iter().map(|it| line("overrides", *it, sources)));
    let widths = [0, 1].map(|column| lines.iter().map(|it| it[column].chars().count()).max().unwrap_or(0));
    for [how, place, source] in lines {
        let row = format!("  {how:<0$}  {place:<1$}  {source}", widths[0], widths[1]);
        text += row.trim_end();
        text += "\n";
    }
    text
}

/// Stands for the value of a field that is left out.
const LEFT_OUT: &str = "(left out)";

/// True for a value with something in it.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn line(how: &str, span: Span, sources: &Sources) -> [String; 3] {
    [how.to_owned(), sources.location(span).to_string(), sources.line(span).trim().to_owned()]
}

/// Explains one field with a row for each environment.
fn by_environment(
    field: &str,
    sets: &[ObjectSet],
    found: &[(&ObjectSet, &Object, FieldPath)],
    sources: &Sources,
) -> String {
    let name = found.first().map(|(_, object, _)| object.id.short()).unwrap_or_default();
    let mut rows = Vec::new();
    for set in sets {
        let environment = set.environment.name.clone();
        match found.iter().find(|(of, ..)| of.environment.name == set.environment.name) {
            None => rows.push([environment, "-".to_owned(), "not set here".to_owned()]),
            Some((_, object, path)) => {
                let value = path.find(&object.body);
                let origin = match value {
                    Some(_) => object.origin(path),
                    None => object.origins.absence_of(path),
                };
                let why = origin.map(|it| because(it, sources)).unwrap_or_default();
                rows.push([environment, value.map_or(LEFT_OUT.to_owned(), shown), why]);
            }
        }
    }
    format!("{name} {field}\n{}", table(rows))
}

/// Explains every leaf of an object.
fn whole_object(set: &ObjectSet, object: &Object, sources: &Sources) -> String {
    format!(
        "{} in {}\n{}",
        object.id.short(),
        set.environment.name,
        table(rows(object, &FieldPath::default(), sources))
    )
}

/// Returns a row for each leaf below a path: its path, its value, and why.
fn rows(object: &Object, below: &FieldPath, sources: &Sources) -> Vec<[String; 3]> {
    let mut rows = Vec::new();
    leaves(&object.body, &mut |path, value| {
        if path.starts_with(below) {
            let why = object.origin(path).map(|it| because(it, sources)).unwrap_or_default();
            rows.push([path.display_in(&object.body), shown(value), why]);
        }
    });
    rows
}

/// Says in one line why a value is what it is.
fn because(origin: &Origin, sources: &Sources) -> String {
    let place = |span: &Span| sources.location(*span).to_string();
    let mut text = origin.span.as_ref().map(place).unwrap_or_default();
    if !origin.overrides.is_empty() {
        let lost: Vec<String> = origin.overrides.iter().map(place).collect();
        text = format!("{text} (over {})", lost.join(", "));
    }
    match (origin.rule, text.is_empty()) {
        (Some(rule), true) => rule.to_owned(),
        (Some(rule), false) => format!("{text}: {rule}"),
        (None, _) => text,
    }
}

/// Writes a value in one line: text as it is where that is unmistakable, anything else as JSON.
fn shown(value: &Value) -> String {
    let plain = |it: &&str| !it.is_empty() && it.trim() == *it && !it.chars().any(visible::is_deceptive);
    value.as_str().filter(plain).map_or_else(|| visible::escape(&value.to_string()), str::to_owned)
}

/// Aligns rows in columns; the last is not padded.
fn table(rows: Vec<[String; 3]>) -> String {
    let widths = [0, 1].map(|column| rows.iter().map(|it| it[column].chars().count()).max().unwrap_or(0));
    let mut text = String::new();
    for [first, second, third] in rows {
        let row = format!("  {first:<0$}  {second:<1$}  {third}", widths[0], widths[1]);
        text += row.trim_end();
        text += "\n";
    }
    text
}
