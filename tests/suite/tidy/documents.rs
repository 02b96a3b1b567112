//! What documents point at exists, and what a user can be told is described.

use super::{Files, Problem, program_files, rust_code};
use std::collections::BTreeSet;
use std::path::Path;

/// Where every code has a heading.
const DIAGNOSTICS: &str = "docs/diagnostics.md";

/// The sections of that page: how its title starts, and what defines the codes that it describes.
const SECTIONS: &[Section] = &[
    ("## Messages about the spec", &["Code::error(", "Code::warning(", "Code::note("]),
    ("## Findings", &["ImpactCode {"]),
];

type Section = (&'static str, &'static [&'static str]);

/// Every relative link of a Markdown file leads to a file or folder of the repository, and to a heading of it where it names one.
pub(crate) fn links_lead_somewhere(files: &Files) -> Vec<Problem> {
    let is_ours = |path: &str| Path::new(path).extension().is_some_and(|it| it == "md") && !path.starts_with("tests/");
    let mut problems = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_ours(path)) {
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#', ' ']).next().unwrap_or_default();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let wanted = if target.is_empty() { path.clone() } else { join(path, target) };
            let whole = text[at + 2..].split([')', ' ']).next().unwrap_or_default();
            if let (Some((_, anchor)), Some(page)) = (whole.split_once('#'), files.get(&wanted))
                && !anchors(page).contains(anchor)
            {
                let line = text[..at].matches('\n').count() + 1;
                problems.push(Problem::new(path, line, format!("`{whole}` leads to no heading")));
            }
            let folder = format!("{wanted}/");
            if !files.contains_key(&wanted) && !files.keys().any(|it| it.starts_with(&folder)) {
                let line = text[..at].matches('\n').count() + 1;
                problems.push(Problem::new(path, line, format!("`{target}` leads nowhere")));
            }
        }
    }
    problems
}

/// Returns the names by which the headings of a page are linked to, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !is_code) else { continue };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | ' '));
        let name: String = kept.map(|it| if it == ' ' { '-' } else { it }).collect();
        // The second heading of a name has a number.
        let free = (1..=found.len())
            .map(|it| format!("{name}-{it}"))
            .find(|it| !found.contains(it))
            .filter(|_| found.contains(&name));
        found.insert(free.unwrap_or(name));
    }
    found
}

/// Every code that the program can print is a heading in its section of the list of codes, and the other way round; they
/// stand in order of their names.
pub(crate) fn codes_are_described(files: &Files) -> Vec<Problem> {
    SECTIONS.iter().flat_map(|section| section_is_complete(files, *section)).collect()
}

fn section_is_complete(files: &Files, (title, definitions): Section) -> Vec<Problem> {
    let page = files.get(DIAGNOSTICS).map_or("", String::as_str);
    let headings = headings(page, title);
    let described: BTreeSet<&str> = headings.iter().map(|(_, code)| *code).collect();
    let mut used = BTreeSet::new();
    let mut problems = Vec::new();
    for (path, text) in program_files(files) {
        for (line, code) in codes(text, definitions) {
            used.insert(code);
            if !described.contains(code) {
                problems.push(Problem::new(path, line, format!("`{code}` has no heading in {DIAGNOSTICS}")));
            }
        }
    }
    for (line, code) in &headings {
        if !used.contains(code) {
            problems.push(Problem::new(DIAGNOSTICS, *line, format!("nothing says `{code}`")));
        }
    }
    for pair in headings.windows(2).filter(|it| it[0].1 >= it[1].1) {
        problems.push(Problem::new(DIAGNOSTICS, pair[1].0, format!("`{}` is not in order", pair[1].1)));
    }
    problems
}

