//! A starting directory in, the project's directory out.

#![expect(clippy::disallowed_methods, reason = "part of the disk edge")]

use super::{Action, Error};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the nearest directory with a `base/`, from `start` upward, with every link on the way resolved.
///
/// The search ends at the top of the repository around `start`, because `base` is a common name and a project above the
/// repository is never meant.
pub fn find_project(start: &Path) -> Result<PathBuf, Error> {
    let real = fs::canonicalize(start).map_err(Error::io(Action::Read, start))?;
    if !real.is_dir() {
        return Err(Error::NotADirectory { path: start.to_owned() });
    }
    for directory in real.ancestors() {
        if directory.join("base").is_dir() {
            return Ok(directory.to_owned());
        }
        if directory.join(".git").symlink_metadata().is_ok() {
            break;
        }
    }
    Err(Error::NoProject { start: real })
}
