//! Raw text in, a KDL document out, with the parser's messages put into our words.
//!
//! The parser reports one mistake several times, the least useful report first; what follows from an earlier mistake
//! is dropped here.

use super::INVALID_SYNTAX;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use kdl::{KdlDiagnostic, KdlDocument};

/// How many reports on one file are looked at: in a file with more, the parser has lost its way long before.
const REPORTS: usize = 1_000;

/// How many bytes of a word are looked at.
const LONGEST_WORD: usize = 500;

/// Parses one file as KDL 2.
pub(super) fn document(file: FileId, text: &str) -> Result<KdlDocument, Vec<Diagnostic>> {
    KdlDocument::parse_v2(text).map_err(|error| {
        if let Some(conflict) = conflict(file, text) {
            return vec![conflict];
        }
        let reports = error.diagnostics.iter().filter(|it| !is_echo(it)).take(REPORTS);
        let mut found: Vec<(usize, &KdlDiagnostic)> = reports.map(|it| (place(text, it), it)).collect();
        found.sort_by_key(|(place, _)| *place);
        let mut messages = Vec::new();
        let mut last: Option<usize> = None;
        let mut after_text = false;
        for (place, diagnostic) in found {
            let same_line = last.is_some_and(|last| !text[last..place].contains('\n'));
            let follows = !messages.is_empty() && (is_consequence(diagnostic) || after_text);
            if !follows && !same_line {
                messages.push(message(file, text, diagnostic));
                last = Some(place);
                // Behind a multi-line text that it does not understand, the parser reads its lines as nodes.
                after_text = says(diagnostic, "multiline string");
            }
        }
        if messages.is_empty() {
            messages.push(Diagnostic::new(INVALID_SYNTAX, "this file is no KDL 2").at(Span::new(file, 0, 0), ""));
        }
        messages
    })
}

/// Finds where git left both sides of a merge; what else is wrong follows from that.
fn conflict(file: FileId, text: &str) -> Option<Diagnostic> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.into_iter().find(|it| text[*it..].starts_with("<<<<<<< "))?;
    let end = text[start..].find(['\r', '\n']).map_or(text.len(), |it| start + it);
    let message = Diagnostic::new(INVALID_SYNTAX, "a merge conflict is not resolved");
    Some(message.at(Span::new(file, start, end), "").help("keep what is right of both sides, and remove the marks"))
}

fn says(diagnostic: &KdlDiagnostic, text: &str) -> bool {
    diagnostic.message.as_deref().is_some_and(|it| it.contains(text))
}

/// True for the reports of an unclosed block: the braces have been counted already, so another mistake is behind it.
fn is_echo(diagnostic: &KdlDiagnostic) -> bool {
    says(diagnostic, "No closing '}'") || says(diagnostic, "Closing '}' was not found")
}

/// True for a report that, behind another one, only says that the parser has lost its way.
fn is_consequence(diagnostic: &KdlDiagnostic) -> bool {
    says(diagnostic, "Expected end of document")
}

/// Returns the byte where a reader should look. A report about a property's value spans everything from the outermost
/// node to the value, and ends within it.
fn place(text: &str, diagnostic: &KdlDiagnostic) -> usize {
    let start = diagnostic.span.offset().min(text.len());
    let start = (0..=start).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
    let end = (start + diagnostic.span.len()).min(text.len());
    let value = text.get(start..end).filter(|_| says(diagnostic, "property value")).and_then(|it| it.rfind('='));
    value.map_or(start, |equals| start + equals + 1)
}

