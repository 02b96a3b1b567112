//! A report's text in, the file that the user named out.

#![expect(clippy::disallowed_methods, reason = "part of the disk edge")]

use super::staging::{Staging, place};
use super::{Action, Error};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Writes a report; an existing file is replaced whole, so that a reader never sees half of one.
pub fn write_report(path: &Path, text: &str) -> Result<(), Error> {
    // A device such as `/dev/stdout`, or a link that the user set up, is written through and not replaced.
    if path.symlink_metadata().is_ok_and(|it| !it.is_file()) {
        return fs::write(path, text).map_err(Error::io(Action::Write, path));
    }
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What is not there is the folder of the path that the user named, and not the file that waits in it.
    parent.metadata().map_err(Error::io(Action::Write, path))?;
    let mut staging = Staging::beside(parent)?;
    let staged = staging.add(text.as_bytes())?;
    place(&staged, path)
}

/// Writes a page to a new file for its owner alone, where the system keeps temporary files, and returns where it stays.
pub fn write_page(text: &str) -> Result<PathBuf, Error> {
    let folder = std::env::temp_dir();
    let file = tempfile::Builder::new().prefix("todo-gitops-review-").suffix(".html").tempfile_in(&folder);
    let mut file = file.map_err(Error::io(Action::Create, &folder))?;
    file.write_all(text.as_bytes()).map_err(Error::io(Action::Write, file.path()))?;
    let (_, path) = file.keep().map_err(|it| Error::io(Action::Write, &folder)(it.error))?;
    Ok(path)
}

/// Returns where a file that was written lies, from the root.
pub fn whole_path(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(Error::io(Action::Read, path))
}
