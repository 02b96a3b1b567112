//! A project directory in, the text of its spec out, or every reason why not.
//!
//! Read are `*.kdl` below `base/` and `environments/`, and the files beside them, which a spec may name: that one of
//! those cannot be read matters only where it is named. Hidden entries are nobody's business; a symbolic link is refused
//! whatever it is called, because a reader of the repository cannot see what it brings in.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "part of the disk edge")]

use crate::source::Sources;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The largest file that is read.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The most that is read for one project: of its spec, and once more of the files beside it.
pub const MAX_TOTAL_BYTES: u64 = 16 * 1024 * 1024;

/// One reason why the spec cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Relative to the project, with `/` on every system; characters that are not UTF-8 are replaced.
    pub path: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a path of the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `base/` has no spec file.
    EmptyBase,
    /// The file is larger than [`MAX_FILE_BYTES`].
    FileTooLarge,
    /// `base/` is not there.
    MissingBase,
    /// The name is not UTF-8.
    NameNotText,
    /// Something else is where a directory must be.
    NotADirectory,
    /// A socket, a pipe or a device has the name of a spec file.
    NotAFile,
    /// The content is not UTF-8; the line, counted from 1, where that shows.
    NotText {
        /// The line.
        line: usize,
    },
    /// A symbolic link.
    Symlink,
    /// All files together are larger than [`MAX_TOTAL_BYTES`].
    TotalTooLarge,
    /// The system refused to list or read it, in its words.
    Unreadable(String),
}

/// Reads the spec and the files beside it.
pub fn read_sources(root: &Path) -> Result<Sources, Vec<Problem>> {
    let mut walk = Walk::default();
    walk.top(root, "base");
    walk.top(root, "environments");
    walk.files.sort();
    if walk.problems.is_empty() && !walk.files.iter().any(|it| it.starts_with("base/")) {
        walk.report("base", Reason::EmptyBase);
    }
    let mut sources = Vec::new();
    let mut left = MAX_TOTAL_BYTES;
    for name in std::mem::take(&mut walk.files) {
        match read(&root.join(&name), &mut left) {
            Ok(text) => sources.push((name, text)),
            Err(Reason::TotalTooLarge) => {
                walk.report(&name, Reason::TotalTooLarge);
                break;
            }
            Err(reason) => walk.report(&name, reason),
        }
    }
    walk.problems.sort_by(|a, b| a.path.cmp(&b.path));
    if !walk.problems.is_empty() {
        return Err(walk.problems);
    }
    walk.beside.sort();
    let mut left = MAX_TOTAL_BYTES;
    let beside = walk.beside.into_iter().map(|name| {
        let content = read(&root.join(&name), &mut left).map_err(|reason| reason.verdict());
        (name, content)
    });
    Ok(Sources::new(sources).with_files(beside))
}

/// What was found so far, by paths relative to the project.
#[derive(Default)]
struct Walk {
    files: Vec<String>,
    beside: Vec<String>,
    problems: Vec<Problem>,
}

impl Walk {
    fn report(&mut self, path: &str, reason: Reason) {
        self.problems.push(Problem { path: path.to_owned(), reason });
    }

    /// Looks at `base` or `environments` itself, then below it.
    fn top(&mut self, root: &Path, name: &str) {
        match root.join(name).symlink_metadata() {
            Ok(it) if it.is_symlink() => self.report(name, Reason::Symlink),
            Ok(it) if it.is_dir() => self.below(root, name),
            Ok(_) => self.report(name, Reason::NotADirectory),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if name == "base" {
                    self.report(name, Reason::MissingBase);
                }
            }
            Err(error) => self.report(name, Reason::Unreadable(error.to_string())),
        }
    }

    fn below(&mut self, root: &Path, top: &str) {
        let mut pending = vec![top.to_owned()];
        while let Some(directory) = pending.pop() {
            let entries = fs::read_dir(root.join(&directory)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            let entries = match entries {
                Ok(entries) => entries,
                Err(error) => {
                    self.report(&directory, Reason::Unreadable(error.to_string()));
                    continue;
                }
            };
            for entry in entries {
                let name = entry.file_name();
                let path = format!("{directory}/{}", name.to_string_lossy());
                if name.as_encoded_bytes().starts_with(b".") {
                    continue;
                }
                let kind = match entry.file_type() {
                    Ok(kind) => kind,
                    Err(error) => {
                        self.report(&path, Reason::Unreadable(error.to_string()));
                        continue;
                    }
                };
                let is_spec = Path::new(&name).extension() == Some(OsStr::new("kdl"));
                if kind.is_symlink() {
                    self.report(&path, Reason::Symlink);
                } else if !kind.is_dir() && !is_spec {
                    // What has no name that a spec could write, or is no file, is nobody's business.
                    if kind.is_file() && name.to_str().is_some() {
                        self.beside.push(path);
                    }
                } else if name.to_str().is_none() {
                    self.report(&path, Reason::NameNotText);
                } else if kind.is_dir() {
                    pending.push(path);
                } else if kind.is_file() {
                    self.files.push(path);
                } else {
                    self.report(&path, Reason::NotAFile);
                }
            }
        }
    }
}

