//! The projects under `examples/`: each compiles without a word to the tree beside it, and has a page in the cookbook.

use crate::support::cases::{project_path, sources};
use crate::support::golden::Failures;
use crate::support::markdown;
use std::fs;
use std::path::{Path, PathBuf};
use todo_gitops::diagnostic::excerpt::{self, Style};
use todo_gitops::pipeline::{self, Settings};

/// One example.
pub(crate) struct Example {
    /// The folder's name.
    pub(crate) name: String,
    /// The folder.
    pub(crate) path: PathBuf,
}

impl Example {
    /// Returns its page in the cookbook.
    pub(crate) fn page(&self) -> PathBuf {
        project_path("docs/cookbook").join(format!("{}.md", self.name))
    }
}

/// Lists the examples, by name.
pub(crate) fn all() -> Vec<Example> {
    let folders = fs::read_dir(project_path("examples")).unwrap().map(|it| it.unwrap().path());
    let mut all: Vec<Example> = folders
        .filter(|it| it.is_dir())
        .map(|path| Example { name: path.file_name().unwrap().to_str().unwrap().to_owned(), path })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

#[test]
fn every_example_compiles_without_a_word_to_its_tree() {
    let mut failures = Failures::default();
    for example in all() {
        let sources = sources(&[&example.path]);
        let compiled = pipeline::compile(&sources, &Settings::default());
        if compiled.diagnostics.is_empty() {
            failures.tree(&example.path.join("rendered"), &compiled.tree().files);
        } else {
            let messages = excerpt::print(&compiled.diagnostics, &sources, Style::Plain);
            failures.push(format!("{}: {messages}", example.name));
        }
    }
    failures.finish();
}

#[test]
fn every_example_says_what_it_shows() {
    let mut failures = Failures::default();
    let list = fs::read_to_string(project_path("docs/cookbook/README.md")).unwrap();
    for example in all() {
        let name = &example.name;
        let readme = fs::read_to_string(example.path.join("README.md")).unwrap_or_default();
        if !readme.contains(&format!("../../docs/cookbook/{name}.md")) {
            failures.push(format!("examples/{name}/README.md has no link to its page in the cookbook"));
        }
        let page = fs::read_to_string(example.page()).unwrap_or_default();
        if !page.contains(&format!("../../examples/{name}")) {
            failures.push(format!("docs/cookbook/{name}.md has no link to the example"));
        }
        if !list.contains(&format!("({name}.md)")) {
            failures.push(format!("docs/cookbook/README.md has no link to {name}.md"));
        }
    }
    failures.finish();
}

/// What a page shows of an example stands in it, line for line; `// …` leaves lines out.
#[test]
fn every_quote_of_the_cookbook_stands_in_its_example() {
    let mut failures = Failures::default();
    for example in all() {
        let page = fs::read_to_string(example.page()).unwrap_or_default();
        let mut files = Vec::new();
        read(&example.path, &mut files);
        for fence in markdown::fences(&page).iter().filter(|it| ["kdl", "yaml"].contains(&it.info.as_str())) {
            let quotes = fence.text.split("…\n").map(|it| it.trim_end_matches(['/', '#', ' ']));
            for quote in quotes.map(trimmed).filter(|it| !it.is_empty()) {
                if !files.iter().any(|it| it.contains(&quote)) {
                    let place = example.page().strip_prefix(project_path("")).unwrap().display().to_string();
                    failures.push(format!("{place}:{}: not in the example:\n{}", fence.line, quote.join("\n")));
                }
            }
        }
    }
    failures.finish();
}

/// The lines of a text without their indentation.
fn trimmed(text: &str) -> Vec<String> {
    text.lines().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// A file's lines, in which quotes are looked for.
struct Lines(Vec<String>);

impl Lines {
    fn contains(&self, quote: &[String]) -> bool {
        self.0.windows(quote.len()).any(|it| it == quote)
    }
}

fn read(folder: &Path, files: &mut Vec<Lines>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, files);
        } else {
            files.push(Lines(trimmed(&fs::read_to_string(&path).unwrap())));
        }
    }
}
