//! Rules about the text of a file, whatever it says.

use super::{Files, Problem, rust_files};

/// A file this long holds a second idea.
const LONGEST_FILE: usize = 600;

/// Where our Rust files lie.
const RUST: &[&str] = &["src/", "tests/", "benches/"];

/// No Rust file is longer than the limit.
pub(crate) fn files_are_short(files: &Files) -> Vec<Problem> {
    let too_long = rust_files(files, RUST).filter(|(_, text)| text.lines().count() > LONGEST_FILE);
    let message = |text: &str| format!("{} lines; the limit is {LONGEST_FILE}", text.lines().count());
    too_long.map(|(path, text)| Problem::new(path, LONGEST_FILE + 1, message(text))).collect()
}

/// Every Rust file opens with a line that says what it is.
pub(crate) fn files_say_what_they_are(files: &Files) -> Vec<Problem> {
    let says = |text: &str| {
        let first = text.lines().next().unwrap_or_default();
        first.strip_prefix("//! ").is_some_and(|it| !it.trim().is_empty())
    };
    let silent = rust_files(files, RUST).filter(|(_, text)| !says(text));
    silent.map(|(path, _)| Problem::new(path, 1, "the first line must be `//!` and say what the file is")).collect()
}

/// No word that marks unfinished work. Upper case only, because the project's own name is one of them.
pub(crate) fn nothing_is_unfinished(files: &Files) -> Vec<Problem> {
    // Put together, so that this file does not contain them.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    // A spec may well have a config key of that name.
    let written_by_us = files.iter().filter(|(path, _)| !path.starts_with("tests/cases/"));
    let mut problems = Vec::new();
    for (path, line, text) in numbered_lines(written_by_us) {
        let words = text.split(|it: char| !it.is_alphanumeric() && it != '_');
        for word in words.filter(|it| marks.contains(it)) {
            problems.push(Problem::new(path, line, format!("`{word}`: do it, or open an issue")));
        }
    }
    problems
}

/// No path that exists on one machine only.
pub(crate) fn names_no_machine(files: &Files) -> Vec<Problem> {
    let roots = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("\\Us", "ers\\")];
    let mut problems = Vec::new();
    for (path, line, text) in numbered_lines(files) {
        for root in roots {
            let names = |at: usize| text[at + root.len()..].starts_with(|it: char| it.is_alphanumeric());
            if text.match_indices(root).any(|(at, _)| starts_a_path(&text[..at]) && names(at)) {
                problems.push(Problem::new(path, line, format!("`{root}` is a path of someone's machine")));
            }
        }
    }
    problems
}

/// False where what follows is the rest of a longer path or of an address.
fn starts_a_path(before: &str) -> bool {
    !before.ends_with(|it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | '/' | '}' | '*'))
}

fn numbered_lines<'a>(
    files: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
    files.into_iter().flat_map(|(path, text)| text.lines().enumerate().map(|(at, it)| (path.as_str(), at + 1, it)))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::{files_are_short, files_say_what_they_are, names_no_machine, nothing_is_unfinished};

    #[test]
    fn long_files_are_reported() {
        check(files_are_short, &[("src/a.rs", &"\n".repeat(600)), ("docs/long.md", &"\n".repeat(900))], &[]);
        check(files_are_short, &[("src/a.rs", &"\n".repeat(601))], &["src/a.rs:601: 601 lines; the limit is 600"]);
    }

    #[test]
    fn files_without_a_page_are_reported() {
        let message = "the first line must be `//!` and say what the file is";
        check(files_say_what_they_are, &[("src/a.rs", "//! Bytes in, text out.\n")], &[]);
        for text in ["", "use a;\n//! Late.\n", "//!\n", "/// An item.\n"] {
            check(files_say_what_they_are, &[("benches/a.rs", text)], &[&format!("benches/a.rs:1: {message}")]);
        }
    }

    #[test]
    fn unfinished_work_is_reported() {
        let mark = concat!("TO", "DO");
        let text = format!("todo-gitops\nA_{mark}_B {mark}S\n// {mark}: later\n");
        let expected = format!("src/a.rs:3: `{mark}`: do it, or open an issue");
        check(nothing_is_unfinished, &[("src/a.rs", &text), ("tests/cases/errors/a/base/app.kdl", mark)], &[&expected]);
    }

    #[test]
    fn paths_of_a_machine_are_reported() {
        let root = concat!("/ho", "me/");
        let text = format!("https://example.com{root}page\n\"{root}me/project\"\n");
        let expected = format!("docs/a.md:2: `{root}` is a path of someone's machine");
        check(names_no_machine, &[("docs/a.md", &text)], &[&expected]);
    }
}
