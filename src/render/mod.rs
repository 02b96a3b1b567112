//! Objects in, canonical YAML out: one file for each object, the same bytes for the same object.
//!
//! The form, which is kept because users review it:
//!
//! - the first line says that the file is generated; then one document, without markers;
//! - two spaces of indent, lists not indented, one space after a colon, nothing folded, no blank at the end of a line,
//!   one line break at the end of the file;
//! - fields in the order of the object, `null`, `{}` and `[]` for what is empty;
//! - a string stands plain where [`crate::tree::plain`] says that every reader agrees, as a literal block where it has
//!   several lines of visible text, and in double quotes otherwise; never in single quotes, folded, tagged or anchored;
//! - what a person does not see ([`crate::object::invisible`]) is written as an escape, a NUL too, although `validate`
//!   lets none come this far.
//!
//! An encrypted Secret is the exception: it stands below the first line byte for byte as it was given.

mod file_name;
mod lines;
mod manifest;
mod scalar;

pub use file_name::{CODES, collisions, path};
pub use lines::lines;
pub use manifest::manifest;

use crate::object::{Object, ObjectSet};
use crate::tree::{GENERATED, ManifestTree};

/// Returns the files of one environment.
pub fn tree(set: &ObjectSet) -> ManifestTree {
    let folder = &set.environment.namespace;
    ManifestTree { files: set.objects.iter().map(|it| (path(&it.id, folder), text(it))).collect() }
}

/// Returns the whole text of an object's file.
fn text(object: &Object) -> String {
    match &object.sealed {
        Some(text) => format!("{GENERATED}{text}"),
        None => manifest(&object.body),
    }
}
