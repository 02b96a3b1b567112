//! The only code that reads the repository: a revision in, the spec and the rendered tree of its commit out.
//!
//! Everything is read by object id, so that no checkout is needed and no work tree, index, filter or hook has a say.
//! libgit2 reads; the `git` program reads where libgit2 cannot open the repository (SHA-256 objects, reference tables).
//! Nothing is ever fetched and nothing written. A baseline that cannot be had is an error with the command that brings
//! it, never an empty tree.

mod baseline;
mod error;
mod libgit2;
mod program;
mod store;

pub use baseline::{BaselineSources, BaselineTree};
pub use error::Error;
pub use store::{BlobId, Head, Listing, SkipReason, Skipped};

use std::fmt;
use std::path::Path;
use store::{EntryKind, Store};

/// The repository around a project.
pub struct Repository {
    store: Box<dyn Store>,
    /// The project's place in the repository, `apps/todo/`; empty where it is the whole repository.
    prefix: String,
}

/// The first line of what Git LFS leaves in the place of a file.
const LFS_POINTER: &str = "version https://git-lfs.github.com/spec/";

impl Repository {
    /// Opens the repository around a project; none where the project lies in no repository.
    pub fn open(root: &Path) -> Result<Option<Self>, Error> {
        let opened = match libgit2::open(root) {
            Err(Error::Library { message }) => program::open(root, &message)?,
            other => other?,
        };
        Ok(opened.map(|it| Self { store: it.store, prefix: it.prefix }))
    }

    /// Returns the project's place in the repository, `apps/todo/`; empty where it is the whole repository.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns what `HEAD` is: a branch, an unborn branch, or a commit without a branch.
    pub fn head(&self) -> Result<Head, Error> {
        self.store.head()
    }

    /// Lists the files of one directory of the project, at any depth, by their path in it.
    ///
    /// A directory that the commit does not have is empty.
    pub fn files(&self, commit: &str, directory: &str) -> Result<Listing, Error> {
        let top = format!("{}{directory}", self.prefix);
        let mut listing = Listing::default();
        for entry in self.store.entries(commit, &top)? {
            let Some(below) = entry.path.strip_prefix(top.as_bytes()).and_then(|it| it.strip_prefix(b"/")) else {
                return Err(Error::NotADirectory { path: top });
            };
            let skip = |reason| Skipped { path: String::from_utf8_lossy(below).into_owned(), reason };
            match (std::str::from_utf8(below), entry.kind) {
                (Err(_), _) => listing.skipped.push(skip(SkipReason::NameNotText)),
                (Ok(_), EntryKind::Submodule) => listing.skipped.push(skip(SkipReason::Submodule)),
                (Ok(_), EntryKind::Symlink) => listing.skipped.push(skip(SkipReason::Symlink)),
                (Ok(path), EntryKind::File) => drop(listing.files.insert(path.to_owned(), entry.id)),
            }
        }
        listing.skipped.sort();
        Ok(listing)
    }

    /// Reads one file; `path` is only for the message where that fails.
    pub fn text(&self, path: &str, id: &BlobId) -> Result<String, Error> {
        let bytes = self.store.blob(id)?.ok_or_else(|| Error::MissingObject { id: id.0.clone() })?;
        let text = String::from_utf8(bytes).map_err(|_| Error::NotText { path: path.to_owned() })?;
        if text.starts_with(LFS_POINTER) { Err(Error::LfsPointer { path: path.to_owned() }) } else { Ok(text) }
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
