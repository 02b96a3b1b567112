//! What the two readers of a repository have in common, and the words they answer with.

use super::Error;
use std::collections::BTreeMap;
use std::fmt;

/// Reads objects and references of one repository.
pub(super) trait Store {
    /// Returns what `HEAD` is.
    fn head(&self) -> Result<Head, Error>;
    /// Returns the full id of the commit that a revision names; none where it names none.
    fn commit(&self, revision: &str) -> Result<Option<String>, Error>;
    /// Returns the best common ancestor of two commits; none where they have none here.
    fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Error>;
    /// True for a clone whose history was cut off.
    fn is_shallow(&self) -> Result<bool, Error>;
    /// Lists the names of the remotes.
    fn remotes(&self) -> Result<Vec<String>, Error>;
    /// Lists what is below a directory of a commit, at any depth, by its full path; the directory itself, as the only
    /// entry, where it is no directory.
    fn entries(&self, commit: &str, directory: &str) -> Result<Vec<Entry>, Error>;
    /// Reads a blob; none where the clone does not have it.
    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, Error>;
    /// Returns the id that these bytes would have.
    fn blob_id(&self, bytes: &[u8]) -> Result<BlobId, Error>;
}

/// An open repository and the project's place in it.
pub(super) struct Opened {
    pub(super) store: Box<dyn Store>,
    pub(super) prefix: String,
}

/// One entry of a tree, its path as the bytes that git has.
pub(super) struct Entry {
    pub(super) path: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) id: BlobId,
}

/// What an entry is.
#[derive(Clone, Copy)]
pub(super) enum EntryKind {
    File,
    Submodule,
    Symlink,
}

impl EntryKind {
    /// Reads a mode as git stores it.
    pub(super) fn from_mode(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o160_000 => Self::Submodule,
            0o120_000 => Self::Symlink,
            _ => Self::File,
        }
    }
}

/// The id of a file's content, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlobId(pub(super) String);

/// What `HEAD` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// The tip of a branch.
    Branch {
        /// The branch, `main`.
        name: String,
        /// The commit's full id.
        commit: String,
    },
    /// A commit, without a branch.
    Detached {
        /// The commit's full id.
        commit: String,
    },
    /// A branch that has no commit yet.
    Unborn {
        /// The branch.
        name: String,
    },
}

/// The files below a directory of a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Path below the directory to the content's id.
    pub files: BTreeMap<String, BlobId>,
    /// What is there and cannot be read as a file, by path.
    pub skipped: Vec<Skipped>,
}

/// Something in a commit that was left out, and why; a report says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its path below the directory; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why something in a commit was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// A file of the tree that does not begin with our first line.
    Foreign,
    /// Its name is not UTF-8.
    NameNotText,
    /// A submodule.
    Submodule,
    /// A symbolic link.
    Symlink,
}

impl fmt::Display for Skipped {
    /// Writes `notes.txt: not written by todo-gitops`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl fmt::Display for Head {
    /// Writes `main`, `main (no commit yet)` or `detached at 0123456789ab`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch { name, commit: _ } => f.write_str(name),
            Self::Detached { commit } => write!(f, "detached at {commit:.12}"),
            Self::Unborn { name } => write!(f, "{name} (no commit yet)"),
        }
    }
}

impl fmt::Display for SkipReason {
    /// Writes the reason as the second half of `was left out: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "not written by todo-gitops",
            Self::NameNotText => "its name is not UTF-8",
            Self::Submodule => "a submodule",
            Self::Symlink => "a symbolic link",
        })
    }
}
