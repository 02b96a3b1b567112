//! Which values no report may show: those of the configuration that look like credentials.
//!
//! A Secret's data is hidden by what it is; this is about what stands where everyone can read it, and would by a review
//! reach those who read the pull request or the log of a job. That a value is another one than before stays visible.

use super::{Side, SourceLine};
use crate::object::{FieldPath, Object, ObjectId, Segment};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a value that must not be shown.
pub const HIDDEN: &str = "(hidden value)";

/// What stands for one in whose place another one was.
pub const ANOTHER: &str = "(another hidden value)";

/// The shortest text that is looked for inside other texts: shorter ones are in words that say nothing.
const SHORTEST: usize = 12;

/// One text of an object's configuration.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The state that it is in.
    pub side: Side,
    /// The object.
    pub object: &'a Object,
    /// Where it is in the object.
    pub path: FieldPath,
    /// The text.
    pub text: &'a str,
    /// True where it looks like a credential.
    pub is_credential: bool,
}

/// The places that no report may show, and what stands there.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    before: BTreeMap<ObjectId, BTreeSet<FieldPath>>,
    after: BTreeMap<ObjectId, BTreeSet<FieldPath>>,
    texts: BTreeSet<String>,
    lines: BTreeSet<SourceLine>,
}

impl Hidden {
    /// Hides the settings that look like credentials, and those that repeat one under a name that says nothing; `line` tells
    /// which line of the spec a setting comes from.
    pub fn of(settings: &[Setting<'_>], line: impl Fn(&Setting<'_>) -> Option<SourceLine>) -> Self {
        let credentials = settings.iter().filter(|it| it.is_credential && !it.text.is_empty());
        let texts = credentials.map(|it| it.text.to_owned()).collect();
        let mut hidden = Self { texts, ..Self::default() };
        for it in settings {
            if it.is_credential || hidden.texts.contains(it.text) || hidden.is_in(it.text) {
                let objects = match it.side {
                    Side::Before => &mut hidden.before,
                    Side::After => &mut hidden.after,
                };
                objects.entry(it.object.id.clone()).or_default().insert(it.path.clone());
                hidden.lines.extend(line(it));
            }
        }
        hidden
    }

    fn long_texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str).filter(|it| it.len() >= SHORTEST)
    }

    /// True where a text repeats a hidden one.
    fn is_in(&self, text: &str) -> bool {
        self.long_texts().any(|it| text.contains(it))
    }

    fn places(&self, side: Side, object: &ObjectId) -> Option<&BTreeSet<FieldPath>> {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
        .get(object)
    }

    /// True where a place, or something in it, must not be shown.
    pub fn covers(&self, side: Side, object: &ObjectId, path: &FieldPath) -> bool {
        self.places(side, object).is_some_and(|it| it.iter().any(|it| it.starts_with(path)))
    }

    /// Returns a value of an object as it may be shown; what it was before tells whether it is another one.
    pub fn masked(
        &self,
        side: Side,
        object: &ObjectId,
        path: &FieldPath,
        value: &Value,
        before: Option<&Value>,
    ) -> Value {
        let mut masked = value.clone();
        for place in self.places(side, object).into_iter().flatten().filter(|it| it.starts_with(path)) {
            let steps = &place.segments()[path.segments().len()..];
            let old = steps.iter().try_fold(before, |value, it| value.map(|value| step(value, it))).flatten();
            let old = old.and_then(Value::as_str).filter(|it| self.texts.contains(*it) || self.is_in(it));
            let Some(leaf) = steps.iter().try_fold(&mut masked, step_mut) else { continue };
            let is_other = old.is_some_and(|it| leaf.as_str() != Some(it));
            *leaf = Value::from(if is_other { ANOTHER } else { HIDDEN });
        }
        masked
    }

    /// Returns a sentence without the hidden values that it quotes.
    pub fn clean(&self, sentence: &str) -> String {
        self.long_texts().fold(sentence.to_owned(), |sentence, it| sentence.replace(it, HIDDEN))
    }

    /// Returns a line of the spec as it may be quoted.
    pub fn quoted(&self, line: &SourceLine, text: &str) -> String {
        if self.lines.contains(line) || self.is_in(text) { HIDDEN.to_owned() } else { text.to_owned() }
    }
}

