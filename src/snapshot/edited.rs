//! The text of a file that someone has edited in, its body out, or why it has none.
//!
//! Any layout of YAML is read. What could mean more than one thing is refused, not guessed: scalars on which readers
//! differ, keys that are no strings or are there twice, anchors, tags, directives and second documents.

#![expect(clippy::wildcard_enum_match_arm, reason = "the events are the parser's: what we do not know is refused")]

use super::MAX_DEPTH;
use crate::tree::plain;
use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput};

/// Reads the one document of a file.
pub(super) fn body(text: &str) -> Result<Value, String> {
    if let Some(line) = text.lines().position(is_conflict_marker) {
        return Err(format!("line {}: a merge conflict is not resolved", line + 1));
    }
    let mut options = Options::default();
    options.disallow_directives = true;
    let mut reader = Reader { parser: Parser::new_from_str_with_options(text, options), line: 1 };
    let mut body = None;
    loop {
        match reader.next()? {
            Event::StreamEnd => return body.ok_or_else(|| "it is empty".to_owned()),
            Event::StreamStart | Event::DocumentEnd => {}
            Event::DocumentStart(..) if body.is_some() => return reader.refuse("it holds more than one document"),
            Event::DocumentStart(..) => {
                let first = reader.next()?;
                body = Some(reader.node(first, 0)?);
            }
            event => return reader.refuse(&format!("unexpected {event:?}")),
        }
    }
}

/// True for a line that git writes around the sides of a conflict.
fn is_conflict_marker(line: &str) -> bool {
    line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, String> {
        match self.parser.next_event() {
            Some(Ok((event, Span { start, .. }))) => {
                self.line = start.line();
                Ok(event)
            }
            Some(Err(error)) => Err(format!("line {}: {}", error.marker().line(), error.info())),
            None => Ok(Event::StreamEnd),
        }
    }

    fn refuse<T>(&self, reason: &str) -> Result<T, String> {
        Err(format!("line {}: {reason}", self.line))
    }

    /// Reads the node that begins with `first`, `depth` maps and lists down.
    fn node(&mut self, first: Event<'a>, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return self.refuse(&format!("more than {MAX_DEPTH} maps and lists in one another"));
        }
        match first {
            Event::Scalar(_, _, 0, Some(_))
            | Event::SequenceStart(_, 0, Some(_))
            | Event::MappingStart(_, 0, Some(_)) => self.refuse("tags are not read"),
            Event::Scalar(text, ScalarStyle::Plain, 0, None) => match plain::agreed(&text) {
                Some(value) => Ok(value),
                None => self.refuse(&format!("readers of YAML disagree on `{text}`: put it in quotes")),
            },
            Event::Scalar(text, _, 0, None) => Ok(Value::String(text.into_owned())),
            Event::SequenceStart(_, 0, None) => self.list(depth),
            Event::MappingStart(_, 0, None) => self.map(depth),
            _ => self.refuse("anchors and aliases are not read"),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::Array(items)),
                first => items.push(self.node(first, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, String> {
        let mut fields = Map::new();
        loop {
            let first = match self.next()? {
                Event::MappingEnd => return Ok(Value::Object(fields)),
                first => first,
            };
            let key = match self.node(first, depth + 1)? {
                Value::String(key) => key,
                scalar @ (Value::Null | Value::Bool(_) | Value::Number(_)) => {
                    return self.refuse(&format!("the key `{scalar}` is no string"));
                }
                Value::Array(_) | Value::Object(_) => return self.refuse("a key is a map or a list"),
            };
            if fields.contains_key(&key) {
                return self.refuse(&format!("the key `{key}` is there twice"));
            }
            let first = self.next()?;
            let value = self.node(first, depth + 1)?;
            fields.insert(key, value);
        }
    }
}