/// Returns the codes that are headings of a section, with their lines.
fn headings<'a>(page: &'a str, title: &str) -> Vec<(usize, &'a str)> {
    let lines = page.lines().enumerate().skip_while(|(_, line)| !line.starts_with(title)).skip(1);
    lines
        .take_while(|(_, line)| !line.starts_with("## "))
        .filter_map(|(at, line)| Some((at + 1, heading(line)?)))
        .collect()
}

/// Returns the code of a heading that is one: ``### `unknown-node` ``.
fn heading(line: &str) -> Option<&str> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim();
    title.strip_prefix('`')?.split('`').next()
}

/// Returns the codes that a file defines, with their lines.
pub(crate) fn codes<'a>(text: &'a str, definitions: &[&str]) -> Vec<(usize, &'a str)> {
    // Where literals are blank and tests are left out, the definitions stand; what they say stands in the text.
    let program = rust_code::of(text).program;
    let mut found = Vec::new();
    for definition in definitions {
        for (at, _) in program.match_indices(definition) {
            let end = program[..at + definition.len()].chars().count();
            let rest = text.char_indices().nth(end).map_or("", |(at, _)| &text[at..]).trim_start();
            let rest = rest.strip_prefix("name:").unwrap_or(rest).trim_start();
            let code = rest.strip_prefix('"').and_then(|it| it.split('"').next());
            let line = program[..at].matches('\n').count() + 1;
            found.extend(code.map(|it| (line, it)));
        }
    }
    found
}

/// Follows a relative link from a file.
fn join(from: &str, link: &str) -> String {
    let mut steps: Vec<&str> = from.split('/').collect();
    steps.pop();
    for step in link.trim_end_matches('/').split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            name => steps.push(name),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::{codes_are_described, links_lead_somewhere, section_is_complete};

    #[test]
    fn broken_links_are_reported() {
        let page = "# Here\n[a](../README.md#how-to-install) [b](https://example.com)\n\
                    [c](decisions) [d](#here) [e](gone.md) [f](#here-1) [g](../README.md#there)";
        let files = [("README.md", "## How to `install`"), ("docs/decisions/0001.md", ""), ("docs/page.md", page)];
        let expected = [
            "docs/page.md:3: `gone.md` leads nowhere",
            "docs/page.md:3: `#here-1` leads to no heading",
            "docs/page.md:3: `../README.md#there` leads to no heading",
        ];
        check(links_lead_somewhere, &files, &expected);
    }

    #[test]
    fn undescribed_codes_are_reported() {
        let code = "const A: Code = Code::error(\"a\");\nconst B: Code = Code::warning(\n    \"b\");\n";
        let page = "# Codes\n\n## Messages about the spec\n\n### `c`: gone\n\n### `a`\n\n## Else\n\n### `d`\n";
        let files = [("docs/diagnostics.md", page), ("src/parse/mod.rs", code)];
        let expected = [
            "src/parse/mod.rs:2: `b` has no heading in docs/diagnostics.md",
            "docs/diagnostics.md:5: nothing says `c`",
            "docs/diagnostics.md:7: `a` is not in order",
        ];
        check(codes_are_described, &files, &expected);
        let no_code =
            "//! Größe\nlet code = Code::error(name);\n#[cfg(test)]\nmod tests { const A: Code = Code::error(\"a\"); }";
        check(codes_are_described, &[("src/parse/mod.rs", no_code)], &[]);
    }

    #[test]
    fn findings_have_a_section_of_their_own() {
        let code = "const B: ImpactCode = ImpactCode {\n    name: \"b\",\n};\nconst A: Code = Code::error(\"a\");\n";
        let check = |page: &str, expected: &[&str]| {
            let files = [("docs/diagnostics.md", page), ("src/assess/mod.rs", code)];
            let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
            let problems = section_is_complete(&files, ("## Findings", &["ImpactCode {"]));
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
        };
        check("### `a`\n## Findings of the review\n### `b`", &[]);
        check("### `b`\n", &["src/assess/mod.rs:1: `b` has no heading in docs/diagnostics.md"]);
    }
}
