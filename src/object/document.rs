//! YAML that a person or another tool wrote in; its documents out, every value with its place.
//!
//! Any layout of YAML is read, comments, anchors and several documents included. What could mean more than one thing is
//! a mistake and not guessed: scalars on which readers of YAML 1.1 and 1.2 differ, keys that are no strings or are there
//! twice, merge keys, tags and directives. What aliases stand for is counted, so that a small file stays small.

#![expect(clippy::wildcard_enum_match_arm, reason = "the events are the parser's: what we do not know is refused")]

use super::located::{Content, Located};
use crate::source::{FileId, Origin, Span};
use crate::tree::plain;
use serde_json::Value;
use serde_saphyr::granit_parser::{self, Event, Options, Parser, ScalarStyle, StrInput};
use std::collections::BTreeMap;

/// Maps and lists in one another; Kubernetes' deepest schemas need a quarter of that.
const MAX_DEPTH: usize = 200;

/// The most values that a file holds, once aliases are replaced by what they stand for.
const MAX_VALUES: usize = 200_000;

/// As many mistakes of one file are told at once.
const MAX_MISTAKES: usize = 10;

/// Something that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What kind of mistake.
    pub kind: MistakeKind,
    /// The place.
    pub place: (usize, usize),
    /// What is wrong.
    pub message: String,
    /// Another place that belongs to it, and what is there.
    pub other: Option<((usize, usize), &'static str)>,
    /// What to do.
    pub help: String,
}

/// What kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// It is no YAML, or YAML that we do not read.
    Invalid,
    /// Readers of YAML take it for different values.
    Ambiguous,
}

/// What was read of a file.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// The documents that hold something.
    pub documents: Vec<Located>,
    /// What is wrong; then the documents are not to be used.
    pub mistakes: Vec<Mistake>,
}

/// Reads the documents of a file. Without a file, values have no places.
pub fn read(text: &str, file: Option<FileId>) -> Documents {
    let mut options = Options::default();
    options.disallow_directives = true;
    let parser = Parser::new_from_str_with_options(text, options);
    let anchors = BTreeMap::new();
    let mut reader = Reader { parser, file, place: (0, 0), anchors, values: 0, found: Documents::default() };
    if let Err(mistake) = reader.documents() {
        reader.found.mistakes.push(mistake);
    }
    reader.found
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    file: Option<FileId>,
    /// The place of the event that was read last.
    place: (usize, usize),
    anchors: BTreeMap<usize, (Located, (usize, usize))>,
    values: usize,
    found: Documents,
}

