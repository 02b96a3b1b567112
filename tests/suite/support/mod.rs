//! What the tests are made with.

pub(crate) mod grammar;
pub(crate) mod markdown;
pub(crate) mod project;
