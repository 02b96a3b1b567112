//! The plan: what to create, update and delete, and what is in the way. Paths are relative to the rendered directory.

use super::Foreign;
use super::difference::{self, Difference};

/// What turns the tree on disk into the compiled one; every list is sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WritePlan {
    /// Files that are not there yet.
    pub create: Vec<Create>,
    /// Files of ours whose bytes differ.
    pub update: Vec<Update>,
    /// Files of ours that nothing in the spec makes any more.
    pub delete: Vec<Delete>,
    /// What is not ours and lies where we must write; nothing is written while there is one.
    pub foreign_in_the_way: Vec<InTheWay>,
    /// How many files are already as they should be.
    pub unchanged: usize,
}

/// A file to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Where.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A file to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Where.
    pub path: String,
    /// The bytes that the plan expects to find.
    pub before: Vec<u8>,
    /// The text that replaces them.
    pub after: String,
}

/// A file to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Where.
    pub path: String,
    /// The bytes that the plan expects to find.
    pub before: Vec<u8>,
}

/// Something that is not ours, where we must write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
    /// The thing itself: the wanted path or a directory above it.
    pub path: String,
    /// What it is.
    pub what: Foreign,
    /// The file that cannot be written because of it.
    pub wanted: String,
}

/// How many files each list of a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Created.
    pub create: usize,
    /// Updated.
    pub update: usize,
    /// Deleted.
    pub delete: usize,
    /// As they should be.
    pub unchanged: usize,
    /// In the way.
    pub in_the_way: usize,
}

impl WritePlan {
    /// True where the tree on disk is what the spec compiles to.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.update.is_empty() && self.delete.is_empty() && !self.is_refused()
    }

    /// True where something that is not ours is in the way, so that nothing may be written.
    pub fn is_refused(&self) -> bool {
        !self.foreign_in_the_way.is_empty()
    }

    /// Counts each list.
    pub fn counts(&self) -> Counts {
        Counts {
            create: self.create.len(),
            update: self.update.len(),
            delete: self.delete.len(),
            unchanged: self.unchanged,
            in_the_way: self.foreign_in_the_way.len(),
        }
    }

    /// Returns every file that is not as it should be, in both directions, by path.
    pub fn differences(&self) -> Vec<Difference<'_>> {
        difference::of(self)
    }
}
