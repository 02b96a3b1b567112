//! A place in an object, walked field by field, so that a rule reads like the path it is about.
//!
//! An absent field is a place too: its path can be reported. What has the wrong type reads as absent, because the
//! structure check has already reported it. Messages use the API server's words for its kinds of verdict.

use crate::diagnostic::{Code, Diagnostic};
use crate::object::{FieldPath, Object, Segment};
use crate::source::Span;
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value that Kubernetes requires is absent or empty.
pub const MISSING_VALUE: Code = Code::error("missing-value");
/// A field is set that may not be set beside the others.
pub const FORBIDDEN_FIELD: Code = Code::error("forbidden-field");
/// A value is none of those that Kubernetes knows.
pub const UNSUPPORTED_VALUE: Code = Code::error("unsupported-value");
/// A number or percentage is too small or too large.
pub const OUT_OF_RANGE: Code = Code::error("out-of-range");
/// None or several of a set of fields are set where exactly one must be.
pub const NOT_EXACTLY_ONE: Code = Code::error("not-exactly-one");
/// Two items of a list have the same name.
pub const DUPLICATE_NAME: Code = Code::error("duplicate-name");
/// Two items of a list say the same.
pub const DUPLICATE_ENTRY: Code = Code::error("duplicate-entry");

/// The codes of the API server's general verdicts.
pub const CODES: &[Code] = &[
    DUPLICATE_ENTRY,
    DUPLICATE_NAME,
    FORBIDDEN_FIELD,
    MISSING_VALUE,
    NOT_EXACTLY_ONE,
    OUT_OF_RANGE,
    UNSUPPORTED_VALUE,
];

/// Where a rule puts what it finds.
pub(super) type Found = Vec<Diagnostic>;

/// The longest value that a message repeats.
const SHOWN: usize = 80;

static ABSENT: Value = Value::Null;

/// A place in an object.
#[derive(Clone)]
pub(super) struct Field<'a> {
    /// The object.
    pub(super) object: &'a Object,
    /// What is there; null where nothing is.
    pub(super) value: &'a Value,
    // A chain, because a path is written only for what is reported.
    steps: Option<Rc<Step<'a>>>,
}

struct Step<'a> {
    before: Option<Rc<Self>>,
    name: Name<'a>,
}

