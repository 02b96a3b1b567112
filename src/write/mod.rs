//! Two trees in, a plan of file operations out.
