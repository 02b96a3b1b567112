//! A rendered tree in, objects out: the inverse of render.