/// True for characters that KDL has only as escapes: they are invisible, or turn the text around them.
fn is_hidden(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Puts one report into our words.
fn message(file: FileId, text: &str, diagnostic: &KdlDiagnostic) -> Diagnostic {
    let start = place(text, diagnostic);
    let rest = &text[start..text.floor_char_boundary(start + LONGEST_WORD)];
    let word = &rest[..rest.find(|it: char| it.is_whitespace() || "{};".contains(it)).unwrap_or(rest.len())];
    let at = |length: usize| {
        let end = (start + length..text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len());
        Span::new(file, start, end)
    };
    let new = |message: String| Diagnostic::new(INVALID_SYNTAX, message);
    if says(diagnostic, "Expected identifier string") && matches!(word, "true" | "false" | "null" | "inf" | "nan") {
        return new(format!("`{word}` is no text without quotes"))
            .at(at(word.len()), "")
            .help(format!("write `#{word}` for the value, or `\"{word}\"` for the text"));
    }
    let keyword = word.starts_with('#') && !word.starts_with("#\"") && !word.starts_with("##");
    if says(diagnostic, "keyword") || (keyword && says(diagnostic, "property value")) {
        return new(format!("unknown keyword `{word}`")).at(at(word.len()), "").help("KDL has #true, #false and #null");
    }
    if ["integer", "number", "float", "hex", "octal", "binary"].iter().any(|it| says(diagnostic, it)) {
        return no_number(word).at(at(word.len()), "");
    }
    if says(diagnostic, "multiline string prefix") {
        let line_end = text[start..].find('\n').unwrap_or(0);
        return new("a line of this text is indented less than its closing `\"\"\"`".to_owned())
            .at(at(line_end), "")
            .help("indent every line at least as far as the closing quotes");
    }
    if says(diagnostic, "property value") && word.is_empty() {
        let name = text[..start - 1].rsplit(|it: char| it.is_whitespace()).next().unwrap_or_default();
        return new(format!("`{name}=` has no value")).at(at(1), "").help("put a value behind `=`");
    }
    if says(diagnostic, "property value") && word.starts_with(|it: char| it.is_ascii_digit()) {
        return no_number(word).at(at(word.len()), "");
    }
    let line_end = text[start..].find('\n').map_or(text.len(), |it| start + it);
    if let Some((offset, hidden)) = text[start..line_end].char_indices().find(|(_, it)| is_hidden(*it)) {
        let code = u32::from(hidden);
        return new(format!("this text has the invisible character U+{code:04X}"))
            .at(Span::new(file, start + offset, start + offset + hidden.len_utf8()), "")
            .help(format!("remove it, or write it as \\u{{{code:x}}} in quotes"));
    }
    if word.starts_with("r#\"") || word.starts_with("r\"") {
        return new(format!("`{word}` is how KDL 1 writes raw text"))
            .at(at(word.len()), "")
            .help("KDL 2 writes it `#\"…\"#`, without the `r`");
    }
    if says(diagnostic, "quoted string") {
        return new("this text has an escape that KDL does not know".to_owned())
            .at(at(diagnostic.span.len()), "")
            .help(
                "KDL knows \\n \\r \\t \\b \\f \\s \\\\ \\\" and \\u{…}; write \\\\ for a backslash, or use #\"…\"#",
            );
    }
    let line_start = text[..start].rfind('\n').map_or(0, |it| it + 1);
    let before = text[line_start..start].trim_end();
    if before.ends_with('=') && !word.is_empty() && !word.contains(['"', '\\']) {
        return new(format!("`{word}` must stand in quotes"))
            .at(at(word.len()), "")
            .help(format!("write \"{word}\"; without quotes, KDL takes letters, digits, `-`, `_`, `.` and `:`"));
    }
    if before.ends_with('=') || word.starts_with('=') {
        return new("a property is written `name=value`".to_owned())
            .at(at(word.len()), "")
            .help("put a value behind `=`, and no space before it");
    }
    if says(diagnostic, "child block instead of node name") {
        return new("a block without a node before it".to_owned())
            .at(at(1), "")
            .help("write the node's name before `{`");
    }
    let first = word.chars().next();
    let starts_number = |it: char| it.is_ascii_digit();
    if before.is_empty() && first.is_some_and(starts_number) {
        return new(format!("`{word}` is no node name"))
            .at(at(word.len()), "")
            .help("a name that starts with a digit stands in quotes");
    }
    if !word.is_empty() && word.bytes().all(|it| it.is_ascii_digit()) {
        return new(format!("the number `{word}` is too large"))
            .at(at(word.len()), "")
            .help(format!("put it in quotes if the text is meant: \"{word}\""));
    }
    if word.is_empty() {
        let before = text[start..].chars().next().filter(|it| "{};".contains(*it));
        let end = before.map_or("the end of the line".to_owned(), |it| format!("`{it}`"));
        return new(format!("something is missing before {end}"))
            .at(at(1), "")
            .help("write what is missing, or remove what stands before it");
    }
    let rule = "text with other characters than letters, digits, `-`, `_`, `.` and `:` stands in quotes";
    let quotable = !before.is_empty() && word.contains('/') && !word.contains(['"', '\\']);
    let help = if quotable { format!("{rule}: \"{word}\"") } else { rule.to_owned() };
    new(format!("unexpected `{word}`")).at(at(word.len()), "").help(help)
}

fn no_number(word: &str) -> Diagnostic {
    Diagnostic::new(INVALID_SYNTAX, format!("`{word}` is no number"))
        .help(format!("text that starts with a digit stands in quotes: \"{word}\""))
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::source::Sources;

    #[test]
    fn says_what_to_write_instead() {
        let check = |text: &str, expected: &str| {
            let sources = Sources::new([("base/app.kdl".to_owned(), text.to_owned())]);
            let (id, source) = sources.iter().next().unwrap();
            let found = document(id, &source.text).unwrap_err();
            let found: Vec<String> = found.iter().map(|it| format!("{}; {}", it.message, it.help.join("; "))).collect();
            assert_eq!(found, [expected], "{text}");
        };
        let quotes = "text with other characters than letters, digits, `-`, `_`, `.` and `:` stands in quotes";
        check("image a.io/web", &format!("unexpected `a.io/web`; {quotes}: \"a.io/web\""));
        check("image a [b", &format!("unexpected `[b`; {quotes}"));
        let missing = "write what is missing, or remove what stands before it";
        check("image (", &format!("something is missing before the end of the line; {missing}"));
        let number =
            |word: &str| format!("`{word}` is no number; text that starts with a digit stands in quotes: \"{word}\"");
        for word in ["512Mi", "70%", "1.0.0", "10s"] {
            check(&format!("app a {{\n b {{ c {word} }}\n}}"), &number(word));
            check(&format!("app a {{\n b {{ c d={word} }}\n}}"), &number(word));
            check(&format!("app a {{\n b {{\n c d={word}\n e f=1\n }}\n}}"), &number(word));
        }
        let conflict = "a merge conflict is not resolved; keep what is right of both sides, and remove the marks";
        check("a {\n<<<<<<< HEAD\n b 1\n=======\n b 2 {\n>>>>>>> other\n}", conflict);
        check("<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> other", conflict);
        check("a {\n b c=\n d\n}", "`c=` has no value; put a value behind `=`");
        let instead = "write \"x/y\"; without quotes, KDL takes letters, digits, `-`, `_`, `.` and `:`";
        check("a b=x/y", &format!("`x/y` must stand in quotes; {instead}"));
        check("a b=\u{2028}c", "`b=` has no value; put a value behind `=`");
        check("a b=r#\"x\"#", "`r#\"x\"#` is how KDL 1 writes raw text; KDL 2 writes it `#\"…\"#`, without the `r`");
        check(
            "a \"b\u{202e}c\"",
            "this text has the invisible character U+202E; remove it, or write it as \\u{202e} in quotes",
        );
        let digits = "9".repeat(40);
        check(
            &format!("port {digits}"),
            &format!("the number `{digits}` is too large; put it in quotes if the text is meant: \"{digits}\""),
        );
        check("a b=#yes", "unknown keyword `#yes`; KDL has #true, #false and #null");
        check("flag true", "`true` is no text without quotes; write `#true` for the value, or `\"true\"` for the text");
    }
}
