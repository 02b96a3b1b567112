//! Definitions of custom resources that ask more of their objects than before.
//!
//! What the tree holds of them is checked against the new schema when it is compiled; what others have in the cluster is
//! not known. An object that no longer fits stays as it is, and is refused when it is next written, but for what was
//! wrong already where the cluster ratchets
//! (<https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/>).

use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::schema::custom::is_definition;
use crate::object::{FieldPath, Object};
use serde_json::{Map, Value};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[CRD_TIGHTENED], find }];

const CRD_TIGHTENED: ImpactCode = ImpactCode {
    name: "crd-tightened",
    severity: Severity::Warn,
    decided_by: DecidedBy::Live,
    documentation: "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (before, after) in environment.kept().filter(|(_, it)| is_definition(it)) {
            findings.extend(finding(input, environment, before, after));
        }
    }
    findings
}

fn finding(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    before: &Object,
    after: &Object,
) -> Option<Finding> {
    const SHOWN: usize = 5;
    let mut told: Vec<String> = Vec::new();
    let mut gone: Vec<&str> = Vec::new();
    for old in versions(before).iter().filter(is_served) {
        let name = old.get("name").and_then(Value::as_str).unwrap_or_default();
        let new = versions(after).iter().find(|it| it.get("name") == old.get("name"));
        let is_stored = old.get("storage") == Some(&Value::Bool(true));
        match new.filter(is_served) {
            // That the stored version cannot go is said by the rules of the API server.
            None if is_stored && new.is_none() => {}
            None => gone.push(name),
            Some(new) => {
                let schema = |it: &Value| it.pointer("/schema/openAPIV3Schema").cloned().unwrap_or(Value::Null);
                compare(&schema(old), &schema(new), &FieldPath::default(), &mut |it| {
                    // Versions mostly have the same fields.
                    if !told.contains(&it) {
                        told.push(it);
                    }
                });
            }
        }
    }
    let mut parts: Vec<String> = told.iter().take(SHOWN).cloned().collect();
    if told.len() > SHOWN {
        parts.push(format!("{} more", told.len() - SHOWN));
    }
    if !gone.is_empty() {
        parts.push(format!("{} is no longer served", wording::quoted(&gone)));
    }
    if parts.is_empty() {
        return None;
    }
    let message = format!(
        "asks more of its objects: {}; objects in the cluster may no longer fit, and are then refused or cut when they are next written",
        parts.join(", ")
    );
    let help = format!(
        "look through what there is (`kubectl get {} --all-namespaces`), or bring the change in a new version",
        after.id.name
    );
    let path = FieldPath::parse("spec.versions")?;
    let finding = Finding::new(CRD_TIGHTENED, environment.name(), &after.id, message).at(path.to_string()).help(help);
    Some(finding.from_line(input.line_of(Side::After, after, &path)))
}

fn versions(definition: &Object) -> &[Value] {
    definition.field("spec.versions").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "filters hand over references")]
fn is_served(version: &&Value) -> bool {
    version.get("served") == Some(&Value::Bool(true))
}

/// Tells what the new schema refuses and the old one took, field by field. Of combinations (`anyOf` and the like) and
/// rules (`x-kubernetes-validations`) nothing is said.
fn compare(old: &Value, new: &Value, path: &FieldPath, tell: &mut impl FnMut(String)) {
    let place = |name: &str| format!("`{}`", path.field(name));
    let properties = |schema: &Value| schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let (old_fields, new_fields): (Map<String, Value>, Map<String, Value>) = (properties(old), properties(new));
    let is_named = |schema: &Value, name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|it| it.iter().any(|it| it == name))
    };
    // A field with a default is filled in before anything is asked for.
    let has_default = |name: &str| new_fields.get(name).is_some_and(|it| it.get("default").is_some());
    for name in new.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !is_named(old, name) && !has_default(name) {
            tell(format!("{} is required", place(name)));
        }
    }
    let keeps_unknown = new.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true))
        || new.get("additionalProperties").is_some();
    for (name, old_field) in &old_fields {
        match new_fields.get(name) {
            Some(new_field) => compare(old_field, new_field, &path.field(name), tell),
            None if keeps_unknown => {}
            None => tell(format!("{} is dropped", place(name))),
        }
    }
    let this = || if path.segments().is_empty() { "the object".to_owned() } else { format!("`{path}`") };
    let kind = |schema: &Value| schema.get("type").and_then(Value::as_str).map(str::to_owned);
    if let (Some(was), Some(is)) = (kind(old), kind(new))
        && was != is
        && !(was == "integer" && is == "number")
    {
        tell(format!("{} is of type {is} instead of {was}", this()));
    }
    if let Some(taken) = new.get("enum").and_then(Value::as_array) {
        match old.get("enum").and_then(Value::as_array) {
            None => tell(format!("{} takes only {}", this(), values(taken.iter()))),
            Some(known) if known.iter().any(|it| !taken.contains(it)) => {
                tell(format!("{} no longer takes {}", this(), values(known.iter().filter(|it| !taken.contains(it)))));
            }
            Some(_) => {}
        }
    }
    for (field, what) in [("items", 0), ("additionalProperties", 1)] {
        if let (Some(old), Some(new)) = (old.get(field), new.get(field)) {
            let inner = if what == 0 { path.index(0) } else { path.field("*") };
            compare(old, new, &inner, tell);
        }
    }
}

