//! The real program, run as a user runs it, on repositories with a project in them.

use super::cases::{project_path, sources};
use super::repository::{Format, TestRepository};
use super::{listing, write_files};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// What came on standard output.
    pub(crate) data: String,
    /// What came on standard error.
    pub(crate) messages: String,
}

impl Run {
    /// Fails the test unless the program ended with this code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Fails the test unless every part is in the messages.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.messages.contains(part), "{part:?} is not said in {self:#?}");
        }
        self
    }

    /// Fails the test unless every part is in the data.
    #[track_caller]
    pub(crate) fn prints(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.data.contains(part), "{part:?} is not printed in {self:#?}");
        }
        self
    }
}

/// Returns the program, ready to run in a directory, with nothing from the environment that it or git reads.
pub(crate) fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_todo-gitops"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("GIT_")
            || ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "PAGER", "TODO_GITOPS_PAGER"].contains(&name.as_str())
        {
            command.env_remove(name);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program in a directory.
pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Run {
    outcome(&mut program(directory, arguments))
}

/// Runs a command to its end. A crash is a failure of the test, whatever the test is about.
pub(crate) fn outcome(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (data, messages) = (text(output.stdout), text(output.stderr));
    assert!(!messages.contains("panicked"), "{messages}");
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {messages}", output.status));
    Run { code, data, messages }
}

/// Makes a repository with the project of `tests/cases/project`, compiled and committed.
pub(crate) fn shop() -> TestRepository {
    committed(&project_path("tests/cases/project"))
}

/// Makes a repository with the spec of a folder, compiled and committed.
pub(crate) fn committed(folder: &Path) -> TestRepository {
    let repository = TestRepository::new(Format::Sha1);
    copy_spec(folder, repository.path());
    run(repository.path(), &["compile"]).ends_with(0);
    repository.commit(&[]);
    repository
}

/// Copies the spec of a folder.
pub(crate) fn copy_spec(folder: &Path, to: &Path) {
    for (_, file) in sources(&[folder]).iter() {
        write_files(to, &[(&file.name, &file.text)]);
    }
}

/// Replaces a text that is in a file.
#[track_caller]
pub(crate) fn edit(directory: &Path, file: &str, from: &str, to: &str) {
    let path = directory.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from:?} is not in {file}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Lists what is in the rendered directory, file by file; empty where there is none.
pub(crate) fn rendered(directory: &Path) -> Vec<String> {
    let rendered = directory.join("rendered");
    if rendered.is_dir() { listing(&rendered) } else { Vec::new() }
}
