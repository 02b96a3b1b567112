//! Objects in, messages out.

pub mod structure;
