//! The list of rules is true: its codes and files exist, house rules have their star, and no code of a check is missing.

use super::documents::codes;
use super::{Files, Problem, program_files};
use std::collections::BTreeMap;

const PAGE: &str = "docs/preflight.md";
const CHECKS: &str = "src/validate/";
const DEFINITIONS: &[&str] = &["Code::error(", "Code::warning(", "Code::note("];

/// The codes in the last column but one, and the files in the last, of every table of the list of rules.
pub(crate) fn preflight_is_true(files: &Files) -> Vec<Problem> {
    let Some(page) = files.get(PAGE) else { return Vec::new() };
    let mut defined = BTreeMap::new();
    for (path, text) in program_files(files) {
        defined.extend(codes(text, DEFINITIONS).into_iter().map(|(_, code)| (code, path)));
    }
    let mut problems = Vec::new();
    for (at, line) in page.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let [_, _, .., found, places] = cells[..] else { continue };
        for (code, rest) in quoted(found) {
            let problem = match defined.get(code) {
                None => format!("nothing says `{code}`"),
                Some(path) if path.ends_with("/house_rule.rs") != rest.starts_with('*') => {
                    format!("`{code}` is marked with a star if, and only if, it is a house rule")
                }
                Some(_) => continue,
            };
            problems.push(Problem::new(PAGE, at + 1, problem));
        }
        for (place, _) in quoted(places) {
            let exists = |folder: &str| {
                let path = format!("{folder}{place}");
                files.contains_key(&path) || files.keys().any(|it| it.starts_with(&format!("{path}/")))
            };
            if !exists(CHECKS) && !exists("src/") {
                problems.push(Problem::new(PAGE, at + 1, format!("there is no file `{place}`")));
            }
        }
    }
    for (code, path) in defined.iter().filter(|(_, path)| path.starts_with(CHECKS)) {
        if !page.contains(&format!("`{code}`")) {
            problems.push(Problem::new(path, None, format!("`{code}` is not in {PAGE}")));
        }
    }
    problems
}

/// Returns what stands between backticks, and what follows each.
fn quoted(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts: Vec<&str> = cell.split('`').collect();
    (1..parts.len()).step_by(2).map(move |at| (parts[at], parts.get(at + 1).copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::preflight_is_true;

    #[test]
    fn what_the_list_gets_wrong_is_reported() {
        let page = "| rule | class | code | file |\n|---|---|---|---|\n| a | S | `a`, `b`*, `c` | `x.rs`, `y`, `z.rs` |\n\
                    | b | P | `a`*, `b` | `x.rs` |\n| **S** | `word` | error |\n";
        let files = [
            ("docs/preflight.md", page),
            ("src/diagnostic/house_rule.rs", "const B: Code = Code::warning(\"b\");\n"),
            ("src/validate/x.rs", "const A: Code = Code::error(\"a\");\nconst D: Code = Code::error(\"d\");\n"),
            ("src/y/mod.rs", ""),
        ];
        let star = "is marked with a star if, and only if, it is a house rule";
        let expected = [
            "docs/preflight.md:3: nothing says `c`".to_owned(),
            "docs/preflight.md:3: there is no file `z.rs`".to_owned(),
            format!("docs/preflight.md:4: `a` {star}"),
            format!("docs/preflight.md:4: `b` {star}"),
            "src/validate/x.rs: `d` is not in docs/preflight.md".to_owned(),
        ];
        check(preflight_is_true, &files, &expected.each_ref().map(String::as_str));
    }
}
