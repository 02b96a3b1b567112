//! What the checks say of one state and not of the other.

use super::SourceLine;
use crate::object::ObjectId;

/// What one check says of an object, where a change brings that about or ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The check, `missing-probe`.
    pub code: &'static str,
    /// What the change did to it.
    pub turn: Turn,
    /// The environments together in which it is so: one, or those of a cluster that clash.
    pub environments: Vec<String>,
    /// The object; an environment where it is about several together.
    pub object: ObjectId,
    /// The field, as shown to people; empty for the whole object.
    pub path: String,
    /// What is wrong, without the object's name.
    pub message: String,
    /// What to do; empty where nothing is known.
    pub help: String,
    /// The line that it is about: of the old spec for what is mended.
    pub source: Option<SourceLine>,
}

/// What a change does to what a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It is said of the new state only.
    Introduced,
    /// It was waived, and is no longer.
    Unexcused,
    /// It was said of the old state only, and the object is still there.
    Mended,
}
