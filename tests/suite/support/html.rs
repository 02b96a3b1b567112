//! A page in; its elements out, read by a tokenizer that is not ours, or why it is not well-formed.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use std::collections::{BTreeMap, BTreeSet};

/// Elements that have no end.
const VOID: [&str; 4] = ["input", "link", "meta", "br"];
/// Elements of a picture that are written without an end.
const DRAWN: [&str; 2] = ["rect", "path"];
/// What marks words within a text: how much of it there is depends on the text.
const WITHIN_TEXT: [&str; 5] = ["code", "del", "ins", "mark", "samp"];

/// A part of a page.
#[derive(Debug)]
pub(crate) enum Part {
    /// An element begins.
    Open(String, BTreeMap<String, String>),
    /// An element ends.
    Close(String),
    /// Text between tags, decoded.
    Text(String),
}

/// Reads a page. Fails on whatever a browser would have to guess: a mistake in a tag, or one that ends nothing.
pub(crate) fn parse(page: &str) -> Result<Vec<Part>, String> {
    let mut emitter = DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|it| it.to_string());
    let mut open: Vec<String> = Vec::new();
    let mut parts = Vec::new();
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name)?;
                if DRAWN.contains(&name.as_str()) != tag.self_closing {
                    return Err(format!("<{name}> has no end of its own, or should have one"));
                }
                if !VOID.contains(&name.as_str()) && !tag.self_closing {
                    open.push(name.clone());
                }
                parts.push(Part::Open(name, attributes(&tag)?));
            }
            Token::EndTag(tag) => {
                let name = text(&tag.name)?;
                if open.pop().as_ref() != Some(&name) {
                    return Err(format!("</{name}> ends nothing; open: {open:?}"));
                }
                parts.push(Part::Close(name));
            }
            Token::String(it) => parts.push(Part::Text(text(&it.value)?)),
            Token::Doctype(_) if parts.is_empty() => {}
            Token::Comment(it) => return Err(format!("a comment: {it:?}")),
            Token::Doctype(it) => return Err(format!("a second doctype: {it:?}")),
            Token::Error(it) => return Err(format!("{it:?}")),
        }
    }
    if open.is_empty() { Ok(parts) } else { Err(format!("open at the end: {open:?}")) }
}

fn attributes(tag: &StartTag<()>) -> Result<BTreeMap<String, String>, String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|it| it.to_string());
    tag.attributes.iter().map(|(name, value)| Ok((text(name)?, text(&value.value)?))).collect()
}

/// Returns the text of the first element of a name with an attribute.
pub(crate) fn text_of(parts: &[Part], name: &str, attribute: (&str, &str)) -> Option<String> {
    let is_it = |it: &Part| {
        matches!(it, Part::Open(found, attributes)
            if found == name && attributes.get(attribute.0).is_some_and(|it| it == attribute.1))
    };
    let after = &parts[parts.iter().position(is_it)? + 1..];
    let texts = after.iter().map_while(|it| if let Part::Text(text) = it { Some(text.as_str()) } else { None });
    Some(texts.collect())
}

/// Returns the elements with what is fixed about them: everything but text, names of places, and marks within text.
pub(crate) fn skeleton(parts: &[Part]) -> Vec<String> {
    let mut elements = Vec::new();
    let mut open = Vec::new();
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Open(name, attributes) => {
                let is_within_text = WITHIN_TEXT.contains(&name.as_str()) && attributes.is_empty();
                if !VOID.contains(&name.as_str()) && !DRAWN.contains(&name.as_str()) {
                    open.push(is_within_text);
                }
                if is_within_text {
                    continue;
                }
                let shown = attributes.iter().map(|(name, value)| match name.as_str() {
                    "id" | "content" => name.clone(),
                    "href" if value.starts_with('#') => "href=#".to_owned(),
                    _ => format!("{name}={value}"),
                });
                elements.push(format!("<{name} {}", shown.collect::<Vec<_>>().join(" ")));
            }
            Part::Close(name) => {
                if open.pop() == Some(false) {
                    elements.push(format!("</{name}"));
                }
            }
        }
    }
    elements
}

/// Returns what is wrong with a page that should need nothing else and obey nobody: names that are not unique, links
/// that lead nowhere, addresses that are loaded from, handlers and styles in attributes.
pub(crate) fn problems(parts: &[Part]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    let mut links = BTreeSet::new();
    for part in parts {
        let Part::Open(element, attributes) = part else { continue };
        for (name, value) in attributes {
            match name.as_str() {
                "id" if !ids.insert(value.as_str()) => problems.push(format!("two elements are called {value}")),
                "href" if element == "a" => match value.strip_prefix('#') {
                    Some(id) => {
                        links.insert(id);
                    }
                    None if value.starts_with("https://") => {}
                    None => problems.push(format!("a link to {value}")),
                },
                "for" | "aria-labelledby" => {
                    links.insert(value.as_str());
                }
                "href" | "src" | "srcset" | "action" | "poster" | "data" | "xlink:href" | "style" => {
                    problems.push(format!("<{element} {name}={value}>"));
                }
                _ if name.starts_with("on") => problems.push(format!("<{element} {name}={value}>")),
                _ => {}
            }
        }
        if ["iframe", "object", "embed", "img", "base", "link"].contains(&element.as_str()) {
            problems.push(format!("<{element}>"));
        }
    }
    problems.extend(links.iter().filter(|it| !ids.contains(*it)).map(|it| format!("nothing is called {it}")));
    problems
}

#[test]
fn a_broken_page_is_found() {
    assert!(parse("<!doctype html><p>a &lt; b <input></p>").is_ok());
    for broken in ["<p>", "</p>", "<b><i></b></i>", "<p a=1 a=2></p>", "<!-- x -->", "<p/>", "<p a='1'b='2'></p>"] {
        assert!(parse(broken).is_err(), "{broken}");
    }
    let found =
        problems(&parse("<p id=\"a\" onclick=\"x\"></p><p id=\"a\" style=\"x\"></p><a href=\"#b\"></a>").unwrap());
    assert_eq!(found.len(), 4, "{found:?}");
}
