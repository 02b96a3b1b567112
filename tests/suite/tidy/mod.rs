//! All files of the repository in, the places that break a rule of ours out; for rules that no lint can check.
//!
//! To add a rule: write `fn(&Files) -> Vec<Problem>` in the file it belongs to, add it to [`RULES`], and show with a
//! made-up file that it can fail.

mod cases;
mod documents;
mod imports;
mod modules;
mod preflight;
mod rust_code;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// Text by path from the root of the repository, with `/` on every system.
type Files = BTreeMap<String, String>;

/// A place that breaks a rule.
struct Problem {
    path: String,
    /// From 1; none where the rule is about the file or folder as a whole.
    line: Option<usize>,
    message: String,
}

const RULES: &[fn(&Files) -> Vec<Problem>] = &[
    cases::are_complete,
    documents::codes_are_described,
    documents::links_lead_somewhere,
    imports::point_at_nouns,
    modules::are_declared,
    preflight::preflight_is_true,
    text::files_are_short,
    text::files_say_what_they_are,
    text::names_no_machine,
    text::nothing_is_unfinished,
];

#[test]
fn the_repository_keeps_its_own_rules() {
    let files = repository();
    let problems: Vec<String> = RULES.iter().flat_map(|rule| rule(&files)).map(|it| it.to_string()).collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn the_whole_repository_is_read() {
    let files = repository();
    for path in [".ci/run", "Cargo.toml", "base/app.kdl", "src/lib.rs", "tests/suite/tidy/mod.rs"] {
        assert!(files.contains_key(path), "{path}");
    }
    assert!(files.keys().all(|it| !it.starts_with("target/") && !it.starts_with(".git/") && it != ".git"));
}

impl Problem {
    fn new(path: &str, line: impl Into<Option<usize>>, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: line.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.path, self.message),
            None => write!(out, "{}: {}", self.path, self.message),
        }
    }
}

/// Reads every file that could be committed.
fn repository() -> Files {
    let mut files = Files::new();
    read_folder(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut files);
    files
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Files) {
    // Whatever order the system lists them in, the map sorts them.
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        let file_type = entry.file_type().unwrap();
        if file_type.is_symlink() {
            // A case may have one that leads out of the repository.
            files.insert(path, String::new());
        } else if file_type.is_file() && path != ".git" {
            // A picture has no text.
            let is_picture = entry.path().extension().is_some_and(|it| it == "png");
            let bytes = if is_picture { Vec::new() } else { fs::read(entry.path()).unwrap() };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            files.insert(path, text);
        } else if is_ours(&path) {
            read_folder(&entry.path(), &format!("{path}/"), files);
        }
    }
}

/// False for what is built, and for the folders of git and of editors. (In a linked worktree `.git` is a file.)
fn is_ours(folder: &str) -> bool {
    let is_hidden = folder.starts_with('.') && ![".ci", ".github"].contains(&folder);
    folder != "target" && !is_hidden
}

/// Runs one rule over made-up files and compares what it says.
#[track_caller]
fn check(rule: fn(&Files) -> Vec<Problem>, files: &[(&str, &str)], expected: &[&str]) {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let problems: Vec<String> = rule(&files).iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected);
}

/// Returns the Rust files below one of these folders.
fn rust_files<'a>(files: &'a Files, folders: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let is_rust = |path: &str| Path::new(path).extension().is_some_and(|it| it == "rs");
    files
        .iter()
        .filter(move |(path, _)| is_rust(path) && folders.iter().any(|it| path.starts_with(it)))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// Returns the files of the program, without modules that exist for its tests only.
fn program_files(files: &Files) -> Vec<(&str, &str)> {
    let mut test_modules = Vec::new();
    for (path, text) in rust_files(files, &["src/"]) {
        let folder = path.trim_end_matches(".rs").trim_end_matches("/mod");
        test_modules.extend(rust_code::of(text).test_modules.into_iter().map(|it| format!("{folder}/{it}")));
    }
    let is_for_tests =
        |path: &str| test_modules.iter().any(|it| path == format!("{it}.rs") || path.starts_with(&format!("{it}/")));
    rust_files(files, &["src/"]).filter(|(path, _)| !is_for_tests(path)).collect()
}