/// Reads one file, and takes its size from what may still be read.
fn read(path: &Path, left: &mut u64) -> Result<String, Reason> {
    let unreadable = |error: io::Error| Reason::Unreadable(error.to_string());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let size = bytes.len() as u64;
    if size > MAX_FILE_BYTES {
        return Err(Reason::FileTooLarge);
    }
    *left = left.checked_sub(size).ok_or(Reason::TotalTooLarge)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Reason::NotText { line: valid.split(|it| *it == b'\n').count() }
    })
}

impl Problem {
    /// Says what to do, one sentence.
    pub fn help(&self) -> String {
        match &self.reason {
            Reason::EmptyBase => "describe the app in `base/app.kdl`".to_owned(),
            Reason::FileTooLarge => "split the file, or move data that is no spec elsewhere".to_owned(),
            Reason::MissingBase => "make a directory `base` and describe the app in `base/app.kdl`".to_owned(),
            Reason::NameNotText => "rename it; names of spec files and their folders are UTF-8".to_owned(),
            Reason::NotADirectory => "move the file out of the way and make a directory of that name".to_owned(),
            Reason::NotAFile => "remove it, or give it another extension".to_owned(),
            Reason::NotText { .. } => "save the file as UTF-8".to_owned(),
            Reason::Symlink => "put a real file or directory there; links are never followed".to_owned(),
            Reason::TotalTooLarge => "move what is no spec out of `base/` and `environments/`".to_owned(),
            Reason::Unreadable(_) => "give yourself permission to read it".to_owned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.reason {
            Reason::EmptyBase => write!(f, "`{path}/` has no `.kdl` file"),
            Reason::MissingBase => write!(f, "there is no `{path}/`"),
            Reason::NameNotText => write!(f, "the name of `{path}` is not UTF-8"),
            Reason::TotalTooLarge => {
                write!(f, "the spec is larger than {} MiB in all; `{path}` is beyond", MAX_TOTAL_BYTES >> 20)
            }
            Reason::Unreadable(why) => write!(f, "cannot read `{path}`: {why}"),
            it @ (Reason::FileTooLarge
            | Reason::NotADirectory
            | Reason::NotAFile
            | Reason::NotText { .. }
            | Reason::Symlink) => write!(f, "`{path}` {}", it.verdict()),
        }
    }
}

impl Reason {
    /// Says what is wrong with a path, to stand behind its name.
    fn verdict(&self) -> String {
        match self {
            Self::EmptyBase => "has no `.kdl` file".to_owned(),
            Self::FileTooLarge => format!("is larger than {} MiB", MAX_FILE_BYTES >> 20),
            Self::MissingBase => "is not there".to_owned(),
            Self::NameNotText => "has a name that is not UTF-8".to_owned(),
            Self::NotADirectory => "is not a directory".to_owned(),
            Self::NotAFile => "is not a regular file".to_owned(),
            Self::NotText { line } => format!("is not UTF-8 in line {line}"),
            Self::Symlink => "is a symbolic link".to_owned(),
            Self::TotalTooLarge => {
                format!("is beyond the {} MiB that are read of the files beside the spec", MAX_TOTAL_BYTES >> 20)
            }
            Self::Unreadable(why) => format!("cannot be read: {why}"),
        }
    }
}
