//! What can go wrong at the disk, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the disk edge gave up.
#[derive(Debug)]
pub enum Error {
    /// A file or directory is no longer what it was when the run began.
    Changed {
        /// The path.
        path: PathBuf,
    },
    /// The operating system refused.
    Io {
        /// What was tried.
        action: Action,
        /// The path it was tried on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No directory from here upward has a `base/`.
    NoProject {
        /// Where the search began.
        start: PathBuf,
    },
    /// Something else is where a directory must be.
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// A plan with something in the way was to be carried out.
    Refused {
        /// What is in the way, below the rendered directory.
        paths: Vec<String>,
    },
    /// A symbolic link is where a directory must be.
    Symlink {
        /// The path.
        path: PathBuf,
    },
    /// A path would leave the rendered directory.
    UnsafePath {
        /// The path.
        path: String,
    },
}

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Creating a file or a directory.
    Create,
    /// Listing a directory.
    List,
    /// Opening or reading a file.
    Read,
    /// Deleting a file or a directory.
    Remove,
    /// Moving a staged file to its place.
    Rename,
    /// Making sure that it survives a power cut.
    Sync,
    /// Writing to a file.
    Write,
}

impl Error {
    /// Wraps what the system said with what was tried on which path.
    pub(super) fn io(action: Action, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// Says what to do, one sentence.
    pub fn help(&self) -> String {
        match self {
            Self::Changed { .. } => "something else is writing here; run the command again when it is done".to_owned(),
            Self::Io { action, source, .. } => io_help(*action, source).to_owned(),
            Self::NoProject { .. } => {
                "go to a project, or name it with `-C DIR`; to start one, describe the app in `base/app.kdl`".to_owned()
            }
            Self::NotADirectory { .. } => "move it out of the way".to_owned(),
            Self::Refused { .. } => "move these files elsewhere, or delete them".to_owned(),
            Self::Symlink { .. } => "replace the link with a real directory; links are never followed".to_owned(),
            Self::UnsafePath { .. } => "this is a bug; please report it with the spec that shows it".to_owned(),
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library may add kinds at any time")]
fn io_help(action: Action, source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::PermissionDenied => match action {
            Action::List | Action::Read => "give yourself permission to read it",
            Action::Create | Action::Remove | Action::Rename | Action::Sync | Action::Write => {
                "give yourself permission to write there"
            }
        },
        io::ErrorKind::NotFound => match action {
            Action::Create | Action::Write => "check the path; its folder is not there",
            Action::List | Action::Read | Action::Remove | Action::Rename | Action::Sync => {
                "check the path; it is not there"
            }
        },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space and run the command again",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only; use `--check` to compare without writing",
        io::ErrorKind::CrossesDevices => "`rendered/` must be on the same file system as the project",
        _ => "put that right and run the command again",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { path } => write!(f, "`{}` changed while the command ran", path.display()),
            Self::Io { action, path, source } => write!(f, "cannot {action} `{}`: {source}", path.display()),
            Self::NoProject { start } => write!(f, "no project in `{}` or above it", start.display()),
            Self::NotADirectory { path } => write!(f, "`{}` is not a directory", path.display()),
            Self::Refused { paths } => {
                write!(f, "files that todo-gitops did not write are in the way: `{}`", paths.join("`, `"))
            }
            Self::Symlink { path } => write!(f, "`{}` is a symbolic link", path.display()),
            Self::UnsafePath { path } => write!(f, "`{path}` does not lie in `rendered/`"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Read => "read",
            Self::Remove => "remove",
            Self::Rename => "move a file to",
            Self::Sync => "sync",
            Self::Write => "write",
        })
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Changed { .. }
            | Self::NoProject { .. }
            | Self::NotADirectory { .. }
            | Self::Refused { .. }
            | Self::Symlink { .. }
            | Self::UnsafePath { .. } => None,
        }
    }
}
