//! Text from outside in, Markdown that shows exactly that text out: the sink of the Markdown report.
//!
//! Values stand in code spans, whose fence is longer than any run of backticks in them, and where no forge looks for
//! anything; sentences are escaped. Forges look for mentions, numbers of issues, commit ids, links and emoji in the
//! finished page, where a backslash is gone, so in sentences those are broken by a zero-width space. What one forge looks
//! for is broken for all of them: `!1`, `$1`, `%1`, `&1`, `~label`, `[-x-]`, `[[x]]` and `%{x}` mean something to GitLab,
//! `ABC-1` to Gitea and to a GitHub with links of its own.

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

/// Writes text for a cell of a table, where nothing starts or ends a line.
pub(super) fn cell(text: &str) -> String {
    if text.is_empty() { "\"\"".to_owned() } else { marked(&shorten(&escape(text), LONGEST)).trim().to_owned() }
}

/// Writes text between tags of HTML, where a backslash is one and entities are all there is.
pub(super) fn html(text: &str) -> String {
    let text = shorten(&escape(text), LONGEST);
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
        if is_start_of_reference(&text[..at], character, &text[at + character.len_utf8()..]) {
            out.push(BREAK);
        }
    }
    out
}

/// Makes a link of what is already Markdown; only an address that can end nothing becomes one.
pub(super) fn link(markdown: &str, address: &str) -> String {
    let is_safe = |it: char| it.is_ascii_alphanumeric() || "-._~:/?#=&%+".contains(it);
    if address.starts_with("https://") && address.chars().all(is_safe) {
        format!("[{markdown}]({address})")
    } else {
        markdown.to_owned()
    }
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
            other => out.push(other),
        }
        if is_start_of_reference(before, character, after) {
            out.push(BREAK);
        }
    }
    out
}

/// True where a forge may take a character and what follows it for more than text.
fn is_start_of_reference(before: &str, character: char, after: &str) -> bool {
    let next = after.chars().next();
    let is_next = |wanted: fn(char) -> bool| next.is_some_and(wanted);
    match character {
        '@' | '#' => true,
        ':' => is_next(|it| !it.is_whitespace()),
        '!' | '$' | '%' | '&' | '^' | '~' => is_next(|it| it.is_alphanumeric() || matches!(it, '"' | '_' | '{')),
        '[' | '{' => is_next(|it| matches!(it, '+' | '-' | '[' | '_')),
        '-' => {
            let is_prefix = before.ends_with(|it: char| it.is_ascii_uppercase());
            is_next(|it| it.is_ascii_digit()) && (is_prefix || before.to_ascii_lowercase().ends_with("gh"))
        }
        'w' | 'W' => next == Some('.') && before.to_ascii_lowercase().ends_with("ww"),
        '0'..='9' | 'a'..='f' => is_inside_hex(before),
        _ => false,
    }
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
    use super::{cell_code, code, comment, html, link, prose};

    #[test]
    fn sentences_keep_their_code_and_nothing_else() {
        let check = |text, expected| assert_eq!(prose(text), expected);
        check("`a` restarts", "`a` restarts");
        check("a ` b", "a \\` b");
        check("[x](javascript:1) *b* <img>", "\\[x\\](javascript:\u{200b}1) \\*b\\* &lt;img&gt;");
        check("@everyone #12 GH-1", "@\u{200b}everyone #\u{200b}12 GH-\u{200b}1");
        check("gh-1 UTF-8 fleet-07", "gh-\u{200b}1 UTF-\u{200b}8 fleet-07");
        check("!12 %12 ^1 50 %", "!\u{200b}12 %\u{200b}12 ^\u{200b}1 50 %");
        check("$12 &12 ~bug", "&#36;\u{200b}12 &amp;\u{200b}12 \\~\u{200b}bug");
        check("%{project_path}", "%\u{200b}{project\\_path}");
        check("[-x-] {+x+} [[x]]", "\\[\u{200b}-x-\\] {\u{200b}+x+} \\[\u{200b}\\[x\\]\\]");
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
    fn html_is_text() {
        let check = |text, expected| assert_eq!(html(text), expected);
        check("staging_eu", "staging_eu");
        check("</summary>\"&lt;", "&lt;/summary&gt;&quot;&amp;\u{200b}lt;");
        check("@all\n", "@\u{200b}all\\n");
    }

    #[test]
    fn only_an_address_that_ends_nothing_is_linked() {
        assert_eq!(link("`a`", "https://kubernetes.io/docs/#x"), "[`a`](https://kubernetes.io/docs/#x)");
        for address in ["", "javascript:alert(1)", "https://x/a) [b](https://y", "https://x/ y"] {
            assert_eq!(link("`a`", address), "`a`");
        }
    }

    #[test]
    fn a_comment_cannot_be_ended() {
        assert_eq!(comment("my-app"), "my-app");
        assert_eq!(comment("a-->b"), "a-%2D%3Eb");
    }
}
