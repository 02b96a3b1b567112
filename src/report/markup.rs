//! Text from outside in, Markdown that shows exactly that text out: the sink of the Markdown report.
//!
//! Values stand in code spans, whose fence is longer than any run of backticks in them; sentences are escaped. GitHub
//! looks for mentions, issue numbers, commit ids, links and emoji in the finished page, where a backslash is gone, so in
//! sentences those are broken by a zero-width space.

use crate::diagnostic::visible::{escape, shorten};

/// The longest text in one place.
const LONGEST: usize = 400;
/// The longest value, name or path.
const LONGEST_CODE: usize = 200;
const BREAK: char = '\u{200b}';

/// Writes a sentence. What it has in backticks becomes code.
pub(super) fn prose(text: &str) -> String {
    let text = shorten(&escape(text), LONGEST);
    let parts: Vec<&str> = text.split('`').collect();
    if text.is_empty()
        || parts.len().is_multiple_of(2)
        || parts.iter().skip(1).step_by(2).any(|it| it.trim().is_empty())
    {
        return plain(&text);
    }
    let parts = parts.iter().enumerate();
    without_edges(
        &parts.map(|(index, part)| if index % 2 == 0 { marked(part) } else { code(part) }).collect::<String>(),
    )
}

/// Writes text in which nothing means anything. Empty text is shown as such, so that nothing around it closes up.
pub(super) fn plain(text: &str) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    without_edges(&marked(&shorten(&escape(text), LONGEST)))
}

/// Escapes what means something within a line.
fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + character.len_utf8()..]);
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' => out.extend(['\\', character]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            '$' => out.push_str("&#36;"),
            '@' | '#' => out.extend([character, BREAK]),
            ':' if after.starts_with(|it: char| !it.is_whitespace()) => out.extend([':', BREAK]),
            '-' if before.to_ascii_lowercase().ends_with("gh") => out.extend(['-', BREAK]),
            '.' if before.to_ascii_lowercase().ends_with("www") => out.extend([BREAK, '.']),
            '0'..='9' | 'a'..='f' if is_inside_hex(before) => out.extend([character, BREAK]),
            other => out.push(other),
        }
    }
    out
}

/// Escapes what means something at the start or the end of a line: lists, indented blocks, line breaks.
fn without_edges(text: &str) -> String {
    let mut out = match text.trim_start_matches(|it: char| it.is_ascii_digit()) {
        rest if rest.starts_with(['-', '+', '=', '.', ')']) => {
            format!("{}\\{rest}", &text[..text.len() - rest.len()])
        }
        _ => match text.strip_prefix(' ') {
            Some(rest) => format!("&#32;{rest}"),
            None => text.to_owned(),
        },
    };
    if out.ends_with(' ') {
        out.pop();
        out.push_str("&#32;");
    }
    out
}

/// True after each sixth hexadecimal digit of a row: seven and more may be a commit.
fn is_inside_hex(before: &str) -> bool {
    let run = before.bytes().rev().take_while(u8::is_ascii_hexdigit).count();
    run % 6 == 5
}

/// Writes a value as code.
pub(super) fn code(text: &str) -> String {
    let text = shorten(&escape(text), LONGEST_CODE);
    if text.trim().is_empty() {
        // A code span cannot be empty, and one of spaces cannot be seen.
        return fenced(&format!("\"{text}\""));
    }
    fenced(&text)
}

/// Writes a value as code in a table, where a bar would end the cell even there. A bar after a backslash has no
/// spelling that all readers agree on, so it is shown as an escape.
pub(super) fn cell_code(text: &str) -> String {
    code(&text.replace("\\|", "\\\\u{7c}")).replace('|', "\\|")
}

fn fenced(text: &str) -> String {
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let needs_space = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let space = if needs_space { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Writes a name for an HTML comment: what could end the comment is written in percents.
pub(super) fn comment(text: &str) -> String {
    let safe = |it: char| it.is_ascii_alphanumeric() || "._".contains(it);
    let mut out = String::new();
    for character in text.chars().take(LONGEST_CODE) {
        if safe(character) || (character == '-' && !out.ends_with('-')) {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            out.extend(character.encode_utf8(&mut bytes).bytes().map(|it| format!("%{it:02X}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{cell_code, code, comment, prose};

    #[test]
    fn sentences_keep_their_code_and_nothing_else() {
        let check = |text, expected| assert_eq!(prose(text), expected);
        check("`a` restarts", "`a` restarts");
        check("a ` b", "a \\` b");
        check("[x](javascript:1) *b* <img>", "\\[x\\](javascript:\u{200b}1) \\*b\\* &lt;img&gt;");
        check("@everyone #12 GH-1", "@\u{200b}everyone #\u{200b}12 GH-\u{200b}1");
        check("https://x www.x :tada:", "https:\u{200b}//x www\u{200b}.x :\u{200b}tada:");
        check("a|b\nc", "a&#124;b\\\\nc");
        check("- [ ] x ", "\\- \\[ \\] x&#32;");
        check("1. x", "1\\. x");
        check("0123456789abcdef", "012345\u{200b}6789ab\u{200b}cdef");
    }

    #[test]
    fn code_has_a_fence_that_is_long_enough() {
        let check = |text, expected| assert_eq!(code(text), expected);
        check("a", "`a`");
        check("a`b", "``a`b``");
        check("```", "```` ``` ````");
        check(" a", "`  a `");
        check("", "`\"\"`");
        assert_eq!(cell_code("a|b"), "`a\\|b`");
        assert_eq!(cell_code("a\\|b"), "`a\\\\u{7c}b`");
    }

    #[test]
    fn a_comment_cannot_be_ended() {
        assert_eq!(comment("my-app"), "my-app");
        assert_eq!(comment("a-->b"), "a-%2D%3Eb");
    }
}
