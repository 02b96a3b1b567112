//! The import rule: data knows no stage, a stage knows no other stage, and only the edges know the world.

use super::{Files, Problem, program_files, rust_code};

/// Data that flows.
const NOUNS: &[&str] = &["change", "diagnostic", "graph", "object", "parity", "source", "spec", "tree"];
/// Stages, each of which turns one noun into the next.
const VERBS: &[&str] = &[
    "align", "assess", "diff", "draw", "lower", "parse", "patch", "relate", "render", "report", "resolve", "snapshot",
    "validate", "write",
];
/// The stages whose order the pipeline knows; what becomes of their results is decided at the edge.
const PIPED: &[&str] = &[
    "align", "assess", "diff", "draw", "lower", "parse", "patch", "relate", "render", "resolve", "snapshot", "validate",
];

/// Who may import whom. Every module may import itself, and what it does in `#[cfg(test)]` is its own affair.
const MAY_IMPORT: &[(&[&str], &[&[&str]])] = &[
    (NOUNS, &[NOUNS]),
    (VERBS, &[NOUNS]),
    (&["pipeline"], &[NOUNS, PIPED]),
    (&["disk", "git"], &[NOUNS]),
    (&["cli"], &[NOUNS, &["disk", "draw", "git", "pipeline", "report", "write"]]),
    (&["main"], &[&["cli"]]),
    (&["lib"], &[]),
];

/// Every import in `src/` is one that the table has.
pub(crate) fn point_at_nouns(files: &Files) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in program_files(files) {
        let within = module_path(path);
        let from = within.first().copied().unwrap_or_default();
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(modules, _)| modules.contains(&from)) else {
            let message = format!("module `{from}` is not in the table of who may import whom");
            problems.push(Problem::new(path, None, message));
            continue;
        };
        for (line, to) in references(&rust_code::of(text).program, within.len()) {
            if to != from && !allowed.iter().any(|it| it.contains(&to.as_str())) {
                problems.push(Problem::new(path, line, format!("`{from}` must not import `{to}`")));
            }
        }
    }
    problems
}

/// Returns the module that a file is, from the root of the crate: `["lower", "service"]`.
fn module_path(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inner.split('/').collect()
}

/// Returns the modules at the root of the crate that a program names, with their lines. `depth` is how deep the module
/// lies: so many `super` lead to the root.
fn references(program: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < program.len() {
        let Some(word) = word_at(program, at) else {
            at += program[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let mut end = at + word.len();
        let mut next = after_colons(program, end);
        let mut at_root = matches!(word, "crate" | "todo_gitops");
        if word == "super" {
            let mut supers = 1;
            while let Some(inner) = next.filter(|it| word_at(program, *it) == Some("super")) {
                (supers, end) = (supers + 1, inner + "super".len());
                next = after_colons(program, end);
            }
            at_root = supers >= depth;
        }
        if let Some(next) = next.filter(|_| at_root) {
            let line = program[..at].matches('\n').count() + 1;
            found.extend(first_names(&program[next..]).into_iter().map(|it| (line, it)));
        }
        at = end;
    }
    found
}

/// Returns the first name of a path, or of every path of a group.
fn first_names(rest: &str) -> Vec<String> {
    if !rest.starts_with('{') {
        return vec![word_at(rest, 0).unwrap_or("*").to_owned()];
    }
    let mut names = Vec::new();
    let mut depth = 0_usize;
    for (at, it) in rest.char_indices() {
        match it {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(it, '{' | ',') {
            let inner = rest[at + 1..].trim_start();
            names.extend(word_at(inner, 0).map(ToOwned::to_owned));
        }
    }
    names
}

fn after_colons(program: &str, at: usize) -> Option<usize> {
    let rest = program[at..].trim_start().strip_prefix("::")?.trim_start();
    Some(program.len() - rest.len())
}

fn word_at(program: &str, at: usize) -> Option<&str> {
    let rest = &program[at..];
    let length = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
    (length > 0).then(|| &rest[..length])
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::{NOUNS, PIPED, VERBS, point_at_nouns};

    #[test]
    fn a_stage_imports_nouns_only() {
        check(point_at_nouns, &[("src/diff/mod.rs", "use crate::object::Object;\nuse crate::diff::list;")], &[]);
        check(
            point_at_nouns,
            &[("src/diff/mod.rs", "use crate::object::Object;\nuse crate::render::scalar;")],
            &["src/diff/mod.rs:2: `diff` must not import `render`"],
        );
        check(
            point_at_nouns,
            &[("src/object/id.rs", "fn f() -> crate::parse::Layer {}")],
            &["src/object/id.rs:1: `object` must not import `parse`"],
        );
    }

    #[test]
    fn every_way_of_writing_an_import_is_seen() {
        let check = |path, text, line: usize| {
            let expected = format!("{path}:{line}: `lower` must not import `render`");
            check(point_at_nouns, &[(path, text)], &[&expected]);
        };
        check("src/lower/mod.rs", "use super::render;", 1);
        check("src/lower/service.rs", "use super::super::render;", 1);
        check("src/lower/service.rs", "use crate::{\n    object::{Object, ObjectId},\n    render::tree,\n};", 1);
        check("src/lower/service.rs", "let x = crate :: render :: tree();", 1);
        check("src/lower/service.rs", "\nuse todo_gitops::render;", 2);
    }

    #[test]
    fn tests_text_and_ones_own_module_are_free() {
        check(
            point_at_nouns,
            &[
                ("src/diff/mod.rs", "// crate::render\n#[cfg(test)]\nmod tests { use crate::render; }"),
                ("src/diff/tree.rs", "#[cfg(test)]\nmod samples;\nconst A: &str = \"crate::render\";"),
                ("src/diff/tree/samples.rs", "use crate::render;"),
                ("src/lower/service.rs", "use super::render_port;\npub(in crate::lower) struct A;"),
            ],
            &[],
        );
    }

    #[test]
    fn only_the_command_line_joins_the_edges() {
        let files = [
            ("src/cli/compile.rs", "use crate::{disk, git, pipeline, report, write};"),
            ("src/git/mod.rs", "use crate::disk;"),
            ("src/main.rs", "use todo_gitops::cli;\nuse todo_gitops::disk;"),
            ("src/pipeline.rs", "use crate::{parse, report};"),
        ];
        let expected = [
            "src/git/mod.rs:1: `git` must not import `disk`",
            "src/main.rs:2: `main` must not import `disk`",
            "src/pipeline.rs:1: `pipeline` must not import `report`",
        ];
        check(point_at_nouns, &files, &expected);
    }

    #[test]
    fn a_module_needs_its_place_in_the_table() {
        let expected = "src/utils.rs: module `utils` is not in the table of who may import whom";
        check(point_at_nouns, &[("src/utils.rs", "")], &[expected]);
        assert!(PIPED.iter().all(|it| VERBS.contains(it) && !NOUNS.contains(it)));
    }
}
