//! Case folders: a case is a folder whose name is a sentence, with its input and what is expected of it.
//!
//! A case of `errors/` or `review/` says only what is particular about it: a layer that it does not have (`base/`,
//! `environments/`) is that of `tests/cases/project/`, and a layer that `after/` does not have is that of `before/`.
//!
//! A case of `review/` may bring manifests that no spec compiles to, in `before/rendered/` and `after/rendered/`: each
//! takes the place of the compiled one of the same path, as if a spec compiled to it; where it has a file `edited-by-hand`,
//! as what it is. Where it has a file `first-compile`, there is no old state.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use todo_gitops::object::Date;
use todo_gitops::pipeline::Settings;
use todo_gitops::source::Sources;

/// Returns what the cases are compiled with: they are of one day, which decides what has ended.
pub(crate) fn settings() -> Settings {
    Settings { today: Some(Date::parse("2026-06-15").unwrap()) }
}

/// One case.
pub(crate) struct Case {
    /// The folder's name.
    pub(crate) name: String,
    /// The folder.
    pub(crate) path: PathBuf,
}

/// Returns a path below the project.
pub(crate) fn project_path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// Lists the cases of one kind, by name.
pub(crate) fn all(kind: &str) -> Vec<Case> {
    let folder = project_path("tests/cases").join(kind);
    let mut cases: Vec<Case> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| Case { name: path.file_name().unwrap().to_str().unwrap().to_owned(), path })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty(), "no cases in {}", folder.display());
    cases
}

/// Reads the spec below a folder; a layer that it does not have is taken from the next folder.
pub(crate) fn sources(folders: &[&Path]) -> Sources {
    let (mut files, mut beside) = (Vec::new(), Vec::new());
    for layer in ["base", "environments"] {
        let Some(folder) = folders.iter().find(|it| it.join(layer).is_dir()) else { continue };
        read(folder, &folder.join(layer), &|it| it == "kdl", &mut files);
        read(folder, &folder.join(layer), &|it| it != "kdl", &mut beside);
    }
    Sources::new(files).with_files(beside.into_iter().map(|(name, text)| (name, Ok(text))))
}

/// Reads the manifests below a folder, by their path in it; none where there is no such folder.
pub(crate) fn manifests(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    if folder.is_dir() {
        read(folder, folder, &|it| it == "yaml", &mut files);
    }
    files.sort();
    files
}

fn read(root: &Path, folder: &Path, wanted: &dyn Fn(&OsStr) -> bool, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, wanted, files);
        } else if path.extension().is_some_and(wanted) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}
