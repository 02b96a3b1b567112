//! A case whose expectation is missing would pass for want of anything to compare.

use super::{Files, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// What a case of each family must have: a file, or with a `/` at its end a folder.
const FAMILIES: &[(&str, &[&str])] = &[
    ("capacity", &["expected.json", "expected.txt"]),
    ("compile", &["expected/"]),
    ("errors", &["expected.txt"]),
    ("graph", &["graph.dot", "graph.md", "graph.svg"]),
    ("parity", &["expected-wide.txt", "expected.json", "expected.txt"]),
    ("review", &["expected.json", "expected.md", "expected.txt"]),
];

/// The spec that cases take the files from that they do not have themselves.
const SHARED: &str = "project";

/// Every case folder has all its expectations and a name that is a sentence.
pub(crate) fn are_complete(files: &Files) -> Vec<Problem> {
    let mut problems = Vec::new();
    for ((family, name), inside) in &cases(files) {
        let path = format!("tests/cases/{family}/{name}");
        let Some((_, required)) = FAMILIES.iter().find(|(it, _)| it == family) else {
            problems.push(Problem::new(&path, None, format!("no test walks `tests/cases/{family}`")));
            continue;
        };
        if !is_kebab_case(name) {
            problems.push(Problem::new(&path, None, "the name must be lower-case words joined by `-`"));
        }
        for missing in required.iter().filter(|it| !holds(inside, it)) {
            problems.push(Problem::new(&path, None, format!("`{missing}` is missing; `just bless` writes it")));
        }
    }
    problems
}

/// Returns the files of every case, relative to its folder, by family and name.
fn cases(files: &Files) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut cases: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for path in files.keys() {
        let mut steps = path.strip_prefix("tests/cases/").into_iter().flat_map(|it| it.splitn(3, '/'));
        if let (Some(family), Some(name), Some(inside)) = (steps.next(), steps.next(), steps.next())
            && family != SHARED
        {
            cases.entry((family, name)).or_default().insert(inside);
        }
    }
    cases
}

fn holds(inside: &BTreeSet<&str>, required: &str) -> bool {
    if required.ends_with('/') { inside.iter().any(|it| it.starts_with(required)) } else { inside.contains(required) }
}

fn is_kebab_case(name: &str) -> bool {
    let is_word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    name.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::are_complete;

    #[test]
    fn incomplete_cases_are_reported() {
        let complete = [
            ("tests/cases/README.md", ""),
            ("tests/cases/project/base/app.kdl", ""),
            ("tests/cases/compile/one-service/base/app.kdl", ""),
            ("tests/cases/compile/one-service/expected/dev/service-a.yaml", ""),
            ("tests/cases/errors/empty-file/expected.txt", ""),
            ("tests/cases/review/no-change/expected.json", ""),
            ("tests/cases/review/no-change/expected.md", ""),
            ("tests/cases/review/no-change/expected.txt", ""),
        ];
        check(are_complete, &complete, &[]);
        let incomplete = [
            ("tests/cases/compile/one-service/base/app.kdl", ""),
            ("tests/cases/errors/Empty_File/expected.txt", ""),
            ("tests/cases/errors/no-output/base/app.kdl", ""),
            ("tests/cases/review/no-change/expected.md", ""),
            ("tests/cases/reviews/typo/expected.md", ""),
        ];
        let expected = [
            "tests/cases/compile/one-service: `expected/` is missing; `just bless` writes it",
            "tests/cases/errors/Empty_File: the name must be lower-case words joined by `-`",
            "tests/cases/errors/no-output: `expected.txt` is missing; `just bless` writes it",
            "tests/cases/review/no-change: `expected.json` is missing; `just bless` writes it",
            "tests/cases/review/no-change: `expected.txt` is missing; `just bless` writes it",
            "tests/cases/reviews/typo: no test walks `tests/cases/reviews`",
        ];
        check(are_complete, &incomplete, &expected);
    }
}
