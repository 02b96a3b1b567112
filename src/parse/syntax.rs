//! Raw text in, a KDL document out, with the parser's messages put into our words.
//!
//! The parser reports one mistake several times, the least useful report first; what follows from an earlier mistake
//! is dropped here.

use super::INVALID_SYNTAX;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use kdl::{KdlDiagnostic, KdlDocument};

/// Parses one file as KDL 2.
pub(super) fn document(file: FileId, text: &str) -> Result<KdlDocument, Vec<Diagnostic>> {
    KdlDocument::parse_v2(text).map_err(|error| {
        let mut found: Vec<&KdlDiagnostic> = error.diagnostics.iter().filter(|it| !is_echo(it)).collect();
        found.sort_by_key(|it| it.span.offset());
        let mut messages = Vec::new();
        let mut last_line = None;
        for diagnostic in found {
            let offset = diagnostic.span.offset().min(text.len());
            let line = text.get(..offset).unwrap_or(text).matches('\n').count();
            let follows = is_consequence(diagnostic) && !messages.is_empty();
            if !follows && last_line != Some(line) {
                messages.push(message(file, text, diagnostic));
                last_line = Some(line);
            }
        }
        if messages.is_empty() {
            messages.push(Diagnostic::new(INVALID_SYNTAX, "this file is no KDL 2").at(Span::new(file, 0, 0), ""));
        }
        messages
    })
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

/// Puts one report into our words.
fn message(file: FileId, text: &str, diagnostic: &KdlDiagnostic) -> Diagnostic {
    let start = diagnostic.span.offset().min(text.len());
    let word_end =
        text[start..].find(|it: char| it.is_whitespace() || "{};".contains(it)).unwrap_or(text.len() - start);
    let word = &text[start..start + word_end];
    let at = |length: usize| Span::new(file, start, (start + length).min(text.len()));
    let new = |message: String| Diagnostic::new(INVALID_SYNTAX, message);
    if says(diagnostic, "Expected identifier string") && matches!(word, "true" | "false" | "null" | "inf" | "nan") {
        return new(format!("`{word}` is no text without quotes"))
            .at(at(word.len()), "")
            .help(format!("write `#{word}` for the value, or `\"{word}\"` for the text"));
    }
    if says(diagnostic, "keyword") {
        return new(format!("unknown keyword `{word}`")).at(at(word.len()), "").help("KDL has #true, #false and #null");
    }
    if ["integer", "number", "float", "hex", "octal", "binary"].iter().any(|it| says(diagnostic, it)) {
        return new(format!("`{word}` is no number"))
            .at(at(word.len()), "")
            .help(format!("text that starts with a digit stands in quotes: \"{word}\""));
    }
    if says(diagnostic, "multiline string prefix") {
        let line_end = text[start..].find('\n').unwrap_or(0);
        return new("a line of this text is indented less than its closing `\"\"\"`".to_owned())
            .at(at(line_end), "")
            .help("indent every line at least as far as the closing quotes");
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
    let shown = if word.is_empty() { "end of line" } else { word };
    let help = diagnostic.help.clone().filter(|_| word.is_empty());
    let message = new(format!("unexpected `{shown}`")).at(at(word.len().max(1)), "");
    match help {
        Some(help) => message.help(help),
        None => message.help("text with other characters than letters, digits, `-`, `_`, `.` and `:` stands in quotes"),
    }
}
