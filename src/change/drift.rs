//! What a committed tree holds that its sources do not compile to.

use super::{Hidden, ObjectChange, Side};

/// One object of a tree that is not what the sources beside it compile to.
#[derive(Clone, Debug)]
pub struct Drift {
    /// Whether it is the old tree or the new one.
    pub side: Side,
    /// The environment.
    pub environment: String,
    /// What turns the object that the sources make into the one in the tree: created where they make none, deleted where
    /// the tree has none.
    pub change: ObjectChange,
    /// The values of it that no report may show.
    pub hidden: Hidden,
}
