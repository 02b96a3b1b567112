//! Objects in, messages out.

pub mod text;
