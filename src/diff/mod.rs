//! Two sets of objects in, a change set out.
