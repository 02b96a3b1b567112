//! Graphs in, pictures as text out: Mermaid, DOT for Graphviz, and SVG. A drawing decides shapes and places; what there
//! is to draw stands in the graph.
//!
//! Names and values are somebody else's text. Each form has one function that writes them so that they cannot be
//! anything but text there, and nothing reaches a picture but through it.

mod dot;
mod mermaid;
mod svg;

pub use dot::dot;
pub use mermaid::{markdown, mermaid, touched};
pub use svg::svg;
