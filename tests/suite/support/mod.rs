//! The harness: case folders, golden files and temporary repositories.

pub mod cases;
pub mod golden;
