//! A report's text in, the file that the user named out.

#![expect(clippy::disallowed_methods, reason = "part of the disk edge")]

use super::staging::{Staging, place};
use super::{Action, Error};
use std::fs;
use std::path::Path;

/// Writes a report; an existing file is replaced whole, so that a reader never sees half of one.
pub fn write_report(path: &Path, text: &str) -> Result<(), Error> {
    // A device such as `/dev/stdout`, or a link that the user set up, is written through and not replaced.
    if path.symlink_metadata().is_ok_and(|it| !it.is_file()) {
        return fs::write(path, text).map_err(Error::io(Action::Write, path));
    }
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut staging = Staging::beside(parent)?;
    let staged = staging.add(text.as_bytes())?;
    place(&staged, path)
}
