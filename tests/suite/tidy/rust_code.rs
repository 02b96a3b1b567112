//! Rust text in, the same text without comments, literals and test modules out, every line where it was.

/// What remains of a file for a rule about the program.
pub(crate) struct RustCode {
    /// The program, everything else overwritten with blanks.
    pub(crate) program: String,
    /// Modules in files of their own that exist for tests only.
    pub(crate) test_modules: Vec<String>,
}

/// Reads a file.
pub(crate) fn of(text: &str) -> RustCode {
    let mut code = without_literals(text);
    let mut test_modules = Vec::new();
    let attribute: Vec<char> = "#[cfg(test)]".chars().collect();
    let mut at = 0;
    while at + attribute.len() <= code.len() {
        if !code[at..].starts_with(&attribute) {
            at += 1;
            continue;
        }
        let end = end_of_item(&code, at + attribute.len());
        let item: String = code[at + attribute.len()..end].iter().collect();
        if let Some(name) = item.trim().strip_prefix("mod ").and_then(|it| it.strip_suffix(';')) {
            test_modules.push(name.to_owned());
        }
        blank(&mut code[at..end]);
        at = end;
    }
    RustCode { program: code.into_iter().collect(), test_modules }
}

/// Returns where the item ends that starts at `from`: after its block, or after its semicolon.
fn end_of_item(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, it) in code.iter().enumerate().skip(from) {
        match it {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(it, '}' | ';') {
            return at + 1;
        }
    }
    code.len()
}

fn without_literals(text: &str) -> Vec<char> {
    let mut code: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < code.len() {
        let end = match code[at..] {
            ['/', '/', ..] => Some(line_end(&code, at)),
            ['/', '*', ..] => Some(comment_end(&code, at)),
            ['"', ..] => Some(string_end(&code, at + 1)),
            ['r', '"' | '#', ..] if !is_word_before(&code, at) => raw_string_end(&code, at + 1),
            ['b' | 'c', 'r', '"' | '#', ..] if !is_word_before(&code, at) => raw_string_end(&code, at + 2),
            ['\'', '\\', ..] => Some(quote_end(&code, at + 3)),
            ['\'', _, '\'', ..] => Some(at + 3),
            _ => None,
        };
        match end {
            Some(end) => {
                blank(&mut code[at..end]);
                at = end;
            }
            None => at += 1,
        }
    }
    code
}

fn is_word_before(code: &[char], at: usize) -> bool {
    at > 0 && (code[at - 1].is_alphanumeric() || code[at - 1] == '_')
}

fn line_end(code: &[char], from: usize) -> usize {
    code[from..].iter().position(|it| *it == '\n').map_or(code.len(), |it| from + it)
}

fn comment_end(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while at < code.len() {
        match code[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    code.len()
}

fn string_end(code: &[char], from: usize) -> usize {
    let mut at = from;
    while at < code.len() {
        match code[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    code.len()
}

/// Returns none where this is a raw identifier and no string.
fn raw_string_end(code: &[char], from: usize) -> Option<usize> {
    let hashes = code[from..].iter().take_while(|it| **it == '#').count();
    if code.get(from + hashes) != Some(&'"') {
        return None;
    }
    let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = from + hashes + 1;
    let length = code[body..].windows(closing.len()).position(|it| it == closing);
    Some(length.map_or(code.len(), |it| body + it + closing.len()))
}

fn quote_end(code: &[char], from: usize) -> usize {
    code.iter().skip(from).position(|it| *it == '\'').map_or(code.len(), |it| from + it + 1)
}

fn blank(part: &mut [char]) {
    part.iter_mut().filter(|it| **it != '\n').for_each(|it| *it = ' ');
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn comments_literals_and_tests_are_blank() {
        let check = |text, expected: &str| {
            let program = of(text).program;
            assert_eq!(program.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{text}");
            assert_eq!(program.lines().count(), text.lines().count(), "{text}");
        };
        check("a // b\nc", "a c");
        check("a /* b /* c */ d\n */ e", "a e");
        check(r#"a("b \" // c", d)"#, "a( , d)");
        check("a(r#\"b \" c\"#, d)", "a( , d)");
        check(r"let r = 1; a('\'', '\u{7f}', 'b', x::<'c>)", "let r = 1; a( , , , x::<'c>)");
        check("'\"' a \"b\" c", "a c");
        check("a\n#[cfg(test)]\nmod tests {\n fn b() { c }\n}\nd", "a d");
        check("a\n#[cfg(test)]\nmod tests;\nd", "a d");
        check("a\n#[cfg(test)]\nconst B: [u8; 2] = [1; 2];\nd", "a d");
    }

    #[test]
    fn test_modules_in_other_files_are_named() {
        assert_eq!(of("#[cfg(test)]\nmod fixture;\n#[cfg(test)]\nmod tests { }\nmod real;").test_modules, ["fixture"]);
    }
}
