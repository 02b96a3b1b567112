//! A project directory in, what lies in its rendered directory out.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "part of the disk edge")]

use super::{Action, Error};
use crate::tree::{self, Existing, Foreign, OnDisk};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Lists what lies below the rendered directory; a directory that is not there yet is empty.
///
/// Of a file that is not ours only the first line is read.
pub fn read_tree(root: &Path) -> Result<OnDisk, Error> {
    let top = root.join(tree::DIRECTORY);
    let mut on_disk = OnDisk::default();
    match top.symlink_metadata() {
        Ok(it) if it.is_symlink() => return Err(Error::Symlink { path: top }),
        Ok(it) if it.is_dir() => {}
        Ok(_) => return Err(Error::NotADirectory { path: top }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(on_disk),
        Err(error) => return Err(Error::io(Action::Read, &top)(error)),
    }
    let mut pending = vec![String::new()];
    while let Some(directory) = pending.pop() {
        let path = top.join(&directory);
        let entries = fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(Error::io(Action::List, &path))? {
            // A name that is not UTF-8 is never one of ours, and its lossy form never equals one.
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let below = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            let kind = entry.file_type().map_err(Error::io(Action::Read, &entry.path()))?;
            let existing = if kind.is_symlink() {
                Existing::Foreign(Foreign::Symlink)
            } else if kind.is_dir() {
                if entry.file_name().to_str().is_some() {
                    pending.push(below.clone());
                }
                Existing::Foreign(Foreign::Directory)
            } else if kind.is_file() {
                read(&entry.path()).map_err(Error::io(Action::Read, &entry.path()))?
            } else {
                Existing::Foreign(Foreign::Special)
            };
            on_disk.entries.insert(below, existing);
        }
    }
    Ok(on_disk)
}

/// Reads a file if its first line says that it is ours.
fn read(path: &Path) -> io::Result<Existing> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    let first_line = tree::GENERATED.len() as u64 + 1;
    file.by_ref().take(first_line).read_to_end(&mut bytes)?;
    if tree::is_generated(&bytes) {
        file.read_to_end(&mut bytes)?;
        Ok(Existing::Ours(bytes))
    } else if bytes.is_empty() {
        Ok(Existing::Foreign(Foreign::Empty))
    } else {
        Ok(Existing::Foreign(Foreign::File))
    }
}