#[derive(Clone, Copy)]
enum Name<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> Field<'a> {
    /// Returns the whole object.
    pub(super) fn root(object: &'a Object) -> Self {
        Self { object, value: &object.body, steps: None }
    }

    /// Returns the field of a name, present or not.
    pub(super) fn get(&self, name: &'a str) -> Self {
        let value = self.value.as_object().and_then(|map| map.get(name)).unwrap_or(&ABSENT);
        self.step(Name::Field(name), value)
    }

    /// Returns the field at `spec.template.spec`: names with dots between them.
    pub(super) fn at(&self, path: &'a str) -> Self {
        path.split('.').fold(self.clone(), |field, name| field.get(name))
    }

    /// Returns the items of a list; nothing for what is no list.
    pub(super) fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, item)| self.step(Name::Index(index), item)).collect()
    }

    /// Returns the entries of a map; nothing for what is no map.
    pub(super) fn entries(&self) -> Vec<(&'a str, Self)> {
        let entries = self.value.as_object().into_iter().flatten();
        entries.map(|(key, value)| (key.as_str(), self.step(Name::Field(key), value))).collect()
    }

    fn step(&self, name: Name<'a>, value: &'a Value) -> Self {
        Self { object: self.object, value, steps: Some(Rc::new(Step { before: self.steps.clone(), name })) }
    }

    /// True where something is.
    pub(super) fn is_set(&self) -> bool {
        !self.value.is_null()
    }

    /// True where nothing is, or a text, list or map without content.
    pub(super) fn is_empty(&self) -> bool {
        match self.value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Returns the text, if it is one.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// Returns the text, or nothing for an empty one.
    pub(super) fn filled(&self) -> Option<&'a str> {
        self.text().filter(|it| !it.is_empty())
    }

    /// Returns the whole number, if it is one.
    pub(super) fn number(&self) -> Option<i64> {
        self.value.as_i64()
    }

    /// True for a true value.
    pub(super) fn is_true(&self) -> bool {
        self.value.as_bool() == Some(true)
    }

    /// True for a false value, not for an absent one.
    pub(super) fn is_false(&self) -> bool {
        self.value.as_bool() == Some(false)
    }

    /// Returns the path from the top of the object.
    pub(super) fn path(&self) -> FieldPath {
        let mut segments = Vec::new();
        let mut step = self.steps.as_ref();
        while let Some(it) = step {
            segments.push(match it.name {
                Name::Field(name) => Segment::Field(name.to_owned()),
                Name::Index(index) => Segment::Index(index),
            });
            step = it.before.as_ref();
        }
        segments.reverse();
        FieldPath::from(segments)
    }

    /// Returns the line that set it, or the nearest around it.
    pub(super) fn span(&self) -> Option<Span> {
        self.object.origins.nearest_span(&self.path())
    }

    /// A message about this place in our own words.
    pub(super) fn problem(&self, code: Code, message: impl AsRef<str>) -> Diagnostic {
        self.object.diagnostic(code, &self.path(), message)
    }

    /// A message about this place that its component can be excused from, with what to do.
    pub(super) fn house_rule(&self, code: Code, message: impl AsRef<str>, help: &str) -> Diagnostic {
        self.problem(code, message).help(help)
    }

    /// `Invalid value: "x": detail`. Not for a value that may be secret.
    pub(super) fn invalid(&self, code: Code, detail: impl AsRef<str>) -> Diagnostic {
        let detail = detail.as_ref();
        self.problem(
            code,
            match self.shown() {
                Some(value) => format!("Invalid value: {value}: {detail}"),
                None => format!("Invalid value: {detail}"),
            },
        )
    }

    /// `Required value: detail`.
    pub(super) fn required(&self, detail: &str) -> Diagnostic {
        let separator = if detail.is_empty() { "" } else { ": " };
        self.problem(MISSING_VALUE, format!("Required value{separator}{detail}"))
    }

    /// `Forbidden: detail`.
    pub(super) fn forbidden(&self, detail: &str) -> Diagnostic {
        self.problem(FORBIDDEN_FIELD, format!("Forbidden: {detail}"))
    }

    /// `Not found: "x"`.
    pub(super) fn not_found(&self, code: Code) -> Diagnostic {
        self.problem(code, format!("Not found: {}", self.shown().unwrap_or_default()))
    }

    /// Reports a text that is none of those that Kubernetes knows.
    pub(super) fn one_of(&self, known: &[&str], found: &mut Found) {
        let Some(text) = self.text() else { return };
        if known.contains(&text) {
            return;
        }
        let list: Vec<String> = known.iter().map(|it| format!("{it:?}")).collect();
        let message = format!("Unsupported value: {}: supported values: {}", shorten(text), list.join(", "));
        found.push(self.problem(UNSUPPORTED_VALUE, message).suggest(text, known.iter().copied()));
    }

    /// Reports a number outside of `low..=high`.
    pub(super) fn within(&self, low: i64, high: i64, found: &mut Found) {
        if self.number().is_some_and(|it| it < low || it > high) {
            found.push(self.invalid(OUT_OF_RANGE, format!("must be between {low} and {high}, inclusive")));
        }
    }

    /// Reports a number below `low`.
    pub(super) fn at_least(&self, low: i64, found: &mut Found) {
        if self.number().is_some_and(|it| it < low) {
            found.push(self.invalid(OUT_OF_RANGE, format!("must be greater than or equal to {low}")));
        }
    }

    /// Reports a text that a checker refuses, an empty one too: for items of lists, which are there or not.
    pub(super) fn syntax_even_empty(&self, code: Code, check: fn(&str) -> Result<(), &'static str>, found: &mut Found) {
        if let Some(Err(detail)) = self.text().map(check) {
            found.push(self.invalid(code, detail));
        }
    }

    /// Reports a text that a checker refuses, but for an empty one, which mostly is as good as none.
    pub(super) fn syntax(&self, code: Code, check: fn(&str) -> Result<(), &'static str>, found: &mut Found) {
        if let Some(Err(detail)) = self.filled().map(check) {
            found.push(self.invalid(code, detail));
        }
    }

    /// Reports where none or several of these fields are set.
    pub(super) fn exactly_one(&self, names: &[&'a str], found: &mut Found) {
        self.at_most_one(names, found);
        if self.value.is_object() && !names.iter().any(|it| self.get(it).is_set()) {
            let list = quoted(names);
            found.push(self.problem(NOT_EXACTLY_ONE, format!("Required value: must specify one of: {list}")));
        }
    }

    /// Reports where several of these fields are set.
    pub(super) fn at_most_one(&self, names: &[&'a str], found: &mut Found) {
        let set: Vec<&str> = names.iter().copied().filter(|it| self.get(it).is_set()).collect();
        if set.len() > 1 {
            let message = format!("Forbidden: may not specify more than one of: {}", quoted(&set));
            found.push(self.problem(NOT_EXACTLY_ONE, message).help("keep one of them"));
        }
    }

    /// Returns the value as a message repeats it; none for a list or map.
    fn shown(&self) -> Option<String> {
        match self.value {
            Value::String(text) => Some(shorten(text)),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// Reports every field whose key an earlier one has, and shows the earlier one.
pub(super) fn unique<'a, K: Ord>(code: Code, fields: impl IntoIterator<Item = (K, Field<'a>)>, found: &mut Found) {
    unique_as(code, fields.into_iter().map(|(key, field)| (key, field.shown().unwrap_or_default(), field)), found);
}

/// As [`unique`], for keys that are written otherwise than the field.
pub(super) fn unique_as<'a, K: Ord>(
    code: Code,
    fields: impl IntoIterator<Item = (K, String, Field<'a>)>,
    found: &mut Found,
) {
    let mut first = BTreeMap::new();
    for (key, text, field) in fields {
        match first.get(&key) {
            None => {
                first.insert(key, field);
            }
            Some(earlier) => {
                let span = earlier.span().filter(|it| Some(*it) != field.span());
                let separator = if text.is_empty() { "" } else { ": " };
                let message = format!("Duplicate value{separator}{text}");
                found.push(field.problem(code, message).at_some(span, "first used here").later_first());
            }
        }
    }
}

/// Joins names in backticks.
pub(super) fn quoted(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Quotes a text, escapes what cannot be seen, and cuts what is long.
fn shorten(text: &str) -> String {
    if text.len() <= SHOWN {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start:?}…")
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::object::Object;
    use serde_json::json;

    #[test]
    fn walks_present_and_absent_fields() {
        let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": [1, "x"]}});
        let object = Object::from_body(body).unwrap();
        let root = Field::root(&object);
        assert_eq!(root.at("metadata.name").text(), Some("a"));
        assert_eq!(root.at("data.k").items()[1].path().to_string(), "data.k[1]");
        let absent = root.at("spec.template.spec");
        assert!(!absent.is_set());
        assert_eq!(absent.path().to_string(), "spec.template.spec");
        assert_eq!(absent.required("").message, "ConfigMap/a `spec.template.spec`: Required value");
        let long = "\u{1b}".repeat(100);
        assert!(super::shorten(&long).starts_with("\"\\u{1b}"));
    }
}
