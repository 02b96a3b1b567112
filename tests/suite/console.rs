//! The consoles of README and docs are true: every command in a ```` ```console ```` block is run on a copy of this
//! repository, and prints what the page says. A page of the cookbook is run on a copy of its example instead.
//!
//! A ```` ```mermaid ```` block behind `<!-- picture COMMAND -->` is what that command prints.
//!
//! A page is one story: its commands run in order in one copy. `<!-- edit FILE: OLD => NEW -->` between two blocks
//! changes a file of the copy, as the text around it tells the reader to.

use crate::examples;
use crate::support::cases::{self, project_path};
use crate::support::golden::Failures;
use crate::support::repository::{Format, TestRepository};
use crate::support::write_files;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn every_console_prints_what_the_page_says() {
    let mut failures = Failures::default();
    let pages = [
        "README.md",
        "docs/capacity.md",
        "docs/language.md",
        "docs/diagnostics.md",
        "docs/graph.md",
        "docs/parity.md",
        "docs/review-json.md",
    ];
    let mut pages: Vec<_> = pages.map(|it| (project_path(it), project_path(""))).into();
    pages.extend(examples::all().iter().map(|it| (it.page(), it.path.clone())));
    for (page, project) in pages {
        let text = fs::read_to_string(&page).unwrap_or_default();
        if text.contains("```console") || text.contains("<!-- picture ") {
            failures.text(&page, &told(&text, &project));
        }
    }
    failures.finish();
}

/// Returns the page with the output that its commands really have.
fn told(page: &str, project: &Path) -> String {
    let repository = TestRepository::new(Format::Sha1);
    let sources = cases::sources(&[project]);
    let files: Vec<(&str, &str)> = sources.iter().map(|(_, it)| (it.name.as_str(), it.text.as_str())).collect();
    write_files(repository.path(), &files);
    run("todo-gitops compile", &repository);
    repository.git(&["add", "--all"]);
    let head = repository.commit_staged();
    let mut told = String::new();
    let mut in_console = false;
    let mut picture: Option<&str> = None;
    let mut in_picture = false;
    for line in page.lines() {
        if let Some(edit) = line.strip_prefix("<!-- edit ") {
            apply(edit.trim_end_matches(" -->"), &repository);
        }
        if let Some(command) = line.strip_prefix("<!-- picture ") {
            picture = Some(command.trim_end_matches(" -->"));
        }
        match line {
            "```console" => in_console = true,
            "```" => (in_console, in_picture) = (false, false),
            // What stands there is the output that was.
            _ if in_picture || (in_console && !line.starts_with("$ ")) => continue,
            _ => {}
        }
        told.extend([line, "\n"]);
        if let Some(command) = picture.take_if(|_| line == "```mermaid") {
            in_picture = true;
            told += &run(command, &repository);
        }
        if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            told += &run(command, &repository);
        }
    }
    // The id depends on every byte of the spec and of the tree, which is not what a page is about.
    told.replace(&head[..8], "4f2c1aa0")
}

/// Changes a file of the copy: `FILE: OLD => NEW`.
fn apply(edit: &str, repository: &TestRepository) {
    let (file, change) = edit.split_once(": ").unwrap();
    let (old, new) = change.split_once(" => ").unwrap();
    let path = repository.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(old).count(), 1, "`{old}` must stand once in {file}");
    fs::write(&path, text.replace(old, new)).unwrap();
}

/// Runs `todo-gitops …` as a person would see it: both streams as they come.
fn run(command: &str, repository: &TestRepository) -> String {
    let words: Vec<&str> = command.split(' ').map(|it| it.trim_matches('\'')).collect();
    let (program, arguments) = words.split_first().unwrap();
    assert_eq!(*program, "todo-gitops", "only todo-gitops is run: {command}");
    let output = tempfile::tempfile().unwrap();
    Command::new(env!("CARGO_BIN_EXE_todo-gitops"))
        .args(arguments)
        .current_dir(repository.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output.try_clone().unwrap())
        .status()
        .unwrap();
    let mut text = String::new();
    let mut output = output;
    std::io::Seek::rewind(&mut output).unwrap();
    std::io::Read::read_to_string(&mut output, &mut text).unwrap();
    text
}
