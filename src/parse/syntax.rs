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

/// How many characters of a word are looked at.
const LONGEST_WORD: usize = 500;

/// Parses one file as KDL 2. `equals` are the places of the equals signs of its properties.
pub(super) fn document(file: FileId, text: &str, equals: &[usize]) -> Result<KdlDocument, Vec<Diagnostic>> {
    KdlDocument::parse_v2(text).map_err(|error| {
        // The parser blames the whole line, or the whole file, for a property without a right value.
        let mut found: Vec<(usize, Diagnostic)> =
            equals.iter().filter_map(|at| property(file, text, *at)).take(REPORTS).collect();
        let told_better = !found.is_empty();
        for diagnostic in error.diagnostics.iter().filter(|it| !is_echo(it)).take(REPORTS) {
            if let Some(start) = start_of(diagnostic, text)
                && !(told_better && is_vague(diagnostic))
            {
                found.push((start, message(file, text, diagnostic)));
            }
        }
        if found.is_empty() {
            let reports = error.diagnostics.iter().take(REPORTS);
            found.extend(reports.filter_map(|it| Some((start_of(it, text)?, message(file, text, it)))));
        }
        found.sort_by_key(|(start, _)| *start);
        let mut last: Option<usize> = None;
        found.retain(|(start, _)| {
            let same_line = last.is_some_and(|last| !text[last..*start].contains('\n'));
            last = Some(*start);
            !same_line
        });
        // One report is of the mistake; what follows it in vague words is of the way that the parser lost.
        let first = found.iter().map(|(start, _)| *start).next();
        found.into_iter().filter(|(start, it)| Some(*start) == first || !is_lost(it)).map(|(_, it)| it).collect()
    })
}

/// Returns where a report begins; none where that is inside a character, which no report should.
fn start_of(diagnostic: &KdlDiagnostic, text: &str) -> Option<usize> {
    Some(diagnostic.span.offset().min(text.len())).filter(|it| text.is_char_boundary(*it))
}

/// Looks at the value behind an equals sign.
fn property(file: FileId, text: &str, equals: usize) -> Option<(usize, Diagnostic)> {
    let rest = &text[equals + 1..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let start = equals + 1 + gap;
    let word = word_at(text, start);
    let problem = value(file, start, word)?;
    Some((start, problem))
}

/// Returns the text from a place up to the next space or brace.
fn word_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let rest = rest.char_indices().nth(LONGEST_WORD).map_or(rest, |(end, _)| &rest[..end]);
    &rest[..rest.find(|it: char| it.is_whitespace() || "{};".contains(it)).unwrap_or(rest.len())]
}

/// Says what is wrong with a value that KDL does not know; none where nothing is.
fn value(file: FileId, start: usize, word: &str) -> Option<Diagnostic> {
    let at = Span::new(file, start, start + word.len());
    let new = |message: String| Diagnostic::new(INVALID_SYNTAX, message).at(at, "");
    if word.is_empty() {
        let before = Span::new(file, start.saturating_sub(1), start);
        let message = "this property has no value".to_owned();
        return Some(
            Diagnostic::new(INVALID_SYNTAX, message).at(before, "").help("a property is written `name=value`"),
        );
    }
    if matches!(word, "true" | "false" | "null" | "inf" | "nan" | "-inf") {
        return Some(
            new(format!("`{word}` is no text without quotes"))
                .help(format!("write `#{word}` for the value, or `\"{word}\"` for the text")),
        );
    }
    if let Some(keyword) = word.strip_prefix('#').filter(|it| !it.starts_with(['#', '"'])) {
        let known = matches!(keyword, "true" | "false" | "null" | "inf" | "-inf" | "nan");
        return (!known).then(|| new(format!("unknown keyword `{word}`")).help("KDL has #true, #false and #null"));
    }
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    let numeric = digits.starts_with(|it: char| it.is_ascii_digit());
    (numeric && !is_number(digits)).then(|| {
        new(format!("`{word}` is no number"))
            .help(format!("text that starts with a digit stands in quotes: \"{word}\""))
    })
}

/// True for an unsigned KDL number.
fn is_number(digits: &str) -> bool {
    let all = |text: &str, base: u32| {
        text.starts_with(|it: char| it.is_digit(base)) && text.chars().all(|it| it == '_' || it.is_digit(base))
    };
    for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return all(rest, base);
        }
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    all(whole, 10) && all(fraction, 10) && all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), 10)
}

fn says(diagnostic: &KdlDiagnostic, text: &str) -> bool {
    diagnostic.message.as_deref().is_some_and(|it| it.contains(text))
}

/// True for the reports of an unclosed block: the braces have been counted already, so another mistake is behind it.
fn is_echo(diagnostic: &KdlDiagnostic) -> bool {
    says(diagnostic, "No closing '}'") || says(diagnostic, "Closing '}' was not found")
}

/// True for a report that does not say what is wrong.
fn is_vague(diagnostic: &KdlDiagnostic) -> bool {
    ["Expected end of document", "invalid node name", "value", "Expected identifier"]
        .iter()
        .any(|it| says(diagnostic, it))
}

/// True for a message of ours that only says that the parser has lost its way.
fn is_lost(diagnostic: &Diagnostic) -> bool {
    diagnostic.message.starts_with("unexpected `") || diagnostic.message == UNKNOWN_ESCAPE
}

const UNKNOWN_ESCAPE: &str = "this text has an escape that KDL does not know";

/// Puts one report into our words.
fn message(file: FileId, text: &str, diagnostic: &KdlDiagnostic) -> Diagnostic {
    let start = diagnostic.span.offset().min(text.len());
    let word = word_at(text, start);
    let at = |length: usize| Span::new(file, start, (start + length).min(text.len()));
    let new = |message: String| Diagnostic::new(INVALID_SYNTAX, message);
    if let Some(problem) = value(file, start, word).filter(|_| !word.is_empty()) {
        return problem;
    }
    if says(diagnostic, "multiline string prefix") {
        let line_end = text[start..].find('\n').unwrap_or(0);
        return new("a line of this text is indented less than its closing `\"\"\"`".to_owned())
            .at(at(line_end), "")
            .help("indent every line at least as far as the closing quotes");
    }
    if says(diagnostic, "quoted string") {
        return new(UNKNOWN_ESCAPE.to_owned()).at(at(diagnostic.span.len()), "").help(
            "KDL knows \\n \\r \\t \\b \\f \\s \\\\ \\\" and \\u{…}; write \\\\ for a backslash, or use #\"…\"#",
        );
    }
    if says(diagnostic, "child block instead of node name") {
        return new("a block without a node before it".to_owned())
            .at(at(1), "")
            .help("write the node's name before `{`");
    }
    let shown = if word.is_empty() { "end of line" } else { word };
    let help = diagnostic.help.clone().filter(|_| word.is_empty());
    let message = new(format!("unexpected `{shown}`")).at(at(word.len().max(1)), "");
    match help {
        Some(help) => message.help(help),
        None => message.help("text with other characters than letters, digits, `-`, `_`, `.` and `:` stands in quotes"),
    }
}
