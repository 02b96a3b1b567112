//! Objects in, messages out.