impl<'a> Reader<'a> {
    fn documents(&mut self) -> Result<(), Mistake> {
        loop {
            match self.next()? {
                Event::StreamEnd => return Ok(()),
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) => {
                    self.anchors.clear();
                    let first = self.next()?;
                    let document = self.node(first, 0)?;
                    if !matches!(document.content, Content::Scalar(Value::Null)) {
                        self.found.documents.push(document);
                    }
                }
                _ => return Err(self.invalid("this cannot stand here", "remove it")),
            }
        }
    }

    fn next(&mut self) -> Result<Event<'a>, Mistake> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.place = bytes(&span).unwrap_or(self.place);
                Ok(event)
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(self.place.0);
                self.place = (at, at);
                Err(self.invalid(
                    &format!("this is no YAML: {}", error.info()),
                    "see how YAML is written at https://yaml.org",
                ))
            }
            None => Ok(Event::StreamEnd),
        }
    }

    fn invalid(&self, message: &str, help: &str) -> Mistake {
        self.mistake(MistakeKind::Invalid, message.to_owned(), help.to_owned())
    }

    fn mistake(&self, kind: MistakeKind, message: String, help: String) -> Mistake {
        Mistake { kind, place: self.place, message, other: None, help }
    }

    /// Notes a mistake after which reading can go on.
    fn note(&mut self, mistake: Mistake) -> Result<(), Mistake> {
        if self.found.mistakes.len() + 1 >= MAX_MISTAKES {
            return Err(mistake);
        }
        self.found.mistakes.push(mistake);
        Ok(())
    }

    fn origin(&self, (start, end): (usize, usize)) -> Origin {
        self.file.map_or_else(Origin::default, |file| Origin::line(Span::new(file, start, end)))
    }

    /// Reads the node that begins with `first`, `depth` maps and lists down.
    fn node(&mut self, first: Event<'a>, depth: usize) -> Result<Located, Mistake> {
        let start = self.place;
        self.count(1)?;
        if depth > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} maps and lists in one another");
            return Err(self.invalid(&message, "no object of Kubernetes is as deep"));
        }
        let (content, anchor) = match first {
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, _, Some(_))
            | Event::MappingStart(_, _, Some(_)) => {
                return Err(self.invalid("tags are not read", "remove the tag; put text in quotes"));
            }
            Event::Scalar(text, ScalarStyle::Plain, anchor, None) => (Content::Scalar(self.plain(&text)?), anchor),
            Event::Scalar(text, _, anchor, None) => (Content::Scalar(Value::String(text.into_owned())), anchor),
            Event::SequenceStart(_, anchor, None) => (self.list(depth)?, anchor),
            Event::MappingStart(_, anchor, None) => (self.map(depth)?, anchor),
            Event::Alias(anchor) => return self.alias(anchor, depth),
            _ => return Err(self.invalid("this cannot stand here", "remove it")),
        };
        let located = Located { content, origin: Some(self.origin(start)) };
        if anchor > 0 {
            let size = located.measure();
            self.anchors.insert(anchor, (located.clone(), size));
        }
        Ok(located)
    }

    fn count(&mut self, values: usize) -> Result<(), Mistake> {
        self.values += values;
        if self.values <= MAX_VALUES {
            return Ok(());
        }
        let message = format!("more than {MAX_VALUES} values, with what aliases stand for");
        Err(self.invalid(&message, "write less into one file"))
    }

    /// Returns what an alias stands for.
    fn alias(&mut self, anchor: usize, depth: usize) -> Result<Located, Mistake> {
        let Some((located, (values, height))) = self.anchors.get(&anchor).cloned() else {
            return Err(self.invalid("this alias stands for what it is itself a part of", "write the value out"));
        };
        self.count(values)?;
        if depth + height > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} maps and lists in one another");
            return Err(self.invalid(&message, "no object of Kubernetes is as deep"));
        }
        Ok(located)
    }

    /// Returns what a scalar without quotes means.
    fn plain(&mut self, text: &str) -> Result<Value, Mistake> {
        if let Some(value) = plain::agreed(text) {
            return Ok(value);
        }
        let shown: String = text.chars().take(40).collect();
        let message = format!("readers of YAML disagree on what `{shown}` is");
        let help = match plain::meant(text) {
            Some(flag) => format!("write `{flag}` for the flag, or `\"{shown}\"` for the text"),
            None => format!("put it in quotes for the text: `\"{shown}\"`; write a number in plain decimal digits"),
        };
        self.note(self.mistake(MistakeKind::Ambiguous, message, help))?;
        Ok(Value::String(text.to_owned()))
    }

    fn list(&mut self, depth: usize) -> Result<Content, Mistake> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Content::List(items)),
                first => items.push(self.node(first, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Content, Mistake> {
        let mut fields: Vec<(String, Located)> = Vec::new();
        let mut known: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        loop {
            let first = match self.next()? {
                Event::MappingEnd => return Ok(Content::Map(fields)),
                first => first,
            };
            let place = self.place;
            let key = self.key(first)?;
            if let Some(first) = known.get(&key) {
                let mistake = self.invalid(&format!("the key `{key}` is there twice"), "keep one of the two");
                self.note(Mistake { other: Some((*first, "first here")), ..mistake })?;
            }
            let first = self.next()?;
            let mut value = self.node(first, depth + 1)?;
            // A block begins at its key: what follows may be lines below.
            if !matches!(value.content, Content::Scalar(_)) {
                value.origin = Some(self.origin(place));
            }
            known.insert(key.clone(), place);
            fields.push((key, value));
        }
    }

    fn key(&mut self, first: Event<'a>) -> Result<String, Mistake> {
        match first {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) if text == "<<" => {
                Err(self.invalid("merge keys are YAML 1.1 only", "write the fields out"))
            }
            Event::Scalar(text, ScalarStyle::Plain, _, None) => match self.plain(&text)? {
                Value::String(key) => Ok(key),
                other => {
                    let message = format!("the key `{other}` is no text");
                    self.note(self.invalid(&message, &format!("put it in quotes: `\"{text}\"`")))?;
                    Ok(text.into_owned())
                }
            },
            Event::Scalar(text, _, _, None) => Ok(text.into_owned()),
            _ => Err(self.invalid("a key is text", "write the key out")),
        }
    }
}

fn bytes(span: &granit_parser::Span) -> Option<(usize, usize)> {
    let range = span.byte_range()?;
    Some((range.start, range.end))
}

#[cfg(test)]
mod tests {
    use super::{MAX_VALUES, read};
    use crate::source::Sources;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn check(text: &str, expected: &[Value]) {
        let found = read(text, None);
        assert_eq!(found.mistakes, [], "{text}");
        assert_eq!(found.documents.iter().map(super::Located::value).collect::<Vec<_>>(), expected, "{text}");
    }