fn values<'a>(list: impl Iterator<Item = &'a Value>) -> String {
    let text = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    wording::quoted(&list.map(text).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_one};
    use serde_json::{Value, json};

    fn definition(versions: Value) -> Value {
        let names = json!({"plural": "things", "kind": "Thing"});
        let mut spec = json!({"group": "example.com", "scope": "Namespaced", "names": names});
        spec["versions"] = versions;
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "things.example.com", &json!({"spec": spec}))
    }

    fn version(name: &str, served: bool, spec: Value) -> Value {
        let mut schema = json!({"type": "object", "properties": {}});
        schema["properties"]["spec"] = spec;
        json!({"name": name, "served": served, "storage": name == "v1", "schema": {"openAPIV3Schema": schema}})
    }

    #[track_caller]
    fn check(before: Value, after: Value, expected: &str) {
        let message = format!(
            "CustomResourceDefinition/things.example.com asks more of its objects: {expected}; objects in the cluster may no longer fit, and are then refused or cut when they are next written"
        );
        let expected = if expected.is_empty() { vec![] } else { vec![message.as_str()] };
        expect(&review_one(&[definition(before)], &[definition(after)]), "crd-tightened", &expected);
    }

    #[test]
    fn what_was_taken_and_is_not_any_more_is_told() {
        let fields = |before: Value, after: Value, expected: &str| {
            check(json!([version("v1", true, before)]), json!([version("v1", true, after)]), expected);
        };
        let with = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties});
        let size = || json!({"size": {"type": "integer"}});
        fields(with(&[], size()), with(&["size"], size()), "`spec.size` is required");
        fields(with(&["size"], size()), with(&[], size()), "");
        let defaulted = json!({"size": {"type": "integer", "default": 1}});
        fields(with(&[], size()), with(&["size"], defaulted), "");
        fields(with(&[], size()), with(&[], json!({})), "`spec.size` is dropped");
        fields(with(&[], json!({})), with(&[], size()), "");
        let open = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        fields(with(&[], size()), open, "");
        let color = |values: Value| json!({"color": {"type": "string", "enum": values}});
        fields(
            with(&[], color(json!(["red", "blue"]))),
            with(&[], color(json!(["blue"]))),
            "`spec.color` no longer takes `red`",
        );
        fields(with(&[], color(json!(["blue"]))), with(&[], color(json!(["red", "blue"]))), "");
        fields(
            with(&[], json!({"color": {"type": "string"}})),
            with(&[], color(json!(["blue"]))),
            "`spec.color` takes only `blue`",
        );
        fields(
            with(&[], json!({"size": {"type": "number"}})),
            with(&[], size()),
            "`spec.size` is of type integer instead of number",
        );
        fields(with(&[], size()), with(&[], json!({"size": {"type": "number"}})), "");
        let list = |required: &[&str]| json!({"ports": {"type": "array", "items": with(required, json!({"name": {"type": "string"}}))}});
        fields(with(&[], list(&[])), with(&[], list(&["name"])), "`spec.ports[0].name` is required");
    }

    #[test]
    fn a_version_that_is_served_no_more_is_told() {
        let (beta, stable) = (|served| version("v1beta1", served, json!({})), || version("v1", true, json!({})));
        check(json!([beta(true), stable()]), json!([beta(false), stable()]), "`v1beta1` is no longer served");
        check(json!([beta(true), stable()]), json!([stable()]), "`v1beta1` is no longer served");
        check(json!([beta(false), stable()]), json!([stable()]), "");
        check(json!([stable()]), json!([beta(true), stable()]), "");
        check(json!([stable()]), json!([beta(true)]), "");
    }
}
