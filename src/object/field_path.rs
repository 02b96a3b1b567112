//! Where a field is inside an object, and how that is written.
//!
//! Text form: `spec.template.spec.containers[backend].env[2].value`, `metadata.labels["app.kubernetes.io/name"]`. A
//! list item is named by its Kubernetes key where it has one and by its index otherwise.

use super::list_key;
use serde_json::Value;
use std::fmt::{self, Write as _};

/// One step into an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A field of a map.
    Field(String),
    /// An item of a list, by its position.
    Index(usize),
}

/// A way from the top of an object to one of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// Reads the text form, with positions only. Returns none for text that is no path.
    pub fn parse(text: &str) -> Option<Self> {
        split(text)?
            .into_iter()
            .map(|step| match step {
                Step::Field(name) | Step::Quoted(name) => Some(Segment::Field(name)),
                Step::Item(item) => item.parse().ok().map(Segment::Index),
            })
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    /// Reads the text form against an object, so that list items may be named by their key. Returns none where the
    /// object has no such field.
    pub fn parse_in(text: &str, body: &Value) -> Option<Self> {
        let mut path = Self::default();
        let mut value = body;
        for step in split(text)? {
            let segment = match step {
                Step::Field(name) | Step::Quoted(name) => Segment::Field(name),
                Step::Item(item) => {
                    let items = value.as_array()?;
                    let named = (0..items.len())
                        .find(|index| list_key::of_item(&path, &items[*index]).is_some_and(|key| key == item));
                    Segment::Index(named.or_else(|| item.parse().ok())?)
                }
            };
            value = step_into(value, &segment)?;
            path.push(segment);
        }
        Some(path)
    }

    /// Returns the value it leads to.
    pub fn find<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(body, step_into)
    }

    /// Returns the steps.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Adds a step at the end.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    /// Takes the last step away.
    pub fn pop(&mut self) -> Option<Segment> {
        self.0.pop()
    }

    /// Returns this path with one more field.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        self.with(Segment::Field(name.to_owned()))
    }

    /// Returns this path with one more list position.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// Returns this path with further steps, written as text: `path.join("spec.containers[0]")`.
    ///
    /// # Panics
    /// Where the text is no path: it is written in our source, not by a user.
    #[must_use]
    pub fn join(&self, text: &str) -> Self {
        let mut joined = self.clone();
        let further = Self::parse(text).unwrap_or_else(|| panic!("internal error: `{text}` is no field path"));
        joined.0.extend(further.0);
        joined
    }

    /// Returns the path without its last step; none at the top.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.to_vec()))
    }

    /// True where this path is `prefix` or leads on from it.
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// Returns the last field's name, if the last step is a field.
    pub fn last_field(&self) -> Option<&str> {
        match self.0.last()? {
            Segment::Field(name) => Some(name),
            Segment::Index(_) => None,
        }
    }

    /// Writes the path with list items named by their Kubernetes key in this object.
    pub fn display_in(&self, body: &Value) -> String {
        let mut text = String::new();
        let mut walked = Self::default();
        let mut value = Some(body);
        for segment in &self.0 {
            let next = value.and_then(|it| step_into(it, segment));
            match segment {
                Segment::Field(name) => write_field(&mut text, name),
                Segment::Index(index) => {
                    let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                    let key_of = |item: &Value| list_key::of_item(&walked, item);
                    // A key that two items have names neither.
                    let only = |key: &String| items.iter().filter(|it| key_of(it).as_ref() == Some(key)).count() == 1;
                    let key = next.and_then(key_of).filter(only);
                    let _ = write!(text, "[{}]", key.unwrap_or_else(|| index.to_string()));
                }
            }
            walked.push(segment.clone());
            value = next;
        }
        text
    }

    fn with(&self, segment: Segment) -> Self {
        let mut longer = self.clone();
        longer.push(segment);
        longer
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display_in(&Value::Null))
    }
}

impl From<Vec<Segment>> for FieldPath {
    fn from(segments: Vec<Segment>) -> Self {
        Self(segments)
    }
}

/// Takes one step into a value.
fn step_into<'a>(value: &'a Value, segment: &Segment) -> Option<&'a Value> {
    match segment {
        Segment::Field(name) => value.as_object()?.get(name),
        Segment::Index(index) => value.as_array()?.get(*index),
    }
}

/// Writes a field's name: plain where it can stand after a dot, quoted in brackets otherwise.
fn write_field(text: &mut String, name: &str) {
    let plain = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-');
    if plain {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
    } else {
        let _ = write!(text, "[{name:?}]");
    }
}

enum Step {
    Field(String),
    Quoted(String),
    Item(String),
}

/// Splits the text form into its steps.
fn split(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix("[\"") {
            let end = inside.find("\"]")?;
            steps.push(Step::Quoted(inside[..end].replace("\\\"", "\"").replace("\\\\", "\\")));
            rest = &inside[end + 2..];
        } else if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']')?;
            steps.push(Step::Item(inside[..end].to_owned()));
            rest = &inside[end + 1..];
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return None;
            }
            steps.push(Step::Field(name[..end].to_owned()));
            rest = &name[end..];
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::FieldPath;
    use serde_json::json;

    #[test]
    fn reads_what_it_writes() {
        for text in ["spec.replicas", "metadata.labels[\"app.kubernetes.io/name\"]", "spec.rules[0].http.paths[1]"] {
            assert_eq!(FieldPath::parse(text).unwrap().to_string(), text);
        }
        for text in ["spec..replicas", ".", "a[", "a[x]"] {
            assert!(FieldPath::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn names_list_items_by_their_key() {
        let body = json!({"spec": {"containers": [{"name": "web"}], "args": ["a"]}});
        let path = FieldPath::parse_in("spec.containers[web].name", &body).unwrap();
        assert_eq!(path, FieldPath::parse("spec.containers[0].name").unwrap());
        assert_eq!(path.display_in(&body), "spec.containers[web].name");
        assert_eq!(FieldPath::parse("spec.args[0]").unwrap().display_in(&body), "spec.args[0]");
        assert!(FieldPath::parse_in("spec.containers[nope].name", &body).is_none());
        let twice = json!({"spec": {"containers": [{"name": "web"}, {"name": "web"}]}});
        assert_eq!(path.display_in(&twice), "spec.containers[0].name");
    }
}
