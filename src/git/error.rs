//! Why a baseline cannot be had, and the command that brings it.

use std::fmt;
use std::path::PathBuf;

/// Why the repository could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The repository belongs to somebody else, so git refuses to read its configuration.
    DubiousOwnership {
        /// The directory that must be declared safe.
        directory: PathBuf,
    },
    /// The clone is shallow, and the two revisions meet only in what was cut off.
    HistoryTooShort {
        /// What is compared, `HEAD`.
        head: String,
        /// The revision.
        revision: String,
    },
    /// A file's content is kept by Git LFS, and the commit has only a pointer to it.
    LfsPointer {
        /// The file.
        path: String,
    },
    /// libgit2 gave up.
    Library {
        /// What it said.
        message: String,
    },
    /// The clone does not have an object that its commits refer to.
    MissingObject {
        /// The object.
        id: String,
    },
    /// The two revisions have nothing in common.
    NoMergeBase {
        /// What is compared, `HEAD`.
        head: String,
        /// The revision.
        revision: String,
    },
    /// The project lies in a bare repository, or in the git directory itself.
    NoWorkTree {
        /// The project.
        directory: PathBuf,
    },
    /// Something else is where the commit must have a directory.
    NotADirectory {
        /// Its path in the repository.
        path: String,
    },
    /// A file's content is not UTF-8.
    NotText {
        /// The file.
        path: String,
    },
    /// The clone is shallow, and ends at the commit whose parent is asked for.
    ParentCutOff {
        /// The revision.
        revision: String,
    },
    /// The project's own path in the repository is not UTF-8.
    PathNotText {
        /// The project.
        directory: PathBuf,
    },
    /// The `git` program gave up.
    Program {
        /// Its arguments.
        command: String,
        /// What it said.
        message: String,
    },
    /// libgit2 cannot open the repository, and there is no `git` program that may.
    ProgramMissing {
        /// What libgit2 said.
        message: String,
    },
    /// The current branch has no commit, so nothing can be compared with the revision.
    UnbornHead {
        /// The branch.
        name: String,
        /// The revision.
        revision: String,
    },
    /// The revision names no commit of this clone.
    UnknownRevision {
        /// The revision.
        revision: String,
        /// Remote and branch, where it reads as the branch of a remote that there is.
        remote_branch: Option<(String, String)>,
        /// True for a shallow clone.
        shallow: bool,
    },
}

impl Error {
    /// Says what to do, one sentence each.
    pub fn help(&self) -> Vec<String> {
        match self {
            Self::DubiousOwnership { directory } => {
                let quoted = quoted(&directory.display().to_string());
                vec![format!("if you trust it, run `git config --global --add safe.directory {quoted}`")]
            }
            Self::HistoryTooShort { .. } | Self::ParentCutOff { .. } => vec![unshallow()],
            Self::LfsPointer { .. } => {
                vec!["keep spec and rendered files out of Git LFS; see `.gitattributes`".to_owned()]
            }
            Self::Library { .. } | Self::Program { .. } => vec!["run `git fsck` to see what is wrong".to_owned()],
            Self::MissingObject { .. } => {
                vec!["this clone is not whole; clone again without `--filter`, or run `git fsck`".to_owned()]
            }
            Self::NoMergeBase { .. } => vec!["name a branch that shares history with this one".to_owned()],
            Self::NoWorkTree { .. } => vec!["run this in a checkout of the repository".to_owned()],
            Self::NotADirectory { .. } => {
                vec!["compare with a commit in which it is a directory, with `--base REV`".to_owned()]
            }
            Self::NotText { .. } => vec!["save the file as UTF-8, or compare with another commit".to_owned()],
            Self::PathNotText { .. } => vec!["rename the directory; its name must be UTF-8".to_owned()],
            Self::ProgramMissing { .. } => vec!["install git, which can read this repository".to_owned()],
            Self::UnbornHead { .. } => vec!["commit first, or leave out `--base`".to_owned()],
            Self::UnknownRevision { revision, remote_branch, shallow } => {
                let fetch = match remote_branch {
                    Some((remote, branch)) => {
                        let refs = quoted(&format!("+{branch}:refs/remotes/{remote}/{branch}"));
                        format!("run `git fetch {remote} {refs}`")
                    }
                    None if revision.is_empty() || revision.starts_with('-') || revision.contains(char::is_control) => {
                        "name a branch, a tag or a commit; `git log --oneline` shows the commits".to_owned()
                    }
                    None if revision.contains("..") => {
                        "name one commit with `--base`, and another with `--head`".to_owned()
                    }
                    None if matches!(revision.as_str(), "HEAD" | "@") => {
                        "commit first; this branch has no commit yet".to_owned()
                    }
                    // `HEAD~1` and the like lead on from a commit, and name no branch.
                    None if revision.contains(['~', '^', '@', '{', ':']) => {
                        "`git log --oneline` shows the commits that there are".to_owned()
                    }
                    None => format!("if `{revision}` is a branch of a remote, write `origin/{revision}` and fetch it"),
                };
                std::iter::once(fetch).chain(shallow.then(unshallow)).collect()
            }
        }
    }
}

fn unshallow() -> String {
    "this clone is shallow; run `git fetch --unshallow`, or clone with the whole history (`fetch-depth: 0`)".to_owned()
}

/// Quotes a word for a shell, where it needs that.
fn quoted(word: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "/._-+:@%".contains(it);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DubiousOwnership { directory } => {
                write!(f, "the repository in `{}` belongs to another user", directory.display())
            }
            Self::HistoryTooShort { head, revision } => {
                write!(f, "the history of this clone does not reach back to where `{revision}` and `{head}` meet")
            }
            Self::LfsPointer { path } => write!(f, "`{path}` is kept by Git LFS, and the commit has only a pointer"),
            Self::Library { message } => write!(f, "cannot read the repository: {message}"),
            Self::MissingObject { id } => write!(f, "this clone does not have the object `{id}`"),
            Self::NoMergeBase { head, revision } => write!(f, "`{revision}` and `{head}` have no commit in common"),
            Self::NoWorkTree { directory } => write!(f, "`{}` is in no work tree", directory.display()),
            Self::NotADirectory { path } => write!(f, "`{path}` is not a directory in that commit"),
            Self::NotText { path } => write!(f, "`{path}` is not UTF-8 in that commit"),
            Self::ParentCutOff { revision } => {
                write!(f, "the history of this clone ends at `{revision}`, so what was before it is not known")
            }
            Self::PathNotText { directory } => {
                write!(f, "the path of `{}` in the repository is not UTF-8", directory.display())
            }
            Self::Program { command, message } => write!(f, "`git {command}` failed: {message}"),
            Self::ProgramMissing { message } => {
                write!(f, "cannot read the repository ({message}), and there is no `git` program")
            }
            Self::UnbornHead { name, revision } => {
                write!(f, "`{name}` has no commit yet, so it has none in common with `{revision}`")
            }
            Self::UnknownRevision { revision, .. } => write!(f, "`{revision}` names no commit of this clone"),
        }
    }
}

impl std::error::Error for Error {}
