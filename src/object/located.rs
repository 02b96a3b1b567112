//! A value every part of which knows where it comes from: an object while it is put together or changed.

use super::{FieldPath, Object, Origins, Segment};
use crate::source::Origin;
use serde_json::Value;

/// A value and the origins of its parts.
#[derive(Clone, Debug)]
pub struct Located {
    /// The value.
    pub content: Content,
    /// Where it comes from; none for a block of which only the parts know it.
    pub origin: Option<Origin>,
}

/// What a [`Located`] holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// Text, a number, a flag or null.
    Scalar(Value),
    /// A list.
    List(Vec<Located>),
    /// A map, in the order in which it was written.
    Map(Vec<(String, Located)>),
}

impl Located {
    /// Takes the body of an object apart.
    pub fn of(object: &Object) -> Self {
        Self::at(&object.body, &object.origins, &mut FieldPath::default())
    }

    fn at(value: &Value, origins: &Origins, path: &mut FieldPath) -> Self {
        let is_block = matches!(value, Value::Array(items) if !items.is_empty())
            || matches!(value, Value::Object(map) if !map.is_empty());
        let mut inside = |segment: Segment, value: &Value| {
            path.push(segment);
            let located = Self::at(value, origins, path);
            path.pop();
            located
        };
        let content = match value {
            Value::Object(map) => Content::Map(
                map.iter().map(|(name, value)| (name.clone(), inside(Segment::Field(name.clone()), value))).collect(),
            ),
            Value::Array(items) => {
                Content::List(items.iter().enumerate().map(|(index, it)| inside(Segment::Index(index), it)).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Content::Scalar(value.clone()),
        };
        let origin = if is_block { origins.exactly(path) } else { origins.of(path) };
        Self { content, origin: origin.cloned() }
    }

    /// Returns the value without its origins.
    pub fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => Value::Array(items.iter().map(Self::value).collect()),
            Content::Map(fields) => Value::Object(fields.iter().map(|(name, it)| (name.clone(), it.value())).collect()),
        }
    }

    /// Returns the value, and the origins of all its parts.
    pub fn into_parts(self) -> (Value, Origins) {
        let mut origins = Origins::default();
        self.record(&mut origins, &mut FieldPath::default());
        (self.value(), origins)
    }

    fn record(&self, origins: &mut Origins, path: &mut FieldPath) {
        if let Some(origin) = &self.origin {
            origins.record(path.clone(), origin.clone());
        }
        let mut inside = |segment: Segment, it: &Self| {
            path.push(segment);
            it.record(origins, path);
            path.pop();
        };
        match &self.content {
            Content::Scalar(_) => {}
            Content::List(items) => {
                for (index, it) in items.iter().enumerate() {
                    inside(Segment::Index(index), it);
                }
            }
            Content::Map(fields) => {
                for (name, it) in fields {
                    inside(Segment::Field(name.clone()), it);
                }
            }
        }
    }

    /// Returns a field of a map.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.fields().iter().find(|(known, _)| known == name).map(|(_, it)| it)
    }

    /// Returns the text that a field holds.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.content {
            Content::Scalar(value) => value.as_str(),
            Content::List(_) | Content::Map(_) => None,
        }
    }

    /// Returns the fields of a map; none of anything else.
    pub fn fields(&self) -> &[(String, Self)] {
        match &self.content {
            Content::Map(fields) => fields,
            Content::Scalar(_) | Content::List(_) => &[],
        }
    }

    /// Returns the line it comes from, or the first line of its parts.
    pub fn span(&self) -> Option<crate::source::Span> {
        let own = self.origin.as_ref().and_then(|it| it.span);
        own.or_else(|| match &self.content {
            Content::Scalar(_) => None,
            Content::List(items) => items.iter().find_map(Self::span),
            Content::Map(fields) => fields.iter().find_map(|(_, it)| it.span()),
        })
    }

    /// Says what it is, for a message.
    pub fn describe(&self) -> &'static str {
        match &self.content {
            Content::Scalar(Value::Null) => "null",
            Content::Scalar(Value::Bool(_)) => "a flag",
            Content::Scalar(Value::Number(_)) => "a number",
            Content::Scalar(_) => "text",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }

    /// Returns how many values it holds, itself included, and how deep they lie.
    pub fn measure(&self) -> (usize, usize) {
        let parts: Vec<&Self> = match &self.content {
            Content::Scalar(_) => Vec::new(),
            Content::List(items) => items.iter().collect(),
            Content::Map(fields) => fields.iter().map(|(_, it)| it).collect(),
        };
        parts.into_iter().map(Self::measure).fold((1, 0), |(count, depth), it| (count + it.0, depth.max(it.1 + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::Located;
    use crate::object::{FieldPath, Object};
    use crate::source::Origin;
    use serde_json::json;

    #[test]
    fn an_object_stays_what_it_is() {
        let body = json!({"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}, "list": [{"b": 1}, [], {}]});
        let mut object = Object::from_body(body.clone()).unwrap();
        for (path, rule) in [("apiVersion", "one"), ("kind", "two"), ("metadata", "three"), ("list[0].b", "four")] {
            object.origins.record(FieldPath::parse(path).unwrap(), Origin::rule(rule));
        }
        let (again, origins) = Located::of(&object).into_parts();
        assert_eq!(again, body);
        for (path, rule) in [("apiVersion", "one"), ("metadata.name", "three"), ("list[0].b", "four")] {
            assert_eq!(origins.of(&FieldPath::parse(path).unwrap()).unwrap().rule, Some(rule), "{path}");
        }
        assert_eq!(origins.dangling(&body), []);
        assert_eq!(Located::of(&object).measure(), (10, 3));
    }
}
