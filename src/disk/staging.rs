//! A directory beside the tree, on its file system, where files are written before they are moved to their place.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "part of the disk edge")]

use super::{Action, Error};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A staging directory of one run: random name, for its owner alone, removed with everything in it when it is dropped.
pub(super) struct Staging {
    directory: TempDir,
    count: usize,
}

impl Staging {
    /// Makes the directory in `parent`.
    pub(super) fn beside(parent: &Path) -> Result<Self, Error> {
        let directory = tempfile::Builder::new().prefix(".todo-gitops-").tempdir_in(parent);
        Ok(Self { directory: directory.map_err(Error::io(Action::Create, parent))?, count: 0 })
    }

    /// Writes a new file and returns where it waits.
    pub(super) fn add(&mut self, content: &[u8]) -> Result<PathBuf, Error> {
        let path = self.directory.path().join(self.count.to_string());
        self.count += 1;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
        let mut file = options.open(&path).map_err(Error::io(Action::Create, &path))?;
        file.write_all(content).map_err(Error::io(Action::Write, &path))?;
        Ok(path)
    }

    /// Makes what was staged durable, as far as one call can.
    pub(super) fn sync(&self) -> Result<(), Error> {
        sync_directory(self.directory.path())
    }
}

/// Moves a staged file to its place, over what may be there.
pub(super) fn place(staged: &Path, target: &Path) -> Result<(), Error> {
    fs::rename(staged, target).map_err(Error::io(Action::Rename, target))
}

/// Syncs a directory, where the system can open one.
pub(super) fn sync_directory(path: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        File::open(path).and_then(|it| it.sync_all()).map_err(Error::io(Action::Sync, path))?;
    }
    Ok(())
}
