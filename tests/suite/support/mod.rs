//! What the tests stand on: case folders, golden files and temporary repositories.

pub(crate) mod cases;
pub(crate) mod golden;
pub(crate) mod large;
pub(crate) mod grammar;
pub(crate) mod html;
pub(crate) mod markdown;
pub(crate) mod project;
pub(crate) mod program;
pub(crate) mod repository;
pub(crate) mod xml;

use std::fs;
use std::path::Path;

/// Writes files below a directory, which are made where they are missing.
pub(crate) fn write_files(directory: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Lists every file below a directory with its text, by path; links and empty directories are named as such.
pub(crate) fn listing(directory: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(next) = pending.pop() {
        let entries: Vec<_> = fs::read_dir(&next).unwrap().map(Result::unwrap).collect();
        let shown = |path: &Path| path.strip_prefix(directory).unwrap().display().to_string();
        if entries.is_empty() && next != directory {
            lines.push(format!("{} is empty", shown(&next)));
        }
        for entry in entries {
            let kind = entry.file_type().unwrap();
            let path = entry.path();
            if kind.is_symlink() {
                lines.push(format!("{} -> {}", shown(&path), fs::read_link(&path).unwrap().display()));
            } else if kind.is_dir() {
                pending.push(path);
            } else {
                lines.push(format!("{}: {}", shown(&path), String::from_utf8_lossy(&fs::read(&path).unwrap())));
            }
        }
    }
    lines.sort();
    lines
}
