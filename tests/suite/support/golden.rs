//! Golden files: what a test expects, as files that a reviewer reads.
//!
//! With `BLESS=1` in the environment, what came out becomes what is expected.

use similar::TextDiff;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The failures of a run over many cases, so that one run shows all of them.
#[derive(Default)]
pub(crate) struct Failures(Vec<String>);

impl Failures {
    /// Adds one.
    pub(crate) fn push(&mut self, text: String) {
        self.0.push(text);
    }

    /// Fails the test if there are any.
    pub(crate) fn finish(self) {
        assert!(
            self.0.is_empty(),
            "{} failures\n\n{}\n(BLESS=1 accepts what came out)",
            self.0.len(),
            self.0.join("\n")
        );
    }

    /// Compares a text with a file.
    pub(crate) fn text(&mut self, path: &Path, actual: &str) {
        let expected = fs::read_to_string(path).ok();
        if expected.as_deref() == Some(actual) {
            return;
        }
        if is_blessing() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, actual).unwrap();
            return;
        }
        let expected = expected.unwrap_or_default();
        let diff = TextDiff::from_lines(expected.as_str(), actual);
        let diff = diff.unified_diff().header("expected", "came out").to_string();
        self.push(format!("{}\n{diff}", path.display()));
    }

    /// Compares a tree with a folder, both ways: a file too many fails as a file too few does.
    pub(crate) fn tree(&mut self, folder: &Path, actual: &BTreeMap<String, String>) {
        let mut expected = Vec::new();
        list(folder, folder, &mut expected);
        for path in expected.iter().filter(|it| !actual.contains_key(*it)) {
            if is_blessing() {
                fs::remove_file(folder.join(path)).unwrap();
            } else {
                self.push(format!("{}: expected, and did not come out", folder.join(path).display()));
            }
        }
        for (path, text) in actual {
            self.text(&folder.join(path), text);
        }
    }
}

/// Compares one text with `tests/golden/<name>`.
pub(crate) fn check(name: &str, actual: &str) {
    let mut failures = Failures::default();
    failures.text(&super::cases::project_path("tests/golden").join(name), actual);
    failures.finish();
}

pub(crate) fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|it| it == "1")
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, files);
        } else {
            files.push(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
        }
    }
}