    /// Checks the mistakes of a text, each with the line and column of its place.
    fn wrong(text: &str, expected: &[&str]) {
        let sources = Sources::new([("a".to_owned(), text.to_owned())]);
        let file = sources.iter().next().unwrap().0;
        let place = |(start, end)| sources.location(super::Span::new(file, start, end));
        let found = read(text, Some(file)).mistakes;
        let shown: Vec<String> = found
            .iter()
            .map(|it| format!("{}:{} {}", place(it.place).line, place(it.place).column, it.message))
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn reads_what_people_write() {
        check("", &[]);
        check("# nothing\n---\n# here\n", &[]);
        check("a: 1\n---\n---\nb: [x, {c: d}] # why\n...\n", &[json!({"a": 1}), json!({"b": ["x", {"c": "d"}]})]);
        check("a: &x\n  b: 1\nc: *x\nd: [*x]\n", &[json!({"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}]})]);
        check("a: |\n  x\n   y\nb: >-\n  x\n  y\n", &[json!({"a": "x\n y\n", "b": "x y"})]);
        check("a: ~\nb:\nc: null\nd: ''\n", &[json!({"a": null, "b": null, "c": null, "d": ""})]);
        check(
            "- -c\n- --port=1\n- ./x\n- .spec.x\n- ^a$\n- 5 seconds\n- 10.0.0.0/8\n- 250m\n- 1.5\n- -3\n",
            &[json!(["-c", "--port=1", "./x", ".spec.x", "^a$", "5 seconds", "10.0.0.0/8", "250m", 1.5, -3])],
        );
        check("a: 1\r\nb: 2\r\n", &[json!({"a": 1, "b": 2})]);
    }

    #[test]
    fn refuses_what_could_mean_something_else() {
        for text in [
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "010",
            "0o17",
            "0x1F",
            "1_000",
            "1e3",
            "12:30",
            "2026-01-02",
            ".5",
            "+1",
            "1.2.3",
            "True",
            "NULL",
            ".inf",
            "-.INF",
            "=",
            "-0",
            "1.",
        ] {
            wrong(&format!("a: {text}\n"), &[&format!("1:4 readers of YAML disagree on what `{text}` is")]);
        }
        wrong("a: 1\nb: 2\na: 3\n", &["3:1 the key `a` is there twice"]);
        wrong("8080: x\n", &["1:1 the key `8080` is no text"]);
        wrong("on: x\n", &["1:1 readers of YAML disagree on what `on` is"]);
        wrong("é: &x [1]\nb: {<<: *x}\n", &["2:5 merge keys are YAML 1.1 only"]);
        wrong("a: !!str 5\n", &["1:10 tags are not read"]);
        wrong("a: &x [*x]\n", &["1:8 this alias stands for what it is itself a part of"]);
        wrong("[a]: b\n", &["1:1 a key is text"]);
        wrong(
            "a: yes\nb: off\n",
            &["1:4 readers of YAML disagree on what `yes` is", "2:4 readers of YAML disagree on what `off` is"],
        );
        assert!(read("a: [\n", None).mistakes[0].message.starts_with("this is no YAML: "));
        assert!(read("%YAML 1.1\n---\na: 1\n", None).mistakes[0].message.starts_with("this is no YAML: "));
        assert!(read("a: *x\n", None).mistakes[0].message.starts_with("this is no YAML: "));
    }

    #[test]
    fn bombs_do_not_go_off() {
        let levels = (1..12).map(|it| format!("a{it}: &a{it} [{}]\n", vec![format!("*a{}", it - 1); 10].join(", ")));
        let bomb: String = std::iter::once("a0: &a0 x\n".to_owned()).chain(levels).collect();
        assert!(read(&bomb, None).mistakes[0].message.starts_with(&format!("more than {MAX_VALUES} values")));
        let chain = (1..300).map(|it| format!("a{it}: &a{it} [*a{}]\n", it - 1));
        let chain: String = std::iter::once("a0: &a0 x\n".to_owned()).chain(chain).collect();
        assert!(read(&chain, None).mistakes[0].message.starts_with("more than 200 maps"));
        for text in ["[", "- ", "{a: "] {
            assert_eq!(read(&text.repeat(100_000), None).mistakes.len(), 1, "{text:?}");
        }
        assert_eq!(read(&"a: yes\n".repeat(100_000), None).mistakes.len(), super::MAX_MISTAKES);
    }

    proptest! {
        #[test]
        fn any_text_gives_values_with_places_in_it(indices in prop::collection::vec(0_usize..60, 0..60)) {
            let pieces = ["a", "b", ": ", "\n", "\n  ", "- ", "&x ", "*x", "é", "😀", "yes", "'", "\"", "|\n", ">-\n", "{", "}",
                "[", "]", ", ", "#", "---\n", "...\n", "!!str ", "? ", "\t", "<<", "%", "\u{feff}", "\u{85}", "1", "\\"];
            let text: String = indices.iter().map(|it| pieces[it % pieces.len()]).collect();
            let sources = Sources::new([("a".to_owned(), text.clone())]);
            let file = sources.iter().next().unwrap().0;
            let found = read(&text, Some(file));
            for mistake in &found.mistakes {
                prop_assert!(text.get(mistake.place.0..mistake.place.1).is_some(), "{:?} {:?}", text, mistake);
            }
            for document in found.documents {
                let (value, origins) = document.into_parts();
                prop_assert_eq!(origins.missing(&value), []);
                crate::object::leaves(&value, &mut |path, _| {
                    let span = origins.of(path).and_then(|it| it.span).unwrap();
                    assert!(text.get(span.range()).is_some(), "{text:?} {path}");
                });
            }
        }
    }
}
