//! What lies below the rendered directory, as the disk edge found it.

use std::collections::BTreeMap;
use std::fmt;

/// Everything below the rendered directory, by path relative to it, with `/` on every system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnDisk {
    /// Files, links and directories; hidden ones are left out, because we never write one.
    pub entries: BTreeMap<String, Existing>,
}

/// Something at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existing {
    /// A file that begins with our first line, with all its bytes.
    Ours(Vec<u8>),
    /// Anything else.
    Foreign(Foreign),
}

/// Why something on disk is not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A directory; in the way only where a file must be.
    Directory,
    /// A file without a single byte.
    Empty,
    /// A file without our first line.
    File,
    /// A socket, a pipe or a device.
    Special,
    /// A symbolic link, never followed.
    Symlink,
}

impl OnDisk {
    /// Returns the nearest thing above a path that is not a directory, if there is one.
    pub fn obstacle_above<'a>(&self, path: &'a str) -> Option<(&'a str, Foreign)> {
        path.match_indices('/').find_map(|(end, _)| {
            let parent = &path[..end];
            match self.entries.get(parent)? {
                Existing::Ours(_) => Some((parent, Foreign::File)),
                Existing::Foreign(Foreign::Directory) => None,
                Existing::Foreign(what) => Some((parent, *what)),
            }
        })
    }
}

impl fmt::Display for Foreign {
    /// Writes what it is, with its article: `a symbolic link`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "a directory",
            Self::Empty => "an empty file",
            Self::File => "a file that todo-gitops did not write",
            Self::Special => "neither a file nor a directory",
            Self::Symlink => "a symbolic link",
        })
    }
}
