//! KDL text in, parts out.