fn step<'a>(value: &'a Value, segment: &Segment) -> Option<&'a Value> {
    match segment {
        Segment::Field(name) => value.get(name),
        Segment::Index(index) => value.get(index),
    }
}

fn step_mut<'a>(value: &'a mut Value, segment: &Segment) -> Option<&'a mut Value> {
    match segment {
        Segment::Field(name) => value.get_mut(name),
        Segment::Index(index) => value.get_mut(index),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hidden, Setting};
    use crate::change::{Side, SourceLine};
    use crate::object::{FieldPath, Object, ObjectId};
    use serde_json::{Value, json};

    fn hidden() -> (Hidden, ObjectId) {
        let object = Object::from_body(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}})).unwrap();
        let object = &object;
        let setting = |side, path: &str, text, is_credential| Setting {
            side,
            object,
            path: FieldPath::parse(path).unwrap(),
            text,
            is_credential,
        };
        let settings = [
            setting(Side::Before, "env[0].value", "correct-horse", true),
            setting(Side::After, "env[0].value", "battery-staple", true),
            setting(Side::After, "env[1].value", "battery-staple", false),
            setting(Side::After, "args[0]", "-pcorrect-horse", false),
            setting(Side::After, "env[2].value", "short", true),
            setting(Side::After, "env[3].value", "shorter", false),
        ];
        let line =
            |it: &Setting<'_>| SourceLine { file: "app.kdl".to_owned(), line: 3, removed: it.side == Side::Before };
        (Hidden::of(&settings, |it| Some(line(it))), object.id.clone())
    }

    #[test]
    fn a_credential_is_hidden_and_a_rotation_is_not() {
        let (hidden, id) = hidden();
        let check = |side, path: &str, value: Value, before: Option<Value>, expected: Value| {
            let path = FieldPath::parse(path).unwrap();
            assert_eq!(hidden.masked(side, &id, &path, &value, before.as_ref()), expected, "{path}");
        };
        let (one, other) = (json!("correct-horse"), json!("battery-staple"));
        check(Side::Before, "env[0].value", one.clone(), None, json!("(hidden value)"));
        check(Side::After, "env[0].value", other.clone(), Some(one.clone()), json!("(another hidden value)"));
        check(Side::After, "env[0].value", other.clone(), Some(other.clone()), json!("(hidden value)"));
        check(Side::After, "env[0].value", other.clone(), Some(json!("plain")), json!("(hidden value)"));
        let item = json!({"name": "PASSWORD", "value": "battery-staple"});
        let old = json!({"name": "PASSWORD", "value": "correct-horse"});
        let shown = json!({"name": "PASSWORD", "value": "(another hidden value)"});
        check(Side::After, "env[0]", item, Some(old), shown);
        // Under another name, and inside another text.
        check(Side::After, "env[1].value", other, None, json!("(hidden value)"));
        check(Side::After, "args", json!(["-pcorrect-horse", "x"]), None, json!(["(hidden value)", "x"]));
        check(Side::After, "env[3].value", json!("shorter"), None, json!("shorter"));
        check(Side::After, "env[9]", json!("other"), None, json!("other"));
    }

    #[test]
    fn sentences_and_lines_quote_none() {
        let (hidden, id) = hidden();
        assert_eq!(hidden.clean("is `correct-horse`, not short"), "is `(hidden value)`, not short");
        let line = |line| SourceLine { file: "app.kdl".to_owned(), line, removed: false };
        assert_eq!(hidden.quoted(&line(3), "KEY \"a\\u{62}\""), "(hidden value)");
        assert_eq!(hidden.quoted(&line(4), "LEVEL \"info\""), "LEVEL \"info\"");
        assert_eq!(hidden.quoted(&line(4), "PASSWORD \"correct-horse\""), "(hidden value)");
        let path = |path| FieldPath::parse(path).unwrap();
        assert!(hidden.covers(Side::After, &id, &path("env")));
        assert!(!hidden.covers(Side::Before, &id, &path("args")));
    }
}
