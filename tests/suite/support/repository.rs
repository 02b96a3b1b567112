//! A repository of its own for a test: fixed author, date and branch, no configuration from outside, no network.

use super::write_files;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The two object formats; the second is one that libgit2 cannot open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Sha1,
    Sha256,
}

impl Format {
    pub(crate) const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];
}

/// A temporary repository; everything beside it in [`TestRepository::beside`] goes with it.
pub(crate) struct TestRepository {
    directory: TempDir,
    path: PathBuf,
}

impl TestRepository {
    /// Makes a repository on branch `main` without a commit.
    pub(crate) fn new(format: Format) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join("repository");
        let repository = Self { directory, path };
        std::fs::create_dir(repository.path()).unwrap();
        let format = match format {
            Format::Sha1 => "sha1",
            Format::Sha256 => "sha256",
        };
        repository.git(&["init", "--quiet", "--initial-branch=main", &format!("--object-format={format}")]);
        repository
    }

    /// Returns the work tree.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a path beside the work tree, for a clone or a linked work tree.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join(name)
    }

    /// Writes files, commits everything there is, and returns the commit's id.
    pub(crate) fn commit(&self, files: &[(&str, &str)]) -> String {
        write_files(self.path(), files);
        self.git(&["add", "--all"]);
        self.commit_staged()
    }

    /// Commits what is staged and returns the commit's id.
    pub(crate) fn commit_staged(&self) -> String {
        self.git(&["commit", "--quiet", "--allow-empty", "--message=a commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git in the work tree and returns what it prints, without the last line break.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }
}

/// Runs git in a directory, and fails the test where git fails.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Test").env(format!("GIT_{role}_EMAIL"), "test@example.com");
        command.env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05Z");
    }
    let output = command.current_dir(directory).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
